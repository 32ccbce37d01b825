"""How people stand with objectives, against the rule for one learner at a time, which is slow and plain."""

import datetime as dt
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.insight import objectives, shown
from course.insight.columns import shaped
from course.insight.shown import Answer, Corrected

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
LESSONS = {"one": ("read", "write"), "two": ("write",)}
GRADED = {("one", "q1"): ("read",), ("one", "q2"): ("write",), ("two", "q1"): ("write",)}
MUST = {("one", "m1"): ("read",), ("two", "m2"): ("write",)}
PEOPLE = ["ada", "ben", "cleo"]
DAYS = {"read": 30, "write": None}
SHARE = 0.5

World = dict[str, Any]


@st.composite
def worlds(draw: Any) -> World:
    """Draw who handed in what when, with what marks, and which must-correct questions were answered."""
    point = st.sampled_from([None, 0.0, 1.0, 2.0])
    when = st.sampled_from([NOW - dt.timedelta(days=60), NOW - dt.timedelta(days=3)])
    handed = {
        (who, lesson): draw(when) for who in PEOPLE for lesson in LESSONS if draw(st.booleans())
    }
    marks = {(who, *q): draw(point) for who, lesson in handed for q in GRADED if q[0] == lesson}
    tries = {
        (who, *q): draw(st.lists(st.sampled_from([0.0, 1.0]), max_size=3))
        for who, lesson in handed
        for q in MUST
        if q[0] == lesson
    }
    return {"handed": handed, "marks": marks, "tries": tries}


def frames(world: World) -> list[pd.DataFrame]:
    asked = [(*q, "nb", 2.0, "graded", aims) for q, aims in GRADED.items()] + [
        (*q, "", 0.0, "must-correct", aims) for q, aims in MUST.items()
    ]
    names = ("lesson", "question", "notebook", "maximum", "mode")
    questions = shaped(
        "questions",
        [
            dict(zip(names, row, strict=False)) | {"position": 0, "title": "", "kind": ""}
            for row in asked
        ],
    )
    aims = shaped(
        "objectives",
        [
            dict(zip(names[:3], row, strict=False))
            | {"objective": aim, "text": aim, "declared": True}
            for row in asked
            for aim in row[5]
        ],
    )
    attempts = shaped(
        "attempts",
        [
            {
                "learner": who,
                "lesson": lesson,
                "submitted": at,
                "graded": at,
                "state": "graded",
                "digest": "d",
                "stands": True,
                "returned": False,
            }
            for (who, lesson), at in world["handed"].items()
        ],
    )
    marks = shaped(
        "marks",
        [
            {
                "learner": who,
                "lesson": lesson,
                "notebook": "nb",
                "question": q,
                "points": points,
                "maximum": 2.0,
                "state": "",
                "grader": "",
            }
            for (who, lesson, q), points in world["marks"].items()
        ],
    )
    events = shaped(
        "events",
        [
            {
                "learner": who,
                "lesson": lesson,
                "object": q,
                "time": NOW,
                "verb": "answered",
                "scaled": scaled,
            }
            for (who, lesson, q), tried in world["tries"].items()
            for scaled in tried
        ],
    )
    learners = shaped("learners", [{"learner": who, "name": who, "group": ""} for who in PEOPLE])
    return [learners, aims, questions, attempts, marks, events]


def reckoned(world: World) -> pd.DataFrame:
    return objectives.by_lesson(*frames(world), lambda _aim, _lesson: SHARE, DAYS.get, NOW)


