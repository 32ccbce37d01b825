"""A class in one room: one poll at a time, of the lesson's own or not, and the section that the instructor is at.

Votes are counted, never told: not even staff see who chose what.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course import markup
from course.archive import contents
from course.database import Row, new_id, now
from course.errors import Invalid, NotFound, Refused
from course.layout import known
from course.office import tables
from course.office.asking import plain
from course.office.enrolment import Enrolment
from course.office.office import note
from course.office.threads import is_staff
from course.questions import Item, kind_of, sheet

MOST_OPTIONS = 8
_LASTS = dt.timedelta(hours=6)
"""How long the class is taken to be where the instructor was last."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as somebody sees it.

    Attributes:
        counts: votes per option; empty for learners while it is open.
        mine: place of the reader's own choice; None before it.
        lesson, question: the poll or rating of a lesson that it is; empty for one that is in no lesson.
        keys: what an answer to that one names each option by.
    """

    id: str
    text: str
    options: tuple[str, ...]
    open: bool
    votes: int
    counts: tuple[int, ...]
    mine: int | None
    lesson: str = ""
    question: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a released lesson."""

    lesson: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """A poll or a rating of a released lesson, with the keys and texts of its options."""

    lesson: str
    id: str
    text: str
    keys: tuple[str, ...]
    options: tuple[str, ...]


_Sheet = tuple[tuple[Section, ...], tuple[Opinion, ...]]


@dataclass(frozen=True, slots=True)
class Live:
    """What is live now: the last poll, and where the class is; None for neither."""

    poll: Poll | None
    at: Section | None


def look(reader: Enrolment) -> Live:
    """Return what is live now."""
    table = tables.poll
    with reader.office.reading() as connection:
        row = connection.execute(
            sa.select(table).where(table.c.course == reader.course).order_by(table.c.at.desc()).limit(1)
        ).mappings().first()  # fmt: skip
        shown = _poll(connection, reader.member, row) if row else None
        here = tables.whereabouts
        place = connection.execute(
            sa.select(here).where(here.c.course == reader.course, here.c.at > now() - _LASTS)
        ).mappings().first()  # fmt: skip
    if place is None:
        return Live(shown, None)
    found = [
        one
        for one in sections(reader)
        if (one.lesson, one.id) == (place["lesson"], place["section"])
    ]
    return Live(shown, found[0] if found else None)


def _poll(connection: Connection, member: Row, row: Row) -> Poll:
    table = tables.vote
    rows = connection.execute(
        sa.select(table.c.choice, sa.func.count()).where(table.c.poll == row["id"]).group_by(table.c.choice)
    ).all()  # fmt: skip
    own = sa.select(table.c.choice).where(table.c.poll == row["id"], table.c.member == member["id"])
    by = {row[0]: row[1] for row in rows}
    counts = tuple(by.get(place, 0) for place in range(len(row["options"])))
    told = counts if is_staff(member) or not row["open"] else ()
    return Poll(row["id"], row["text"], tuple(row["options"]), row["open"], sum(counts), told,
                connection.execute(own).scalar(), row["lesson"] or "", row["question"] or "", tuple(row["keys"] or ()))  # fmt: skip


def start(staff: Enrolment, text: str, options: Sequence[str]) -> None:
    """Begin a poll; the one before ends.

    Raises:
        Refused: a learner wants to.
        Invalid: no question, or not two options at least.
    """
    _require_staff(staff)
    text = plain(text)
    offered = [plain(option).strip() for option in options if plain(option).strip()]
    if not 0 < len(text.strip()) <= 500 or not 2 <= len(offered) <= MOST_OPTIONS:  # noqa: PLR2004  a poll
        raise Invalid(
            "not a poll", expected=f"a question and 2 to {MOST_OPTIONS} options", found=f"{len(offered)} options"
        )  # fmt: skip
    _begin(staff, text.strip(), [each[:200] for each in offered])


def ask(staff: Enrolment, lesson: str, question: str) -> None:
    """Begin a poll that a released lesson has; raises NotFound for one that none has, and as `start`."""
    _require_staff(staff)
    there = {f"{one.lesson}/{one.id}": one for one in opinions(staff)}
    one = there[known(f"{lesson}/{question}", sorted(there), "poll", staff.course)]
    _begin(staff, one.text, one.options, lesson=lesson, question=question, keys=[*one.keys])


