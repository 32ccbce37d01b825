"""Feedback that went out: each version with the marks that it told."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from course.model import Mark, Note, Outcome, Repair
from course.store import tables
from course.store.database import Gradebook, Row, note, now


@dataclass(frozen=True, slots=True)
class Told:
    """What a learner was told of a lesson.

    Attributes:
        version: 1 is the first.
        marks: those that were shown.
        late: points taken off for lateness.
        answers: "NOTEBOOK/QUESTION" -> how many messages its thread had.
        digest: of the page.
        by: who returned it.
        at: when, in UTC.
    """

    version: int
    marks: tuple[Mark, ...]
    late: float
    answers: dict[str, int]
    digest: str
    by: str = ""
    at: dt.datetime | None = None


def save(book: Gradebook, lesson: str, learner: str, told: Told) -> None:
    """Remember what a learner was given; what was given before is superseded."""
    own, attempt = tables.feedback, tables.attempt
    with book.transaction() as connection:
        connection.execute(own.insert().values(
            lesson=lesson, learner=learner, version=told.version, marks=[_plain(mark) for mark in told.marks],
            late=told.late, answers=told.answers, digest=told.digest, grader=told.by, at=now()))  # fmt: skip
        connection.execute(
            attempt.update()
            .where(attempt.c.lesson == lesson, attempt.c.learner == learner)
            .values(feedback=told.digest)
        )
        note(connection, told.by, "returned", lesson=lesson, learner=learner,
             after={"digest": told.digest, "version": told.version})  # fmt: skip


def last(book: Gradebook, lesson: str) -> dict[str, Told]:
    """Return what each learner was told last of a lesson."""
    table = tables.feedback
    newest = sa.select(sa.func.max(table.c.number)).where(table.c.lesson == lesson)
    query = sa.select(table).where(table.c.number.in_(newest.group_by(table.c.learner)))
    with book.reading() as connection:
        return {row["learner"]: _told(row) for row in connection.execute(query).mappings()}


def versions(book: Gradebook, lesson: str, learner: str) -> Sequence[Told]:
    """Return all that a learner was told of a lesson, the oldest first."""
    table = tables.feedback
    query = sa.select(table).where(table.c.lesson == lesson, table.c.learner == learner)
    with book.reading() as connection:
        rows = connection.execute(query.order_by(table.c.number)).mappings()
        return [_told(row) for row in rows]


def _plain(mark: Mark) -> dict[str, Any]:
    return asdict(mark) | {"at": mark.at.isoformat() if mark.at else None}


def _told(row: Row) -> Told:
    return Told(row["version"], tuple(_mark(each) for each in row["marks"]), row["late"], dict(row["answers"]),
                row["digest"], row["grader"], row["at"].replace(tzinfo=dt.UTC))  # fmt: skip


def _mark(plain: dict[str, Any]) -> Mark:
    return Mark(**{
        **plain, "at": dt.datetime.fromisoformat(plain["at"]) if plain["at"] else None,
        "notes": tuple(Note(**{**each, "outcome": Outcome(each["outcome"])}) for each in plain["notes"]),
        "repairs": tuple(Repair(**each) for each in plain["repairs"]),
        "found": tuple((points, text) for points, text in plain.get("found", ())),
    })  # fmt: skip
