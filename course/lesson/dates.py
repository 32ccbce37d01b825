"""A learner's own dates: what the course said last about when each lesson is due for them.

They lie in the learner's folder, ``.course/dates.json``, and go before the date that a lesson's
sheet has for everybody: only they know of the learner's start and of time that was given. Over an
exchange in a folder the course says nothing to one learner; there the day counts on which the folder
was joined.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import dates, layout
from course.scoring import due_date

NAME = Path(".course") / "dates.json"


@dataclass(frozen=True, slots=True)
class Own:
    """When a lesson is due for one learner.

    Attributes:
        due: with its zone.
        grace: minutes after it that cost nothing.
        extended: whether the learner or the group was given time.
        since: the day of joining that it was counted from here; None where the course said the date.
    """

    due: dt.datetime
    grace: int = 0
    extended: bool = False
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """What is known in a learner's folder of its dates.

    Attributes:
        said: what the course said, by lesson.
        joined: when the folder was joined, with its zone; None where the course says the dates.
        zone: the course's, in which days begin; empty while it is not known.
    """

    said: Mapping[str, Own]
    joined: dt.datetime | None = None
    zone: str = ""

    def of(self, lesson: str, due: str) -> Own | None:
        """Return when a lesson is due for this learner; None where that is the same for all, or not known.

        Args:
            due: what the course says to everybody, "14 days" for example.
        """
        days = due.partition(" ")[0]
        if lesson in self.said or self.joined is None or not self.zone or not days.isdecimal():
            return self.said.get(lesson)
        try:
            zone = dates.zone(self.zone)
            start = self.joined.astimezone(zone).date()
            moment = due_date(dt.timedelta(days=int(days)), start, zone)
        except (ValueError, OverflowError):
            return None
        return Own(moment, since=start) if moment else None


def read(home: Path) -> Dates:
    """Return what is known of a learner's own dates; nothing where nothing was said, or it can't be read."""
    try:
        data = json.loads((home / NAME).read_text(encoding="utf-8"))
        said = {str(name): parse(one) for name, one in data["lessons"].items()}
        joined = dt.datetime.fromisoformat(data["joined"]) if data.get("joined") else None
        return Dates(said, joined, str(data.get("zone", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Dates({})  # the dates that hold for everybody are there all the same


def keep(home: Path, said: Mapping[str, Own]) -> None:
    """Keep what the course says now, in the place of what it said before."""
    before = read(home)
    _write(home, Dates(said, before.joined, before.zone))


def begin(home: Path, zone: str, joined: dt.datetime) -> None:
    """Note that a folder was joined, once, and the course's zone as far as it is known."""
    before = read(home)
    made = Dates(before.said, before.joined or joined, zone or before.zone)
    if made != before:
        _write(home, made)


def _write(home: Path, known: Dates) -> None:
    lessons = {name: [one.due.astimezone(dt.UTC).isoformat(), one.grace, one.extended]
               for name, one in known.said.items()}  # fmt: skip
    joined = known.joined.astimezone(dt.UTC).isoformat() if known.joined else ""
    more = {"joined": joined, "zone": known.zone} if joined else {}
    layout.write(home / NAME, json.dumps({"lessons": lessons, **more}, indent=1))


def parse(one: list[Any]) -> Own:
    """Return a date as the course said it: moment, minutes of grace, extended. Raises ValueError or TypeError."""
    due, grace, extended = one
    moment = dt.datetime.fromisoformat(str(due))
    if moment.tzinfo is None or not isinstance(grace, int):
        raise ValueError(one)
    return Own(moment, grace, extended is True)
