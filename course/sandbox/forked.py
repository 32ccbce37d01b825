"""Sessions in rooms that a warm process forks: the fast and safe way for Python notebooks."""

import atexit
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from course.errors import Unavailable
from course.sandbox import luggage, walls, wire
from course.sandbox.replay import Replay
from course.sandbox.reply import read_reply, read_run
from course.sandbox.room import Room
from course.sandbox.session import CellRun, Limits, Place, Reply, Strike

NOBODY = 65534
_START_SECONDS = 120.0
_SLACK = 4096


class ForkedSession:
    """One notebook in a room of its own; see `course.sandbox.session.Session`.

    Args:
        zygote: opens the rooms.
        place: the notebook's folder and limits.

    Raises:
        Unavailable: no room could be opened.
    """

    def __init__(self, zygote: "Zygote", place: Place) -> None:
        self.zygote, self.place, self.limits = zygote, place, place.limits
        self.isolation = zygote.level
        self.left = place.limits.notebook_seconds
        self.replay = Replay()
        self.room: Room | None = zygote.room(place)

    def run(self, source: str) -> CellRun:
        """Run one cell; see `Session.run`."""
        count, begin = self.replay.next(source), time.monotonic()
        lost = self._revive()
        result = self._run(count, source) if lost is Strike.OK else _struck(lost)
        self.replay.keep(source, result)
        return CellRun(result.strike, result.outputs, result.error, time.monotonic() - begin)

    def ask(self, request: dict[str, Any]) -> Reply:
        """Answer a request for a value; see `Session.ask`."""
        strike, answer = self._revive(), None
        if strike is Strike.OK:
            message = {"op": "ask", "request": request}
            strike, answer = self._exchange(message, self.limits.call_seconds)
        if strike is not Strike.OK or answer is None:
            return Reply(strike, error=_SAID[strike])
        return read_reply(answer.get("reply"))

    def close(self) -> None:
        """End the room and everything that was started in it; calling it again does nothing."""
        if self.room is not None:
            self.room.close()
            self.room = None

    def _revive(self) -> Strike:
        """Open a new room if the last one was lost, and run the earlier cells in it."""
        if self.room is not None:
            return Strike.OK
        try:
            self.room = self.zygote.room(self.place)
        except Unavailable:
            return Strike.CRASH
        return self.replay.onto(self._run)

    def _run(self, count: int, source: str) -> CellRun:
        most = int(self.limits.output_mb * 2**20)
        message = {"op": "run", "source": source, "count": count, "most": most}
        strike, answer = self._exchange(message, self.limits.cell_seconds)
        if answer is None:
            return _struck(strike)
        try:
            result = read_run(answer, most + _SLACK)
        except wire.MalformedError:
            self.close()
            return _struck(Strike.PROTOCOL)
        if result.strike is Strike.OUTPUT:
            self.close()
        if strike is Strike.OK and result.strike is not Strike.OUTPUT:
            return result
        strike = Strike.OUTPUT if strike is Strike.OK else strike
        return CellRun(strike, result.outputs, _SAID[strike])

    def _exchange(
        self, message: dict[str, Any], seconds: float
    ) -> tuple[Strike, dict[str, Any] | None]:
        """Send a request; return how that went and the answer, if any. Keeps the time."""
        assert self.room is not None  # noqa: S101  _revive went before
        begin = time.monotonic()
        try:
            try:
                return Strike.OK, self.room.exchange(message, min(seconds, self.left))
            except TimeoutError:
                return Strike.TIMEOUT, self.room.interrupt()
        except TimeoutError:
            strike = Strike.TIMEOUT
        except wire.MalformedError:
            strike = Strike.PROTOCOL
        except EOFError:
            strike = Strike.TIMEOUT if time.monotonic() - begin > seconds else Strike.CRASH
        finally:
            self.left -= time.monotonic() - begin
        self.close()
        return strike, None


_SAID = {
    Strike.OK: "", Strike.ERROR: "an error", Strike.MEMORY: "used too much memory",
    Strike.TIMEOUT: "took too long", Strike.OUTPUT: "had too much output",
    Strike.CRASH: "the process died",
    Strike.PROTOCOL: "the notebook's process sent something else than an answer",
}  # fmt: skip


def _struck(strike: Strike) -> CellRun:
    return CellRun(strike, error=_SAID[strike])


