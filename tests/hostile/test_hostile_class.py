"""A class with forty honest learners, and everybody who means harm, graded in one batch.

Each folder here is a submission, in a folder named by the outcome of the question that it attacks;
the first cell of its notebook says what it tries. `points.toml` says what each earns. What is too
large or too odd for a repository is made below.
"""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classroom
import pytest
from classroom import course, digest

from course.lesson import record
from course.sandbox.probe import probe

pytestmark = pytest.mark.thorough

HERE = Path(__file__).parent
QUESTIONS = ("total", "table", "mean", "which-mean")
FULL = (4, 3, 2, 1)

# what a submission says where it needs to know the course's place, or a port where somebody listens
COURSE, PORT = b"/where/the/course/is", b"4711"

CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # but not tabs and ends of lines

HONEST = {
    "all right": ({}, (4, 3, 2, 1)),
    "starts at one": (
        {"total-answer": "def total(numbers):\n    return sum(numbers[1:], start=1)"}, (1, 3, 2, 1),
    ),
    "the product": (
        {"total-answer": "import math\n\ndef total(numbers):\n    return math.prod(numbers)"}, (0, 3, 2, 1),
    ),
    "sorted": ({"table-answer": "table = pd.read_csv('prices.csv').sort_values('price')"}, (4, 0, 2, 1)),
    "the median": (
        {"mean-answer": "def mean(numbers):\n    return sorted(numbers)[len(numbers) // 2]"}, (4, 3, 0, 1),
    ),
    "nothing done": (dict.fromkeys(("total-answer", "table-answer", "mean-answer"), ""), (0, 0, 0, 1)),
    "a typing error": ({"total-answer": "def total(numbers)\n    return sum(numbers)"}, (0, 3, 2, 1)),
    "the wrong option": ({"which-mean": "b"}, (4, 3, 2, 0)),
}  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """One hostile submission, and what must be true of it afterwards."""

    outcome: str
    attacks: str = "total"
    points: tuple[float | None, ...] = (None,) * len(QUESTIONS)
    make: Callable[[Path, dict[str, Any]], None] | None = None


def written_down() -> dict[str, Hostile]:
    known = tomllib.loads((HERE / "points.toml").read_text(encoding="utf-8"))
    found = {}
    for folder in sorted(HERE.glob("*/*/")):
        outcome = folder.parent.name
        if outcome not in ("lesson", "__pycache__"):
            about = known.get(outcome, {}).get(folder.name, {})
            found[folder.name] = Hostile(outcome.replace("-", " "), **about)
    return found


# -- what is too large, or no file for a repository ------------------------------------------------

MADE: dict[str, Hostile] = {}


def made(
    outcome: str, *points: float
) -> Callable[[Callable[[Path, dict[str, Any]], None]], Callable[[Path, dict[str, Any]], None]]:
    """Add one submission, made from a right one, in its folder, by the function decorated."""

    def add(make: Callable[[Path, dict[str, Any]], None]) -> Callable[[Path, dict[str, Any]], None]:
        name = make.__name__.replace("_", "-")
        MADE[name] = Hostile(outcome, "total", points or (None,) * len(QUESTIONS), make)
        return make

    return add


def put_in(folder: Path, node: dict[str, Any], sources: list[str], place: int = 2) -> None:
    cells = [
        {
            "cell_type": "code", "id": f"c{number}", "metadata": {}, "outputs": [],
            "execution_count": None, "source": source,
        }
        for number, source in enumerate(sources)
    ]  # fmt: skip
    node["cells"][place:place] = cells
    (folder / "sums.ipynb").write_text(json.dumps(node), encoding="utf-8")


@made("triage")
def hundred_thousand_cells(folder: Path, node: dict[str, Any]) -> None:
    put_in(folder, node, ["1"] * 100_000)


@made("timeout", 0, 0, 0, 1)
def thousands_of_crashes(folder: Path, node: dict[str, Any]) -> None:
    put_in(folder, node, ["import os; os._exit(0)"] * 2_000)


@made("passed", *FULL)
def loud_cells(folder: Path, node: dict[str, Any]) -> None:
    put_in(folder, node, ["print('3' * 2_000_000)"] * 14, place=len(node["cells"]))


@made("triage")
def gigantic_notebook(folder: Path, _node: dict[str, Any]) -> None:
    with (folder / "sums.ipynb").open("wb") as file:
        file.truncate(300_000_000)


@made("triage")
def gigantic_companion(folder: Path, _node: dict[str, Any]) -> None:
    with (folder / "prices.bin").open("wb") as file:
        file.truncate(600_000_000)


@made("triage")
def pipe_for_a_notebook(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "sums.ipynb").unlink()
    os.mkfifo(folder / "sums.ipynb")


@made("triage")
def folder_for_a_notebook(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "sums.ipynb").rename(folder / "other.txt")
    (folder / "sums.ipynb").mkdir()


@made("triage")
def ten_thousand_files(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "many").mkdir()
    for number in range(10_000):
        (folder / "many" / f"{number}").touch()


