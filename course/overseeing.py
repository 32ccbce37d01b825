"""Oversight of a course, for both doors: its frames, its worklist and its pages, kept while nothing happens."""

import datetime as dt
import time
from collections.abc import Sequence
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

_SERVICE_SECONDS, _ASKED_EVERY = 3.0, 30.0
"""How long a page waits for the course service, and how often it is asked."""


@dataclass
class Oversight:
    """What the pages of a course are made of, read again when something happened."""

    course: Course
    _lock: Lock = field(default_factory=Lock, repr=False)
    _seen: object = None
    _frames: Frames | None = None
    _entries: Sequence[Entry] = ()
    _settled: frozenset[str] = frozenset()
    _asked_at: float = float("-inf")

    def page(self, kind: str, names: Sequence[str], choice: Choice, *, whole: bool = False) -> Page:
        """Return a page.

        Raises:
            NotFound: there is no such lesson, learner, objective or group.
            Invalid: the chosen day is none.
        """
        with self._lock:
            frames = self._look()
            return make(View(frames, choice, self._entries, whole), kind, names)

    def worklist(self) -> Sequence[Entry]:
        """Return what is to be looked after, what waits longest first."""
        with self._lock:
            self._look()
            return self._entries

    def rest(self, key: tuple[str, str, str, str], trace: str, grader: str, reason: str) -> None:
        """Put an entry to rest until something new happens."""
        with self.course.book() as book:
            resting.put(book, key, trace, grader, reason)

    def _look(self) -> Frames:
        """Return the frames as of now; they are read anew when anything was handed in, marked, asked or declared."""
        with self.course.book() as book:
            hour = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H}"  # time itself makes entries
            settled = self._answered()
            seen = (bulk.pulse(book), _times(self.course), hour, settled)
            if self._frames is None or seen != self._seen:
                frames = Frames(self.course.file, self.course.layout, self._book).read()
                found = entries(
                    frames,
                    self.course.file.oversight,
                    frames.now,
                    resting.traces(book),
                    settled,
                )
                self._frames, self._entries, self._seen = frames, found, seen
        return self._frames

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
