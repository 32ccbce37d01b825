"""When a typed text is the one that was meant: normalised, compared, or matched with a pattern.

A learner may type anything, and Python's patterns can take exponential time on some texts. So
answers are bounded, and patterns that could are refused when the author writes them.
"""

import re
import unicodedata
import warnings

from course.questions.item import MalformedAnswerError
from course.questions.vary import Values, filled, written

MOST_LETTERS = 200
_MOST_OPEN = 3
"""How many unbounded repeats a pattern may have: 200 letters cubed are soon tried."""


def line(text: str) -> str:
    """Return a typed line as it is kept: NFKC, one space at most between words.

    Raises:
        MalformedAnswerError: when it is longer than MOST_LETTERS.
    """
    if len(text) > MOST_LETTERS:
        raise MalformedAnswerError(f"This is too long; write {MOST_LETTERS} letters at most.")
    known = unicodedata.normalize("NFKC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in known).split())[:MOST_LETTERS]


def is_pattern(rule: str) -> bool:
    """Tell whether an author's rule is a regular expression: ``/colou?r/``."""
    return len(rule) > 2 and rule[0] == rule[-1] == "/"  # noqa: PLR2004  two slashes, something between


def fits(rule: str, answer: str, known: Values, *, case: bool) -> bool:
    """Tell whether an answer (as `line` gives it) is what a rule means.

    Args:
        rule: a text or a ``/pattern/``, with ``{name}`` for variables.
        case: whether small and capital letters differ.
    """
    if is_pattern(rule):
        escaped = {name: re.escape(written(value)) for name, value in known.items()}
        flags = re.NOFLAG if case else re.IGNORECASE
        return re.fullmatch(filled(rule[1:-1], escaped), answer, flags) is not None
    wanted = " ".join(unicodedata.normalize("NFKC", filled(rule, known)).split())
    return wanted == answer if case else wanted.casefold() == answer.casefold()


def problem(rule: str) -> str:
    """Say what is wrong with an author's pattern; empty when it is none, or all is well."""
    if not is_pattern(rule):
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", FutureWarning)  # what later Pythons read otherwise
            re.compile(rule[1:-1])
    except (re.error, FutureWarning) as error:
        return f"{rule} is no regular expression: {error}"
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "c", rule[1:-1])
    bare = re.sub(r"\(\?(?:[:=!]|<[=!]|P<\w+>)", "(", bare)
    opened = len(re.findall(r"[*+]|\{\d*,\d*\}", bare))
    if opened > _MOST_OPEN:
        return f"{rule} repeats without end {opened} times, {_MOST_OPEN} are allowed; list texts instead"
    while (inner := re.search(r"\(([^()]*)\)([*+]|\{\d+(?:,\d*)?\}|\{,\d+\})?", bare)) is not None:
        if inner[2] and re.search(r"[*+?|{]", inner[1]):
            return (
                f"{rule} repeats a group that repeats or chooses, which some answers could make last "
                "for years; list the texts instead"
            )
        # what was in it still counts for the group around it
        bare = (
            bare[: inner.start()] + "".join(re.findall(r"[*+?|{]", inner[0])) + bare[inner.end() :]
        )
    return ""
