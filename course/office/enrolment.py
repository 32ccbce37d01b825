"""A learner's side of the office. No method takes a learner: there is no way to name another one."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course import sealed as seals
from course.database import Row, now
from course.errors import Invalid, NotFound, Refused
from course.layout import known, safe_name
from course.office import tables
from course.office.office import Office, Unknown, note
from course.office.receipts import Look, receipt

CLOCK = dt.timedelta(minutes=30)
"""How far a learner's clock may be off."""

Looker = Callable[[str, bytes, seals.Sealed], Look]
"""Takes the digest and bytes of a release and what was handed in; says what can be seen without running it."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person's place in one course.

    Attributes:
        member: the person's row.
    """

    office: Office
    member: Row

    @classmethod
    def of(cls, office: Office, token: str, course: str) -> "Enrolment":
        """Return whose token this is; raises Refused when it is nobody's, revoked or for another course."""
        member = office.member_of(token)
        if member["course"] != course:
            raise Refused(
                "this token is for another course", expected=member["course"], found=course
            )
        return cls(office, member)

    @property
    def course(self) -> str:
        """The course's id."""
        return str(self.member["course"])

    def about(self) -> dict[str, Any]:
        """Return who this is and what the course announced."""
        with self.office.reading() as connection:
            course = Office.course(connection, self.course)
        own = {name: self.member[name] for name in ("name", "shown", "role", "group", "zone")}
        start = self.member["start"]
        return {
            "course": self.course, "announced": course["about"] if course else {}, "office": self.office.key.public,
            **own, "start": start.isoformat() if start else "",
        }  # fmt: skip

    # releases -------------------------------------------------------------------------------------

    def releases(self) -> list[dict[str, Any]]:
        """Return the lessons that are out: lesson, digest, size and time."""
        with self.office.reading() as connection:
            return standing(connection, self.course)

    def release(self, lesson: str) -> tuple[str, bytes]:
        """Return digest and parcel of a lesson's standing release."""
        found = {each["lesson"]: each["digest"] for each in self.releases()}
        digest = found[known(lesson, sorted(found), "released lesson", self.course)]
        return digest, self.office.parcels.get(digest)

    # submissions ----------------------------------------------------------------------------------

    def submit(
        self, lesson: str, data: bytes, look: Looker, clock: dt.datetime | None = None
    ) -> tuple[dict[str, Any], bool]:
        """Take a sealed submission in; returns its receipt, and whether it is new.

        The same file again gives the same receipt. The parcel is on the disk before the row is
        written, and the row before there is a receipt.

        Args:
            clock: what the learner's clock says now, in UTC; None when it did not say.

        Raises:
            Invalid, Refused: it is no whole sealed file, not this learner's, replayed, or of a clock that is wrong.
            NotFound: no such lesson is released.
            Unavailable: the disk or the database refuses.
        """
        release, parcel = self.release(lesson)
        work = seals.opened(data, lesson)
        self._is_own(work, lesson)
        if before := self._same(work):
            return before, False
        _is_in_time(work.sealed_at, clock)
        seen = look(release, parcel, work)
        self.office.parcels.put(data)
        with self.office.transaction() as connection:
            self._hold(connection)
            if before := self._same(work, connection):
                return before, False
            return self._write(connection, work, seen, len(data)), True

    def _hold(self, connection: Connection) -> None:
        """Let two submissions of one learner come one after the other."""
        table = tables.member
        query = sa.select(table.c.id).where(table.c.id == self.member["id"])
        if connection.execute(query.with_for_update()).first() is None:
            raise Unknown("this token is nobody's here", hint="ask your instructor")  # forgotten

    def _write(
        self, connection: Connection, work: seals.Sealed, seen: Look, size: int
    ) -> dict[str, Any]:
        earlier = self._attempts(connection, work.lesson)
        moment, attempt = now(), len(earlier) + 1
        notes = _notes(earlier, seen, self._returned(connection, work.lesson))
        paper = receipt(self.office.key, work, seen, moment.replace(tzinfo=dt.UTC), attempt, notes)
        connection.execute(tables.submission.insert().values(
            course=self.course, lesson=work.lesson, member=self.member["id"], attempt=attempt, digest=work.digest,
            nonce=work.nonce, size=size, answered=seen.answered, sealed_at=work.sealed_at.replace(tzinfo=None),
            received_at=moment, receipt=paper))  # fmt: skip
        note(
            connection,
            self.course,
            self.member["name"],
            "submitted",
            lesson=work.lesson,
            digest=work.digest,
        )
        return paper

    def _is_own(self, work: seals.Sealed, lesson: str) -> None:
        where = f"the submission of {work.lesson}"
        said, own = (
            (work.course, work.lesson, work.learner),
            (self.course, lesson, self.member["name"]),
        )
        for what, found, expected in zip(("course", "lesson", "learner"), said, own, strict=True):
            if found != expected:
                raise Refused(
                    f"sealed for another {what}", where=where, expected=expected, found=found,
                    hint="hand in from the folder that you joined this course with",
                )  # fmt: skip
        if work.key != self.member["key"]:
            raise Refused(
                "signed with a key that is not this learner's", where=where,
                hint="hand in from the folder that joined last, or join again in this one by a new link",
            )  # fmt: skip

    def _same(
        self, work: seals.Sealed, connection: Connection | None = None
    ) -> dict[str, Any] | None:
        if connection is None:
            with self.office.reading() as opened:
                return self._same(work, opened)
        table = tables.submission
        row = connection.execute(
            sa.select(table).where(table.c.member == self.member["id"], table.c.nonce == work.nonce)
        ).mappings().first()  # fmt: skip
        if row is None:
            return None
        if row["digest"] != work.digest:
            raise Refused(
                "replayed: another submission had this number", where=work.lesson,
                hint="hand in anew: course submit LESSON",
            )  # fmt: skip
        return dict(row["receipt"])

    def submissions(self, lesson: str) -> list[dict[str, Any]]:
        """Return the receipts of what was handed in for a lesson, the first one first."""
        safe_name(lesson, "lesson")
        with self.office.reading() as connection:
            return [dict(row["receipt"]) for row in self._attempts(connection, lesson)]

    def _attempts(self, connection: Connection, lesson: str) -> list[Row]:
        table = tables.submission
        query = sa.select(table).where(
            table.c.member == self.member["id"], table.c.lesson == lesson
        )
        return list(connection.execute(query.order_by(table.c.attempt)).mappings())

    # feedback and requests ------------------------------------------------------------------------

    def feedback(self, lesson: str) -> list[dict[str, Any]]:
        """Return the feedback on a lesson, the newest last: number, sealing of the submission, time."""
        safe_name(lesson, "lesson")
        own, work = tables.feedback, tables.submission
        query = sa.select(own.c.number, own.c.at, work.c.nonce, work.c.attempt).join_from(
            own, work, own.c.submission == work.c.number
        ).where(own.c.member == self.member["id"], own.c.lesson == lesson).order_by(own.c.number)  # fmt: skip
        with self.office.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [{**row, "at": seals.moment(row["at"].replace(tzinfo=dt.UTC))} for row in rows]

    def feedback_parcel(self, number: int) -> bytes:
        """Return one parcel of feedback: this learner's only."""
        own = tables.feedback
        query = sa.select(own.c.digest).where(
            own.c.number == number, own.c.member == self.member["id"]
        )
        with self.office.reading() as connection:
            digest = connection.execute(query).scalar()
        if digest is None:
            raise NotFound(f"no feedback {number} for you", where=self.course)
        return self.office.parcels.get(digest)

    def ask_again(self, body: dict[str, Any]) -> None:
        """Take in a request that a mark be looked at again; the same one again changes nothing."""
        if body.get("learner") != self.member["name"]:
            raise Refused(
                "somebody else's request",
                expected=str(self.member["name"]),
                found=str(body.get("learner")),
            )
        key, lesson = str(body.get("id", "")), safe_name(str(body.get("lesson", "")), "lesson")
        if not (len(key) == 32 and key.isalnum()):  # noqa: PLR2004  16 bytes in hexadecimal
            raise Invalid(
                "not a request", where="id", expected="32 hexadecimal digits", found=key[:50]
            )
        table = tables.request
        with self.office.transaction() as connection:
            if connection.execute(sa.select(table.c.id).where(table.c.id == key)).first() is None:
                connection.execute(table.insert().values(
                    id=key, course=self.course, lesson=lesson, member=self.member["id"], body=body, at=now()))  # fmt: skip

    def _returned(self, connection: Connection, lesson: str) -> bool:
        own = tables.feedback
        query = sa.select(own.c.number).where(
            own.c.member == self.member["id"], own.c.lesson == lesson
        )
        return connection.execute(query.limit(1)).first() is not None


