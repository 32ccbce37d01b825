"""A learner's plan and calendar: of what the course announced, what was done here, and own dates."""

import datetime as dt

from course.exchange.reach import Reach, handed_in
from course.lesson import dates, record
from course.lesson.plan import lessons
from course.pacing.calendar import Entry, written
from course.pacing.plan import Announced, Step, due_title, steps
from course.study import Study


def plan(study: Study, now: dt.datetime) -> list[Step]:
    """Return what is left of a course, and when it is due for its learner.

    Args:
        now: with the learner's zone.
    """
    home = study.folder
    study.begin()
    here = {name: (one, record.read(home / name)) for name, one in lessons(home).items()}
    done = handed_in(study.reach)
    return steps(_announced(study.reach), here, dates.read(home), done, now)


def calendar(study: Study, now: dt.datetime) -> bytes:
    """Return the due dates as a calendar file; one written later moves the entries of this one."""
    entries = [
        Entry(f"due/{step.lesson}/{study.reach.learner}", due_title(step), step.due)
        for step in plan(study, now) if step.due
    ]  # fmt: skip
    title = str(study.reach.announced().get("title") or study.reach.course_id)
    return written(study.reach.course_id, title, entries, now)


def _announced(reach: Reach) -> list[Announced]:
    """Return what the course says of its lessons; of those of which it says nothing, the names."""
    found = [each for each in reach.announced().get("lessons", ()) if isinstance(each, dict)]
    said = {str(each.get("lesson")): each for each in found}
    return [
        Announced(name, str(one.get("title", "")), int(one.get("minutes", 0)), str(one.get("due", "")),
                  one.get("mode") == "workbook")
        for name in reach.lessons() for one in [said.get(name, {})]
    ]  # fmt: skip
