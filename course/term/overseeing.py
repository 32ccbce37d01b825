"""Oversight of a course, for both doors: its frames, its worklist and its pages, kept while nothing happens."""

import datetime as dt
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from course.errors import CourseError
from course.exchange import transfer
from course.exchange.access import Access
from course.insight.frames import Frames
from course.insight.worklist import Entry, entries
from course.layout import COURSE_FILE
from course.report.page import Choice, Page
from course.report.pages import make
from course.report.view import View
from course.store import bulk, resting
from course.store.database import Gradebook
from course.term import Course

LONG = 1.0
"""Seconds of a processor. Where reading takes longer, a page does not wait for newer figures: it shows
those that there are, and says of when they are."""


@dataclass(frozen=True)
class _Known:
    """What the pages are made of, and what it was read after."""

    seen: object
    frames: Frames
    entries: Sequence[Entry]
    seconds: float


_SERVICE_SECONDS, _ASKED_EVERY = 3.0, 30.0
"""How long a page waits for the course service, and how often it is asked."""


@dataclass
class Oversight:
    """What the pages of a course are made of, read again when something happened.

    In a large course that takes some seconds, and is done beside everything else: only the first look
    waits for it, and who has just put something to rest.
    """

    course: Course
    _lock: Lock = field(default_factory=Lock, repr=False)
    _drawing: Lock = field(default_factory=Lock, repr=False)
    _reader: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, "oversight"), repr=False
    )
    _known: _Known | None = None
    _coming: "tuple[object, Future[_Known]] | None" = None
    _settled: frozenset[str] = frozenset()
    _asked_at: float = float("-inf")

    def page(self, kind: str, names: Sequence[str], choice: Choice, *, whole: bool = False) -> Page:
        """Return a page.

        Raises:
            NotFound: there is no such lesson, learner, objective or group.
            Invalid: the chosen day is none.
        """
        known = self._look(whole=whole)
        with self._drawing:
            return make(View(known.frames, choice, known.entries, whole), kind, names)

    def worklist(self) -> Sequence[Entry]:
        """Return what is to be looked after, what waits longest first."""
        return self._look().entries

    def rest(self, key: tuple[str, str, str, str], trace: str, grader: str, reason: str) -> None:
        """Put an entry to rest until something new happens; the next page is without it."""
        with self.course.book() as book:
            resting.put(book, key, trace, grader, reason)
        self._look(whole=True)

    def expect(self) -> None:
        """Begin to read what there is, for somebody who will soon look."""
        self._begin()

    def _look(self, *, whole: bool = False) -> _Known:
        """Return what is known as of now; as of a moment ago where reading takes long, unless ``whole``."""
        while True:
            known, reading = self._begin()
            if known is not None and not whole and known.seconds > LONG and not reading.done():
                return known
            try:
                return reading.result()
            except CancelledError:  # something else has happened since
                continue
            except Exception:  # whatever it was: told once, and tried again at the next look
                self._coming = None
                raise

    def _begin(self) -> "tuple[_Known | None, Future[_Known]]":
        """Return what is known, and what is known as of now, which may still be on its way."""
        with self._lock:
            seen = self._seen()
            if self._coming is None or self._coming[0] != seen:
                if self._coming is not None:
                    self._coming[1].cancel()
                self._coming = seen, self._reader.submit(self._read, seen)
            return self._known, self._coming[1]

    def _read(self, seen: object) -> _Known:
        begin = time.thread_time()
        frames = Frames(self.course.file, self.course.layout, self._book).read()
        with self.course.book() as book:
            traces = resting.traces(book)
        found = entries(frames, self.course.file.oversight, frames.now, traces, self._answered())
        _ = frames.standing  # every page is about it
        self._known = _Known(seen, frames, found, time.thread_time() - begin)
        return self._known

    def _seen(self) -> object:
        """Return what is another value when anything was handed in, marked, asked or declared."""
        with self.course.book() as book:
            hour = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H}"  # time itself makes entries
            return bulk.pulse(book), _times(self.course), hour

    def _answered(self) -> frozenset[str]:
        """Return which questions were answered at the course service; while it is away, what it said last."""
        if (
            transfer.over_service(self.course.config)
            and time.monotonic() > self._asked_at + _ASKED_EVERY
        ):
            self._asked_at = time.monotonic()
            with (
                suppress(CourseError),
                Access.of(self.course.layout.root).remote(_SERVICE_SECONDS) as service,
            ):
                self._settled = frozenset(service.settled())
        return self._settled

    def _book(self) -> Gradebook:
        return self.course.book()


def _times(course: Course) -> tuple[float, ...]:
    """Return when something was last handed in, released or declared."""
    layout = course.layout
    paths: list[Path] = [layout.root / COURSE_FILE, layout.release]
    people = list(layout.submitted.iterdir()) if layout.submitted.is_dir() else []
    return (
        len(people), max((each.stat().st_mtime for each in people), default=0.0),
        *(path.stat().st_mtime if path.exists() else 0.0 for path in paths),
    )  # fmt: skip
