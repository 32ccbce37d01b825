"""Many rows at once, as plain tuples: what the frames of `course.insight` are made of. Reads only."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook

Pair = tuple[str, str]
"""Learner and lesson."""
_AT_ONCE = 500
"""How many keys stand in one statement: SQLite takes 999."""


def stamps(book: Gradebook) -> dict[Pair, str]:
    """Return, for each submission that the gradebook knows, a text that changes whenever its marks do.

    Every change of a mark is either in the ledger, which triggers see to, or comes with grading.
    """
    ledger, attempt = tables.ledger.c, tables.attempt.c
    who, what = db.submitted.c.student_id, db.assignment.c.name
    works = sa.select(who.label("learner"), what.label("lesson")).join(
        db.assignment, db.submitted.c.assignment_id == db.assignment.c.id
    )
    tries = sa.select(attempt.learner, attempt.lesson)
    there = sa.union(works, tries).subquery()
    # one look into the index for each submission: the ledger has hundreds of lines of each
    last = sa.select(sa.func.max(ledger.number)).where(
        ledger.learner == there.c.learner, ledger.lesson == there.c.lesson).scalar_subquery()  # fmt: skip
    own = sa.and_(attempt.learner == there.c.learner, attempt.lesson == there.c.lesson)
    query = sa.select(there, last, attempt.digest, attempt.graded_at, attempt.state).select_from(
        there.outerjoin(tables.attempt, own)
    )
    with book.reading() as connection:
        rows = connection.execute(query.order_by(there.c.learner, there.c.lesson))
        return {(row[0], row[1]): " ".join(map(str, row[2:])) for row in rows}


def pulse(book: Gradebook) -> tuple[Any, ...]:
    """Return what is another value as soon as anything was graded, marked, asked, extended, enrolled or put to rest."""
    numbered = (tables.ledger, tables.judgement, tables.dispute, tables.extension, tables.rest)
    counted = [sa.select(sa.func.max(table.c.number)).scalar_subquery() for table in numbered]
    graded = sa.select(sa.func.max(tables.attempt.c.graded_at)).scalar_subquery()
    people = sa.select(sa.func.count()).select_from(tables.learner).scalar_subquery()
    with book.reading() as connection:
        return tuple(connection.execute(sa.select(*counted, graded, people)).one())


def grades(book: Gradebook, pairs: Collection[Pair] | None) -> Iterator[tuple[Any, ...]]:
    """Yield (learner, lesson, notebook, question, auto, manual, extra, waits) of nbgrader's grades.

    Args:
        pairs: of these submissions only; None: all.
    """
    table = db.grade.c
    query = sa.select(
        table.notebook_id, table.cell_id, table.auto_score, table.manual_score, table.extra_credit,
        table.needs_manual_grade,
    )  # fmt: skip
    with book.reading() as connection:
        cells = _cells(connection)
        works = {
            row[0]: (row[1], row[2]) for row in connection.execute(_works())
            if pairs is None or (row[1], row[2]) in pairs
        }  # fmt: skip
        if pairs is None:
            queries = [query]
        else:
            queries = [query.where(table.notebook_id.in_(part)) for part in _parts([*works])]
        for each in queries:
            for row in connection.execute(each.execution_options(yield_per=20_000)):
                if row[1] in cells and row[0] in works:
                    yield (*works[row[0]], *cells[row[1]], *row[2:])


def verdicts(book: Gradebook, pairs: Collection[Pair] | None, *, notes: bool = False) -> Iterator[tuple[Any, ...]]:  # fmt: skip
    """Yield (learner, lesson, notebook, question, outcome, score, at) of our verdicts.

    Args:
        pairs: of these submissions only; None: all.
        notes: yield the notes, lists of tables, in the place of the last three.
    """
    table = tables.verdict.c
    key = (table.learner, table.lesson, table.notebook, table.question)
    query = sa.select(*key, table.notes) if notes else sa.select(*key, table.outcome, table.score, table.at)  # fmt: skip
    with book.reading() as connection:
        yield from _of(connection, query, table, pairs)


def people(book: Gradebook, pairs: Collection[Pair] | None) -> Iterator[tuple[Any, ...]]:
    """Yield (learner, lesson, notebook, question, grader, at) of marks that a person made."""
    table = tables.manual.c
    query = sa.select(table.learner, table.lesson, table.notebook, table.question, table.grader, table.at)  # fmt: skip
    with book.reading() as connection:
        yield from _of(connection, query, table, pairs)


def attempts(book: Gradebook) -> list[dict[str, Any]]:
    """Return every attempt, those that do not stand included."""
    now, before = tables.attempt.c, tables.earlier.c
    with book.reading() as connection:
        found = [
            {"learner": row.learner, "lesson": row.lesson, "submitted": row.submitted_at, "graded": row.graded_at,
             "state": row.state, "digest": row.digest, "stands": True, "returned": bool(row.feedback)}
            for row in connection.execute(sa.select(
                now.learner, now.lesson, now.submitted_at, now.graded_at, now.state, now.digest, now.feedback))
        ]  # fmt: skip
        return found + [
            {"learner": row.learner, "lesson": row.lesson, "submitted": row.submitted_at, "graded": None,
             "state": "graded", "digest": row.digest, "stands": False, "returned": False}
            for row in connection.execute(sa.select(before.learner, before.lesson, before.submitted_at, before.digest))
        ]  # fmt: skip


def questions(book: Gradebook) -> list[dict[str, Any]]:
    """Return the graded questions in their lessons' order."""
    maximum = sa.func.coalesce(db.grade_cell.c.max_score, db.task_cell.c.max_score, 0.0)
    own = tables.question
    query = sa.select(
        db.assignment.c.name.label("lesson"), db.notebook.c.name.label("notebook"),
        db.base_cell.c.name.label("question"), sa.func.coalesce(own.c.position, 10_000).label("position"),
        sa.func.coalesce(own.c.title, "").label("title"), sa.func.coalesce(own.c.kind, "").label("kind"),
        maximum.label("maximum"),
    ).select_from(_graded_cells().outerjoin(own, sa.and_(
        own.c.lesson == db.assignment.c.name, own.c.notebook == db.notebook.c.name,
        own.c.question == db.base_cell.c.name))
    ).where(db.base_cell.c.type.in_(("GradeCell", "TaskCell"))).order_by(
        db.assignment.c.name, own.c.position, db.notebook.c.name, db.base_cell.c.name)  # fmt: skip
    with book.reading() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def late(book: Gradebook) -> dict[Pair, float]:
    """Return the share of the points that each standing submission loses, 0 to 1."""
    table = tables.lateness.c
    with book.reading() as connection:
        rows = connection.execute(sa.select(table.learner, table.lesson, table.share))
        return {(row[0], row[1]): row[2] for row in rows}


