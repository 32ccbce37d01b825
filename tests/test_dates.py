"""Days, times and zones as people write them."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from course.dates import exact, moment
from course.errors import Invalid
from course.settings import load

LJUBLJANA = ZoneInfo("Europe/Ljubljana")
FILE = """
id = "stats"
title = "Statistics"
{zone}
[[lessons]]
folder = "first"
due = {due}
late = "zero"
attempts_count = "best"

[[lessons]]
folder = "second"

[policies]
late = "per-day"
grace_minutes = 30
"""


@pytest.mark.parametrize(
    ("text", "last", "found"),
    [
        ("2026-12-01", False, dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)),
        ("2026-12-01", True, dt.datetime(2026, 12, 1, 22, 59, 59, tzinfo=dt.UTC)),
        ("2026-12-01 08:00", True, dt.datetime(2026, 12, 1, 7, tzinfo=dt.UTC)),
        ("2026-07-01 08:00", True, dt.datetime(2026, 7, 1, 6, tzinfo=dt.UTC)),
        ("2026-12-01T08:00+00:00", True, dt.datetime(2026, 12, 1, 8, tzinfo=dt.UTC)),
    ],
)
def test_a_time_without_a_zone_is_in_the_courses(text: str, last: bool, found: dt.datetime) -> None:
    assert moment(text, LJUBLJANA, last=last) == found


def test_what_is_no_time_is_told() -> None:
    with pytest.raises(Invalid, match="not a time"):
        moment("tomorrow", LJUBLJANA)


def test_a_program_writes_a_moment_with_its_zone() -> None:
    assert exact("2026-12-01T08:00:00+02:00") == dt.datetime(2026, 12, 1, 6, tzinfo=dt.UTC)
    assert exact("2026-12-01T06:00:00Z").utcoffset() == dt.timedelta()


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-12-01", "2026-12-01T08:00:00", "0001-01-01T00:00:00+10:00"]
)
def test_a_moment_without_its_zone_or_of_no_calendar_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        exact(text)


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("", 0), ('timezone = "Europe/Ljubljana"', 1), ('timezone = "Asia/Tokyo"', 9)],
)
def test_a_due_date_is_in_the_zone_of_the_course(tmp_path: Path, zone: str, hours: int) -> None:
    (tmp_path / "course.toml").write_text(FILE.format(zone=zone, due="2026-12-01"))
    course = load(tmp_path)
    assert course is not None
    end = dt.datetime(2026, 12, 1, 23, 59, 59, tzinfo=dt.UTC)
    assert course.lesson("first").due == end - dt.timedelta(hours=hours)


def test_a_lessons_own_rules_go_before_the_courses(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text(FILE.format(zone="", due='"1 week"'))
    course = load(tmp_path)
    assert course is not None
    first, second = course.rules("first"), course.rules("second")
    assert (first.late, first.grace_minutes, first.attempts_count) == ("zero", 30, "best")
    assert (second.late, second.grace_minutes, second.attempts_count) == ("per-day", 30, "last")


def test_a_zone_that_is_not_on_the_list_is_one_mistake_with_a_hint(tmp_path: Path) -> None:
    text = FILE.format(zone='timezone = "Europe/Lubljana"', due="2026-12-01")
    (tmp_path / "course.toml").write_text(text)
    with pytest.raises(Invalid) as caught:
        load(tmp_path)
    assert "timezone: expected: a time zone of the IANA's list" in str(caught.value)
    assert "did you mean 'Europe/Ljubljana'?" in str(caught.value)
    assert "mistakes" not in str(caught.value)
