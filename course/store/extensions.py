"""More time: who was given it, until when, by whom and why."""

import datetime as dt

import sqlalchemy as sa

from course.model import Extension
from course.store import tables
from course.store.database import Gradebook, Row, note, now


def extend(
    book: Gradebook, lesson: str, until: dt.datetime | None, *, learner: str = "", group: str = "",
    reason: str = "", by: str = "",
) -> None:  # fmt: skip
    """Give a learner or a group time for a lesson, or take it back with None."""
    table = tables.extension
    moment = until.astimezone(dt.UTC).replace(tzinfo=None) if until else None
    with book.transaction() as connection:
        mine = (table.c.lesson == lesson, table.c.learner == learner, table.c.group == group)
        query = sa.select(table.c.until).where(*mine).order_by(table.c.number.desc())
        before = connection.execute(query.limit(1)).scalar()
        connection.execute(table.insert().values(
            lesson=lesson, learner=learner, group=group, until=moment, reason=reason, grader=by, at=now()))  # fmt: skip
        note(connection, by, "extended", lesson=lesson, learner=learner,
             before={"until": before.isoformat() + "Z" if before else None},
             after={"until": moment.isoformat() + "Z" if moment else None, "group": group, "reason": reason})  # fmt: skip


def extensions(book: Gradebook, lesson: str | None = None) -> list[Extension]:
    """Return the extensions that stand, of a lesson or of all, in the order in which they were given."""
    table = tables.extension
    query = sa.select(table).order_by(table.c.number)
    if lesson is not None:
        query = query.where(table.c.lesson == lesson)
    with book.reading() as connection:
        last = {
            (row["lesson"], row["learner"], row["group"]): row
            for row in connection.execute(query).mappings()
        }
    standing = sorted((row for row in last.values() if row["until"]), key=lambda row: row["number"])
    return [_extension(row) for row in standing]


def _extension(row: Row) -> Extension:
    return Extension(row["lesson"], row["learner"], row["group"], row["until"].replace(tzinfo=dt.UTC),
                     row["reason"], row["grader"], row["at"].replace(tzinfo=dt.UTC))  # fmt: skip
