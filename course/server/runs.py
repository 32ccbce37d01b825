"""The autograder, started from the desk: the command that everybody uses, as a process of its own."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

from course.errors import Invalid

NEEDS_PERSON = 3
"""The command's exit code when some submissions could not be graded: they are on the list."""


class Runs:
    """What was started here, by lesson. A process goes on when the server ends: its marks are wanted."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: dict[str, tuple[subprocess.Popen[bytes], Path]] = {}
        self._ended: dict[str, str] = {}

    def start(self, root: Path, lesson: str, learners: Sequence[str] = ()) -> None:
        """Begin to grade a lesson, or some of its learners again.

        Raises:
            Invalid: it is being graded from here already.
        """
        command = [sys.executable, "-m", "course", "autograde", lesson, "--course", str(root)]
        command += ["--force"] if learners else []
        command += [part for each in learners for part in ("--learner", each)]
        log = root / ".course" / "grading" / f"{lesson}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._look()
            if lesson in self._running:
                raise Invalid("this lesson is being graded already", where=lesson,
                              hint="wait until that is done")  # fmt: skip
            self._ended.pop(lesson, None)
            with log.open("wb") as out:
                process = subprocess.Popen(command, cwd=root, stdin=subprocess.DEVNULL, stdout=out,
                                           stderr=subprocess.STDOUT, start_new_session=True)  # fmt: skip
            self._running[lesson] = (process, log)

    def look(self) -> tuple[list[str], dict[str, str]]:
        """Return the lessons that are being graded from here, and what those that failed said."""
        with self._lock:
            self._look()
            return list(self._running), dict(self._ended)

    def _look(self) -> None:
        for lesson, (process, log) in list(self._running.items()):
            code = process.poll()
            if code is None:
                continue
            del self._running[lesson]
            if code not in (0, NEEDS_PERSON):
                said = log.read_text(encoding="utf-8", errors="replace").strip()
                self._ended[lesson] = said[-2000:] or f"it ended with code {code}"
