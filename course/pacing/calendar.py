"""Due dates and live hours as a calendar file (iCalendar, RFC 5545).

A date has the same UID whenever it is written, so that a calendar moves the entry that it has; times are
moments in UTC, which every calendar shows in its owner's own zone.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

import icalendar

_WARNING = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that has its time.

    Attributes:
        key: names it within its course, for ever: "due/cleaning/ana".
        start: with its zone.
        minutes: how long it takes; 0 for a moment, which keeps nobody busy.
        text: what there is to say about it.
        link: where it is, an address of the web; empty for nowhere.
    """

    key: str
    title: str
    start: dt.datetime
    minutes: int = 0
    text: str = ""
    link: str = ""


def written(course: str, title: str, entries: Iterable[Entry], now: dt.datetime) -> bytes:
    """Return a calendar file.

    Args:
        course: the course's id.
        title: what the calendar is called.
        now: when it is written; what is written later goes before what was written earlier.
    """
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//jupyter-course//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    for entry in entries:
        calendar.add_component(_event(course, entry, now))
    return bytes(calendar.to_ical())


def uid(course: str, key: str) -> str:
    """Return what names an entry in all calendars; see RFC 7986, section 5.3: it tells nothing of anybody."""
    return sha256(f"{course}\0{key}".encode()).hexdigest()[:40] + "@jupyter-course"


def _event(course: str, entry: Entry, now: dt.datetime) -> icalendar.Event:
    event, moment = icalendar.Event(), now.astimezone(dt.UTC).replace(microsecond=0)
    event.add("uid", uid(course, entry.key))
    event.add("dtstamp", moment)
    event.add("last-modified", moment)
    event.add("sequence", int(moment.timestamp()) // 60)  # what is written later is what holds
    event.add("summary", entry.title)
    start = entry.start.astimezone(dt.UTC)
    event.add("dtstart", start)
    if entry.minutes:
        event.add("dtend", start + dt.timedelta(minutes=entry.minutes))
    event.add("transp", "OPAQUE" if entry.minutes else "TRANSPARENT")
    if entry.text:
        event.add("description", entry.text)
    if entry.link:
        event.add("url", entry.link)
        event.add("location", entry.link)
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", entry.title)
    alarm.add("trigger", -(dt.timedelta(minutes=15) if entry.minutes else _WARNING))
    event.add_component(alarm)
    return event
