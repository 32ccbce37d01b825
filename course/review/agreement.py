"""How far graders agree, how severe they are, and how long answers wait for them. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from statistics import fmean, median


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readings of the same answers agree on one rubric item.

    Attributes:
        answers: how many were read twice.
        share: of them on which both said the same, 0 to 1.
        kappa: Cohen's kappa, at most 1; None where chance alone would always agree, or without answers.
    """

    item: str
    answers: int
    share: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class Given:
    """One mark that one grader gave.

    Attributes:
        question: what was asked; graders are compared within it.
        share: points as a share of the question's, 0 to 1.
        waited: from the hand-in to the mark, if it is known.
    """

    grader: str
    question: str
    share: float
    waited: dt.timedelta | None = None


@dataclass(frozen=True, slots=True)
class Grader:
    """What can be said of one grader's marks.

    Attributes:
        marked: how many.
        severity: by how much of a question's points they are below the mean of all marks on the same questions,
            -1 to 1; negative: milder than the others.
        turnaround: how long half of the answers waited at most; None when that is not known.
    """

    name: str
    marked: int
    severity: float
    turnaround: dt.timedelta | None


def sampled(answer: str, share: float, seed: int = 0) -> bool:
    """Return whether an answer is among those that two read: the same at every time, whatever else comes in.

    Args:
        answer: what stands for it.
        share: of all answers, 0 to 1.
    """
    digest = sha256(f"{seed}\0{answer}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * 2**64


def kappa(pairs: Sequence[tuple[bool, bool]]) -> float | None:
    """Return Cohen's kappa of two readings, (p_o - p_e) / (1 - p_e).

    J. Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960),
    37-46, https://doi.org/10.1177/001316446002000104. None where it is not defined: no pairs, or p_e is 1.
    """
    if not pairs:
        return None
    count = len(pairs)
    first, second = sum(one for one, _ in pairs), sum(two for _, two in pairs)
    observed = sum(one == two for one, two in pairs) / count
    expected = (first * second + (count - first) * (count - second)) / count**2
    return None if first == second and first in (0, count) else (observed - expected) / (1 - expected)  # fmt: skip


def agreement(
    items: Iterable[str], readings: Sequence[tuple[Collection[str], Collection[str]]]
) -> list[Agreement]:
    """Return for each rubric item how far two readings of the same answers agree.

    Args:
        items: ids of the rubric's items.
        readings: for each answer, the ids that the first and the second grader chose.
    """
    found = []
    for item in items:
        pairs = [(item in one, item in two) for one, two in readings]
        same = fmean(one == two for one, two in pairs) if pairs else None
        found.append(Agreement(item, len(pairs), same, kappa(pairs)))
    return found


def graders(given: Sequence[Given]) -> list[Grader]:
    """Return what can be said of each grader, by name."""
    shares: dict[str, list[float]] = {}
    for mark in given:
        shares.setdefault(mark.question, []).append(mark.share)
    means = {question: fmean(each) for question, each in shares.items()}
    found = []
    for name in sorted({mark.grader for mark in given}):
        mine = [mark for mark in given if mark.grader == name]
        waits = [mark.waited.total_seconds() for mark in mine if mark.waited is not None]
        found.append(Grader(
            name, len(mine), fmean(means[mark.question] - mark.share for mark in mine),
            dt.timedelta(seconds=median(waits)) if waits else None,
        ))  # fmt: skip
    return found
