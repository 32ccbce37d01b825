"""Questions read with their answers, by whom they may be: one's own, what is published, and the board.

Names go to staff alone; learners see another's only where that learner did not ask without. Of another
learner's question they get no code.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course import sealed as seals
from course.database import Row
from course.errors import NotFound
from course.layout import safe_name
from course.office import tables
from course.office.asking import rules
from course.office.enrolment import Enrolment
from course.office.similar import Group, Question, grouped, kind_of, ordered
from course.settings import Questions


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; ``by`` is empty where a learner may not read it."""

    number: int
    text: str
    at: str
    by: str = ""
    hidden: bool = False
    staff: bool = True


@dataclass(frozen=True, slots=True)
class Thread:
    """A question with its answers, as somebody may see it.

    Attributes:
        by: who asked; empty where that is nobody's business.
        mine: whether it is the reader's own.
        learner: who asked, by id, for staff alone.
    """

    question: Row
    by: str
    mine: bool
    answers: tuple[Answer, ...]
    learner: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON can hold it; another learner gets no code, and of an error its type."""
        one, whole = self.question, self.mine or bool(self.learner)
        told = {
            key: one[key] for key in ("id", "lesson", "exercise", "text", "error", "test", "state")
        }
        told |= {
            key: one[key] for key in ("cell", "published", "attempts", "version", "code") if whole
        }
        if not whole:
            told["error"] = kind_of(one["error"])
        answers = [{"text": a.text, "at": a.at, "by": a.by} for a in self.answers if not a.hidden]
        return {**told, "at": _told(one["at"]), "by": self.by, "mine": self.mine, "answers": answers,
                **({"learner": self.learner} if self.learner else {})}  # fmt: skip


def mine(own: Enrolment) -> list[Thread]:
    """Return one's own questions with their answers, hidden ones included, the first one first."""
    table = tables.question
    with own.office.reading() as connection:
        query = sa.select(table).where(table.c.member == own.member["id"]).order_by(table.c.at)
        return _threads(connection, own.member, connection.execute(query).mappings().all())


def published(own: Enrolment) -> list[Thread]:
    """Return the published questions of the course with their answers; nobody's name is in them."""
    table = tables.question
    query = sa.select(table).where(
        table.c.course == own.course, table.c.published, table.c.state.in_(("answered", "closed"))
    ).order_by(table.c.at)  # fmt: skip
    with own.office.reading() as connection:
        return _threads(connection, own.member, connection.execute(query).mappings().all())


def board(
    reader: Enrolment, lesson: str = "", *, moment: dt.datetime | None = None
) -> list[list[Thread]]:
    """Return what somebody may see of the course's questions: groups in the order to answer them.

    Learners see what is published and, where the course lets them answer, what is open; never a
    hidden question of another.
    """
    table = tables.question
    query = sa.select(table).where(table.c.course == reader.course, table.c.state != "merged")
    if lesson:
        query = query.where(table.c.lesson == safe_name(lesson, "lesson"))
    with reader.office.reading() as connection:
        declared = rules(connection, reader.course)
        rows = [row for row in connection.execute(query.order_by(table.c.at)).mappings()
                if _may_see(reader.member, row, declared)]  # fmt: skip
        threads = {
            str(one.question["id"]): one for one in _threads(connection, reader.member, rows)
        }
    found = grouped([_question(one.question) for one in threads.values()])
    patience = dt.timedelta(hours=declared.answer_within_hours)
    return [
        _together(group, threads)
        for group in ordered(found, moment or dt.datetime.now(dt.UTC), patience)
    ]


def _question(row: Row) -> Question:
    at = row["at"].replace(tzinfo=dt.UTC)
    return Question(row["id"], row["lesson"], row["exercise"], row["text"], row["test"], row["error"], at,
                    open=row["state"] == "open")  # fmt: skip


def _together(group: Group, threads: dict[str, Thread]) -> list[Thread]:
    return [threads[each.id] for each in group.questions]


def thread(reader: Enrolment, key: str) -> Thread:
    """Return one question with its answers; NotFound where there is none that this reader may see."""
    with reader.office.reading() as connection:
        row = seen(connection, reader, key)
        return _threads(connection, reader.member, [row])[0]


def may_answer(reader: Enrolment) -> bool:
    """Tell whether somebody may answer others."""
    with reader.office.reading() as connection:
        return is_staff(reader.member) or rules(connection, reader.course).learners_answer


