"""A person's marks and comments: nbgrader's rows and ours in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import Invalid, NotFound, nearest
from course.layout import known
from course.model import ManualMark
from course.store import lateness, tables
from course.store import nbgrader_tables as db
from course.store.database import Gradebook, Row, note, now


def save_manual(book: Gradebook, marks: Sequence[ManualMark]) -> int:
    """Write a person's marks and comments, all or none; returns how many changed something.

    Raises:
        NotFound: an unknown lesson, learner or question, or one without a submission.
        Invalid: a question's name that several notebooks of the lesson have, or points outside 0 to the question's maximum.
    """
    with book.transaction() as connection:
        return sum(save_one(connection, mark) for mark in marks)


def save_one(connection: Connection, mark: ManualMark) -> bool:
    """Write one person's mark and comment; returns whether something changed. See `save_manual`."""
    cell = _find(connection, mark)
    if mark.points is not None and not 0 <= mark.points <= cell["maximum"]:
        raise Invalid(
            "points outside the question's range", where=f"{mark.learner}, {mark.lesson}, {mark.question}",
            expected=f"0 to {cell['maximum']:g}", found=f"{mark.points:g}",
        )  # fmt: skip
    mark = replace(mark, question=cell["name"])
    before = {
        "score": cell["manual_score"],
        "comment": comment_on(connection, cell["row"], mark.question),
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
    lateness.reckon(connection, mark.lesson, mark.learner)
    return True


def clear(connection: Connection, mark: ManualMark) -> None:
    """Take a person's mark and comment away: the answer waits for a person again."""
    cell = _find(connection, mark)
    mark = replace(mark, question=cell["name"], comment="")
    before = {
        "score": cell["manual_score"],
        "comment": comment_on(connection, cell["row"], mark.question),
    }
    connection.execute(db.grade.update().where(db.grade.c.id == cell["id"]).values(
        manual_score=None, needs_manual_grade=True))  # fmt: skip
    _write_comment(connection, cell, mark)
    table = tables.manual
    connection.execute(table.delete().where(
        table.c.learner == mark.learner, table.c.lesson == mark.lesson,
        table.c.notebook == cell["notebook"], table.c.question == mark.question))  # fmt: skip
    note(connection, mark.grader, "unmarked", lesson=mark.lesson, learner=mark.learner,
         question=mark.question, before=before, after={"score": None, "comment": ""})  # fmt: skip
    lateness.reckon(connection, mark.lesson, mark.learner)


def _write_comment(connection: Connection, cell: Row, mark: ManualMark) -> None:
    if _comment_row(connection, cell["row"], mark.question, manual_comment=mark.comment):
        return
    # a test cell has no comment of its own in nbgrader; the answer's cell above carries it
    connection.execute(tables.remark.delete().where(
        tables.remark.c.row == cell["row"], tables.remark.c.question == mark.question))  # fmt: skip
    connection.execute(
        tables.remark.insert().values(row=cell["row"], question=mark.question, comment=mark.comment)
    )


def comment_on(connection: Connection, row: str, question: str) -> str | None:
    """Return a person's comment on a question, by nbgrader's key of the submitted notebook."""
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
    rows = list(connection.execute(query).mappings())
    if not rows:
        raise NotFound(
            f"{mark.learner} has no graded submission of {mark.lesson}",
            hint=f"run first: course collect {mark.lesson} && course autograde {mark.lesson}",
        )
    return _named(rows, mark)


def _named(rows: Sequence[Row], mark: ManualMark) -> Row:
    """Return the row of a question, given by its name or as NOTEBOOK/NAME."""
    full = {f"{row['notebook']}/{row['name']}": row for row in rows}
    found = [row for row in rows if row["name"] == mark.question]
    if mark.question in full:
        return full[mark.question]
    if not found:
        names = [row["name"] for row in rows]
        raise NotFound(
            f"{mark.lesson} has no question '{mark.question}'", expected=f"one of: {', '.join(names)}",
            hint=nearest(mark.question, [*names, *full]),
        )  # fmt: skip
    if len(found) > 1:
        places = [name for name, row in full.items() if row["name"] == mark.question]
        raise Invalid(
            f"several notebooks of {mark.lesson} have a question '{mark.question}'",
            where=f"{mark.learner}, {mark.lesson}", expected=f"one of: {', '.join(sorted(places))}",
            found=mark.question, hint="give the notebook, too: NOTEBOOK/QUESTION",
        )  # fmt: skip
    return found[0]


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
