"""Small texts that stand for large things: what they may stand for at most.

A learner's process may claim a number, a date or a range that would take hours or all memory to
be rebuilt, or to be looked at by a test. Everything here raises ValueError then.
"""

import fractions
from typing import Any

MAX_ITEMS = 8_000_000
MAX_DIGITS = 100_000
MAX_TIME = 100
"""Letters of a date."""


def short(text: Any, most: int = MAX_DIGITS) -> str:
    """Return a text that isn't too long to be read as a number or a date."""
    if not isinstance(text, str) or len(text) > most:
        raise ValueError("no text, or too long")
    return text


def fraction(text: Any) -> fractions.Fraction:
    """Rebuild a fraction from its two whole numbers, the only form in which it is sent."""
    above, _, below = short(text).partition("/")
    return fractions.Fraction(int(above), int(below or 1))


def numbers(parts: Any) -> range:
    """Rebuild a range."""
    found = range(*(int(part) for part in parts))
    if found[MAX_ITEMS:]:
        raise ValueError("too many items")
    return found