def _begin(staff: Enrolment, text: str, options: Sequence[str], **more: Any) -> None:
    table = tables.poll
    with staff.office.transaction() as connection:
        _end(connection, staff.course)
        connection.execute(table.insert().values(
            id=new_id(), course=staff.course, text=text, options=[*options], open=True, at=now(), **more))  # fmt: skip
        note(connection, staff.course, staff.member["name"], "polled", text=text)


def end(staff: Enrolment) -> None:
    """End the poll; now learners see the result."""
    _require_staff(staff)
    with staff.office.transaction() as connection:
        _end(connection, staff.course)


def _end(connection: Connection, course: str) -> None:
    table = tables.poll
    connection.execute(table.update().where(table.c.course == course).values(open=False))


def vote(own: Enrolment, poll: str, choice: int) -> None:
    """Choose an option; chosen again while the poll is open, the last one counts.

    Raises:
        NotFound: no such poll or option.
        Refused: it is over.
    """
    table, kept = tables.poll, tables.vote
    with own.office.transaction() as connection:
        query = sa.select(table).where(table.c.id == poll, table.c.course == own.course)
        row = connection.execute(query).mappings().first()
        if row is None or not 0 <= choice < len(row["options"]):
            raise NotFound("no such poll or option", where=own.course)
        if not row["open"]:
            raise Refused("this poll is over", hint="its result is on the page now")
        connection.execute(
            kept.delete().where(kept.c.poll == poll, kept.c.member == own.member["id"])
        )
        connection.execute(
            kept.insert().values(poll=poll, member=own.member["id"], choice=choice, at=now())
        )


def go_to(staff: Enrolment, lesson: str, section: str) -> None:
    """Say which section the class is at; raises NotFound for one that no released lesson has."""
    _require_staff(staff)
    there = [f"{one.lesson}/{one.id}" for one in sections(staff)]
    known(f"{lesson}/{section}", there, "section", staff.course)
    table = tables.whereabouts
    with staff.office.transaction() as connection:
        connection.execute(table.delete().where(table.c.course == staff.course))
        connection.execute(
            table.insert().values(course=staff.course, lesson=lesson, section=section, at=now())
        )


def stop(staff: Enrolment) -> None:
    """End the walk through a lesson: the class is nowhere now."""
    _require_staff(staff)
    table = tables.whereabouts
    with staff.office.transaction() as connection:
        connection.execute(table.delete().where(table.c.course == staff.course))


def sections(reader: Enrolment) -> list[Section]:
    """Return the sections of the released lessons, in order."""
    return [one for sheet in _sheets(reader) for one in sheet[0]]


def opinions(reader: Enrolment) -> list[Opinion]:
    """Return the polls and ratings of the released lessons, in order; those that take one choice."""
    return [one for sheet in _sheets(reader) for one in sheet[1]]


def _sheets(reader: Enrolment) -> Iterator[_Sheet]:
    for each in reader.releases():
        found = _READ.get(each["digest"])
        if found is None:
            parcel = reader.office.parcels.get(each["digest"])
            found = _READ[each["digest"]] = _read(parcel, each["lesson"])
        yield found


_READ: dict[str, _Sheet] = {}
"""What each release says, by its digest: opening a parcel takes a while, and a class asks often."""


def _read(parcel: bytes, lesson: str) -> _Sheet:
    try:
        text = contents(parcel, lesson)[sheet.NAME].decode()
        parts, items = sheet.about(text).get("sections", ()), sheet.items(text)
        return (
            tuple(Section(lesson, str(one["id"]), str(one["title"])) for one in parts if one["id"]),
            tuple(filter(None, (_opinion(lesson, one) for one in items.values()))),
        )
    except (KeyError, ValueError, TypeError):
        return (), ()  # a release without a sheet has no sections


def _opinion(lesson: str, item: Item) -> Opinion | None:
    if item.kind == "poll" and item.setting("choose") != "many":
        pairs = [(each.id, markup.plain(each.text)) for each in item.options]
    elif item.kind == "rating":
        scale = kind_of(item).prepare(item, 0)["scale"]
        least, most = scale["least"], scale["most"]
        ends = {least: scale["low"], most: scale["high"]}
        pairs = [
            (str(step), f"{step}: {ends[step]}" if ends.get(step) else str(step))
            for step in range(least, most + 1)
        ]
    else:
        return None
    keys, options = zip(*pairs, strict=True)
    return Opinion(lesson, item.id, markup.plain(item.prompt), keys, options)


def _require_staff(reader: Enrolment) -> None:
    if not is_staff(reader.member):
        raise Refused(
            "your role may not do this",
            expected="instructor or grader",
            found=str(reader.member["role"]),
        )
