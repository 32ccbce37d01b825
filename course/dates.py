"""How dates, spans and time zones are written in `course.toml`."""

import datetime as dt
import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, ValidationInfo

from course.errors import nearest

_RELATIVE = re.compile(r"\s*(\d+)\s*(day|days|week|weeks)\s*")
_EVERY = re.compile(r"\s*(\d+)\s*(day|week|month|year)s?\s*")
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; raise ValueError with what would be one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        hint = nearest(name, sorted(available_timezones()))
        raise ValueError(
            f"a time zone of the IANA's list, such as 'Europe/Ljubljana'{'; ' + hint if hint else ''}"
        ) from error


def _due(value: object, info: ValidationInfo) -> object:
    zone = (info.context or {}).get("zone", dt.UTC)
    if isinstance(value, str) and (match := _RELATIVE.fullmatch(value)):
        return dt.timedelta(days=int(match[1]) * (7 if match[2].startswith("week") else 1))
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time(23, 59, 59), zone)
    raise ValueError("a date, a date with time, or text such as '14 days' or '2 weeks'")


def _every(value: object) -> object:
    if isinstance(value, str) and (match := _EVERY.fullmatch(value)) and 0 < int(match[1]) < 1000:  # noqa: PLR2004  years
        return dt.timedelta(days=int(match[1]) * _DAYS[match[2]])
    raise ValueError("text such as '1 year', '6 months' or '90 days'")


Due = Annotated[dt.datetime | dt.timedelta, BeforeValidator(_due)]
Every = Annotated[dt.timedelta, BeforeValidator(_every)]
Zone = Annotated[str, AfterValidator(lambda name: time_zone(name).key)]
