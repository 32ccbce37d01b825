"""What the statements of a record add up to: a fold, pure.

Statements count in the order of their time, each id once, so that two records of one learner
merge by putting their lines together. A line that can't be read, or that says something
impossible, is counted and left alone; one with a verb that this version doesn't know is newer.
"""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

VERBS = {
    "opened": "http://activitystrea.ms/schema/1.0/open",
    "answered": "http://adlnet.gov/expapi/verbs/answered",
    "reviewed": "http://id.tincanapi.com/verb/reviewed",
    "attempted": "http://adlnet.gov/expapi/verbs/attempted",
    "hinted": "http://activitystrea.ms/schema/1.0/request",
    "revealed": "http://id.tincanapi.com/verb/viewed",
    "completed": "http://adlnet.gov/expapi/verbs/completed",
    "skipped": "http://id.tincanapi.com/verb/skipped",
    "watched": "http://activitystrea.ms/schema/1.0/watch",
    "asked": "http://adlnet.gov/expapi/verbs/asked",
    "reflected": "http://adlnet.gov/expapi/verbs/commented",
}
_MAX_STEP = 100


@dataclass(frozen=True, slots=True)
class Try:
    """One answer to one question.

    Attributes:
        time: ISO 8601 with the time zone.
        scaled: share of the points, 0 to 1; None where the key was not there to tell.
        seed: what the question's variant and order came from; None for old records.
        variant: 0 for the first, and one more for each fresh one.
    """

    response: list[str]
    time: str
    scaled: float | None = None
    seed: int | None = None
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """The last `course.check` of an exercise: how many of its public tests held.

    Attributes:
        digest: of the code and of what came, so that the same again is no new attempt.
        attempts: how many checks there were until then.
        failed: the first test that did not hold; empty for none.
    """

    success: bool
    passed: int
    of: int
    time: str
    digest: str = ""
    attempts: int = 1
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """A section: when it was begun and finished; empty while it was not."""

    opened: str = ""
    completed: str = ""


@dataclass(frozen=True, slots=True)
class Watch:
    """A video.

    Attributes:
        position: where it was left, in seconds.
        segments: what was seen, in seconds, merged and in order.
        length: of the whole, in seconds; 0 while unknown.
    """

    position: float = 0.0
    segments: tuple[tuple[float, float], ...] = ()
    length: float = 0.0
    time: str = ""

    @property
    def share(self) -> float:
        """How much of it was seen, 0 to 1."""
        seen = sum(end - start for start, end in self.segments)
        return min(seen / self.length, 1.0) if self.length else 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the learner's own, with what it was asked about.

    Attributes:
        id: of its statement.
        test: that failed last; empty for none.
        attempts: how often the exercise was checked until then.
        version: of the lesson.
        nameless: whether other learners are not told who asks.
    """

    exercise: str
    text: str
    time: str
    cell: str = ""
    code: str = ""
    error: str = ""
    id: str = ""
    test: str = ""
    attempts: int = 0
    version: str = ""
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A reflection, as the learner wrote it last."""

    text: str
    time: str


@dataclass(frozen=True, slots=True)
class State:
    """What the statements add up to.

    Attributes:
        answers: the last answer per question.
        tries: all of them, in order.
        reviews: answers that `course.review` asked for; they earn nothing and cost nothing.
        hints: the highest step taken per question, from 1.
        revealed: questions whose solution was seen.
        checks: the last check per exercise.
        sections: by id, in the order of the first visit.
        skipped: gates that were passed by, with the time.
        watched: by the video's file name.
        asked: what was asked, in order.
        reflections: by id.
        unreadable: how many lines could not be read.
        newer: how many statements a newer version wrote.
        unread: bytes of records that are too large to be read; then nothing else is known.
    """

    answers: dict[str, Try] = field(default_factory=dict)
    tries: dict[str, list[Try]] = field(default_factory=dict)
    reviews: dict[str, list[Try]] = field(default_factory=dict)
    hints: dict[str, int] = field(default_factory=dict)
    revealed: set[str] = field(default_factory=set)
    checks: dict[str, Check] = field(default_factory=dict)
    sections: dict[str, Visit] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    watched: dict[str, Watch] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    reflections: dict[str, Words] = field(default_factory=dict)
    unreadable: int = 0
    newer: int = 0
    unread: int = 0


