"""The cells that all notebooks of a lesson begin with, run once: rooms are forked from there.

That is right only if a fork can't be told from a process that ran them itself. What a fork does not
inherit, or what rooms would share, is looked for afterwards; if there is any, every notebook runs
the cells for itself.
"""

import asyncio
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

from course.sandbox.shell import Shell


class UnsharableError(Exception):
    """The cells left something that a fork would lose or share, or did not end well."""


def run(shell: Shell, cells: list[str], most: int, disk: str) -> list[dict[str, Any]]:
    """Run an opening's cells and look at what they left.

    Args:
        shell: started in a process of its own.
        cells: their sources, none blank.
        most: how many characters of output each may have.
        disk: the only folder that can be written to.

    Returns:
        What `Shell.run` gave for each.

    Raises:
        UnsharableError: rooms must not be forked from this process.
    """
    before = _left_behind(disk)
    drawn = randomness()
    results = []
    for number, source in enumerate(cells, 1):
        results.append(shell.run(source, number, most))
        if results[-1]["strike"] != "ok":
            raise UnsharableError(results[-1]["error"])
    after = _left_behind(disk)
    for what, value in before.items():
        if after[what] != value:
            raise UnsharableError(what)
    if asyncio.all_tasks(shell.loop):
        raise UnsharableError("tasks")
    shell.fixed = {name: now for name, now in randomness().items() if drawn.get(name) != now}
    return results


def randomness() -> dict[str, Any]:
    """Return the states of the generators that libraries share, as values that compare."""
    found: dict[str, Any] = {"random": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        kind, keys, *rest = numpy.random.get_state()
        found["numpy"] = (kind, tuple(keys.tolist()), *rest)
    return found


def _left_behind(disk: str) -> dict[str, Any]:
    maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    return {
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "processes": _has_children(),
        "open files": len(list(Path("/proc/self/fd").iterdir())),
        "shared memory": sum(line.split()[1].endswith("s") for line in maps),
        "timers": signal.getitimer(signal.ITIMER_REAL)[0] > 0,
        "files": sorted(_files(disk)),
        "another folder": Path.cwd(),
    }  # fmt: skip


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _files(disk: str) -> list[tuple[str, int, int]]:
    found = []
    for folder, _, names in os.walk(disk):
        for name in names:
            state = os.lstat(f"{folder}/{name}")
            found.append((f"{folder}/{name}", state.st_size, state.st_mtime_ns))
    return found
