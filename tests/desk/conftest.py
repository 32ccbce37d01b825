"""A small course whose learners' work was graded, in SQLite and in PostgreSQL, with desks at it."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

import classroom
import postgres

from course.desk import Desk
from course.model import Learner
from course.review.rubric import Item, Rubric
from course.store.asked import Asked
from course.store.database import Gradebook
from course.term import Course

LEARNERS = {"ana": "red", "ben": "red", "cleo": "blue", "dan": "blue", "fay": "blue"}
BROKEN = "gus"
NUMBERS = count()

Seats = Callable[..., Desk]


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course with five graded submissions and one on the triage list."""
    folder = tmp_path_factory.mktemp("graded") / "small"
    classroom.course("new small --title Small", folder.parent)
    classroom.course("release welcome", folder)
    for learner in LEARNERS:
        work = folder / "submitted" / learner / "welcome"
        shutil.copytree(folder / "release" / "welcome", work)
        classroom.answer(work.parent, wish=f"I am {learner}.")
        (work / "timestamp.txt").write_text("2026-01-30 10:00:00.000000 UTC")
    broken = folder / "submitted" / BROKEN / "welcome"
    broken.mkdir(parents=True)
    (broken / "welcome.ipynb").write_text("half a noteb")
    classroom.course("autograde welcome", folder, code=3)
    Course.open(folder).enrol([Learner(who, group=group) for who, group in LEARNERS.items()])
    return folder


@pytest.fixture(scope="session")
def copied(server: str, graded: Path) -> str:
    """Return the name of a PostgreSQL database with the same gradebook, to be copied from."""
    made = postgres.make(server, "graded")
    Gradebook(made, "small").close()
    postgres.copy(f"sqlite:///{graded / 'gradebook.db'}", made)
    return "graded"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)])
def root(request: pytest.FixtureRequest, graded: Path, tmp_path: Path) -> Path:
    """Return a copy of the course for one test."""
    folder = tmp_path / "small"
    shutil.copytree(graded, folder)
    if request.param == "postgresql":
        copied, server = request.getfixturevalue("copied"), request.getfixturevalue("server")
        address = postgres.make(server, f"copy{next(NUMBERS)}", copied)
        (folder / "gradebook.db").unlink()
        with (folder / "nbgrader_config.py").open("a") as config:
            config.write(f'\nc.CourseDirectory.db_url = "{address}"\n')
    return folder


@pytest.fixture
def course(root: Path) -> Course:
    return Course.open(root)


@pytest.fixture
def seats(course: Course) -> Iterator[Seats]:
    """Return a function that gives a grader a desk of their own."""
    with ExitStack() as stack:
        yield lambda grader="grace": stack.enter_context(Desk(course, grader))


@pytest.fixture
def desk(seats: Seats) -> Desk:
    return seats()


@pytest.fixture
def wish(desk: Desk) -> Asked:
    """Return the question in own words, which has a rubric of two items."""
    question = desk.question("welcome", "welcome", "wish")
    rubric = Rubric((Item("aim", 1.0, "says what for"), Item("why", 1.0, "says why")))
    desk.edit_rubric(question, rubric, 0, apply=True)
    return question
