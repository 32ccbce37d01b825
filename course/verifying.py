"""Checking what was signed, whoever shows it, without asking anybody."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from course import sealed
from course.errors import Invalid, NotFound, Refused
from course.exchange.access import Access
from course.office import receipts
from course.sealed import SUFFIX
from course.signing import is_signed

MAX_BYTES = 10_000_000

Telling = Callable[[dict[str, Any]], Iterator[str]]
"""Takes a signed value whose signature holds; yields what it says, line by line."""


def verify(file: Path, key: str = "", folder: Path = Path()) -> Iterator[str]:
    """Yield what a signed file says, when it is as it was made.

    Args:
        key: the public key that must have signed it; by default that of the course of ``folder``.

    Raises:
        NotFound: there is no such file.
        Invalid: it is nothing that is signed.
        Refused: it was changed, or somebody else signed it.
    """
    if not file.is_file():
        raise NotFound("no such file", where=str(file))
    if file.name.endswith(SUFFIX):
        yield from _sealed(sealed.read(file))
        return
    data = _read(file)
    tell = TELLING.get(str(data.get("type")))
    if tell is None:
        raise Invalid(
            "nothing that can be verified", where=str(file), expected=f"one of: {', '.join(TELLING)}",
            found=str(data.get("type", "no type"))[:100],
        )  # fmt: skip
    if not is_signed(data):
        raise Refused("the signature does not fit: it was changed", where=str(file))
    expected = key or _known(folder)
    if expected and data["key"] != expected:
        raise Refused(
            "somebody else signed it", where=str(file), expected=expected, found=str(data["key"])
        )
    yield from tell(data)
    yield f"signed by {data['key']}" + (
        ", your course's office" if data["key"] == _known(folder) else ""
    )
    if not expected:
        yield "it is whole; whose key that is, your instructor can tell: compare, or give --key"


def _read(file: Path) -> dict[str, Any]:
    found = f"{file.stat().st_size} bytes" if file.stat().st_size > MAX_BYTES else ""
    try:
        data = {} if found else json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        found = str(error)
    if found:
        raise Invalid("this is not JSON that was signed", where=str(file), found=found)
    return data if isinstance(data, dict) else {}


def _known(folder: Path) -> str:
    here = folder.resolve()
    for place in (here, *here.parents):
        try:
            return Access.of(place).office
        except NotFound:
            continue
    return ""


def _sealed(work: sealed.Sealed) -> Iterator[str]:
    yield f"{work.lesson} of {work.course}, sealed by {work.learner} at {sealed.moment(work.sealed_at)}"
    yield f"it is whole: {len(work.files)} files, SHA-256 {work.digest}"
    yield f"signed by {work.key}"


def _receipt(paper: dict[str, Any]) -> Iterator[str]:
    yield f"receipt of {paper['lesson']} of {paper['course']}, from {paper['learner']}, attempt {paper['attempt']}"
    yield f"sealed {paper['sealed_at']}, received {paper['received_at']}"
    yield f"SHA-256 {paper['digest']}, {len(paper['files'])} files"
    answered = paper["questions"] - len(paper["unanswered"])
    rest = f"; empty: {', '.join(paper['unanswered'])}" if paper["unanswered"] else ""
    yield f"{answered} of {paper['questions']} questions answered{rest}"
    yield from (f"will not run: {each}" for each in paper["will_not_run"])


TELLING: dict[str, Telling] = {receipts.TYPE: _receipt}
"""What each type of signed file says."""
