"""What several tests of this folder need."""

from pathlib import Path
from typing import Any


def text_of(outputs: tuple[dict[str, Any], ...]) -> str:
    return "".join(output.get("text", "") for output in outputs)


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
