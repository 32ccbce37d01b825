"""Receipts: what the office says that it got, signed, so that it can be held to it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from course.sealed import Sealed, moment
from course.signing import Key

TYPE = "course-receipt"


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a submission shows without running it.

    Attributes:
        questions: how many graded questions the lesson has.
        unanswered: those that hold no answer.
        will_not_run: cells that can't run, each with the reason.
    """

    questions: int = 0
    unanswered: tuple[str, ...] = ()
    will_not_run: tuple[str, ...] = ()

    @property
    def answered(self) -> int:
        """How many questions hold an answer."""
        return self.questions - len(self.unanswered)


def receipt(
    key: Key,
    sealed: Sealed,
    look: Look,
    received_at: dt.datetime,
    attempt: int,
    notes: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Return the signed receipt of a submission, fit for JSON."""
    return key.signed({
        "type": TYPE, "version": 1, "course": sealed.course, "lesson": sealed.lesson, "learner": sealed.learner,
        "digest": sealed.digest, "nonce": sealed.nonce, "attempt": attempt,
        "files": {name: len(content) for name, content in sealed.files.items()},
        "questions": look.questions, "unanswered": list(look.unanswered), "will_not_run": list(look.will_not_run),
        "sealed_at": moment(sealed.sealed_at), "received_at": moment(received_at), "notes": list(notes),
    })  # fmt: skip


def notes(
    earlier: Iterable[tuple[int, int]], seen: Look, *, returned: bool = False
) -> tuple[str, ...]:
    """Return what a learner should know about handing in again.

    Args:
        earlier: number of each attempt before, and how many questions it answered.
        returned: whether one of them has its feedback.
    """
    best = max(earlier, key=lambda each: (each[1], each[0]), default=None)
    if best is None:
        return ()
    found = []
    if best[1] > seen.answered:
        found.append(
            f"attempt {best[0]} answered {best[1]} questions, this one {seen.answered}; both are kept"
        )
    if returned:
        found.append("an earlier attempt has its feedback already")
    return tuple(found)


def answered(paper: dict[str, Any]) -> int:
    """Return how many questions a receipt says were answered."""
    return int(paper["questions"]) - len(paper["unanswered"])
