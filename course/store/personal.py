"""Everything that the gradebook keeps about one person: told, removed, or put under a pseudonym."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import HELD, Mark
from course.store import evidence, returns, tables
from course.store import nbgrader_tables as db
from course.store.database import Gradebook, new_id
from course.store.guard import own_hand

PREFIX = "forgotten-"
"""With what every pseudonym begins."""
_FIGURES = {
    "score",
    "outcome",
    "auto",
    "extra",
    "digest",
    "points",
    "share",
    "due",
    "until",
    "version",
}
GONE, KEPT, NOBODY = "removed", "kept under a pseudonym", "about nobody"
FATES = {
    "student": KEPT, "submitted_assignment": KEPT, "submitted_notebook": KEPT, "grade": KEPT, "comment": GONE,
    "course_learner": KEPT, "course_attempt": KEPT, "course_verdict": KEPT, "course_manual": KEPT,
    "course_lateness": KEPT, "course_judgement": KEPT, "course_reading": KEPT, "course_ledger": KEPT,
    "course_claim": GONE, "course_flag": GONE, "course_outlier": GONE, "course_dispute": GONE,
    "course_feedback": GONE, "course_extension": GONE, "course_rest": GONE, "course_account": GONE,
    "course_earlier": GONE, "course_remark": GONE, "course_evidence": GONE,
    "alembic_version": NOBODY, "assignment": NOBODY, "base_cell": NOBODY, "course": NOBODY, "grade_cells": NOBODY,
    "notebook": NOBODY, "solution_cells": NOBODY, "source_cell": NOBODY, "task_cells": NOBODY,
    "course_forgetting": NOBODY, "course_hand": NOBODY, "course_link": NOBODY, "course_made": NOBODY,
    "course_question": NOBODY, "course_rubric": NOBODY, "course_together": NOBODY,
}  # fmt: skip
"""What becomes of a person's rows in each table of the gradebook, nbgrader's included, when figures are to stay.

Of evidence, whom it is about is taken out, and the chain stays whole (`course.store.evidence`).
"""
_MARKS = ("course_verdict", "course_manual", "course_remark", "course_judgement", "course_reading", "course_flag",
          "course_outlier", "course_ledger", "course_earlier", "grade", "comment")  # fmt: skip
"""What tells of a mark, and is told when the mark was."""


def _whose(fate: str) -> list[sa.Table]:
    """Return our tables of this fate whose rows name a learner, but for the chain of evidence."""
    return [
        table for name, table in tables.metadata.tables.items()
        if FATES[name] == fate and "learner" in table.c and table is not tables.evidence
    ]  # fmt: skip


def kept(book: Gradebook, learner: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row about somebody, by table; those that mention them as an author included."""
    found: dict[str, list[dict[str, Any]]] = {}
    with book.reading() as connection:
        works = _works(connection, learner)
        queries = {"student": sa.select(db.student).where(db.student.c.id == learner),
                   "submitted_assignment": sa.select(db.submitted).where(db.submitted.c.student_id == learner)}  # fmt: skip
        place = _places(works)
        queries[db.submitted_notebook.name] = sa.select(db.submitted_notebook).where(
            db.submitted_notebook.c.id.in_(works)
        )
        queries[tables.remark.name] = sa.select(tables.remark, place.c.lesson, place.c.notebook).join(
            place, place.c.row == tables.remark.c.row)  # fmt: skip
        for table in (db.grade, db.comment):
            cell = db.base_cell.c.id == table.c.cell_id
            queries[table.name] = (
                sa.select(table, place.c.lesson, place.c.notebook, db.base_cell.c.name.label("question"))
                .join(place, place.c.row == table.c.notebook_id).outerjoin(db.base_cell, cell)
            )  # fmt: skip
        for name, table in tables.metadata.tables.items():
            if name == tables.learner.name:
                queries[name] = sa.select(table).where(table.c.id == learner)
            elif "learner" in table.c:
                queries[name] = sa.select(table).where(table.c.learner == learner)
        for name, query in queries.items():
            if rows := [dict(row) for row in connection.execute(query).mappings()]:
                found[name] = rows
    return found


def told(
    book: Gradebook, learner: str, lesson: str, marks: Sequence[Mark]
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, int]]:
    """Return what goes to a learner with their feedback on a lesson: all rows, but marks that were not returned yet.

    Args:
        marks: those that the feedback tells.

    Returns:
        rows by table as `kept`; lesson -> how many rows of it wait until its feedback is returned.
    """
    every, held = kept(book, learner), dict[str, int]()
    others = {row["lesson"] for row in every.get(tables.feedback.name, ())} - {lesson}
    last = {one: returns.versions(book, one, learner)[-1].marks for one in others} | {lesson: marks}
    shown = {
        (one, mark.notebook, mark.question)
        for one, marks_told in last.items() for mark in marks_told if mark.state != HELD
    }  # fmt: skip
    whole = {one for one, marks_told in last.items() if all(m.state != HELD for m in marks_told)}
    for name in _MARKS:
        for row in every.pop(name, ()):
            place = (row["lesson"], row.get("notebook", ""), row.get("question", ""))
            tells_no_mark = name == tables.ledger.name and not place[2]
            if place in shown or place[0] in whole or tells_no_mark:
                every.setdefault(name, []).append(row)
            else:
                held[place[0]] = held.get(place[0], 0) + 1
    return every, held


