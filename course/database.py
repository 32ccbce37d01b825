"""A database of one's own: transactions that wait for their turn, errors in our words."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any, Self
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.schema import CreateColumn

from course.errors import Unavailable

Row = sa.RowMapping


def now() -> dt.datetime:
    """Return this moment in UTC without a zone, as a database keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def new_id() -> str:
    """Return a new key as nbgrader makes them."""
    return uuid4().hex


def names(*of: str, key: bool = False) -> list[sa.Column[str]]:
    """Return columns for names that are never missing, such as those of a lesson and a question.

    Args:
        key: whether they are the table's key, or belong to it.
    """
    return [sa.Column(each, sa.String(128), primary_key=key, nullable=False) for each in of]


class Database:
    """Some database, SQLite or PostgreSQL. Close it, or use it in ``with``.

    Args:
        url: SQLAlchemy's address of it.
        name: what it is, for messages: "the gradebook".
        wait: how long to wait for others who write, in seconds.
    """

    def __init__(self, url: str, name: str, wait: float) -> None:
        self.url, self.name, self.wait = url, name, wait
        arguments = {"timeout": wait} if url.startswith("sqlite") else {}
        self.engine = sa.create_engine(url, connect_args=arguments)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", self._sqlite_connect)
            sa.event.listen(self.engine, "begin", _sqlite_begin)

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
            Unavailable: the database is locked for too long, full or away.
        """
        with self.translated(), self.engine.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look, which holds up nobody who writes."""
        with self.translated(), self.engine.connect() as connection:
            yield connection.execution_options(course_reads=True)

    @contextlib.contextmanager
    def translated(self) -> Iterator[None]:
        """Tell a database's errors in our words."""
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.DatabaseError, sa.exc.TimeoutError) as error:
            origin = getattr(error, "orig", None)
            found = str(origin if origin is not None else error)
            locked, full = "locked" in found, "full" in found or "disk" in found
            raise Unavailable(
                f"{self.name} can't be used now", where=self.engine.url.render_as_string(),
                found=found + (f" (waited {self.wait:g} s)" if locked else ""),
                hint="nothing is half-written; "
                + ("close what else uses it" if locked else "make room, or mend it," if full else "mend it")
                + " and run it again",
            ) from error  # fmt: skip

    def _sqlite_connect(self, connection: Any, _record: object) -> None:
        connection.isolation_level = None  # `_sqlite_begin` begins transactions
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(self.wait * 1000)}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get("course_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def grow(connection: Connection, metadata: sa.MetaData) -> None:
    """Make the tables and indexes that are missing, and the columns that tables of before lack."""
    look = sa.inspect(connection)
    there = {*look.get_table_names()}
    for name, table in metadata.tables.items():
        known = (
            {each["name"] for each in look.get_columns(name)}
            if name in there
            else set(table.c.keys())
        )
        for column in table.c:
            if column.name not in known:
                text = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {text}")
    metadata.create_all(connection)
    for table in metadata.tables.values():
        for index in table.indexes:
            index.create(connection, checkfirst=True)