@made("triage")
def folders_in_folders(folder: Path, _node: dict[str, Any]) -> None:
    for number in range(2_500):  # more of them than a room holds, in few files
        place = folder.joinpath(*f"{number}a/b/c/d/e/f/g/h".split("/"))
        place.mkdir(parents=True)
        (place / "file").touch()


@made("triage")
def longest_name(folder: Path, _node: dict[str, Any]) -> None:
    place = folder.joinpath(*["x" * 200] * 15)  # there is none left for the folder of a copy
    place.mkdir(parents=True)
    name = "y" * (os.pathconf(folder, "PC_PATH_MAX") - len(str(place)) - 2)
    (place / name[:200]).touch()


@made("passed", *FULL)
def pipes_and_odd_names(folder: Path, _node: dict[str, Any]) -> None:
    os.mkfifo(folder / "pipe.csv")
    for name in (b"\xff\xfe.csv", b"new\nline.csv", b"\x1b[2J.csv", b"-rf", b"\xff/x"):
        path = folder / os.fsdecode(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text("a,b\n")


HOSTILE = {**written_down(), **MADE}
UNGRADED = [name for name, each in HOSTILE.items() if each.outcome == "triage"]


# -- the class -------------------------------------------------------------------------------------


@dataclass
class Listeners:
    """Everything of this machine that a notebook might call."""

    tcp: socket.socket
    udp: socket.socket
    abstract: socket.socket

    @property
    def port(self) -> int:
        return int(self.tcp.getsockname()[1])

    def heard(self) -> list[str]:
        """Return which of them heard anything."""
        found = []
        for name, listener in vars(self).items():
            listener.settimeout(0)
            try:
                listener.recvfrom(100) if name == "udp" else listener.accept()
                found.append(name)
            except BlockingIOError:
                continue
        return found

    def close(self) -> None:
        for listener in vars(self).values():
            listener.close()


def listen(folder: Path) -> Listeners:
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", tcp.getsockname()[1]))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0{folder}")
    abstract.listen()
    return Listeners(tcp, udp, abstract)


# runs a command, and then tells the processes that it left behind
KEEP = """
import os, subprocess, sys, time
from course.sandbox import linux
linux.adopt_orphans()
code = subprocess.run(sys.argv[1:]).returncode
end, left = time.monotonic() + 5, True
while left and time.monotonic() < end:
    time.sleep(0.01)
    try:
        left = os.waitpid(-1, os.WNOHANG) is not None
    except ChildProcessError:
        left = False
if left:
    print("left behind: a process")
sys.exit(code)
"""


@dataclass(frozen=True)
class Batch:
    """The whole class, graded once."""

    folder: Path
    before: dict[str, bytes]
    after: dict[str, bytes]
    said: str
    heard: list[str]
    marks: dict[tuple[str, str], tuple[float | None, str]]

    def points(self, learner: str) -> tuple[float | None, ...]:
        return tuple(self.marks[learner, question][0] for question in QUESTIONS)


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Batch]:
    folder = tmp_path_factory.mktemp("hostile") / "course"
    shutil.copytree(HERE / "lesson", folder)
    (folder / "key.txt").write_text("the answer is 42")
    course("release sums", folder)
    listeners = listen(folder)
    for name, (answers, _) in honest().items():
        hand_in_honest(folder, name, answers)
    for name, hostile in HOSTILE.items():
        hand_in_hostile(folder, name, hostile, listeners.port)
    before = outside(folder)
    done = subprocess.run(
        [sys.executable, "-c", KEEP, sys.executable, "-m", "course", "autograde", "sums", "--jobs", "2"],
        cwd=folder, check=False, timeout=300, capture_output=True, text=True,
        env=classroom.environment(folder.parent / "home"),
    )  # fmt: skip
    assert done.returncode == 3, done.stdout + done.stderr
    rows = json.loads(course("grades --json", folder).out)
    marks = {(row["learner"], row["question"]): (row["points"], row["state"]) for row in rows}
    said, after = done.stdout + done.stderr, outside(folder)
    course("return sums", folder)
    yield Batch(folder, before, after, said, listeners.heard(), marks)
    listeners.close()


def honest() -> dict[str, tuple[dict[str, str], tuple[float, ...]]]:
    kinds = list(HONEST.values())
    return {f"honest-{number:02}": kinds[number % len(kinds)] for number in range(40)}


def hand_in_honest(folder: Path, name: str, answers: dict[str, str]) -> Path:
    place = folder / "submitted" / name / "sums"
    shutil.copytree(folder / "release" / "sums", place)
    right = {
        "total-answer": "def total(numbers):\n    return sum(numbers)",
        "table-answer": "table = pd.read_csv('prices.csv')",
        "mean-answer": "def mean(numbers):\n    return sum(numbers) / len(numbers)",
    }
    code = {key: text for key, text in answers.items() if key in right}
    classroom.edit(place / "sums.ipynb", right | code)
    answer_quiz(place, answers.get("which-mean", "a"))
    return place


def answer_quiz(place: Path, option: str) -> None:
    record.append(place, "answered", "which-mean", {"response": [option]})


