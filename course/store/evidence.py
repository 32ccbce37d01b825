"""The evidence ledger: what was shown, when, each row chained to the one before by its hash.

A row's hash is the SHA-256 of its number, its time, the SHA-256 of its body and the hash of the row
before, as canonical JSON (RFC 8785). Who changes, removes or inserts a row breaks the chain there,
and the hash of any row, kept somewhere else (a certificate holds one), vouches for all before it. The
ledger of marks notes the last hash of each time that something was added, so that no end is cut off
unseen.

A person can be forgotten: body and name of their rows go, the chain of hashes stays whole. A body
has a random part, so that a digest that stayed behind can't be guessed at.
"""

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.errors import Invalid
from course.signing import canonical
from course.store import tables
from course.store.database import Gradebook, Row, note

NOTED = "evidence"
"""The action of a line in the ledger of marks that holds number and hash of the last row here."""
FIRST = "0" * 64
"""What stands for the row before the first."""
_LOCK = 638247


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ledger.

    Attributes:
        number: 1 is the first.
        at: when it was written, UTC.
        body: what was shown; None once its learner was forgotten.
        hash: vouches for this row and all before it.
    """

    number: int
    at: dt.datetime
    learner: str
    body: dict[str, Any] | None
    hash: str


def append(
    connection: Connection, learner: str, bodies: Sequence[dict[str, Any]], by: str = ""
) -> list[Line]:
    """Add rows about a learner, in order; whoever else appends waits for the end of this transaction."""
    table, lines = tables.evidence, list[Line]()
    if not bodies:
        return lines
    _alone(connection)
    last = connection.execute(
        sa.select(table.c.number, table.c.hash).order_by(table.c.number.desc()).limit(1)
    ).first()
    number, before = (last.number, last.hash) if last else (0, FIRST)
    for body in bodies:
        number, at = number + 1, dt.datetime.now(dt.UTC)
        text = canonical({**body, "learner": learner, "salt": secrets.token_hex(16)}).decode()
        digest = sha256(text.encode()).hexdigest()
        row = {"number": number, "at": at.isoformat(), "digest": digest, "before": before}
        own = _hash(row)
        connection.execute(table.insert().values(**row, learner=learner, body=text, hash=own))
        lines.append(Line(number, at, learner, json.loads(text), own))
        before = own
    note(connection, by, NOTED, after={"row": number, "hash": before})
    return lines


def lines(
    book: Gradebook, learner: str | None = None, until: dt.datetime | None = None
) -> list[Line]:
    """Return the rows about a learner, or all, the oldest first.

    Args:
        until: only those that were written by then.
    """
    table = tables.evidence
    query = sa.select(table).order_by(table.c.number)
    if learner is not None:
        query = query.where(table.c.learner == learner)
    with book.reading() as connection:
        found = [_line(row) for row in connection.execute(query).mappings()]
    return [each for each in found if until is None or each.at <= until]


def of(connection: Connection, learner: str) -> list[Line]:
    """Return the rows about a learner on a connection that is open; nobody appends until it is done."""
    table = tables.evidence
    _alone(connection)
    query = sa.select(table).where(table.c.learner == learner).order_by(table.c.number)
    return [_line(row) for row in connection.execute(query).mappings()]


def _alone(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def head(book: Gradebook) -> str:
    """Return the hash of the last row, which vouches for all; zeros for an empty ledger."""
    table = tables.evidence
    query = sa.select(table.c.hash).order_by(table.c.number.desc()).limit(1)
    with book.reading() as connection:
        return connection.execute(query).scalar() or FIRST


def check(book: Gradebook) -> int:
    """Go through the whole chain; returns how many rows it has.

    Raises:
        Invalid: it is broken, and at which row.
    """
    number, before, seen = 0, FIRST, dict[int, str]()
    where = book.engine.url.render_as_string()
    ledger = tables.ledger
    with book.reading() as connection:
        rows = sa.select(tables.evidence).order_by(tables.evidence.c.number)
        for row in connection.execute(rows).mappings():
            if why := _fault(row, number + 1, before):
                raise _broken(where, row["number"], why)
            number, before = row["number"], row["hash"]
            seen[number] = before
        noted = sa.select(ledger.c.after).where(ledger.c.action == NOTED).order_by(ledger.c.number)
        for after in connection.execute(noted).scalars():
            if seen.get(after["row"]) != after["hash"]:
                missing = "it is not the one that the ledger of marks noted when it was written"
                raise _broken(
                    where, after["row"], missing if after["row"] in seen else "it is missing"
                )
    return number


def _broken(where: str, row: int, why: str) -> Invalid:
    return Invalid(
        "the evidence ledger was changed after it was written", where=f"{where}, course_evidence, row {row}",
        expected="each row as it was written, with the hash of the one before", found=why,
        hint="take the gradebook back from a copy from before, and compare from this row on",
    )  # fmt: skip


def forget(connection: Connection, learner: str) -> int:
    """Take name and body out of a learner's rows; the chain stays whole. Returns how many."""
    table = tables.evidence
    mine = table.update().where(table.c.learner == learner)
    return int(connection.execute(mine.values(learner="", body=None)).rowcount)


def _fault(row: Row, number: int, before: str) -> str:
    """Return what is wrong with a row; empty when it is as it was written."""
    faults = {
        f"row {number} is missing": row["number"] != number,
        "the hash of the row before is another one": row["before"] != before,
        "its own hash is another one": row["hash"] != _hash(row),
    }
    if row["body"] is None:
        faults["its body was removed, and its learner was not"] = bool(row["learner"])
    else:
        written = row["digest"] == sha256(row["body"].encode()).hexdigest()
        faults["its body is not what was written"] = not written
        faults["its learner is another one"] = (
            written and row["learner"] != json.loads(row["body"])["learner"]
        )
    return next((what for what, is_so in faults.items() if is_so), "")


def _hash(row: Any) -> str:
    return sha256(
        canonical({key: row[key] for key in ("number", "at", "digest", "before")})
    ).hexdigest()


def _line(row: Row) -> Line:
    body = json.loads(row["body"]) if row["body"] is not None else None
    return Line(
        row["number"], dt.datetime.fromisoformat(row["at"]), row["learner"], body, row["hash"]
    )
