"""Evidence is gathered: what learners were told of their marks becomes rows of the evidence ledger.

That is done when feedback is returned, and again before anything is certified. A mark may still move
at the desk; what was returned is what its learner, too, knows. All that a row is made of lies in the
gradebook and in the submission, so that what a kill left out comes in the next time.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from course.authoring import outline, versions
from course.authoring.versions import Version
from course.grading.quiz import judge_quiz
from course.insight import shown
from course.insight.shown import Answer, Corrected
from course.lesson import record
from course.lesson.record import State, Try
from course.model import Kind, Mark, Outcome, Question
from course.questions import Item
from course.store import evidence, reading, returns
from course.store.database import Row
from course.store.returns import Told
from course.term import Course

__all__ = ["contents", "gather", "taught"]


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
    def read(cls, course: Course, lesson: str) -> "_Lesson":
        version = versions.last(course.layout, lesson) or course.version(lesson)
        items = course.items(lesson)
        return cls(
            course, lesson, version, _about(course, lesson, items), _contents(version),
            {name: item for name, item in items.items() if item.mode == "must-correct"},
        )  # fmt: skip


def gather(course: Course, lesson: str, by: str = "", learner: str | None = None) -> int:
    """Bring the evidence ledger up to date with what was returned of a lesson; returns the new rows.

    Args:
        learner: only what is about this one.
    """
    known, new = _Lesson.read(course, lesson), 0
    if not known.about:
        return 0
    with course.book() as book:
        told, attempts = returns.last(book, lesson), reading.attempts(book, lesson)
        before = _latest(evidence.lines(book, learner), lesson)
        people = sorted(told) if learner is None else [each for each in told if each == learner]
        for who in people:
            last, attempt = told[who], attempts.get((lesson, who))
            mine = before.get(who, {})
            if attempt is None or _is_known(mine, known, last, attempt):
                continue
            bodies = [each for each in _bodies(known, who, last, attempt)
                      if _plain(each) != _plain(mine.get(each["objective"], {}))]  # fmt: skip
            with book.transaction() as connection:
                new += len(evidence.append(connection, who, bodies, by))
    return new


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


def _about(course: Course, lesson: str, items: Mapping[str, Item]) -> dict[str, frozenset[str]]:
    """Return the questions of each objective: as declared, else all that declare none.

    That is the rule of `course.lesson.plan`, by which learners see how far they are, over all graded
    and must-correct questions.
    """
    sections = outline.sections(node for _, node in course.sources.notebooks(lesson))
    named = {name: tuple(one["objectives"]) for one in sections for name in one["questions"]}
    named |= {name: (item.objective,) for name, item in items.items() if item.objective}
    asked = [question.id for question in course.source_questions(lesson)]
    asked += [name for name, item in items.items() if item.mode == "must-correct"]
    rest = frozenset(name for name in asked if not named.get(name))
    return {
        objective: frozenset(name for name in asked if objective in named.get(name, ())) or rest
        for objective in course.file.lesson(lesson).objectives
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
