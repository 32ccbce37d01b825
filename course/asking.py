"""A learner's questions on their way: sent once each, answers and own dates brought back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.exchange.access import Access
from course.lesson import dates, record, replies
from course.lesson.plan import lessons
from course.lesson.replies import Thread
from course.lesson.state import Asked

_MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Brought:
    """What an exchange with the service brought.

    Attributes:
        sent: how many questions were new to it.
        fresh: threads with answers that were not here before.
    """

    sent: int
    fresh: tuple[Thread, ...]


def exchange(home: Path) -> Brought:
    """Send the questions of a learner's folder, and bring answers and dates.

    A question is named by the id of its statement: sent again, it changes nothing.

    Raises:
        NotFound: the folder is joined to no service.
        Unavailable: the service can't be reached; nothing is lost.
    """
    access, before = Access.of(home), replies.read(home)
    waiting = [each for each in _asked(home) if each["id"] not in before.own]
    with access.remote() as remote:
        sent = 0
        for start in range(0, len(waiting), _MOST_AT_ONCE):
            sent += remote.ask(waiting[start : start + _MOST_AT_ONCE])
        data, own = remote.questions(), remote.dates()
    now = replies.parse(data)
    replies.keep(home, data)
    dates.keep(home, {name: dates.parse(one) for name, one in own.items()})
    fresh = [one for one in now.own.values() if len(one.answers) > _known(before, one)]
    return Brought(sent, tuple(fresh))


def _known(before: replies.Replies, one: Thread) -> int:
    return len(before.own[one.id].answers) if one.id in before.own else 0


def _asked(home: Path) -> list[dict[str, Any]]:
    """Return what was asked in all lessons of a folder, as the service takes it."""
    return [
        _plain(name, each) for name in lessons(home) for each in record.read(home / name).asked if each.id
    ]  # fmt: skip


def _plain(lesson: str, one: Asked) -> dict[str, Any]:
    return {
        "id": one.id, "lesson": lesson, "text": one.text[:4000], "asked_at": one.time, "exercise": one.exercise[:128],
        "cell": one.cell[:128], "code": one.code[-4000:], "error": one.error[:4000], "test": one.test[:200],
        "attempts": one.attempts, "version": one.version[:80], "nameless": one.nameless,
    }  # fmt: skip
