"""More time for some: given, taken back and listed; what lateness cost is reckoned again."""

import datetime as dt
from collections.abc import Sequence

from course import layout as disk
from course.errors import Invalid
from course.model import Extension
from course.store import extensions as store
from course.term import Course


def extensions(course: Course, lesson: str | None = None) -> list[Extension]:
    """Return who has more time, for a lesson or for all."""
    if lesson is not None:
        course.known(lesson)
    with course.book() as book:
        return store.extensions(book, lesson)


def extend(
    course: Course, lesson: str, until: dt.datetime | None, *, learners: Sequence[str] = (),
    groups: Sequence[str] = (), reason: str = "", by: str = "",
) -> list[str]:  # fmt: skip
    """Give learners and groups time until a moment, or take it back with None.

    Returns:
        the learners who lose less or more by lateness now.

    Raises:
        NotFound: an unknown lesson, learner or group.
        Invalid: the lesson is never due.
    """
    if course.known(lesson).due is None:
        raise Invalid(
            f"'{lesson}' is never due, so there is nothing to extend",
            where=str(course.layout.root / disk.COURSE_FILE), expected="due = ... in its [[lessons]]",
        )  # fmt: skip
    people = course.learners()
    for learner in learners:
        disk.known(learner, [person.id for person in people], "learner")
    for group in groups:
        there = {each.id for each in course.file.groups} | {p.group for p in people if p.group}
        disk.known(group, sorted(there), "group")
    with course.book() as book:
        for learner in learners:
            store.extend(book, lesson, until, learner=learner, reason=reason, by=by)
        for group in groups:
            store.extend(book, lesson, until, group=group, reason=reason, by=by)
    changed = course.settle(lesson)
    course.publish_dates()
    return changed