def late(reader: Enrolment, moment: dt.datetime | None = None) -> set[str]:
    """Return the ids of the open questions that waited longer than the course wants."""
    table = tables.question
    with reader.office.reading() as connection:
        patience = dt.timedelta(hours=rules(connection, reader.course).answer_within_hours)
        before = ((moment or dt.datetime.now(dt.UTC)) - patience).replace(tzinfo=None)
        query = sa.select(table.c.id).where(
            table.c.course == reader.course, table.c.state == "open", table.c.at < before
        )
        return set(connection.execute(query).scalars())


def settled(reader: Enrolment) -> list[str]:
    """Return the ids of the questions that nobody needs to look after: answered, closed or hidden, or merged into one."""
    table = tables.question
    query = sa.select(table.c.id, table.c.into, table.c.state).where(
        table.c.course == reader.course
    )
    with reader.office.reading() as connection:
        rows = {row["id"]: row for row in connection.execute(query).mappings()}
    last = {key: rows.get(row["into"], row) for key, row in rows.items()}
    return sorted(key for key, row in last.items() if row["state"] not in ("open", "merged"))


def is_staff(member: Row) -> bool:
    """Tell whether somebody teaches the course."""
    return member["role"] in ("instructor", "grader")


def _may_see(member: Row, row: Row, declared: Questions) -> bool:
    if is_staff(member) or row["member"] == member["id"]:
        return True
    if row["state"] in ("hidden", "merged"):
        return False
    return bool(row["published"]) or declared.learners_answer


def seen(connection: Connection, reader: Enrolment, key: str) -> Row:
    """Return a question's row; NotFound where there is none that this reader may see."""
    table = tables.question
    query = sa.select(table).where(table.c.id == key, table.c.course == reader.course)
    row = connection.execute(query).mappings().first()
    if row is None or not _may_see(reader.member, row, rules(connection, reader.course)):
        raise NotFound(f"no question '{key[:50]}'", where=reader.course)
    return row


def _threads(connection: Connection, member: Row, rows: Iterable[Row]) -> list[Thread]:
    found = list(rows)
    keys = {row["into"] or row["id"] for row in found} | {row["id"] for row in found}
    answers = answers_of(connection, sorted(keys))
    people = {row["member"] for row in found} | {
        one["member"] for said in answers.values() for one in said
    }
    names = _names(connection, sorted(people))
    staff, made = is_staff(member), []
    for row in found:
        own = row["member"] == member["id"]
        asked = names.get(row["member"], {})
        by = (
            asked.get("shown", "")
            if staff or own or not (row["nameless"] or row["published"])
            else ""
        )
        said = [*answers.get(row["id"], ()), *(answers.get(row["into"], ()) if row["into"] else ())]
        told = tuple(
            Answer(a["number"], a["text"], _told(a["at"]),
                   names.get(a["member"], {}).get("shown", "") if staff or _is_named(names, a, row) else "",
                   a["hidden"], names.get(a["member"], {}).get("role") in ("instructor", "grader"))
            for a in said if staff or not a["hidden"]
        )  # fmt: skip
        made.append(Thread(row, by, own, told, asked.get("name", "") if staff else ""))
    return made


def _is_named(names: dict[str, Any], one: Row, question: Row) -> bool:
    """Tell whether learners read who wrote an answer: staff always; who asked, unless without a name."""
    if names.get(one["member"], {}).get("role") in ("instructor", "grader"):
        return True
    return not (
        one["member"] == question["member"] and (question["nameless"] or question["published"])
    )


def answers_of(connection: Connection, keys: Sequence[str]) -> dict[str, list[Row]]:
    """Return the answers of some questions, by question, in order."""
    table, found = tables.answer, dict[str, list[Row]]()
    for start in range(0, len(keys), 500):
        query = (
            sa.select(table)
            .where(table.c.question.in_(keys[start : start + 500]))
            .order_by(table.c.number)
        )
        for row in connection.execute(query).mappings():
            found.setdefault(row["question"], []).append(row)
    return found


def _names(connection: Connection, people: Sequence[str]) -> dict[str, Any]:
    table, found = tables.member, dict[str, Any]()
    for start in range(0, len(people), 500):
        some = table.c.id.in_(people[start : start + 500])
        query = sa.select(table.c.id, table.c.name, table.c.shown, table.c.role).where(some)
        found |= {row["id"]: row for row in connection.execute(query).mappings()}
    return found


def _told(moment: dt.datetime) -> str:
    return seals.moment(moment.replace(tzinfo=dt.UTC))