READ = "read"
"""Why of a second reading, by which no mark changes."""


def judgements(book: Gradebook) -> list[dict[str, Any]]:
    """Return every judgement at the desk in order, then every second reading, whose ``why`` is `READ`.

    ``submitted`` is when the answer was handed in; None for a second reading, for which no learner waits.
    """
    table, attempt, again = tables.judgement, tables.attempt, tables.reading
    named = ("learner", "lesson", "notebook", "question", "grader", "score", "items", "at")
    query = sa.select(*(table.c[each] for each in named), table.c.why, attempt.c.submitted_at.label("submitted")).select_from(
        table.outerjoin(attempt, sa.and_(
            attempt.c.lesson == table.c.lesson, attempt.c.learner == table.c.learner))).order_by(table.c.number)  # fmt: skip
    second = sa.select(*(again.c[each] for each in named)).order_by(again.c.number)
    with book.reading() as connection:
        made = [dict(row) for row in connection.execute(query).mappings()]
        read = connection.execute(second).mappings().all()
    return [*made, *({**row, "why": READ, "submitted": None} for row in read)]


def requests(book: Gradebook) -> list[dict[str, Any]]:
    """Return every message about a mark in order."""
    table = tables.dispute.c
    query = sa.select(
        table.learner, table.lesson, table.notebook, table.question, table.what, table.at
    )
    with book.reading() as connection:
        return [dict(row) for row in connection.execute(query.order_by(table.number)).mappings()]


def _graded_cells() -> sa.FromClause:
    return (
        db.base_cell.outerjoin(db.grade_cell, db.grade_cell.c.id == db.base_cell.c.id)
        .outerjoin(db.task_cell, db.task_cell.c.id == db.base_cell.c.id)
        .join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
    )


def _cells(connection: Connection) -> dict[str, Pair]:
    """Return notebook and question of each graded cell, by nbgrader's key."""
    query = sa.select(db.base_cell.c.id, db.notebook.c.name, db.base_cell.c.name.label("question"))
    return {row[0]: (row[1], row[2]) for row in connection.execute(query.select_from(
        db.base_cell.join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)))}  # fmt: skip


def _works() -> sa.Select[Any]:
    """Return a query of key, learner and lesson of each submitted notebook."""
    return sa.select(db.submitted_notebook.c.id, db.submitted.c.student_id, db.assignment.c.name).select_from(
        db.submitted_notebook.join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
        .join(db.assignment, db.submitted.c.assignment_id == db.assignment.c.id))  # fmt: skip


def _of(
    connection: Connection, query: sa.Select[Any], table: Any, pairs: Collection[Pair] | None
) -> Iterator[tuple[Any, ...]]:
    if pairs is None:
        queries = [query]
    else:
        whose = sa.tuple_(table.learner, table.lesson)
        queries = [query.where(whose.in_(part)) for part in _parts([*pairs])]
    for each in queries:
        yield from (
            tuple(row) for row in connection.execute(each.execution_options(yield_per=20_000))
        )


def _parts(things: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(things), _AT_ONCE // 2):
        yield things[start : start + _AT_ONCE // 2]
