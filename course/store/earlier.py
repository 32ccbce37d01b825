"""Attempts before the one that stands, each with its verdicts and a person's marks on it.

nbgrader has room for one attempt of a lesson. The others are kept here whole, and can be put in
its place.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import ManualMark
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook, Row
from course.store.manual import comment_on, put_back, save_one


@dataclass(frozen=True, slots=True)
class Earlier:
    """One attempt.

    Attributes:
        digest: of what was handed in.
        submitted_at: in UTC, if it is known.
        verdicts: rows as in ``course_verdict``: notebook, question, outcome, score, maximum, notes.
        marks: a person's: notebook, question, points, comment, grader.
        about: fingerprint, isolation and repairs, as in ``course_attempt``.
    """

    digest: str
    submitted_at: dt.datetime | None
    verdicts: tuple[dict[str, Any], ...]
    marks: tuple[dict[str, Any], ...]
    about: dict[str, Any]
    waits: bool = False

    @property
    def points(self) -> float:
        """What it earned, before lateness; what a person has yet to mark counts as nothing."""
        given = {(mark["notebook"], mark["question"]): mark["points"] for mark in self.marks}
        own = ((each["notebook"], each["question"], each["score"]) for each in self.verdicts)
        return float(sum(given.get((book, name), score) or 0.0 for book, name, score in own))

    @property
    def questions(self) -> frozenset[tuple[str, str, float]]:
        """Notebook, name and points of what it was asked."""
        return frozenset(
            (each["notebook"], each["question"], each["maximum"]) for each in self.verdicts
        )


def standing(connection: Connection, lesson: str, learner: str) -> Earlier | None:
    """Return the attempt that stands now, with its marks; None when none was graded."""
    own, table = tables.attempt, tables.verdict
    row = connection.execute(
        sa.select(own).where(own.c.lesson == lesson, own.c.learner == learner)
    ).mappings().first()  # fmt: skip
    if row is None or row["state"] != "graded":
        return None
    keys = ("notebook", "question", "outcome", "score", "maximum", "notes")
    mine = sa.select(table).where(table.c.lesson == lesson, table.c.learner == learner)
    verdicts = tuple(
        {key: each[key] for key in keys} for each in connection.execute(mine).mappings()
    )
    graders = _graders(connection, lesson, learner)
    marks, waits = [], False
    for each in connection.execute(_grades(lesson, learner)).mappings():
        waits = waits or bool(each["needs_manual_grade"])
        if each["manual_score"] is not None:
            key = (each["notebook"], each["question"])
            marks.append({"notebook": key[0], "question": key[1], "points": each["manual_score"],
                          "comment": comment_on(connection, each["row"], key[1]) or "",
                          "grader": graders.get(key, "formgrader")})  # fmt: skip
    return Earlier(
        row["digest"], _utc(row["submitted_at"]), verdicts, tuple(marks), _about(row), waits
    )


def keep(connection: Connection, lesson: str, learner: str, new_digest: str) -> None:
    """Keep the attempt that stands before another one takes its place; the same again changes nothing."""
    now = standing(connection, lesson, learner)
    if now is not None and now.digest != new_digest:
        _write(connection, lesson, learner, now)


def kept(
    connection: Connection, lesson: str, learner: str | None = None
) -> dict[str, list[Earlier]]:
    """Return the attempts of a lesson that do not stand, by learner, in the order of submission."""
    table, found = tables.earlier, dict[str, list[Earlier]]()
    query = sa.select(table).where(table.c.lesson == lesson)
    if learner is not None:
        query = query.where(table.c.learner == learner)
    for row in connection.execute(query.order_by(table.c.submitted_at)).mappings():
        found.setdefault(row["learner"], []).append(Earlier(
            row["digest"], _utc(row["submitted_at"]), tuple(row["verdicts"]), tuple(row["marks"]), _about(row)))  # fmt: skip
    return found


def fingerprints(book: Gradebook, lesson: str) -> frozenset[tuple[str, str]]:
    """Return learner and fingerprint of every attempt of a lesson that is kept."""
    table = tables.earlier
    query = sa.select(table.c.learner, table.c.fingerprint).where(table.c.lesson == lesson)
    with book.reading() as connection:
        return frozenset((row.learner, row.fingerprint) for row in connection.execute(query))


def change_marks(
    connection: Connection, lesson: str, learner: str, old: Sequence[Any], new: Sequence[Any]
) -> None:
    """Put a person's marks of one attempt in the place of those of another, which are kept with it."""

    def mark(about: Any, points: float | None, comment: str) -> ManualMark:
        name = f"{about['notebook']}/{about['question']}"
        return ManualMark(lesson, learner, name, points, comment, about["grader"])

    for each in old:
        put_back(connection, mark(each, None, ""), waits=True, why="another attempt counts")
    for each in new:
        save_one(connection, mark(each, each["points"], each["comment"]))


def forget(connection: Connection, lesson: str, learner: str, digest: str) -> None:
    """Remove an attempt from those that are kept, when it stands again."""
    table = tables.earlier
    connection.execute(table.delete().where(
        table.c.lesson == lesson, table.c.learner == learner, table.c.digest == digest))  # fmt: skip


def _write(connection: Connection, lesson: str, learner: str, one: Earlier) -> None:
    forget(connection, lesson, learner, one.digest)
    at = one.submitted_at.replace(tzinfo=None) if one.submitted_at else None
    connection.execute(tables.earlier.insert().values(
        lesson=lesson, learner=learner, digest=one.digest, submitted_at=at, verdicts=list(one.verdicts),
        marks=list(one.marks), **one.about))  # fmt: skip


def _grades(lesson: str, learner: str) -> sa.Select[Any]:
    return sa.select(
        db.grade.c.manual_score, db.grade.c.needs_manual_grade, db.submitted_notebook.c.id.label("row"),
        db.notebook.c.name.label("notebook"), db.base_cell.c.name.label("question"),
    ).select_from(
        db.grade.join(db.base_cell, db.grade.c.cell_id == db.base_cell.c.id)
        .join(db.submitted_notebook, db.grade.c.notebook_id == db.submitted_notebook.c.id)
        .join(db.notebook, db.submitted_notebook.c.notebook_id == db.notebook.c.id)
        .join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)
        .join(db.assignment, db.submitted.c.assignment_id == db.assignment.c.id)
    ).where(db.assignment.c.name == lesson, db.submitted.c.student_id == learner)  # fmt: skip


def _graders(connection: Connection, lesson: str, learner: str) -> dict[tuple[str, str], str]:
    table = tables.manual
    query = sa.select(table).where(table.c.lesson == lesson, table.c.learner == learner)
    return {
        (row["notebook"], row["question"]): row["grader"]
        for row in connection.execute(query).mappings()
    }


def _about(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("fingerprint", "isolation", "repairs")}


def _utc(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.replace(tzinfo=dt.UTC) if moment else None
