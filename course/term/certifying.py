"""Certificates are issued and renewed, from the evidence ledger."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import layout as disk
from course.certificate import FOLDER, credential, paper, proof
from course.certificate.credential import Certificate, Shown
from course.errors import Invalid, Refused, Unavailable
from course.insight import shown
from course.insight.shown import Standing
from course.model import Learner
from course.settings import Objective
from course.signing import Key
from course.store import evidence
from course.store.evidence import Line
from course.term import Course, proving

__all__ = ["Issued", "certify", "key", "objectives_of", "person", "renewal", "words"]


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that was issued.

    Attributes:
        document: the signed credential.
        missing: the objectives that it is not about, and how they stand.
        is_new: False for one that says the same as an earlier one, which was written again.
        trouble: why there is none on paper; empty when there is.
    """

    document: dict[str, Any]
    file: Path
    missing: tuple[Standing, ...]
    is_new: bool
    trouble: str = ""


def key(course: Course) -> Key:
    """Return the course's key; the first time, one is made."""
    return Key.at(course.layout.root / ".course" / "key")


def certify(
    course: Course, learner: str, wanted: Sequence[str] = (), now: dt.datetime | None = None, by: str = ""
) -> Issued:  # fmt: skip
    """Issue a certificate about what a learner has shown and what holds now.

    Args:
        wanted: ids of objectives; empty for all that are shown.

    Raises:
        NotFound: no such learner or objective.
        Refused: a wanted objective is not shown, or nothing is.
        Invalid: the evidence ledger was changed.
    """
    whom, moment = person(course, learner), now or dt.datetime.now(dt.UTC)
    objectives = objectives_of(course, wanted)
    _gather(course, learner, by)
    with course.book() as book:
        evidence.check(book)
        lines = evidence.lines(book, learner, moment)
        found = {each.id: shown.standing(lines, each.id, moment) for each in objectives}
        holding = [each for each in objectives if found[each.id].state == "shown"]
        missing = tuple(each for each in found.values() if each.state != "shown")
        if not holding or (wanted and missing):
            raise _refused(learner, missing)
        what = _certificate(course, whom, [(each, found[each.id]) for each in holding], moment)
        document = _same(lines, what, moment, proof.issuer(key(course)))
        is_new = document is None
        if document is None:
            document = credential.issue(what, key(course))
            body = {"kind": "certificate", "credential": document}
            with book.transaction() as connection:
                evidence.append(connection, learner, [body], by)
    path = _write(course, learner, document)
    return Issued(document, path, missing, is_new, _on_paper(path, document))


def renewal(
    course: Course, learner: str, now: dt.datetime | None = None, soon: int = 0
) -> list[tuple[Standing, list[tuple[str, str]]]]:
    """Return what a learner has to show again: the objectives of their last certificate that lapsed or changed.

    Args:
        soon: days ahead that count as lapsed already.

    Returns:
        each with lesson and name of its questions that are asked otherwise now; none for one that only lapsed.

    Raises:
        NotFound: no such learner.
        Invalid: there is no certificate.
    """
    person(course, learner)
    moment = (now or dt.datetime.now(dt.UTC)) + dt.timedelta(days=soon)
    _gather(course, learner, "")
    with course.book() as book:
        lines = evidence.lines(book, learner)
    before = [
        line.body["credential"]
        for line in lines
        if line.body and line.body["kind"] == "certificate"
    ]
    if not before:
        raise Invalid(
            f"{learner} has no certificate yet", hint=f"issue one: course certify {learner}"
        )
    declared = [each.id for each in course.file.objectives]
    once = {one for each in before for one, _ in credential.read(json.dumps(each)).objectives}
    now_asked, found = proving.contents(course), []
    for objective in (each for each in declared if each in once):
        standing = shown.standing(lines, objective, moment)
        other = shown.changed(standing, now_asked)
        if standing.state != "shown" or other:
            found.append((standing, other))
    return found


def _gather(course: Course, learner: str, by: str) -> None:
    for lesson in course.lessons():
        proving.gather(course, lesson, by, learner)


