"""Whether what is promised is taught, practised and assessed, and in an order that works."""

from collections.abc import Iterator

from course.authoring import outline
from course.authoring.draft import Draft
from course.authoring.finding import Finding
from course.questions.text import QuizTextError


def objectives_are_met(draft: Draft) -> Iterator[Finding]:
    """A lesson has objectives, and something graded or must-correct that shows them."""
    about = draft.about
    if not about.objectives:
        yield draft.about_file(
            "objective", "warning", f"lesson '{draft.name}' has no objectives",
            "name what a learner can do afterwards: objectives = [...]",
        )  # fmt: skip
        return
    if (
        not draft.questions
        and not draft.unclear
        and not any(i.mode == "must-correct" for i in draft.items.values())
    ):
        yield draft.about_file(
            "assessed", "warning", f"nothing in lesson '{draft.name}' shows that its objectives are met",
            "grade a question, or make one must-correct",
        )  # fmt: skip
    tagged = {item.objective: item for item in draft.items.values() if item.objective}
    try:
        parts = outline.sections(node for _, node in draft.notebooks.values())
    except QuizTextError:
        return  # a rule of its own tells
    practised = {
        *tagged,
        *(one for part in parts if part["questions"] for one in part["objectives"]),
    }
    if not practised:
        return  # then all questions are about all objectives
    for name in about.objectives:
        if name not in practised:
            yield draft.about_file(
                "practised", "note", f"no question of lesson '{draft.name}' is about '{name}'",
                f"write 'objective: {name}' into those that are, or into their section",
            )  # fmt: skip
    for name, item in tagged.items():
        if name not in about.objectives:
            file, cell = draft.place(item.id)
            yield Finding("objective", "error", file, f"question '{item.id}' is about '{name}', which "
                          f"is no objective of lesson '{draft.name}'",
                          f"use one of {', '.join(about.objectives)}", cell)  # fmt: skip


def every_objective_has_a_lesson(draft: Draft) -> Iterator[Finding]:
    """No objective of the course is left to nobody."""
    taught = {name for lesson in draft.course.lessons for name in lesson.objectives}
    for objective in draft.course.objectives:
        if objective.id not in taught:
            yield draft.about_file(
                "objective", "warning", f"no lesson teaches the objective '{objective.id}'",
                "name it in a lesson's objectives, or remove it",
            )  # fmt: skip


def requirements_come_before(draft: Draft) -> Iterator[Finding]:
    """What a lesson builds on comes earlier, and nothing builds on itself."""
    order = [lesson.folder for lesson in draft.course.lessons]
    needs = {lesson.folder: lesson.requires for lesson in draft.course.lessons}
    for name in draft.about.requires:
        if name in order and order.index(name) > order.index(draft.name):
            yield draft.about_file(
                "order", "warning", f"lesson '{draft.name}' requires '{name}', which comes after it",
                "change the order of the lessons",
            )  # fmt: skip
    seen, todo = set[str](), list(needs.get(draft.name, ()))
    while todo:
        name = todo.pop()
        if name == draft.name:
            yield draft.about_file(
                "circle", "error", f"lesson '{draft.name}' requires itself, over "
                f"{', '.join(sorted(seen - {draft.name})) or 'nothing else'}",
                "take one of the requirements away",
            )  # fmt: skip
            return
        if name not in seen:
            seen.add(name)
            todo += needs.get(name, ())


RULES = (objectives_are_met, every_objective_has_a_lesson, requirements_come_before)
