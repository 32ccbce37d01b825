"""Groups of same answers: who was taken out of one, and what was said of a whole one."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import Place
from course.store import tables
from course.store.asked import Asked
from course.store.database import Row, note, now


def apart(connection: Connection, question: Asked) -> set[tuple[str, str]]:
    """Return pairs of a group's key and a learner who was taken out of it."""
    table = tables.outlier
    query = sa.select(table.c.group, table.c.learner).where(*_of(table, question))
    return {(row[0], row[1]) for row in connection.execute(query)}


def take_out(connection: Connection, place: Place, group: str, grader: str, *, out: bool) -> None:
    """Take an answer out of a group, or let it in again; the ledger notes who did."""
    table = tables.outlier
    key = asdict(place) | {"group": group}
    connection.execute(
        table.delete().where(*(table.c[name] == value for name, value in key.items()))
    )
    if out:
        connection.execute(table.insert().values(**key))
    note(connection, grader, "apart" if out else "together", lesson=place.lesson, learner=place.learner,
         question=place.question, after={"group": group})  # fmt: skip


def judged(connection: Connection, question: Asked) -> dict[str, Row]:
    """Return the last judgement of each whole group, by its key."""
    table = tables.together
    query = sa.select(table).where(*_of(table, question)).order_by(table.c.number)
    return {row["group"]: row for row in connection.execute(query).mappings()}


def judge(
    connection: Connection, question: Asked, group: str, said: Mapping[str, Any], grader: str, request: str
) -> None:  # fmt: skip
    """Keep what was said of a whole group; the same request again writes nothing.

    Args:
        said: ``items`` (ids), ``adjustment`` and ``comment``.
    """
    table = tables.together
    if connection.execute(sa.select(table.c.number).where(table.c.request == request)).first():
        return
    connection.execute(table.insert().values(
        lesson=question.lesson, notebook=question.notebook, question=question.question, group=group,
        **said, grader=grader, request=request, at=now()))  # fmt: skip


def _of(table: sa.Table, question: Asked) -> list[sa.ColumnElement[bool]]:
    return [table.c[key] == getattr(question, key) for key in ("lesson", "notebook", "question")]
