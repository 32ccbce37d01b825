"""What is left for one learner, and due when: own dates first, in the learner's zone."""

import datetime as dt
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from course.lesson import dates, plan, words
from course.lesson.dates import Dates, Own
from course.lesson.progress import card
from course.lesson.state import Check, State
from course.pacing.plan import Announced, steps, summary
from course.questions import sheet

VIENNA = ZoneInfo("Europe/Vienna")
NOW = dt.datetime(2026, 11, 30, 9, 0, tzinfo=VIENNA)  # a Monday
THURSDAY = dt.datetime(2026, 12, 3, 22, 59, tzinfo=dt.UTC)


def lesson(home: Path, name: str, minutes: int, due: str = "") -> None:
    about = {
        "title": name.title(), "minutes": minutes, "due": due,
        "sections": [{"id": "a", "title": "A", "objectives": [], "questions": ["one", "two"]}],
    }  # fmt: skip
    (home / name).mkdir(parents=True)
    (home / name / sheet.NAME).write_text(sheet.build(name, [], "", about), encoding="utf-8")


def test_a_plan_says_what_is_left_in_minutes_and_what_is_due_next(tmp_path: Path) -> None:
    lesson(tmp_path, "cleaning", 30, "2 weeks")
    dates.keep(tmp_path, {"cleaning": Own(THURSDAY, 60, extended=True)})
    half = State(
        checks={"one": Check(success=True, passed=1, of=1, time="2026-11-29T10:00:00+01:00")}
    )
    here = {"cleaning": (plan.read(tmp_path / "cleaning"), half)}
    announced = [
        Announced("first", "First look", 25),
        Announced("cleaning"),
        Announced("later", "Later", 20),
    ]
    found = steps(announced, here, dates.read(tmp_path), {"first": NOW}, NOW)
    assert [(each.lesson, each.standing, each.minutes, each.said) for each in found] == [
        ("cleaning", "open", 15, "Thursday 23:59"),
        ("later", "to fetch", 20, ""),
        ("first", "handed in", 0, ""),
    ]
    assert summary(found, NOW) == "about 35 minutes left, next due Thursday 23:59 (Cleaning)"
    friday = NOW + dt.timedelta(days=4)
    assert "overdue: Cleaning" in summary(steps(announced, here, Dates({}), {}, friday), friday)
    assert summary(found[2:], NOW) == "nothing is left to do: everything is handed in"


def test_own_dates_go_before_those_that_hold_for_everybody(tmp_path: Path) -> None:
    lesson(tmp_path, "cleaning", 30, "7 days")
    assert plan.read(tmp_path / "cleaning").moment is None
    dates.keep(tmp_path, {"cleaning": Own(THURSDAY, 60, extended=True)})
    own = plan.read(tmp_path / "cleaning")
    assert own.moment == THURSDAY
    told = repr(card(own, State()))
    assert "more time" in told
    assert "60 minutes after it cost nothing" in told


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"lessons": []}', '{"lessons": {"cleaning": ["soon", 0, false]}}',
             '{"lessons": {"cleaning": ["2026-12-03T22:59:00", 0, false]}}', json.dumps({"lessons": {"cleaning": [1]}})],
)  # fmt: skip
def test_damaged_dates_leave_those_that_hold_for_everybody(tmp_path: Path, text: str) -> None:
    lesson(tmp_path, "cleaning", 30, "2026-12-24T12:00:00+00:00")
    (tmp_path / ".course").mkdir()
    (tmp_path / dates.NAME).write_text(text)
    assert plan.read(tmp_path / "cleaning").moment == dt.datetime(2026, 12, 24, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "09:00 today"), (1, "09:00 tomorrow"), (2, "Wednesday 09:00"), (6, "Sunday 09:00"),
     (7, "2026-12-07 09:00 CET"), (-1, "2026-11-29 09:00 CET")],
)  # fmt: skip
def test_a_moment_is_said_as_a_person_would(days: int, said: str) -> None:
    moment = (NOW + dt.timedelta(days=days)).astimezone(dt.UTC)
    assert words.of_due(moment, NOW) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "about 1 minute"), (35, "about 35 minutes"), (100, "about 1.5 hours"), (120, "about 2 hours")],
)  # fmt: skip
def test_how_long_it_takes_is_said_roughly(minutes: int, said: str) -> None:
    assert words.of_minutes(minutes) == said
