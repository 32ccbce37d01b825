"""Evidence is gathered: what learners were told of their marks becomes rows of the evidence ledger.

That is done when feedback is returned, and again before anything is certified. A mark may still move
at the desk; what was returned is what its learner, too, knows. All that a row is made of lies in the
gradebook and in the submission, so that what a kill left out comes in the next time.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from course.authoring import versions
from course.authoring.versions import Version
from course.errors import Invalid
from course.grading.quiz import judge_quiz
from course.insight import shown
from course.insight.shown import Answer, Corrected
from course.lesson import record
from course.lesson.record import State, Try
from course.model import Kind, Mark, Outcome, Question
from course.questions import Item, sheet
from course.store import evidence, reading, returns
from course.store.database import Row
from course.store.returns import Told
from course.term import Course

__all__ = ["contents", "gather", "taught"]

_UNKNOWN = Version(0, "", "", {"questions": {}, "tests": {}})
"""What stands for the version of a lesson that was released before versions were kept."""


@dataclass(frozen=True)
class _Lesson:
    """What a lesson asks of its objectives, read once.

    Attributes:
        about: for each objective the names of its questions.
        contents: hash of each question as it is asked.
        must: the must-correct questions by name.
    """

    course: Course
    name: str
    version: Version
    about: Mapping[str, frozenset[str]]
    contents: Mapping[str, str]
    must: Mapping[str, Item]

    @classmethod
    def read(cls, course: Course, lesson: str, graded: Iterable[str]) -> "_Lesson":
        """Read a lesson as it was released: what its author changed since was asked of nobody."""
        version = versions.last(course.layout, lesson) or _UNKNOWN
        items, sections = _released(course.layout.release / lesson)
        must = {name: item for name, item in items.items() if item.mode == "must-correct"}
        named = {name: tuple(one["objectives"]) for one in sections for name in one["questions"]}
        named |= {name: (item.objective,) for name, item in items.items() if item.objective}
        about = _about(course.file.lesson(lesson).objectives, named, {*graded, *must})
        return cls(course, lesson, version, about, _contents(version), must)


def gather(course: Course, lesson: str, by: str = "", learner: str | None = None) -> int:
    """Bring the evidence ledger up to date with what was returned of a lesson; returns the new rows.

    Args:
        learner: only what is about this one.

    Raises:
        Invalid: what was released of the lesson can't be read.
    """
    new = 0
    with course.book() as book:
        told, attempts = returns.last(book, lesson), reading.attempts(book, lesson)
        known = _Lesson.read(
            course, lesson, (mark.question for one in told.values() for mark in one.marks)
        )
        before = _latest(evidence.lines(book, learner), lesson)
        for who in sorted(told) if learner is None else [learner] if learner in told else []:
            attempt = attempts.get((lesson, who))
            if attempt is None or _is_known(before.get(who, {}), known, told[who], attempt):
                continue
            bodies = _bodies(known, who, told[who], attempt)
            with book.transaction() as connection:
                # looked at again: somebody else may have gathered meanwhile
                mine = _latest(evidence.of(connection, who), lesson).get(who, {})
                fresh = [
                    each
                    for each in bodies
                    if _plain(each) != _plain(mine.get(each["objective"], {}))
                ]
                new += len(evidence.append(connection, who, fresh, by))
    return new


def _released(folder: Path) -> tuple[dict[str, Item], list[dict[str, Any]]]:
    """Return questions and sections of a release; a lesson without any of ours has none."""
    path = folder / sheet.NAME
    if not path.is_file():
        return {}, []
    try:
        text = path.read_text(encoding="utf-8")
        return sheet.items(text), list(sheet.about(text).get("sections", ()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid("what was released can't be read", where=str(path), found=f"{type(error).__name__}: {error}",
                      hint=f"release it again: course release {folder.name}") from error  # fmt: skip


def taught(course: Course) -> dict[str, list[str]]:
    """Return the lessons that are about each objective, in the course's order."""
    return {
        objective.id: [
            each.folder for each in course.file.lessons if objective.id in each.objectives
        ]
        for objective in course.file.objectives
    }


def contents(course: Course) -> dict[tuple[str, str], str]:
    """Return the hash of every question of the last releases, by lesson and name."""
    found = dict[tuple[str, str], str]()
    for lesson in course.lessons():
        version = versions.last(course.layout, lesson)
        if version is not None:
            found |= {(lesson, name): text for name, text in _contents(version).items()}
    return found


