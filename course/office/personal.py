"""Everything that the office keeps about one person: told, and removed."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.database import Row, new_id
from course.errors import Refused
from course.office import tables
from course.office.enrolment import Enrolment
from course.office.office import find_member, note
from course.office.teaching import Teaching, plain

OF_MEMBER = ("office_token", "office_submission", "office_feedback", "office_request", "office_question",
             "office_answer", "office_ticket", "office_vote")  # fmt: skip
"""Tables whose rows name a member."""
BY_NAME = ("office_member", "office_invitation", "office_ledger", "office_schedule")
"""Tables that name a person by the course's id of them, each in its own way."""
NOBODY = ("office_course", "office_release", "office_poll", "office_whereabouts")
"""Tables that hold nothing of a learner."""
_SECRET = ("hash", "id", "member")


def mine(own: Enrolment) -> dict[str, list[dict[str, Any]]]:
    """Return every row about whoever asks, by table; secrets stay out."""
    with own.office.reading() as connection:
        return _kept(connection, own.member)


def kept(staff: Teaching, name: str) -> dict[str, list[dict[str, Any]]]:
    """Return the same about a member of the course; empty where there is none of that name."""
    with staff.office.reading() as connection:
        member = find_member(connection, staff.course, name)
        return _kept(connection, member) if member is not None else {}


def _kept(connection: Connection, member: Row) -> dict[str, list[dict[str, Any]]]:
    queries = {
        name: sa.select(table).where(table.c.member == member["id"])
        for name, table in tables.metadata.tables.items() if name in OF_MEMBER
    }  # fmt: skip
    queries |= {table.name: sa.select(table).where(*_named(table, member)) for table in (tables.member, tables.invitation)}  # fmt: skip
    found = {
        name: [{key: each for key, each in plain(row).items() if key not in _SECRET} for row in rows]
        for name, query in queries.items() if (rows := connection.execute(query).mappings().all())
    }  # fmt: skip
    schedule = _schedule(connection, str(member["course"]))
    more = [each for each in schedule.get("extensions", ()) if each["learner"] == member["name"]]
    lines = [plain(row) for row in _lines(connection, member)]
    return found | {name: rows for name, rows in ((tables.schedule.name, more), (tables.ledger.name, lines)) if rows}  # fmt: skip


def _named(table: sa.Table, member: Row) -> tuple[sa.ColumnElement[bool], ...]:
    """Return which rows of a table that names people are about a member."""
    return table.c.course == member["course"], table.c.name == member["name"]


def _lines(connection: Connection, member: Row) -> list[Row]:
    """Return the lines of the ledger that name a member, as who did something or whom it was done to."""
    table, name = tables.ledger, member["name"]
    rows = connection.execute(sa.select(table).where(table.c.course == member["course"]))
    return [row for row in rows.mappings() if name in (row["actor"], *row["about"].values())]


def _schedule(connection: Connection, course: str) -> dict[str, Any]:
    table = tables.schedule
    return dict(connection.execute(sa.select(table.c.body).where(table.c.course == course)).scalar() or {})  # fmt: skip


def forget(staff: Teaching, name: str) -> None:
    """Remove all that the office keeps about a learner; somebody who is not there is forgotten already.

    Votes are counted on, for nobody. The ledger keeps what was done and when, not by whom.

    Raises:
        Refused: a grader or an instructor.
    """
    with staff.office.transaction() as connection:
        member = find_member(connection, staff.course, name)
        if member is None:
            return
        if member["role"] != "learner":
            raise Refused(
                "only learners can be forgotten", where=staff.course, found=f"{name}, {member['role']}",
                hint=f"to let nobody in by their tokens: course learners revoke {name}",
            )  # fmt: skip
        parcels = _parcels(connection, member)
        _release(connection, member)
        for key in OF_MEMBER:
            table = tables.metadata.tables[key]
            connection.execute(table.delete().where(table.c.member == member["id"]))
        for table in (tables.invitation, tables.member):
            connection.execute(table.delete().where(*_named(table, member)))
        _bare_ledger(connection, member)
        body, table = _schedule(connection, staff.course), tables.schedule
        rest = [each for each in body.get("extensions", ()) if each["learner"] != name]
        connection.execute(table.update().where(table.c.course == staff.course).values(body={**body, "extensions": rest}))  # fmt: skip
        note(connection, staff.course, staff.name, "forgot")
        left = parcels - {digest for table in (tables.submission, tables.feedback, tables.release)
                          for digest in connection.execute(sa.select(table.c.digest).where(table.c.digest.in_(parcels))).scalars()}  # fmt: skip
    for digest in left:
        staff.office.parcels.path(digest).unlink(missing_ok=True)


def _parcels(connection: Connection, member: Row) -> set[str]:
    return {
        digest for table in (tables.submission, tables.feedback)
        for digest in connection.execute(sa.select(table.c.digest).where(table.c.member == member["id"])).scalars()
    }  # fmt: skip


def _release(connection: Connection, member: Row) -> None:
    """Let go of what others have that hangs on a member: votes stay counted, merged questions are open again."""
    own, answer, vote = tables.question, tables.answer, tables.vote
    theirs = list(
        connection.execute(sa.select(own.c.id).where(own.c.member == member["id"])).scalars()
    )
    connection.execute(answer.delete().where(answer.c.question.in_(theirs)))
    connection.execute(own.update().where(own.c.into.in_(theirs)).values(into="", state="open"))
    connection.execute(vote.update().where(vote.c.member == member["id"]).values(member=new_id()))


def _bare_ledger(connection: Connection, member: Row) -> None:
    """Take a name out of the office's ledger, as the one who did something and as the one whom it was done to."""
    table, name = tables.ledger, member["name"]
    for row in _lines(connection, member):
        about = {key: each for key, each in row["about"].items() if each != name}
        actor = "" if row["actor"] == name else row["actor"]
        connection.execute(
            table.update().where(table.c.number == row["number"]).values(actor=actor, about=about)
        )
