"""Reading marks: nbgrader's rows and ours seen as one."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import AUTOGRADER, Mark, Note, Outcome, Repair
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook, Row


def attempts(book: Gradebook, lesson: str | None = None) -> dict[tuple[str, str], Row]:
    """Return what grading made of each submission, by lesson and learner.

    Values are rows of the table ``course_attempt``.
    """
    table = tables.attempt
    query = sa.select(table)
    if lesson is not None:
        query = query.where(table.c.lesson == lesson)
    with book.reading() as connection:
        return {
            (row["lesson"], row["learner"]): row for row in connection.execute(query).mappings()
        }


def marks(book: Gradebook, lesson: str | None = None, learner: str | None = None) -> list[Mark]:
    """Return one mark per learner, lesson and question, those not handed in included.

    What is not graded has no points, whatever nbgrader's own total says of it.
    """
    with book.reading() as connection:
        questions = _questions(connection, lesson)
        people = [learner] if learner else list(
            connection.execute(sa.select(db.student.c.id).order_by(db.student.c.id)).scalars())  # fmt: skip
        context = _Context(connection, lesson)
        return [
            context.mark(person, lesson_name, question)
            for person in people
            for lesson_name, wanted in questions.items()
            for question in wanted
        ]


def released(book: Gradebook) -> list[str]:
    """Return the lessons that the gradebook knows, sorted."""
    with book.reading() as connection:
        return list(
            connection.execute(
                sa.select(db.assignment.c.name).order_by(db.assignment.c.name)
            ).scalars()
        )


def late(book: Gradebook, lesson: str) -> dict[str, float]:
    """Return the points taken off for lateness, by learner, for those who lost any."""
    table = db.submitted_notebook
    off = sa.func.sum(table.c.late_submission_penalty)
    query = sa.select(db.submitted.c.student_id, off).select_from(
        table.join(db.submitted, table.c.assignment_id == db.submitted.c.id).join(
            db.assignment, db.submitted.c.assignment_id == db.assignment.c.id)
    ).where(db.assignment.c.name == lesson, table.c.late_submission_penalty > 0).group_by(
        db.submitted.c.student_id)  # fmt: skip
    with book.reading() as connection:
        return {row[0]: float(row[1]) for row in connection.execute(query)}


def _questions(connection: Connection, lesson: str | None) -> dict[str, list[Row]]:
    """Return the graded questions per lesson: ours in order, else nbgrader's own cells by name."""
    maximum = sa.func.coalesce(db.grade_cell.c.max_score, db.task_cell.c.max_score)
    own = tables.question
    query = sa.select(
        db.assignment.c.name.label("lesson"), db.notebook.c.name.label("notebook"),
        db.base_cell.c.name.label("question"), db.base_cell.c.id.label("cell"), maximum.label("points"),
        own.c.kind, own.c.title, own.c.position,
    ).select_from(
        db.base_cell.outerjoin(db.grade_cell, db.grade_cell.c.id == db.base_cell.c.id)
        .outerjoin(db.task_cell, db.task_cell.c.id == db.base_cell.c.id)
        .join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
        .outerjoin(own, sa.and_(own.c.lesson == db.assignment.c.name, own.c.notebook == db.notebook.c.name,
                                own.c.question == db.base_cell.c.name))
    ).where(db.base_cell.c.type.in_(("GradeCell", "TaskCell"))).order_by(
        db.assignment.c.name, own.c.position, db.notebook.c.name, db.base_cell.c.name)  # fmt: skip
    if lesson is not None:
        query = query.where(db.assignment.c.name == lesson)
    found: dict[str, list[Row]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault(row["lesson"], []).append(row)
    return found


class _Context:
    """Everything that marks are made of, read once."""

    def __init__(self, connection: Connection, lesson: str | None) -> None:
        def rows(table: sa.Table) -> Iterator[Row]:
            query = sa.select(table)
            if lesson is not None:
                query = query.where(table.c.lesson == lesson)
            return iter(connection.execute(query).mappings())

        def key(row: Row) -> tuple[str, ...]:
            return row["learner"], row["lesson"], row["notebook"], row["question"]

        self.verdicts = {key(row): row for row in rows(tables.verdict)}
        self.manual = {key(row): row for row in rows(tables.manual)}
        self.judged = {
            key(row): row
            for row in sorted(rows(tables.judgement), key=lambda row: int(row["number"]))
        }
        self.attempts = {(row["learner"], row["lesson"]): row for row in rows(tables.attempt)}
        grades, comments = db.grade, db.comment
        self.grades = {
            (row.student_id, row.cell_id): row
            for row in connection.execute(_per_cell(grades, lesson))
        }
        by_name = _per_cell(comments, lesson, db.base_cell.c.name)
        self.comments = {
            (row.student_id, row.notebook_id, row.name): row.manual_comment
            for row in connection.execute(by_name) if row.manual_comment
        }  # fmt: skip
        self.remarks = {
            (row.row, row.question): row.comment
            for row in connection.execute(sa.select(tables.remark))
        }

    def mark(self, learner: str, lesson: str, question: Row) -> Mark:
        key = (learner, lesson, question["notebook"], question["question"])
        grade, verdict = self.grades.get((learner, question["cell"])), self.verdicts.get(key)
        attempt, manual = self.attempts.get((learner, lesson)), self.manual.get(key)
        common = {
            "learner": learner, "lesson": lesson, "question": question["question"],
            "notebook": question["notebook"],
            "maximum": float(question["points"]), "kind": question["kind"] or "", "title": question["title"] or "",
        }  # fmt: skip
        if attempt is not None and attempt["state"] != "graded" and verdict is None:
            return Mark(points=None, state="triage", **common)
        if grade is None:
            return Mark(points=None, state="missing", **common)
        points, state = _points(grade, verdict)
        marked = grade.manual_score is not None
        grader = (manual["grader"] if manual else "formgrader") if marked else AUTOGRADER
        source = (manual or verdict) if marked else verdict
        at = source["at"] if source else None
        comment = self.comments.get((learner, grade.notebook_id, question["question"]), "")
        judged = self.judged.get(
            key
        )  # where the formgrader gave other points, these reasons are none
        found = judged["items"] if judged and judged["score"] == grade.manual_score else ()
        return Mark(
            points=points, state=state, grader=grader if points is not None else "",
            at=at.replace(tzinfo=dt.UTC) if at and points is not None else None,
            comment=comment or self.remarks.get((grade.notebook_id, question["question"]), ""),
            found=tuple((float(item["points"]), str(item["text"])) for item in found),
            notes=_notes(verdict), repairs=_repairs(attempt), **common,
        )  # fmt: skip


def _per_cell(table: sa.TableClause, lesson: str | None, *more: Any) -> Any:
    """Return a query of a grade's or comment's rows with the learner's id."""
    query = sa.select(table, db.submitted.c.student_id, *more).select_from(
        table.join(db.base_cell, table.c.cell_id == db.base_cell.c.id)
        .join(db.submitted_notebook, table.c.notebook_id == db.submitted_notebook.c.id)
        .join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
        .join(db.assignment, db.submitted.c.assignment_id == db.assignment.c.id)
    )  # fmt: skip
    return query.where(db.assignment.c.name == lesson) if lesson is not None else query


def _points(grade: Any, verdict: Row | None) -> tuple[float | None, str]:
    """Return points and state; a person's mark goes before the autograder's."""
    extra = grade.extra_credit or 0.0
    if grade.manual_score is not None:
        state = Outcome.NEEDS_PERSON.value if grade.needs_manual_grade else "marked"
        return grade.manual_score + extra, state
    if grade.auto_score is None or (grade.needs_manual_grade and verdict is None):
        outcome = verdict["outcome"] if verdict and verdict["score"] is None else None
        return None, outcome or Outcome.NEEDS_PERSON.value
    return grade.auto_score + extra, verdict["outcome"] if verdict else "autograded"


def _notes(verdict: Row | None) -> tuple[Note, ...]:
    if verdict is None:
        return ()
    return tuple(
        Note(**{**entry, "outcome": Outcome(entry["outcome"])}) for entry in verdict["notes"]
    )


def _repairs(attempt: Row | None) -> tuple[Repair, ...]:
    return tuple(Repair(**entry) for entry in attempt["repairs"]) if attempt else ()
