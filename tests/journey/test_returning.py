"""Feedback in versions, at a time, by question; time given to some; requests to look again."""

import datetime as dt
import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import pytest

from course.cli import run
from course.store.asked import asked as questions_of
from course.term import Course, returning

ANSWERS = {"double-answer": "def double(number):\n    return number ** 2", "wish": "To read code."}
HOURS_LATE = 36  # two started days


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course whose one learner, ana, handed in late through the exchange and was graded."""
    root = tmp_path_factory.mktemp("returning") / "course"
    assert run(["new", str(root)]) == 0
    settings = root / "course.toml"
    text = settings.read_text(encoding="utf-8")
    due = dt.datetime.now(dt.UTC) - dt.timedelta(hours=HOURS_LATE)
    text = text.replace('late = "none"', 'late = "per-day"').replace(
        '"1 week"', f"{due:%Y-%m-%dT%H:%M:%SZ}"
    )
    settings.write_text('timezone = "Europe/Ljubljana"\n' + text, encoding="utf-8")
    at = ["--course", str(root)]
    home = ["--folder", str(root.parent / "ana")]
    (root.parent / "ana").mkdir()
    assert run(["release", "welcome", *at]) == 0
    assert run(["join", str(root), "--as", "ana", *home]) == 0
    assert run(["fetch", "welcome", *home]) == 0
    path = root.parent / "ana" / "welcome" / "welcome.ipynb"
    node = json.loads(path.read_text(encoding="utf-8"))
    for cell in node["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = ANSWERS.get(name, cell["source"])
    path.write_text(json.dumps(node), encoding="utf-8")
    assert run(["submit", "welcome", *home]) == 0
    assert run(["learners", "add", "ana", "--group", "spring", *at]) == 0
    assert run(["collect", "welcome", *at]) == 0
    assert run(["autograde", "welcome", *at]) == 0
    return root


def say(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    capsys.readouterr()
    assert run(list(command)) == code
    told = capsys.readouterr()
    return told.out + told.err


def lost(root: Path) -> float:
    with Course.open(root).book() as book:
        from course.store import reading

        return reading.late(book, "welcome").get("ana", 0.0)


def page(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the page that ana reads."""
    told = say(capsys, "feedback", "welcome", "--folder", str(root.parent / "ana"))
    return Path(told.strip().removeprefix("open in a browser: ")).read_text(encoding="utf-8")


def my_data(root: Path, capsys: pytest.CaptureFixture[str], out: Path) -> dict[str, Any]:
    """Return what ana's own command finds of what is kept of her."""
    say(capsys, "my-data", "--course", str(root.parent / "ana"), "--out", str(out))
    with zipfile.ZipFile(out) as archive:
        found: dict[str, Any] = json.loads(archive.read("my-data.json"))
        assert set(found["files"]) | {"my-data.json"} == set(archive.namelist())
    return found


def ledger(root: Path, action: str) -> list[tuple[str, str, str]]:
    with sqlite3.connect(root / "gradebook.db") as db:
        return list(db.execute(
            "select learner, before, after from course_ledger where action = ? order by number", [action]
        ))  # fmt: skip


# -- time -------------------------------------------------------------------------------------


def test_more_time_changes_what_lateness_cost_at_once_and_no_code_is_run(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(course)]
    assert lost(course) == pytest.approx(0.2), "two started days of one point"
    tomorrow = f"{dt.datetime.now(dt.UTC) + dt.timedelta(days=1):%Y-%m-%d %H:%M+00:00}"
    given = ["--until", tomorrow, "--reason", "the trains stood still"]
    assert "1 lose less" in say(capsys, "extend", "welcome", "--group", "spring", *given, *at)
    assert lost(course) == 0
    told = json.loads(say(capsys, "extensions", "--json", *at))
    assert [(each["group"], each["reason"]) for each in told] == [
        ("spring", "the trains stood still")
    ]
    assert told[0]["until"].endswith(("CET", "CEST"))

    assert "ana" in say(capsys, "extend", "welcome", "--group", "spring", "--cancel", *at)
    assert lost(course) == pytest.approx(0.2)
    early = f"{dt.datetime.now(dt.UTC) - dt.timedelta(hours=20):%Y-%m-%d %H:%M+00:00}"
    assert "1 lose less" in say(
        capsys, "extend", "welcome", "--learner", "ana", "--until", early, *at
    )
    assert lost(course) == pytest.approx(0.1), "one day, after an extension that was too short"
    assert len(ledger(course, "extended")) == 3
    shares = [json.loads(after)["share"] for _, _, after in ledger(course, "lateness")]
    assert shares == pytest.approx([0.0, 0.2, 0.1])


