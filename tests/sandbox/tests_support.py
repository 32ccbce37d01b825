"""What several tests of this folder need."""

import time
from pathlib import Path
from typing import Any


def text_of(outputs: tuple[dict[str, Any], ...]) -> str:
    return "".join(output.get("text", "") for output in outputs)


def wait_for(count: int, mark: str) -> None:
    """Wait until so many marked processes live: a program's arguments are there a moment after it."""
    end = time.monotonic() + 20
    while len(marked_processes(mark)) != count:
        assert time.monotonic() < end, marked_processes(mark)
        time.sleep(0.01)


def marked_processes(mark: str) -> list[str]:
    """Return the living processes on this machine with ``mark`` as an argument of their own."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in arguments:
            found.append(path.parent.name)
    return found
