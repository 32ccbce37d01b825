"""Coming in: invitations that expire, are used up or are revoked; and what joining makes of a name."""

import datetime as dt
import re
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course import dates
from course.database import Row, new_id, now
from course.errors import Invalid, NotFound, Refused
from course.layout import known, safe_name
from course.office import tables
from course.office.office import Office, find_member, hashed, issue, new_token, note

ROLES = ("learner", "grader", "instructor")
MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class Joined:
    """What somebody who joined is told, once.

    Attributes:
        token: the secret by which this machine is known from now on.
        office: the public half of the key that signs receipts.
    """

    course: str
    name: str
    role: str
    group: str
    token: str
    office: str


def invite(
    office: Office, course: str, by: str, *, role: str = "learner", group: str = "", name: str = "",
    uses: int | None = None, lasts: dt.timedelta | None = None,
) -> str:  # fmt: skip
    """Make an invitation; returns its secret, of which the office keeps the hash.

    Args:
        name: the one whom it is for, by id; empty for anybody.
        uses: how often it may be used; None for any number of times.
        lasts: for how long; None for ever.
    """
    if role not in ROLES:
        raise Invalid("no such role", expected=f"one of: {', '.join(ROLES)}", found=role)
    if name:
        safe_name(name, "learner")
    secret = new_token()
    with office.transaction() as connection:
        if Office.course(connection, course) is None:
            raise NotFound(f"no course '{course}' has its office here")
        key = secrets.token_hex(4)
        connection.execute(tables.invitation.insert().values(
            id=key, hash=hashed(secret), course=course, role=role, group=group, name=name, uses=uses, used=0,
            expires_at=now() + lasts if lasts else None, by=by, at=now()))  # fmt: skip
        note(connection, course, by, "invited", invitation=key, role=role, group=group)
    return secret


def look_at(office: Office, secret: str) -> dict[str, Any]:
    """Return what an invitation is to: course, title, lessons, role; raises as `join`."""
    with office.reading() as connection:
        row = _valid(connection, secret)
        course = Office.course(connection, row["course"])
    about = dict(course["about"]) if course else {}
    told = {"title": about.get("title") or row["course"], "lessons": about.get("lessons") or []}
    return {"course": row["course"], "role": row["role"], "name": row["name"], **told}


def join(
    office: Office, secret: str, shown: str, key: str = "", zone: str = "", *, apart: bool = False
) -> Joined:
    """Come in by an invitation; returns how to come again.

    Args:
        shown: the name that others read; the learner's id is made of it.
        key: the public half of the learner's key; empty from a browser, which has none.
        zone: the learner's time zone; empty when unknown.
        apart: whether a JupyterHub gives ids, too: then the id is made such that it is none of the hub's.

    Raises:
        Refused: no such invitation, or expired, used up or revoked.
        Invalid: no name, or no such time zone.
    """
    shown = _a_name(shown)
    if zone:
        _known_zone(zone)
    with office.transaction() as connection:
        row = _use(connection, secret)
        member = _enrol(connection, row, shown, zone, apart=apart)
        return welcome(office, connection, member, key, zone)


def reserve(
    office: Office, secret: str, shown: str, *, apart: bool = False
) -> tuple[str, str, str]:
    """Come in from a browser, which has no key; returns the id, the secret of an own invitation, and a session's token.

    With the invitation the person's machine joins, once and within two weeks. ``apart`` and what it raises: as `join`.
    """
    shown = _a_name(shown)
    with office.transaction() as connection:
        row = _use(connection, secret)
        member = _enrol(connection, row, shown, "", apart=apart)
        token = issue(connection, member["id"])
        note(connection, member["course"], member["name"], "entered")
    own = invite(office, row["course"], member["name"], role=member["role"], name=member["name"], uses=1,
                 lasts=dt.timedelta(weeks=2))  # fmt: skip
    return str(member["name"]), own, token


def join_from_hub(
    office: Office, name: str, course: str, secret: str = "", key: str = "", zone: str = ""
) -> Joined:
    """Come in as a JupyterHub knows somebody: who is on the course's list, or has an invitation.

    Args:
        name: the hub's.
        course: which one; empty where the office has one.
        secret: an invitation's; empty for who is on the list.

    Raises:
        NotFound: no such course, or several and none was named.
        Refused: not on the list, and no invitation that holds.
    """
    safe_name(name, "learner")
    if zone:
        _known_zone(zone)
    if secret:
        course = look_at(office, secret)["course"]
    elif not course and len(office.courses()) == 1:
        course = office.courses()[0]
    known(course, office.courses(), "course")
    with office.transaction() as connection:
        member = find_member(connection, course, name)
        if member is None and secret:
            row = _use(connection, secret)
            member = enrol(
                connection, course, name, role=row["role"], group=row["group"], zone=zone
            )
        if member is None:
            raise Refused(
                f"'{name}' is not on this course's list", where=course,
                hint="ask your instructor for a link, or to put you on the list: course learners import",
            )  # fmt: skip
        return welcome(office, connection, member, key, zone)