def plainly(world: World, who: str, lesson: str, aim: str) -> tuple[str, float | None]:
    """Return state and share of one cell, by `course.insight.shown.state` and a calendar."""
    if (who, lesson) not in world["handed"]:
        return "not started", None
    answers = [
        Answer(q, world["marks"][who, lesson, q], 2.0, "", "", "")
        for (where, q), aims in GRADED.items()
        if where == lesson and aim in aims
    ]
    must = [
        Corrected(q, 0, "", "right" if 1.0 in world["tries"][who, lesson, q] else "", "")
        for (where, q), aims in MUST.items()
        if where == lesson and aim in aims
    ]
    state, share = shown.state(answers, must, SHARE)
    days = DAYS[aim]
    if state == "shown" and days and world["handed"][who, lesson] + dt.timedelta(days=days) < NOW:
        state = "lapsed"
    return state, share


@settings(max_examples=25, deadline=None)
@given(world=worlds())
def test_every_cell_is_what_the_plain_rule_says(world: World) -> None:
    frame = reckoned(world)
    found = {
        (r.learner, r.lesson, r.objective): (r.state, None if pd.isna(r.share) else r.share)
        for r in frame.itertuples()
    }
    cells = [
        (who, lesson, aim) for who in PEOPLE for lesson, aims in LESSONS.items() for aim in aims
    ]
    assert found == {cell: plainly(world, *cell) for cell in cells}


@settings(max_examples=25, deadline=None)
@given(world=worlds())
def test_an_objective_is_shown_when_each_of_its_lessons_shows_it(world: World) -> None:
    found = {
        (r.learner, r.objective): r.state for r in objectives.standing(reckoned(world)).itertuples()
    }
    for who in PEOPLE:
        for aim in ("read", "write"):
            states = {
                plainly(world, who, lesson, aim)[0]
                for lesson, aims in LESSONS.items()
                if aim in aims
            }
            done = states <= {"shown", "lapsed"}
            expected = (
                "lapsed"
                if done and "lapsed" in states
                else "shown"
                if done
                else "not started"
                if states == {"not started"}
                else "learning"
            )
            assert found[who, aim] == expected


@settings(max_examples=15, deadline=None)
@given(world=worlds())
def test_pseudonyms_change_no_figure(world: World) -> None:
    names = {who: f"forgotten-{place}" for place, who in enumerate(reversed(PEOPLE))}

    def told(frame: pd.DataFrame) -> Counter[Any]:
        return Counter(map(repr, frame.drop(columns="learner").itertuples(index=False)))

    def renamed(frame: pd.DataFrame) -> pd.DataFrame:
        return (
            frame.assign(learner=frame["learner"].map(names).astype("category"))
            if "learner" in frame
            else frame
        )

    other = objectives.by_lesson(
        *map(renamed, frames(world)), lambda _aim, _lesson: SHARE, DAYS.get, NOW
    )
    assert told(other) == told(reckoned(world))
    assert told(objectives.standing(other)) == told(objectives.standing(reckoned(world)))


def test_a_cell_has_its_evidence() -> None:
    world = {
        "handed": {("ada", "one"): NOW},
        "marks": {("ada", "one", "q1"): 2.0, ("ada", "one", "q2"): None},
        "tries": {("ada", "one", "m1"): [0.0, 1.0]},
    }
    learners, aims, questions, attempts, marks, events = frames(world)
    del learners
    found = objectives.evidence("ada", aims, questions, attempts, marks, events)
    rows = [
        (r["question"], r["mode"], r["points"], r["state"], r["by"], r["digest"])
        for r in found[found["objective"] == "read"].to_dict("records")
    ]
    assert rows[0][:3] == ("q1", "graded", 2.0)
    assert (rows[0][5], rows[1][0], rows[1][3], rows[1][4]) == (
        "d",
        "m1",
        "answered right",
        "the record",
    )


@pytest.mark.parametrize(("shares", "days", "says"), [
    ({"One": 0.8}, 365, "80% of the points of the questions"), ({"One": 0.5, "Two": 0.8}, None, "50% of the points in One, 80% of the points in Two"),
])  # fmt: skip
def test_the_rule_is_told_in_words(shares: dict[str, float], days: int | None, says: str) -> None:
    text = objectives.rule(shares, days)
    assert says in text
    assert ("365 days" in text) == (days == 365)
