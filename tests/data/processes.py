"""Our commands in processes of their own, and what runs because of them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classroom

HOLD = (
    "import sqlite3, sys, time\n"
    "book = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
    "book.execute('begin exclusive')\n"
    "print('held', flush=True)\n"
    "time.sleep(float(sys.argv[2]))\n"
    "book.execute('rollback')\n"
)


class Launcher:
    """Starts commands in processes of their own; see `tests/data/launcher.py`."""

    def __init__(self, log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, str(classroom.DATA / "launcher.py"), str(log.parent)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | (environment or {}),
        )  # fmt: skip

    def ask(self, order: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, command: str, folder: Path, log: Path | None = None) -> int:
        """Start a command, in a group of its own; returns the number of its process."""
        return self.ask({"run": command.split(), "cwd": str(folder), "log": str(log or self.log)})

    def wait(self, process: int) -> int:
        """Wait for a command; returns its exit code, or less than 0 for the signal that ended it."""
        return self.ask({"wait": process})

    def run(self, command: str, folder: Path) -> float:
        """Run a command undisturbed; returns how long it took."""
        begin = time.monotonic()
        code = self.wait(self.start(command, folder))
        assert code == 0, f"course {command}: {code}\n{self.log.read_text()}"
        return time.monotonic() - begin

    def kill(self, command: str, folder: Path, after: float) -> bool:
        """Run a command and kill all its processes; returns whether it was still running."""
        process = self.start(command, folder)
        time.sleep(after)
        family = descendants(process)
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        killed = self.wait(process) == -signal.SIGKILL
        deadline = time.monotonic() + 10
        while left := [each for each in family if each in processes().values()]:
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.02)
        return killed

    def family(self, within: float = 10) -> list[str]:
        """Return what still runs of all that was started here, after waiting a while for its end."""
        deadline = time.monotonic() + within
        while (left := descendants(self.process.pid)) and time.monotonic() < deadline:
            time.sleep(0.01)
        return [f"{each.number}: {each.command()}" for each in left]

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@dataclass(frozen=True)
class Process:
    """A process that can't be mistaken for a later one of the same number."""

    number: int
    parent: int
    begun: str

    def command(self) -> str:
        """Return its command line; empty when it has ended."""
        try:
            return Path(f"/proc/{self.number}/cmdline").read_text().replace("\0", " ")
        except OSError:
            return ""

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.number, signal.SIGKILL)


def processes() -> dict[int, Process]:
    """Return the processes that run now; those that are dead and only wait for a parent left out."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if fields[0] not in "ZX":
                    found[int(folder.name)] = Process(int(folder.name), int(fields[1]), fields[19])
    return found


def descendants(process: int) -> list[Process]:
    """Return a process's children, their children, and so on."""
    running = processes()
    family, todo = [], [process]
    while todo:
        parent = todo.pop()
        children = [each for each in running.values() if each.parent == parent]
        family += children
        todo += [each.number for each in children]
    return family


def children(process: int) -> list[Process]:
    """Return a process's own children."""
    return [each for each in processes().values() if each.parent == process]


def hold(folder: Path, seconds: float) -> subprocess.Popen[str]:
    """Let another process hold the gradebook."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "gradebook.db"), str(seconds)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def let_go(holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    assert holder.stdout is not None
    holder.stdout.close()
