"""A class in one room: one poll at a time, and the section that the instructor is at.

Votes are counted, never told: not even staff see who chose what.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.archive import contents
from course.database import Row, new_id, now
from course.errors import Invalid, NotFound, Refused
from course.layout import known
from course.office import tables
from course.office.asking import plain
from course.office.enrolment import Enrolment
from course.office.office import note
from course.office.threads import is_staff
from course.questions import sheet

MOST_OPTIONS = 8
_LASTS = dt.timedelta(hours=6)
"""How long the class is taken to be where the instructor was last."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll as somebody sees it.

    Attributes:
        counts: votes per option; empty for learners while it is open.
        mine: place of the reader's own choice; None before it.
    """

    id: str
    text: str
    options: tuple[str, ...]
    open: bool
    votes: int
    counts: tuple[int, ...]
    mine: int | None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a released lesson."""

    lesson: str
    id: str
    title: str


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
                connection.execute(own).scalar())  # fmt: skip


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
    table = tables.poll
    with staff.office.transaction() as connection:
        _end(connection, staff.course)
        connection.execute(table.insert().values(
            id=new_id(), course=staff.course, text=text.strip(), options=[each[:200] for each in offered], open=True,
            at=now()))  # fmt: skip
        note(connection, staff.course, staff.member["name"], "polled", text=text.strip())


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


def sections(reader: Enrolment) -> list[Section]:
    """Return the sections of the released lessons, in order."""
    return [
        Section(each["lesson"], name, title)
        for each in reader.releases()
        for name, title in _of_parcel(reader, each["lesson"], each["digest"])
    ]


def _of_parcel(reader: Enrolment, lesson: str, digest: str) -> tuple[tuple[str, str], ...]:
    found = _READ.get(digest)
    if found is None:
        found = _READ[digest] = _read(reader.office.parcels.get(digest), lesson)
    return found


_READ: dict[str, tuple[tuple[str, str], ...]] = {}
"""The sections of each release, by its digest: opening a parcel takes a while, and a class asks often."""


def _read(parcel: bytes, lesson: str) -> tuple[tuple[str, str], ...]:
    try:
        about = sheet.about(contents(parcel, lesson)[sheet.NAME].decode())
        return tuple(
            (str(one["id"]), str(one["title"])) for one in about.get("sections", ()) if one["id"]
        )
    except (KeyError, ValueError, TypeError):
        return ()  # a release without a sheet has no sections


def _require_staff(reader: Enrolment) -> None:
    if not is_staff(reader.member):
        raise Refused(
            "your role may not do this",
            expected="instructor or grader",
            found=str(reader.member["role"]),
        )
