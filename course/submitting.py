"""Handing in: what a learner is told, and the roads over a service or by hand."""

from dataclasses import dataclass
from pathlib import Path

from course.asking import exchange
from course.errors import Refused, Unavailable
from course.exchange import mirror, outbox
from course.exchange.access import Access
from course.exchange.reach import Reach
from course.look import look_at
from course.office.receipts import Look, answered
from course.sealed import Sealed


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was handed in.

    Attributes:
        time: as nbgrader writes it, in UTC.
        digest: SHA-256 over the lesson's folder; of the sealed file where there is one.
        answered: how many graded questions hold an answer.
        unanswered: ids of those that hold none.
        will_not_run: cells that can't run, each with the reason.
        file: the sealed file while it has not arrived; the receipt when it has.
        waits: why it has not arrived; empty when it has.
        notes: what the office says of it.
    """

    lesson: str
    time: str
    digest: str
    answered: int
    unanswered: tuple[str, ...]
    will_not_run: tuple[str, ...] = ()
    file: Path | None = None
    waits: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Synced:
    """What came of reaching the service.

    Attributes:
        sent: what became of each submission that waited.
        lessons: those that are new or changed.
        away: why the service could not be reached; None when it was.
    """

    sent: tuple[outbox.Sent, ...] = ()
    lessons: tuple[str, ...] = ()
    away: Unavailable | None = None


def sync(access: Access) -> Synced:
    """Send what waits and learn what is new.

    Raises:
        Refused: the service does not know this folder any more.
    """
    mirror.make(access)
    try:
        with access.remote() as service:
            lessons = mirror.refresh(access, service)
            mirror.send_requests(access, service)
        exchange(access.folder)
    except Unavailable as error:
        return Synced(away=error)
    sent = tuple(outbox.send(access))
    away = next((each.trouble for each in sent if isinstance(each.trouble, Unavailable)), None)
    return Synced(sent, tuple(lessons), away)


def over_service(access: Access, reach: Reach, own: Path, seen: Look) -> Receipt:
    """Seal a lesson's folder, then send it; without a network it waits in the outbox.

    Raises:
        Refused, Invalid: the service does not take it; it stays in the outbox.
    """
    work, path = outbox.hand_in(access, own, reach.cache)
    done = sync(access)
    sent = next((each for each in done.sent if each.digest == work.digest), None)
    if sent is None or sent.receipt is None:
        if sent and sent.trouble and done.away is None:
            raise sent.trouble
        return _receipt(work, seen, path, done.away.what if done.away else "it was not sent")
    return _receipt(
        work, seen, outbox.receipt_path(access.folder, work), notes=tuple(sent.receipt["notes"])
    )


def to_carry(folder: Path, reach: Reach, own: Path, seen: Look, to: Path) -> Receipt:
    """Seal a lesson's folder into a file for a USB stick or an e-mail."""
    work, path = outbox.seal(folder, reach.course_id, reach.learner, own, to)
    mirror.lay_own(work, reach.cache)
    return _receipt(work, seen, path, "it is to be carried to your instructor")


def refuse_fewer(reach: Reach, folder: Path, lesson: str, seen: Look) -> None:
    """Raise Refused when something that was handed in from here answered more questions than there are answers now."""
    own = reach.cache.glob(f"{reach.course_id}/{reach.learner}+{lesson}+*")
    before = [
        *((answered(each), f"attempt {each['attempt']}") for each in outbox.receipts(folder, lesson)),
        *((look_at(reach.outbound / lesson, each).answered, f"what you handed in at {each.name.rpartition('+')[2]}")
          for each in sorted(own)),
    ]  # fmt: skip
    most, where = max(before, key=lambda each: each[0], default=(0, ""))
    if most > seen.answered:
        raise Refused(
            "you answered more questions in an attempt before", where=lesson,
            expected=f"at least {most} answers, as in {where}",
            found=f"{seen.answered}; empty now: {', '.join(seen.unanswered)}",
            hint=f"if you mean it: course submit {lesson} --fewer; every attempt is kept",
        )  # fmt: skip


def _receipt(
    work: Sealed, seen: Look, file: Path, waits: str = "", notes: tuple[str, ...] = ()
) -> Receipt:
    return Receipt(
        work.lesson, mirror.nbgraders_time(work), work.digest, seen.answered, seen.unanswered, seen.will_not_run,
        file, waits, notes,
    )  # fmt: skip
