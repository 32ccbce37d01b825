"""One grader per lesson at a time: who comes second waits, and then finds the work done."""

import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from course.errors import Unavailable


@contextmanager
def turn(place: Path, tell: Callable[[str], object]) -> Iterator[None]:
    """Let nobody else past this place until the block ends.

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
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
            file.flush()
        except OSError as error:
            raise _unavailable(place, error) from error
        yield


def _take(number: int, occupied: Callable[[], object]) -> None:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        occupied()
        fcntl.flock(number, fcntl.LOCK_EX)


def _occupant(place: Path) -> str:
    return place.read_text(encoding="utf-8", errors="replace") or "another process"


def _unavailable(place: Path, error: OSError) -> Unavailable:
    return Unavailable(
        "it can't be made sure that nobody else grades this lesson now", where=str(place),
        found=error.strerror or str(error), expected="a file that can be written and locked",
        hint="make room or mend the permissions, and run it again",
    )  # fmt: skip
