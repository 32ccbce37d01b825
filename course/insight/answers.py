"""A lesson's answers as frames of learners by items, for `course.insight.items`."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from course.lesson import record
from course.lesson.state import State
from course.model import Mark, Outcome, Submission

PAUSE = dt.timedelta(minutes=30)
"""A longer time between two things is a break, not work."""
_SHOWN = 120
"""Characters of a wrong answer that are kept."""
_MOST = 5
_BAD = (
    Outcome.FAILED,
    Outcome.PARTLY,
    Outcome.ERROR,
    Outcome.TIMEOUT,
    Outcome.MEMORY,
    Outcome.CRASH,
)


def scores(marks: Sequence[Mark]) -> pd.DataFrame:
    """Return learners by questions, as shares of the points, 0 to 1; missing while nobody has judged.

    Questions stand in the lesson's order; one without points has no place here.
    """
    rows = pd.DataFrame(
        [(mark.learner, mark.question, None if mark.points is None else mark.points / mark.maximum)
         for mark in marks if mark.maximum > 0],
        columns=["learner", "question", "share"],
    ).astype({"share": float})  # fmt: skip
    wide = rows.pivot_table("share", "learner", "question", "first", dropna=False)
    return wide.reindex(columns=list(dict.fromkeys(rows["question"]))).dropna(how="all")


def wrong(marks: Sequence[Mark]) -> "pd.Series[Any]":
    """Return for each question its most common wrong answers: text, and how many gave it.

    The text is what the learner was told: the misconception, where the author knew it, else what was
    answered or which test failed.
    """
    found: dict[str, Counter[str]] = {}
    for mark in marks:
        texts = {
            (note.text or f"{note.test}: {note.outcome}").split("\n")[0][:_SHOWN]
            for note in mark.notes if note.outcome in _BAD
        }  # fmt: skip
        found.setdefault(mark.question, Counter()).update(texts)
    return pd.Series(
        {question: count.most_common(_MOST) for question, count in found.items()}, dtype=object
    )


def effort(
    work: Iterable[Submission], questions: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return learners by questions, twice: minutes until the first answer, and whether a hint was taken.

    The minutes run from whatever the record has before that answer; after a longer pause than
    PAUSE nobody knows. What was never answered is missing in both.
    """
    minutes, hinted = dict[str, dict[str, float]](), dict[str, dict[str, bool]]()
    for each in work:
        state = record.read(each.folder)
        first = _first(state, questions)
        minutes[each.learner] = _minutes(state, first)
        hinted[each.learner] = {
            name: name in state.hints or name in state.revealed for name in first
        }
    return _wide(minutes, questions), _wide(hinted, questions)


def _wide(rows: Mapping[str, Mapping[str, float]], questions: Sequence[str]) -> pd.DataFrame:
    named = {who: dict(row) for who, row in rows.items()}
    return pd.DataFrame.from_dict(named, orient="index", columns=None).reindex(
        columns=list(questions)
    )


def _first(state: State, questions: Sequence[str]) -> dict[str, dt.datetime]:
    """Return when each question was answered or checked first."""
    times = {name: some[0].time for name, some in state.tries.items() if some}
    times = {name: check.time for name, check in state.checks.items()} | times
    return {name: dt.datetime.fromisoformat(times[name]) for name in questions if name in times}


def _minutes(state: State, first: dict[str, dt.datetime]) -> dict[str, float]:
    moments = sorted(
        dt.datetime.fromisoformat(time)
        for time in (
            *(each.time for some in state.tries.values() for each in some),
            *(each.time for each in state.checks.values()),
            *(time for visit in state.sections.values() for time in (visit.opened, visit.completed)),
        ) if time
    )  # fmt: skip
    found = {}
    for name, at in first.items():
        before = [moment for moment in moments if moment < at]
        if before and at - before[-1] <= PAUSE:
            found[name] = (at - before[-1]).total_seconds() / 60
    return found
