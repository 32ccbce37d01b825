"""What was put to rest on the worklist: a false alarm, or something that was seen to elsewhere."""

import sqlalchemy as sa

from course.store import tables
from course.store.database import Gradebook, note, now


def put(
    book: Gradebook, key: tuple[str, str, str, str], trace: str, grader: str, reason: str = ""
) -> None:
    """Put an entry to rest until something new happens; with an empty trace it comes back at once.

    Args:
        key: kind, learner, lesson and question.
        trace: how it stood when it was put to rest.
    """
    kind, learner, lesson, question = key
    with book.transaction() as connection:
        connection.execute(tables.rest.insert().values(
            kind=kind, learner=learner, lesson=lesson, question=question, trace=trace, grader=grader,
            reason=reason, at=now()))  # fmt: skip
        note(connection, grader, "rested" if trace else "woken", lesson=lesson, learner=learner,
             question=question, after={"kind": kind, "reason": reason})  # fmt: skip


def traces(book: Gradebook) -> dict[tuple[str, ...], str]:
    """Return the trace with which each entry was last put to rest, by its key."""
    table = tables.rest
    with book.reading() as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.number)).mappings()
        return {
            (row["kind"], row["learner"], row["lesson"], row["question"]): row["trace"]
            for row in rows
        }
