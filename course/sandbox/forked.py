"""Sessions in rooms that a warm process forks: the fast and safe way for Python notebooks."""

import atexit
import threading
import time
from contextlib import suppress
from typing import Any

from course.errors import CourseError, Unavailable
from course.sandbox import wire
from course.sandbox.replay import Replay
from course.sandbox.reply import read_reply, read_run
from course.sandbox.room import Room
from course.sandbox.session import CellRun, Opening, Place, Reply, Strike, Warmth
from course.sandbox.stem import Stem
from course.sandbox.walls import LADDER
from course.sandbox.warm import WarmProcess

_SLACK = 4096
_MOST_STEMS = 8


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
        self.lost = False
        self.left = place.limits.notebook_seconds
        self.replay = Replay()
        self.stem = zygote.stem(place)
        self.given: list[CellRun] = []
        if self.stem is not None:
            self.stem.sessions += 1
            self.given = list(self.stem.runs)
        self.room: Room | None = self._enter()

    def run(self, source: str) -> CellRun:
        """Run one cell; see `Session.run`."""
        count, begin = self.replay.next(source), time.monotonic()
        if self.given:  # the room was forked from where this cell had been run
            result = self.given.pop(0)
            self.replay.keep(source, result)
            return result
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
        self._lose()
        self._leave_stem()

    def _lose(self) -> None:
        if self.room is not None:
            self.room.close()
            self.room = None

    def _enter(self) -> Room:
        """Open a room, after the opening if that can be."""
        if self.stem is not None:
            with suppress(Unavailable):
                return self.stem.room(self.place)
            self._leave_stem()
        return self.zygote.room(self.place)

    def _leave_stem(self) -> None:
        if self.stem is not None:
            self.stem.sessions -= 1
        self.stem, self.given = None, []

    def _revive(self) -> Strike:
        """Open a new room if the last one was lost, and run the earlier cells in it."""
        if self.room is not None:
            return Strike.OK
        if self.lost:
            return Strike.CRASH
        if self.left <= 0:
            return Strike.TIMEOUT
        begin = time.monotonic()
        try:
            self.room = self._enter()
        except CourseError:
            self.lost = True
            return Strike.CRASH
        finally:
            self.left -= time.monotonic() - begin
        return self.replay.onto(self._run_again, len(self.stem.runs) if self.stem else 0)

    def _run_again(self, count: int, source: str) -> CellRun:
        result = self._run(count, source)
        lost = self.room is None and result.strike is Strike.MEMORY
        return _struck(Strike.CRASH) if lost else result

    def _run(self, count: int, source: str) -> CellRun:
        most = int(self.limits.output_mb * 2**20)
        message = {"op": "run", "source": source, "count": count, "most": most}
        strike, answer = self._exchange(message, self.limits.cell_seconds)
        if answer is None:
            return _struck(strike)
        try:
            result = read_run(answer, most + _SLACK)
        except wire.MalformedError:
            self._lose()
            return _struck(Strike.PROTOCOL)
        if result.strike is Strike.OUTPUT:
            self._lose()
        if strike is Strike.OK and result.strike is not Strike.OUTPUT:
            return result
        strike = Strike.OUTPUT if strike is Strike.OK else strike
        return CellRun(strike, result.outputs, _SAID[strike])

    def _exchange(
        self, message: dict[str, Any], seconds: float
    ) -> tuple[Strike, dict[str, Any] | None]:
        """Send a request; return how that went and the answer, if any. Keeps the time."""
        assert self.room is not None  # noqa: S101  _revive went before
        patience = self.room.patience
        if self.left <= 0:
            self.left += patience.grant(self.room.number())
        if self.left <= 0:
            return Strike.TIMEOUT, None
        begin = time.monotonic() - patience.granted
        try:
            return Strike.OK, self.room.exchange(message, min(seconds, self.left))
        except TimeoutError:
            strike = Strike.TIMEOUT
            with suppress(TimeoutError, EOFError, wire.MalformedError):
                return strike, self.room.interrupt()
        except wire.MalformedError:
            strike = Strike.PROTOCOL
        except EOFError:
            strike = Strike.MEMORY if self.room.overloaded else Strike.CRASH
            self.lost = self.room.orphaned()
        finally:
            self.left -= time.monotonic() - patience.granted - begin
        self._lose()
        return strike, None


_SAID = {
    Strike.OK: "", Strike.ERROR: "an error", Strike.MEMORY: "used too much memory",
    Strike.TIMEOUT: "took too long", Strike.OUTPUT: "had too much output",
    Strike.CRASH: "the process died",
    Strike.PROTOCOL: "the notebook's process sent something else than an answer",
}  # fmt: skip