def _about(
    objectives: Sequence[str], named: Mapping[str, tuple[str, ...]], asked: Collection[str]
) -> dict[str, frozenset[str]]:
    """Return the questions of each objective: as declared, else all that declare none.

    That is the rule of `course.lesson.plan`, by which learners see how far they are, over all graded
    and must-correct questions.
    """
    rest = frozenset(name for name in asked if not named.get(name))
    return {
        objective: frozenset(name for name in asked if objective in named.get(name, ())) or rest
        for objective in objectives
    }


def _contents(version: Version) -> dict[str, str]:
    tests = version.facts["tests"].values()
    return {
        name: _digest(
            [facts["text"], facts["kind"], [t["hash"] for t in tests if t["question"] == name]]
        )
        for name, facts in version.facts["questions"].items()
    }


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _latest(lines: Iterable[evidence.Line], lesson: str) -> dict[str, dict[str, Any]]:
    """Return the last body for each learner and objective of a lesson."""
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        if line.body and line.body["kind"] == "objective" and line.body["lesson"] == lesson:
            found.setdefault(line.learner, {})[line.body["objective"]] = line.body
    return found


def _is_known(mine: Mapping[str, Any], known: _Lesson, told: Told, attempt: Row) -> bool:
    """Tell whether nothing happened since the last rows were made: most learners, most times."""
    same = (_moment(told.at), attempt["digest"])
    return known.about.keys() <= mine.keys() and all(
        (body["told"], body["submission"]) == same for body in mine.values()
    )


def _bodies(known: _Lesson, learner: str, told: Told, attempt: Row) -> list[dict[str, Any]]:
    course = known.course
    state = record.read(course.layout.submission(learner, known.name))
    lessons, bodies = taught(course), []
    for objective in course.file.objectives:
        names = known.about.get(objective.id)
        if names is None:
            continue
        days = course.file.holds(objective.id)
        since = _since(attempt, days)
        answers = [
            _answer(mark, known, state, since) for mark in told.marks if mark.question in names
        ]
        corrected = [_corrected(known, name, state.tries.get(name, ()), learner, since)
                     for name in known.must if name in names]  # fmt: skip
        needed = course.file.shown_at(objective.id, known.name)
        how, share = shown.state(answers, corrected, needed)
        bodies.append({
            "kind": "objective", "objective": objective.id, "text": objective.text, "state": how,
            "lesson": known.name, "lessons": lessons[objective.id], "version": known.version.number,
            "hash": known.version.hash, "rule": shown.rule(needed), "share": share,
            "handed_in": _moment(attempt["submitted_at"]), "told": _moment(told.at), "by": told.by,
            "submission": attempt["digest"], "days": days,
            "answers": [asdict(each) for each in answers],
            "corrected": [asdict(each) for each in corrected],
        })  # fmt: skip
    return bodies


def _since(attempt: Row, days: int | None) -> dt.datetime | None:
    """Return from when on an answer counts: one that lapsed before it was handed in again is none."""
    at = attempt["submitted_at"]
    return (
        None if days is None or at is None else at.replace(tzinfo=dt.UTC) - dt.timedelta(days=days)
    )


def _is_old(time: str, since: dt.datetime | None) -> bool:
    return since is not None and bool(time) and dt.datetime.fromisoformat(time) < since


def _answer(mark: Mark, known: _Lesson, state: State, since: dt.datetime | None) -> Answer:
    """Return what a mark says; by the record's time, an answer that was only handed in again counts for nothing."""
    last = state.answers.get(mark.question) or state.checks.get(mark.question)
    points = 0.0 if mark.points is not None and last and _is_old(last.time, since) else mark.points
    return Answer(mark.question, points, mark.maximum, mark.grader, _moment(mark.at),
                  known.contents.get(mark.question, ""))  # fmt: skip


def _corrected(
    known: _Lesson, name: str, tries: Sequence[Try], learner: str, since: dt.datetime | None
) -> Corrected:
    """Judge the answers to a must-correct question again: what a record says of itself is no evidence."""
    item, wrong, first = known.must[name], 0, ""
    question = Question(name, known.name, Kind.QUIZ, 1.0)
    for each in tries:
        if _is_old(each.time, since):
            continue
        verdict, _ = judge_quiz(question, item, each, learner)
        if verdict.outcome is Outcome.PASSED:
            return Corrected(name, wrong, first, each.time, known.contents.get(name, ""))
        wrong, first = wrong + 1, first or each.time
    return Corrected(name, wrong, first, "", known.contents.get(name, ""))


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what makes a row another one: being told the same again does not."""
    return {
        key: value for key, value in body.items() if key not in ("told", "by", "salt", "learner")
    }


def _moment(at: dt.datetime | None) -> str:
    if at is None:
        return ""
    return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).isoformat()
