"""When a learner's work on a lesson is due, and what it costs to be late. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from course.model import Extension, Learner
from course.scoring import due_date, late_share
from course.settings import CourseFile


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
