"""What is put on the worklist, for which reason, and what is not."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest

from course.insight import pace
from course.insight.columns import FRAMES, shaped
from course.insight.worklist import Entry, entries
from course.settings import Oversight

NOW = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)
RULES = Oversight()


def ago(days: float = 0, minutes: float = 0) -> dt.datetime:
    return NOW - dt.timedelta(days=days, minutes=minutes)


def look(
    rest: dict[Any, str] | None = None,
    settled: frozenset[str] = frozenset(),
    **rows: list[dict[str, Any]],
) -> list[Entry]:
    frames = {name: shaped(name, rows.get(name, [])) for name in FRAMES}
    frames["time_on_task"] = pace.time_on_task(frames["events"])
    return entries(SimpleNamespace(**frames), RULES, NOW, rest or {}, settled)


def attempt(who: str, lesson: str, days: float) -> dict[str, Any]:
    return {
        "learner": who,
        "lesson": lesson,
        "submitted": ago(days),
        "graded": ago(days),
        "state": "graded",
        "digest": "d1",
        "stands": True,
        "returned": False,
    }


def event(who: str, verb: str, minutes: float, about: str = "q", **result: Any) -> dict[str, Any]:
    return {
        "learner": who,
        "lesson": "one",
        "object": about,
        "time": ago(minutes=minutes),
        "verb": verb,
        **result,
    }


def learner(who: str, days: float) -> dict[str, Any]:
    return {"learner": who, "name": who, "group": "", "start": ago(days)}


def due(who: str, lesson: str, days: float) -> dict[str, Any]:
    return {"learner": who, "lesson": lesson, "due": ago(days), "late": 0.0}


@pytest.mark.parametrize(("start", "seen", "late", "there"), [
    (20, None, 2, True),    # never handed in anything, and overdue
    (20, None, -5, True),   # due before they would be asked again
    (20, None, -9, False),  # by their own plan there is time
    (3, None, 2, False),    # has begun only now
    (20, 2, 1, False),      # something else came two days ago
])  # fmt: skip
def test_inactive_is_by_their_own_plan(
    start: float, seen: float | None, late: float, there: bool
) -> None:
    works = [] if seen is None else [attempt("ana", "two", seen)]
    found = look(learners=[learner("ana", start)], plan=[due("ana", "one", late)], attempts=works)
    assert [each.kind for each in found] == ["inactive"] * there
    if there:
        assert "Nothing came for 20 days" in found[0].reason
        assert "course extend one --learner ana" in found[0].action
        assert found[0].since == ago(20)


def test_who_handed_the_lesson_in_is_not_behind() -> None:
    assert (
        look(
            learners=[learner("ana", 30)],
            plan=[due("ana", "one", 2)],
            attempts=[attempt("ana", "one", 20)],
        )
        == []
    )


def test_stuck_by_failures_hints_or_time_until_it_is_right() -> None:
    wrong = [event("ana", "answered", 60 - n, scaled=0.0) for n in range(5)]
    (found,) = look(events=wrong)
    assert (found.kind, found.reason) == ("stuck", "q: 5 failures and no success.")
    assert look(events=wrong[:4]) == []
    assert look(events=[*wrong, event("ana", "answered", 1, scaled=1.0)]) == []
    (found,) = look(events=[event("ana", "hinted", 9 - n, step=float(n)) for n in (1, 2, 3)])
    assert found.reason == "q: 3 hints."
    (found,) = look(events=[event("ana", "attempted", 80 - 20 * n, success=0.0) for n in range(4)])
    assert found.reason == "q: 60 minutes at it."
    full = [
        {
            "learner": "ana",
            "lesson": "one",
            "notebook": "nb",
            "question": "q",
            "points": 2.0,
            "maximum": 2.0,
            "state": "passed",
            "grader": "",
        }
    ]
    assert look(events=wrong, marks=full) == [], "the grader found it right"


def test_an_open_must_correct_question_of_what_was_handed_in() -> None:
    asked = [
        {
            "lesson": "one",
            "notebook": "",
            "question": "m",
            "position": 0,
            "title": "",
            "kind": "quiz",
            "mode": "must-correct",
            "maximum": 0.0,
        }
    ]
    works = [attempt("ana", "one", 2), attempt("ben", "one", 1), attempt("cleo", "one", 3)]
    tried = [
        event("ana", "answered", 9, "m", scaled=0.0),
        event("ben", "answered", 9, "m", scaled=0.0),
        event("ben", "answered", 8, "m", scaled=1.0),
    ]
    found = look(questions=asked, attempts=works, events=tried)
    assert [(e.learner, e.reason) for e in found] == [
        ("cleo", "m must be answered right, and was not answered."),
        ("ana", "m must be answered right, and was answered wrong once."),
    ]


def test_answers_wait_longer_than_promised() -> None:
    marks = [
        {
            "learner": who,
            "lesson": "one",
            "notebook": "nb",
            "question": "w",
            "points": None,
            "maximum": 2.0,
            "state": "needs a person",
            "grader": "",
        }
        for who in ("ana", "ben", "cleo")
    ]
    (found,) = look(
        marks=marks,
        attempts=[attempt("ana", "one", 5), attempt("ben", "one", 4), attempt("cleo", "one", 1)],
    )
    assert found.reason.startswith(
        "2 answers have waited for a person for more than 3 days; the oldest came on 15 March"
    )
    assert (found.learner, found.lesson, found.notebook, found.question) == ("", "one", "nb", "w")


def test_questions_and_requests_until_they_are_answered() -> None:
    voices = [
        {
            "learner": "ana",
            "lesson": "one",
            "kind": "asked",
            "about": "q",
            "text": "why\x1b[2J\u202e so?",
            "time": ago(2),
        }
    ]
    asks = [
        {
            "learner": "ben",
            "lesson": "one",
            "notebook": "nb",
            "question": "q",
            "time": ago(3),
            "answered": at,
        }
        for at in (None, ago(1))
    ]
    found = look(voices=voices, requests=asks)
    assert [(e.kind, e.learner) for e in found] == [("request", "ben"), ("asked", "ana")]
    assert "\x1b" not in found[1].reason
    assert "\u202e" not in found[1].reason


def test_a_question_that_was_answered_where_it_was_asked_is_off_the_list() -> None:
    voices = [
        {"learner": "ana", "lesson": "one", "kind": "asked", "about": "q", "text": "?", "time": ago(2), "id": key}
        for key in ("a1", "b2")
    ]  # fmt: skip
    assert [each.kind for each in look(voices=voices)] == ["asked", "asked"]
    (left,) = look(voices=voices, settled=frozenset({"a1"}))
    assert left.kind == "asked"


def test_what_was_put_to_rest_comes_back_when_something_new_happens() -> None:
    wrong = [event("ana", "answered", 60 - n, scaled=0.0) for n in range(5)]
    (entry,) = look(events=wrong)
    assert look({entry.key: entry.trace}, events=wrong) == []
    assert (
        len(
            look({entry.key: entry.trace}, events=[*wrong, event("ana", "answered", 5, scaled=0.0)])
        )
        == 1
    )


def test_a_record_that_could_not_be_read_is_put_on_the_list() -> None:
    said = "record.jsonl: 63.0 MB, at most 50 MB"
    (entry,) = look(events=[event("ana", "unread", 5, said)])
    assert (entry.kind, entry.learner, entry.lesson) == ("unread", "ana", "one")
    assert entry.reason == f"It is too large, so what they did is not counted: {said}."


def test_nobody_is_ranked_what_waits_longest_stands_first() -> None:
    voices = [
        {
            "learner": who,
            "lesson": "one",
            "kind": "asked",
            "about": "q",
            "text": "?",
            "time": ago(days),
        }
        for who, days in (("zoe", 9), ("ana", 1), ("moe", 5))
    ]
    assert [each.learner for each in look(voices=voices)] == ["zoe", "moe", "ana"]


def test_nobody_is_asked_to_write_to_somebody_who_was_forgotten() -> None:
    assert (
        look(
            voices=[
                {
                    "learner": "forgotten-1",
                    "lesson": "one",
                    "kind": "asked",
                    "about": "q",
                    "text": "?",
                    "time": ago(1),
                }
            ]
        )
        == []
    )
