"""Dates, questions and a live hour over a course service: an instructor and a learner in another time zone."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from classroom import DOUBLE, answer, course, new_course
from offices import served

from course.lesson import record
from course.office import joining
from course.office.office import Office
from course.term import Course, reminding

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[Path, Path]]:
    """Return a course whose lesson is out at a service, and the folder of ana, who joined it."""
    base = tmp_path_factory.mktemp("distance")
    root = new_course(base / "course")
    with Office(base / "office", new_database()) as office, served(office) as url:
        settings = root / "course.toml"
        text = settings.read_text("utf-8")
        id_ = next(line for line in text.splitlines() if line.startswith("id ="))
        due = next(line for line in text.splitlines() if line.startswith("due ="))
        text = text.replace(id_, 'id = "pandas"').replace(due, 'due = "2 days"')
        settings.write_text(
            f'{text}\n[service]\nurl = "{url}"\n[questions]\nanswer_within_hours = 24\n', "utf-8"
        )
        office.open_course("pandas")
        secret = joining.invite(office, "pandas", "test", role="instructor")
        course(f"join {url}/join/{secret} --name Ivan", root)
        course("release welcome", root)
        home = base / "ana"
        home.mkdir()
        link = course("learners invite", root).out.split()[-1]
        with pytest.MonkeyPatch.context() as far:
            far.setenv("TZ", "Pacific/Auckland")
            course(f"join {link} --name Ana", home)
        yield root, home


def test_a_learner_is_told_her_own_dates_and_answers_and_of_nothing_that_waits_for_a_grader(
    place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    root, ana = place
    course("sync", ana)
    (row,) = json.loads(course("plan --json", ana).out)
    due = dt.datetime.fromisoformat(row["moment"])
    assert dt.timedelta() < due - dt.datetime.now(dt.UTC) < dt.timedelta(days=2)

    course("collect welcome", root)
    course("learners add ana --email ana@example.org", root)
    letter = next(
        each
        for each in json.loads(course("remind --dry-run --json", root).out)
        if each["person"] == "ana"
    )
    assert "Times are those of Pacific/Auckland." in letter["text"]
    there = due.astimezone(ZoneInfo("Pacific/Auckland"))
    assert f"due {there:%H:%M}" in letter["subject"] or f"{there:%H:%M}" in letter["text"]
    until = f"{due.astimezone(dt.UTC) + dt.timedelta(days=3):%Y-%m-%dT%H:%M:%S+00:00}"
    course(f"extend welcome --learner ana --until {until} --reason trains", root)
    course("answers", ana)
    (row,) = json.loads(course("plan --json", ana).out)
    assert dt.datetime.fromisoformat(row["moment"]) == due + dt.timedelta(days=3)
    assert "trains" not in (ana / ".course" / "dates.json").read_text("utf-8")

    asked = {"cell": "c", "code": "double(2)", "error": "NameError: double"}
    record.append(ana / "welcome", "asked", "double", {"response": "Where is double?"}, asked)
    assert "Where is double?" in course("answers", ana).out
    course('session plan "Welcome, live" --at "2026-12-01 10:00" --lesson welcome', root)
    agenda = course("session agenda welcome-live", root).out
    assert "Where is double? (welcome; `NameError`)" in agenda
    key = agenda.split("[", 1)[1].split("]", 1)[0]
    course(
        f'session record welcome-live --present ana --answer "{key}=Run the cell above first."',
        root,
    )
    course(f'session record welcome-live --answer "{key}=Run the cell above first."', root)
    told = course("answers", ana).out
    assert told.count("Run the cell above first.") == 1
    assert (
        "begins with 'ffff'" in course("session record welcome-live --answer ffff=x", root, 2).err
    )

    opened = Course.open(root)
    (work,) = reminding.look(opened).work["ana"]
    assert work.standing == "open"
    late = {"cell": "d", "code": "", "error": ""}
    record.append(ana / "welcome", "asked", "double", {"response": "And why twice?"}, late)
    answer(ana, DOUBLE)
    course("submit welcome", ana)
    (work,) = reminding.look(opened).work["ana"]
    assert work.standing == "waiting", "the office has it, though nobody collected it yet"
    course("collect welcome", root)
    asked = [
        row for row in json.loads(course("worklist --json", root).out) if row["kind"] == "asked"
    ]
    assert ["And why twice?" in row["reason"] for row in asked] == [True], (
        "the other one was answered"
    )
