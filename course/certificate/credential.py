"""What a certificate says: an Open Badges 3.0 AchievementCredential of the W3C's data model 2.0.

Sources: 1EdTech, Open Badges Specification 3.0, appendix B (data model) and its context 3.0.3; W3C,
Verifiable Credentials Data Model v2.0.
"""

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from course.certificate import proof
from course.errors import Invalid
from course.signing import Key, canonical

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)
TYPES = ("VerifiableCredential", "AchievementCredential")
_SUBJECT = uuid.UUID("c0a7b6a4-6f7e-5a38-9a0e-9d3f3a5f6b10")
"""Names of courses and objectives grow from it (RFC 9562, version 5)."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One objective, and what shows it.

    Attributes:
        row: number and hash of the row in the evidence ledger.
        lessons: "cleaning, version 3 (1a2b3c4d)".
        answers: in words, what was answered when, and by whom it was judged.
        until: when it lapses; None for never.
    """

    objective: str
    text: str
    at: dt.datetime
    row: tuple[int, str]
    lessons: tuple[str, ...]
    answers: tuple[str, ...]
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is certified.

    Attributes:
        course: id and title.
        issuer: whose name stands on it.
        learner: id and name of who has shown it.
        shown: the objectives, in the course's order.
        at: from when on it holds, UTC.
    """

    course: tuple[str, str]
    issuer: str
    learner: tuple[str, str]
    shown: tuple[Shown, ...]
    at: dt.datetime

    @property
    def until(self) -> dt.datetime | None:
        """When the first of its objectives lapses; None for never."""
        return min((each.until for each in self.shown if each.until), default=None)


def issue(what: Certificate, key: Key) -> dict[str, Any]:
    """Return the signed credential."""
    who = {"id": proof.issuer(key), "type": ["Profile"], "name": what.issuer}
    document = {
        "@context": list(CONTEXT), "id": f"urn:uuid:{uuid.uuid4()}", "type": list(TYPES), "issuer": who,
        "name": what.course[1], "validFrom": proof.stamp(what.at),
        **({"validUntil": proof.stamp(what.until)} if what.until else {}),
        "credentialSubject": _subject(what), "evidence": [_evidence(each) for each in what.shown],
    }  # fmt: skip
    return proof.signed(document, key, what.at)


def _subject(what: Certificate) -> dict[str, Any]:
    course, title = what.course
    learner, name = what.learner
    texts = [each.text for each in what.shown]
    return {
        "type": ["AchievementSubject"],
        "identifier": [
            _identity(learner, "userName"), *([_identity(name, "ext:name")] if name != learner else []),
        ],
        "achievement": {
            "id": _named(course, *(each.objective for each in what.shown)),
            "type": ["Achievement"], "achievementType": "Certificate", "name": title,
            "description": f"Has shown: {'; '.join(texts)}.",
            "criteria": {"narrative": "\n".join(f"- {text}" for text in texts)},
            "tag": [each.objective for each in what.shown],
            "resultDescription": [
                {"id": _named(course, each.objective), "type": ["ResultDescription"], "name": each.text,
                 "resultType": "Status"} for each in what.shown
            ],
        },
        "result": [
            {"type": ["Result"], "resultDescription": _named(course, each.objective), "status": "Completed"}
            for each in what.shown
        ],
    }  # fmt: skip


def _evidence(shown: Shown) -> dict[str, Any]:
    number, hash_ = shown.row
    until = f" Holds until {shown.until:%Y-%m-%d}." if shown.until else ""
    return {
        "id": f"urn:sha256:{hash_}", "type": ["Evidence"], "name": shown.text,
        "description": f"Shown on {shown.at:%Y-%m-%d} in {', '.join(shown.lessons)}. "
                       f"Row {number} of the course's evidence ledger.{until}",
        "narrative": "\n".join(f"- {each}" for each in shown.answers),
    }  # fmt: skip


def _identity(text: str, kind: str) -> dict[str, Any]:
    return {"type": "IdentityObject", "hashed": False, "identityHash": text, "identityType": kind}


def _named(*parts: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_SUBJECT, '/'.join(parts))}"


# reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """A credential that was read, and what there is to say of it.

    Attributes:
        issuer: name that it gives itself, and the key that signed it.
        learner, name: id and name of who has it.
        objectives: id and text.
        rows: hashes of rows in the evidence ledger.
        fault: why it does not hold; empty when it does.
    """

    id: str
    title: str
    issuer: tuple[str, str]
    learner: str
    name: str
    objectives: tuple[tuple[str, str], ...]
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    rows: tuple[str, ...]
    fault: str
    digest: str

    def state(self, now: dt.datetime) -> str:
        """Return "holds", "lapsed", "not yet" or "false" for a moment."""
        if self.fault:
            return "false"
        if now < self.valid_from:
            return "not yet"
        return "lapsed" if self.valid_until and now > self.valid_until else "holds"


def is_credential(data: object) -> bool:
    """Tell whether data says of itself that it is a credential."""
    return isinstance(data, dict) and "VerifiableCredential" in (data.get("type") or ())


def read(text: str, where: str = "") -> Read:
    """Read a credential and check its signature; of what it says nothing is believed before.

    Raises:
        Invalid: it is no credential of ours.
    """
    try:
        data = json.loads(text)
        subject = data["credentialSubject"]
        achievement = subject["achievement"]
        names = {each["identityType"]: each["identityHash"] for each in subject["identifier"]}
        until = data.get("validUntil")
        return Read(
            str(data["id"]), str(data["name"]), (str(data["issuer"]["name"]), str(data["issuer"]["id"])),
            str(names["userName"]), str(names.get("ext:name", names["userName"])),
            tuple(zip(map(str, achievement["tag"]),
                      (str(each["name"]) for each in achievement["resultDescription"]), strict=True)),
            dt.datetime.fromisoformat(data["validFrom"]),
            dt.datetime.fromisoformat(until) if until else None,
            tuple(str(each["id"]).removeprefix("urn:sha256:") for each in data["evidence"]),
            _context(data) or proof.fault(data), digest(data),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid(
            "this is no certificate of a course", where=where,
            expected="an Open Badges 3.0 credential in JSON, as course certify writes it",
            found=f"{type(error).__name__}: {error}"[:200],
        ) from error  # fmt: skip


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a credential as canonical JSON, its proof included: what its paper shows."""
    return sha256(canonical(data)).hexdigest()


def _context(data: Mapping[str, Any]) -> str:
    """Terms mean what their context says: under another one, the same words say something else."""
    return "" if data["@context"] == list(CONTEXT) else "its words are defined by another context"


def objectives(some: Sequence[Shown]) -> tuple[str, ...]:
    """Return the ids of objectives that were shown."""
    return tuple(each.objective for each in some)
