"""The rules that turn reasons into points. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from course.model import Note, Outcome, Verdict

LateRule = Literal["none", "zero", "per-day"]
CountRule = Literal["last", "best", "marked"]

_STRUCK = (Outcome.TIMEOUT, Outcome.MEMORY, Outcome.CRASH, Outcome.NOT_REACHED, Outcome.ERROR)


def judge(question: str, maximum: float, notes: Sequence[Note]) -> Verdict:
    """Sum up the notes of one question.

    The score is the earned share of the notes' own maxima, scaled to the question's points, so
    that a question whose tests don't add up still gives full marks for a full answer. Without
    any note that could earn something, or with one that needs a person, nobody could tell: the
    score is None.
    """
    total = sum(note.maximum for note in notes)
    if total <= 0 or any(note.outcome is Outcome.NEEDS_PERSON for note in notes):
        return Verdict(question, Outcome.NEEDS_PERSON, None, maximum, tuple(notes))
    earned = sum(note.score for note in notes)
    share = min(max(earned / total, 0.0), 1.0)
    score = maximum if share == 1 else min(maximum, round(maximum * share, 6))
    return Verdict(question, _sum_up(notes, earned, total), score, maximum, tuple(notes))


def _sum_up(notes: Sequence[Note], earned: float, total: float) -> Outcome:
    if earned >= total:
        return Outcome.PASSED
    if earned > 0:
        return Outcome.PARTLY
    tried = [note.outcome for note in notes if note.outcome is not Outcome.NOT_TRIED]
    if not tried:
        return Outcome.NOT_TRIED
    return tried[0] if all(outcome in _STRUCK for outcome in tried) else Outcome.FAILED


def late_share(
    late: dt.timedelta, rule: LateRule, per_day: float, grace: dt.timedelta
) -> float:  # fmt: skip
    """Return the share of a score that is lost for lateness, 0 to 1.

    Args:
        late: time after the due date; zero or less is in time.
        rule: "none", "zero" (a late submission earns nothing) or "per-day".
        per_day: share lost per started day, 0 to 1.
        grace: lateness that is forgiven entirely.
    """
    if rule == "none" or late <= max(grace, dt.timedelta()):
        return 0.0
    days = -(-late // dt.timedelta(days=1))
    return 1.0 if rule == "zero" else min(1.0, per_day * days)


def late_penalty(score: float, share: float) -> float:
    """Return the points to take off a score, between 0 and ``score``, for the share that is lost."""
    return min(score, round(score * share, 6)) if score > 0 else 0.0


def due_date(
    due: dt.datetime | dt.timedelta | None, start: dt.date | None, zone: dt.tzinfo = dt.UTC,
    extended: Iterable[dt.datetime] = (),
) -> dt.datetime | None:  # fmt: skip
    """Return a due date as a moment in UTC; None while there is none.

    A relative date counts days of the calendar from the midnight that begins the learner's start
    day, and is None for a learner whose start is not known. The latest of the extensions goes
    before it when it is later: an extension never takes time away.

    Args:
        zone: where the course's days begin.
        extended: until when the learner was given time.
    """
    if isinstance(due, dt.timedelta):
        # added to the clock on the wall, so that a change to summer time moves nothing
        due = None if start is None else dt.datetime.combine(start, dt.time(), zone) + due
    return None if due is None else max(due, *extended, due).astimezone(dt.UTC)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one submission of a lesson earned.

    Attributes:
        points: after what lateness costs; what waits for a person counts as nothing yet.
        waits: whether a question still waits for a person.
        marked: whether a person marked something of it.
    """

    points: float
    waits: bool = False
    marked: bool = False


def counting(attempts: Sequence[Attempt], rule: CountRule) -> int:
    """Return which attempt counts, by its index; they are in the order in which they came.

    With "best" it is the one with the most points, and of equals the latest. The last one counts
    while a person has yet to look at it, since nobody knows what it will earn. With "marked" it is the
    last that a person marked, and the last of all while there is none.
    """
    last = len(attempts) - 1
    if rule == "marked":
        return max((number for number, each in enumerate(attempts) if each.marked), default=last)
    if rule == "last" or attempts[last].waits:
        return last
    return max(range(len(attempts)), key=lambda number: (attempts[number].points, number))
