"""A course's pace: dates of one's own in the plan and the calendar, letters that nobody gets twice."""

import datetime as dt
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest

from course.cli import run
from course.lesson import dates
from course.lesson.dates import Own
from course.term import Course, reminding

PEOPLE = """id,first_name,email,group,start
ana,Ana,ana@example.org,spring,{start}
ben,Ben,ben@example.org,,{start}
cleo,Cleo,not an address,,{start}
"""
SETTINGS = """
[[staff]]
name = "grace"
email = "grace@example.org"
[[staff]]
name = "ivan"
role = "instructor"
email = "ivan@example.org"
[reminders]
days_before = [3]
digest = "monday"
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course due in two days for three learners, one of whom handed in."""
    root = tmp_path_factory.mktemp("pace") / "course"
    at, home = ["--course", str(root)], ["--folder", str(root.parent / "ben")]
    assert run(["new", str(root)]) == 0
    settings = root / "course.toml"
    text = 'timezone = "Europe/Ljubljana"\n' + settings.read_text(encoding="utf-8") + SETTINGS
    settings.write_text(text, encoding="utf-8")
    start = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=5)
    (root / "people.csv").write_text(PEOPLE.format(start=start), encoding="utf-8")
    assert run(["learners", "import", str(root / "people.csv"), *at]) == 0
    assert run(["release", "welcome", *at]) == 0
    for who in ("ana", "ben"):
        (root.parent / who).mkdir()
        assert run(["join", str(root), "--as", who, "--folder", str(root.parent / who)]) == 0
    assert run(["fetch", "welcome", *home]) == 0
    assert run(["submit", "welcome", *home]) == 0
    return root


