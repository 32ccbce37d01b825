"""Comments that were written before, the likeliest to be wanted first. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

HALF_LIFE = dt.timedelta(days=30)
"""After so long, a use counts half."""
LEAST = 60.0
"""How well a comment has to match what is typed, 0 to 100 (rapidfuzz's partial ratio)."""


@dataclass(frozen=True, slots=True)
class Used:
    """One use of a comment.

    Attributes:
        at: when, in UTC.
    """

    text: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the bank.

    Attributes:
        uses: how often it was written.
        last: when last, in UTC.
    """

    text: str
    uses: int
    last: dt.datetime


def ranked(
    used: Iterable[Used], now: dt.datetime, typed: str = "", most: int = 10
) -> tuple[Comment, ...]:
    """Return comments, each once, by use, recency and match.

    A comment's weight is the sum of its uses, each halved for every `HALF_LIFE` that passed since, times how
    well it matches.

    Args:
        typed: what the grader has written so far; only comments that match it come; empty: all.
        most: how many come.
    """
    found: dict[str, list[Used]] = {}
    for each in used:
        if text := each.text.strip():
            found.setdefault(text, []).append(each)
    weights = {
        text: match * sum(0.5 ** (max(now - each.at, dt.timedelta()) / HALF_LIFE) for each in uses)
        for text, uses in found.items()
        if (match := _match(typed, text))
    }
    order = sorted(weights, key=lambda text: (-weights[text], text))[:most]
    return tuple(
        Comment(text, len(found[text]), max(each.at for each in found[text])) for text in order
    )


def _match(typed: str, text: str) -> float:
    """Return how well a comment matches what is typed, 0 to 1; 0 when it is the same or does not."""
    plain = " ".join(typed.casefold().split())
    if not plain:
        return 1.0
    if plain == " ".join(text.casefold().split()):
        return 0.0
    score = fuzz.partial_ratio(plain, text.casefold())
    return score / 100 if score >= LEAST and len(plain) <= len(text) else 0.0
