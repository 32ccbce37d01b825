"""Which answers are the same, though not letter by letter. Pure.

Two answers stand in one group when nothing that a grader would judge tells them apart: for code the
outcomes of its tests, its syntax tree without comments, docstrings and the names of locals, and its output;
for everything else its value. Where it is not sure, answers stay apart. Own words that only resemble
one another make a group that is a suggestion.
"""

import ast
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from course.review import syntax
from course.review.nearness import near

NEAR = 0.65
"""Cosine from which on own words are suggested as a group, 0 to 1."""
MOST_CODE = 100_000
"""Characters of code that are parsed; longer code is compared as text."""
_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
_FEW = 5
"""Words up to which an answer is a short text, whose wording is its value."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer, as far as it decides which others are the same.

    Attributes:
        code: the sources of its code cells.
        output: what these printed and showed, as text.
        words: its own words, or the values of a quiz.
        verdict: the autograder's outcomes, in the tests' order.
    """

    code: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    verdict: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing was answered."""
        return not any(text.strip() for text in (*self.code, *self.words))


@dataclass(frozen=True, slots=True)
class Group:
    """Answers that may be marked together.

    Attributes:
        key: stays the same when others join: 20 hexadecimal digits.
        members: who answered so, sorted.
        sure: False for one that only resembles: a suggestion.
    """

    key: str
    members: tuple[str, ...]
    sure: bool = True


def groups(
    answers: Mapping[str, Given], apart: Collection[tuple[str, str]] = (), first: Collection[str] = ()
) -> tuple[Group, ...]:  # fmt: skip
    """Return the answers to one question in groups, the largest first; each answer is in at most one.

    An answer that nobody else gave makes a group of one; so does one that was taken out of its own.

    Args:
        answers: by learner.
        apart: pairs of a group's key and a learner who was taken out of it.
        first: keys of suggestions that were marked before: they gather their members again.
    """
    by_key: dict[str, list[str]] = {}
    for learner in sorted(answers):
        key = _key("same", *_same(answers[learner]))
        alone = (key, learner) in apart
        by_key.setdefault(_key(key, learner) if alone else key, []).append(learner)
    sure = [Group(key, tuple(members)) for key, members in by_key.items()]
    found = _suggested(answers, sure, apart, first)
    return tuple(sorted(found, key=lambda group: (-len(group.members), group.key)))


def _suggested(
    answers: Mapping[str, Given], sure: Sequence[Group], apart: Collection[tuple[str, str]], first: Collection[str]
) -> list[Group]:  # fmt: skip
    """Join groups of one in own words that resemble one another; the others stay as they are."""
    single = {group.members[0]: group for group in sure if len(group.members) == 1}
    texts = {who: " ".join(answers[who].words) for who in single if _prose(answers[who])}
    keys = {who: _key("near", *_same(answers[who])) for who in texts}
    joined = []
    for seed, others in near(texts, NEAR, [who for who in texts if keys[who] in first]):
        members = [who for who in (seed, *others) if (keys[seed], who) not in apart]
        if len(members) > 1:
            joined.append(Group(keys[seed], tuple(sorted(members)), sure=False))
    taken = {who for group in joined for who in group.members}
    return [group for group in sure if group.members[0] not in taken] + joined


def _prose(given: Given) -> bool:
    return not given.code and len(" ".join(given.words).split()) > _FEW


def _same(given: Given) -> Iterable[str]:
    """Yield what has to be equal in two answers that are the same."""
    yield from ("verdict", *given.verdict)
    yield from ("code", *map(code, given.code))
    yield from ("output", *(_ADDRESS.sub("0x", text).rstrip() for text in given.output))
    yield from ("words", *map(value, given.words))


def code(source: str) -> str:
    """Return Python code without what makes no difference; what can't be parsed, as text without blank ends."""
    if len(source) <= MOST_CODE:
        try:
            return syntax.plain(ast.parse(source))
        except (
            SyntaxError,
            ValueError,
            RecursionError,
            MemoryError,
        ):  # a magic, or a learner's mistake
            pass
    return "\n".join(line.rstrip() for line in source.split("\n") if line.strip())


def value(text: str) -> str:
    """Return a number or a text without what makes no difference: 2.50 is 2.5, and a small letter is a capital one."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    try:
        number = float(plain)
    except ValueError:
        return plain.rstrip(".!")
    return plain if "_" in plain else repr(number + 0.0)  # -0 is 0


def _key(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]
