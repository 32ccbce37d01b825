"""How far lessons are, counted by the database: home has to be there at once in a large course."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import NotFound
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook, note

TRIAGE, ACCEPTED = "triage", "accepted"


@dataclass(frozen=True, slots=True)
class Stuck:
    """A submission that could not be graded.

    Attributes:
        reason: why, and what was asked of the learner since.
        at: when grading it was tried, UTC.
    """

    lesson: str
    learner: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """Numbers of submissions of one lesson, by what became of them."""

    graded: int = 0
    triage: int = 0
    accepted: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """The answers to one question that need a person.

    Attributes:
        answers: how many there are at all.
        oldest: when the oldest that waits was handed in, UTC; None when none waits, or it is not known.
    """

    lesson: str
    notebook: str
    question: str
    title: str
    maximum: float
    answers: int
    waiting: int
    oldest: dt.datetime | None


def attempts(book: Gradebook) -> dict[str, Counted]:
    """Return what became of the submissions, by lesson."""
    table = tables.attempt.c

    def count(when: sa.ColumnElement[bool]) -> sa.Function[int]:
        return sa.func.sum(sa.case((when, 1), else_=0))

    query = sa.select(
        table.lesson, count(table.state == "graded"), count(table.state == TRIAGE),
        count(table.state == ACCEPTED), count(table.feedback != ""),
    ).group_by(table.lesson)  # fmt: skip
    with book.reading() as connection:
        return {row[0]: Counted(*row[1:]) for row in connection.execute(query)}


def waiting(book: Gradebook) -> list[Waiting]:
    """Return the graded questions in the lessons' order, with how many answers wait."""
    grade, own = db.grade.c, tables.question.c
    maximum = sa.func.coalesce(db.grade_cell.c.max_score, db.task_cell.c.max_score, 0.0)
    asked = sa.select(
        db.base_cell.c.id, db.assignment.c.name, db.notebook.c.name, db.base_cell.c.name,
        sa.func.coalesce(own.title, ""), maximum,
    ).select_from(
        db.base_cell.join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
        .outerjoin(db.grade_cell, db.grade_cell.c.id == db.base_cell.c.id)
        .outerjoin(db.task_cell, db.task_cell.c.id == db.base_cell.c.id)
        .outerjoin(tables.question, sa.and_(own.lesson == db.assignment.c.name, own.notebook == db.notebook.c.name,
                                            own.question == db.base_cell.c.name))
    ).where(db.base_cell.c.type.in_(("GradeCell", "TaskCell"))).order_by(
        db.assignment.c.name, own.position, db.notebook.c.name, db.base_cell.c.name)  # fmt: skip
    answers = sa.select(grade.cell_id, sa.func.count()).group_by(grade.cell_id)
    # the same rule as in `course.store.reading`: a person's mark goes before the autograder's
    open_ones = sa.or_(
        grade.needs_manual_grade, sa.and_(grade.manual_score.is_(None), grade.auto_score.is_(None))
    )
    # grouped by an expression: along the index of cells, SQLite would look each of all grades up by itself
    cell = sa.func.coalesce(grade.cell_id, "").label("cell")
    needs = sa.select(cell, sa.func.count(), sa.func.min(db.submitted.c.timestamp)).select_from(
        db.grade.join(db.submitted_notebook, grade.notebook_id == db.submitted_notebook.c.id)
        .join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
    ).where(open_ones, db.submitted.c.id.not_in(_never_judged())).group_by(cell)  # fmt: skip
    with book.reading() as connection:
        number = {row[0]: row[1] for row in connection.execute(answers)}
        need = {row[0]: (row[1], row[2]) for row in connection.execute(needs)}
        return [
            Waiting(*row[1:], number.get(row[0], 0), *need.get(row[0], (0, None)))
            for row in connection.execute(asked)
        ]


def _never_judged() -> sa.Select[tuple[str]]:
    """Submissions that could not be graded at all: nobody can mark what can't be read."""
    attempt, verdict = tables.attempt.c, tables.verdict.c
    return sa.select(db.submitted.c.id).select_from(
        tables.attempt.join(db.assignment, db.assignment.c.name == attempt.lesson)
        .join(db.submitted, sa.and_(db.submitted.c.assignment_id == db.assignment.c.id,
                                    db.submitted.c.student_id == attempt.learner))
        .outerjoin(tables.verdict, sa.and_(verdict.learner == attempt.learner, verdict.lesson == attempt.lesson))
    ).where(attempt.state != "graded", verdict.learner.is_(None))  # fmt: skip


def stuck(book: Gradebook) -> list[Stuck]:
    """Return the submissions that could not be graded, oldest first."""
    table = tables.attempt.c
    query = sa.select(table.lesson, table.learner, table.reason, table.graded_at).where(
        table.state == TRIAGE).order_by(table.graded_at, table.lesson, table.learner)  # fmt: skip
    with book.reading() as connection:
        return [Stuck(*row) for row in connection.execute(query)]


def one_stuck(book: Gradebook, lesson: str, learner: str) -> Stuck:
    """Return one of them; raise NotFound when this submission is not, or no longer, on the list."""
    for each in stuck(book):
        if (each.lesson, each.learner) == (lesson, learner):
            return each
    raise NotFound(
        "this submission is not on the triage list", where=lesson, found=learner,
        hint="somebody may have put it right meanwhile: load the page again",
    )  # fmt: skip


def mend(book: Gradebook, one: Stuck, actor: str, action: str, said: str) -> None:
    """Write what a person did about a submission that could not be graded; the ledger has a line of it.

    Args:
        action: "accepted" takes it off the list, ungraded; "asked" keeps a question to its learner
            with the reason, which stands on the feedback page; others are only noted.
        said: the person's reason or question.
    """
    with book.transaction() as connection:
        if action == ACCEPTED:
            _set(connection, one, state=ACCEPTED, reason=said)
        elif action == "asked":
            _set(connection, one, state=TRIAGE, reason=f"{one.reason}\n{actor} asks: {said}")
        note(connection, actor, action, lesson=one.lesson, learner=one.learner,
             before={"reason": one.reason}, after={"text": said})  # fmt: skip


def _set(connection: Connection, one: Stuck, **values: str) -> None:
    table = tables.attempt
    mine = sa.and_(table.c.lesson == one.lesson, table.c.learner == one.learner)
    connection.execute(table.update().where(mine).values(**values))
