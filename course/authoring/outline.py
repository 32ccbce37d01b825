"""What a lesson's sheet says of its parts: sections with their questions, and prepared answers. Pure."""

import ast
import datetime as dt
from collections.abc import Iterable
from typing import Any

from course.authoring.build import call_of
from course.errors import Invalid
from course.notebook import NotebookNode
from course.questions.text import is_quiz, parse
from course.settings import CourseFile

_ANSWER = ("answer", "course.answer")


def sections(nodes: Iterable[NotebookNode]) -> list[dict[str, Any]]:
    """Return the sections of a lesson's notebooks in order, as JSON.

    A section is a cell ``course.section("cleaning", objective="clean-missing")``; its title is the
    nearest heading above. What comes before the first one stands in a section without id.
    """
    found: list[dict[str, Any]] = [{"id": "", "title": "", "objectives": [], "questions": []}]
    heading = ""
    for node in nodes:
        for cell in node.cells:
            if cell.cell_type == "markdown":
                heading = _heading(cell.source) or heading
            elif begun := _section(cell.source):
                found.append({**begun, "title": heading or begun["id"], "questions": []})
            elif name := parse(cell.source).id if is_quiz(cell.source) else call_of(cell.source)[1]:
                found[-1]["questions"].append(name)
    return [one for one in found if one["id"] or one["questions"]]


def _heading(source: str) -> str:
    lines = [line for line in source.splitlines() if line.startswith("#")]
    return lines[0].lstrip("#").strip() if lines else ""


def _section(source: str) -> dict[str, Any] | None:
    for call in _calls(source, ("course.section",)):
        named = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
        objective = named.get("objective", ())
        objectives = [objective] if isinstance(objective, str) else list(objective)
        return {"id": ast.literal_eval(call.args[0]), "objectives": objectives}
    return None


def _calls(source: str, names: tuple[str, ...]) -> list[ast.Call]:
    """Return the calls by these names that stand as statements of their own with plain values."""
    try:
        tree = ast.parse(source)
        calls = [
            node.value for node in tree.body
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func) in names and node.value.args
        ]  # fmt: skip
        for call in calls:
            for value in (*call.args, *(word.value for word in call.keywords)):
                ast.literal_eval(value)
    except (SyntaxError, ValueError, RecursionError):
        return []
    return calls


def answers(source: str, file: str) -> list[dict[str, Any]]:
    """Return the prepared answers of a lesson's tests, ``answer(...)``, as JSON.

    Raises:
        Invalid: when one has no exercise or no text.
    """
    found = []
    for call in _calls(source, _ANSWER):
        values = [ast.literal_eval(value) for value in call.args]
        named = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
        if len(values) != 2 or set(named) - {"error", "words"}:  # noqa: PLR2004  exercise and text
            raise Invalid(
                "a prepared answer can't be understood",
                where=f"{file}:{call.lineno}",
                expected='answer("exercise", "text", error="KeyError", words=["nan"])',
                found=ast.unparse(call)[:200],
            )
        asked = named.get("words", ())
        found.append({
            "exercise": values[0], "text": values[1], "error": named.get("error", ""),
            "words": [asked] if isinstance(asked, str) else list(asked),
        })  # fmt: skip
    return found


def about(
    course: CourseFile, lesson: str, nodes: Iterable[NotebookNode], tests: str, file: str
) -> dict[str, Any]:
    """Return what a release says of its lesson, for `lesson.json`.

    Args:
        course: the whole of `course.toml`.
        lesson: the lesson's folder.
        nodes: its source notebooks.
        tests: text of its tests.
        file: their name, for errors.
    """
    declared = course.lesson(lesson)
    texts = {one.id: one.text for one in course.objectives}
    return {
        "title": declared.title or lesson, "minutes": declared.minutes, "course": course.title,
        "objectives": [{"id": one, "text": texts[one]} for one in declared.objectives],
        "due": f"{declared.due.days} days" if isinstance(declared.due, dt.timedelta) else due_text(declared.due),
        "sections": sections(nodes), "answers": answers(tests, file), "mode": declared.mode,
    }  # fmt: skip


def announced(course: CourseFile, lessons: Iterable[str]) -> dict[str, Any]:
    """Return what a course says of itself to learners' machines, as JSON."""
    declared = [(name, course.lesson(name)) for name in lessons]
    return {
        "title": course.title, "zone": course.timezone, "language": course.spelling.language, "questions": course.questions.model_dump(),
        "lessons": [
            {"lesson": name, "title": one.title or name, "minutes": one.minutes, "due": due_text(one.due),
             "mode": one.mode} for name, one in declared
        ],
    }  # fmt: skip


def due_text(due: dt.datetime | dt.timedelta | None) -> str:
    """Return a due date as text for learners; empty when there is none."""
    if isinstance(due, dt.timedelta):
        return f"{due.days} days after your start"
    return due.isoformat() if due else ""
