"""Which questions ask the same, and which come first: those that waited too long, then those that many ask. Pure."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

SAME_WORDS = 88
"""Likeness of texts, 0 to 100, from which two questions ask the same whatever they are about."""
NEAR_WORDS = 55
"""As above, for two that failed in the same way."""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked.

    Attributes:
        test: that failed last; empty for none.
        error: type and text of the last error; empty for none.
        at: when it came, in UTC.
    """

    id: str
    lesson: str
    exercise: str
    text: str
    test: str
    error: str
    at: dt.datetime
    open: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that ask the same, the first one first."""

    questions: tuple[Question, ...] = field(default=())

    @property
    def waiting(self) -> tuple[Question, ...]:
        """Those without an answer."""
        return tuple(each for each in self.questions if each.open)


def is_alike(one: Question, other: Question) -> bool:
    """Tell whether two questions ask the same: nearly the same words, or the same failure and near words."""
    if one.lesson != other.lesson:
        return False
    words = fuzz.token_set_ratio(_plain(one.text), _plain(other.text))
    if words >= SAME_WORDS:
        return True
    same_test = one.exercise == other.exercise and one.test != "" and one.test == other.test
    same_error = kind_of(one.error) != "" and kind_of(one.error) == kind_of(other.error)
    return (same_test or (same_error and one.exercise == other.exercise)) and words >= NEAR_WORDS


def kind_of(error: str) -> str:
    """Return the type of an error: "KeyError" of "KeyError: 'x'"."""
    return error.partition(":")[0].strip()


def grouped(questions: Sequence[Question]) -> list[Group]:
    """Return the questions in groups; each joins the first group whose first question asks the same."""
    found: list[list[Question]] = []
    for each in sorted(questions, key=lambda one: (one.at, one.id)):
        for group in found:
            if is_alike(group[0], each):
                group.append(each)
                break
        else:
            found.append([each])
    return [Group(tuple(group)) for group in found]


def ordered(groups: Sequence[Group], now: dt.datetime, patience: dt.timedelta) -> list[Group]:
    """Return groups in the order to answer them.

    First come those who waited longer than they should, the longest first; then what most ask; then
    what has its answers.
    """

    def place(group: Group) -> tuple[int, float, float]:
        waiting = group.waiting
        if not waiting:
            return (2, 0, -group.questions[-1].at.timestamp())
        oldest = min(each.at for each in waiting)
        if now - oldest > patience:
            return (0, oldest.timestamp(), 0)
        return (1, -len(waiting), oldest.timestamp())

    return sorted(groups, key=place)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
