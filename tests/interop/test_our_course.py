"""nbgrader's own commands, API and formgrader on a course of ours, before and after our commands."""

import csv
import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import classroom
import nbgrader.api
import pytest
from classroom import SQUARE, answer, course, join, points
from classroom import nbgrader as nb
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

pytestmark = pytest.mark.thorough

RIGHT = {"how-to-run": 1.0, "double": 3.0, "wish": 2.0}


@contextmanager
def gradebook(folder: Path) -> Iterator[Any]:
    """Open nbgrader's gradebook of a course as the formgrader does."""
    with (
        warnings.catch_warnings(),
        nbgrader.api.Gradebook(f"sqlite:///{folder}/gradebook.db") as book,
    ):
        warnings.filterwarnings("ignore", module="sqlalchemy|nbgrader")
        yield book


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that went round once: Ana has all right, Ben little, and both have feedback."""
    folder = classroom.new_course(tmp_path_factory.mktemp("term") / "our")
    for learner in ("ana", "ben"):
        home = join(folder, learner)
        if learner == "ana":
            answer(home)
        else:
            answer(home, code=SQUARE, key="Escape")
        course("submit welcome", home)
    course("collect welcome", folder)
    course("autograde welcome", folder)
    course("mark welcome ana wish --points 2 --comment Good.", folder)
    course("mark welcome ben wish --points 0.5", folder)
    course("return welcome", folder)
    return folder


def expected() -> dict[tuple[str, str], float | None]:
    """What the term above must have come to: Ben's square gives 4 for 2, as the public test asks."""
    ana = {("ana", question): score for question, score in RIGHT.items()}
    return {**ana, ("ben", "how-to-run"): 0.0, ("ben", "double"): 1.0, ("ben", "wish"): 0.5}


def test_the_term_came_to_what_was_answered(term: Path) -> None:
    assert points(term) == expected()


