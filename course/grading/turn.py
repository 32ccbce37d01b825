"""One grader per lesson at a time: who comes second waits, and then finds the work done."""

import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from course.errors import Unavailable

Advance = Callable[[int, int], None]
"""Says how many submissions are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far somebody is who has the turn: submissions done, of how many; of 0 while that is not known."""

    who: str
    done: int = 0
    of: int = 0


@contextmanager
def turn(place: Path, tell: Callable[[str], object]) -> Iterator[Advance]:
    """Let nobody else past this place until the block ends; lends a function to say how far it is.

    It is a lock of the operating system on an open file: it ends with its process, however that
    ended, so none is ever left over. Linux keeps it on a shared NFS folder too.

    Args:
        place: a file to lock, made when it is not there.
        tell: called with who is there already, before waiting for them.

    Raises:
        Unavailable: the file can't be made or locked.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = place.open("a+", encoding="utf-8")
    except OSError as error:
        raise _unavailable(place, error) from error
    with file:
        try:
            _take(file.fileno(), lambda: tell(_occupant(place)))
            who = f"process {os.getpid()} on {socket.gethostname()}"
            _write(file, Progress(who))
        except OSError as error:
            raise _unavailable(place, error) from error

        def advance(done: int, of: int) -> None:
            with suppress(OSError):  # a full disk stops no grading by this
                _write(file, Progress(who, done, of))

        try:
            yield advance
        finally:
            with suppress(OSError):  # the lock goes with the file all the same
                file.truncate(0)


def progress(place: Path) -> Progress | None:
    """Return how far the one is who has the turn at a place; None when nobody has."""
    found = _read(place)
    if found is None:
        return None
    with place.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return found
    return None  # it was stopped in the middle


def _write(file: TextIO, now: Progress) -> None:
    file.truncate(0)
    file.write(json.dumps(asdict(now)))
    file.flush()


def _read(place: Path) -> Progress | None:
    try:
        return Progress(**json.loads(place.read_text(encoding="utf-8", errors="replace")))
    except (OSError, ValueError, TypeError):  # nobody was there, or just begins to be
        return None


def _take(number: int, occupied: Callable[[], object]) -> None:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        occupied()
        fcntl.flock(number, fcntl.LOCK_EX)


def _occupant(place: Path) -> str:
    found = _read(place)
    return found.who if found else "another process"


def _unavailable(place: Path, error: OSError) -> Unavailable:
    return Unavailable(
        "it can't be made sure that nobody else grades this lesson now", where=str(place),
        found=error.strerror or str(error), expected="a file that can be written and locked",
        hint="make room or mend the permissions, and run it again",
    )  # fmt: skip
