"""The same judge on a cluster: the same marks, whatever happens to its workers."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from classroom import BIN, DATA, DOUBLE, SQUARE, answer, course, edit, new_course, points

import course as package
from course.errors import Unavailable
from course.grading import cluster, parcel
from course.term import Course

SLOW = "import time\ntime.sleep(0.4)\n"
LEARNERS = [f"learner{number:02}" for number in range(12)]


@contextmanager
def running(workers: int) -> Iterator[tuple[str, list[int]]]:
    """Run a cluster; yields the scheduler's address and the workers' process numbers."""
    words = [sys.executable, str(DATA / "dask_cluster.py"), str(workers)]
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        address, *numbers = process.stdout.readline().split()
        yield address, [int(number) for number in numbers]
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a course where twelve learners have handed in, every third of them wrong."""
    root = new_course(tmp_path_factory.mktemp("cluster") / "course")
    for number, learner in enumerate(LEARNERS):
        home = root / "submitted" / learner
        shutil.copytree(root / "release" / "welcome", home / "welcome")
        answer(home, code=SLOW + (SQUARE if number % 3 == 0 else DOUBLE))
    edit(
        root / "submitted" / LEARNERS[-1] / "welcome" / "welcome.ipynb", {"double-answer": "1 / 0"}
    )
    return root


@pytest.fixture(scope="module")
def here(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], float | None]:
    """Return the points that this machine alone gives."""
    copy = tmp_path_factory.mktemp("here") / "course"
    shutil.copytree(place, copy)
    course("autograde welcome", copy)
    return points(copy)


def events(root: Path) -> Counter[tuple[str, str]]:
    with closing(sqlite3.connect(root / "gradebook.db")) as book:
        rows = book.execute("SELECT learner, question FROM course_ledger WHERE action = 'graded'")
        return Counter(rows.fetchall())


@pytest.mark.thorough
def test_a_worker_killed_half_way_costs_nothing(
    place: Path, here: dict[tuple[str, str], float | None]
) -> None:
    with running(2) as (address, workers):
        words = ["autograde", "welcome", "--backend", "dask", "--scheduler", address]
        grader = subprocess.Popen(
            [str(BIN / "course"), *words], cwd=place, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )  # fmt: skip
        deadline = time.monotonic() + 120
        while len({learner for learner, _ in events(place)}) < len(LEARNERS) // 3:
            assert time.monotonic() < deadline
            assert grader.poll() is None, grader.communicate()
            time.sleep(0.02)
        os.kill(workers[0], signal.SIGKILL)
        out, err = grader.communicate(timeout=120)
    assert grader.returncode == 0, err
    assert out == "welcome: 12 graded, 0 unchanged, 12 wait for a person, 0 could not be graded\n"
    assert points(place) == here
    assert set(events(place).values()) == {1}
    notebooks = [place / "autograded" / each / "welcome" / "welcome.ipynb" for each in LEARNERS]
    assert all(json.loads(each.read_text(encoding="utf-8"))["cells"] for each in notebooks)
    with closing(sqlite3.connect(place / "gradebook.db")) as book:
        levels = {level for (level,) in book.execute("SELECT isolation FROM course_attempt")}
    assert levels == {"full"}


@pytest.mark.thorough
def test_changed_tests_are_the_ones_that_judge_next(place: Path, tmp_path: Path) -> None:
    root = shutil.copytree(place, tmp_path / "course")
    tests = root / "autograders" / "welcome.py"
    with running(1) as (address, _):
        command = f"autograde welcome --backend dask --scheduler {address}"
        course(command, root)
        before = points(root)
        tests.write_text(
            tests.read_text(encoding="utf-8").replace("double(", "abs("), encoding="utf-8"
        )
        said = course(command, root)
    assert "12 graded, 0 unchanged" in said.out
    assert points(root) != before


def test_where_no_scheduler_is(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "WAIT_SECONDS", 1)
    said = course("autograde welcome --backend dask --scheduler tcp://127.0.0.1:9", place, code=1)
    assert "tcp://127.0.0.1:9: Dask's scheduler can't be reached" in said.err
    assert "expected: an address as the scheduler says it" in said.err


def test_where_dask_is_not_installed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    said = course("autograde welcome --backend dask --scheduler tcp://127.0.0.1:9", place, code=1)
    assert "Dask is not installed" in said.err
    assert "pip install 'jupyter-course[dask]'" in said.err


@pytest.mark.parametrize("options", ["--backend dask", "--scheduler tcp://127.0.0.1:9"])
def test_backend_and_scheduler_belong_together(place: Path, options: str) -> None:
    said = course(f"autograde welcome {options}", place, code=2)
    assert "--backend dask and --scheduler ADDRESS belong together" in said.err


@pytest.mark.thorough
def test_a_worker_of_another_version_refuses(place: Path) -> None:
    opened = Course.open(place)
    lesson, work = opened.prepare("welcome"), opened.submissions("welcome")[0]
    result = cluster.judge("0.0.1", parcel.lesson(lesson), parcel.work(work), walls=True)
    assert isinstance(result, Unavailable)
    assert (result.expected, result.found) == ("0.0.1", package.__version__)


@pytest.mark.thorough
def test_tests_that_can_not_be_read_are_the_trainers_to_mend(place: Path, tmp_path: Path) -> None:
    (tmp_path / "welcome.py").write_text("import nowhere\n")
    opened = Course.open(place)
    lesson = replace(opened.prepare("welcome"), tests=tmp_path / "welcome.py", fingerprint="other")
    work = parcel.work(opened.submissions("welcome")[0])
    for _ in range(2):
        result = cluster.judge(package.__version__, parcel.lesson(lesson), work, walls=True)
        assert "No module named 'nowhere'" in str(result)
