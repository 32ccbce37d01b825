"""`course demo`: every persona meets the fate that the demo promises, and the learner's work stays."""

import json
import re
import subprocess
import sys
from collections import defaultdict

import pytest

from course.layout import digest
from course.lesson import record
from course.model import Mark
from course.study import Study
from course.term import Course

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Course, str]:
    folder = tmp_path_factory.mktemp("demo") / "demo"
    done = subprocess.run(
        [sys.executable, "-m", "course", "demo", "--folder", str(folder)],
        capture_output=True, text=True, timeout=280, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.strip() == ""
    return Course.open(folder / "course"), done.stdout


@pytest.fixture(scope="module")
def marks(played: tuple[Course, str]) -> dict[str, dict[str, Mark]]:
    found: dict[str, dict[str, Mark]] = defaultdict(dict)
    for mark in played[0].marks("first-look"):
        found[mark.learner][mark.question] = mark
    return found


def points(marks: dict[str, Mark]) -> float:
    return sum(mark.points or 0.0 for mark in marks.values() if mark.kind != "written")


def test_correct_answers_get_full_marks(marks: dict[str, dict[str, Mark]]) -> None:
    for learner in ("ana", "ben", "chloe", "hugo"):
        assert points(marks[learner]) == 14


def test_a_warning_on_stderr_costs_nothing(marks: dict[str, dict[str, Mark]]) -> None:
    assert points(marks["quentin"]) == 14


def test_wrong_answers_get_less_than_partly_right_ones(marks: dict[str, dict[str, Mark]]) -> None:
    assert points(marks["oskar"]) < points(marks["ines"]) < 14


def test_a_blank_submission_is_zero_and_not_ungraded(marks: dict[str, dict[str, Mark]]) -> None:
    assert [mark.points for mark in marks["marco"].values()] == [0.0] * 6


@pytest.mark.parametrize(
    ("learner", "state"), [("sven", "error"), ("tara", "crash"), ("umar", "timeout")]
)
def test_trouble_costs_the_question_where_it_struck_and_no_other(
    marks: dict[str, dict[str, Mark]], learner: str, state: str
) -> None:
    struck = {mark.question: mark.state for mark in marks[learner].values() if mark.points == 0}
    assert struck == {"late-from": state}


def test_a_deleted_test_and_a_duplicated_answer_are_put_right(
    marks: dict[str, dict[str, Mark]], played: tuple[Course, str]
) -> None:
    assert points(marks["vera"]) == points(marks["wei"]) == 14
    fixed = {learner: text for learner, _, text in played[0].repairs("first-look")}
    assert "put back" in fixed["vera"]
    assert "two cells" in fixed["wei"]


def test_a_broken_file_waits_with_its_reason_and_is_not_zero(
    marks: dict[str, dict[str, Mark]], played: tuple[Course, str]
) -> None:
    assert {mark.points for mark in marks["xenia"].values()} == {None}
    assert [row[:2] for row in played[0].triage()] == [("first-look", "xenia")]
    assert "not JSON" in played[0].triage()[0][2]


def test_quizzes_are_answered_in_each_learners_own_variant(played: tuple[Course, str]) -> None:
    def state(learner: str, lesson: str) -> record.State:
        return record.read(played[0].layout.root.parent / "learners" / learner / lesson)

    good, poor = state("ana", "personal-data"), state("oskar", "first-look")
    assert {each.scaled for tries in good.tries.values() for each in tries} == {1, None}
    assert len(good.tries) == 6
    assert {each.scaled for tries in poor.tries.values() for each in tries} == {0, None}
    assert state("ines", "first-look").hints
    seeds = {state(name, "first-look").answers["cells-of-a-table"].seed for name in ("ana", "ben")}
    assert len(seeds - {None}) == 2
    marks = {
        mark.question: mark.points
        for mark in played[0].marks("personal-data")
        if mark.learner == "ana"
    }
    assert marks["just-in-case"] == 1


def test_what_comes_next_is_in_the_order_of_the_course(played: tuple[Course, str]) -> None:
    home = played[0].layout.root.parent / "learners" / "marco"  # who left everything blank
    assert Study.open(home).next().startswith("A first look at a table: 0 of 4 sections done")


def test_own_words_wait_for_a_person_until_one_has_marked_them(
    marks: dict[str, dict[str, Mark]],
) -> None:
    assert marks["ana"]["describe-the-table"].grader == "Maria"
    assert marks["farid"]["describe-the-table"].state == "needs a person"
    assert marks["farid"]["describe-the-table"].points is None


def test_the_last_screen_says_who_needs_a_person_why_and_where_to_look(
    played: tuple[Course, str],
) -> None:
    text = played[1]
    assert "Ana Horvat" in text
    assert "Xenia Papadaki" in text or "xenia" in text
    assert "not JSON" in text
    assert "course status --course" in text
    assert "course lab --course" in text
    assert re.search(
        r"course lab --desk --course .* the grading desk, where [1-9]\d* answers wait", text
    )


def test_what_was_handed_in_is_what_lies_in_submitted(played: tuple[Course, str]) -> None:
    course = played[0]
    for work in course.submissions("first-look"):
        own = course.layout.root.parent / "learners" / work.learner / "first-look"
        for path in own.glob("*.ipynb"):
            assert (work.folder / path.name).read_bytes() == path.read_bytes()
    assert len({digest(work.folder) for work in course.submissions("first-look")}) == 24


def test_no_feedback_page_holds_the_source_of_a_hidden_test(played: tuple[Course, str]) -> None:
    course = played[0]
    tests = (course.layout.autograders / "first-look.py").read_text(encoding="utf-8")
    hidden = [
        line.strip() for block in tests.split("\n\n\n") if "@public" not in block and "def test_" in block
        for line in block.splitlines() if line.strip().startswith(("assert", "pd.testing", "frame", "table"))
    ]  # fmt: skip
    assert hidden
    for page in course.layout.feedback.glob("*/first-look/*.html"):
        text = page.read_text(encoding="utf-8")
        assert [line for line in hidden if line in text] == []


def test_the_autograded_notebooks_name_no_wall_less_than_full(played: tuple[Course, str]) -> None:
    from course.store import attempts

    with played[0].book() as book:
        levels = {row["isolation"] for row in attempts(book).values() if not row["reason"]}
    assert levels <= {"full", "bubblewrap", "landlock"}


def test_grades_as_json_leave_what_is_not_graded_empty(played: tuple[Course, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "course", "grades", "--json", "--course", str(played[0].layout.root)],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    rows = json.loads(done.stdout)
    waiting = [row for row in rows if row["state"] in ("needs a person", "missing", "triage")]
    assert waiting
    assert {row["points"] for row in waiting} == {None}
