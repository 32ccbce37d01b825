"""What a learner has not been told yet: the marks of now beside those of the last feedback. Pure."""

from collections.abc import Mapping, Sequence

from course.model import HELD, Mark


def name(mark: Mark) -> str:
    """Return what stands for a question among those of a lesson: NOTEBOOK/QUESTION."""
    return f"{mark.notebook}/{mark.question}"


def composed(
    marks: Sequence[Mark], told: Sequence[Mark], questions: Sequence[str] = ()
) -> tuple[Mark, ...]:
    """Return the marks that a new version of the feedback tells.

    Without ``questions`` these are the marks of now. With them, the others stay as they were told,
    and what was never told is held back.
    """
    if not questions:
        return tuple(marks)
    before = {name(mark): mark for mark in told}
    return tuple(
        mark if mark.question in questions or name(mark) in questions
        else before.get(name(mark)) or Mark(mark.learner, mark.lesson, mark.question, None, mark.maximum, HELD,
                                            kind=mark.kind, title=mark.title, notebook=mark.notebook)
        for mark in marks
    )  # fmt: skip


def news(
    marks: Sequence[Mark], told: Sequence[Mark], answers: Mapping[str, int], heard: Mapping[str, int],
    late: tuple[float, float],
) -> tuple[tuple[str, str], ...]:  # fmt: skip
    """Return what is new since the last feedback: title of the question and what happened to it.

    Args:
        marks: of now, as they will be told.
        told: as they were told.
        answers: NOTEBOOK/QUESTION -> messages in its thread now.
        heard: the same, as they were told.
        late: points taken off for lateness, before and now.
    """
    before = {name(mark): mark for mark in told}
    found = []
    for mark in marks:
        what = _changes(mark, before.get(name(mark)))
        if answers.get(name(mark), 0) > heard.get(name(mark), 0):
            what.append("there is a new message about your request")
        found += [(mark.title or mark.question, "; ".join(what))] if what else []
    if late[0] != late[1]:
        found.append(("Lateness", f"{_points(late[1])} taken off, before {_points(late[0])}"))
    return tuple(found)


def _changes(mark: Mark, before: Mark | None) -> list[str]:
    if mark.state == HELD:
        return []
    if before is None or before.state == HELD:
        return ["returned for the first time"]
    what = []
    if mark.points != before.points:
        what.append(f"{_earned(mark)}, before {_earned(before)}")
    elif mark.maximum != before.maximum:
        what.append(f"out of {_points(mark.maximum)}, before {_points(before.maximum)}")
    if mark.comment != before.comment:
        kind = "is gone" if not mark.comment else "changed" if before.comment else "is new"
        what.append(f"the comment {kind}")
    if not what and (mark.notes, mark.state) != (before.notes, before.state):
        what.append("the reasons changed")
    return what


def _earned(mark: Mark) -> str:
    return "not graded" if mark.points is None else _points(mark.points)


def _points(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{text} {'point' if value == 1 else 'points'}"
