"""What can be said of those who mark, from the frames; the formulas are in `course.review.agreement`. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

import pandas as pd

from course.insight.columns import as_dicts
from course.model import AUTOGRADER
from course.review import agreement
from course.review.agreement import Given, Grader

Frame = pd.DataFrame
_PLACE = ["learner", "lesson", "notebook", "question"]
_Read = tuple[float, float, frozenset[str], frozenset[str], frozenset[str]]
"""Of an answer that two marked: both shares, the items that each found, and those that there are."""


@dataclass(frozen=True, slots=True)
class Together:
    """How far two graders agree on answers that both marked.

    Attributes:
        answers: how many both marked.
        apart: mean distance of their marks, as a share of the points, 0 to 1.
        kappa: Cohen's, over the rubric items that anybody found in answers to the same question, whether or not
            these two did; None where that is not defined.
    """

    one: str
    other: str
    answers: int
    apart: float
    kappa: float | None


def graders(judgements: Frame, marks: Frame, attempts: Frame) -> list[Grader]:
    """Return what can be said of each grader, by name: how many marks, how severe, how soon.

    Each person's first judgement of an answer counts, and the marks that people gave elsewhere.
    """
    first = judgements[judgements["first"]].astype(dict.fromkeys([*_PLACE, "grader"], str))
    given = [
        Given(row["grader"], _name(row), row["share"], None if pd.isna(row["hours"]) else dt.timedelta(hours=row["hours"]))
        for row in as_dicts(first)
    ]  # fmt: skip
    seen = {tuple(row[name] for name in [*_PLACE, "grader"]) for row in as_dicts(first)}
    mine = marks[
        (marks["state"] == "marked")
        & (marks["maximum"] > 0)
        & ~marks["grader"].isin([AUTOGRADER, ""])
    ]
    came = attempts[attempts["stands"]][["learner", "lesson", "submitted"]].astype(
        {"learner": str, "lesson": str}
    )
    others = mine.astype(dict.fromkeys([*_PLACE, "grader"], str)).merge(came, on=["learner", "lesson"], how="left")  # fmt: skip
    for row in as_dicts(others):
        if tuple(row[name] for name in [*_PLACE, "grader"]) not in seen:
            waited = row["time"] - row["submitted"]
            given.append(Given(row["grader"], _name(row), row["points"] / row["maximum"],
                               None if pd.isna(waited) else waited.to_pytimedelta()))  # fmt: skip
    return agreement.graders(given)


def _name(row: dict[str, str]) -> str:
    return f"{row['lesson']}/{row['notebook']}/{row['question']}"


def together(judgements: Frame) -> list[Together]:
    """Return for each two graders how far they agree; only those who marked an answer both."""
    readings: dict[tuple[str, str], list[_Read]] = {}
    first = judgements[judgements["first"]].astype(dict.fromkeys([*_PLACE, "grader"], str))
    asked = first.groupby(_PLACE[1:])["items"]
    known = {key: frozenset[str]().union(*map(_items, part)) for key, part in asked}
    for place, part in first[first.duplicated(_PLACE, keep=False)].groupby(_PLACE):
        rows = sorted(as_dicts(part), key=lambda row: str(row["grader"]))
        for one, other in combinations(rows, 2):
            readings.setdefault((one["grader"], other["grader"]), []).append(
                (one["share"], other["share"], _items(one["items"]), _items(other["items"]), known[place[1:]])
            )  # fmt: skip
    return [_together(*names, read) for names, read in sorted(readings.items())]


def _together(one: str, other: str, read: Sequence[_Read]) -> Together:
    pairs = [
        (item in mine, item in theirs) for _, _, mine, theirs, known in read for item in sorted(known)
    ]  # fmt: skip
    return Together(
        one, other, len(read), fmean(abs(a - b) for a, b, *_ in read), agreement.kappa(pairs)
    )


def _items(text: str) -> frozenset[str]:
    return frozenset(filter(None, str(text).split(",")))
