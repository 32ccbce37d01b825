"""What a question is made of, and the five verbs that a kind of question knows."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

MODES = ("graded", "practice", "must-correct")

Answer = tuple[str, ...]
"""A learner's parsed answer: what the record keeps. Its parts are said in `course.questions.forms`."""


class MalformedAnswerError(ValueError):
    """An answer that can't be one; the message is for the learner, beside the field."""


class Problem(str):  # noqa: SLOT000  it carries its place
    """What an author did wrong, with what to do; ``line`` is where in the cell, 0 if anywhere."""

    line: int

    def __new__(cls, text: str, line: int = 0) -> Self:
        """Make one; a kind may return plain text in its place."""
        made = super().__new__(cls, text)
        made.line = line
        return made


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose or to place.

    Attributes:
        id: a letter for a choice; for what is placed or filled in, a few letters that come from
            its text and tell nothing of its place.
        text: Markdown, or a line of code.
        right: whether it belongs to the right answer.
        why: what to say to somebody who chose it.
        group: "left" or "right" in a matching question, the blank's number in a text with blanks.
        line: where it stands in the cell.
    """

    id: str
    text: str
    right: bool = False
    why: str = ""
    group: str = ""
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that a typed answer can be, right or wrong, with what to say to it.

    Attributes:
        text: as the author wrote it: a number with its tolerance, a text, a ``/pattern/``.
        blank: the number of the blank that it is for; 0 is any.
    """

    text: str
    right: bool = True
    why: str = ""
    blank: int = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A question as its author wrote it, key included.

    Attributes:
        kind: name of the kind, see `course.questions.kinds`.
        mode: one of MODES.
        points: the maximum; 0 for practice.
        settings: what the kind understands beyond this, by name.
        rules: what typed answers are right, or known to be wrong.
        key: where things must be placed: a right response with ranks (see `order` and `matching`).
        variables: name and range of what varies by the seed (see `course.questions.vary`).
        unlock: when the solution may be seen: "pass", "due", "never", or a number of tries.
        delay: seconds to wait after a wrong answer, in a must-correct question.
        tries: how often it may be answered; 0 is any number.
        objective: an id of `course.toml`; empty for none.
    """

    id: str
    kind: str
    prompt: str
    options: tuple[Option, ...] = ()
    mode: str = "practice"
    points: float = 0.0
    hints: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    rules: tuple[Rule, ...] = ()
    key: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    unlock: str = "pass"
    delay: int = 60
    tries: int = 0
    objective: str = ""

    def setting(self, name: str, default: str = "") -> str:
        """Return one of the settings."""
        return dict(self.settings).get(name, default)

    @property
    def varies(self) -> bool:
        """Whether another seed can give another variant: other numbers, or another order."""
        return bool(self.variables) or len(self.options) > 1

    @property
    def keyed(self) -> bool:
        """Whether the right answer is known here; of a graded question only the grader knows it."""
        return bool(self.rules or self.key) or any(option.right for option in self.options)

    def unlocked(self, *, tries: int, passed: bool, overdue: bool) -> bool:
        """Tell whether the solution may be seen after this many tries."""
        if self.unlock.isdecimal():
            return passed or tries >= int(self.unlock)
        return {"pass": passed, "due": overdue}.get(self.unlock, False)

    def without_key(self) -> "Item":
        """Return what may be asked without knowing the answer."""
        options = sorted(self.options, key=lambda option: (option.group, option.id))
        bare = tuple(Option(option.id, option.text, group=option.group) for option in options)
        seen = used(self.variables, [self.prompt, *self.hints, *(option.text for option in bare)])
        return replace(self, options=bare, rules=(), key=(), variables=seen)


@dataclass(frozen=True, slots=True)
class Result:
    """How an answer is to be seen.

    Attributes:
        share: share of the points, 0 to 1; None where a machine can't say: own words wait for a
            person, and a poll has no right answer.
        reasons: pairs of what was answered and what to say to it.
    """

    share: float | None
    reasons: tuple[tuple[str, str], ...] = ()


class Kind(Protocol):
    """One kind of question. Pure: no clock, no disk, no hidden state."""

    @property
    def settings(self) -> Sequence[str]:
        """Names that it understands on the first line, or below as ``name: value``."""
        ...

    @property
    def parts(self) -> Sequence[str]:
        """What it is written with, see `course.questions.text`."""
        ...

    def check(self, item: Item) -> list[str]:
        """Return what the author did wrong, each with what to do; empty when all is well.

        What any question can have wrong is found by `course.questions.check`.
        """
        ...

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        """Return what a learner may see, as JSON-like data without anything of the key.

        It holds what `shown` gives, and the fields of its form. It is the same for an item and
        for the item without its key.
        """
        ...

    def parse(self, item: Item, raw: object) -> Answer:
        """Turn what came from the widget or the record into an answer; raise MalformedAnswerError."""
        ...

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        """Judge an answer to the variant of this seed; the item has its key."""
        ...

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        """Return raw answers by name: "correct", "wrong", "malformed", and "partly" if there is one.

        Where there is no right answer, "correct" and "wrong" are two answers.
        """
        ...


def seed(learner: str, question: str, variant: int) -> int:
    """Return the number that a learner's variant of a question grows from, below 2**48."""
    return draw(learner, question, variant)


def draw(*about: object) -> int:
    """Return a number below 2**48 that the same values give on every machine and Python."""
    digest = hashlib.sha256("\n".join(map(str, about)).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:6], "big")


def shuffled(options: Iterable[Option], seed: int) -> list[Option]:
    """Return the options in an order that the same seed gives again."""
    return sorted(options, key=lambda option: draw(seed, option.group, option.id))


def used(variables: Sequence[tuple[str, str]], texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the variables that the texts need, with those that these are made of."""
    ranges, wanted, pending = dict(variables), set[str](), list(texts)
    while pending:
        text = pending.pop()
        new = {name for name in ranges if f"{{{name}}}" in text} - wanted
        wanted |= new
        pending += [ranges[name] for name in new]
    return tuple((name, spec) for name, spec in variables if name in wanted)


def strings(raw: object, most: int, message: str) -> list[str]:
    """Return a raw answer as a list of strings; a lone string counts as one.

    Raises:
        MalformedAnswerError: with ``message``, when it is something else or longer than ``most``.
    """
    found = [raw] if isinstance(raw, str) else raw
    if not isinstance(found, list | tuple) or len(found) > most:
        raise MalformedAnswerError(message)
    if not all(isinstance(each, str) for each in found):
        raise MalformedAnswerError(message)
    return [each.encode("utf-8", "replace").decode() for each in found]  # half letters
