"""Reading the ledger: what happened to marks, in order."""

import sqlalchemy as sa

from course.store import tables
from course.store.database import Gradebook, Row


def lines(book: Gradebook, lesson: str = "", learner: str = "") -> list[Row]:
    """Return the ledger's lines, the oldest first.

    Args:
        lesson, learner: only those about them; empty: all.
    """
    table = tables.ledger
    query = sa.select(table).order_by(table.c.number)
    if lesson:
        query = query.where(table.c.lesson == lesson)
    if learner:
        query = query.where(table.c.learner == learner)
    with book.reading() as connection:
        return list(connection.execute(query).mappings())
