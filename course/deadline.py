"""When a learner's work on a lesson is due, what it costs to be late, and which attempt counts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from course.model import Extension, Learner
from course.scoring import Attempt, counting, due_date, late_penalty, late_share
from course.settings import CourseFile, Lesson
from course.store import earlier
from course.store.database import Gradebook
from course.store.earlier import Earlier
from course.store.grading import stand_again


@dataclass(frozen=True, slots=True)
class Deadline:
    """The due dates of one lesson.

    Attributes:
        people: who takes the course, by id.
        extensions: those that stand for the lesson.
    """

    file: CourseFile
    lesson: str
    people: Mapping[str, Learner]
    extensions: Sequence[Extension] = ()

    def due(self, learner: str) -> dt.datetime | None:
        """Return when it is due for a learner, in UTC; None for never."""
        person = self.people.get(learner, Learner(learner))
        more = [
            each.until
            for each in self.extensions
            if each.learner == learner or (each.group and each.group == person.group)
        ]
        return due_date(self.file.lesson(self.lesson).due, person.start, self.file.zone, more)

    def share(self, late: dt.timedelta) -> float:
        """Return the share of the score that is lost by coming late."""
        rules = self.file.rules(self.lesson)
        grace = dt.timedelta(minutes=rules.grace_minutes)
        return late_share(late, rules.late, rules.late_per_day, grace)

    def lost(self, learner: str, submitted_at: dt.datetime | None) -> float:
        """Return the share of the score that a submission loses, 0 to 1."""
        due = self.due(learner)
        return self.share(submitted_at - due) if submitted_at and due else 0.0


def declared(file: CourseFile, extensions: Sequence[Extension]) -> dict[str, Any]:
    """Return what due dates are made of, as a course service takes it: `course.office.schedule`."""

    def plain(each: Lesson) -> dict[str, Any]:
        due, grace = each.due, file.rules(each.folder).grace_minutes
        when = (
            {"days": due.days}
            if isinstance(due, dt.timedelta)
            else {"at": due.isoformat() if due else None}
        )
        return {"lesson": each.folder, "grace": grace, **when}

    more = [{"lesson": each.lesson, "learner": each.learner, "group": each.group, "until": each.until.isoformat()}
            for each in extensions]  # fmt: skip
    lessons = [plain(each) for each in file.lessons if each.due is not None]
    return {"zone": file.timezone, "lessons": lessons, "extensions": more}


def count_best(book: Gradebook, lesson: str, deadline: Deadline) -> list[tuple[str, str, str]]:
    """Let the attempt stand that counts by the lesson's rule, for each learner who has several.

    An attempt at other questions than those of now can't be compared, and stays where it is.

    Returns:
        learner, digest of the attempt that stood, digest of the one that stands now.
    """
    moved = []
    with book.transaction() as connection:
        for learner, others in earlier.kept(connection, lesson).items():
            now = earlier.standing(connection, lesson, learner)
            if now is None:
                continue
            like = [each for each in others if each.questions == now.questions]
            attempts = sorted(
                [*like, now], key=lambda each: (each is now and now.waits, _when(each))
            )
            points = [_attempt(learner, each, deadline) for each in attempts]
            best = attempts[counting(points, deadline.file.rules(lesson).attempts_count)]
            if best is not now:
                stand_again(
                    connection, lesson, learner, best, deadline.share, deadline.due(learner)
                )
                moved.append((learner, now.digest, best.digest))
    return moved


def _attempt(learner: str, one: Earlier, deadline: Deadline) -> Attempt:
    lost = deadline.lost(learner, one.submitted_at)
    return Attempt(one.points - late_penalty(one.points, lost), one.waits, bool(one.marks))


def _when(one: Earlier) -> dt.datetime:
    return one.submitted_at or dt.datetime.min.replace(tzinfo=dt.UTC)