def fold(lines: Iterable[bytes]) -> State:
    """Fold lines into what they add up to."""
    statements: dict[str, tuple[float, dict[str, Any]]] = {}
    unreadable, newer = 0, 0
    for line in lines:
        if not line.strip():
            continue
        try:
            when, entry = _statement(line)
            statements.setdefault(entry["id"], (when, entry))
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
            unreadable += 1
    state = State()
    for _, entry in sorted(statements.values(), key=lambda pair: pair[0]):
        put = _PUT.get(entry["verb"])
        try:
            if put is None:
                newer += 1
            else:
                context = {**(entry.get("context") or {}), "statement": entry["id"]}
                put(state, entry["object"], entry["timestamp"], entry["result"], context)
        except (ValueError, TypeError, KeyError, AttributeError):
            unreadable += 1
    return replace(state, unreadable=unreadable, newer=newer)


def _statement(line: bytes) -> tuple[float, dict[str, Any]]:
    entry = json.loads(line)
    when = dt.datetime.fromisoformat(entry["timestamp"])
    if when.tzinfo is None or not _is_text(entry["id"], entry["object"], entry["verb"]):
        raise ValueError
    return when.timestamp(), entry


Result = dict[str, Any]


def _answered(state: State, name: str, time: str, result: Result, context: Result) -> None:
    state.answers[name] = one = _try(time, result, context)
    state.tries.setdefault(name, []).append(one)


def _reviewed(state: State, name: str, time: str, result: Result, context: Result) -> None:
    state.reviews.setdefault(name, []).append(_try(time, result, context))


def _try(time: str, result: Result, context: Result) -> Try:
    response, scaled, seed = result["response"], result.get("scaled"), context.get("seed")
    if not isinstance(response, list) or not _is_text(*response):
        raise ValueError
    if scaled is not None:
        scaled = _number(scaled, 1)
    variant = _whole(context.get("variant", 0))
    return Try(response, time, scaled, seed if isinstance(seed, int) else None, variant)


def _attempted(state: State, name: str, time: str, result: Result, context: Result) -> None:
    passed, of = _whole(result.get("passed", 0)), _whole(result.get("of", 0))
    digest, failed = str(context.get("digest", "")), str(context.get("failed", ""))
    before = state.checks.get(name)
    number = before.attempts + 1 if before else 1
    state.checks[name] = Check(result["success"] is True, passed, of, time, digest, number, failed)


def _hinted(state: State, name: str, _time: str, result: Result, _context: Result) -> None:
    step = min(_whole(result["step"]), _MAX_STEP)
    state.hints[name] = max(step, state.hints.get(name, 0))


def _revealed(state: State, name: str, _time: str, _result: Result, _context: Result) -> None:
    state.revealed.add(name)


def _opened(state: State, name: str, time: str, _result: Result, _context: Result) -> None:
    state.sections.setdefault(name, Visit(opened=time))


def _completed(state: State, name: str, time: str, _result: Result, _context: Result) -> None:
    before = state.sections.get(name, Visit())
    if not before.completed:
        state.sections[name] = Visit(before.opened or time, time)


def _skipped(state: State, name: str, time: str, _result: Result, _context: Result) -> None:
    state.skipped.setdefault(name, time)


def _watched(state: State, name: str, time: str, result: Result, _context: Result) -> None:
    before = state.watched.get(name, Watch())
    day = 86_400.0
    length = _number(result.get("length", before.length), day)
    segments = [(_number(start, day), _number(end, day)) for start, end in result["segments"]]
    seen = merged([*before.segments, *segments])
    state.watched[name] = Watch(_number(result["position"], day), seen, length, time)


def _asked(state: State, name: str, time: str, result: Result, context: Result) -> None:
    texts = ("cell", "code", "error", "statement", "test", "version")
    cell, code, error, key, test, version = (context.get(text, "") for text in texts)
    if not _is_text(result["response"], cell, code, error, key, test, version):
        raise ValueError
    attempts, nameless = _whole(context.get("attempts", 0)), context.get("nameless") is True
    state.asked.append(Asked(name, result["response"], time, cell, code, error, key, test, attempts,
                             version, nameless))  # fmt: skip


def _reflected(state: State, name: str, time: str, result: Result, _context: Result) -> None:
    if not _is_text(result["response"]):
        raise ValueError
    state.reflections[name] = Words(result["response"], time)


_PUT = {VERBS[put.__name__[1:]]: put for put in (
    _answered, _reviewed, _attempted, _hinted, _revealed, _opened, _completed, _skipped, _watched, _asked,
    _reflected)}  # fmt: skip


def merged(segments: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Return intervals in order, those that touch as one, and empty ones left out."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(each for each in segments if each[0] < each[1]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _is_text(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError
    return value


def _number(value: object, most: float) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError
    return float(value)
