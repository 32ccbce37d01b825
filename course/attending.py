"""A class in one room, from a learner's folder: what is live is brought, and an answer to its poll counts.

``python -m course.attending FOLDER`` does so whenever lines come on stdin, and ends with it; a line "poll option"
is a vote.
"""

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from course.errors import CourseError, NotFound, Refused
from course.exchange.access import Access
from course.lesson import record
from course.lesson.live import Live, Poll, keep, parse, read

_SECONDS = 5.0
"""How long the service has for an answer: the next question comes soon anyway."""


def attend(home: Path, votes: Iterable[tuple[str, int]] = ()) -> Live:
    """Bring what is live into a learner's folder; returns it. While the service can't be asked, what it said stays.

    The learner's answer to a lesson's poll counts as a vote: what was answered before the poll while
    there is no vote, and each answer that is given or changed after it.

    Args:
        votes: poll and place of the option, for polls that no lesson has.
    """
    before = read(home) or Live()
    try:
        with Access.of(home).remote(_SECONDS) as service:
            for poll_id, choice in votes:
                with suppress(NotFound, Refused):  # it is over: what comes now shows it
                    service.vote(poll_id, choice)
            now = parse(service.live())
            poll = now.poll
            if poll and poll.open and poll.question:
                given, at = _answer(home, poll)
                known = before.seen[0] == poll.id
                if given is not None and (at != before.seen[1] if known else poll.mine is None):
                    service.vote(poll.id, given)
                    poll = replace(poll, mine=given, votes=poll.votes + (poll.mine is None))
                now = replace(now, poll=poll, seen=(poll.id, at))
    except (CourseError, ValueError, KeyError, TypeError):
        now = replace(before, away=True)
    keep(home, now)
    return now


def _answer(home: Path, poll: Poll) -> tuple[int | None, str]:
    """Return which option of a poll the learner chose in the lesson, by its place, and when."""
    folder = home / poll.lesson
    if folder.parent != home or not folder.is_dir():
        return None, ""
    last = record.read(folder).answers.get(poll.question)
    if last is None or len(last.response) != 1 or last.response[0] not in poll.keys:
        return None, ""
    return poll.keys.index(last.response[0]), last.time


def _main(home: Path) -> None:
    while data := os.read(0, 4096):  # all lines that came meanwhile are one
        pairs = (line.partition(" ") for line in data.decode().splitlines())
        attend(home, [(poll, int(choice)) for poll, _, choice in pairs if choice.isdecimal()])


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
