"""What grading one submission gave: nbgrader's rows and ours in one transaction.

Every statement costs more than what it does, so rows are written by the handful.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.model import (
    AUTOGRADER,
    Graded,
    Kind,
    Note,
    Outcome,
    Question,
    Repair,
    Submission,
    Verdict,
)
from course.store import earlier, lateness, roster, tables
from course.store import nbgrader_tables as db
from course.store.database import Gradebook, new_id, note, notes, now
from course.store.earlier import Earlier
from course.store.guard import own_hand

LateShare = Callable[[dt.timedelta], float]
"""Takes the time after the due date, returns the share of the score that is lost, 0 to 1."""

Judged = Sequence[tuple[Question, Verdict]]


@dataclass(frozen=True, slots=True)
class _Rows:
    """nbgrader's rows of one submission, by keys that it made or we have just made as it does.

    Attributes:
        notebooks: name -> key.
        grades: (notebook, cell) -> row.
        comments: (notebook, cell) -> key.
    """

    notebooks: dict[str, str]
    grades: dict[tuple[str, str], dict[str, Any]]
    comments: dict[tuple[str, str], str]


def save_graded(book: Gradebook, graded: Graded, questions: Sequence[Question], share: LateShare,
                due: dt.datetime | None, keep: frozenset[tuple[str, str]] = frozenset()) -> None:  # fmt: skip
    """Write everything that grading one submission gave, or nothing.

    A submission that could not be graded keeps the marks of an earlier one, if there are any, and
    its reason stands beside them; without earlier marks its questions stay ungraded, never zero.
    The standing verdicts of the questions in ``keep`` (notebook, question) stay. Unless it could not be graded, there is
    one verdict for each of ``questions``, in their order.
    """
    work = graded.submission
    with book.transaction() as connection:
        others = earlier.kept(connection, work.lesson, work.learner).get(work.learner, [])
        earlier.keep(connection, work.lesson, work.learner, work.digest)
        _save(connection, graded, questions, share, due, keep)
        again = [each for each in others if each.digest == work.digest and not graded.reason]
        now = earlier.standing(connection, work.lesson, work.learner) if again else None
        if now is not None and again[0].questions == now.questions:  # handed in once more
            earlier.change_marks(connection, work.lesson, work.learner, now.marks, again[0].marks)
            earlier.forget(connection, work.lesson, work.learner, work.digest)


def stand_again(
    connection: Connection, lesson: str, learner: str, attempt: Earlier, share: LateShare,
    due: dt.datetime | None,
) -> None:  # fmt: skip
    """Put an earlier attempt with its marks in the place of the one that stands, which is kept."""
    now = earlier.standing(connection, lesson, learner)
    if now is not None:
        earlier.keep(connection, lesson, learner, attempt.digest)
        earlier.change_marks(connection, lesson, learner, now.marks, ())
    work = Submission(learner, lesson, Path(), attempt.submitted_at, attempt.digest)
    verdicts = [
        (Question(each["question"], each["notebook"], Kind.TESTS, each["maximum"]), _verdict(each))
        for each in attempt.verdicts
    ]
    graded = Graded(
        work, tuple(verdict for _, verdict in verdicts),
        tuple(Repair(**each) for each in attempt.about["repairs"]), (), "",
        attempt.about["isolation"], attempt.about["fingerprint"],
    )  # fmt: skip
    _save(connection, graded, [question for question, _ in verdicts], share, due, frozenset())
    earlier.change_marks(connection, lesson, learner, (), attempt.marks)
    earlier.forget(connection, lesson, learner, attempt.digest)
    note(connection, "", "counts", lesson=lesson, learner=learner,
         before={"digest": now.digest, "points": now.points} if now else None,
         after={"digest": attempt.digest, "points": attempt.points})  # fmt: skip


def _verdict(row: dict[str, Any]) -> Verdict:
    notes = tuple(Note(**{**each, "outcome": Outcome(each["outcome"])}) for each in row["notes"])
    return Verdict(row["question"], Outcome(row["outcome"]), row["score"], row["maximum"], notes)


def _save(
    connection: Connection, graded: Graded, questions: Sequence[Question], share: LateShare,
    due: dt.datetime | None, keep: frozenset[tuple[str, str]],
) -> None:  # fmt: skip
    work = graded.submission
    roster.ensure(connection, work.learner)
    rows = _rows(connection, work)
    same = _save_attempt(connection, graded)
    if graded.reason:
        if not same:
            _ask_again(connection, list(rows.notebooks.values()))
        note(connection, AUTOGRADER, "triage", lesson=work.lesson, learner=work.learner,
             after={"reason": graded.reason})  # fmt: skip
        return
    judged = [
        pair
        for pair in zip(questions, graded.verdicts, strict=True)
        if (pair[0].notebook, pair[0].id) not in keep
    ]
    _save_verdicts(connection, work, judged)
    _save_scores(connection, judged, rows, same=same)
    late = work.submitted_at - due if work.submitted_at and due else dt.timedelta()
    lateness.save(connection, work.lesson, work.learner, due, share(late))
    lateness.reckon(connection, work.lesson, work.learner)


def _ask_again(connection: Connection, rows: Sequence[str]) -> None:
    """Let a person look again at marks that were made on other work than this."""
    table = db.grade
    marked = sa.and_(table.c.notebook_id.in_(rows), table.c.manual_score.is_not(None))
    connection.execute(table.update().where(marked).values(needs_manual_grade=True))


def _rows(connection: Connection, work: Submission) -> _Rows:
    """Return nbgrader's rows of a submission, all of them made as nbgrader makes them."""
    cells = _cells(connection, work.lesson)
    key = _submission(connection, work, cells[0].lesson)
    names = {cell.notebook: cell.notebook_name for cell in cells}
    keys = _made(
        connection, db.submitted_notebook, db.submitted_notebook.c.notebook_id, names,
        {"assignment_id": key, "flagged": False},
    )  # fmt: skip
    rows = {name: keys[notebook]["id"] for notebook, name in names.items()}
    grades: dict[tuple[str, str], dict[str, Any]] = {}
    comments: dict[tuple[str, str], str] = {}
    for notebook, name in names.items():
        mine = {cell.cell: cell for cell in cells if cell.notebook == notebook}
        own = {"notebook_id": rows[name]}
        graded = [key for key, cell in mine.items() if cell.type in ("GradeCell", "TaskCell")]
        new = {**own, "manual_score": None, "needs_manual_grade": True}
        for cell, row in _made(connection, db.grade, db.grade.c.cell_id, graded, new).items():
            grades[name, mine[cell].name] = row
        answered = [key for key, cell in mine.items() if cell.type in ("SolutionCell", "TaskCell")]
        for cell, row in _made(connection, db.comment, db.comment.c.cell_id, answered, own).items():
            comments[name, mine[cell].name] = row["id"]
    return _Rows(rows, grades, comments)


