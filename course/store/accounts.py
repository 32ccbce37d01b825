"""What learning platforms call people, and where they take scores: kept from launch to launch."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.store import tables
from course.store.database import Gradebook, Row


def remember(connection: Connection, issuer: str, user: str, learner: str) -> str:
    """Remember who somebody is; returns the learner that they are, who they were before if they were known."""
    table = tables.account
    mine = sa.and_(table.c.issuer == issuer, table.c.user == user)
    known = connection.execute(sa.select(table.c.learner).where(mine)).scalar()
    if known is not None:
        return str(known)
    connection.execute(table.insert().values(issuer=issuer, user=user, learner=learner))
    return learner


def names(connection: Connection, issuer: str) -> dict[str, str]:
    """Return what a platform calls each learner."""
    table = tables.account
    query = sa.select(table.c.learner, table.c.user).where(table.c.issuer == issuer)
    return {row.learner: row.user for row in connection.execute(query)}


def save_link(
    connection: Connection, lesson: str, issuer: str, client: str, services: dict[str, Any]
) -> None:
    """Remember where a platform that linked to a lesson takes scores; what was there before is replaced."""
    table = tables.link
    connection.execute(table.delete().where(table.c.lesson == lesson, table.c.issuer == issuer))
    connection.execute(
        table.insert().values(lesson=lesson, issuer=issuer, client=client, services=services)
    )


def links(book: Gradebook, lesson: str | None = None) -> list[Row]:
    """Return the platforms that linked to a lesson, or to any, with their services."""
    table = tables.link
    query = sa.select(table).order_by(table.c.lesson, table.c.issuer)
    if lesson is not None:
        query = query.where(table.c.lesson == lesson)
    with book.reading() as connection:
        return list(connection.execute(query).mappings())
