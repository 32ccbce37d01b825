"""No walls: a folder, limits, and a keeper that ends what a notebook leaves behind."""

import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from course.sandbox import linux


class Bare:
    """See `course.sandbox.walls.Wall`."""

    def __init__(self) -> None:
        self.folder = ""

    def settle(self, user: int) -> None:
        """Stop being root."""
        if os.getuid() == 0:
            linux.become(user)
        if not os.access(os.__file__, os.R_OK):
            raise PermissionError(f"user {os.getuid()} can't read Python in {sys.base_prefix}")

    def arrive(self) -> None:
        """Let `HOME` and `TMPDIR`, which name folders that only a jail has, name others."""
        os.environ["HOME"] = os.environ["TMPDIR"] = "/tmp"
        linux.adopt_orphans()

    def fork(self) -> int:
        """Fork a keeper, and from it the room's process; return the keeper's number."""
        if keeper := os.fork():
            return keeper
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the zygote ignores it
        self.folder = tempfile.mkdtemp(prefix="course-")
        if worker := os.fork():
            _keep(worker, self.folder)
        linux.die_with_parent(signal.SIGKILL)
        return 0

    def enter(self) -> str:
        """Make the folders."""
        for name in ("learner", "tmp", "shm"):
            Path(self.folder, name).mkdir(mode=0o700)
        os.environ.update(HOME=f"{self.folder}/learner", TMPDIR=f"{self.folder}/tmp")
        tempfile.tempdir = None
        return self.folder

    def close(self, disk: int) -> None:
        """Do nothing: an ordinary folder has no size."""

    def processes(self, most: int) -> int:
        """Return ``most`` more than this user has now, for the limit counts all of them."""
        return most + sum(_threads(each) for each in Path("/proc").glob("[0-9]*"))

    def lock(self) -> None:
        """Gain nothing by setuid files; there is nothing else."""
        linux.gain_nothing()


def _keep(worker: int, folder: str) -> NoReturn:
    """Wait until the worker has ended, or we are told to end; then end its descendants."""

    def forward(number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):  # it may just have ended by itself
            os.kill(worker, signal.SIGKILL if number == signal.SIGTERM else number)

    linux.adopt_orphans()
    os.closerange(3, 256)  # the other side waits for the worker's end of the channel only
    try:
        signal.signal(signal.SIGINT, forward)
        signal.signal(signal.SIGTERM, forward)
        linux.die_with_parent(signal.SIGTERM)
        while os.waitpid(-1, 0)[0] != worker:
            pass
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with suppress(ChildProcessError):
            while True:
                os.waitpid(-1, os.WNOHANG)  # fails as soon as none is left
                for child in _children():
                    os.kill(child, signal.SIGKILL)
                os.waitpid(-1, 0)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os._exit(0)


def _children() -> list[int]:
    mine, found = os.getpid(), []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
            if int(parent) == mine and state != "Z":
                found.append(int(path.parent.name))
    return found


def _threads(process: Path) -> int:
    try:
        mine = process.stat().st_uid == os.getuid()
        return (process / "task").stat().st_nlink - 2 if mine else 0
    except OSError:
        return 0
