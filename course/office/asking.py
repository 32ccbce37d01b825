"""Questions on their way in: each asked once, by the id of the event in its learner's record."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.engine import Connection

from course import dates
from course.database import now
from course.errors import Invalid
from course.layout import safe_name
from course.office import tables
from course.office.enrolment import Enrolment
from course.office.office import Office, note
from course.settings import Questions

MOST = 4_000
"""Characters of a question, of its code and of an answer."""
MOST_AT_ONCE = 200
_ID = re.compile(r"[0-9a-f-]{32,36}")
STATES = ("open", "answered", "merged", "hidden", "closed")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is sent.

    Attributes:
        id: of the event in the learner's record.
        nameless: whether other learners may not read who asked.
        asked_at: by the learner's clock, ISO 8601 with its zone.
    """

    id: str
    lesson: str
    text: str
    asked_at: str
    exercise: str = ""
    cell: str = ""
    code: str = ""
    error: str = ""
    test: str = ""
    attempts: int = 0
    version: str = ""
    nameless: bool = False


def rules(connection: Connection, course: str) -> Questions:
    """Return what a course declares about questions, as it announced it."""
    row = Office.course(connection, course)
    try:
        return Questions.model_validate((row["about"] if row else {}).get("questions") or {})
    except ValidationError:
        return Questions()  # a version of course that says it in another way


def ask(own: Enrolment, questions: Sequence[Asked]) -> int:
    """Take questions in, each once; returns how many are new.

    Raises:
        Invalid: one of them is none; nothing is taken in then.
    """
    if len(questions) > MOST_AT_ONCE:
        raise Invalid(
            "too many questions", expected=f"at most {MOST_AT_ONCE}", found=str(len(questions))
        )
    rows = [{key: plain(value) if isinstance(value, str) else value for key, value in _row(own, each).items()}
            for each in questions]  # fmt: skip
    table = tables.question
    with own.office.transaction() as connection:
        known = set(connection.execute(
            sa.select(table.c.id).where(table.c.id.in_([row["id"] for row in rows]))).scalars())  # fmt: skip
        fresh = {row["id"]: row for row in rows if row["id"] not in known}
        if fresh:
            connection.execute(table.insert(), list(fresh.values()))
        for row in fresh.values():
            note(connection, own.course, own.member["name"], "asked", question=row["id"])
    return len(fresh)


def plain(text: str) -> str:
    """Return a text without the one character that PostgreSQL keeps in none."""
    return text.replace("\0", "")


def _row(own: Enrolment, one: Asked) -> dict[str, Any]:
    safe_name(one.lesson, "lesson")
    if not _ID.fullmatch(one.id):
        raise Invalid("not a question", where="id", expected="a UUID", found=one.id[:50])
    if not 0 < len(one.text.strip()) <= MOST or len(one.code) > MOST or len(one.error) > MOST:
        raise Invalid(
            "not a question", where=one.id, expected=f"1 to {MOST} characters", found=f"{len(one.text.strip())}"
        )  # fmt: skip
    try:
        asked = dates.exact(one.asked_at).replace(tzinfo=None)
    except ValueError as error:
        raise Invalid("not a time", where=one.id, expected="ISO 8601 with its zone",
                      found=one.asked_at[:50]) from error  # fmt: skip
    return {
        "id": one.id, "course": own.course, "member": own.member["id"], "lesson": one.lesson,
        "exercise": one.exercise[:128], "cell": one.cell[:128], "text": one.text.strip(), "code": one.code,
        "error": one.error, "test": one.test[:200], "attempts": max(0, min(one.attempts, 10**6)),
        "version": one.version[:80], "nameless": one.nameless, "asked_at": asked, "at": now(), "state": "open",
        "into": "", "published": False,
    }  # fmt: skip
