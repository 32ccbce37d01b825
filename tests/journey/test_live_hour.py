"""A live hour from its plan to its recording in the lesson, and a workbook that belongs to one."""

import json
from pathlib import Path

import icalendar
import pytest

from course import notebook as notebooks
from course.cli import run
from course.lesson import record
from course.term import Course

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nHello everybody\n"


def say(capsys: pytest.CaptureFixture[str], *command: str, code: int = 0) -> str:
    """Run a command; returns what it printed."""
    capsys.readouterr()
    assert run(list(command)) == code
    told = capsys.readouterr()
    return told.out + told.err


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course in which ana asked something in what she handed in."""
    folder = tmp_path_factory.mktemp("session")
    root = folder / "course"
    assert run(["new", str(root)]) == 0
    assert run(["learners", "add", "ana", "--course", str(root)]) == 0
    work = folder / "in" / "ana"
    work.mkdir(parents=True)
    (work / "welcome.ipynb").write_bytes(
        (root / "notebooks" / "welcome" / "welcome.ipynb").read_bytes()
    )
    record.append(
        work, "asked", "double", {"response": "Why two?"}, {"cell": "c", "error": "TypeError: no"}
    )
    assert run(["collect", "welcome", "--from", str(folder / "in"), "--course", str(root)]) == 0
    return root


def test_a_live_hour_is_planned_held_and_put_back_into_the_lesson(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--course", str(root)]
    planned = [
        "session",
        "plan",
        "Welcome, live",
        "--link",
        "https://meet.example.org/a",
        "--lesson",
        "welcome",
    ]
    assert "welcome-live is on 2026-12-01 10:00 UTC" in say(
        capsys, *planned, "--at", "2026-12-01 10:00", *at
    )
    path = root / "sessions" / "welcome-live" / "welcome-live.ics"

    def event() -> icalendar.Event:
        (found,) = icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT")
        return found

    first = event()
    assert (first.end - first.start).total_seconds() == 3600
    say(capsys, *planned, "--at", "2026-12-02 10:00", "--lesson", "welcome", *at)
    assert event()["uid"] == first["uid"]
    assert event().start.day == 2, "it moved"

    told = say(capsys, "session", "agenda", "welcome-live", *at)
    assert "Why two? (welcome; `TypeError`)" in told
    assert "<h2>" in (root / "sessions" / "welcome-live" / "agenda.html").read_text(
        encoding="utf-8"
    )
    said = say(
        capsys,
        "session",
        "record",
        "welcome-live",
        "--present",
        "ana",
        "--answer",
        "=Because.",
        *at,
    )
    assert "1 were there, 1 questions were answered" in said

    video, words = root.parent / "call.webm", root.parent / "call.vtt"
    video.write_bytes(b"\x1a\x45\xdf\xa3 not much of a film")
    words.write_text(VTT, encoding="utf-8")
    quiz = min(Course.open(root).items("welcome"))
    close = [
        "session",
        "close",
        "welcome-live",
        "--recording",
        str(video),
        "--captions",
        str(words),
    ]
    told = say(capsys, *close, "--question", f"0:01={quiz}", *at)
    source = root / "notebooks" / "welcome" / "welcome.ipynb"
    assert str(source) in told
    cells = notebooks.read(source)[0].cells
    assert cells[-2].source == "## Recording: Welcome, live"
    assert cells[-1].source == f"course.video('welcome-live.webm', questions={{'0:01': '{quiz}'}})"
    assert (source.parent / "welcome-live.vtt").read_text(encoding="utf-8") == VTT
    assert say(capsys, "release", "welcome", *at)
    assert (root / "release" / "welcome" / "welcome-live.webm").is_file(), "learners get it"
    (row,) = json.loads(say(capsys, "session", "list", "--json", *at))
    assert (row["recording"], row["present"]) == ("welcome-live.webm", 1)
    assert "in the lesson already" in say(capsys, *close, *at, code=2)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["plan", "X", "--at", "2026-12-01", "--lesson", "welcom"], "did you mean 'welcome'?"),
        (["plan", "X", "--at", "soon"], "not a time"),
        (["plan", "X", "--at", "2026-12-01", "--link", "javascript:alert(1)"], "not a link"),
        (["agenda", "nothing"], "no session 'nothing'"),
        (["record", "welcome-live", "--present", "anna"], "did you mean 'ana'?"),
        (["record", "welcome-live", "--answer", "no sign of equality"], "--answer ID=TEXT"),
        (["close", "welcome-live", "--recording", "gone.webm"], "no such file"),
    ],
)
def test_what_is_wrong_with_a_live_hour_is_told(
    root: Path, capsys: pytest.CaptureFixture[str], command: list[str], told: str
) -> None:
    at = ["--course", str(root)]
    if command[1] == "welcome-live":
        say(
            capsys,
            "session",
            "plan",
            "Welcome, live",
            "--at",
            "2026-12-02 10:00",
            "--lesson",
            "welcome",
            *at,
        )
    assert told in say(capsys, "session", *command, *at, code=2)


@pytest.mark.parametrize("suffix", [".md", ".py"])
def test_a_recording_goes_into_a_lesson_in_text_and_leaves_the_rest_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    root = tmp_path / "course"
    at = ["--course", str(root)]
    say(capsys, "new", str(root))
    say(capsys, "convert", "welcome", "--to", suffix[1:], *at)
    source = root / "notebooks" / "welcome" / f"welcome{suffix}"
    before = source.read_text(encoding="utf-8")
    say(capsys, "session", "plan", "Live", "--at", "2026-12-02 10:00", "--lesson", "welcome", *at)
    video = tmp_path / "call.mp4"
    video.write_bytes(b"film")
    say(capsys, "session", "close", "live", "--recording", str(video), *at)
    assert source.read_text(encoding="utf-8").startswith(before.rstrip("\n"))
    (node,) = [node for _, node in Course.open(root).sources.notebooks("welcome")]
    assert node.cells[-1].source == "course.video('live.mp4')"
    assert "Recording: Live" in node.cells[-2].source


def test_a_workbook_is_never_due_and_says_so_to_its_learner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    root, home = tmp_path / "course", ["--folder", str(tmp_path)]
    say(capsys, "new", str(root))
    settings = root / "course.toml"
    text = settings.read_text(encoding="utf-8")
    both = text.replace('title = "Welcome"', 'title = "Welcome"\nmode = "workbook"')
    settings.write_text(both, encoding="utf-8")
    assert "is a workbook, which is never due" in say(
        capsys, "release", "welcome", "--course", str(root), code=2
    )
    lines = [line for line in both.splitlines(keepends=True) if not line.startswith("due")]
    settings.write_text("".join(lines), encoding="utf-8")
    say(capsys, "release", "welcome", "--course", str(root))
    say(capsys, "join", str(root), "--as", "ana", *home)
    assert "at the live event" in say(capsys, "plan", *home)
    say(capsys, "fetch", "welcome", *home)
    said = say(capsys, "next", *home)
    assert "a workbook for a live event" in said
    assert "minutes left, next due" not in said
