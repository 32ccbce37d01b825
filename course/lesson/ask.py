"""`course.ask`: a question to the instructor, with what it was asked about; what others were told first."""

from pathlib import Path
from typing import Any

from course.lesson import front, record, replies
from course.lesson.card import Card
from course.lesson.language import _, _n
from course.lesson.replies import Thread
from course.lesson.state import Asked, State
from course.questions import sheet

_MOST = 4000
"""Characters of code that go along with a question."""


def show_ask(question: str, about: str, *, nameless: bool = False) -> None:
    """See `course.ask`."""
    folder = Path.cwd()
    home = folder.parent
    if not question.strip():
        if front.cell():
            replies.exchange(home)
        front.show(answers_card(record.read(folder), replies.read(home)))
        return
    state = record.read(folder)
    exercise, error = about or last_checked(state), front.last_error()
    trouble, cell = "", front.cell()
    if cell:
        context = {"cell": cell, "code": code(front.sources()), "error": error,
                   **_about(folder, state, exercise), **({"nameless": True} if nameless else {})}  # fmt: skip
        trouble = keep(folder, question, exercise, context)
        replies.exchange(home)
    back = replies.read(home)
    own = _own(record.read(folder), question, exercise, cell)
    found = prepared(_answers(folder), question, exercise, error)
    test = own.test if own else ""
    others = replies.fitting(back.published, folder.name, exercise, [test] if test else [], error)
    thread = back.own.get(own.id) if own else None
    front.show(ask_card(home, thread, found, others, trouble))


def ask_card(
    home: Path, thread: Thread | None, found: list[str], others: list[Thread], trouble: str
) -> Card:
    """Return what to show below a question: its answers, else what others were told, else where it is."""
    said = (
        [(_answered_by(thread, n), each.text) for n, each in enumerate(thread.answers)]
        if thread
        else []
    )
    told = [
        (_("To the same question: {question}").format(question=one.text), each.text)
        for one in others if thread is None or one.id != thread.id for each in one.answers
    ]  # fmt: skip
    if said:
        head = _n("{count} answer", "{count} answers", len(said)).format(count=len(said))
    elif found:
        head = _("What your author says to that")
    else:
        head = _("What others were told") if told else _("Your question is noted")
    return Card(
        head, found, note=trouble or ("" if said else _where(home, thread)), said=[*said, *told]
    )


def others_card(folder: Path, exercise: str, tests: list[str]) -> Card | None:
    """Return what others were told who met the same failures; None when nobody was."""
    published = replies.read(folder.parent).published
    found = replies.fitting(published, folder.name, exercise, tests, "")
    said = [(one.text, each.text) for one in found for each in one.answers]
    return Card(_("Others asked about this"), said=said) if said else None


def answers_card(state: State, back: replies.Replies) -> Card:
    """Return all that was asked in a lesson, with its answers."""
    said = []
    for one in state.asked:
        thread = back.own.get(one.id)
        for number, each in enumerate(thread.answers if thread else ()):
            said.append((f"{one.text}\n{_answered_by(thread, number)}", each.text))
    waiting = [one.text for one in state.asked
               if (thread := back.own.get(one.id)) is None or not thread.answers]  # fmt: skip
    groups = [(_("Without an answer yet"), [("…", text) for text in waiting])]
    head = _("Your questions and their answers") if state.asked else _("You asked nothing here yet")
    return Card(head, said=said, groups=groups)


def _answered_by(thread: Thread | None, number: int) -> str:
    by = thread.answers[number].by if thread else ""
    return _("{name} answers").format(name=by) if by else _("Answer")


def _where(home: Path, thread: Thread | None) -> str:
    if thread is not None:
        return _("Your instructor has it. The answer appears here: run this cell again.")
    if replies.is_served(home):
        return _("It is in your record, and goes to your instructor as soon as there is a network.")
    return _(
        "Your question is in your record. It goes to your instructor when you hand in, with your "
        "code and its last error."
    )


def _own(state: State, question: str, exercise: str, cell: str) -> Asked | None:
    same = [one for one in state.asked if (one.exercise, one.text, one.cell) == (exercise, question, cell)]  # fmt: skip
    return same[0] if same else None


def _about(folder: Path, state: State, exercise: str) -> dict[str, Any]:
    """Return what an instructor wants to know besides: the test that failed, the attempts, the version."""
    check = state.checks.get(exercise)
    said: dict[str, Any] = {"test": check.failed, "attempts": check.attempts} if check else {}
    try:
        version = sheet.about((folder / sheet.NAME).read_text(encoding="utf-8")).get("version", "")
    except (OSError, ValueError, KeyError, TypeError):
        version = ""  # the question is kept all the same
    return {key: value for key, value in {**said, "version": str(version)}.items() if value}


def keep(folder: Path, question: str, exercise: str, context: dict[str, Any]) -> str:
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
    lines = [line for line in sources[-1].splitlines()
             if "course.ask(" not in line and line.strip() != "import course"]  # fmt: skip
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
