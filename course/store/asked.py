"""The graded questions, with how many answers there are and wait."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import NotFound
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook


@dataclass(frozen=True, slots=True)
class Asked:
    """One graded question, as the gradebook knows it.

    Attributes:
        cell: nbgrader's key of its cell.
        maximum: its points.
        kind: a `course.model.Kind`'s text; empty where only nbgrader knows the lesson.
        answers: how many submissions have it.
        waiting: how many of them need a person.
        oldest: when the oldest of those was handed in, UTC; None when that is not known.
        flags: how many are flagged.
    """

    lesson: str
    notebook: str
    question: str
    cell: str
    maximum: float
    kind: str
    title: str
    answers: int = 0
    waiting: int = 0
    oldest: dt.datetime | None = None
    flags: int = 0


def asked(
    book: Gradebook, lesson: str | None = None, notebook: str | None = None, question: str | None = None
) -> list[Asked]:  # fmt: skip
    """Return the graded questions with the numbers of their answers, in the lessons' order.

    Args:
        lesson, notebook, question: only those with these names.
    """
    names = {db.assignment: lesson, db.notebook: notebook, db.base_cell: question}
    query = _questions().where(
        *(table.c.name == name for table, name in names.items() if name is not None)
    )
    with book.reading() as connection:
        rows = connection.execute(query).all()
        cells = None if lesson is None else [row.cell for row in rows]
        number, oldest = _numbers(connection, cells), _oldest(connection, cells)
        flagged = _flags(connection)
        return [_asked(row, number.get(row.cell), oldest.get(row.cell), flagged) for row in rows]


def _questions() -> sa.Select[Any]:
    maximum = sa.func.coalesce(db.grade_cell.c.max_score, db.task_cell.c.max_score)
    own = tables.question
    return sa.select(
        db.assignment.c.name.label("lesson"), db.notebook.c.name.label("notebook"),
        db.base_cell.c.name.label("question"), db.base_cell.c.id.label("cell"),
        sa.func.coalesce(maximum, 0.0).label("maximum"), own.c.kind, own.c.title,
    ).select_from(
        db.base_cell.outerjoin(db.grade_cell, db.grade_cell.c.id == db.base_cell.c.id)
        .outerjoin(db.task_cell, db.task_cell.c.id == db.base_cell.c.id)
        .join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
        .outerjoin(own, sa.and_(own.c.lesson == db.assignment.c.name, own.c.notebook == db.notebook.c.name,
                                own.c.question == db.base_cell.c.name))
    ).where(db.base_cell.c.type.in_(("GradeCell", "TaskCell"))).order_by(
        db.assignment.c.name, own.c.position, db.notebook.c.name, db.base_cell.c.name)  # fmt: skip


def _numbers(connection: Connection, cells: Sequence[str] | None) -> dict[str, Any]:
    """Return how many answers there are and wait, by cell."""
    query = sa.select(
        db.grade.c.cell_id, sa.func.count().label("answers"),
        sa.func.sum(sa.case((waits(), 1), else_=0)).label("waiting"),
    ).where(is_answer()).group_by(db.grade.c.cell_id)  # fmt: skip
    return {row.cell_id: row for row in connection.execute(_only(query, cells))}


def _oldest(connection: Connection, cells: Sequence[str] | None) -> dict[str, dt.datetime]:
    """Return when the oldest waiting answer was handed in, by cell; only those that wait are looked at."""
    query = (
        sa.select(db.grade.c.cell_id, sa.func.min(db.submitted.c.timestamp))
        .select_from(grades())
        .where(waits(), is_answer())
        .group_by(db.grade.c.cell_id)
    )
    return {row[0]: row[1] for row in connection.execute(_only(query, cells))}


def _only(query: sa.Select[Any], cells: Sequence[str] | None) -> sa.Select[Any]:
    return query if cells is None else query.where(db.grade.c.cell_id.in_(cells))


def _flags(connection: Connection) -> dict[tuple[Any, ...], int]:
    key = (tables.flag.c.lesson, tables.flag.c.notebook, tables.flag.c.question)
    query = sa.select(*key, sa.func.count()).group_by(*key)
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}


def _asked(
    row: Any, number: Any, oldest: dt.datetime | None, flagged: Mapping[tuple[Any, ...], int]
) -> Asked:
    key = (row.lesson, row.notebook, row.question)
    answers, waiting = number[1:] if number else (0, 0)
    return Asked(*key, row.cell, row.maximum, row.kind or "", row.title or "", answers, waiting, oldest,
                 flagged.get(key, 0))  # fmt: skip


def found(questions: Sequence[Asked], lesson: str, notebook: str, question: str) -> Asked:
    """Return one of some questions by its names; raise NotFound when there is none."""
    for each in questions:
        if (each.lesson, each.notebook, each.question) == (lesson, notebook, question):
            return each
    raise NotFound(
        f"no graded question '{question}' in {lesson}/{notebook}",
        hint=f"course autograde {lesson} makes its answers known",
    )


def waits() -> sa.ColumnElement[bool]:
    """A person's mark goes before the autograder's; see also `course.store.reading`."""
    return sa.or_(
        db.grade.c.needs_manual_grade,
        sa.and_(db.grade.c.manual_score.is_(None), db.grade.c.auto_score.is_(None)),
    )


def grades() -> sa.FromClause:
    """Return nbgrader's grades joined with the submissions that they belong to."""
    return db.grade.join(
        db.submitted_notebook, db.grade.c.notebook_id == db.submitted_notebook.c.id
    ).join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)


def is_answer() -> sa.ColumnElement[bool]:
    """Leave out work on the triage list that was never judged: there is nothing to mark yet.

    See also `course.store.reading`.
    """
    verdict, attempt = tables.verdict, tables.attempt
    unread = sa.select(db.grade.c.id.label("id")).select_from(
        grades().join(db.assignment, db.submitted.c.assignment_id == db.assignment.c.id)
        .join(db.base_cell, db.grade.c.cell_id == db.base_cell.c.id)
        .join(db.notebook, db.submitted_notebook.c.notebook_id == db.notebook.c.id)
        .join(attempt, sa.and_(attempt.c.learner == db.submitted.c.student_id,
                               attempt.c.lesson == db.assignment.c.name))
        .outerjoin(verdict, sa.and_(verdict.c.learner == attempt.c.learner, verdict.c.lesson == attempt.c.lesson,
                                    verdict.c.notebook == db.notebook.c.name,
                                    verdict.c.question == db.base_cell.c.name))
    ).where(attempt.c.state == "triage", verdict.c.learner.is_(None)).correlate(None)  # fmt: skip
    return db.grade.c.id.not_in(unread)