def _cells(connection: Connection, lesson: str) -> Sequence[Any]:
    """Return a lesson's notebooks and their cells; a notebook without any has one without a name."""
    return connection.execute(sa.select(
        db.assignment.c.id.label("lesson"), db.notebook.c.id.label("notebook"),
        db.notebook.c.name.label("notebook_name"), db.base_cell.c.id.label("cell"),
        db.base_cell.c.name, db.base_cell.c.type,
    ).select_from(
        db.assignment.join(db.notebook, db.notebook.c.assignment_id == db.assignment.c.id)
        .outerjoin(db.base_cell, db.base_cell.c.notebook_id == db.notebook.c.id)
    ).where(db.assignment.c.name == lesson)).all()  # fmt: skip


def _submission(connection: Connection, work: Submission, lesson: str) -> str:
    table = db.submitted
    mine = sa.and_(table.c.assignment_id == lesson, table.c.student_id == work.learner)
    key = connection.execute(sa.select(table.c.id).where(mine)).scalar()
    moment = work.submitted_at.replace(tzinfo=None) if work.submitted_at else None
    if key is not None:
        connection.execute(table.update().where(table.c.id == key).values(timestamp=moment))
        return str(key)
    key = new_id()
    connection.execute(table.insert().values(
        id=key, assignment_id=lesson, student_id=work.learner, timestamp=moment))  # fmt: skip
    return key