def forget(book: Gradebook, learner: str, pseudonym: str, actor: str) -> None:
    """Remove all rows about somebody or, given a pseudonym, keep what figures are made of under it.

    The ledger tells that somebody was forgotten, and by whom; the chain of evidence stays whole.
    """
    with book.transaction() as connection, own_hand(connection):
        connection.execute(
            tables.forgetting.insert().values(actor=actor, learner=learner, pseudonym=pseudonym)
        )
        works = _works(connection, learner)
        evidence.forget(connection, learner)
        for table in _whose(GONE):
            connection.execute(table.delete().where(table.c.learner == learner))
        connection.execute(tables.remark.delete().where(tables.remark.c.row.in_(works)))
        connection.execute(db.comment.delete().where(db.comment.c.notebook_id.in_(works)))
        if pseudonym:
            _rename(connection, learner, pseudonym, works)
        else:
            _remove(connection, learner, works)
        connection.execute(tables.forgetting.delete().where(tables.forgetting.c.learner == learner))


def _works(connection: Connection, learner: str) -> list[str]:
    """Return nbgrader's keys of somebody's submitted notebooks."""
    query = sa.select(db.submitted_notebook.c.id).select_from(
        db.submitted_notebook.join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
    ).where(db.submitted.c.student_id == learner)  # fmt: skip
    return list(connection.execute(query).scalars())


def _places(works: list[str]) -> sa.Subquery:
    """Return lesson and notebook of nbgrader's keys of submitted notebooks, as row, lesson and notebook."""
    work, book, lesson = db.submitted_notebook, db.notebook, db.assignment
    return (
        sa.select(work.c.id.label("row"), lesson.c.name.label("lesson"), book.c.name.label("notebook"))
        .join_from(work, book, work.c.notebook_id == book.c.id).join(lesson, lesson.c.id == book.c.assignment_id)
        .where(work.c.id.in_(works)).subquery()
    )  # fmt: skip


def _remove(connection: Connection, learner: str, works: list[str]) -> None:
    for table in _whose(KEPT):
        connection.execute(table.delete().where(table.c.learner == learner))
    connection.execute(db.grade.delete().where(db.grade.c.notebook_id.in_(works)))
    connection.execute(db.submitted_notebook.delete().where(db.submitted_notebook.c.id.in_(works)))
    connection.execute(db.submitted.delete().where(db.submitted.c.student_id == learner))
    connection.execute(tables.learner.delete().where(tables.learner.c.id == learner))
    connection.execute(db.student.delete().where(db.student.c.id == learner))


def _rename(connection: Connection, learner: str, pseudonym: str, works: list[str]) -> None:
    connection.execute(db.student.insert().values(id=pseudonym))
    connection.execute(
        db.submitted.update()
        .where(db.submitted.c.student_id == learner)
        .values(student_id=pseudonym)
    )
    connection.execute(db.student.delete().where(db.student.c.id == learner))
    own = tables.learner
    connection.execute(own.update().where(own.c.id == learner).values(id=pseudonym))
    plain: dict[str, dict[str, Any]] = {
        tables.attempt.name: {"reason": "", "repairs": [], "feedback": ""}, tables.judgement.name: {"comment": "", "before": None},
        tables.reading.name: {"comment": ""},
    }  # fmt: skip
    _bare_ledger(connection, learner, pseudonym)
    for table in _whose(KEPT):
        values = plain.get(table.name, {})
        connection.execute(
            table.update().where(table.c.learner == learner).values(learner=pseudonym, **values)
        )
    _bare_verdicts(connection, pseudonym)
    waits = sa.or_(
        db.grade.c.needs_manual_grade,
        sa.and_(db.grade.c.manual_score.is_(None), db.grade.c.auto_score.is_(None)),
    )
    mine = db.grade.c.notebook_id.in_(works)
    connection.execute(db.grade.delete().where(mine, waits))  # nobody can look at them any more


def _bare_ledger(connection: Connection, learner: str, pseudonym: str) -> None:
    """Leave figures alone in what the ledger says of somebody, who may have done some of it themselves."""
    table = tables.ledger
    rows = connection.execute(sa.select(table).where(table.c.learner == learner)).all()
    for row in rows:
        actor = pseudonym if row.actor == learner else row.actor
        bare = {"before": _bare(row.before), "after": _bare(row.after)}
        connection.execute(
            table.update()
            .where(table.c.number == row.number)
            .values(learner=pseudonym, actor=actor, **bare)
        )


def _bare_verdicts(connection: Connection, learner: str) -> None:
    """Take out of verdicts what the learner's own code gave; what the tests said of it may hold anything."""
    table = tables.verdict
    rows = connection.execute(
        sa.select(table.c.lesson, table.c.notebook, table.c.question, table.c.notes).where(
            table.c.learner == learner
        )
    ).all()
    for row in rows:
        notes = [{**note, "text": "", "aside": ""} for note in row.notes]
        connection.execute(table.update().where(
            table.c.learner == learner, table.c.lesson == row.lesson, table.c.notebook == row.notebook,
            table.c.question == row.question).values(notes=notes))  # fmt: skip


def _bare(value: Any) -> Any:
    data = json.loads(value) if isinstance(value, str) else value
    return (
        {key: each for key, each in data.items() if key in _FIGURES}
        if isinstance(data, dict)
        else None
    )


def pseudonym() -> str:
    """Return a new name that tells nothing of whom it stands for."""
    return f"{PREFIX}{new_id()[:10]}"