def person(course: Course, learner: str) -> Learner:
    """Return who that is; raise NotFound for nobody."""
    people = {each.id: each for each in course.learners()}
    disk.known(learner, sorted(people), "learner")
    return people[learner]


def objectives_of(course: Course, wanted: Sequence[str]) -> list[Objective]:
    """Return the course's objectives of these ids, all for none; raise NotFound for an unknown one."""
    declared = {each.id: each for each in course.file.objectives}
    for each in wanted:
        disk.known(each, list(declared), "objective", str(course.layout.root / disk.COURSE_FILE))
    return [each for each in declared.values() if not wanted or each.id in wanted]


def _refused(learner: str, missing: Sequence[Standing]) -> Refused:
    stands = ", ".join(f"{each.objective}: {each.state}" for each in missing)
    return Refused(
        f"{learner} has not shown what is to be certified", expected="objectives that are shown and hold now",
        found=stands or "no objectives in course.toml",
        hint="evidence comes from work that was marked and returned: course return LESSON",
    )  # fmt: skip


def _certificate(
    course: Course, person: Learner, found: Sequence[tuple[Objective, Standing]], at: dt.datetime
) -> Certificate:
    file = course.file
    return Certificate(
        (file.id, file.title), file.certificates.issuer or ", ".join(file.authors) or file.title,
        (person.id, person.name), tuple(_shown(each, standing) for each, standing in found), at,
    )  # fmt: skip


def _shown(objective: Objective, found: Standing) -> Shown:
    last = max(found.rows, key=lambda line: int(line.number))
    lessons = tuple(
        f"{line.body['lesson']}, version {line.body['version']} ({line.body['hash'][:8]})"
        for line in found.rows
    )
    answers = tuple(text for line in found.rows for text in words(line))
    return Shown(objective.id, objective.text, found.since or last.at, (last.number, last.hash), lessons, answers,
                 found.until)  # fmt: skip


def words(line: Line) -> list[str]:
    """Return what a row of the ledger says of each question, in words."""
    body = line.body or {}
    said = [
        f"{each['question']}: {_points(each['points'])} of {each['maximum']:g} points, by {each['by'] or 'nobody yet'}"
        + (f" on {each['at'][:10]}" if each["at"] else "")
        for each in body.get("answers", ())
    ]
    for each in body.get("corrected", ()):
        before = (
            f"wrong {_times(each['wrong'])} first, on {each['first_wrong'][:10]}"
            if each["wrong"]
            else ""
        )
        after = f"right on {each['right'][:10]}" if each["right"] else "not right yet"
        said.append(
            f"{each['question']}, which must be right: " + ", ".join(filter(None, [before, after]))
        )
    return said


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _points(points: float | None) -> str:
    return "not judged:" if points is None else f"{points:g}"


def _same(
    lines: Sequence[Line], what: Certificate, now: dt.datetime, own: str
) -> dict[str, Any] | None:
    """Return the last certificate when it says the same, still holds, and was signed with the key of now."""
    issued = [
        line.body["credential"]
        for line in lines
        if line.body and line.body["kind"] == "certificate"
    ]
    if not issued:
        return None
    last = credential.read(json.dumps(issued[-1]))
    rows = tuple(each.row[1] for each in what.shown)
    same = (last.rows, last.name, *last.issuer, last.title) == (
        rows,
        what.learner[1],
        what.issuer,
        own,
        what.course[1],
    )
    return issued[-1] if same and last.state(now) == "holds" else None


def _write(course: Course, learner: str, document: dict[str, Any]) -> Path:
    name = f"{document['validFrom'][:10]}-{document['id'][-8:]}.json"
    path = course.layout.root / FOLDER / disk.safe_name(learner, "learner") / name
    disk.write(path, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    return path


def _on_paper(path: Path, document: dict[str, Any]) -> str:
    """Write a certificate as PDF, too; returns why that can't be, for the credential is whole without it."""
    try:
        disk.write(path.with_suffix(".pdf"), paper.pdf(document))
    except Unavailable as error:
        return str(error)
    return ""
