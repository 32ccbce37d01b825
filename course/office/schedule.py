"""When a learner's lessons are due: what the instructor's course declared, for this learner's start and group."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from course import dates
from course import sealed as seals
from course.database import now
from course.office import tables
from course.office.enrolment import Enrolment
from course.office.office import note
from course.office.teaching import Teaching
from course.scoring import due_date


class Due(BaseModel):
    """A lesson's due date: a moment with its zone, or days after the learner's start."""

    model_config = ConfigDict(extra="forbid")

    lesson: str = Field(max_length=128)
    at: AwareDatetime | None = None
    days: int | None = Field(None, ge=0, le=10_000)
    grace: int = Field(0, ge=0, description="Minutes that cost nothing.")


class More(BaseModel):
    """More time, for a learner or a group."""

    model_config = ConfigDict(extra="forbid")

    lesson: str = Field(max_length=128)
    learner: str = Field("", max_length=128)
    group: str = Field("", max_length=128)
    until: AwareDatetime


class Schedule(BaseModel):
    """All due dates of a course, and the zone in which its days begin."""

    model_config = ConfigDict(extra="forbid")

    zone: str = Field("UTC", max_length=64)
    lessons: list[Due] = Field(default=[], max_length=1_000)
    extensions: list[More] = Field(default=[], max_length=100_000)


def declare(staff: Teaching, schedule: Schedule) -> None:
    """Keep a course's schedule in the place of the one before.

    Raises:
        ValueError: no such time zone, or a moment that no calendar has.
    """
    dates.zone(schedule.zone)
    moments = [each.at for each in schedule.lessons if each.at] + [
        each.until for each in schedule.extensions
    ]
    if any(not dt.MINYEAR + 1 < each.year < dt.MAXYEAR - 1 for each in moments):
        raise ValueError("years between 3 and 9997")
    table, body = tables.schedule, schedule.model_dump(mode="json")
    with staff.office.transaction() as connection:
        connection.execute(table.delete().where(table.c.course == staff.course))
        connection.execute(table.insert().values(course=staff.course, body=body, at=now()))
        note(connection, staff.course, staff.name, "scheduled")


def own_dates(own: Enrolment) -> dict[str, Any]:
    """Return when each lesson is due for a learner: lesson -> due, grace in minutes, whether it was extended."""
    table = tables.schedule
    with own.office.reading() as connection:
        query = sa.select(table.c.body).where(table.c.course == own.course)
        body = connection.execute(query).scalar()
    member, body = own.member, body or {}
    mine = [each for each in body.get("extensions", ()) if each["learner"] == member["name"]
            or (each["group"] and each["group"] == member["group"])]  # fmt: skip
    schedule = Schedule.model_validate(
        {**body, "extensions": mine}
    )  # a class polls: only what is theirs
    zone, found = dates.zone(schedule.zone), dict[str, Any]()
    for one in schedule.lessons:
        due = dt.timedelta(days=one.days) if one.days is not None else one.at
        given = [each.until for each in schedule.extensions if each.lesson == one.lesson]
        plain = due_date(due, member["start"], zone)
        moment = due_date(due, member["start"], zone, given)
        if moment is not None:
            found[one.lesson] = [seals.moment(moment), one.grace, moment != plain]
    return found
