"""Regrade requests: what learners asked, what was answered; one thread per answer."""

import datetime as dt
from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import Place
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook, Row, note, now

ASKED, REOPENED, DECLINED = "asked", "reopened", "declined"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a thread.

    Attributes:
        author: the learner's id, or who answered.
        what: "asked", "reopened" (the answer is marked again) or "declined" (the mark stays).
        at: in UTC.
    """

    author: str
    what: str
    text: str
    at: dt.datetime


def say(
    connection: Connection, place: Place, message: Message, request: str
) -> bool:  # fmt: skip
    """Append a message; returns False when it came before, by its request.

    "reopened" lets the answer wait for a person again; its mark stands until then.
    """
    table = tables.dispute
    known = sa.select(table.c.number).where(table.c.request == request)
    if connection.execute(known).first() is not None:
        return False
    connection.execute(table.insert().values(
        **asdict(place), author=message.author, what=message.what, text=message.text, request=request,
        at=message.at.astimezone(dt.UTC).replace(tzinfo=None)))  # fmt: skip
    if message.what == REOPENED:
        _reopen(connection, place)
    note(connection, message.author, message.what, lesson=place.lesson, learner=place.learner,
         question=place.question, after={"text": message.text})  # fmt: skip
    return True


def thread(connection: Connection, place: Place) -> list[Message]:
    """Return the messages about one answer, the oldest first."""
    table = tables.dispute
    mine = (table.c[key] == value for key, value in asdict(place).items())
    query = sa.select(table).where(*mine).order_by(table.c.number)
    return [_message(row) for row in connection.execute(query).mappings()]


def threads(connection: Connection, lesson: str | None = None) -> dict[Place, list[Message]]:
    """Return all threads, of a lesson or of all, those first whose last message is the oldest."""
    table = tables.dispute
    query = sa.select(table).order_by(table.c.number)
    if lesson is not None:
        query = query.where(table.c.lesson == lesson)
    found: dict[Place, list[Message]] = {}
    for row in connection.execute(query).mappings():
        place = Place(row["lesson"], row["notebook"], row["question"], row["learner"])
        found[place] = [*found.pop(place, []), _message(row)]
    return found


def requests(book: Gradebook) -> frozenset[str]:
    """Return the ids of all that was ever taken in."""
    with book.reading() as connection:
        return frozenset(connection.execute(sa.select(tables.dispute.c.request)).scalars())


def is_open(messages: list[Message]) -> bool:
    """Tell whether a thread waits for an answer."""
    return bool(messages) and messages[-1].what == ASKED


def moment() -> dt.datetime:
    """Return now, as messages have it."""
    return now().replace(tzinfo=dt.UTC)


def _reopen(connection: Connection, place: Place) -> None:
    cells = sa.select(db.base_cell.c.id).select_from(
        db.base_cell.join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
    ).where(db.assignment.c.name == place.lesson, db.notebook.c.name == place.notebook,
            db.base_cell.c.name == place.question)  # fmt: skip
    rows = sa.select(db.submitted_notebook.c.id).select_from(
        db.submitted_notebook.join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
    ).where(db.submitted.c.student_id == place.learner)  # fmt: skip
    connection.execute(db.grade.update().where(
        db.grade.c.cell_id.in_(cells), db.grade.c.notebook_id.in_(rows)).values(needs_manual_grade=True))  # fmt: skip


def _message(row: Row) -> Message:
    return Message(row["author"], row["what"], row["text"], row["at"].replace(tzinfo=dt.UTC))
