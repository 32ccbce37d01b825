"""What came to an exchange and when, collected or not."""

import datetime as dt
from contextlib import suppress

from course.exchange.transfer import Reach, moment_of
from course.layout import Layout


def handed_in(exchange: Reach) -> dict[str, dt.datetime]:
    """Return when (UTC) a learner last handed in each lesson from here."""
    found: dict[str, dt.datetime] = {}
    for path in (exchange.cache / exchange.course_id).glob(f"{exchange.learner}+*+*"):
        _, lesson, time = path.name.split("+")[:3]
        with suppress(ValueError):  # no folder of nbgrader's
            at = moment_of(time)
            found[lesson] = max(at, found.get(lesson, at))
    return found


def arrived(layout: Layout) -> dict[tuple[str, str], dt.datetime]:
    """Return when (UTC) the last work came to the exchange, by learner and lesson, collected or not.

    nbgrader names it ``learner+lesson+time+random``.
    """
    found: dict[tuple[str, str], dt.datetime] = {}
    for path in (layout.exchange / layout.course_id / "inbound").glob("*+*+*"):
        learner, lesson, time = path.name.split("+")[:3]
        with suppress(ValueError):  # a name that somebody else made
            at = moment_of(time)
            found[learner, lesson] = max(at, found.get((learner, lesson), at))
    return found
