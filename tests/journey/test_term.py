"""One term, end to end, through the command line and nothing else."""

import json
import re
import shutil
from pathlib import Path

import pytest

from course.cli import run
from course.lesson import record

ROOT = Path(__file__).parents[2]


@pytest.fixture
def course(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    root = tmp_path / "course"
    assert run(["new", str(root), "--title", "A term"]) == 0
    assert run(["release", "welcome", "--course", str(root)]) == 0
    capsys.readouterr()
    return root


def fetched(course: Path, learner: str) -> Path:
    """Return a learner's folder with the lesson in it."""
    home = course.parent / learner
    home.mkdir()
    assert run(["join", str(course), "--as", learner, "--folder", str(home)]) == 0
    assert run(["fetch", "welcome", "--folder", str(home)]) == 0
    return home


def answer(home: Path, code: str, words: str = "") -> None:
    """Write the learner's answers into the notebook."""
    path = home / "welcome" / "welcome.ipynb"
    node = json.loads(path.read_text(encoding="utf-8"))
    for cell in node["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name == "double-answer":
            cell["source"] = code
        if name == "wish" and words:
            cell["source"] = words
    path.write_text(json.dumps(node), encoding="utf-8")


def rows(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> dict[tuple[str, str], dict[str, object]]:
    """Return `course grades --json` by learner and question."""
    capsys.readouterr()
    assert run(["grades", "--json", "--course", str(course)]) == 0
    return {(r["learner"], r["question"]): r for r in json.loads(capsys.readouterr().out)}


RIGHT = "def double(number):\n    return 2 * number"


def test_a_learner_hands_in_again_and_the_later_work_counts(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    answer(home, "def double(number):\n    return number ** 2", "I want to learn.")
    for turn, expected in ((0, 1.0), (1, 3.0)):
        if turn:
            answer(home, RIGHT)
        assert run(["submit", "welcome", "--folder", str(home)]) == 0
        assert run(["collect", "welcome", "--course", str(course)]) == 0
        assert run(["autograde", "welcome", "--course", str(course)]) == 0
        assert rows(course, capsys)["ana", "double"]["points"] == expected


def test_unchanged_work_is_not_graded_again_unless_it_is_forced(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    answer(home, RIGHT)
    run(["submit", "welcome", "--folder", str(home)])
    run(["collect", "welcome", "--course", str(course)])
    said = []
    for more in ([], [], ["--force"]):
        capsys.readouterr()
        assert run(["autograde", "welcome", *more, "--course", str(course)]) == 0
        said.append(capsys.readouterr().out)
    assert "1 graded, 0 unchanged" in said[0]
    assert "0 graded, 1 unchanged" in said[1]
    assert "1 graded, 0 unchanged" in said[2]


def test_changed_tests_are_reason_to_grade_again(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    answer(home, RIGHT)
    run(["submit", "welcome", "--folder", str(home)])
    run(["collect", "welcome", "--course", str(course)])
    run(["autograde", "welcome", "--course", str(course)])
    tests = course / "autograders" / "welcome.py"
    tests.write_text(tests.read_text(encoding="utf-8").replace("double(2) == 4", "double(2) == 5"))
    capsys.readouterr()
    assert run(["autograde", "welcome", "--course", str(course)]) == 0
    assert "1 graded, 0 unchanged" in capsys.readouterr().out
    assert rows(course, capsys)["ana", "double"]["points"] == 2.0


def test_a_manual_mark_is_written_shown_and_kept_when_grading_again(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    answer(home, RIGHT, "I want to learn.")
    run(["submit", "welcome", "--folder", str(home)])
    run(["collect", "welcome", "--course", str(course)])
    run(["autograde", "welcome", "--course", str(course)])
    assert rows(course, capsys)["ana", "wish"]["points"] is None
    assert run(["mark", "welcome", "ana", "wish", "--points", "1.5", "--grader", "Maria",
                "--course", str(course)]) == 0  # fmt: skip
    assert run(["autograde", "welcome", "--force", "--course", str(course)]) == 0
    mark = rows(course, capsys)["ana", "wish"]
    assert (mark["points"], mark["state"], mark["grader"]) == (1.5, "marked", "Maria")


def test_each_learner_reads_only_their_own_feedback(course: Path) -> None:
    homes = {name: fetched(course, name) for name in ("ana", "ben")}
    for name, home in homes.items():
        answer(home, RIGHT, f"These are the words of {name}.")
        run(["submit", "welcome", "--folder", str(home)])
    for command in ("collect", "autograde", "return"):
        assert run([command, "welcome", "--course", str(course)]) == 0
    for name, home in homes.items():
        assert run(["feedback", "welcome", "--folder", str(home)]) == 0
        pages = list((home / "welcome" / "feedback").rglob("*.html"))
        assert len(pages) == 1
        assert f"for {name}" in pages[0].read_text(encoding="utf-8")


def test_feedback_that_did_not_change_is_not_returned_again(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    run(["submit", "welcome", "--folder", str(home)])
    said = []
    for command in ("collect", "autograde", "return", "return"):
        capsys.readouterr()
        assert run([command, "welcome", "--course", str(course)]) == 0
        said.append(capsys.readouterr().out)
    assert "returned to 1 (ana)" in said[2]
    assert "returned to 0" in said[3]


def test_fetching_again_overwrites_nothing(course: Path) -> None:
    home = fetched(course, "ana")
    answer(home, RIGHT)
    before = (home / "welcome" / "welcome.ipynb").read_bytes()
    (home / "welcome" / "lesson.json").unlink()
    assert run(["fetch", "welcome", "--folder", str(home)]) == 0
    assert (home / "welcome" / "welcome.ipynb").read_bytes() == before
    assert (home / "welcome" / "lesson.json").is_file()


def test_the_release_holds_no_solution_and_no_key(course: Path) -> None:
    for path in (course / "release").rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "return 2 * number" not in text
            assert "double(3) == 6" not in text
            assert not re.search(r"\[x\]|it only leaves the cell", text)


def test_work_that_came_as_a_zip_is_graded_like_any_other(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = course.parent / "export"
    (export / "Ana Horvat_4711_assignsubmission_file").mkdir(parents=True)
    shutil.copy(
        course / "notebooks" / "welcome" / "welcome.ipynb",
        export / "Ana Horvat_4711_assignsubmission_file",
    )
    shutil.make_archive(str(export), "zip", export)
    run(
        [
            "learners",
            "add",
            "ana",
            "--first-name",
            "Ana",
            "--last-name",
            "Horvat",
            "--course",
            str(course),
        ]
    )
    assert run(["collect", "welcome", "--from", f"{export}.zip", "--course", str(course)]) == 0
    assert run(["autograde", "welcome", "--course", str(course)]) == 0
    assert rows(course, capsys)["ana", "double"]["points"] == 3.0


def test_learners_come_from_a_csv_all_or_none(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = course.parent / "people.csv"
    file.write_text("id,first_name,start\nana,Ana,2026-03-02\nben,Ben,soon\n", encoding="utf-8")
    assert run(["learners", "import", str(file), "--course", str(course)]) == 2
    assert "line 3" in capsys.readouterr().err
    assert run(["learners", "list", "--json", "--course", str(course)]) == 0
    assert json.loads(capsys.readouterr().out) == []
    file.write_text(
        "id,first_name,start\nana,Ana,2026-03-02\nben,Ben,2026-03-09\n", encoding="utf-8"
    )
    assert run(["learners", "import", str(file), "--course", str(course)]) == 0
    run(["learners", "list", "--json", "--course", str(course)])
    people = json.loads(capsys.readouterr().out.partition("\n")[2])
    assert [(p["id"], p["start"]) for p in people] == [("ana", "2026-03-02"), ("ben", "2026-03-09")]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["release", "wellcome"], ["no lesson 'wellcome'", "did you mean 'welcome'?"]),
        (["autograde", "../welcome"], ["no lesson '../welcome'"]),
        (["grades", "--learner", "anna"], ["no learner 'anna'"]),
        (["learners", "add", "../ana"], ["not a usable name for a learner", "'../ana'"]),
        (["learners", "add", "ana", "--first-name", "<b>"], ["not a name", "'<b>'"]),
        (["learners", "import", "nobody.csv"], ["nobody.csv: no such file"]),
        (["mark", "welcome"], ["nothing to mark"]),
        (["collect", "welcome", "--from", "nowhere.zip"], ["nowhere.zip: no such file or folder"]),
        (["grades", "--output", "grades.xlsx"], ["found: .xlsx", "expected: a file ending in"]),
    ],
)
def test_what_is_given_wrong_gets_one_message_and_exit_code_2(
    course: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: list[str]
) -> None:
    assert run([*arguments, "--course", str(course)]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert [part for part in expected if part not in said] == [], said


def test_outside_of_a_course_the_message_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["status", "--course", str(tmp_path)]) == 2
    assert "course new DIR" in capsys.readouterr().err
    assert run(["submit", "welcome", "--folder", str(tmp_path)]) == 2
    assert "course join" in capsys.readouterr().err


def test_a_new_course_does_not_overwrite_anything(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert run(["new", str(tmp_path)]) == 2
    assert "something there already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_receipt_says_what_is_answered_and_what_is_still_empty(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    capsys.readouterr()
    assert run(["submit", "welcome", "--folder", str(home)]) == 0
    assert (
        "0 of 3 questions answered; still empty: how-to-run, double, wish"
        in capsys.readouterr().out
    )
    answer(home, RIGHT, "I want to learn.")
    assert run(["submit", "welcome", "--folder", str(home)]) == 0
    assert "2 of 3 questions answered; still empty: how-to-run" in capsys.readouterr().out


def test_a_test_of_the_trainers_that_does_not_end_costs_nobody_a_point(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = fetched(course, "ana")
    answer(home, RIGHT)
    assert run(["submit", "welcome", "--folder", str(home)]) == 0
    assert run(["collect", "welcome", "--course", str(course)]) == 0
    tests = course / "autograders" / "welcome.py"
    text = tests.read_text(encoding="utf-8")
    tests.write_text(text + "    while True:\n        pass\n", encoding="utf-8")
    toml = course / "course.toml"
    written = toml.read_text(encoding="utf-8")
    assert "[policies]\n" in written
    toml.write_text(written.replace("[policies]\n", "[policies]\ntest_seconds = 0.5\n"))
    capsys.readouterr()
    assert run(["autograde", "welcome", "--course", str(course)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "your test 'other numbers' of 'double' could not be judged for 1; their marks wait" in said
    )
    assert rows(course, capsys)["ana", "double"]["points"] is None
    tests.write_text(text, encoding="utf-8")
    assert run(["autograde", "welcome", "--course", str(course)]) == 0
    assert rows(course, capsys)["ana", "double"]["points"] == 3.0


def test_a_learner_hears_what_comes_next_and_the_instructor_what_was_asked(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = course.parent / "ana"
    home.mkdir()
    assert run(["join", str(course), "--as", "ana", "--folder", str(home)]) == 0
    capsys.readouterr()
    assert run(["next", "--folder", str(home)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "Next: fetch a lesson with course fetch welcome"
    assert re.fullmatch(r"about 10 minutes left, next due [\d-]+ 00:00 UTC \(Welcome\)", second)
    assert run(["fetch", "welcome", "--folder", str(home)]) == 0
    record.append(home / "welcome", "answered", "how-to-run", {"response": ["a"]})
    asked = {"response": "Why [red]\x1b[2Jdouble?"}, {"cell": "c", "error": "NameError: x"}
    record.append(home / "welcome", "asked", "double", *asked)
    record.append(home / "welcome", "reflected", "surprise", {"response": "All of it."})
    capsys.readouterr()
    assert run(["next", "--folder", str(home)]) == 0
    said = capsys.readouterr().out
    assert "0 of 1 sections done" in said
    assert "Next: Welcome (double)\n" in said

    assert run(["submit", "welcome", "--folder", str(home)]) == 0
    assert run(["collect", "welcome", "--course", str(course)]) == 0
    capsys.readouterr()
    assert run(["questions", "welcome", "--course", str(course)]) == 0
    shown = capsys.readouterr().out
    assert "Why [red] [2Jdouble?" in shown
    assert "NameError: x" in shown
    assert "All of it." in shown
