"""`course.review`: a short mixed practice of what was wrong, or is long ago; fresh variants.

The model is Leitner's boxes (S. Leitner, So lernt man lernen, 1972). A wrong answer puts a question
into box 0, where it is due at once. A right one moves it up one box if it was due; in box 1, 2, 3
and 4 it is due again after 1, 3, 7 and 21 days. Due are first the learner's own mistakes, then the
questions of the objective that was seen least lately. Graded questions take no part: their key is
not here. An answer to a review is recorded as one and leaves the lesson's own answers, and so its
marks, as they are.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from course.lesson import front, plan, record
from course.lesson.card import Card
from course.lesson.language import _, _n
from course.lesson.plan import Plan
from course.lesson.sitting import Sitting
from course.lesson.state import State, Try
from course.questions import Item, seed, variant_after

DAYS = (0, 1, 3, 7, 21)


@dataclass(frozen=True, slots=True)
class Due:
    """A question for the review.

    Attributes:
        folder: of its lesson.
        title: of its lesson.
        mistaken: whether it was ever answered wrong.
        seen: when its objective was last seen.
        at: when it is due.
        variant: the one that was answered last.
    """

    folder: Path
    item: Item
    mistaken: bool
    seen: dt.datetime
    at: dt.datetime
    variant: int = 0
    title: str = ""


def show_review(count: int) -> None:
    """See `course.review`."""
    from course.lesson.quiz import QuizWidget  # noqa: PLC0415  heavy

    now = dt.datetime.now().astimezone()
    found = everything(Path.cwd().parent)
    chosen = due(found, now)[:count]
    if not chosen:
        front.show(Card(_("Nothing to review now"), note=_later(found)))
        return
    said = _n(
        "{count} question to look at again", "{count} questions to look at again", len(chosen)
    )
    front.show(Card(said.format(count=len(chosen)), sorted({one.title for one in chosen})))
    for one in chosen:
        front.show(QuizWidget(afresh(one)))


def afresh(one: Due) -> Sitting:
    """Return a sitting before a fresh variant of a question that was answered before."""
    from course.lesson.quiz import learner  # noqa: PLC0415  heavy

    # once right is enough for a lesson; here it is asked again, as practice
    item = replace(one.item, mode="practice", points=0.0, tries=0)

    def write(verb: str, *about: Any) -> str:
        return record.append(one.folder, {"answered": "reviewed"}.get(verb, verb), *about)

    seat = Sitting(item, learner(), write)
    seat.variant = variant_after(item, seat.learner, one.variant)
    seat.seed = seed(seat.learner, item.id, seat.variant)
    return seat


def everything(home: Path) -> list[Due]:
    """Return what was answered in the lessons of a learner's folder and has its key there."""
    return [
        one
        for name, lesson in plan.lessons(home).items()
        for one in answered(home / name, lesson, record.read(home / name))
    ]


def answered(folder: Path, lesson: Plan, state: State) -> list[Due]:
    """Return the practice and must-correct questions of one lesson that were answered."""
    last = {
        name: max(_when(_all(state, q)[-1]) for q in lesson.about(name) if q in state.answers)
        for name in lesson.objectives
        if any(q in state.answers for q in lesson.about(name))
    }  # fmt: skip
    found = []
    for question, item in lesson.items.items():
        tries = [one for one in _all(state, question) if one.scaled is not None]
        if item.mode == "graded" or not tries:
            continue
        when = _when(tries[-1])
        seen = min((last[name] for name in last if question in lesson.about(name)), default=when)
        at = when + dt.timedelta(days=DAYS[box(tries)])
        wrong = any(one.scaled is not None and one.scaled < 1 for one in tries)
        found.append(
            Due(folder, item, wrong, seen, at, max(one.variant for one in tries), lesson.title)
        )
    return found


def box(tries: Sequence[Try]) -> int:
    """Return the box, 0 to 4, of a question with these answers, in order."""
    place, at = 0, dt.datetime.min.replace(tzinfo=dt.UTC)
    for one in tries:
        when = _when(one)
        if one.scaled is None or one.scaled < 1:
            place, at = 0, when
        elif when >= at:
            place = min(place + 1, len(DAYS) - 1)
            at = when + dt.timedelta(days=DAYS[place])
    return place


def due(found: Sequence[Due], now: dt.datetime) -> list[Due]:
    """Return what is due, own mistakes first, then by how long ago its objective was seen."""
    return sorted(
        (one for one in found if one.at <= now),
        key=lambda one: (not one.mistaken, one.seen, one.at),
    )


def _all(state: State, question: str) -> list[Try]:
    """Return the answers to a question and to its reviews, in order."""
    return sorted([*state.tries.get(question, ()), *state.reviews.get(question, ())], key=_when)


def _when(one: Try) -> dt.datetime:
    return dt.datetime.fromisoformat(one.time)


def _later(found: Sequence[Due]) -> str:
    if not found:
        return _("Answer some practice questions first; they come again here when it is time.")
    when = min(one.at for one in found).astimezone()
    return _("The next question is due on {day}.").format(day=f"{when:%Y-%m-%d %H:%M}")
