"""How far a course is, for the desk's home: counted at once, however many learners there are."""

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass

from course.grading.turn import Progress, progress
from course.store import overview as counted
from course.store.database import Gradebook
from course.store.overview import Counted, Waiting
from course.term import Course


@dataclass(frozen=True, slots=True)
class Row:
    """One lesson on home.

    Attributes:
        submitted: folders in submitted/.
        numbers: of what the autograder made of them.
        questions: those that are graded, in order.
        running: who grades it just now, and how far that is; None when nobody does.
    """

    lesson: str
    title: str
    released: bool
    submitted: int
    numbers: Counted
    questions: tuple[Waiting, ...]
    running: Progress | None

    @property
    def waiting(self) -> int:
        """How many answers need a person."""
        return sum(each.waiting for each in self.questions)

    @property
    def first(self) -> Waiting | None:
        """The question whose answers wait longest."""
        return first(self.questions)

    @property
    def oldest(self) -> dt.datetime | None:
        """When the oldest answer that waits was handed in, UTC."""
        return self.first.oldest if self.first else None


def look(course: Course, book: Gradebook) -> list[Row]:
    """Return the lessons in the course's order, then those that only the gradebook knows."""
    attempts, questions = counted.attempts(book), dict[str, list[Waiting]]()
    for each in counted.waiting(book):
        questions.setdefault(each.lesson, []).append(each)
    handed_in, lessons = _handed_in(course), course.lessons()
    out = course.layout.exchange / course.layout.course_id / "outbound"
    return [
        Row(name, course.file.lesson(name).title or name, (out / name).is_dir(), handed_in[name],
            attempts.get(name, Counted()), tuple(questions.get(name, ())), running(course, name))
        for name in [*lessons, *sorted(set(questions) - set(lessons))]
    ]  # fmt: skip


def running(course: Course, lesson: str) -> Progress | None:
    """Return how far the grading of a lesson is that goes on now, wherever it was started."""
    return progress(course.layout.root / ".course" / "grading" / lesson)


def first(questions: tuple[Waiting, ...]) -> Waiting | None:
    """Return the question whose answers wait longest; of those that came at no known time the first."""
    open_ones = [each for each in questions if each.waiting]
    return min(open_ones, key=lambda each: each.oldest or dt.datetime.max, default=None)  # noqa: DTZ901  the database has no zone


def _handed_in(course: Course) -> Counter[str]:
    """Return the number of submissions by lesson; listing folders is all that it takes."""
    found = Counter[str]()
    if course.layout.submitted.is_dir():
        with os.scandir(course.layout.submitted) as people:
            for person in people:
                if person.is_dir(follow_symlinks=False) and not person.name.startswith("."):
                    with os.scandir(person.path) as work:
                        found.update(
                            each.name for each in work if each.is_dir(follow_symlinks=False)
                        )
    return found
