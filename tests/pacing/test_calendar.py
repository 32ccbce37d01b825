"""Calendar files: entries that move when their date does, at the right time in every zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import icalendar

from course.pacing.calendar import Entry, written

VIENNA = ZoneInfo("Europe/Vienna")
NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)


def events(data: bytes) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(data).walk("VEVENT"))


def test_a_moved_date_is_the_same_entry_and_goes_before_the_old_one() -> None:
    due = dt.datetime(2026, 3, 20, 23, 59, 59, tzinfo=VIENNA)
    first = events(written("c", "C", [Entry("due/cleaning/ana", "Cleaning is due", due)], NOW))[0]
    later = due + dt.timedelta(days=14)  # summer time begins in between
    second = events(
        written("c", "C", [Entry("due/cleaning/ana", "Cleaning is due", later)], NOW + dt.timedelta(days=1))
    )[0]  # fmt: skip
    assert first["uid"] == second["uid"]
    assert second["sequence"] > first["sequence"]
    assert first.start == due
    assert second.start == later
    assert str(second.start.astimezone(VIENNA).time()) == "23:59:59"
    other = events(written("c", "C", [Entry("due/cleaning/ben", "", due)], NOW))[0]
    assert other["uid"] != first["uid"]
    assert "ana" not in first["uid"], "an id in a calendar tells nothing of anybody"


def test_a_due_date_keeps_nobody_busy_and_a_live_hour_does() -> None:
    start = dt.datetime(2026, 3, 20, 10, 0, tzinfo=VIENNA)
    entries = [
        Entry("due/a/ana", "Due", start),
        Entry("session/1", "Live; with, commas", start, 60, "Zeile 1\nZeile 2", "https://meet.example.org/a"),
    ]  # fmt: skip
    due, live = events(written("c", "Cours é", entries, NOW))
    assert (due["transp"], live["transp"]) == ("TRANSPARENT", "OPAQUE")
    assert live.end - live.start == dt.timedelta(minutes=60)
    assert str(live["summary"]) == "Live; with, commas"
    assert str(live["description"]) == "Zeile 1\nZeile 2"
    assert str(live["url"]) == "https://meet.example.org/a"
    assert all(len(each.walk("VALARM")) == 1 for each in (due, live))
