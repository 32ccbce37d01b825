"""The trusted end of one room: a conversation with a process that may say anything."""

import os
import select
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from course.sandbox import wire

GRACE = 0.3
"""How long a process may take, in seconds, to end by itself what took too long."""

_END_MS = 50  # by how much the end of the warm process may be seen later than that of its rooms


@dataclass
class Room:
    """One notebook's process.

    Args:
        channel: the socket to it.
        process: a descriptor of it, or of its keeper. When that ends, all in the room has ended.
        end: the signal that makes it end.
        origin: the line to the warm process that it came from.
    """

    channel: socket.socket
    process: int
    end: signal.Signals
    origin: socket.socket
    number: int = 0

    def exchange(self, message: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Raises:
            TimeoutError: it took longer than ``seconds``.
            wire.MalformedError: what came is no answer to this request.
            EOFError: the process ended.
        """
        deadline = time.monotonic() + seconds
        self.number += 1
        try:
            wire.send(self.channel, {**message, "number": self.number}, deadline)
        except ConnectionError as error:
            raise EOFError from error
        return self._answer(deadline)

    def _answer(self, deadline: float) -> dict[str, Any]:
        answer = wire.receive(self.channel, deadline)
        if answer.get("number") != self.number:
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

    def close(self) -> None:
        """End everything in the room and wait until it is gone."""
        if self.process < 0:
            return
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.process, self.end)
        gone = select.poll()
        gone.register(self.process, select.POLLIN)
        gone.poll()
        os.close(self.process)
        self.channel.close()
        self.process = -1
