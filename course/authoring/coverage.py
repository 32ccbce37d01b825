"""Which lessons teach, practise and assess each objective of a course. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from course.authoring import outline
from course.authoring.draft import Draft
from course.authoring.finding import Finding
from course.questions.text import QuizTextError
from course.settings import CourseFile


@dataclass(frozen=True, slots=True)
class Covered:
    """One line of the matrix.

    Attributes:
        objective: its id in `course.toml`.
        text: what a learner can do who reached it.
        taught: the lessons that name it.
        practised: those of them that have a question or an exercise about it.
        assessed: those in which one of these is graded, or must be answered right.
    """

    objective: str
    text: str
    taught: tuple[str, ...]
    practised: tuple[str, ...]
    assessed: tuple[str, ...]

    def data(self) -> dict[str, Any]:
        """Return the line as plain data."""
        return asdict(self)


def matrix(course: CourseFile, drafts: Iterable[Draft]) -> list[Covered]:
    """Return how each objective of a course is covered, in the order of `course.toml`."""
    asked = {draft.name: dict(_asked(draft)) for draft in drafts}
    found = []
    for objective in course.objectives:
        taught = [lesson.folder for lesson in course.lessons if objective.id in lesson.objectives]
        practised = [name for name in taught if objective.id in asked.get(name, {})]
        assessed = [name for name in practised if asked[name][objective.id]]
        found.append(
            Covered(objective.id, objective.text, tuple(taught), tuple(practised), tuple(assessed))
        )
    return found


def gaps(rows: Iterable[Covered]) -> Iterator[Finding]:
    """Yield what is taught in some lesson, and practised or assessed in none."""
    for row in rows:
        if row.taught and not row.practised:
            yield Finding("practised", "warning", "course.toml",
                          f"no question of any lesson is about the objective '{row.objective}'",
                          "write one, or 'objective: ' and its id into those that are about it")  # fmt: skip
        elif row.taught and not row.assessed:
            yield Finding("assessed", "warning", "course.toml",
                          f"nothing graded in any lesson shows that '{row.objective}' is reached",
                          "give points to a question about it, or make one must-correct")  # fmt: skip


def _asked(draft: Draft) -> Iterator[tuple[str, bool]]:
    """Yield each objective that questions of a lesson are about, and whether one of them counts.

    A question is about the objective that it names, else about those of its section, else about
    all of the lesson's that no question names.
    """
    counts = {question.id for question in draft.questions if question.points}
    counts |= {item.id for item in draft.items.values() if item.mode == "must-correct"}
    about = dict[str, set[str]]()
    try:
        parts = outline.sections(node for _, node in draft.notebooks.values())
    except QuizTextError:
        parts = []  # a rule of its own tells
    for part in parts:
        for name in part["questions"]:
            item = draft.items.get(name)
            own = [item.objective] if item is not None and item.objective else part["objectives"]
            for objective in own or [""]:
                about.setdefault(objective, set()).add(name)
    for objective in draft.about.objectives:
        if names := about.get(objective) or about.get(""):
            yield objective, bool(names & counts)
