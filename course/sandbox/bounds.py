"""Small texts that stand for large things: what they may stand for at most.

A learner's process may claim a number, a date, a range or a set that would take hours or all memory
to be rebuilt, or to be looked at by a test. Everything here raises ValueError then.
"""

import decimal
import fractions
from collections import Counter
from typing import Any

MAX_ITEMS = 8_000_000
MAX_DIGITS = 100_000
MAX_TIME = 100
"""Letters of a date."""
MAX_ALIKE = 200
"""Of the items of one list, set or mapping, those with one hash: n of them take n² comparisons to look up."""


def short(text: Any, most: int = MAX_DIGITS) -> str:
    """Return a text that isn't too long to be read as a number or a date."""
    if not isinstance(text, str) or len(text) > most:
        raise ValueError("no text, or too long")
    return text


def fraction(text: Any) -> fractions.Fraction:
    """Rebuild a fraction from its two whole numbers, the only form in which it is sent."""
    above, _, below = short(text).partition("/")
    return fractions.Fraction(int(above), int(below or 1))


def number(text: Any) -> decimal.Decimal:
    """Rebuild a decimal number, which one more letter could make too large to be a whole number."""
    found = decimal.Decimal(short(text))
    if found.is_finite() and abs(found.adjusted()) > MAX_DIGITS:
        raise ValueError("too large, or too small")
    return found


def spread(items: list[Any]) -> list[Any]:
    """Return items, of which not too many have one hash; those without any are left alone."""
    if len(items) > MAX_ALIKE:
        hashes = [_hash(item) for item in items]
        often = {each for each, count in Counter(hashes).items() if count > MAX_ALIKE}
        alike: dict[int | None, list[Any]] = {each: [] for each in often - {None}}
        for item, its in zip(items, hashes, strict=True) if alike else ():
            if its in alike and item not in alike[its]:
                alike[its].append(item)
                if len(alike[its]) > MAX_ALIKE:
                    raise ValueError("too many items with one hash")
    return items


def _hash(item: object) -> int | None:
    try:
        return hash(item)
    except TypeError:
        return None


def numbers(parts: Any) -> range:
    """Rebuild a range."""
    found = range(*(int(part) for part in parts))
    if found[MAX_ITEMS:]:
        raise ValueError("too many items")
    return found
