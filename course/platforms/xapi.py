"""A learner's record and marks as xAPI statements that any Learning Record Store takes. Pure.

Source: ADL, Experience API 1.0.3, part 2 (statements). A record's lines are statements already, of one
learner and so without an actor (`course.lesson.record`); here they get an actor, and names that mean
the same everywhere: an activity's id is below the course's own address.
"""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from course.lesson.state import VERBS
from course.model import Learner, Mark

VERSION = "1.0.3"
_OURS = uuid.UUID("6f1c1e0e-8d4b-5c58-9d3e-0b6f2c7a4d11")
_SCORED = "http://adlnet.gov/expapi/verbs/scored"
_DISPLAY = {iri: name for name, iri in VERBS.items()} | {_SCORED: "scored"}
_QUESTION = "http://adlnet.gov/expapi/activities/question"
_LESSON = "http://adlnet.gov/expapi/activities/lesson"
_COURSE = "http://adlnet.gov/expapi/activities/course"
_KNOWN = ("scaled", "response", "success", "completion", "duration")


@dataclass(frozen=True, slots=True)
class Place:
    """Where statements belong.

    Attributes:
        home: the course's address, an IRI that is its own: what ids of activities begin with.
        course: id and title.
        lessons: title of each lesson by its id.
    """

    home: str
    course: tuple[str, str]
    lessons: Mapping[str, str]

    def activity(self, lesson: str, name: str = "") -> str:
        """Return the id of a lesson's activity, or of a thing in it."""
        parts = [self.home.rstrip("/"), self.course[0], lesson, *([name] if name else [])]
        return "/".join([parts[0], *(quote(each, safe="") for each in parts[1:])])


def of_record(
    lines: Iterable[bytes], learner: Learner, lesson: str, place: Place
) -> Iterator[dict[str, Any]]:
    """Yield the statements of a learner's record; what can't be read is left out, what came twice comes once."""
    seen = set[str]()
    for line in lines:
        try:
            made = _statement(json.loads(line), learner, lesson, place)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue
        if made["id"] not in seen:
            seen.add(made["id"])
            yield made


def of_marks(marks: Sequence[Mark], learner: Learner, place: Place) -> Iterator[dict[str, Any]]:
    """Yield a statement for each mark that stands; the same mark gives the same statement again."""
    for mark in marks:
        if mark.points is None or mark.at is None or not mark.maximum:
            continue
        share = mark.points / mark.maximum
        said = f"{learner.id}/{mark.lesson}/{mark.notebook}/{mark.question}/{mark.points!r}/{mark.at.isoformat()}"
        yield {
            "id": str(uuid.uuid5(_OURS, said)), "timestamp": mark.at.isoformat(),
            "actor": _actor(learner, place), "verb": _verb(_SCORED),
            "object": _activity(place, mark.lesson, mark.question, mark.title or mark.question),
            "result": {"score": {"scaled": round(min(share, 1.0), 6), "raw": mark.points, "min": 0,
                                 "max": max(mark.maximum, mark.points)}, "success": share >= 1},
            "context": _context(place, mark.lesson)
                       | {"instructor": _agent(mark.grader or "autograder", place.home)},
        }  # fmt: skip


def _statement(
    entry: Mapping[str, Any], learner: Learner, lesson: str, place: Place
) -> dict[str, Any]:
    at = dt.datetime.fromisoformat(entry["timestamp"])
    if at.tzinfo is None or entry["verb"] not in _DISPLAY:
        raise ValueError
    context = _context(place, lesson)
    if more := _extensions(entry.get("context") or {}, place, ()):
        context["extensions"] = more
    return {
        "id": str(uuid.UUID(entry["id"])), "timestamp": at.isoformat(), "actor": _actor(learner, place),
        "verb": _verb(entry["verb"]), "object": _activity(place, lesson, str(entry["object"]), str(entry["object"])),
        "result": _result(entry["result"], place), "context": context,
    }  # fmt: skip


def _result(result: Mapping[str, Any], place: Place) -> dict[str, Any]:
    made: dict[str, Any] = {}
    scaled = result.get("scaled")
    if isinstance(scaled, int | float) and not isinstance(scaled, bool) and -1 <= scaled <= 1:
        made["score"] = {"scaled": scaled}
    for name in ("success", "completion"):
        if isinstance(result.get(name), bool):
            made[name] = result[name]
    if "response" in result:
        response = result["response"]
        made["response"] = (
            "[,]".join(map(str, response)) if isinstance(response, list) else str(response)
        )
    if more := _extensions(result, place, _KNOWN):
        made["extensions"] = more
    return made


def _extensions(values: Mapping[str, Any], place: Place, known: Sequence[str]) -> dict[str, Any]:
    home = place.home.rstrip("/")
    return {
        f"{home}/xapi/{quote(str(key), safe='')}": value
        for key, value in values.items()
        if key not in known
    }


def _actor(learner: Learner, place: Place) -> dict[str, Any]:
    return {
        **_agent(learner.id, place.home),
        **({"name": learner.name} if learner.name != learner.id else {}),
    }


def _agent(name: str, home: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": home, "name": name}}


def _verb(iri: str) -> dict[str, Any]:
    return {"id": iri, "display": {"en": _DISPLAY[iri]}}


def _activity(place: Place, lesson: str, name: str, title: str) -> dict[str, Any]:
    return {
        "objectType": "Activity", "id": place.activity(lesson, name),
        "definition": {"type": _QUESTION, "name": {"en": title}},
    }  # fmt: skip


def _context(place: Place, lesson: str) -> dict[str, Any]:
    def one(id_: str, kind: str, title: str) -> list[dict[str, Any]]:
        return [
            {
                "objectType": "Activity",
                "id": id_,
                "definition": {"type": kind, "name": {"en": title}},
            }
        ]

    home = f"{place.home.rstrip('/')}/{quote(place.course[0], safe='')}"
    return {"contextActivities": {
        "parent": one(place.activity(lesson), _LESSON, place.lessons.get(lesson, lesson)),
        "grouping": one(home, _COURSE, place.course[1]),
    }}  # fmt: skip
