"""Who is to be told what today: from how things stand to letters. Pure.

Everything that a letter tells has a key, and what was told by its key is never told again. A date that
moved has another key. Reminders end when the work is handed in: then it waits for a grader, not for its
learner, and the next letter says so.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from course.lesson import words
from course.lesson.language import _, _n, spoken
from course.settings import Reminders

Standing = Literal["open", "waiting", "marked", "returned"]
_LATE = dt.timedelta(days=7)
"""How long after its date a lesson is still reminded of."""


@dataclass(frozen=True, slots=True)
class Work:
    """One lesson for one learner.

    Attributes:
        minutes: the author's estimate.
        due: with its zone; None for never.
        grace: minutes after it that cost nothing.
        standing: "open" while it is the learner's turn, "waiting" for a grader, "marked" while its
            feedback is not out, "returned".
        handed_in: when the last work came, if that is known.
    """

    lesson: str
    title: str
    minutes: int
    due: dt.datetime | None
    standing: Standing = "open"
    handed_in: dt.datetime | None = None
    grace: int = 0
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whom a letter may go to."""

    id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and lines of plain text."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter.

    Attributes:
        kind: "reminder" or "digest".
        person: the reader's id.
        to: the address.
        keys: what it tells.
    """

    kind: str
    person: str
    to: str
    course: str
    subject: str
    greeting: str
    parts: tuple[Part, ...]
    closing: str
    keys: tuple[str, ...]
    language: str = "en"

    def text(self) -> str:
        """Return the letter as plain text."""
        blocks = [f"{part.title}\n" + "\n".join(f"  - {line}" for line in part.lines)
                  for part in self.parts]  # fmt: skip
        return "\n\n".join([self.greeting, *blocks, *filter(None, [self.closing])]) + "\n"


@dataclass(frozen=True, slots=True)
class Desk:
    """What letters have in common.

    Attributes:
        course: its title.
        rules: ``[reminders]`` of `course.toml`.
        zone: times are told in it, and days begin: the reader's own where it is known, else the course's.
        now: with a zone.
        told: keys of what was told before.
    """

    course: str
    rules: Reminders
    zone: ZoneInfo
    now: dt.datetime
    told: Collection[str] = frozenset()

    def when(self, moment: dt.datetime) -> str:
        """Say when something is, in the letter's zone."""
        return words.of_due(moment, self.now.astimezone(self.zone))

    def is_digest_due(self) -> bool:
        """Tell whether this week's digest may go out: on its day, or after it where nobody ran the command then."""
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        wanted = self.rules.digest
        return wanted != "never" and self.now.astimezone(self.zone).weekday() >= days.index(wanted)

    def week(self, kind: str, person: str) -> str:
        """Return the key of somebody's letter of this week."""
        year, week, _day = self.now.astimezone(self.zone).isocalendar()
        return f"{kind}/{person}/{year}-{week:02}"

    def letter(
        self, kind: str, reader: Reader, subject: str, parts: Sequence[Part], keys: Sequence[str],
        *, local: bool,
    ) -> Letter:  # fmt: skip
        """Return a letter; ``local`` for one in the learners' language."""
        zone = self.zone.key
        greeting = _("Hello {name},").format(name=reader.name) if local else f"Hello {reader.name},"
        closing = _("Times are those of {zone}.") if local else "Times are those of {zone}."
        kept = tuple(part for part in parts if part.lines)
        return Letter(kind, reader.id, reader.email, self.course, subject, greeting, kept,
                      closing.format(zone=zone), tuple(keys), spoken() if local else "en")  # fmt: skip


def reminder(desk: Desk, reader: Reader, work: Sequence[Work]) -> Letter | None:
    """Return what to remind a learner of now; None for nothing."""
    fresh = [
        (one, key) for one in work if (key := _key(desk, reader, one)) and key not in desk.told
    ]
    if not fresh:
        return None
    first = fresh[0][0]
    subject = (
        _("{title}: due {when}").format(title=first.title, when=desk.when(first.due))
        if len(fresh) == 1 and first.due and first.due >= desk.now
        else _n("{count} lesson is due", "{count} lessons are due", len(fresh)).format(count=len(fresh))
    )  # fmt: skip
    parts = [
        Part(_("Yours to do"), tuple(_open_line(desk, one) for one, _key in fresh)), _waiting(desk, work),
    ]  # fmt: skip
    return desk.letter("reminder", reader, subject, parts, [key for _, key in fresh], local=True)


def _key(desk: Desk, reader: Reader, one: Work) -> str:
    """Return what a reminder of a lesson would tell now, as a key; empty when there is nothing to tell."""
    if one.standing != "open" or one.due is None:
        return ""
    left = one.due - desk.now
    at = f"reminder/{reader.id}/{one.lesson}/{one.due.astimezone(dt.UTC):%Y%m%dT%H%MZ}"
    if left < dt.timedelta():
        return f"{at}/late" if -left < _LATE else ""
    reached = [days for days in desk.rules.days_before if left <= dt.timedelta(days=days)]
    return f"{at}/{min(reached)}" if reached else ""


