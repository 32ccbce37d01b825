"""The trusted end of one room: a conversation with a process that may say anything."""

import os
import select
import signal
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course.sandbox import weight, wire
from course.sandbox.patience import Patience

GRACE = 0.3
"""How long a process may take, in seconds, to end by itself what took too long."""

_END_MS = 50  # by how much the end of the warm process may be seen later than that of its rooms


@dataclass(eq=False)
class Room:
    """One notebook's process.

    Args:
        channel: the socket to it.
        process: a descriptor of it, or of its keeper. When that ends, all in the room has ended.
        end: the signal that makes it end.
        origin: the line to the warm process that it came from.
        most: how many bytes all its processes may use together.

    Attributes:
        asked: how many requests were sent.
        overloaded: whether it was ended because they used more.
        patience: what it was granted beside the limits.
    """

    channel: socket.socket
    process: int
    end: signal.Signals
    origin: socket.socket
    most: int
    asked: int = 0
    overloaded: bool = False
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        weight.watch(self)

    def exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Raises:
            TimeoutError: it took longer than ``seconds``, see `Patience`.
            wire.MalformedError: what came is no answer to this request.
            EOFError: the process ended.
        """
        deadline = self.patience.until(self.number, seconds)
        self.asked += 1
        try:
            wire.send(self.channel, {**message, "number": self.asked}, deadline)
        except ConnectionError as error:
            raise EOFError from error
        return self._answer(deadline)

    def _answer(self, deadline: wire.Deadline) -> dict[str, Any]:
        answer = wire.receive(self.channel, deadline)
        if answer.get("number") != self.asked:
            raise wire.MalformedError("not the answer to this request")
        return answer

    def interrupt(self) -> dict[str, Any]:
        """Interrupt what it is doing and return its late answer.

        Raises:
            TimeoutError: it didn't stop in time.
            wire.MalformedError: what came is no answer to this request.
            EOFError: the process ended.
        """
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, signal.SIGINT)
        return self._answer(time.monotonic() + GRACE)

    def orphaned(self) -> bool:
        """Tell whether it ended because the warm process did, and not by what ran in it."""
        if self.origin.fileno() < 0:
            return True
        gone = select.poll()
        gone.register(self.origin, 0)  # the end of the other side is always told
        return bool(gone.poll(_END_MS))

    def number(self) -> int:
        """Return the number of its process, or of its keeper; -1 when that has ended."""
        with self._lock:
            if self.process < 0:
                return -1
            about = Path(f"/proc/self/fdinfo/{self.process}").read_text(encoding="ascii")
        return int(about.partition("Pid:")[2].split()[0])

    def overload(self) -> None:
        """End it, because its processes use too much memory together."""
        with self._lock:
            self.overloaded = self.process >= 0
            self._end()

    def close(self) -> None:
        """End everything in the room and wait until it is gone."""
        with self._lock:
            if self.process < 0:
                return
            self._end()
            gone = select.poll()
            gone.register(self.process, select.POLLIN)
            gone.poll()
            os.close(self.process)
            self.channel.close()
            self.process = -1

    def _end(self) -> None:
        if self.process >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.process, self.end)