class Zygote:
    """The trusted end of a warm process. Safe to use from several threads.

    The process starts with the first room, and again when it was found dead.

    Args:
        level: which walls its rooms have, see `walls.LADDER`.
        preload: names of modules that it imports beforehand; some common ones when empty.
        user: the uid that it takes when we are root.
    """

    def __init__(self, level: str, preload: tuple[str, ...] = (), user: int = NOBODY) -> None:
        self.level, self.preload, self.user = level, preload, user
        self.lock = threading.Lock()
        self.control: socket.socket | None = None
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def open(self, place: Place) -> ForkedSession:
        """Start a session for one notebook.

        Raises:
            Unavailable: the walls can't be built here, or the folder can't be read.
        """
        return ForkedSession(self, place)

    def room(self, place: Place) -> Room:
        """Open a room with a copy of the place's folder in it.

        Raises:
            Unavailable: see `open`.
        """
        try:
            bag, _ = luggage.pack(place.folder)
        except OSError as error:
            raise Unavailable("the notebook's folder can't be read", found=str(error)) from error
        try:
            with self.lock:
                return self._room(place.limits, bag)
        finally:
            os.close(bag)

    def _room(self, limits: Limits, bag: int) -> Room:
        for attempt in (1, 2):  # it may have died since it was used last
            control = self._control()
            ours, theirs = socket.socketpair()
            try:
                with theirs:
                    socket.send_fds(control, [_order(limits)], [theirs.fileno(), bag])
                (process,) = self._hear(control, 1)
            except (OSError, EOFError, ValueError) as error:
                ours.close()
                self._stop()
                if attempt == 2:  # noqa: PLR2004  the last one
                    raise Unavailable("the sandbox ended", found=str(error)) from error
                continue
            room = Room(ours, process, walls.ENDS[self.level])
            self._settled(room)
            return room
        raise AssertionError

    @staticmethod
    def _settled(room: Room) -> None:
        """Wait until the room is ready."""
        try:
            first = wire.receive(room.channel, time.monotonic() + _START_SECONDS)
        except (EOFError, TimeoutError, wire.MalformedError) as error:
            first = {"failed": f"{type(error).__name__}: {error}"}
        if "ready" not in first:
            room.close()
            raise Unavailable("no room could be opened", found=str(first.get("failed")))

    def _control(self) -> socket.socket:
        if self.control is None:
            self._start()
        assert self.control is not None  # noqa: S101  _start raises or sets it
        return self.control

    def _start(self) -> None:
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        us = os.pidfd_open(os.getpid())
        order = {
            "control": theirs.fileno(), "parent": us, "level": self.level,
            "user": self.user, "preload": self.preload,
        }  # fmt: skip
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "course.sandbox.zygote", json.dumps(order)],
                env=_environment(), cwd="/", pass_fds=(theirs.fileno(), us),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
            os.close(us)
        try:
            self._hear(self.control, 0)
        except (OSError, EOFError, ValueError) as error:
            self._stop()
            raise Unavailable(
                f"no sandbox at level {self.level!r}", found=str(error) or "the process ended"
            ) from error

    @staticmethod
    def _hear(control: socket.socket, descriptors: int) -> list[int]:
        """Wait for the zygote's word, with as many descriptors; what it can't do is an OSError."""
        ready = select.poll()
        ready.register(control, select.POLLIN)
        if not ready.poll(_START_SECONDS * 1000):
            raise TimeoutError
        packet, found = wire.receive_descriptors(control, 1)
        message = json.loads(packet) if packet else {"failed": "the process ended"}
        if "failed" in message or len(found) != descriptors:
            raise OSError(message.get("failed", "no descriptor came"))
        return found

    def close(self) -> None:
        """End the warm process, and with it every room that is still open."""
        with self.lock:
            self._stop()

    def _stop(self) -> None:
        if self.control is not None:
            self.control.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.control = self.process = None


def _order(limits: Limits) -> bytes:
    order = {
        "memory": limits.memory_mb << 20, "disk": limits.disk_mb << 20,
        "files": limits.open_files, "processes": limits.processes,
    }  # fmt: skip
    return json.dumps(order).encode()


def _environment() -> dict[str, str]:
    """Return the whole environment of the zygote: nothing of ours but the time zone."""
    threads = dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
    )
    environment = {
        **threads, "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "HOME": "/room/learner", "TMPDIR": "/room/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "MPLCONFIGDIR": "/room/tmp/matplotlib", "IPYTHONDIR": "/room/tmp/ipython",
        "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2",
    }  # fmt: skip
    if "TZ" in os.environ:
        environment["TZ"] = os.environ["TZ"]
    return environment


_zygotes: dict[tuple[str, tuple[str, ...]], Zygote] = {}
_zygotes_lock = threading.Lock()


def zygote_for(level: str, preload: tuple[str, ...] = ()) -> Zygote:
    """Return this process's zygote for a level and a set of modules."""
    with _zygotes_lock:
        return _zygotes.setdefault((level, preload), Zygote(level, preload))


def best_session(place: Place) -> ForkedSession:
    """Start a session behind the strongest walls that can be built here, never behind none.

    Raises:
        Unavailable: there are none; the reasons of every level are in it.
    """
    reasons = []
    for level in walls.LADDER[:-1]:
        try:
            return zygote_for(level, tuple(place.preload)).open(place)
        except Unavailable as error:
            reasons.append(f"{level}: {error.found}")
    raise Unavailable("no sandbox can be built here", found="; ".join(reasons))


@atexit.register
def _close_all() -> None:
    for zygote in list(_zygotes.values()):
        with suppress(OSError):
            zygote.close()
