"""Making a gradebook: nbgrader's tables, ours, and their triggers; and bringing older ones up to date."""

from functools import cache
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.database import grow
from course.store import guard, tables


def is_made(connection: Connection) -> bool:
    """Return whether a database has all tables, columns and triggers of this version."""
    connection.exec_driver_sql("SELECT 1")  # begins to read; an inspector would begin to write
    if not {"assignment", *tables.metadata.tables} <= {*sa.inspect(connection).get_table_names()}:
        return False
    found = connection.execute(sa.select(tables.made.c.digest)).scalars().all()
    dialect = connection.dialect.name
    return list(found) == [_digest(dialect)] and guard.count(connection) == guard.wanted(dialect)


def make(connection: Connection, course_id: str) -> None:
    """Make what is missing; what stands in the database stays."""
    if connection.dialect.name == "postgresql":  # two that come first would make the same
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(638246)")
    if not sa.inspect(connection).has_table("assignment"):
        _make_nbgraders(connection, course_id)
    grow(connection, tables.metadata)
    for statement in guard.statements(connection.dialect.name):
        connection.exec_driver_sql(
            statement.replace("%", "%%") if _formats(connection) else statement
        )
    connection.execute(tables.made.delete())
    connection.execute(tables.made.insert().values(digest=_digest(connection.dialect.name)))


@cache
def _digest(dialect: str) -> str:
    columns = [
        f"{name} {column.name} {column.type!r}"
        for name, table in sorted(tables.metadata.tables.items())
        for column in table.c
    ]
    return sha256("\n".join([*columns, *guard.statements(dialect)]).encode()).hexdigest()


def _formats(connection: Connection) -> bool:
    return connection.dialect.paramstyle in ("format", "pyformat")


def _make_nbgraders(connection: Connection, course_id: str) -> None:
    """Make nbgrader's tables as its own Gradebook does; that one starts a program to do so."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415  for a new gradebook only
    from nbgrader import api  # noqa: PLC0415  as above

    api.Base.metadata.create_all(connection)
    head = ScriptDirectory(Path(api.__file__).parent / "alembic").get_current_head()
    version = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))
    version.create(connection)
    connection.execute(version.insert().values(version_num=head))
    connection.execute(api.Course.__table__.insert().values(id=course_id))
