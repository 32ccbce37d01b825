"""Writing marks: nbgrader's rows and ours in one transaction."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import Invalid, NotFound, nearest
from course.layout import known
from course.model import AUTOGRADER, Graded, Kind, ManualMark, Question, Verdict
from course.store import nbgrader_tables as db
from course.store import roster, tables
from course.store.database import Gradebook, Row, new_id, note, now

Penalty = Callable[[float, dt.timedelta], float]
"""Takes a score and the time after the due date, returns the points to take off."""


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


def save_graded(book: Gradebook, graded: Graded, questions: Sequence[Question], penalty: Penalty,
                due: dt.datetime | None, keep: frozenset[str] = frozenset()) -> None:  # fmt: skip
    """Write everything that grading one submission gave, or nothing.

    A submission that could not be graded keeps the marks of an earlier one, if there are any, and
    its reason stands beside them; without earlier marks its questions stay ungraded, never zero.
    The standing verdicts of the questions in ``keep`` stay.
    """
    work = graded.submission
    with book.transaction() as connection:
        roster.ensure(connection, work.learner)
        rows = _submission_rows(connection, work.lesson, work.learner, work.submitted_at)
        same = _save_attempt(connection, graded)
        if graded.reason:
            if not same:
                _ask_again(connection, list(rows.values()))
            note(connection, AUTOGRADER, "triage", lesson=work.lesson, learner=work.learner,
                 after={"reason": graded.reason})  # fmt: skip
            return
        where = {question.id: question for question in questions}
        for verdict in (each for each in graded.verdicts if each.question not in keep):
            _save_verdict(connection, graded, where[verdict.question], verdict, rows, same=same)
        late = work.submitted_at - due if work.submitted_at and due else dt.timedelta()
        for name in rows:
            _save_penalty(connection, rows[name], penalty, late)


def _ask_again(connection: Connection, rows: Sequence[str]) -> None:
    """Let a person look again at marks that were made on other work than this."""
    table = db.grade
    marked = sa.and_(table.c.notebook_id.in_(rows), table.c.manual_score.is_not(None))
    connection.execute(table.update().where(marked).values(needs_manual_grade=True))


def _submission_rows(
    connection: Connection, lesson: str, learner: str, at: dt.datetime | None
) -> dict[str, str]:
    """Return the key of each submitted notebook's row, all rows made as nbgrader makes them."""
    lesson_id = connection.execute(
        sa.select(db.assignment.c.id).where(db.assignment.c.name == lesson)
    ).scalar_one()
    table = db.submitted
    mine = sa.and_(table.c.assignment_id == lesson_id, table.c.student_id == learner)
    key = connection.execute(sa.select(table.c.id).where(mine)).scalar()
    moment = at.replace(tzinfo=None) if at else None
    if key is None:
        key = new_id()
        connection.execute(
            table.insert().values(
                id=key, assignment_id=lesson_id, student_id=learner, timestamp=moment
            )
        )
    else:
        connection.execute(table.update().where(table.c.id == key).values(timestamp=moment))
    rows = {}
    for book in connection.execute(
        sa.select(db.notebook.c.id, db.notebook.c.name).where(
            db.notebook.c.assignment_id == lesson_id
        )
    ).all():
        rows[book.name] = _notebook_row(connection, key, book.id)
    return rows


def _notebook_row(connection: Connection, submission: str, notebook: str) -> str:
    table = db.submitted_notebook
    mine = sa.and_(table.c.assignment_id == submission, table.c.notebook_id == notebook)
    key = connection.execute(sa.select(table.c.id).where(mine)).scalar()
    if key is None:
        key = new_id()
        connection.execute(
            table.insert().values(
                id=key, assignment_id=submission, notebook_id=notebook, flagged=False
            )
        )
    cells = sa.select(db.base_cell.c.id, db.base_cell.c.type).where(
        db.base_cell.c.notebook_id == notebook
    )
    for table, types in (
        (db.grade, ("GradeCell", "TaskCell")),
        (db.comment, ("SolutionCell", "TaskCell")),
    ):
        there = set(
            connection.execute(
                sa.select(table.c.cell_id).where(table.c.notebook_id == key)
            ).scalars()
        )
        more = {"needs_manual_grade": True} if table is db.grade else {}
        new = [
            {"id": new_id(), "cell_id": cell.id, "notebook_id": key, **more}
            for cell in connection.execute(cells) if cell.type in types and cell.id not in there
        ]  # fmt: skip
        if new:
            connection.execute(table.insert(), new)
    return str(key)


