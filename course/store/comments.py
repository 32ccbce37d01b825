"""The comments that were written on a question."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.store import tables
from course.store.asked import Asked

WRITTEN = ("marked", "group")
"""Why a judgement carries a comment that somebody wrote then; others only carry it on."""


def written(connection: Connection, question: Asked) -> list[tuple[str, dt.datetime]]:
    """Return each comment with its time in UTC, once for each learner that it was written to."""
    table = tables.judgement
    query = sa.select(table.c.comment, sa.func.max(table.c.at)).where(
        *(table.c[key] == getattr(question, key) for key in ("lesson", "notebook", "question")),
        table.c.comment != "", table.c.why.in_(WRITTEN),
    ).group_by(table.c.comment, table.c.learner)  # fmt: skip
    return [(row[0], row[1]) for row in connection.execute(query)]
