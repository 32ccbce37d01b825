"""An auditor's question, answered from the evidence ledger: who had shown what, on which day, and by what."""

import datetime as dt
import json
from dataclasses import dataclass

from course.certificate import credential
from course.insight import shown
from course.insight.shown import Standing
from course.model import Learner
from course.settings import Objective
from course.store import evidence
from course.store.evidence import Line
from course.term import Course
from course.term.certifying import objectives_of, person, words


@dataclass(frozen=True, slots=True)
class Audited:
    """How somebody stood with an objective on a day, with what shows it.

    Attributes:
        certificates: those about it that held on that day.
        rows: how many rows the whole ledger has; its chain is whole.
    """

    learner: Learner
    objective: Objective
    on: dt.datetime
    standing: Standing
    certificates: tuple[credential.Read, ...]
    rows: int


def audit(course: Course, learner: str, objective: str, on: dt.datetime) -> Audited:
    """Return how a learner stood with an objective at a moment; nothing is written.

    Raises:
        NotFound: no such learner or objective.
        Invalid: the evidence ledger was changed.
    """
    whom, (about,) = person(course, learner), objectives_of(course, [objective])
    with course.book() as book:
        rows = evidence.check(book)
        lines = evidence.lines(book, learner, on)
    issued = [
        credential.read(json.dumps(line.body["credential"]))
        for line in lines if line.body and line.body["kind"] == "certificate"
    ]  # fmt: skip
    held = tuple(
        each for each in issued if objective in dict(each.objectives) and each.state(on) == "holds"
    )
    return Audited(whom, about, on, shown.standing(lines, objective, on), held, rows)


def told(found: Audited, zone: dt.tzinfo) -> list[str]:
    """Return an audit's answer in words, line by line."""
    who = (
        f"{found.learner.name} ({found.learner.id})"
        if found.learner.name != found.learner.id
        else found.learner.id
    )
    day, standing = f"{found.on.astimezone(zone):%Y-%m-%d}", found.standing
    what = f"'{found.objective.text}' ({found.objective.id})"
    until = f" It holds until {standing.until.astimezone(zone):%Y-%m-%d}." if standing.until else ""
    head = {
        "shown": f"Yes. On {day}, {who} had shown {what}, known since {standing.since:%Y-%m-%d}.{until}"
        if standing.since else "",
        "lapsed": f"No longer. {who} had shown {what}, but on {day} it had lapsed."
        + until.replace("holds", "held"),
        "learning": f"No. On {day}, {who} had worked on {what}, and not shown it.",
        "not started": f"No. On {day}, nothing of {who} had shown {what}.",
    }[standing.state]  # fmt: skip
    lines = [head]
    for line in standing.rows:
        lines += _row(line)
    for each in found.certificates:
        ends = f"until {each.valid_until:%Y-%m-%d}" if each.valid_until else "without an end"
        lines.append(f"  certificate {each.id}, from {each.valid_from:%Y-%m-%d} {ends}")
    lines += [] if found.certificates else ["  no certificate about it held on that day"]
    return [*lines, f"The evidence ledger has {found.rows} rows, and its chain is whole."]


def _row(line: Line) -> list[str]:
    body = line.body or {}
    handed = (
        f"handed in {body['handed_in'][:16].replace('T', ' ')} UTC, " if body["handed_in"] else ""
    )
    by = f" by {body['by']}" if body["by"] else ""
    place = f"  {body['lesson']}, version {body['version']} ({body['hash'][:8]})"
    return [
        f"{place}: {handed}returned {body['told'][:16].replace('T', ' ')} UTC{by}: {body['state']}",
        *(f"    {each}" for each in words(line)),
        f"    the rule: {body['rule']}",
        f"    submission {body['submission'][:16]}…; row {line.number} of the ledger, {line.hash[:16]}…",
    ]
