"""What the gradebook knows of a lesson: its questions, its date, and the cells that nbgrader saved."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from course.model import Question
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook, Row


def save_questions(book: Gradebook, lesson: str, questions: Sequence[Question]) -> None:
    """Remember the questions of a released lesson, in order."""
    table = tables.question
    with book.transaction() as connection:
        connection.execute(table.delete().where(table.c.lesson == lesson))
        for position, each in enumerate(questions):
            connection.execute(table.insert().values(
                lesson=lesson, notebook=each.notebook, question=each.id, position=position,
                kind=each.kind.value, points=each.points, title=each.title,
            ))  # fmt: skip


def set_due(book: Gradebook, lesson: str, due: dt.datetime | None) -> None:
    """Tell nbgrader a lesson's absolute due date, in UTC."""
    day = due.astimezone(dt.UTC).replace(tzinfo=None) if due else None
    with book.transaction() as connection:
        connection.execute(
            db.assignment.update().where(db.assignment.c.name == lesson).values(duedate=day)
        )


def source_cells(book: Gradebook, lesson: str) -> dict[str, dict[str, Row]]:
    """Return what nbgrader saved of a lesson: notebook -> grade_id -> source, locked, checksum.

    Empty when nbgrader has not seen the lesson yet.
    """
    query = sa.select(db.notebook.c.name.label("notebook"), db.source_cell).select_from(
        db.source_cell.join(db.notebook, db.source_cell.c.notebook_id == db.notebook.c.id).join(
            db.assignment, db.notebook.c.assignment_id == db.assignment.c.id
        )
    ).where(db.assignment.c.name == lesson)  # fmt: skip
    found: dict[str, dict[str, Row]] = {}
    with book.reading() as connection:
        for row in connection.execute(query).mappings():
            found.setdefault(row["notebook"], {})[row["name"]] = row
    return found