def _open_line(desk: Desk, one: Work) -> str:
    time = words.of_minutes(one.minutes)
    if one.due is None:
        return _("{title}: {time}, no due date").format(title=one.title, time=time)
    when = desk.when(one.due)
    if one.due >= desk.now:
        return _("{title}: {time}, due {when}").format(title=one.title, time=time, when=when)
    ends = one.due + dt.timedelta(minutes=one.grace)
    if one.grace and ends >= desk.now:
        return _("{title}: was due {when}; until {end} it costs nothing").format(
            title=one.title, when=when, end=desk.when(ends))  # fmt: skip
    return _("{title}: was due {when}; hand in what you have").format(title=one.title, when=when)


def _waiting(desk: Desk, work: Sequence[Work]) -> Part:
    """Say what is not the learner's turn now."""
    lines = []
    for one in work:
        if one.standing in ("waiting", "marked"):
            text = (
                _("{title}: handed in {when}; it waits for a grader, nothing is left for you to do")
                if one.standing == "waiting"
                else _("{title}: handed in {when}; it is marked, and the feedback will be returned")
            )
            when = desk.when(one.handed_in) if one.handed_in else ""
            lines.append(text.format(title=one.title, when=when).replace(" ;", ";"))
    return Part(_("Not yours now"), tuple(lines))


def digest(
    desk: Desk, reader: Reader, work: Sequence[Work], more: Sequence[Part] = ()
) -> Letter | None:
    """Return a learner's letter of the week; None when it is not its time, or nothing is going on.

    Args:
        more: what else happened, answers to questions for example.
    """
    key = desk.week("digest", reader.id)
    if key in desk.told or not desk.is_digest_due():
        return None
    last = dt.datetime.max.replace(tzinfo=dt.UTC)
    todo = sorted((one for one in work if one.standing == "open"), key=lambda one: one.due or last)
    parts = [
        Part(_("Yours to do"), tuple(_open_line(desk, one) for one in todo)), _waiting(desk, work), *more,
        Part(_("Done"), tuple(_("{title}: the feedback is there").format(title=one.title)
                              for one in work if one.standing == "returned")),
    ]  # fmt: skip
    if not any(part.lines for part in parts[:-1]):
        return None
    left = words.of_minutes(sum(one.minutes for one in todo))
    subject = (
        _("Your week: {time} left").format(time=left) if todo else _("Your week: nothing is due")
    )
    return desk.letter("digest", reader, subject, parts, [key], local=True)


def answers(questions: Sequence[str]) -> Part:
    """Return what a learner's letter says of questions that were answered."""
    return Part(_("Your questions that were answered; see: course answers"), tuple(questions))


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits at the desk in one lesson.

    Attributes:
        answers: how many wait for a person.
        oldest: when the oldest was handed in.
    """

    title: str
    answers: int
    oldest: dt.datetime | None = None


def for_grader(desk: Desk, reader: Reader, piles: Sequence[Pile]) -> Letter | None:
    """Return a grader's letter of the week; None when it is not its time, or nothing waits."""
    key = desk.week("grader", reader.id)
    waiting = [pile for pile in piles if pile.answers]
    if key in desk.told or not desk.is_digest_due() or not waiting:
        return None
    number = sum(pile.answers for pile in waiting)
    lines = tuple(_pile(desk, pile) for pile in waiting)
    return desk.letter("grader", reader, f"{number} {'answer waits' if number == 1 else 'answers wait'} for you",
                       [Part("At the desk", lines)], [key], local=False)  # fmt: skip


def _pile(desk: Desk, pile: Pile) -> str:
    since = f", the oldest since {desk.when(pile.oldest)}" if pile.oldest else ""
    return f"{pile.title}: {pile.answers}{since}"


@dataclass(frozen=True, slots=True)
class Overview:
    """How one lesson stands, for instructors, in numbers of learners; ``waiting`` counts answers."""

    title: str
    handed_in: int
    waiting: int
    stuck: int
    overdue: int


def for_instructor(
    desk: Desk, reader: Reader, lessons: Sequence[Overview], more: Sequence[Part] = ()
) -> Letter | None:
    """Return an instructor's letter of the week; None when it is not its time."""
    key = desk.week("instructor", reader.id)
    if key in desk.told or not desk.is_digest_due() or not lessons:
        return None
    lines = tuple(
        f"{one.title}: {one.handed_in} handed in"
        + (f", {one.waiting} answers wait for a person" if one.waiting else "")
        + (f", {one.stuck} could not be graded" if one.stuck else "")
        + (f", {one.overdue} overdue and not handed in" if one.overdue else "")
        for one in lessons
    )
    return desk.letter("instructor", reader, "How the course stands", [Part("Lessons", lines), *more],
                       [key], local=False)  # fmt: skip
