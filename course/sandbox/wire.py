"""Messages between the two sides: a length and then JSON, over a socket.

Both sides use `send` and `receive`. The trusted side takes every byte for hostile: `receive` is
bounded in size and time, and whatever isn't a message raises `MalformedError`.
"""

import array
import json
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

MAX_MESSAGE = 40_000_000
"""Largest message in bytes. The learner's process keeps below it by itself."""

_HEADER = struct.Struct(">I")
_CHUNK = 1 << 20


Deadline = float | Callable[[], float]
"""A moment on the clock `time.monotonic`, in seconds, or what tells it when it is asked."""


class MalformedError(ValueError):
    """Bytes that are no message, or too many of them."""


def pack(message: dict[str, Any]) -> bytes:
    """Return the bytes of a message."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"), default=repr)
    body = text.encode("utf-8", "replace")
    return _HEADER.pack(len(body)) + body


def send(channel: socket.socket, message: dict[str, Any], deadline: Deadline | None = None) -> None:
    """Send one message.

    Args:
        channel: a connected stream socket.
        message: JSON-like data.
        deadline: None waits for ever.

    Raises:
        TimeoutError: the other side did not take it in time.
        OSError: the other side is gone.
    """
    channel.settimeout(_left(deadline))
    channel.sendall(pack(message))


def receive(channel: socket.socket, deadline: Deadline | None = None) -> dict[str, Any]:
    """Wait for one message.

    Raises:
        MalformedError: what came is no message, or is larger than `MAX_MESSAGE`.
        TimeoutError: it was not complete before ``deadline``.
        EOFError: the other side closed, or is gone.
    """
    (size,) = _HEADER.unpack(_take(channel, _HEADER.size, deadline))
    if size > MAX_MESSAGE:
        raise MalformedError("too large")
    return decode(_take(channel, size, deadline))


def decode(body: bytes) -> dict[str, Any]:
    """Return the message that the bytes of its body stand for.

    Raises:
        MalformedError: they stand for none.
    """
    try:
        message = json.loads(body.decode(), parse_constant=_no_constant)
        if b"\\ud" in body.lower():  # half a character, which no file could hold
            clean = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
            message = json.loads(clean)
    except (ValueError, RecursionError, MemoryError) as error:
        raise MalformedError("no JSON") from error
    if not isinstance(message, dict):
        raise MalformedError("no object")
    return message


def _no_constant(name: str) -> None:
    """Turn NaN and Infinity, which JSON doesn't know, into null."""


def _take(channel: socket.socket, size: int, deadline: Deadline | None) -> bytes:
    taken = bytearray()
    while len(taken) < size:
        channel.settimeout(_left(deadline))
        try:
            chunk = channel.recv(min(size - len(taken), _CHUNK))
        except TimeoutError:
            continue  # the deadline may have moved
        except ConnectionError as error:
            raise EOFError from error
        if not chunk:
            raise EOFError
        taken += chunk
    return bytes(taken)


def _left(deadline: Deadline | None) -> float | None:
    if deadline is None:
        return None
    left = (deadline() if callable(deadline) else deadline) - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def receive_descriptors(channel: socket.socket, most: int) -> tuple[bytes, list[int]]:
    """Receive one packet with descriptors; unlike `socket.recv_fds`, none is inheritable.

    Returns:
        The packet, empty when the other side closed, and the descriptors.
    """
    room = socket.CMSG_SPACE(most * array.array("i").itemsize)
    data, extras, _, _ = channel.recvmsg(1 << 16, room, socket.MSG_CMSG_CLOEXEC)
    found = array.array("i")
    for level, kind, content in extras:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            found.frombytes(content[: len(content) - len(content) % found.itemsize])
    return data, list(found)
