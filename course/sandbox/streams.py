"""stdout and stderr of a cell: what Python writes, and what is written below it."""

import ctypes
import io
import os
from collections.abc import Callable

Write = Callable[[str, str], None]
"""Takes the name of a stream and text."""


class Capture:
    """Both streams of one process.

    Text written to `sys.stdout` is passed on at once. A program started by the cell, or a C
    library, writes to the descriptor; that ends up in a nameless file and is passed on at the next
    opportunity.

    Args:
        write: where text goes.
        folder: where the nameless files live; their size counts against the room's disk.
    """

    def __init__(self, write: Write, folder: str) -> None:
        self.write, self.process = write, os.getpid()
        self.files = {"stdout": (1, _nameless(folder)), "stderr": (2, _nameless(folder))}
        for descriptor, file in self.files.values():
            os.dup2(file, descriptor)

    def close(self) -> None:
        """Let go of the files. What is written below Python is kept nowhere then."""
        for _, file in self.files.values():
            os.close(file)

    def put(self, name: str, text: str) -> None:
        """Take text that Python code wrote."""
        descriptor, file = self.files[name]
        if os.getpid() != self.process:  # forked by the cell: the parent reads its descriptor
            os.write(descriptor, text.encode("utf-8", "replace"))
            return
        self._drain(name, file)
        self.write(name, text)

    def drain(self) -> None:
        """Pass on what was written to the descriptors."""
        if os.getpid() != self.process:
            return
        _c_flush(None)
        for name, (_, file) in self.files.items():
            self._drain(name, file)

    def _drain(self, name: str, file: int) -> None:
        if size := os.fstat(file).st_size:
            text = os.pread(file, size, 0).decode("utf-8", "replace")
            os.ftruncate(file, 0)
            self.write(name, text)


class Stream(io.TextIOBase):
    """What `sys.stdout` or `sys.stderr` is in a cell."""

    encoding = "UTF-8"
    errors = "strict"

    def __init__(self, name: str) -> None:
        self.stream, self.name = name, f"<{name}>"
        self.capture: Capture | None = None

    def write(self, text: str) -> int:
        """Write text."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        if text and self.capture is not None:
            self.capture.put(self.stream, text)
        return len(text)

    def flush(self) -> None:
        """Pass on what programs wrote, so that it stands before what comes next."""
        if self.capture is not None:
            self.capture.drain()

    def fileno(self) -> int:
        """Return the descriptor that programs write to."""
        return {"stdout": 1, "stderr": 2}[self.stream]

    def writable(self) -> bool:
        """Whether one can write: yes."""
        return True


_c_flush = ctypes.CDLL(None).fflush


def _nameless(folder: str) -> int:
    # appending, so that a program goes on at the end after what was read is cut away
    return os.open(folder, os.O_TMPFILE | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o600)