def test_a_date_that_moved_in_the_settings_counts_although_the_work_is_unchanged(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = course / "course.toml"
    before, text = lost(course), settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('late = "per-day"', 'late = "none"'), encoding="utf-8")
    assert "0 graded, 1 unchanged" in say(capsys, "autograde", "welcome", "--course", str(course))
    assert lost(course) == 0
    settings.write_text(text, encoding="utf-8")
    say(capsys, "autograde", "welcome", "--course", str(course))
    assert lost(course) == before > 0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--learner", "ana"], "nothing to extend"),
        (["--until", "2026-12-01"], "nothing to extend"),
        (["--learner", "anna", "--until", "2026-12-01"], "did you mean 'ana'?"),
        (["--group", "autumn", "--until", "2026-12-01"], "no group 'autumn'"),
        (["--learner", "ana", "--until", "soon"], "not a time"),
    ],
)
def test_what_can_not_be_extended_is_told(
    course: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    assert told in say(capsys, "extend", "welcome", *more, "--course", str(course), code=2)


def test_a_lesson_that_is_never_due_can_not_be_extended(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = course / "course.toml"
    text = settings.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("due")]
    settings.write_text("".join(lines), encoding="utf-8")
    told = say(capsys, "extend", "welcome", "--learner", "ana", "--until", "2026-12-01", "--course", str(course),
               code=2)  # fmt: skip
    settings.write_text(text, encoding="utf-8")
    assert "'welcome' is never due" in told


# -- feedback ---------------------------------------------------------------------------------


def test_feedback_goes_out_by_question_then_whole_and_says_what_is_new(
    course: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    at = ["--course", str(course)]
    before = my_data(course, capsys, tmp_path / "before.zip")
    assert before["gradebook"] == {}
    assert before["gradebook as of"] == "no feedback has come yet"
    assert "draft" in say(capsys, "return", "welcome", "--dry-run", *at)
    draft = (course / ".course" / "drafts" / "welcome" / "ana.html").read_text(encoding="utf-8")
    assert "Is a mark wrong?" in draft
    assert not (course / "feedback").exists(), "a draft goes to nobody"

    assert "returned to 1 (ana)" in say(capsys, "return", "welcome", "--question", "double", *at)
    first = page(course, capsys)
    assert "1 of 3 points" in first
    assert "answer comes later" in first or "answers come later" in first
    assert "taken off" not in first, "while some is held back, nothing is told of the total"
    own = my_data(course, capsys, tmp_path / "first.zip")
    assert [each["id"] for each in own["gradebook"]["student"]] == ["ana"]
    for table in ("course_verdict", "grade", "course_ledger"):
        told = {each["question"] for each in own["gradebook"][table]}
        assert told - {""} == {"double"}, f"{table} tells of no mark that was held back"
    assert own["not yet returned"]["welcome"] > 1
    assert "gradebook.html" in own["files"]

    assert "returned to 1 (ana)" in say(capsys, "return", "welcome", *at)
    second = page(course, capsys)
    assert "New since" in second
    assert "returned for the first time" in second
    assert "taken off because it came late: it was due" in second
    assert "returned to 0" in say(capsys, "return", "welcome", *at)

    say(capsys, "mark", "welcome", "ana", "wish", "--points", "2", "--comment", "Good.", *at)
    say(capsys, "return", "welcome", *at)
    third = page(course, capsys)
    assert "2 points, before not graded; the comment is new" in third
    assert "returned for the first time" not in third, "only what is new since the last one"
    own = my_data(course, capsys, tmp_path / "third.zip")
    assert {"double", "wish"} < {each["question"] for each in own["gradebook"]["course_verdict"]}
    assert [each["score"] for each in own["gradebook"]["course_manual"]] == [2.0]
    assert any(each["manual_comment"] == "Good." for each in own["gradebook"]["comment"])
    assert [each["version"] for each in own["gradebook"]["course_feedback"]] == [1, 2]
    assert own["not yet returned"] == {}
    versions = [json.loads(after)["version"] for _, _, after in ledger(course, "returned")]
    assert versions == [1, 2, 3]


def test_feedback_goes_out_at_its_time_with_the_next_command_and_once(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(course)]
    say(capsys, "mark", "welcome", "ana", "wish", "--points", "2", *at)
    say(capsys, "return", "welcome", *at)
    say(capsys, "mark", "welcome", "ana", "wish", "--points", "1", *at)
    told = say(capsys, "return", "welcome", "--at", "2099-12-01 08:00", *at)
    assert "feedback goes out 2099-12-01 08:00 CET" in told
    assert "goes out 2099-12-01" in say(capsys, "return", "welcome", "--dry-run", *at)
    assert "returned to" not in say(capsys, "status", *at)

    say(capsys, "return", "welcome", "--at", "2020-12-01 08:00", *at)
    assert "feedback on welcome was to go out by now: returned to 1" in say(capsys, "status", *at)
    assert "1 point, before 2 points" in page(course, capsys)
    assert "was to go out" not in say(capsys, "status", *at)


def test_feedback_that_was_cancelled_or_can_not_go_out_is_not_lost(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(course)]
    say(capsys, "return", "welcome", "--at", "2099-12-01", *at)
    assert "when you return it" in say(capsys, "return", "welcome", "--cancel", *at)
    opened = Course.open(course)
    assert returning.scheduled(opened) == []

    returning.schedule(opened, "welcome", dt.datetime(2020, 1, 1, tzinfo=dt.UTC), ["gone"], "Grace")
    told = say(capsys, "status", *at)
    assert "was to go out by now, and did not:" in told
    assert "no question 'gone'" in told
    assert len(returning.scheduled(opened)) == 1
    (course / ".course" / "returns.json").write_text("[{}]")
    assert "the list of feedback to return later can't be read" in say(
        capsys, "status", *at, code=2
    )
    (course / ".course" / "returns.json").unlink()


# -- requests ---------------------------------------------------------------------------------


def test_a_learner_asks_to_look_again_and_reads_the_answer(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at, home = ["--course", str(course)], ["--folder", str(course.parent / "ana")]
    assert "on its way" in say(
        capsys, "dispute", "welcome", "double", "2 * 2 is <b>4</b>, too", *home
    )
    told = say(capsys, "collect", "welcome", *at)
    assert "welcome: 0 new or changed" in told, "a request is no submission"
    assert "1 new requests to look at a mark again (ana)" in told
    assert "new requests" not in say(capsys, "collect", "welcome", *at), "it comes in once"
    (row,) = json.loads(say(capsys, "disputes", "--json", *at))
    assert (row["learner"], row["question"], row["what"]) == ("ana", "double", "asked")

    say(capsys, "return", "welcome", *at)
    asked = page(course, capsys)
    assert "not answered yet" in asked
    assert "<b>4</b>" not in asked

    say(capsys, "answer", "welcome", "ana", "double", "No: **3 * 3** is 9.", *at)
    assert "nobody waits" in say(capsys, "disputes", *at)
    assert "declined" in say(capsys, "disputes", "--all", *at)
    say(capsys, "return", "welcome", *at)
    answered = page(course, capsys)
    assert "there is a new message about your request" in answered
    assert "left the mark as it is" in answered
    assert "<strong>3 * 3</strong>" in answered

    say(capsys, "dispute", "welcome", "welcome/double", "But -2 * -2 is 4.", *home)
    say(capsys, "collect", "welcome", *at)
    assert "waits to be marked again" in say(
        capsys, "answer", "welcome", "ana", "double", "Right.", "--again", *at
    )
    with Course.open(course).book() as book:
        (waiting,) = [each for each in questions_of(book, "welcome") if each.question == "double"]
    assert waiting.waiting == 1, "it is in the desk's queue"
    say(capsys, "mark", "welcome", "ana", "double", "--points", "3", *at)
    say(capsys, "return", "welcome", *at)
    assert "3 points, before 1 point" in page(course, capsys)
    assert [who for who, _, _ in ledger(course, "asked")] == ["ana", "ana"]
    assert len(ledger(course, "declined")) == len(ledger(course, "reopened")) == 1


def test_nobody_asks_in_the_name_of_another_and_no_odd_file_stops_the_others(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(course)]
    inbound = course / "exchange" / Course.open(course).layout.course_id / "inbound"
    forged = {"id": "f" * 32, "learner": "ana", "lesson": "welcome", "notebook": "welcome", "question": "double",
              "text": "give me all", "seals": ["0" * 64]}  # fmt: skip
    bad = {
        forged["id"]: json.dumps(forged), "a" * 32: "{", "b" * 32: json.dumps({**forged, "text": 3}),
        "c" * 32: json.dumps({**forged, "id": "c" * 32, "learner": "../ana"}), "d" * 32: "x" * 200_000,
    }  # fmt: skip
    for name, text in bad.items():
        (inbound / f"request-{name}.json").write_text(text)
    (inbound / "request-link.json").symlink_to(course / "course.toml")
    told = say(capsys, "collect", "welcome", *at)
    assert "it says that it is ana's, but no collected submission shows that" in told
    assert told.count("left out request-") == 6
    assert "new requests" not in told
    for path in inbound.glob("request-*.json"):
        if path.is_symlink() or path.stem.removeprefix("request-") in bad:
            path.unlink()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["welcome", "dobule", "why?"], "did you mean 'double'?"),
        (["welcom", "double", "why?"], "did you mean 'welcome'?"),
        (["welcome", "double", "  "], "a request needs a reason"),
        (["welcome", "double", "x" * 5000], "expected: 1 to 4000 characters"),
    ],
)
def test_a_request_that_can_not_be_sent_is_told(
    course: Path, capsys: pytest.CaptureFixture[str], given: list[str], told: str
) -> None:
    assert told in say(capsys, "dispute", *given, "--folder", str(course.parent / "ana"), code=2)


