"""Answers and judgements: what the grading desk reads and writes, nbgrader's rows with ours."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import NotFound
from course.model import ManualMark, Place
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.database import Gradebook, Row, note, now
from course.store.manual import clear, save_one

CLAIM = dt.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """One graded question, as the gradebook knows it.

    Attributes:
        cell: nbgrader's key of its cell.
        maximum: its points.
        kind: a `course.model.Kind`'s text; empty where only nbgrader knows the lesson.
        answers: how many submissions have it.
        waiting: how many of them need a person.
        oldest: when the oldest of those was handed in, UTC; None when that is not known.
        flags: how many are flagged.
    """

    lesson: str
    notebook: str
    question: str
    cell: str
    maximum: float
    kind: str
    title: str
    answers: int = 0
    waiting: int = 0
    oldest: dt.datetime | None = None
    flags: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How one answer stands.

    Attributes:
        token: changes with everything that a grader should have seen before marking.
        points: what counts now; None while it is not graded.
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


def asked(book: Gradebook, lesson: str | None = None) -> list[Asked]:
    """Return the graded questions with the numbers of their answers, in the lessons' order."""
    maximum = sa.func.coalesce(db.grade_cell.c.max_score, db.task_cell.c.max_score)
    own = tables.question
    counts = sa.select(
        db.grade.c.cell_id, sa.func.count().label("answers"),
        sa.func.sum(sa.case((_waits(), 1), else_=0)).label("waiting"),
        sa.func.min(sa.case((_waits(), db.submitted.c.timestamp))).label("oldest"),
    ).select_from(_grades()).group_by(db.grade.c.cell_id)  # fmt: skip
    query = sa.select(
        db.assignment.c.name.label("lesson"), db.notebook.c.name.label("notebook"),
        db.base_cell.c.name.label("question"), db.base_cell.c.id.label("cell"),
        sa.func.coalesce(maximum, 0.0).label("maximum"), own.c.kind, own.c.title,
    ).select_from(
        db.base_cell.outerjoin(db.grade_cell, db.grade_cell.c.id == db.base_cell.c.id)
        .outerjoin(db.task_cell, db.task_cell.c.id == db.base_cell.c.id)
        .join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
        .outerjoin(own, sa.and_(own.c.lesson == db.assignment.c.name, own.c.notebook == db.notebook.c.name,
                                own.c.question == db.base_cell.c.name))
    ).where(db.base_cell.c.type.in_(("GradeCell", "TaskCell"))).order_by(
        db.assignment.c.name, own.c.position, db.notebook.c.name, db.base_cell.c.name)  # fmt: skip
    flags = sa.select(tables.flag.c.lesson, tables.flag.c.notebook, tables.flag.c.question,
                      sa.func.count()).group_by(tables.flag.c.lesson, tables.flag.c.notebook,
                                                tables.flag.c.question)  # fmt: skip
    if lesson is not None:
        query = query.where(db.assignment.c.name == lesson)
        counts = counts.where(db.grade.c.cell_id.in_(
            sa.select(db.base_cell.c.id).select_from(
                db.base_cell.join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
                .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
            ).where(db.assignment.c.name == lesson)))  # fmt: skip
    with book.reading() as connection:
        number = {row.cell_id: row for row in connection.execute(counts)}
        flagged = {tuple(row[:3]): row[3] for row in connection.execute(flags)}
        return [_asked(row, number.get(row.cell), flagged) for row in connection.execute(query)]


def _asked(row: Any, number: Any, flagged: Mapping[tuple[Any, ...], int]) -> Asked:
    key = (row.lesson, row.notebook, row.question)
    answers, waiting, oldest = number[1:] if number else (0, 0, None)
    return Asked(*key, row.cell, row.maximum, row.kind or "", row.title or "", answers, waiting, oldest,
                 flagged.get(key, 0))  # fmt: skip


