"""Dates of one's own: from the start, with what was given to a learner or a group, and nobody else's."""

import datetime as dt

import pytest
from offices import Class

from course.database import now
from course.errors import Refused
from course.office import entering, schedule, tables
from course.office.enrolment import Enrolment
from course.office.schedule import Due, More, Schedule

MARCH = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def test_a_date_counts_from_the_start_and_moves_for_whom_time_was_given(there: Class) -> None:
    with there.office.transaction() as connection:
        connection.execute(tables.member.update().values(start=dt.date(2026, 3, 20)))
    schedule.declare(there.teaching(), Schedule(
        zone="Europe/Ljubljana",
        lessons=[Due(lesson="first", days=14, grace=60), Due(lesson="second", at=MARCH), Due(lesson="third")],
        extensions=[More(lesson="second", group="spring", until=MARCH + dt.timedelta(days=3)),
                    More(lesson="first", learner="ben", until=MARCH)],
    ))  # fmt: skip
    assert schedule.own_dates(there.own("ana")) == {
        "first": ["2026-04-02T22:00:00Z", 60, False],  # midnight in summer time
        "second": ["2026-03-04T12:00:00Z", 0, True],
    }
    assert schedule.own_dates(there.own("ben"))["second"] == ["2026-03-01T12:00:00Z", 0, False]
    assert schedule.own_dates(there.own("ben"))["first"][2] is False, (
        "an extension takes no time away"
    )
    with pytest.raises(ValueError, match="did you mean"):
        schedule.declare(there.teaching(), Schedule(zone="Europe/Lubljana"))
    never = Schedule(
        lessons=[Due(lesson="first", at=dt.datetime(dt.MAXYEAR, 12, 31, tzinfo=dt.UTC))]
    )
    with pytest.raises(ValueError, match="years between"):
        schedule.declare(there.teaching(), never)


def test_a_ticket_lets_its_owner_in_once_and_soon(there: Class) -> None:
    secret = entering.ticket(there.office, there.own("ana").member)
    token, course = entering.enter(there.office, secret)
    assert Enrolment.of(there.office, token, course).member["name"] == "ana"
    with pytest.raises(Refused, match="was used, or is too old"):
        entering.enter(there.office, secret)
    late = entering.ticket(there.office, there.own("ana").member)
    with there.office.transaction() as connection:
        connection.execute(tables.ticket.update().values(until=now() - dt.timedelta(seconds=1)))
    with pytest.raises(Refused, match="too old"):
        entering.enter(there.office, late)
    assert entering.is_proven(token, entering.proof(token))
    assert not entering.is_proven(token, entering.proof("another"))
