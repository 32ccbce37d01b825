"""Whether an objective is shown: the rule, and what the evidence ledger says of it on a day. Pure.

A lesson's objective is shown by work that was handed in, marked and returned: at least the lesson's
pass mark of the points of its questions, and every must-correct question of it answered right in the
end. An objective of several lessons is shown when each of them shows it. It lapses when the time for
which it holds is over, counted from the day on which the work was handed in.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["not started", "learning", "shown", "lapsed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A graded answer as its learner was told of it.

    Attributes:
        points: None while nobody has judged.
        by: "autograder", or who marked it.
        at: when, ISO 8601 in UTC; empty when it is not known.
        content: hash of the question as it was asked.
    """

    question: str
    points: float | None
    maximum: float
    by: str
    at: str
    content: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """A must-correct question.

    Attributes:
        wrong: how many wrong answers were given before the first right one, or at all.
        first_wrong, right: when, ISO 8601; empty for never.
    """

    question: str
    wrong: int
    first_wrong: str
    right: str
    content: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a learner stands with an objective on a day.

    Attributes:
        since: since when it is shown; None when it isn't.
        until: when it lapses or lapsed; None for never.
        rows: the rows of the ledger that say so, one for each lesson, as (number, hash, time, body).
    """

    objective: str
    state: State
    since: dt.datetime | None
    until: dt.datetime | None
    rows: tuple[Any, ...]


def state(
    answers: Sequence[Answer], corrected: Sequence[Corrected], pass_mark: float
) -> tuple[State, float | None]:
    """Return how an objective stands by one lesson, and the share of the points; None while some wait."""
    if not answers and not corrected:
        return "not started", None
    waits = any(each.points is None for each in answers)
    top = sum(each.maximum for each in answers)
    share = None if waits or not top else sum(each.points or 0.0 for each in answers) / top
    enough = not answers or not top or (share is not None and share >= pass_mark)
    done = enough and not waits and all(each.right for each in corrected)
    return ("shown" if done else "learning"), share


def rule(pass_mark: float) -> str:
    """Return the rule in words, as a row of the ledger keeps it."""
    return (
        f"at least {pass_mark:.0%} of the points of its questions, and every must-correct question "
        "answered right in the end"
    )


def standing(lines: Iterable[Any], objective: str, on: dt.datetime) -> Standing:
    """Return how an objective stands at a moment, by what the ledger said then.

    Args:
        lines: the learner's rows, see `course.store.evidence.Line`.
    """
    latest: dict[str, Any] = {}
    for line in lines:
        body = line.body or {}
        if body.get("kind") == "objective" and body["objective"] == objective and line.at <= on:
            latest[body["lesson"]] = line
    rows = tuple(latest.values())
    if not rows:
        return Standing(objective, "not started", None, None, ())
    taught = set(max(rows, key=lambda line: int(line.number)).body["lessons"])
    counted = [line for line in rows if line.body["lesson"] in taught]
    if {line.body["lesson"] for line in counted if line.body["state"] == "shown"} < taught:
        return Standing(objective, "learning", None, None, rows)
    since = max(line.at for line in counted)
    until = min((end for line in counted if (end := _until(line.body))), default=None)
    lapsed = until is not None and until < on
    return Standing(objective, "lapsed" if lapsed else "shown", since, until, tuple(counted))


def changed(found: Standing, now: Mapping[tuple[str, str], str]) -> list[tuple[str, str]]:
    """Return lesson and name of the questions that are not asked any more as they were answered.

    Args:
        now: hash of each question's content, by lesson and name.
    """
    return [
        (line.body["lesson"], each["question"])
        for line in found.rows
        for each in (*line.body["answers"], *line.body["corrected"])
        if now.get((line.body["lesson"], each["question"])) != each["content"]
    ]


def _until(body: Mapping[str, Any]) -> dt.datetime | None:
    if body["days"] is None:
        return None
    return dt.datetime.fromisoformat(body["handed_in"] or body["told"]) + dt.timedelta(
        days=body["days"]
    )
