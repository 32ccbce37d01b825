"""What lateness costs: a share per submission, from which nbgrader's penalties are reckoned.

nbgrader keeps points per notebook. Any new mark changes them, and so does a date that moves.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.scoring import late_penalty
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import note


def save(
    connection: Connection, lesson: str, learner: str, due: dt.datetime | None, share: float
) -> bool:
    """Write what a submission loses; returns whether that is another share than before.

    The ledger tells when the due date or the share is another. `reckon` then puts the points right.

    Args:
        due: with its zone, or None.
        share: of the score, 0 to 1.
    """
    table = tables.lateness
    mine = sa.and_(table.c.lesson == lesson, table.c.learner == learner)
    moment = due.astimezone(dt.UTC).replace(tzinfo=None) if due else None
    row = connection.execute(sa.select(table).where(mine)).mappings().first()
    if row is None:
        connection.execute(
            table.insert().values(lesson=lesson, learner=learner, due=moment, share=share)
        )
    elif (row["due"], row["share"]) != (moment, share):
        connection.execute(table.update().where(mine).values(due=moment, share=share))
        note(connection, "", "lateness", lesson=lesson, learner=learner,
             before={"due": _text(row["due"]), "share": row["share"]},
             after={"due": _text(moment), "share": share})  # fmt: skip
    return (row["share"] if row else 0.0) != share


def handed_in(connection: Connection, lesson: str) -> dict[str, dt.datetime | None]:
    """Return when each graded submission of a lesson was handed in (UTC), by learner."""
    table = tables.attempt
    query = sa.select(table.c.learner, table.c.submitted_at).where(table.c.lesson == lesson)
    return {
        row.learner: row.submitted_at.replace(tzinfo=dt.UTC) if row.submitted_at else None
        for row in connection.execute(query)
    }


def due_dates(connection: Connection, lesson: str) -> dict[str, dt.datetime]:
    """Return the due date (UTC) by which each submission was judged, by learner."""
    table = tables.lateness
    query = sa.select(table.c.learner, table.c.due).where(
        table.c.lesson == lesson, table.c.due.is_not(None)
    )
    return {row.learner: row.due.replace(tzinfo=dt.UTC) for row in connection.execute(query)}


def reckon(connection: Connection, lesson: str, learner: str | None = None) -> None:
    """Put penalties right, of one submission or of all, after a mark or the share that is lost changed."""
    table, grade = db.submitted_notebook, db.grade.c
    points = sa.func.sum(sa.func.coalesce(grade.manual_score, grade.auto_score, 0.0))
    query = sa.select(
        table.c.id, table.c.late_submission_penalty.label("off"), points.label("score"), tables.lateness.c.share,
    ).select_from(
        table.join(db.submitted, table.c.assignment_id == db.submitted.c.id)
        .join(db.assignment, db.submitted.c.assignment_id == db.assignment.c.id)
        .join(db.grade, grade.notebook_id == table.c.id)
        .join(tables.lateness, sa.and_(tables.lateness.c.lesson == db.assignment.c.name,
                                       tables.lateness.c.learner == db.submitted.c.student_id))
    ).where(db.assignment.c.name == lesson).group_by(
        table.c.id, table.c.late_submission_penalty, tables.lateness.c.share)  # fmt: skip
    if learner is not None:
        query = query.where(db.submitted.c.student_id == learner)
    for row in connection.execute(query).all():
        off = late_penalty(float(row.score), row.share) or None
        if off != row.off:
            connection.execute(
                table.update().where(table.c.id == row.id).values(late_submission_penalty=off)
            )


def _text(moment: Any) -> str | None:
    return moment.isoformat() + "Z" if moment else None
