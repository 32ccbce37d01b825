"""The trusted end of the zygote: start it, ask it for rooms, replace it when it died."""

import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from course.errors import Unavailable
from course.sandbox import luggage, walls, wire
from course.sandbox.room import Room
from course.sandbox.session import Limits, Place

Thing = TypeVar("Thing")
NOBODY = 65534
START_SECONDS = 120.0


class WarmProcess:
    """The trusted end of the zygote. Safe to use from several threads.

    The process starts with the first room, and again when it was found dead.

    Args:
        level: which walls its rooms have, see `walls.LADDER`.
        preload: names of modules that it imports beforehand.
        user: the uid that it takes when we are root.
        line: what `line` gave in another process, whose warm process is used while it lives.
    """

    def __init__(
        self, level: str, preload: tuple[str, ...] = (), user: int = NOBODY,
        line: socket.socket | None = None,
    ) -> None:  # fmt: skip
        self.level, self.preload, self.user = level, preload, user
        self.lock = threading.Lock()
        self.control, self.settled = line, line is not None
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

    def kindle(self) -> None:
        """Start it without waiting, before it is known what it is to import besides Python's own."""
        with self.lock:
            if self.control is None:
                self._light()

    def room(self, place: Place) -> Room:
        """Open a room with a copy of the place's folder in it.

        Raises:
            Unavailable: the walls can't be built here, or the folder can't be read.
            luggage.UnfitFolderError: no room can hold the folder, whatever its walls.
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

    def line(self) -> socket.socket:
        """Return another line to the warm process, to be sent to another process of ours.

        When the line's last copy is closed, the rooms that it opened are ended.

        Raises:
            Unavailable: the warm process can't be started here.
        """
        with self.lock:
            return self._twice(self._ask_for_line)

    def fork(self, order: bytes, descriptors: list[int]) -> int:
        """Fork a process that does something else than a room; returns a descriptor of it.

        Raises:
            OSError: the warm process is gone.
        """
        with self.lock:
            control = self._control()
            socket.send_fds(control, [order], descriptors)
            (process,) = hear(control, 1)
        return process

    def _room(self, limits: Limits, bag: int) -> Room:
        return self._twice(lambda: ask_for_room(self._control(), limits, bag, self.level))

    def _twice(self, ask: Callable[[], Thing]) -> Thing:
        try:
            return ask()
        except (OSError, EOFError, ValueError):
            self._stop()  # it may have died since it was used last; a new one will tell
        try:
            return ask()
        except (OSError, EOFError, ValueError) as error:
            self._stop()
            raise Unavailable("no room could be opened", found=str(error)) from error

    def _ask_for_line(self) -> socket.socket:
        control = self._control()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                socket.send_fds(control, [b"line"], [theirs.fileno()])
            except BaseException:
                ours.close()
                raise
        return ours

    def _control(self) -> socket.socket:
        if self.control is None:
            self._light()
        if not self.settled:
            self._settle()
        assert self.control is not None  # noqa: S101  _light sets it
        return self.control

    def _light(self) -> None:
        command = [sys.executable, "-m", "course.sandbox.zygote"]
        try:
            command = walls.outside(self.level, command)
        except OSError as error:
            raise Unavailable(f"no sandbox at level {self.level!r}", found=str(error)) from error
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        us = os.pidfd_open(os.getpid())
        order = {
            "control": theirs.fileno(), "parent": us, "level": self.level, "user": self.user,
        }  # fmt: skip
        try:
            self.process = subprocess.Popen(
                [*command, json.dumps(order)],
                env=_environment(), cwd="/", pass_fds=(theirs.fileno(), us),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        finally:
            theirs.close()
            os.close(us)

    def _settle(self) -> None:
        """Tell a process that was started what to import, and wait until it has."""
        assert self.control is not None  # noqa: S101  _light went before
        self.settled = True
        try:
            self.control.sendall(json.dumps(self.preload).encode())
            hear(self.control, 0)
        except (ConnectionError, EOFError):
            raise  # it died without a word, so that a second try may tell more
        except (OSError, ValueError) as error:
            self._stop()
            raise Unavailable(f"no sandbox at level {self.level!r}", found=str(error)) from error

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
        self.settled = False


def ask_for_room(control: socket.socket, limits: Limits, bag: int, level: str) -> Room:
    """Ask whoever is at the other end of a line for a room; ``bag`` is its luggage.

    Raises:
        OSError, EOFError or ValueError: there is none to be had.
        luggage.UnfitFolderError: the luggage is more than a room can hold.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            socket.send_fds(control, [_order(limits)], [theirs.fileno(), bag])
            (process,) = hear(control, 1)
        except BaseException:
            ours.close()
            raise
    room = Room(ours, process, walls.ENDS[level], control, limits.memory_mb << 20)
    try:
        _check(wire.receive(ours, time.monotonic() + START_SECONDS))
    except BaseException:
        room.close()
        raise
    return room


def hear(control: socket.socket, descriptors: int) -> list[int]:
    """Wait for the zygote's word, with as many descriptors; what it can't do is an OSError."""
    ready = select.poll()
    ready.register(control, select.POLLIN)
    if not ready.poll(START_SECONDS * 1000):
        raise TimeoutError
    packet, found = wire.receive_descriptors(control, 1)
    if not packet:
        raise EOFError("the process ended")
    _check(json.loads(packet))
    if len(found) != descriptors:
        raise OSError("no descriptor came")
    return found


def _check(message: dict[str, Any]) -> None:
    if "unfit" in message:
        raise luggage.UnfitFolderError("the files can't be laid out to run", found=message["unfit"])
    if "failed" in message:
        raise OSError(message["failed"])


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
