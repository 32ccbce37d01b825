"""What a second grader says of an answer that is marked already: beside the mark, which it never changes."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import Place
from course.store import tables
from course.store.asked import Asked
from course.store.database import Row, now


def read(
    connection: Connection, place: Place, *, grader: str, score: float, items: Sequence[Any], comment: str,
    first: int, request: str,
) -> int:  # fmt: skip
    """Append a second reading; returns its number.

    Args:
        first: number of the judgement that stood then.
    """
    done = connection.execute(tables.reading.insert().values(
        **asdict(place), grader=grader, score=score, items=list(items), comment=comment, first=first,
        request=request, at=now(),
    ))  # fmt: skip
    number = done.inserted_primary_key
    return int(number[0]) if number else 0


def read_by(connection: Connection, request: str) -> Row | None:
    """Return the reading that a request made, if it came before."""
    table = tables.reading
    return connection.execute(sa.select(table).where(table.c.request == request)).mappings().first()


def readers(connection: Connection, question: Asked) -> set[str]:
    """Return the learners whose answers to a question were read twice."""
    table = tables.reading
    where = [table.c[key] == getattr(question, key) for key in ("lesson", "notebook", "question")]
    return {*connection.execute(sa.select(table.c.learner).where(*where)).scalars()}


def of_lesson(connection: Connection, lesson: str) -> list[Row]:
    """Return all second readings in a lesson beside the first, the oldest first.

    Each row has the reading's columns, and ``first_grader``, ``first_score`` and ``first_items``.
    """
    table, first = tables.reading, tables.judgement
    query = sa.select(
        table, first.c.grader.label("first_grader"), first.c.score.label("first_score"), first.c["items"].label("first_items"),
    ).select_from(table.join(first, first.c.number == table.c.first)).where(table.c.lesson == lesson).order_by(table.c.number)  # fmt: skip
    return list(connection.execute(query).mappings())
