"""How people write days, times, spans and time zones in a course. Pure; raises ValueError in words."""

import datetime as dt
import os
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from course.errors import Invalid, nearest

_RELATIVE = re.compile(r"\s*(\d+)\s*(day|days|week|weeks)\s*")
_EVERY = re.compile(r"\s*(\d+)\s*(day|week|month|year)s?\s*")
_DAY = re.compile(r"\s*\d{4}-?\d\d-?\d\d\s*")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_END = dt.time(23, 59, 59)


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its name in the IANA's list."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = nearest(name, sorted(available_timezones()))
        raise ValueError(
            f"a time zone of the IANA's list, such as 'Europe/Ljubljana'{'; ' + hint if hint else ''}"
        ) from error


def own_zone() -> str:
    """Return this machine's time zone by its name in the IANA's list; empty when it has none there."""
    found = os.environ.get("TZ", "").lstrip(":") or _linked()
    return found if found in available_timezones() else ""


def _linked() -> str:
    target = os.path.realpath("/etc/localtime")
    return target.partition("/zoneinfo/")[2]


def due(value: object, where: dt.tzinfo) -> dt.datetime | dt.timedelta:
    """Return a due date: absolute, where a day means its last second, or a span such as "2 weeks".

    Args:
        where: the zone of what names none.
    """
    if isinstance(value, str) and (match := _RELATIVE.fullmatch(value)):
        return dt.timedelta(days=int(match[1]) * (7 if match[2].startswith("week") else 1))
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=where)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, _END, where)
    raise ValueError("a date, a date with time, or text such as '14 days' or '2 weeks'")


def every(value: object) -> dt.timedelta:
    """Return a span such as "1 year"; months have 30 days."""
    if isinstance(value, str) and (match := _EVERY.fullmatch(value)) and 0 < int(match[1]) < 1000:  # noqa: PLR2004  years
        return dt.timedelta(days=int(match[1]) * _DAYS[match[2]])
    raise ValueError("text such as '1 year', '6 months' or '90 days'")


def exact(text: str) -> dt.datetime:
    """Return the moment, in UTC, that a program wrote: ISO 8601 with its zone; raise ValueError for any other text."""
    found = dt.datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without its zone")
    try:
        return found.astimezone(dt.UTC)
    except OverflowError as error:  # on the other side of the year 1 or 9999
        raise ValueError(str(error)) from error


def moment(text: str, where: dt.tzinfo, *, last: bool = False) -> dt.datetime:
    """Return the moment that a person wrote, in UTC.

    Args:
        text: as ISO 8601, "2026-12-01 08:00" for example.
        where: the zone of what names none.
        last: whether a day means its last second; else it means its first.

    Raises:
        Invalid: it is none.
    """
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid(
            "not a time", expected='a day or a time such as "2026-12-01 08:00"', found=repr(text)
        ) from error
    if last and _DAY.fullmatch(text):
        found = dt.datetime.combine(found, _END)
    return (found if found.tzinfo else found.replace(tzinfo=where)).astimezone(dt.UTC)
