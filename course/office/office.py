"""The office: its database, its parcels, its key, and the doors that a token opens."""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course import layout
from course.database import Database, Row, grow, now
from course.errors import NotFound, Refused
from course.office import tables
from course.office.parcels import Parcels
from course.signing import Key

WAIT_SECONDS = 20.0


class Unknown(Refused):
    """Somebody who did not say who they are, or whom nobody knows."""


class Office(Database):
    """The office of some courses, made when it is not there. Close it, or use it in ``with``.

    Args:
        folder: where its key and its parcels lie, and its database if ``url`` is empty.
        url: SQLAlchemy's address of a database.

    Raises:
        Unavailable: the database or the disk is away.
        Invalid: the file of its key holds none.
    """

    def __init__(self, folder: Path, url: str = "") -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise layout.refused(folder, error) from error
        self.folder, self.parcels = folder, Parcels(folder / "parcels")
        self.key = Key.at(folder / "office.key")
        self._turn = threading.Lock()
        super().__init__(
            url or f"sqlite:///{folder / 'office.db'}", "the office's database", WAIT_SECONDS
        )
        with self.translated(), self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":  # two that come first would make the same
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(638247)")
            grow(connection, tables.metadata)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """As `Database.transaction`; with SQLite its threads queue here, not at the file, where who waits sleeps."""
        if self.engine.dialect.name != "sqlite":
            with super().transaction() as connection:
                yield connection
            return
        with self._turn, super().transaction() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """As `Database.reading`; PostgreSQL shows each query its own moment anyway, and is asked once, not three times."""
        with super().reading() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
            yield connection

    # courses --------------------------------------------------------------------------------------

    def open_course(self, course: str) -> None:
        """Make room for a course; one that is there stays as it is."""
        layout.safe_name(course, "course")
        with self.transaction() as connection:
            if self.course(connection, course) is None:
                connection.execute(tables.course.insert().values(id=course, about={}, at=now()))
                note(connection, course, "office", "opened")

    def courses(self) -> list[str]:
        """Return the ids of the courses."""
        with self.reading() as connection:
            return list(connection.execute(sa.select(tables.course.c.id).order_by("id")).scalars())

    @staticmethod
    def course(connection: Connection, course: str) -> Row | None:
        """Return a course's row; None where there is none."""
        table = tables.course
        return connection.execute(sa.select(table).where(table.c.id == course)).mappings().first()

    # tokens ---------------------------------------------------------------------------------------

    def member_of(self, token: str) -> Row:
        """Return the member whom a token stands for.

        Raises:
            Unknown: nobody's, or revoked.
        """
        own, member = tables.token, tables.member
        query = sa.select(member, own.c.revoked_at).join_from(
            own, member, own.c.member == member.c.id
        )
        with self.reading() as connection:
            row = connection.execute(query.where(own.c.hash == hashed(token))).mappings().first()
        if row is None:
            raise Unknown(
                "this token is nobody's here", hint="join again by a link from your instructor"
            )
        if row["revoked_at"] is not None:
            raise Unknown(
                "this token was revoked", found=f"on {row['revoked_at']:%Y-%m-%d} (UTC)",
                hint="ask your instructor for a new link and join again; your work and your outbox stay",
            )  # fmt: skip
        return row

    def member_named(self, course: str, name: str) -> Row:
        """Return a course's member by name; NotFound where there is none."""
        with self.reading() as connection:
            row = find_member(connection, course, name)
        if row is None:
            raise NotFound(f"nobody called '{name}' is in this course", where=course)
        return row


def find_member(connection: Connection, course: str, name: str) -> Row | None:
    """Return a course's member by name; None where there is none."""
    table = tables.member
    query = sa.select(table).where(table.c.course == course, table.c.name == name)
    return connection.execute(query).mappings().first()


def new_token() -> str:
    """Return a secret of 256 bits that can stand in an address."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Return what is kept of a secret; one of 256 bits needs no salt and no slow hash."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def issue(connection: Connection, member: str) -> str:
    """Give a member one more token; returns it, since only its hash is kept."""
    token = new_token()
    connection.execute(tables.token.insert().values(hash=hashed(token), member=member, at=now()))
    return token


def note(connection: Connection, course: str, actor: str, action: str, **about: Any) -> None:
    """Append one line to the office's ledger."""
    connection.execute(
        tables.ledger.insert().values(
            at=now(), course=course, actor=actor, action=action, about=about
        )
    )