def _made(
    connection: Connection, table: sa.TableClause, of: sa.ColumnClause[Any], wanted: Iterable[str],
    common: dict[str, Any],
) -> dict[str, dict[str, Any]]:  # fmt: skip
    """Return the rows of a table that stand for the wanted things; those that are missing are made.

    Args:
        of: the column that says for which thing a row stands.
        common: what all the rows have; its first column tells them from those of others.
    """
    (owner, value), *_ = common.items()
    query = sa.select(table).where(table.c[owner] == value)
    there = {row[of.name]: dict(row) for row in connection.execute(query).mappings()}
    new = [{"id": new_id(), of.name: each, **common} for each in wanted if each not in there]
    if new:
        connection.execute(table.insert(), new)
    return there | {row[of.name]: row for row in new}


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


def _save_verdicts(connection: Connection, work: Submission, judged: Judged) -> None:
    """Replace the verdicts on some questions; the ledger tells what changed."""
    table, mine = tables.verdict, {"learner": work.learner, "lesson": work.lesson}
    own = sa.and_(*(table.c[name] == value for name, value in mine.items()))
    before = {(row.notebook, row.question): row for row in connection.execute(sa.select(
        table.c.notebook, table.c.question, table.c.score, table.c.outcome).where(own))}  # fmt: skip
    rows, changes, old = [], [], []
    for question, verdict in judged:
        key = (question.notebook, question.id)
        after = {"score": verdict.score, "outcome": verdict.outcome.value}
        rows.append({
            **mine, "notebook": question.notebook, "question": question.id, "at": now(), **after,
            "maximum": verdict.maximum, "notes": [asdict(each) for each in verdict.notes],
        })  # fmt: skip
        was = before.get(key)
        old += [{"old_notebook": key[0], "old_question": key[1]}] if was else []
        known = {"score": was.score, "outcome": was.outcome} if was else None
        if known != after:
            changes.append(
                {
                    **mine,
                    "notebook": question.notebook,
                    "question": question.id,
                    "before": known,
                    "after": after,
                }
            )
    if old:
        connection.execute(table.delete().where(
            own, table.c.notebook == sa.bindparam("old_notebook"),
            table.c.question == sa.bindparam("old_question")), old)  # fmt: skip
    if rows:
        connection.execute(table.insert(), rows)
    notes(connection, AUTOGRADER, "graded", changes)


def _save_scores(connection: Connection, judged: Judged, rows: _Rows, *, same: bool) -> None:
    """Tell nbgrader's tables. A person's mark stands, and is asked for again on other work."""
    scores, said = [], []
    for question, verdict in judged:
        key = (question.notebook, question.id)
        grade = rows.grades[key]
        if grade["manual_score"] is None:
            waits = verdict.score is None
        else:
            waits = grade["needs_manual_grade"] if same else True
        scores.append({"key": grade["id"], "score": verdict.score, "waits": waits})
        if question.kind is Kind.WRITTEN and key in rows.comments:
            text = "No response." if verdict.score == 0 else None
            said.append({"key": rows.comments[key], "text": text})
    with own_hand(connection):
        _write_scores(connection, scores, said)


def _write_scores(
    connection: Connection, scores: list[dict[str, Any]], said: list[dict[str, Any]]
) -> None:
    if scores:
        connection.execute(
            db.grade.update().where(db.grade.c.id == sa.bindparam("key")).values(
                auto_score=sa.bindparam("score"), needs_manual_grade=sa.bindparam("waits")),
            scores,
        )  # fmt: skip
    if said:
        connection.execute(
            db.comment.update().where(db.comment.c.id == sa.bindparam("key")).values(
                auto_comment=sa.bindparam("text")),
            said,
        )  # fmt: skip
