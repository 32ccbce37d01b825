"""The staff's side of the office: publish, collect, give back, invite. An instructor may all, a grader may collect."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from course import sealed as seals
from course.archive import contents
from course.database import Row, now
from course.errors import Invalid, NotFound, Refused
from course.layout import safe_name
from course.model import Learner
from course.office import joining, tables
from course.office.enrolment import standing
from course.office.office import Office, find_member, note

_MOST_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Teaching:
    """One person of a course's staff.

    Attributes:
        member: the person's row.
    """

    office: Office
    member: Row

    @classmethod
    def of(cls, office: Office, token: str, course: str, *roles: str) -> "Teaching":
        """Return whose token this is; raises Refused for somebody without one of these roles in the course."""
        member = office.member_of(token)
        if member["course"] != course:
            raise Refused(
                "this token is for another course", expected=member["course"], found=course
            )
        if member["role"] not in roles:
            raise Refused(
                "your role may not do this", expected=" or ".join(roles), found=member["role"],
                hint="ask the course's instructor",
            )  # fmt: skip
        return cls(office, member)

    @property
    def course(self) -> str:
        """The course's id."""
        return str(self.member["course"])

    @property
    def name(self) -> str:
        """Who this is."""
        return str(self.member["name"])

    # publishing -----------------------------------------------------------------------------------

    def publish(self, lesson: str, data: bytes) -> str:
        """Make a parcel a lesson's standing release; returns its digest. The same again changes nothing."""
        safe_name(lesson, "lesson")
        if not any(name.endswith(".ipynb") for name in contents(data, lesson)):
            raise Invalid(
                "a release without a notebook",
                where=lesson,
                expected="a zip of the lesson's folder",
            )
        digest = self.office.parcels.put(data)
        table = tables.release
        with self.office.transaction() as connection:
            if (lesson, digest) not in {
                (row["lesson"], row["digest"]) for row in standing(connection, self.course)
            }:
                connection.execute(table.insert().values(
                    course=self.course, lesson=lesson, digest=digest, size=len(data), by=self.name, at=now()))  # fmt: skip
                note(connection, self.course, self.name, "released", lesson=lesson, digest=digest)
        return digest

    def announce(self, about: dict[str, Any]) -> None:
        """Say what the course is called, and what is known of its lessons."""
        table = tables.course
        with self.office.transaction() as connection:
            connection.execute(table.update().where(table.c.id == self.course).values(about=about))

    # collecting -----------------------------------------------------------------------------------

    def submissions(self, lesson: str, after: int = 0) -> list[dict[str, Any]]:
        """Return what was handed in for a lesson, in the order in which it came.

        Args:
            after: only what has a larger number; at most 1,000 come at once.
        """
        work, who = tables.submission, tables.member
        query = sa.select(work, who.c.name, who.c.key).join_from(work, who, work.c.member == who.c.id).where(
            work.c.course == self.course, work.c.lesson == safe_name(lesson, "lesson"), work.c.number > after
        ).order_by(work.c.number).limit(_MOST_ROWS)  # fmt: skip
        with self.office.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            {"number": row["number"], "learner": row["name"], "attempt": row["attempt"], "digest": row["digest"],
             "size": row["size"], "receipt": row["receipt"]} for row in rows
        ]  # fmt: skip

    def sealed(self, number: int) -> bytes:
        """Return one submission as it was handed in."""
        return self.office.parcels.get(self._submission(number)["digest"])

    def requests(self, lesson: str) -> list[dict[str, Any]]:
        """Return the requests to look at a mark of a lesson again."""
        table = tables.request
        query = sa.select(table.c.body).where(
            table.c.course == self.course, table.c.lesson == safe_name(lesson, "lesson")
        ).order_by(table.c.at)  # fmt: skip
        with self.office.reading() as connection:
            return [dict(body) for body in connection.execute(query).scalars()]

    # giving back ----------------------------------------------------------------------------------

    def give_back(self, number: int, data: bytes) -> None:
        """Put feedback on a submission where its learner finds it; the same again changes nothing."""
        contents(data, "feedback")
        work, table = self._submission(number), tables.feedback
        digest = self.office.parcels.put(data)
        same = (
            sa.select(table.c.digest)
            .where(table.c.submission == number)
            .order_by(table.c.number.desc())
            .limit(1)
        )
        with self.office.transaction() as connection:
            if connection.execute(same).scalar() == digest:
                return
            connection.execute(table.insert().values(
                course=self.course, lesson=work["lesson"], member=work["member"], submission=number, digest=digest,
                size=len(data), by=self.name, at=now()))  # fmt: skip
            note(
                connection,
                self.course,
                self.name,
                "returned",
                lesson=work["lesson"],
                submission=number,
            )

    def _submission(self, number: int) -> Row:
        work = tables.submission
        query = sa.select(work).where(work.c.number == number, work.c.course == self.course)
        with self.office.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"no submission {number}", where=self.course)
        return row

    # people ---------------------------------------------------------------------------------------

    def invite(self, **wanted: Any) -> str:
        """Make an invitation to this course; see `joining.invite`."""
        return joining.invite(self.office, self.course, self.name, **wanted)

    def invitations(self) -> list[dict[str, Any]]:
        """Return the course's invitations, without their secrets."""
        table = tables.invitation
        shown = [column for column in table.c if column.name not in ("hash", "course")]
        query = sa.select(*shown).where(table.c.course == self.course).order_by(table.c.at)
        with self.office.reading() as connection:
            return [plain(row) for row in connection.execute(query).mappings()]

    def revoke_invitation(self, key: str) -> None:
        """Let nobody join by an invitation any more; who joined stays in."""
        table = tables.invitation
        mine = (table.c.course == self.course, table.c.id == key)
        with self.office.transaction() as connection:
            done = connection.execute(table.update().where(*mine).values(revoked_at=now()))
            if not done.rowcount:
                raise NotFound(
                    f"no invitation '{key}'",
                    where=self.course,
                    hint="see: course learners invitations",
                )
            note(connection, self.course, self.name, "revoked", invitation=key)

    def members(self) -> list[dict[str, Any]]:
        """Return who is in the course."""
        table = tables.member
        query = sa.select(table).where(table.c.course == self.course).order_by(table.c.name)
        with self.office.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            {key: each for key, each in plain(row).items() if key not in ("id", "course")}
            for row in rows
        ]

    def enrol(self, people: Iterable[Learner]) -> int:
        """Let people of a list in, who come with the hub's name or a link of their own; returns how many are new."""
        new = 0
        with self.office.transaction() as connection:
            for each in people:
                if find_member(connection, self.course, each.id) is None:
                    joining.enrol(connection, self.course, each.id, shown=each.name, group=each.group,
                                  email=each.email, start=each.start)  # fmt: skip
                    new += 1
        return new

    def revoke_member(self, name: str) -> int:
        """Revoke every token of somebody; returns how many there were. The person's work stays."""
        table = tables.token
        member = self.office.member_named(self.course, name)
        with self.office.transaction() as connection:
            mine = (table.c.member == member["id"], table.c.revoked_at.is_(None))
            done = connection.execute(table.update().where(*mine).values(revoked_at=now()))
            note(connection, self.course, self.name, "revoked", member=name)
        return int(done.rowcount)


def plain(row: Row) -> dict[str, Any]:
    """Return a row that JSON can hold."""

    def told(value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return seals.moment(value.replace(tzinfo=dt.UTC))
        return value.isoformat() if isinstance(value, dt.date) else value

    return {key: told(value) for key, value in row.items()}
