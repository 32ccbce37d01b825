"""The gradebook as a database: made when it is not there, and its ledger."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from course.database import Database, Row, new_id, now
from course.store import making, tables

__all__ = ["WAIT_SECONDS", "Gradebook", "Row", "new_id", "note", "notes", "now"]

WAIT_SECONDS = 30.0


class Gradebook(Database):
    """A course's gradebook, made when it is not there. Close it, or use it in ``with``.

    Args:
        url: SQLAlchemy's address of the database.
        course_id: nbgrader's id of the course.

    Raises:
        Unavailable: when the database can't be opened.
    """

    def __init__(self, url: str, course_id: str) -> None:
        super().__init__(url, "the gradebook", WAIT_SECONDS)
        with self.translated():
            self._make(course_id)

    def _make(self, course_id: str) -> None:
        with self.reading() as connection:
            if making.is_made(connection):
                return
        with self.engine.begin() as connection:
            making.make(connection, course_id)


def note(connection: Connection, actor: str, action: str, **about: Any) -> None:
    """Append one line to the ledger; ``about`` gives the other columns."""
    notes(connection, actor, action, [about])


def notes(
    connection: Connection, actor: str, action: str, things: Sequence[dict[str, Any]]
) -> None:
    """Append a line to the ledger for each of some things, which are as in `note`."""
    blank = {"lesson": "", "learner": "", "notebook": "", "question": "", "before": None, "after": None,
             "why": ""}  # fmt: skip
    same = {"at": now(), "actor": actor, "action": action}
    if things:
        connection.execute(tables.ledger.insert(), [{**blank, **same, **each} for each in things])