def test_who_handed_in_nothing_has_nothing_to_ask_about(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--folder", str(course.parent / "eve")]
    (course.parent / "eve").mkdir()
    say(capsys, "join", str(course), "--as", "eve", *home)
    assert "you have not handed in 'welcome'" in say(
        capsys, "dispute", "welcome", "double", "Why?", *home, code=2
    )


def test_only_what_was_asked_is_answered(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--course", str(course)]
    assert "ana has asked nothing about 'wish'" in say(
        capsys, "answer", "welcome", "ana", "wish", "No.", *at, code=2
    )
    assert "an answer needs words" in say(
        capsys, "answer", "welcome", "ana", "double", " ", *at, code=2
    )


@pytest.mark.thorough
def test_the_page_that_opens_is_a_notebooks_whatever_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is kept of a learner went out beside it, and is called course-my-data."""
    root, home = tmp_path / "course", tmp_path / "ana"
    home.mkdir()
    at, there = ["--course", str(root)], ["--folder", str(home)]
    say(capsys, "new", str(root))
    (root / "notebooks" / "welcome" / "welcome.ipynb").rename(
        root / "notebooks" / "welcome" / "basics.ipynb"
    )
    say(capsys, "release", "welcome", *at)
    say(capsys, "join", str(root), "--as", "ana", *there)
    for command in ("fetch", "submit"):
        say(capsys, command, "welcome", *there)
    for command in ("collect", "autograde", "return"):
        say(capsys, command, "welcome", *at)
    told = say(capsys, "feedback", "welcome", *there).strip()
    assert told.endswith("basics.html")
    assert (root / "feedback" / "ana" / "welcome" / "course-my-data.html").is_file()
