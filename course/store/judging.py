"""Judgements, claims, flags and rubrics: what the grading desk writes, nbgrader's rows with ours."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import ManualMark, Place
from course.store import nbgrader_tables as db
from course.store import tables
from course.store.asked import Asked
from course.store.database import Row, note, now
from course.store.manual import put_back, save_one, stood
from course.store.standing import Standing, learners, queued, standings

__all__ = [
    "Asked", "Standing", "claim", "flag", "judge", "judged_by", "judgements", "learners", "queued", "release",
    "rubric", "save_rubric", "standings", "turn",
]  # fmt: skip

CLAIM = dt.timedelta(minutes=10)


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
    adjustment: float, comment: str, why: str, request: str, waits: bool | None = None,
) -> int:  # fmt: skip
    """Append a judgement and put its score into nbgrader's rows; returns its number.

    Args:
        score: None takes a person's mark away.
        waits: given where something earlier is to stand again: whether it waited for a person. A score of None
            alone gives the answer back to be marked again.
    """
    table = tables.judgement
    mark = ManualMark(
        place.lesson, place.learner, f"{place.notebook}/{place.question}", score, comment, grader
    )
    done = connection.execute(table.insert().values(
        **asdict(place), grader=grader, score=score, items=list(items), adjustment=adjustment, comment=comment,
        why=why, before=stood(connection, mark), request=request, at=now(),
    ))  # fmt: skip
    if score is None or waits is not None:
        put_back(connection, mark, waits=waits is not False, why=why)
    else:
        save_one(connection, mark, why)
    release(connection, place)
    number = done.inserted_primary_key
    return int(number[0]) if number else 0


def turn(connection: Connection, question: Asked) -> None:
    """Wait until nobody else chooses or marks an answer to this question; SQLite has one writer anyway."""
    cell = sa.select(db.base_cell.c.id).where(db.base_cell.c.id == question.cell)
    connection.execute(cell.with_for_update(key_share=True))


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


def _of(table: sa.Table, question: Asked) -> list[sa.ColumnElement[bool]]:
    return [table.c[key] == getattr(question, key) for key in ("lesson", "notebook", "question")]


def _at(table: sa.Table, place: Place) -> list[sa.ColumnElement[bool]]:
    return [table.c[key] == value for key, value in asdict(place).items()]
