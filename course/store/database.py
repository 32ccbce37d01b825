"""The connection: one database, transactions that wait for their turn, errors in our words."""

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any, Self
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import Unavailable
from course.store import making, tables

WAIT_SECONDS = 30.0

Row = sa.RowMapping


def now() -> dt.datetime:
    """Return this moment in UTC without a zone, as the database keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def new_id() -> str:
    """Return a new key as nbgrader makes them."""
    return uuid4().hex


class Gradebook:
    """A course's gradebook, made when it is not there. Close it, or use it in ``with``.

    Args:
        url: SQLAlchemy's address of the database.
        course_id: nbgrader's id of the course.

    Raises:
        Unavailable: when the database can't be opened.
    """

    def __init__(self, url: str, course_id: str) -> None:
        self.url = url
        arguments = {"timeout": WAIT_SECONDS} if url.startswith("sqlite") else {}
        self.engine = sa.create_engine(url, connect_args=arguments)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _sqlite_connect)
            sa.event.listen(self.engine, "begin", _sqlite_begin)
        with self._translated():
            self._make(course_id)

    def _make(self, course_id: str) -> None:
        with self.reading() as connection:
            if making.is_made(connection):
                return
        with self.engine.begin() as connection:
            making.make(connection, course_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Connection]:
        """One thing that happens: all of it is written, or nothing.

        Raises:
            Unavailable: the database is locked for longer than WAIT_SECONDS, full or away.
        """
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look at the gradebook, which holds up nobody who writes."""
        with self._translated(), self.engine.connect() as connection:
            yield connection.execution_options(course_reads=True)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.DatabaseError) as error:
            found = str(error.orig) if error.orig is not None else str(error)
            locked, full = "locked" in found, "full" in found or "disk" in found
            raise Unavailable(
                "the gradebook can't be used now", where=self.engine.url.render_as_string(),
                found=found + (f" (waited {WAIT_SECONDS:g} s)" if locked else ""),
                hint="nothing is half-written; "
                + ("close what else uses it" if locked else "make room, or mend it," if full else "mend it")
                + " and run it again",
            ) from error  # fmt: skip


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # this module begins transactions itself
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("course_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


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
