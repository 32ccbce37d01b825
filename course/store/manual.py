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
from course.store.guard import own_hand


def save_manual(book: Gradebook, marks: Sequence[ManualMark]) -> int:
    """Write a person's marks and comments, all or none; returns how many changed something.

    Raises:
        NotFound: an unknown lesson, learner or question, or one without a submission.
        Invalid: a question's name that several notebooks of the lesson have, or points outside 0 to the question's maximum.
    """
    with book.transaction() as connection:
        return sum(save_one(connection, mark) for mark in marks)


def save_one(connection: Connection, mark: ManualMark, why: str = "") -> bool:
    """Write one person's mark and comment; returns whether something changed. See `save_manual`."""
    cell = _find(connection, mark)
    if mark.points is not None and not 0 <= mark.points <= cell["maximum"]:
        raise Invalid(
            "points outside the question's range", where=f"{mark.learner}, {mark.lesson}, {mark.question}",
            expected=f"0 to {cell['maximum']:g}", found=f"{mark.points:g}",
        )  # fmt: skip
    mark = replace(mark, question=cell["name"])
    before = _stood(connection, cell)
    points = before["score"] if mark.points is None else mark.points
    comment = before["comment"] if mark.comment is None else mark.comment
    if before == {"score": points, "comment": comment} and not cell["needs_manual_grade"]:
        return False
    waits = cell["needs_manual_grade"] and mark.points is None
    _write(connection, cell, replace(mark, points=points, comment=mark.comment), waits=waits)
    _note(connection, cell, mark, "marked", before, {"score": points, "comment": comment}, why)
    return True


def put_back(connection: Connection, mark: ManualMark, *, waits: bool, why: str = "") -> None:
    """Let a mark and comment stand again as they did before; points of None take a person's mark away."""
    cell = _find(connection, mark)
    mark = replace(mark, question=cell["name"], comment=mark.comment or "")
    before = _stood(connection, cell)
    _write(connection, cell, mark, waits=waits)
    action = "unmarked" if mark.points is None else "marked"
    _note(connection, cell, mark, action, before,
          {"score": mark.points, "comment": mark.comment}, why)  # fmt: skip


def stood(connection: Connection, mark: ManualMark) -> dict[str, Any]:
    """Return score, comment and whether it waits for a person, as they stand where a mark would go."""
    cell = _find(connection, mark)
    return {**_stood(connection, cell), "waits": bool(cell["needs_manual_grade"])}


def _stood(connection: Connection, cell: Row) -> dict[str, Any]:
    return {
        "score": cell["manual_score"],
        "comment": comment_on(connection, cell["row"], cell["name"]),
    }


def _write(connection: Connection, cell: Row, mark: ManualMark, *, waits: bool) -> None:
    table = tables.manual
    key = {"learner": mark.learner, "lesson": mark.lesson, "notebook": cell["notebook"],
           "question": cell["name"]}  # fmt: skip
    with own_hand(connection):
        connection.execute(db.grade.update().where(db.grade.c.id == cell["id"]).values(
            manual_score=mark.points, needs_manual_grade=waits))  # fmt: skip
        if mark.comment is not None:
            _write_comment(connection, cell, mark)
    connection.execute(
        table.delete().where(*(table.c[name] == value for name, value in key.items()))
    )
    if mark.points is not None:
        connection.execute(
            table.insert().values(**key, grader=mark.grader, score=mark.points, at=now())
        )
    lateness.reckon(connection, mark.lesson, mark.learner)


def _note(
    connection: Connection, cell: Row, mark: ManualMark, action: str, before: dict[str, Any],
    after: dict[str, Any], why: str,
) -> None:  # fmt: skip
    note(connection, mark.grader, action, lesson=mark.lesson, learner=mark.learner, why=why,
         notebook=cell["notebook"], question=mark.question, before=before, after=after)  # fmt: skip


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
    ).where(db.assignment.c.name == mark.lesson, db.submitted.c.student_id == mark.learner).with_for_update(of=db.grade)  # fmt: skip
    rows = list(connection.execute(query).mappings())
    if not rows:
        lessons = list(connection.execute(sa.select(db.assignment.c.name)).scalars())
        known(mark.lesson, lessons, "lesson")
        people = list(connection.execute(sa.select(db.student.c.id)).scalars())
        known(mark.learner, people, "learner")
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
