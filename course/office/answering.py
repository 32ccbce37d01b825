"""Answering and moderating questions: published, merged, hidden, closed; each deed stands in the ledger."""

from typing import Any

import sqlalchemy as sa

from course.database import now
from course.errors import Invalid, Refused
from course.office import tables
from course.office.asking import MOST, plain, rules
from course.office.enrolment import Enrolment
from course.office.office import note
from course.office.threads import answers_of, is_staff, seen


def answer(reader: Enrolment, key: str, text: str, *, publish: bool = False) -> None:
    """Answer a question, and all that were merged into it.

    Args:
        text: Markdown.
        publish: show question and answer, without the name, to all who meet the same; staff only.

    Raises:
        Invalid: no text, or a very long one.
        Refused: learners may not answer in this course.
    """
    text = plain(text)
    if not 0 < len(text.strip()) <= MOST:
        raise Invalid(
            "an answer needs words",
            expected=f"1 to {MOST} characters",
            found=f"{len(text.strip())}",
        )
    staff = is_staff(reader.member)
    table = tables.question
    with reader.office.transaction() as connection:
        row = seen(connection, reader, key)
        if (
            not staff
            and not rules(connection, reader.course).learners_answer
            and row["member"] != reader.member["id"]
        ):
            raise Refused("learners don't answer in this course", hint="your instructor will")
        connection.execute(tables.answer.insert().values(
            question=key, member=reader.member["id"], text=text.strip(), hidden=False, at=now()))  # fmt: skip
        if staff or row["member"] != reader.member["id"]:
            waits = (table.c.id == key, table.c.state == "open")
            connection.execute(table.update().where(*waits).values(state="answered"))
            if publish and staff:
                connection.execute(table.update().where(table.c.id == key).values(published=True))
        else:  # the learner asks on
            connection.execute(table.update().where(table.c.id == key).values(state="open"))
        note(
            connection,
            reader.course,
            reader.member["name"],
            "answered",
            question=key,
            published=publish,
        )


def moderate(staff: Enrolment, key: str, deed: str, into: str = "", number: int = 0) -> None:
    """Hide, show again, close, open again, publish, withdraw or merge a question, or hide one of its answers.

    Args:
        deed: "hide", "show", "close", "reopen", "publish", "withdraw", "merge" or "hide answer".
        into: the question that it is merged into.
        number: of an answer.
    """
    if not is_staff(staff.member):
        raise Refused(
            "your role may not do this",
            expected="instructor or grader",
            found=str(staff.member["role"]),
        )
    table = tables.question
    with staff.office.transaction() as connection:
        seen(connection, staff, key)
        changes: dict[str, Any]
        match deed:
            case "hide" | "close":
                changes = {"state": "hidden" if deed == "hide" else "closed"}
            case "show" | "reopen":
                changes = {"state": "answered" if answers_of(connection, [key]) else "open"}
            case "publish" | "withdraw":
                changes = {"published": deed == "publish"}
            case "merge":
                if into == key or seen(connection, staff, into)["state"] == "merged":
                    raise Invalid(
                        "it can't be merged into that", expected="another question", found=into
                    )
                changes = {"state": "merged", "into": into}
                connection.execute(table.update().where(table.c.into == key).values(into=into))
            case "hide answer":
                own = tables.answer
                mine_ = sa.and_(own.c.number == number, own.c.question == key)
                connection.execute(own.update().where(mine_).values(hidden=True))
                changes = {}
            case _:
                raise Invalid("no such deed", found=deed)
        if changes:
            connection.execute(table.update().where(table.c.id == key).values(**changes))
        note(
            connection,
            staff.course,
            staff.member["name"],
            deed,
            question=key,
            into=into,
            answer=number,
        )
