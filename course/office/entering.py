"""Coming in with a browser, and going out.

A ticket, which holds once and for a few minutes, becomes a session; so does a name that a JupyterHub tells.
"""

import datetime as dt
import hmac
from hashlib import sha256

import sqlalchemy as sa

from course.database import Row, now
from course.errors import Refused
from course.office import tables
from course.office.office import Office, hashed, issue, new_token, note

LASTS = dt.timedelta(minutes=10)


def ticket(office: Office, member: Row) -> str:
    """Give a member a ticket; returns its secret, of which the office keeps the hash."""
    secret, table = new_token(), tables.ticket
    with office.transaction() as connection:
        connection.execute(table.delete().where(table.c.until < now()))
        connection.execute(
            table.insert().values(hash=hashed(secret), member=member["id"], until=now() + LASTS)
        )
    return secret


def enter(office: Office, secret: str) -> tuple[str, str]:
    """Take a ticket; returns the session's token, which is one of the member's tokens, and the course.

    Raises:
        Refused: it was used, is too old, or never was one.
    """
    table, member = tables.ticket, tables.member
    mine = (table.c.hash == hashed(secret), table.c.until >= now())
    with office.transaction() as connection:
        who = connection.execute(sa.select(table.c.member).where(*mine).with_for_update()).scalar()
        if who is None:
            raise Refused(
                "this link was used, or is too old", expected=f"a new one: it holds once, for {LASTS.seconds // 60} minutes",
                hint="get another: course enter",
            )  # fmt: skip
        connection.execute(table.delete().where(table.c.hash == hashed(secret)))
        row = connection.execute(sa.select(member).where(member.c.id == who)).mappings().one()
        note(connection, row["course"], row["name"], "entered")
        return issue(connection, who), str(row["course"])


def come_in(office: Office, name: str) -> dict[str, str]:
    """Give a session in each course that somebody is in by a JupyterHub's name: course -> token.

    Raises:
        Refused: on no course's list.
    """
    member = tables.member
    with office.transaction() as connection:
        rows = connection.execute(
            sa.select(member).where(member.c.name == name).order_by(member.c.course)
        )
        found = {}
        for row in rows.mappings().all():
            note(connection, row["course"], name, "entered")
            found[str(row["course"])] = issue(connection, row["id"])
    if not found:
        raise Refused(
            f"'{name}' is on no course's list here",
            hint="ask your instructor for a link, or to put you on the list: course learners import",
        )
    return found


def leave(office: Office, token: str) -> None:
    """End a session; its token lets nobody in any more."""
    own = tables.token
    with office.transaction() as connection:
        mine = (own.c.hash == hashed(token), own.c.revoked_at.is_(None))
        connection.execute(own.update().where(*mine).values(revoked_at=now()))


def proof(token: str) -> str:
    """Return what a form carries to show that our own page sent it: only who holds the session can make it."""
    return hmac.new(token.encode(), b"a form of ours", sha256).hexdigest()


def is_proven(token: str, given: str) -> bool:
    """Tell whether a form carries the proof that belongs to its session."""
    return hmac.compare_digest(proof(token).encode(), given.encode(errors="replace"))
