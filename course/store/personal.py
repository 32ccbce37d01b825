"""Everything that the gradebook keeps about one person: told, removed, or put under a pseudonym."""

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.store import evidence, tables
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
_GONE = (
    tables.claim,
    tables.flag,
    tables.outlier,
    tables.dispute,
    tables.feedback,
    tables.extension,
    tables.rest,
    tables.account,
)
"""What tells of a person in words, or of what is over once they are gone."""
_KEPT = (
    tables.attempt,
    tables.verdict,
    tables.manual,
    tables.lateness,
    tables.judgement,
    tables.reading,
    tables.ledger,
)
"""What figures are made of."""


def kept(book: Gradebook, learner: str) -> dict[str, list[dict[str, Any]]]:
    """Return every row about somebody, by table; those that mention them as an author included."""
    found: dict[str, list[dict[str, Any]]] = {}
    with book.reading() as connection:
        works = _works(connection, learner)
        queries = {"student": sa.select(db.student).where(db.student.c.id == learner),
                   "submitted_assignment": sa.select(db.submitted).where(db.submitted.c.student_id == learner)}  # fmt: skip
        for table in (db.submitted_notebook, db.grade, db.comment):
            key = table.c.id if table is db.submitted_notebook else table.c.notebook_id
            queries[table.name] = sa.select(table).where(key.in_(works))
        queries[tables.remark.name] = sa.select(tables.remark).where(tables.remark.c.row.in_(works))
        for name, table in tables.metadata.tables.items():
            if name == tables.learner.name:
                queries[name] = sa.select(table).where(table.c.id == learner)
            elif "learner" in table.c:
                queries[name] = sa.select(table).where(table.c.learner == learner)
        for name, query in queries.items():
            if rows := [dict(row) for row in connection.execute(query).mappings()]:
                found[name] = rows
    return found


def pages(book: Gradebook, learner: str) -> set[str]:
    """Return the digests of all feedback pages that somebody was given."""
    table = tables.feedback.c
    with book.reading() as connection:
        return set(
            connection.execute(sa.select(table.digest).where(table.learner == learner)).scalars()
        )


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
        for table in _GONE:
            connection.execute(table.delete().where(table.c.learner == learner))
        connection.execute(tables.remark.delete().where(tables.remark.c.row.in_(works)))
        connection.execute(db.comment.delete().where(db.comment.c.notebook_id.in_(works)))
        connection.execute(tables.earlier.delete().where(tables.earlier.c.learner == learner))
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


def _remove(connection: Connection, learner: str, works: list[str]) -> None:
    for table in _KEPT:
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
    _bare_ledger(connection, learner)
    for table in _KEPT:
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


def _bare_ledger(connection: Connection, learner: str) -> None:
    """Leave figures alone in what the ledger says of somebody."""
    table = tables.ledger
    rows = connection.execute(
        sa.select(table.c.number, table.c.before, table.c.after).where(table.c.learner == learner)
    ).all()
    for row in rows:
        connection.execute(
            table.update()
            .where(table.c.number == row.number)
            .values(before=_bare(row.before), after=_bare(row.after))
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