def _save_attempt(connection: Connection, graded: Graded) -> bool:
    """Write our row of the attempt; returns whether the learner's work is the same as before."""
    work, table = graded.submission, tables.attempt
    mine = sa.and_(table.c.learner == work.learner, table.c.lesson == work.lesson)
    before = connection.execute(sa.select(table).where(mine)).mappings().first()
    values = {
        "state": "triage" if graded.reason else "graded", "reason": graded.reason,
        "digest": work.digest, "fingerprint": graded.fingerprint, "isolation": graded.isolation,
        "repairs": [asdict(repair) for repair in graded.repairs], "graded_at": now(),
        "submitted_at": work.submitted_at.replace(tzinfo=None) if work.submitted_at else None,
    }  # fmt: skip
    if before is None:
        connection.execute(
            table.insert().values(learner=work.learner, lesson=work.lesson, feedback="", **values)
        )
    else:
        connection.execute(table.update().where(mine).values(**values))
    return before is not None and before["digest"] == work.digest


def _save_verdict(connection: Connection, graded: Graded, question: Question, verdict: Verdict,
                  rows: Mapping[str, str], *, same: bool) -> None:  # fmt: skip
    work, table = graded.submission, tables.verdict
    key = {"learner": work.learner, "lesson": work.lesson,
           "notebook": question.notebook, "question": question.id}  # fmt: skip
    mine = sa.and_(*(table.c[name] == value for name, value in key.items()))
    before = connection.execute(sa.select(table.c.score, table.c.outcome).where(mine)).first()
    connection.execute(table.delete().where(mine))
    connection.execute(table.insert().values(
        **key, outcome=verdict.outcome.value, score=verdict.score, maximum=verdict.maximum,
        notes=[asdict(each) for each in verdict.notes], at=now(),
    ))  # fmt: skip
    after = {"score": verdict.score, "outcome": verdict.outcome.value}
    if before is None or (before.score, before.outcome) != (verdict.score, verdict.outcome.value):
        note(
            connection,
            AUTOGRADER,
            "graded",
            lesson=work.lesson,
            learner=work.learner,
            question=question.id,
            before={"score": before.score, "outcome": before.outcome} if before else None,
            after=after,
        )
    cell = _graded_cell(connection, rows[question.notebook], question.id)
    old = connection.execute(
        sa.select(db.grade.c.manual_score).where(db.grade.c.id == cell)
    ).scalar()
    waits = verdict.score is None if old is None else not same
    connection.execute(
        db.grade.update().where(db.grade.c.id == cell).values(auto_score=verdict.score)
        if old is not None and same
        else db.grade.update()
        .where(db.grade.c.id == cell)
        .values(auto_score=verdict.score, needs_manual_grade=waits)
    )
    if question.kind is Kind.WRITTEN:
        said = "No response." if verdict.score == 0 else None
        _comment_row(connection, rows[question.notebook], question.id, auto_comment=said)


def _graded_cell(connection: Connection, notebook_row: str, question: str) -> str:
    query = sa.select(db.grade.c.id).select_from(
        db.grade.join(db.base_cell, db.grade.c.cell_id == db.base_cell.c.id)
    ).where(db.grade.c.notebook_id == notebook_row, db.base_cell.c.name == question)  # fmt: skip
    return str(connection.execute(query).scalar_one())


def _comment_row(connection: Connection, notebook_row: str, question: str, **values: Any) -> bool:
    cells = sa.select(db.base_cell.c.id).where(
        db.base_cell.c.name == question, db.base_cell.c.type.in_(("SolutionCell", "TaskCell"))
    )
    done = connection.execute(
        db.comment.update()
        .where(db.comment.c.notebook_id == notebook_row, db.comment.c.cell_id.in_(cells))
        .values(**values)
    )
    return bool(done.rowcount)


def _save_penalty(connection: Connection, row: str, penalty: Penalty, late: dt.timedelta) -> None:
    best = sa.func.coalesce(db.grade.c.manual_score, db.grade.c.auto_score, 0.0)
    score = connection.execute(
        sa.select(sa.func.coalesce(sa.func.sum(best), 0.0)).where(db.grade.c.notebook_id == row)
    ).scalar_one()
    table = db.submitted_notebook
    off = penalty(float(score), late) or None
    connection.execute(table.update().where(table.c.id == row).values(late_submission_penalty=off))


def save_manual(book: Gradebook, marks: Sequence[ManualMark]) -> int:
    """Write a person's marks and comments, all or none; returns how many changed something.

    Raises:
        NotFound: an unknown lesson, learner or question, or one without a submission.
        Invalid: points outside 0 to the question's maximum.
    """
    with book.transaction() as connection:
        return sum(_save_one(connection, mark) for mark in marks)


