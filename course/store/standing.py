"""How answers stand: nbgrader's rows and ours read as one."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import Place
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.asked import Asked, grades, is_answer, waits
from course.store.database import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """How one answer stands.

    Attributes:
        token: changes with everything that a grader should have seen before marking.
        points: what counts now; None while it is not graded.
        manual: what a person gave, extra credit left out; None when nobody did.
        waits: whether it needs a person.
        auto: what the autograder gave, if it could.
        outcome, notes: of the autograder.
        comment: what a person wrote.
        judgement: the last row of ``course_judgement``; None when the desk never marked it.
        marked_by: who marked it: a name, "formgrader", or empty.
        submitted_at: UTC, if it is known.
    """

    place: Place
    token: str
    maximum: float
    points: float | None
    manual: float | None
    waits: bool
    auto: float | None
    outcome: str
    notes: Sequence[Mapping[str, Any]]
    comment: str
    judgement: Row | None
    marked_by: str
    submitted_at: dt.datetime | None
    repairs: Sequence[Mapping[str, Any]]
    claimed_by: str
    until: dt.datetime | None
    flag: str

    @property
    def stands(self) -> bool:
        """Whether the last judgement is the mark that counts; nobody marked elsewhere since."""
        last = self.judgement
        return last is not None and last["score"] is not None and last["score"] == self.manual


def standings(
    connection: Connection, question: Asked, learner: str | None = None
) -> list[Standing]:
    """Return how the answers to a question stand, or that of one learner, by learner."""
    where = [db.grade.c.cell_id == question.cell, is_answer()]
    if learner is not None:
        where.append(db.submitted.c.student_id == learner)
    query = sa.select(
        db.grade.c.auto_score, db.grade.c.manual_score, db.grade.c.extra_credit, db.grade.c.notebook_id,
        waits().label("waits"), db.submitted.c.student_id.label("learner"), db.submitted.c.timestamp,
    ).select_from(grades()).where(*where).order_by(db.submitted.c.student_id)  # fmt: skip
    if learner is not None:  # so that on PostgreSQL nobody changes it between a look and a mark
        query = query.with_for_update(of=db.grade)
    rows = connection.execute(query).all()
    works = None if learner is None else [row.notebook_id for row in rows]
    about = _About(connection, question, learner, works)
    return [about.standing(row) for row in rows]


def queued(connection: Connection, question: Asked) -> list[sa.Row[Any]]:
    """Return of each answer to a question: learner, group, waits, claimed_by, until.

    It is what choosing the next one needs, and no more.
    """
    claim, learner = tables.claim, tables.learner
    who = db.submitted.c.student_id
    query = sa.select(
        who.label("learner"), waits().label("waits"), sa.func.coalesce(learner.c.group, "").label("group"),
        sa.func.coalesce(claim.c.grader, "").label("claimed_by"), claim.c.until,
    ).select_from(
        grades().outerjoin(learner, learner.c.id == who)
        .outerjoin(claim, sa.and_(claim.c.learner == who, claim.c.lesson == question.lesson,
                                  claim.c.notebook == question.notebook, claim.c.question == question.question))
    ).where(db.grade.c.cell_id == question.cell, is_answer())  # fmt: skip
    return list(connection.execute(query))


def learners(connection: Connection, question: Asked) -> list[str]:
    """Return who has an answer to a question, sorted."""
    query = sa.select(db.submitted.c.student_id).select_from(grades()).where(
        db.grade.c.cell_id == question.cell, is_answer()).order_by(db.submitted.c.student_id)  # fmt: skip
    return list(connection.execute(query).scalars())


class _About:
    """What our tables say of the answers to one question, read once."""

    def __init__(
        self, connection: Connection, question: Asked, learner: str | None,
        works: Sequence[str] | None,
    ) -> None:  # fmt: skip
        self.question = question

        def mine(table: sa.Table) -> Iterator[Row]:
            where = [table.c[key] == getattr(question, key) for key in ("lesson", "notebook", "question")
                     if key in table.c]  # fmt: skip
            if learner is not None:
                where.append(table.c.learner == learner)
            return iter(connection.execute(sa.select(table).where(*where)).mappings())

        self.verdicts = {row["learner"]: row for row in mine(tables.verdict)}
        self.manual = {row["learner"]: row for row in mine(tables.manual)}
        self.claims = {row["learner"]: row for row in mine(tables.claim)}
        self.flags = {row["learner"]: row["text"] for row in mine(tables.flag)}
        judged = sorted(mine(tables.judgement), key=lambda row: int(row["number"]))
        self.judged = {row["learner"]: row for row in judged}
        own = [tables.attempt.c.lesson == question.lesson]
        own += [tables.attempt.c.learner == learner] if learner is not None else []
        self.attempts = {
            row["learner"]: row
            for row in connection.execute(sa.select(tables.attempt).where(*own)).mappings()
        }
        self.comments = _comments(connection, question, works)

    def standing(self, row: Any) -> Standing:
        who, question = row.learner, self.question
        verdict, attempt, claim = (
            self.verdicts.get(who),
            self.attempts.get(who),
            self.claims.get(who),
        )
        manual, judged = self.manual.get(who), self.judged.get(who)
        points = row.manual_score if row.manual_score is not None else row.auto_score
        auto = verdict["score"] if verdict else row.auto_score
        comment = self.comments.get(row.notebook_id, "")
        seen = (judged["number"] if judged else 0, row.manual_score, row.extra_credit, row.auto_score, comment,
                attempt["digest"] if attempt else row.timestamp,
                attempt["fingerprint"] if attempt else "")  # fmt: skip
        marked = row.manual_score is not None
        return Standing(
            Place(question.lesson, question.notebook, question.question, who),
            sha256(repr(seen).encode()).hexdigest()[:16], question.maximum,
            None if points is None or (row.waits and not marked) else points + (row.extra_credit or 0.0),
            row.manual_score, bool(row.waits), auto, verdict["outcome"] if verdict else "", verdict["notes"] if verdict else (),
            comment, judged, (manual["grader"] if manual else "formgrader") if marked else "",
            row.timestamp, attempt["repairs"] if attempt else (),
            claim["grader"] if claim else "", claim["until"] if claim else None, self.flags.get(who, ""),
        )  # fmt: skip


def _comments(
    connection: Connection, question: Asked, works: Sequence[str] | None
) -> dict[str, str]:
    """Return a person's comments on a question, by nbgrader's key of the submitted notebook."""
    here = sa.select(db.base_cell.c.id).where(
        db.base_cell.c.name == question.question, db.base_cell.c.notebook_id == sa.select(
            db.base_cell.c.notebook_id).where(db.base_cell.c.id == question.cell).scalar_subquery())  # fmt: skip
    theirs = sa.select(db.comment.c.notebook_id, db.comment.c.manual_comment).where(
        db.comment.c.cell_id.in_(here), db.comment.c.manual_comment.is_not(None))  # fmt: skip
    ours = sa.select(tables.remark.c.row, tables.remark.c.comment).where(
        tables.remark.c.question == question.question
    )
    if works is not None:
        theirs = theirs.where(db.comment.c.notebook_id.in_(works))
        ours = ours.where(tables.remark.c.row.in_(works))
    found = {row[0]: row[1] for row in connection.execute(ours)}
    return found | {row[0]: row[1] for row in connection.execute(theirs) if row[1]}