def standings(
    connection: Connection, question: Asked, learner: str | None = None
) -> list[Standing]:
    """Return how the answers to a question stand, or that of one learner, by learner."""
    where = [db.grade.c.cell_id == question.cell]
    if learner is not None:
        where.append(db.submitted.c.student_id == learner)
    query = sa.select(
        db.grade.c.auto_score, db.grade.c.manual_score, db.grade.c.extra_credit, db.grade.c.notebook_id,
        _waits().label("waits"), db.submitted.c.student_id.label("learner"), db.submitted.c.timestamp,
    ).select_from(_grades()).where(*where).order_by(db.submitted.c.student_id)  # fmt: skip
    rows = connection.execute(query).all()
    about = _About(connection, question, learner)
    return [about.standing(row) for row in rows]


def learners(connection: Connection, question: Asked) -> list[str]:
    """Return who has an answer to a question, sorted."""
    query = sa.select(db.submitted.c.student_id).select_from(_grades()).where(
        db.grade.c.cell_id == question.cell).order_by(db.submitted.c.student_id)  # fmt: skip
    return list(connection.execute(query).scalars())


class _About:
    """What our tables say of the answers to one question, read once."""

    def __init__(self, connection: Connection, question: Asked, learner: str | None) -> None:
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
        self.comments = _comments(connection, question)

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
        seen = (judged["number"] if judged else 0, row.manual_score, comment,
                attempt["digest"] if attempt else "", attempt["fingerprint"] if attempt else "")  # fmt: skip
        marked = row.manual_score is not None
        return Standing(
            Place(question.lesson, question.notebook, question.question, who),
            sha256(repr(seen).encode()).hexdigest()[:16], question.maximum,
            None if points is None or (row.waits and not marked) else points + (row.extra_credit or 0.0),
            bool(row.waits), auto, verdict["outcome"] if verdict else "", verdict["notes"] if verdict else (),
            comment, judged, (manual["grader"] if manual else "formgrader") if marked else "",
            row.timestamp, attempt["repairs"] if attempt else (),
            claim["grader"] if claim else "", claim["until"] if claim else None, self.flags.get(who, ""),
        )  # fmt: skip


def _waits() -> sa.ColumnElement[bool]:
    """A person's mark goes before the autograder's; see also `course.store.reading`."""
    return sa.or_(
        db.grade.c.needs_manual_grade,
        sa.and_(db.grade.c.manual_score.is_(None), db.grade.c.auto_score.is_(None)),
    )


def _grades() -> sa.FromClause:
    return db.grade.join(
        db.submitted_notebook, db.grade.c.notebook_id == db.submitted_notebook.c.id
    ).join(db.submitted, db.submitted_notebook.c.assignment_id == db.submitted.c.id)


def _comments(connection: Connection, question: Asked) -> dict[str, str]:
    """Return a person's comments on a question, by nbgrader's key of the submitted notebook."""
    theirs = sa.select(db.comment.c.notebook_id, db.comment.c.manual_comment).select_from(
        db.comment.join(db.base_cell, db.comment.c.cell_id == db.base_cell.c.id)
        .join(db.notebook, db.base_cell.c.notebook_id == db.notebook.c.id)
        .join(db.assignment, db.notebook.c.assignment_id == db.assignment.c.id)
    ).where(db.assignment.c.name == question.lesson, db.notebook.c.name == question.notebook,
            db.base_cell.c.name == question.question, db.comment.c.manual_comment.is_not(None))  # fmt: skip
    ours = sa.select(tables.remark.c.row, tables.remark.c.comment).where(
        tables.remark.c.question == question.question
    )
    found = {row[0]: row[1] for row in connection.execute(ours)}
    return found | {row[0]: row[1] for row in connection.execute(theirs) if row[1]}


