"""What a question is made of, and the five verbs that a kind of question knows."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

MODES = ("graded", "practice", "must-correct")

Answer = tuple[str, ...]
"""A learner's parsed answer: ids of options, or texts, in order."""


class MalformedAnswerError(ValueError):
    """An answer that can't be one; the message is for the learner, beside the field."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose.

    Attributes:
        id: "a", "b", … in the author's order.
        text: Markdown.
        right: whether it belongs to the right answer.
        why: what to say to somebody who chose it.
    """

    id: str
    text: str
    right: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A question as its author wrote it, key included.

    Attributes:
        kind: name of the kind, see `course.questions.kinds`.
        mode: one of MODES.
        points: the maximum; 0 for practice.
        settings: what the kind understands beyond this, by name.
    """

    id: str
    kind: str
    prompt: str
    options: tuple[Option, ...] = ()
    mode: str = "practice"
    points: float = 0.0
    hints: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def setting(self, name: str, default: str = "") -> str:
        """Return one of the settings."""
        return dict(self.settings).get(name, default)


@dataclass(frozen=True, slots=True)
class Result:
    """How an answer is to be seen.

    Attributes:
        share: share of the points, 0 to 1; None when a person must look.
        reasons: pairs of what was answered and what to say to it.
    """

    share: float | None
    reasons: tuple[tuple[str, str], ...] = ()


class Kind(Protocol):
    """One kind of question. Pure: no clock, no disk, no hidden state."""

    def check(self, item: Item) -> list[str]:
        """Return what the author did wrong, each with what to do; empty when all is well."""
        ...

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        """Return what a learner may see, as JSON-like data without anything of the key."""
        ...

    def parse(self, item: Item, raw: object) -> Answer:
        """Turn what came from the widget into an answer; raise MalformedAnswerError."""
        ...

    def grade(self, item: Item, answer: Answer) -> Result:
        """Judge an answer."""
        ...

    def samples(self, item: Item) -> dict[str, object]:
        """Return raw answers by name: "correct", "partly", "wrong", "malformed"."""
        ...


def shuffled(options: Sequence[Option], seed: int) -> list[Option]:
    """Return the options in an order that the same seed gives again."""
    order = list(options)
    random.Random(seed).shuffle(order)  # noqa: S311  an order of options, no secret
    return order