def _save_one(connection: Connection, mark: ManualMark) -> bool:
    cell = _find(connection, mark)
    if mark.points is not None and not 0 <= mark.points <= cell["maximum"]:
        raise Invalid(
            "points outside the question's range", where=f"{mark.learner}, {mark.lesson}, {mark.question}",
            expected=f"0 to {cell['maximum']:g}", found=f"{mark.points:g}",
        )  # fmt: skip
    before = {
        "score": cell["manual_score"],
        "comment": _comment(connection, cell["row"], mark.question),
    }
    after = {
        "score": before["score"] if mark.points is None else mark.points,
        "comment": before["comment"] if mark.comment is None else mark.comment,
    }
    if before == after and not cell["needs_manual_grade"]:
        return False
    if mark.points is not None:
        connection.execute(db.grade.update().where(db.grade.c.id == cell["id"]).values(
            manual_score=mark.points, needs_manual_grade=False))  # fmt: skip
    if mark.comment is not None:
        _write_comment(connection, cell, mark)
    table = tables.manual
    key = {"learner": mark.learner, "lesson": mark.lesson, "notebook": cell["notebook"],
           "question": mark.question}  # fmt: skip
    connection.execute(
        table.delete().where(*(table.c[name] == value for name, value in key.items()))
    )
    connection.execute(
        table.insert().values(**key, grader=mark.grader, score=after["score"], at=now())
    )
    note(connection, mark.grader, "marked", lesson=mark.lesson, learner=mark.learner,
         question=mark.question, before=before, after=after)  # fmt: skip
    return True


def _write_comment(connection: Connection, cell: Row, mark: ManualMark) -> None:
    if _comment_row(connection, cell["row"], mark.question, manual_comment=mark.comment):
        return
    # a test cell has no comment of its own in nbgrader; the answer's cell above carries it
    connection.execute(tables.remark.delete().where(
        tables.remark.c.row == cell["row"], tables.remark.c.question == mark.question))  # fmt: skip
    connection.execute(
        tables.remark.insert().values(row=cell["row"], question=mark.question, comment=mark.comment)
    )


def _comment(connection: Connection, row: str, question: str) -> str | None:
    query = sa.select(db.comment.c.manual_comment).select_from(
        db.comment.join(db.base_cell, db.comment.c.cell_id == db.base_cell.c.id)
    ).where(db.comment.c.notebook_id == row, db.base_cell.c.name == question)  # fmt: skip
    found = connection.execute(query).scalar()
    if found is None:
        found = connection.execute(sa.select(tables.remark.c.comment).where(
            tables.remark.c.row == row, tables.remark.c.question == question)).scalar()  # fmt: skip
    return found


def _find(connection: Connection, mark: ManualMark) -> Row:
    lessons = list(connection.execute(sa.select(db.assignment.c.name)).scalars())
    known(mark.lesson, lessons, "lesson")
    known(mark.learner, list(connection.execute(sa.select(db.student.c.id)).scalars()), "learner")
    maximum = sa.func.coalesce(db.grade_cell.c.max_score, db.task_cell.c.max_score)
    query = sa.select(
        db.grade.c.id, db.grade.c.manual_score, db.grade.c.needs_manual_grade, maximum.label("maximum"),
        db.base_cell.c.name, db.notebook.c.name.label("notebook"), db.submitted_notebook.c.id.label("row"),
    ).select_from(
        db.grade.join(db.base_cell, db.grade.c.cell_id == db.base_cell.c.id)
        .outerjoin(db.grade_cell, db.grade_cell.c.id == db.base_cell.c.id)
        .outerjoin(db.task_cell, db.task_cell.c.id == db.base_cell.c.id)
        .join(db.submitted_notebook, db.grade.c.notebook_id == db.submitted_notebook.c.id)
        .join(db.notebook, db.submitted_notebook.c.notebook_id == db.notebook.c.id)
        .join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
        .join(db.assignment, db.submitted.c.assignment_id == db.assignment.c.id)
    ).where(db.assignment.c.name == mark.lesson, db.submitted.c.student_id == mark.learner)  # fmt: skip
    rows = {row["name"]: row for row in connection.execute(query).mappings()}
    if not rows:
        raise NotFound(
            f"{mark.learner} has no graded submission of {mark.lesson}",
            hint=f"run first: course collect {mark.lesson} && course autograde {mark.lesson}",
        )
    if mark.question not in rows:
        raise NotFound(
            f"{mark.lesson} has no question '{mark.question}'", expected=f"one of: {', '.join(rows)}",
            hint=nearest(mark.question, rows),
        )  # fmt: skip
    return rows[mark.question]
