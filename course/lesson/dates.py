"""A learner's own dates: what the course said last about when each lesson is due for them.

They lie in the learner's folder, ``.course/dates.json``, and go before the date that a lesson's
sheet has for everybody: only they know of the learner's start and of time that was given.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import layout

NAME = Path(".course") / "dates.json"


@dataclass(frozen=True, slots=True)
class Own:
    """When a lesson is due for one learner.

    Attributes:
        due: with its zone.
        grace: minutes after it that cost nothing.
        extended: whether the learner or the group was given time.
    """

    due: dt.datetime
    grace: int = 0
    extended: bool = False


def read(home: Path) -> dict[str, Own]:
    """Return a learner's own dates, by lesson; none where nothing was said, or it can't be read."""
    try:
        lessons = json.loads((home / NAME).read_text(encoding="utf-8"))["lessons"]
        return {str(name): parse(one) for name, one in lessons.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}  # the dates that hold for everybody are there all the same


def keep(home: Path, dates: Mapping[str, Own]) -> None:
    """Keep what the course says now, in the place of what it said before."""
    plain = {name: [one.due.astimezone(dt.UTC).isoformat(), one.grace, one.extended]
             for name, one in dates.items()}  # fmt: skip
    layout.write(home / NAME, json.dumps({"lessons": plain}, indent=1))


def parse(one: list[Any]) -> Own:
    """Return a date as the course said it: moment, minutes of grace, extended. Raises ValueError or TypeError."""
    due, grace, extended = one
    moment = dt.datetime.fromisoformat(str(due))
    if moment.tzinfo is None or not isinstance(grace, int):
        raise ValueError(one)
    return Own(moment, grace, extended is True)