def standing(connection: Connection, course: str) -> list[dict[str, Any]]:
    """Return the last release of each lesson of a course: lesson, digest, size and time."""
    table = tables.release
    last = (
        sa.select(sa.func.max(table.c.number))
        .where(table.c.course == course)
        .group_by(table.c.lesson)
    )
    rows = connection.execute(
        sa.select(table).where(table.c.number.in_(last)).order_by(table.c.lesson)
    ).mappings()
    return [
        {"lesson": row["lesson"], "digest": row["digest"], "size": row["size"],
         "at": seals.moment(row["at"].replace(tzinfo=dt.UTC))} for row in rows
    ]  # fmt: skip


def _notes(earlier: list[Row], seen: Look, returned: bool) -> tuple[str, ...]:
    """Return what a learner should know about handing in again."""
    best = max(earlier, key=lambda row: (row["answered"], row["attempt"]), default=None)
    if best is None:
        return ()
    found = []
    if best["answered"] > seen.answered:
        found.append(
            f"attempt {best['attempt']} answered {best['answered']} questions, this one {seen.answered}; "
            "both are kept"
        )
    if returned:
        found.append("an earlier attempt has its feedback already")
    return tuple(found)


def _is_in_time(sealed_at: dt.datetime, clock: dt.datetime | None) -> None:
    """Refuse what a wrong clock sealed: nobody could tell when it was."""
    moment = dt.datetime.now(dt.UTC)
    off = (clock or max(sealed_at, moment)) - moment
    if abs(off) > CLOCK or sealed_at - moment > CLOCK:
        wrong = max(abs(off), sealed_at - moment)
        raise Refused(
            "your computer's clock is wrong", where=f"by {wrong.total_seconds() / 3600:.1f} hours",
            expected=f"{seals.moment(moment)} (UTC), give or take {CLOCK.seconds // 60} minutes",
            found=f"{seals.moment(clock or sealed_at)}; sealed at {seals.moment(sealed_at)}",
            hint="set date, time and time zone, then hand in again: course submit LESSON; your outbox is kept",
        )  # fmt: skip
