"""`course verify`: whether a file is what somebody signed, by its kind."""

import datetime as dt
import json as texts
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import JsonOption
from course.errors import CourseError, Invalid, NotFound


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command()(verify)


def verify(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A certificate, a receipt or a sealed submission."),
    ],
    issuer: Annotated[
        str,
        typer.Option(
            metavar="DID|KEY", help="Who must have signed it: did:key:z6Mk…, or a receipt's key."
        ),
    ] = "",
    on: Annotated[
        str, typer.Option(metavar="DAY", help="Whether it held on that day; else today.")
    ] = "",
    course: Annotated[
        Path | None,
        typer.Option(
            "--course", metavar="DIR", help="Look, too, whether this course knows its evidence."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check a signed file, without asking anybody: who signed it, and that nobody changed it since.

    Exit code 2 when it was changed or somebody else signed it, 3 when it holds no longer, or not yet.

    Example: `course verify certificates/ana/2027-02-01-5f2c9a1e.json`
    """
    from course.term import verifying  # noqa: PLC0415  --help starts at once

    if not file.is_file():
        raise NotFound("no such file", where=str(file))
    if verifying.is_sealed(file):
        for line in verifying.of_sealed(file):
            show.say(line)
        return
    try:
        data = texts.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise Invalid("this is nothing that a course signs", where=str(file), expected="JSON in UTF-8",
                      found=str(error)) from error  # fmt: skip
    if verifying.is_receipt(data):
        for line in verifying.of_receipt(file, data, issuer):
            show.say(line)
        return
    _certificate(file, data, issuer, on, course, as_json=json)


def _certificate(
    file: Path, data: Any, issuer: str, on: str, course: Path | None, *, as_json: bool
) -> None:
    from course import dates  # noqa: PLC0415  --help starts at once
    from course.certificate import credential  # noqa: PLC0415  as above

    found = credential.read(texts.dumps(data), str(file))
    moment = dates.moment(on, dt.UTC, last=True) if on else dt.datetime.now(dt.UTC)
    fault = found.fault
    if not fault and issuer and found.issuer[1] != issuer:
        fault = f"it was signed by {found.issuer[1]}, not by {issuer}"
    if not fault and course is not None:
        fault = _unknown(found, course)
    if fault:
        raise Invalid("this certificate does not hold", where=str(file), found=fault,
                      expected="a certificate as its issuer signed it")  # fmt: skip
    state = found.state(moment)
    if as_json:
        show.data({"state": state, "learner": found.learner, "name": found.name, "id": found.id,
                   "issuer": found.issuer[0], "key": found.issuer[1], "sha256": found.digest,
                   "objectives": dict(found.objectives), "from": found.valid_from.isoformat(),
                   "until": found.valid_until.isoformat() if found.valid_until else None})  # fmt: skip
    else:
        _say(found, state, issuer, course)
    if state != "holds":
        raise typer.Exit(show.NEEDS_PERSON)


def _say(found: Any, state: str, issuer: str, course: Path | None) -> None:
    until = f" until {found.valid_until:%Y-%m-%d}" if found.valid_until else ", without an end"
    words = {"holds": "holds", "lapsed": "HOLDS NO LONGER", "not yet": "DOES NOT HOLD YET"}
    show.say(f"{words[state]}: {found.title}, {found.name} ({found.learner})")
    for _, text in found.objectives:
        show.say(f"  shown: {text}")
    show.say(f"  from {found.valid_from:%Y-%m-%d}{until}")
    show.say(f"  signed by {found.issuer[0]}, {found.issuer[1]}; not changed since")
    show.say(f"  SHA-256 {found.digest}")
    checked = "its form (Open Badges 3.0), its signature by the key that its issuer's name is, and its dates"
    checked += ", and that it is the key you gave" if issuer else ""
    if course is not None:
        checked += ", and that its evidence stands in the course's ledger, whose chain is whole"
    show.say(f"  checked here, asking nobody: {checked}")
    if course is None and not issuer:
        show.say("  not checked: whose key that is. A name can be claimed by anybody: compare the key with the "
                 "issuer's own, or give --issuer")  # fmt: skip


def _unknown(found: Any, folder: Path) -> str:
    """Return why a course does not stand by a certificate; empty when it does."""
    from course.term import verifying  # noqa: PLC0415  only where it is asked for

    try:
        return verifying.unknown(show.open_course(folder), found)
    except CourseError as error:
        return str(error)