def claim(connection: Connection, place: Place, grader: str) -> None:
    """Keep an answer for a grader for `CLAIM` from now on."""
    table = tables.claim
    release(connection, place)
    connection.execute(table.insert().values(**asdict(place), grader=grader, until=now() + CLAIM))


def release(connection: Connection, place: Place) -> None:
    """Let others have an answer."""
    table = tables.claim
    connection.execute(table.delete().where(*_at(table, place)))


def flag(connection: Connection, place: Place, grader: str, text: str | None) -> None:
    """Flag an answer with a reason, or take the flag away with None."""
    table = tables.flag
    connection.execute(table.delete().where(*_at(table, place)))
    if text is not None:
        connection.execute(
            table.insert().values(**asdict(place), grader=grader, text=text, at=now())
        )
    note(connection, grader, "flagged" if text is not None else "unflagged", lesson=place.lesson,
         learner=place.learner, question=place.question, after={"text": text or ""})  # fmt: skip


def judge(
    connection: Connection, place: Place, *, grader: str, score: float | None, items: Sequence[Any],
    adjustment: float, comment: str, why: str, request: str,
) -> int:  # fmt: skip
    """Append a judgement and put its score into nbgrader's rows; returns its number.

    A score of None gives the answer back to be marked again.
    """
    table = tables.judgement
    done = connection.execute(table.insert().values(
        **asdict(place), grader=grader, score=score, items=list(items), adjustment=adjustment, comment=comment,
        why=why, request=request, at=now(),
    ))  # fmt: skip
    mark = ManualMark(
        place.lesson, place.learner, f"{place.notebook}/{place.question}", score, comment, grader
    )
    if score is None:
        clear(connection, mark)
    else:
        save_one(connection, mark)
    release(connection, place)
    number = done.inserted_primary_key
    return int(number[0]) if number else 0


def judgements(connection: Connection, place: Place) -> list[Row]:
    """Return all judgements of an answer, the oldest first."""
    table = tables.judgement
    query = sa.select(table).where(*_at(table, place)).order_by(table.c.number)
    return list(connection.execute(query).mappings())


def judged_by(connection: Connection, request: str) -> Row | None:
    """Return the judgement that a request made, if it came before."""
    table = tables.judgement
    return connection.execute(sa.select(table).where(table.c.request == request)).mappings().first()


def rubric(connection: Connection, question: Asked) -> Row | None:
    """Return the row of a question's rubric: its JSON and its version."""
    table = tables.rubric
    return connection.execute(sa.select(table).where(*_of(table, question))).mappings().first()


def save_rubric(
    connection: Connection, question: Asked, data: Mapping[str, Any], grader: str
) -> int:
    """Write a question's rubric; returns its version. The ledger keeps the one before."""
    table, before = tables.rubric, rubric(connection, question)
    version = (before["version"] if before else 0) + 1
    connection.execute(table.delete().where(*_of(table, question)))
    connection.execute(table.insert().values(
        lesson=question.lesson, notebook=question.notebook, question=question.question,
        rubric=dict(data), version=version))  # fmt: skip
    note(connection, grader, "rubric", lesson=question.lesson, question=question.question,
         before=before["rubric"] if before else None, after=dict(data))  # fmt: skip
    return version


def found(questions: Sequence[Asked], lesson: str, notebook: str, question: str) -> Asked:
    """Return one of some questions by its names; raise NotFound when there is none."""
    for each in questions:
        if (each.lesson, each.notebook, each.question) == (lesson, notebook, question):
            return each
    raise NotFound(
        f"no graded question '{question}' in {lesson}/{notebook}",
        hint=f"course autograde {lesson} makes its answers known",
    )


def _of(table: sa.Table, question: Asked) -> list[sa.ColumnElement[bool]]:
    return [table.c[key] == getattr(question, key) for key in ("lesson", "notebook", "question")]


def _at(table: sa.Table, place: Place) -> list[sa.ColumnElement[bool]]:
    return [table.c[key] == value for key, value in asdict(place).items()]