def _struck(strike: Strike) -> CellRun:
    return CellRun(strike, error=_SAID[strike])


class Zygote(WarmProcess):
    """The warm process that sessions come from; see `WarmProcess` for its arguments."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.stems: dict[Opening, Stem | None] = {}
        self.seen: set[Opening] = set()

    def stem(self, place: Place) -> Stem | None:
        """Return what has run a place's opening; None the first time, and where that can't be."""
        opening = place.opening
        if opening is None or not opening.cells:
            return None
        if opening not in self.seen:
            self.seen.add(opening)
            return None
        if opening not in self.stems:
            self._make_space(opening)
            try:
                self.stems[opening] = Stem(self, opening, place.limits)
            except Unavailable:
                self.stems[opening] = None  # every notebook runs it for itself, to the same end
        return self.stems[opening]

    def _make_space(self, coming: Opening) -> None:
        """End the unused stems of other lessons, each of which may fill 150 MB, and all but a few of this one."""
        unused = [key for key, stem in self.stems.items() if stem is None or not stem.sessions]
        others = [key for key in unused if key.folder != coming.folder]
        own = [key for key in unused if key.folder == coming.folder]
        for key in others + own[: max(0, len(self.stems) - len(others) - _MOST_STEMS + 1)]:
            stem = self.stems.pop(key)
            if stem is not None:
                stem.close()

    def _stop(self) -> None:
        for stem in self.stems.values():
            if stem is not None:
                stem.close()
        self.stems = {}
        super()._stop()

    def open(self, place: Place) -> ForkedSession:
        """Start a session for one notebook.

        Raises:
            Unavailable: the walls can't be built here, or the folder can't be read.
        """
        return ForkedSession(self, place)


_zygotes: dict[tuple[str, tuple[str, ...]], Zygote] = {}
_kindled: dict[str, Zygote] = {}  # started, and not yet told what to import
_zygotes_lock = threading.Lock()


def zygote_for(level: str, preload: tuple[str, ...] = ()) -> Zygote:
    """Return this process's zygote for a level and a set of modules."""
    with _zygotes_lock:
        key = level, preload
        if key not in _zygotes:
            _zygotes[key] = _kindled.pop(level) if level in _kindled else Zygote(level)
            _zygotes[key].preload = preload
        return _zygotes[key]


def kindle(*, walls: bool) -> None:
    """See `course.sandbox.session.kindle`."""
    level = LADDER[0] if walls else LADDER[-1]
    with _zygotes_lock:
        if level not in _kindled and not any(key[0] == level for key in _zygotes):
            _kindled[level] = Zygote(level)
            _kindled[level].kindle()


_proven: list[str] = []
"""The level that rooms of this process have. What once stood is never exchanged for less."""


def best_session(place: Place) -> ForkedSession:
    """Start a session behind the strongest walls that can be built here, never behind none.

    Raises:
        Unavailable: there are none; the reasons of every level are in it.
        UnfitFolderError: no room can hold the place's folder.
    """
    reasons = []
    for level in _proven or LADDER[:-1]:
        try:
            session = zygote_for(level, tuple(place.preload)).open(place)
        except Unavailable as error:
            reasons.append(f"{level}: {error.found}")
        else:
            _proven[:] = [level]
            return session
    raise Unavailable("no sandbox can be built here", found="; ".join(reasons))


def bare_session(place: Place) -> ForkedSession:
    """Start a session behind no walls: an ordinary process, with limits all the same."""
    return zygote_for("none", tuple(place.preload)).open(place)


def warm_up(preload: tuple[str, ...], *, walls: bool) -> Warmth | None:
    """See `course.sandbox.session.warm_up`."""
    for level in LADDER[:-1] if walls else LADDER[-1:]:
        with suppress(Unavailable):  # whoever opens a session is told the reasons
            return Warmth(level, preload, zygote_for(level, preload).line())
    return None


def use(warmth: Warmth) -> None:
    """See `course.sandbox.session.use`."""
    key = warmth.level, warmth.preload
    with _zygotes_lock:
        before = _zygotes.pop(key, None)
        _zygotes[key] = Zygote(*key, line=warmth.line)
    if before is not None:
        before.close()


@atexit.register
def _close_all() -> None:
    for zygote in [*_zygotes.values(), *_kindled.values()]:
        with suppress(OSError):
            zygote.close()