def test_nbgrader_exports_our_scores(term: Path, tmp_path: Path) -> None:
    nb(f"export --to={tmp_path}/grades.csv", term)

    with (tmp_path / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {learner: float(row["score"]) for learner, row in rows.items()} == {"ana": 6, "ben": 1.5}
    assert {float(row["max_score"]) for row in rows.values()} == {6}


def test_nbgraders_api_sees_the_term_as_the_formgrader_shows_it(
    term: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(term)
    config = Config()
    config.merge(PyFileConfigLoader("nbgrader_config.py", str(term)).load_config())
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="sqlalchemy|nbgrader")
        api = NbGraderAPI(CourseDirectory(config=config), config=config)
        (lesson,) = api.get_assignments()
        people = {person["id"]: person for person in api.get_students()}
        work = {each["student"]: each for each in api.get_submissions("welcome")}
        (notebook,) = api.get_notebooks("welcome")
        books = api.get_notebook_submissions("welcome", "welcome")

    assert (lesson["name"], lesson["status"]) == ("welcome", "released")
    assert (lesson["num_submissions"], lesson["max_score"]) == (2, 6)
    assert (notebook["max_score"], notebook["average_score"]) == (6, 3.75)
    assert {learner: each["score"] for learner, each in people.items()} == {"ana": 6, "ben": 1.5}
    assert {learner: each["autograded"] for learner, each in work.items()} == {
        "ana": True,
        "ben": True,
    }
    assert not any(each["needs_manual_grade"] for each in work.values())
    assert {each["student"]: each["score"] for each in books} == {"ana": 6, "ben": 1.5}


def test_a_mark_of_the_formgrader_is_ours_at_once_and_ours_is_the_formgraders(
    term: Path, tmp_path: Path
) -> None:
    folder = classroom.copy(term, tmp_path / "our")
    with gradebook(folder) as book:
        grade = book.find_grade("wish", "welcome", "welcome", "ana")
        assert (grade.manual_score, grade.needs_manual_grade) == (2, False)
        assert book.find_comment("wish", "welcome", "welcome", "ana").manual_comment == "Good."
        grade.manual_score, grade.needs_manual_grade = 1.25, False
        book.find_comment(
            "wish", "welcome", "welcome", "ana"
        ).manual_comment = "From the formgrader"
        book.find_grade("double", "welcome", "welcome", "ben").manual_score = 2
        book.db.commit()

    assert points(folder)["ana", "wish"] == 1.25
    assert points(folder)["ben", "double"] == 2
    assert "ana" in course("return welcome", folder).out
    page = (folder / "feedback" / "ana" / "welcome" / "welcome.html").read_text(encoding="utf-8")
    assert "From the formgrader" in page

    course("mark welcome ana wish --points 1.75", folder)
    with gradebook(folder) as book:
        assert book.find_grade("wish", "welcome", "welcome", "ana").manual_score == 1.75
        assert book.find_submission("welcome", "ana").score == 5.75


@pytest.mark.thorough
def test_autograding_again_with_nbgrader_keeps_what_only_we_can_judge(
    term: Path, tmp_path: Path
) -> None:
    folder = classroom.copy(term, tmp_path / "our")

    nb("autograde welcome --force", folder)

    assert points(folder) == expected()
    with gradebook(folder) as book:
        assert book.find_grade("how-to-run", "welcome", "welcome", "ben").auto_score == 0
        assert book.find_grade("double", "welcome", "welcome", "ben").auto_score == 1
        assert book.find_submission("welcome", "ben").score == 1.5


def test_nbgrader_lists_and_collects_in_our_course(term: Path, tmp_path: Path) -> None:
    folder = classroom.copy(term, tmp_path / "our")
    assert "our welcome" in nb("list", folder).err
    cleo = join(folder, "cleo")
    answer(cleo, code=SQUARE)
    course("submit welcome", cleo)

    nb("collect welcome --update", folder)

    assert classroom.tree(folder / "submitted" / "cleo" / "welcome").keys() >= {
        "welcome.ipynb", "record.jsonl", "timestamp.txt"}  # fmt: skip
    assert course("collect welcome", folder).out.startswith("welcome: 0 new or changed")


@pytest.mark.thorough
def test_nbgrader_makes_its_own_feedback_in_our_course_only_when_forced(
    term: Path, tmp_path: Path
) -> None:
    folder = classroom.copy(term, tmp_path / "our")
    page = folder / "feedback" / "ben" / "welcome" / "welcome.html"
    ours = page.read_bytes()

    nb("generate_feedback welcome", folder)
    assert page.read_bytes() == ours

    nb("generate_feedback welcome --student ben --force", folder)
    theirs = page.read_text(encoding="utf-8")
    assert "(Score: 1.0 / 3.0)" in theirs
    assert "(Score: 1.5 / 6.0)" in theirs


@pytest.mark.thorough
def test_nbgrader_releases_and_learners_hand_in_with_nbgrader_and_we_grade(tmp_path: Path) -> None:
    folder, home = tmp_path / "our", tmp_path / "ana"
    course("new our --title Small", tmp_path)
    nb("generate_assignment welcome", folder)
    nb("release_assignment welcome", folder)
    home.mkdir()
    course("join ../our --as ana", home)
    nb("fetch_assignment welcome", home)
    released = json.loads((home / "welcome" / "welcome.ipynb").read_text(encoding="utf-8"))
    assert 'course.quiz("how-to-run")' in ["".join(cell["source"]) for cell in released["cells"]]
    answer(home)
    nb("submit welcome", home)

    assert "1 new or changed (ana)" in course("collect welcome", folder).out
    course("autograde welcome", folder)
    assert points(folder) == {("ana", "how-to-run"): 1, ("ana", "double"): 3, ("ana", "wish"): None}
    course("mark welcome ana wish --points 2", folder)
    course("return welcome", folder)

    nb("fetch_feedback welcome", home)
    (page,) = (home / "welcome" / "feedback").glob("*/*.html")
    assert (
        page.read_bytes() == (folder / "feedback" / "ana" / "welcome" / "welcome.html").read_bytes()
    )
