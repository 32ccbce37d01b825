"""Several attempts at a lesson, of which the best counts."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from classroom import answer, edit, join, new_course
from classroom import course as say

from course.cli import run

pytestmark = pytest.mark.thorough

RIGHT = "def double(number):\n    return 2 * number"
WRONG = "def double(number):\n    return number ** 2"


@pytest.fixture
def course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    root = tmp_path / "course"
    assert run(["new", str(root)]) == 0
    settings = root / "course.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"last" ', '"best" '))
    assert run(["release", "welcome", "--course", str(root)]) == 0
    capsys.readouterr()
    return root


def hand_in(root: Path, code: str, words: str, at: str) -> None:
    """Put ana's work into submitted/, as collecting does, and grade it."""
    folder = root / "submitted" / "ana" / "welcome"
    folder.mkdir(parents=True, exist_ok=True)
    node = json.loads((root / "release" / "welcome" / "welcome.ipynb").read_text(encoding="utf-8"))
    for cell in node["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = {"double-answer": code, "wish": words}.get(name, cell["source"])
    (folder / "welcome.ipynb").write_text(json.dumps(node), encoding="utf-8")
    (folder / "timestamp.txt").write_text(f"{at} UTC", encoding="utf-8")
    autograde(root)


def autograde(root: Path) -> None:
    assert run(["autograde", "welcome", "--course", str(root)]) == 0


def marks(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, tuple[float | None, str]]:
    capsys.readouterr()
    assert run(["grades", "--json", "--course", str(root)]) == 0
    rows = json.loads(capsys.readouterr().out)
    return {row["question"]: (row["points"], row["grader"]) for row in rows}


def mark(root: Path, points: int, comment: str) -> None:
    command = ["mark", "welcome", "ana", "wish", "--points", str(points), "--comment", comment]
    assert run([*command, "--grader", "Grace", "--course", str(root)]) == 0


def shown(root: Path) -> str:
    """Return the notebook that graders look at."""
    path = root / "autograded" / "ana" / "welcome" / "welcome.ipynb"
    return path.read_text(encoding="utf-8")


def nbgraders_total(root: Path) -> float:
    with sqlite3.connect(root / "gradebook.db") as db:
        return float(
            db.execute("select sum(coalesce(manual_score, auto_score)) from grade").fetchone()[0]
        )


def test_the_best_attempt_counts_with_its_own_marks_comments_and_notebook(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_in(course, RIGHT, "I want to learn.", "2026-01-05 10:00:00")
    mark(course, 1, "Well put.")
    first = marks(course, capsys)
    assert (first["double"], first["wish"]) == ((3.0, "autograder"), (1.0, "Grace"))

    hand_in(course, WRONG, "Dunno.", "2026-01-06 10:00:00")
    assert marks(course, capsys)["double"] == (1.0, "autograder"), (
        "the new one stands while it waits"
    )
    assert "Dunno." in shown(course)
    mark(course, 0, "Say more.")
    assert run(["return", "welcome", "--course", str(course)]) == 0

    assert marks(course, capsys) == first, (
        "the person's mark came back with the attempt it was made on"
    )
    assert nbgraders_total(course) == sum(points or 0 for points, _ in first.values())
    assert "I want to learn." in shown(course)
    page = (course / "feedback" / "ana" / "welcome" / "welcome.html").read_text(encoding="utf-8")
    assert "Well put." in page
    assert "05 January 2026" in page
    autograde(course)
    assert "0 graded, 1 unchanged" in capsys.readouterr().out, "it is not graded again and again"
    assert marks(course, capsys) == first
    with sqlite3.connect(course / "gradebook.db") as db:
        ((before, after),) = db.execute(
            "select before, after from course_ledger where action = 'counts'"
        )
    assert (json.loads(before)["points"], json.loads(after)["points"]) == (1.0, 4.0)

    hand_in(course, RIGHT, "I want to read other people's code.", "2026-01-07 10:00:00")
    mark(course, 2, "Better still.")
    autograde(course)
    assert marks(course, capsys)["wish"] == (2.0, "Grace")
    assert "other people's code" in shown(course)


def test_where_the_last_one_counts_a_worse_one_takes_the_place_of_a_better(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = course / "course.toml"
    text = settings.read_text(encoding="utf-8")
    hand_in(course, RIGHT, "I want to learn.", "2026-01-05 10:00:00")
    mark(course, 1, "Well put.")
    hand_in(course, WRONG, "Dunno.", "2026-01-06 10:00:00")
    mark(course, 0, "Say more.")
    autograde(course)
    assert marks(course, capsys)["double"][0] == 3.0
    settings.write_text(text.replace('"best"', '"last"'), encoding="utf-8")
    autograde(course)
    last = marks(course, capsys)
    assert (last["double"][0], last["wish"]) == (1.0, (0.0, "Grace")), "with its own marks"


# two attempts between two collects -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "double", "told"),
    [
        ("best", 3.0, "all of them are graded, and the best counts"),
        ("last", 1.0, "the last one counts"),
        ("marked", 1.0, "the last that a person marked counts"),
    ],
)
def test_of_two_attempts_between_two_collects_none_is_lost_and_a_worse_one_is_told(
    tmp_path: Path, rule: str, double: float, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = new_course(tmp_path / "course")
    settings = root / "course.toml"
    settings.write_text(settings.read_text("utf-8").replace('"last" ', f'"{rule}" '), "utf-8")
    ana = join(root, "ana")
    answer(ana, RIGHT, "I want to learn.")
    say("submit welcome", ana)
    shutil.rmtree(ana / "welcome")
    say("fetch welcome", ana)
    edit(ana / "welcome" / "welcome.ipynb", {"double-answer": WRONG})
    refused = say("submit welcome", ana, code=2).err
    assert "you answered more questions in an attempt before" in refused
    assert "course submit welcome --fewer" in refused
    say("submit welcome --fewer", ana)
    collected = say("collect welcome", root).out
    assert "look: ana: an attempt before answered" in collected
    assert told in collected

    say("autograde welcome", root, code=None)
    mark(root, 0, "Empty.")
    say("autograde welcome", root, code=None)
    assert marks(root, capsys)["double"][0] == double
    assert "0 graded, 1 unchanged" in say("autograde welcome", root, code=None).out
    if rule == "best":
        assert "I want to learn." in shown(root)
        assert "Empty." not in say("grades --json", root).out
