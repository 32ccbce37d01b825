"""The rules that turn reasons into points. Pure."""

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from course.model import Note, Outcome, Verdict

LateRule = Literal["none", "zero", "per-day"]

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


def late_penalty(
    score: float, late: dt.timedelta, rule: LateRule, per_day: float, grace: dt.timedelta
) -> float:
    """Return the points to take off a score for lateness, between 0 and ``score``.

    Args:
        score: points before the penalty, at least 0.
        late: time after the due date; zero or less is in time.
        rule: "none", "zero" (a late submission earns nothing) or "per-day".
        per_day: share of the score lost per started day, 0 to 1.
        grace: lateness that is forgiven entirely.
    """
    if rule == "none" or late <= grace or score <= 0:
        return 0.0
    if rule == "zero":
        return score
    days = -(-late // dt.timedelta(days=1))
    return min(score, round(score * per_day * days, 6))


def due_date(due: dt.datetime | dt.timedelta | None, start: dt.date | None) -> dt.datetime | None:
    """Return a due date as a moment in UTC.

    A relative date counts full days from the midnight that begins the learner's start day, and
    is None for a learner whose start is not known.
    """
    if isinstance(due, dt.timedelta):
        if start is None:
            return None
        return dt.datetime.combine(start, dt.time(), dt.UTC) + due
    return due