def say(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    capsys.readouterr()
    assert run(list(command)) == code
    told = capsys.readouterr()
    return told.out + told.err


def remind(root: Path) -> None:
    reminding.send(Course.open(root), dt.datetime.now(dt.UTC))


@pytest.mark.thorough
def test_a_relative_date_is_the_same_moment_in_every_zone_and_is_told_in_ones_own(
    course: Path, tmp_path: Path
) -> None:
    """Over a folder the course tells nobody apart: days count from the one of joining, in the course's zone."""
    environment = {**os.environ, "LANGUAGE": "en"}

    def say_in(zone: str, home: Path, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "course", *command], cwd=home, env={**environment, "TZ": zone},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout

    told = {}
    for who, zone, short in (
        ("aroha", "Pacific/Auckland", "NZDT"),
        ("lou", "America/Los_Angeles", "PST"),
    ):
        home = tmp_path / who
        home.mkdir()
        say_in(zone, home, "join", str(course), "--as", who)
        joined = dt.datetime(
            2026, 11, 29, 23, 30, tzinfo=dt.UTC
        )  # the 30th in Ljubljana, and there the day counts
        os.utime(home / "learner.toml", (joined.timestamp(), joined.timestamp()))
        (home / ".course" / "dates.json").unlink()
        say_in(zone, home, "fetch", "welcome")
        (row,) = json.loads(say_in(zone, home, "plan", "--json"))
        told[who] = dt.datetime.fromisoformat(row["moment"])
        assert told[who].tzname() != "UTC"
        due = told[who].astimezone(ZoneInfo(zone))
        next_step = say_in(zone, home, "next")
        assert f"due: {due:%Y-%m-%d %H:%M} {short}" in next_step
        script = (
            "from pathlib import Path; from course.lesson import plan, record; from course.lesson.progress import card\n"
            "here = Path.cwd(); print(card(plan.read(here), record.read(here)))"
        )
        card = subprocess.run(
            [sys.executable, "-c", script], cwd=home / "welcome", env={**environment, "TZ": zone},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        assert f"{due:%Y-%m-%d %H:%M} {short}" in card
        assert "counted from 2026-11-30, when you joined" in card
        say_in(zone, home, "calendar", "-o", "mine.ics")
        (event,) = icalendar.Calendar.from_ical((home / "mine.ics").read_bytes()).walk("VEVENT")
        assert event.start == told[who]
    assert told["aroha"] == told["lou"]
    assert told["lou"] == dt.datetime(2026, 12, 7, tzinfo=ZoneInfo("Europe/Ljubljana"))


def test_letters_go_out_once_however_many_send_them_and_skip_what_waits_for_a_grader(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(course)]
    shown = json.loads(say(capsys, "remind", "--dry-run", "--json", *at))
    assert {(each["kind"], each["person"]) for each in shown} == {
        ("reminder", "ana"), ("digest", "ana"), ("digest", "ben"), ("instructor", "ivan"),
    }, "ben has handed in, cleo has no address, nothing waits for grace"  # fmt: skip
    by = {(each["kind"], each["person"]): each["text"] for each in shown}
    assert "it waits for a grader, nothing is left for you to do" in by["digest", "ben"]
    assert "Yours to do" not in by["digest", "ben"]
    assert "Welcome: 1 handed in" in by["instructor", "ivan"]
    assert not (course / "letters").exists(), "nothing went out by looking"
    with ThreadPoolExecutor(2) as both:
        list(both.map(remind, [course, course]))
    assert len(list((course / "letters").iterdir())) == 4
    notes = (course / ".course" / "told.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(notes) == 4
    assert "nothing to tell anybody" in say(capsys, "remind", *at)
    with (course / ".course" / "told.jsonl").open("a") as file:
        file.write('{"keys": ["remin')  # killed in the middle of a line
    assert "nothing to tell anybody" in say(capsys, "remind", *at)


def test_a_date_of_ones_own_counts_from_the_start_and_moves_with_an_extension(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(course)]

    def due() -> dict[str, tuple[str, str, str]]:
        rows = json.loads(
            say(capsys, "dates", "--calendars", str(course / "ics"), "--json", *at).rpartition("]")[
                0
            ]
            + "]"
        )
        return {each["learner"]: (each["due"], each["extended"], each["standing"]) for each in rows}

    def event(who: str) -> icalendar.Event:
        (found,) = icalendar.Calendar.from_ical((course / "ics" / f"{who}.ics").read_bytes()).walk(
            "VEVENT"
        )
        return found

    before = due()
    assert before["ana"][0] == before["ben"][0]
    assert before["ben"][2] == "waiting", "handed in, and not even collected yet"
    uid, start = event("ana")["uid"], event("ana").start
    assert (
        f"{start.astimezone(Course.open(course).file.zone):%Y-%m-%d %H:%M %Z}" == before["ana"][0]
    )
    until = f"{start + dt.timedelta(days=3):%Y-%m-%d %H:%M+00:00}"
    say(capsys, "extend", "welcome", "--group", "spring", "--until", until, *at)
    after = due()
    assert after["ana"][1] == "yes"
    assert after["ben"] == before["ben"]
    assert event("ana")["uid"] == uid, "the calendar moves the entry that it has"
    assert event("ana").start == start + dt.timedelta(days=3)
    assert "did you mean 'ana'?" in say(capsys, "dates", "--learner", "anna", *at, code=2)


def test_a_learner_sees_the_plan_and_takes_the_dates_into_a_calendar(
    course: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    ana, ben = (["--folder", str(course.parent / who)] for who in ("ana", "ben"))
    assert "about 10 minutes left" in say(capsys, "plan", *ana)
    due = dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(days=30)
    dates.keep(course.parent / "ana", {"welcome": Own(due, 60, extended=True)})
    (row,) = json.loads(say(capsys, "plan", "--json", *ana))
    assert (row["standing"], row["minutes"], dt.datetime.fromisoformat(row["moment"])) == (
        "to fetch",
        10,
        due,
    )
    said = say(capsys, "next", *ana)
    assert "course fetch welcome" in said
    assert "about 10 minutes left, next due" in said
    assert "everything is handed in" in say(capsys, "next", *ben)
    path = course.parent / "mine.ics"
    say(capsys, "calendar", "-o", str(path), *ana)
    (event,) = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
    assert event.start == due
