"""What all requests share: the course, its gradebook, and who is who."""

from concurrent.futures import ThreadPoolExecutor
from getpass import getuser
from pathlib import Path
from threading import Lock

from course.desk import Desk
from course.errors import CourseError
from course.layout import COURSE_FILE, NBGRADER_FILE
from course.review import roles
from course.server.runs import Runs
from course.store.database import Gradebook
from course.term import Course, returning
from course.term.overseeing import Oversight


class Room:
    """The course of a server's folder, opened at the first request and again when its files changed.

    Args:
        root: the folder.
        grader: who marks when the server knows nobody by name; empty: this computer's user.
    """

    def __init__(self, root: Path, grader: str = "") -> None:
        self.root, self.grader = root, grader or getuser()
        self.runs = Runs()
        self.cells = ThreadPoolExecutor(
            2, "cells"
        )  # learners' code runs beside all else, two at once
        self._lock = Lock()
        self._course: Course | None = None
        self._book: Gradebook | None = None
        self._seen: tuple[float, ...] = ()
        self._oversight: Oversight | None = None

    def course(self) -> Course:
        """Return the course.

        Raises:
            NotFound: the folder is in no course.
            Invalid: the course's files are wrong.
        """
        with self._lock:
            return self._open()

    def desk(self, grader: str) -> Desk:
        """Return a grader's desk on the open gradebook; raises what `course` does."""
        with self._lock:
            course = self._open()
            if self._book is None:
                self._book = course.book()
            return Desk(course, grader, self._book)

    def oversight(self) -> Oversight:
        """Return the oversight of the course; raises what `course` does."""
        with self._lock:
            course = self._open()
            if self._oversight is None or self._oversight.course is not course:
                self._oversight = Oversight(course)
            return self._oversight

    def return_due(self) -> list[str]:
        """Return the feedback whose time has come; tells in words what was done."""
        try:
            done = list(returning.carry_out(self.course()))
        except CourseError as error:
            return [f"feedback can't go out: {error}"]
        return [
            f"feedback on {plan.lesson} was to go out by now: "
            + (f"returned to {len(found)}" if isinstance(found, list) else f"not done: {found}")
            for plan, found in done
        ]

    def role(self, name: str) -> roles.Role | None:
        """Return what somebody is to this course, None for a stranger; raises what `course` does."""
        return roles.role(name, {each.name: each.role for each in self.course().file.staff})

    def _open(self) -> Course:
        if self._course is None or self._seen != self._times():
            self._course = Course.open(self.root)
            self._seen = self._times()
            self.close()
        return self._course

    def close(self) -> None:
        """Give the gradebook back."""
        if self._book is not None:
            self._book.close()
            self._book = None

    def _times(self) -> tuple[float, ...]:
        root = self._course.layout.root if self._course is not None else self.root
        return tuple(
            (root / name).stat().st_mtime if (root / name).is_file() else 0.0
            for name in (COURSE_FILE, NBGRADER_FILE)
        )
