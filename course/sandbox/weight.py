"""What all processes of one room use together: a limit of memory for each of them is none for all.

The system could count that for us where we may make control groups, which is rarely so. So somebody
looks now and then; what is gained between two looks is bounded by what processors can fill.
"""

import threading
import time
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Protocol

SECONDS = 0.2
"""How long it is from one look to the next."""
_PAGE = 4096


class Weighed(Protocol):
    """A room that is looked at."""

    most: int
    """Bytes that its processes may use together."""

    def number(self) -> int:
        """Return the number of its first process, or of that one's keeper; -1 when it has ended."""

    def overload(self) -> None:
        """End it, because it uses too much."""


_rooms: "weakref.WeakSet[Weighed]" = weakref.WeakSet()
_lock = threading.Lock()
_watching = threading.Event()


def watch(room: Weighed) -> None:
    """Look at a room now and then, as long as somebody keeps it."""
    with _lock:
        _rooms.add(room)
        if not _watching.is_set():
            _watching.set()
            threading.Thread(target=_watch, name="weight", daemon=True).start()


def _watch() -> None:
    while True:
        time.sleep(SECONDS)
        with _lock:
            rooms = list(_rooms)
        for room in rooms:
            if together(room.number()) > room.most:
                room.overload()


def together(process: int) -> int:
    """Return how many bytes a process and its descendants use; 0 for one alone, which has its own limit."""
    found = family(process) if process > 0 else []
    return sum(map(_bytes, found)) if len(found) > 1 else 0


def family(process: int) -> list[int]:
    """Return a process and its descendants, by their numbers."""
    found = [process]
    for each in found:
        with suppress(OSError):
            for thread in Path(f"/proc/{each}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
    return found


def _bytes(process: int) -> int:
    """Return the process's share of what it uses; all of it where it hides how much it shares."""
    place = Path(f"/proc/{process}")
    with suppress(OSError):
        rows = (place / "smaps_rollup").read_text().splitlines()
        return sum(int(row.split()[1]) << 10 for row in rows if row.startswith("Pss:"))
    with suppress(OSError):
        _, resident, shared, *_ = map(int, (place / "statm").read_text().split())
        return (resident - shared) * _PAGE
    return 0
