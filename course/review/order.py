"""In which order a grader sees answers, and which one comes next. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Waiting:
    """One answer in the queue of a question.

    Attributes:
        waits: whether it still needs a person.
        claimed_by: who has it on the screen; empty when nobody has.
        until: when that claim ends, in UTC.
    """

    learner: str
    waits: bool
    claimed_by: str = ""
    until: dt.datetime | None = None

    def free_for(self, grader: str, now: dt.datetime) -> bool:
        """Return whether a grader may have it now."""
        return self.claimed_by in ("", grader) or self.until is None or self.until <= now


def shuffled(learners: Iterable[str], grader: str, question: str) -> list[str]:
    """Return learners in an order that is always the same for a grader and question.

    It is another one for each grader, so that nobody's work is always the last to be read.
    """
    return sorted(
        learners, key=lambda learner: sha256(f"{grader}\0{question}\0{learner}".encode()).digest()
    )


def following(
    queue: Sequence[Waiting], grader: str, now: dt.datetime, after: str = "", most: int = 1
) -> list[str]:
    """Return the learners whose answers come next, at most so many; none when none is left.

    Args:
        queue: in the grader's order.
        after: the learner of the answer at hand; the search goes on from there, and around.
    """
    names = [each.learner for each in queue]
    start = names.index(after) if after in names else -1
    coming = [*queue[start + 1 :], *queue[: max(start, 0)]]
    return [each.learner for each in coming if each.waits and each.free_for(grader, now)][:most]