def welcome(
    office: Office, connection: Connection, member: Row, key: str, zone: str = ""
) -> Joined:
    """Give a member a token for one more machine, whose key and time zone are known from now on."""
    if key and member["key"] and member["key"] != key:
        note(
            connection, member["course"], member["name"], "new key", before=member["key"], after=key
        )
    if told := {name: said for name, said in (("key", key), ("zone", zone)) if said}:
        table = tables.member
        connection.execute(table.update().where(table.c.id == member["id"]).values(**told))
    token = issue(connection, member["id"])
    note(connection, member["course"], member["name"], "joined", role=member["role"])
    return Joined(
        member["course"], member["name"], member["role"], member["group"], token, office.key.public
    )


def enrol(
    connection: Connection, course: str, name: str, *, shown: str = "", role: str = "learner", group: str = "",
    zone: str = "", email: str = "", start: dt.date | None = None,
) -> Row:  # fmt: skip
    """Make somebody a member of a course; returns the row."""
    connection.execute(tables.member.insert().values(
        id=new_id(), course=course, name=name, shown=shown or name, role=role, group=group, zone=zone,
        email=email, start=start or dt.datetime.now(dt.UTC).date(), key="", at=now()))  # fmt: skip
    found = find_member(connection, course, name)
    if found is None:
        raise NotFound(f"nobody called '{name}' is in this course", where=course)
    return found


def _enrol(connection: Connection, invitation: Row, shown: str, zone: str, *, apart: bool) -> Row:
    course, wanted = invitation["course"], invitation["name"]
    if wanted and (found := find_member(connection, course, wanted)):
        return found
    # who signs in at the hub as "ana" must not find what another Ana did, who came by a link
    made = f"{plain(shown)}-{secrets.token_hex(3)}" if apart else plain(shown)
    name = wanted or _free(connection, course, made)
    return enrol(
        connection,
        course,
        name,
        shown=shown,
        role=invitation["role"],
        group=invitation["group"],
        zone=zone,
    )


def _free(connection: Connection, course: str, name: str) -> str:
    """Return a name that nobody in the course has: two who are called the same are two."""
    number, found = 1, name
    while find_member(connection, course, found) is not None:
        number += 1
        found = f"{name}-{number}"
    return found


def plain(shown: str) -> str:
    """Return a learner's id made of a name: "Ana Kovač" is ana-kovac."""
    letters = unicodedata.normalize("NFKD", shown).encode("ascii", "ignore").decode().casefold()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60] or f"learner-{secrets.token_hex(3)}"


def _use(connection: Connection, secret: str) -> Row:
    row, table = _valid(connection, secret, lock=True), tables.invitation
    connection.execute(table.update().where(table.c.id == row["id"]).values(used=table.c.used + 1))
    course = tables.course  # two who come by different links and have one name: one after the other
    connection.execute(sa.select(course.c.id).where(course.c.id == row["course"]).with_for_update())
    return row


def _valid(connection: Connection, secret: str, *, lock: bool = False) -> Row:
    table = tables.invitation
    query = sa.select(table).where(table.c.hash == hashed(secret))
    row = connection.execute(query.with_for_update() if lock else query).mappings().first()
    hint = "ask your instructor for a new one"
    if row is None:
        raise Refused(
            "there is no such invitation", expected="the whole link, as it was sent", hint=hint
        )
    if row["revoked_at"] is not None:
        raise Refused("this invitation was revoked", hint=hint)
    if row["expires_at"] is not None and row["expires_at"] < now():
        raise Refused(
            "this invitation has expired",
            found=f"on {row['expires_at']:%Y-%m-%d %H:%M} (UTC)",
            hint=hint,
        )
    if row["uses"] is not None and row["used"] >= row["uses"]:
        raise Refused(
            "this invitation is used up",
            found=f"used {row['used']} times of {row['uses']}",
            hint=hint,
        )
    return row


def _a_name(shown: str) -> str:
    shown = " ".join(shown.split())
    if not 0 < len(shown) <= MOST_NAME or {"<", ">"} & set(shown) or not shown.isprintable():
        raise Invalid(
            "not a name",
            expected=f"1 to {MOST_NAME} characters, and no '<' or '>'",
            found=repr(shown[:99]),
        )
    return shown


def _known_zone(zone: str) -> None:
    try:
        dates.zone(zone)
    except ValueError as error:
        raise Invalid("not a time zone", expected=str(error), found=zone) from error


def has_instructor(connection: Connection, course: str) -> bool:
    """Tell whether a course has an instructor, or somebody was invited to be one and still may come."""
    member, asked = tables.member, tables.invitation
    there = sa.select(member.c.id).where(member.c.course == course, member.c.role == "instructor")
    coming = sa.select(asked.c.id).where(
        asked.c.course == course, asked.c.role == "instructor", asked.c.revoked_at.is_(None),
        asked.c.used < asked.c.uses, asked.c.expires_at > now(),
    )  # fmt: skip
    return any(connection.execute(query.limit(1)).first() for query in (there, coming))
