"""Checking certificates, receipts and sealed submissions, whoever shows them, without asking anybody."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from course import sealed
from course.certificate import credential, proof
from course.errors import NotFound, Refused
from course.exchange.access import Access
from course.office.receipts import TYPE, answered
from course.sealed import SUFFIX
from course.signing import is_signed
from course.store import evidence
from course.term import Course, certifying


def is_sealed(file: Path) -> bool:
    """Tell whether a file is called as a sealed submission is."""
    return file.name.endswith(SUFFIX)


def is_receipt(data: Any) -> bool:
    """Tell whether some JSON says that it is a receipt."""
    return isinstance(data, dict) and data.get("type") == TYPE


def of_sealed(file: Path) -> Iterator[str]:
    """Yield what a sealed submission says; raises as `sealed.read` when it is not as it was sealed."""
    work = sealed.read(file)
    yield f"{work.lesson} of {work.course}, sealed by {work.learner} at {sealed.moment(work.sealed_at)}"
    yield f"it is whole: {len(work.files)} files, SHA-256 {work.digest}"
    yield f"signed by {work.key}"


def of_receipt(file: Path, paper: dict[str, Any], key: str = "") -> Iterator[str]:
    """Yield what a receipt says.

    Args:
        key: the public key that must have signed it; by default that of the course whose folder it lies in.

    Raises:
        Refused: it was changed, or somebody else signed it.
    """
    if not is_signed(paper):
        raise Refused(
            "the signature does not fit: it was changed after it was signed", where=str(file)
        )
    expected = key or _office_of(file.resolve())
    if expected and paper["key"] != expected:
        raise Refused(
            "somebody else signed it", where=str(file), expected=expected, found=str(paper["key"])
        )
    yield f"receipt of {paper['lesson']} of {paper['course']}, from {paper['learner']}, attempt {paper['attempt']}"
    yield f"sealed {paper['sealed_at']}, received {paper['received_at']}"
    yield f"SHA-256 {paper['digest']}, {len(paper['files'])} files"
    rest = f"; empty: {', '.join(paper['unanswered'])}" if paper["unanswered"] else ""
    yield f"{answered(paper)} of {paper['questions']} questions answered{rest}"
    yield from (f"will not run: {each}" for each in paper["will_not_run"])
    whose = "as was expected" if key else "the office of the course that this folder joined"
    if not expected:
        whose = "compare it with the key that your instructor tells you, or give --issuer KEY"
    yield f"signed by {paper['key']}: {whose}"


def unknown(course: Course, found: credential.Read) -> str:
    """Return why a course does not stand by a certificate; empty when it does.

    It stands by what its ledger says it issued, whichever key it had then; of somebody who was forgotten, by rows of
    evidence that are still in the chain, signed with a key that the course has or had.

    Raises:
        Invalid: the ledger was changed.
    """
    with course.book() as book:
        evidence.check(book)
        lines = {line.hash: line for line in evidence.lines(book)}
    issued = [
        credential.read(json.dumps(line.body["credential"]))
        for line in lines.values() if line.body and line.body["kind"] == "certificate"
    ]  # fmt: skip
    if found.digest in {each.digest for each in issued}:
        return ""
    own = proof.issuer(certifying.key(course))
    if found.issuer[1] not in {own, *(each.issuer[1] for each in issued)}:
        return f"it was signed by {found.issuer[1]}, and this course's key is {own}"
    missing = [row for row in found.rows if row not in lines]
    if missing:
        return f"the course's ledger has no row {missing[0][:16]}…"
    told = all(lines[row].body is not None for row in found.rows)
    return "the course's ledger does not say that it issued it" if told else ""


def _office_of(file: Path) -> str:
    for place in file.parents:
        try:
            return Access.of(place).office
        except NotFound:
            continue
    return ""
