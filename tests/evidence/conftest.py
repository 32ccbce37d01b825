"""A small course about safety, with two learners whose work was graded and returned."""

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

import classroom
from safety import CONFIG, COURSE, LESSON, RIGHT, hand_in, respond

from course.model import Learner
from course.term import Course


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the course: ana was wrong once and right in the end, ben never was."""
    root = tmp_path_factory.mktemp("evidence") / "safety"
    (root / "notebooks" / "fire").mkdir(parents=True)
    (root / "course.toml").write_text(COURSE, encoding="utf-8")
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "notebooks" / "fire" / "fire.md").write_text(LESSON, encoding="utf-8")
    classroom.course("release fire", root)
    Course.open(root).enrol([Learner("ana", "Ana", "Novak"), Learner("ben", "Ben", "Kos")])
    for question in RIGHT:
        work = root / "submitted" / "ben" / "fire"
        if not work.exists():
            shutil.copytree(root / "release" / "fire", work)
        wrong = {"exit": "left", "alarm": "the boss", "lift": "yes"}[question]
        respond(work, question, wrong)
    hand_in(
        root,
        "ana",
        [("exit", "left"), ("alarm", "whoever sees the fire"), ("lift", "yes"), ("lift", "no")],
    )
    return root


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """Return a copy of it for one test."""
    shutil.copytree(made, tmp_path / "safety")
    return tmp_path / "safety"


@pytest.fixture
def course(root: Path) -> Course:
    return Course.open(root)