def hand_in_hostile(folder: Path, name: str, hostile: Hostile, port: int) -> None:
    if hostile.make is not None:
        place = hand_in_honest(folder, name, {})
        hostile.make(place, json.loads((place / "sums.ipynb").read_text(encoding="utf-8")))
        return
    place = folder / "submitted" / name / "sums"
    shutil.copytree(HERE / hostile.outcome.replace(" ", "-") / name, place, symlinks=True)
    for path in place.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes().replace(COURSE, str(folder).encode())
            path.write_bytes(content.replace(PORT, str(port).encode()))
    if not (place / record.NAME).exists():
        answer_quiz(place, "a")


def outside(folder: Path) -> dict[str, bytes]:
    """Return what stands for every file of the course that grading must not touch."""
    ours = ("autograded", "gradebook.db", ".course")
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if not name.startswith(ours):
            content = b""
            if path.is_symlink():
                content = os.fsencode(path.readlink())
            elif path.is_file() and path.stat().st_size < 1 << 30:
                content = digest(path.read_bytes())
            found[name] = content + str(path.lstat().st_mode).encode()
    return found


# -- what must be true afterwards ------------------------------------------------------------------


@pytest.mark.parametrize("name", honest())
def test_an_honest_learner_gets_the_points_that_are_due(batch: Batch, name: str) -> None:
    assert batch.points(name) == honest()[name][1]


@pytest.mark.parametrize(
    "name", [pytest.param(n, id=f"{h.outcome}/{n}") for n, h in HOSTILE.items() if n not in UNGRADED]
)  # fmt: skip
def test_a_hostile_learner_gains_nothing(batch: Batch, name: str) -> None:
    hostile = HOSTILE[name]
    assert batch.points(name) == tuple(hostile.points)
    assert batch.marks[name, hostile.attacks][1] == hostile.outcome


@pytest.mark.parametrize("name", UNGRADED)
def test_what_can_not_be_graded_waits_for_a_person(batch: Batch, name: str) -> None:
    assert batch.points(name) == (None,) * len(QUESTIONS)
    assert f"\n  {name}: " in batch.said
    assert "died on it" not in batch.said.partition(f"\n  {name}: ")[2].partition("\n")[0]


def test_who_attacks_a_question_and_is_honest_elsewhere_keeps_those_marks_only() -> None:
    for name, hostile in HOSTILE.items():
        if name not in UNGRADED and hostile.outcome != "passed":
            assert hostile.points[QUESTIONS.index(hostile.attacks)] == 0, name


def test_every_expectation_belongs_to_a_submission() -> None:
    known = tomllib.loads((HERE / "points.toml").read_text(encoding="utf-8"))
    named = {(outcome, name) for outcome, names in known.items() for name in names}
    there = {(folder.parent.name, folder.name) for folder in HERE.glob("*/*/")}
    assert named <= there
    assert len(HOSTILE) >= 40


def test_nobody_chose_weaker_walls(batch: Batch) -> None:
    with closing(sqlite3.connect(batch.folder / "gradebook.db")) as book:
        rows = book.execute("SELECT isolation FROM course_attempt WHERE state = 'graded'")
        assert {level for (level,) in rows} == {probed()}


def probed() -> str:
    """Return the strongest walls that this machine offers."""
    return next(level.name for level in probe() if level.works)


def test_nothing_outside_the_sandbox_changed(batch: Batch) -> None:
    assert batch.after == batch.before


def test_a_payload_reaches_no_page_and_no_terminal_alive(batch: Batch) -> None:
    said = [course(command, batch.folder).out for command in ("grades", "status", "triage")]
    pages = {
        path.parts[-3]: path.read_text(encoding="utf-8")
        for path in batch.folder.glob("feedback/*/*/*.html")
    }

    assert pages.keys() >= {name for name in HOSTILE if name.startswith("payload")}
    assert "alert(1)" in pages["payload-in-a-cells-error"]  # it is there, as text
    for text in (*pages.values(), *said, batch.said):
        assert not CONTROLS.search(text)
    for page in pages.values():
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_no_page_tells_what_a_hidden_test_handed_over(batch: Batch) -> None:
    handed = re.compile(r"40, ?2\b|5, ?37|50, ?-8")  # in autograders/sums.py
    pages = {path.parts[-3]: path.read_text() for path in batch.folder.glob("feedback/*/*/*.html")}

    assert pages.keys() >= {
        name for name in HOSTILE if name.startswith(("tells", "names", "returns"))
    }
    assert [name for name, page in pages.items() if handed.search(page)] == []
    with closing(sqlite3.connect(batch.folder / "gradebook.db")) as book:  # a grader reads it all
        told = dict(
            book.execute("SELECT learner, notes FROM course_verdict WHERE question = 'total'")
        )
    assert handed.search(told["tells-its-arguments"])


def test_output_without_measure_is_not_kept(batch: Batch) -> None:
    for path in batch.folder.glob("autograded/*/*/*.ipynb"):
        assert path.stat().st_size < 25_000_000


def test_no_process_is_left(batch: Batch) -> None:
    assert "left behind" not in batch.said


def test_nobody_outside_was_told_anything(batch: Batch) -> None:
    assert batch.heard == []
