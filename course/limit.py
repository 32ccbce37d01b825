"""A limit on the time that our own code may take, in whichever thread it runs.

In a process's main thread the system's alarm ends it, waiting included. In another thread Python
raises the error there as soon as it runs Python's code again. What never does, because it is one
endless step of a library in C, can only be ended with its process.
"""

import ctypes
import faulthandler
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType
from typing import Self

AGAIN_SECONDS = 1.0
"""After how long it is tried once more, when something caught the first try."""


class OverTime(BaseException):
    """The time is over. No `Exception`, so that ``except Exception`` does not catch it."""


class Limit:
    """Raises `OverTime` in a ``with`` block that takes longer than it may.

    Args:
        seconds: how long, more than 0.
        last: after how many seconds altogether, pauses included, the process ends with exit code 1
            if the block still doesn't let go. There may be one such limit at a time.
    """

    def __init__(self, seconds: float, last: float | None = None) -> None:
        main = threading.current_thread() is threading.main_thread()
        self.seconds, self.last = seconds, last
        self._clock: _Alarm | _Watch = _Alarm() if main and _HAS_ALARM else _Watch()

    def __enter__(self) -> Self:
        if self.last is not None:
            faulthandler.dump_traceback_later(self.last, exit=True, file=_nowhere())
        self._clock.start(self.seconds)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._clock.stop()
        if self.last is not None:
            faulthandler.cancel_dump_traceback_later()

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Let the time stand still, for what has a limit of its own and must not be torn."""
        left = self._clock.stop()
        try:
            yield
        finally:
            self._clock.start(left)


@cache
def _nowhere() -> int:
    """Return a descriptor that takes the traceback which nobody asked for."""
    return os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)


_HAS_ALARM = hasattr(signal, "setitimer")
_SOON = 0.001


class _Alarm:
    """The system's alarm, which reaches the main thread only."""

    def __init__(self) -> None:
        self._on, self._before = False, signal.getsignal(signal.SIGALRM)

    def start(self, seconds: float) -> None:
        self._on = True
        signal.signal(signal.SIGALRM, self._ring)
        signal.setitimer(signal.ITIMER_REAL, max(seconds, _SOON), AGAIN_SECONDS)

    def stop(self) -> float:
        self._on = False
        left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before or signal.SIG_DFL)
        return left

    def _ring(self, _number: int, _frame: FrameType | None) -> None:
        if self._on:
            raise OverTime


class _Watch:
    """A thread that watches the one that made it."""

    def __init__(self) -> None:
        self._thread, self._lock = ctypes.c_ulong(threading.get_ident()), threading.Lock()
        self._end, self._until = threading.Event(), 0.0

    def start(self, seconds: float) -> None:
        self._end, self._until = threading.Event(), time.monotonic() + seconds
        threading.Thread(target=self._wait, args=(self._end, seconds), daemon=True).start()

    def stop(self) -> float:
        with self._lock:
            self._end.set()
            _raise_in(self._thread, None)
        return self._until - time.monotonic()

    def _wait(self, end: threading.Event, seconds: float) -> None:
        wait = max(seconds, _SOON)
        while not end.wait(wait):
            wait = AGAIN_SECONDS
            with self._lock:
                if not end.is_set():
                    _raise_in(self._thread, OverTime)


def _raise_in(thread: ctypes.c_ulong, error: type[BaseException] | None) -> None:
    """See https://docs.python.org/3/c-api/threads.html#c.PyThreadState_SetAsyncExc ."""
    what = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, what)
