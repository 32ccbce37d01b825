"""`course.ask`: a question to the instructor, with what it was asked about; prepared answers first."""

from pathlib import Path
from typing import Any

from course.lesson import front, record
from course.lesson.card import Card
from course.lesson.language import _
from course.lesson.state import State
from course.questions import sheet

_MOST = 4000
"""Characters of code that go along with a question."""


def show_ask(question: str, about: str) -> None:
    """See `course.ask`."""
    folder = Path.cwd()
    state = record.read(folder)
    exercise, error = about or last_checked(state), front.last_error()
    trouble, cell = "", front.cell()
    if cell:
        context = {"cell": cell, "code": code(front.sources()), "error": error}
        trouble = keep(folder, question, exercise, context)
    found = prepared(_answers(folder), question, exercise, error)
    note = _(
        "Your question is in your record. It goes to your instructor when you hand in, with your "
        "code and its last error."
    )
    head = _("What your author says to that") if found else _("Your question is noted")
    front.show(Card(head, found, note=trouble or note))


def keep(folder: Path, question: str, exercise: str, context: dict[str, str]) -> str:
    """Record a question; the same one from the same cell is recorded once.

    Returns:
        what to tell the learner when it could not be recorded.
    """
    asked = [(one.exercise, one.text, one.cell) for one in record.read(folder).asked]
    if (exercise, question, context["cell"]) in asked:
        return ""
    write = {"response": question}, context
    return front.kept(lambda: record.append(folder, "asked", exercise, *write))


def last_checked(state: State) -> str:
    """Return the exercise that was checked last; empty when none was."""
    return max(state.checks, key=lambda name: state.checks[name].time, default="")


def code(sources: list[str]) -> str:
    """Return what was asked about: the rest of the asking cell, else the cell that ran before."""
    if not sources:
        return ""
    lines = [line for line in sources[-1].splitlines() if "course.ask(" not in line]
    own = "\n".join(lines).strip()
    return (own or (sources[-2] if len(sources) > 1 else ""))[-_MOST:]


def prepared(
    answers: list[dict[str, Any]], question: str, exercise: str, error: str
) -> list[str]:  # fmt: skip
    """Return the author's answers that fit, those that ask for the most first.

    Args:
        answers: as the lesson's sheet has them.
        question: what the learner wrote.
        exercise: the exercise it is about; empty for any.
        error: type and text of the last error.
    """
    asked = question.casefold()
    fitting = [
        one for one in answers
        if exercise in ("", one["exercise"]) and one["error"] in error
        and (not one["words"] or any(word.casefold() in asked for word in one["words"]))
    ]  # fmt: skip
    fitting.sort(key=lambda one: -(bool(one["error"]) + bool(one["words"])))
    return [one["text"] for one in fitting]


def _answers(folder: Path) -> list[dict[str, Any]]:
    try:
        about = sheet.about((folder / sheet.NAME).read_text(encoding="utf-8"))
        return list(about.get("answers", ()))
    except (OSError, ValueError, KeyError, TypeError):
        return []  # the question is kept all the same
