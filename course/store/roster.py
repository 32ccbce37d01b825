"""Who takes the course."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.layout import safe_name
from course.model import Learner
from course.store import tables
from course.store.database import Gradebook, note
from course.store.nbgrader_tables import student


def learners(book: Gradebook) -> list[Learner]:
    """Return everybody in the gradebook, by id; those whom nbgrader added included."""
    own = tables.learner
    query = sa.select(
        student.c.id, student.c.first_name, student.c.last_name, student.c.email,
        own.c.group, own.c.start,
    ).select_from(student.outerjoin(own, own.c.id == student.c.id)).order_by(student.c.id)  # fmt: skip
    with book.reading() as connection:
        return [
            Learner(
                row.id, row.first_name or "", row.last_name or "", row.email or "",
                row.group or "", dt.date.fromisoformat(row.start) if row.start else None,
            )
            for row in connection.execute(query)
        ]  # fmt: skip


def add_learners(book: Gradebook, people: Sequence[Learner]) -> tuple[int, int]:
    """Add people, or bring what is known of them up to date, all or none.

    Empty fields leave what was known alone. Returns how many are new and how many changed.
    """
    added = changed = 0
    with book.transaction() as connection:
        for person in people:
            new, other = add(connection, person)
            added, changed = added + new, changed + other
    return added, changed - added if changed > added else 0


def add(connection: Connection, person: Learner) -> tuple[bool, bool]:
    """Add somebody, or bring what is known of them up to date; returns whether they are new, and changed."""
    safe_name(person.id, "learner")
    new = ensure(connection, person.id, person.start)
    if new:
        note(connection, "", "enrolled", learner=person.id)
    return new, _update(connection, person)


def addresses(connection: Connection) -> dict[str, str]:
    """Return everybody's e-mail address, by id."""
    return {
        row.id: row.email or ""
        for row in connection.execute(sa.select(student.c.id, student.c.email))
    }


def ensure(connection: Connection, learner: str, start: dt.date | None = None) -> bool:
    """Make sure that a learner stands in both tables; returns whether nbgrader's row is new."""
    new = connection.execute(sa.select(student.c.id).where(student.c.id == learner)).first() is None
    if new:
        connection.execute(student.insert().values(id=learner))
    own = tables.learner
    if connection.execute(sa.select(own.c.id).where(own.c.id == learner)).first() is None:
        day = (start or dt.datetime.now(dt.UTC).date()).isoformat()
        connection.execute(own.insert().values(id=learner, group="", start=day))
    return new


def _update(connection: Connection, person: Learner) -> bool:
    theirs = {"first_name": person.first_name, "last_name": person.last_name, "email": person.email}
    ours = {"group": person.group, "start": person.start.isoformat() if person.start else ""}
    changed = False
    for table, values in ((student, theirs), (tables.learner, ours)):
        known = {key: value for key, value in values.items() if value}
        row = connection.execute(sa.select(table).where(table.c.id == person.id)).mappings().one()
        if any(row[key] != value for key, value in known.items()):
            connection.execute(table.update().where(table.c.id == person.id).values(**known))
            changed = True
    return changed
