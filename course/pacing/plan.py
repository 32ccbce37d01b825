"""What is left of a course for one learner, in how many minutes, and due when. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from course.lesson import plan, words
from course.lesson.dates import Dates
from course.lesson.language import _
from course.lesson.plan import Plan
from course.lesson.progress import due as due_words
from course.lesson.state import State

Standing = Literal["to fetch", "open", "worked through", "handed in"]


@dataclass(frozen=True, slots=True)
class Announced:
    """What a course says of a lesson before it is fetched.

    Attributes:
        minutes: the author's estimate.
        due: ISO 8601, or words about the learner's start; empty for never.
        workbook: whether it is worked on during a live event.
    """

    lesson: str
    title: str = ""
    minutes: int = 0
    due: str = ""
    workbook: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One lesson of the plan.

    Attributes:
        minutes: that are left.
        due: None for never, and while it hangs on a start that is not known here.
        said: the due date in words.
    """

    lesson: str
    title: str
    minutes: int
    due: dt.datetime | None
    said: str
    standing: Standing
    workbook: bool = False


def steps(
    announced: Sequence[Announced], here: Mapping[str, tuple[Plan, State]],
    own: Dates, handed_in: Mapping[str, dt.datetime], now: dt.datetime,
) -> list[Step]:  # fmt: skip
    """Return the lessons of a course: what is due first, then what is due never, then what was handed in.

    Args:
        announced: the released lessons in the course's order.
        here: those that were fetched, with what their learner did, by name.
        own: the learner's own dates.
        handed_in: when the last work was handed in, by lesson.
        now: with the learner's zone, in which times are said.
    """
    known = {each.lesson for each in announced}
    rest = [Announced(name) for name in here if name not in known]
    made = [_step(each, here.get(each.lesson), own, handed_in, now) for each in [*announced, *rest]]
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(made, key=lambda step: (step.standing == "handed in", step.due or last))


def _step(
    one: Announced, fetched: tuple[Plan, State] | None, own: Dates,
    handed_in: Mapping[str, dt.datetime], now: dt.datetime,
) -> Step:  # fmt: skip
    name = one.lesson
    lesson = fetched[0] if fetched else Plan(name, one.title or name, one.minutes, one.due, {}, (), {},
                                             own.of(name, one.due))  # fmt: skip
    minutes, standing = lesson.minutes, _standing(fetched, handed=name in handed_in)
    if fetched:
        minutes = plan.minutes_left(*fetched)
    if standing == "handed in":
        minutes = 0
    when = lesson.moment
    said = words.of_due(when, now) if when else due_words(lesson.due) if lesson.due else ""
    if workbook := one.workbook or lesson.workbook:
        when, said = None, _("at the live event")
    return Step(name, lesson.title, minutes, when, said, standing, workbook)


def _standing(fetched: tuple[Plan, State] | None, *, handed: bool) -> Standing:
    if handed:
        return "handed in"
    if fetched is None:
        return "to fetch"
    return "open" if plan.next_section(*fetched) is not None else "worked through"


def summary(found: Sequence[Step], now: dt.datetime) -> str:
    """Return the plan in one line: "about 35 minutes left, next due Thursday 23:59 (Cleaning)"."""
    left = [step for step in found if step.standing != "handed in" and not step.workbook]
    if not left:
        return _("nothing is left to do: everything is handed in")
    parts = [_("{time} left").format(time=words.of_minutes(sum(step.minutes for step in left)))]
    dated = [step for step in left if step.due]
    late = [step for step in dated if step.due and step.due < now]
    coming = [step for step in dated if step.due and step.due >= now]
    if late:
        titles = ", ".join(step.title for step in late)
        parts.append(_("overdue: {titles}").format(titles=titles))
    if coming:
        first = coming[0]
        parts.append(_("next due {when} ({title})").format(when=first.said, title=first.title))
    return ", ".join(parts)


def due_title(step: Step) -> str:
    """Return what a calendar calls a lesson's due date."""
    return _("{title} is due").format(title=step.title)


def said_of(step: Step) -> str:
    """Say what is left to do in a lesson."""
    return {
        "to fetch": _("to fetch"), "open": _("open"),
        "worked through": _("worked through, to hand in"), "handed in": _("handed in"),
    }[step.standing]  # fmt: skip
