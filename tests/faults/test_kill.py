"""kill -9 at any moment, then the same command again: as if nothing had happened."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classroom
import pytest
from classroom import DOUBLE, SQUARE, answer, course, join, tree

LEARNERS = ("ana", "ben", "cleo")
MARKS = "learner,question,points,comment\nana,wish,2,Good.\nben,wish,1,\ncleo,double,0.5,By hand.\n"


class Launcher:
    """Starts commands in processes of their own; see `tests/data/launcher.py`."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.process = subprocess.Popen(
            [sys.executable, str(classroom.DATA / "launcher.py"), str(log.parent)], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, order: dict[str, Any]) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, command: str, folder: Path) -> int:
        return self.ask({"run": command.split(), "cwd": str(folder), "log": str(self.log)})

    def run(self, command: str, folder: Path) -> float:
        """Run a command undisturbed; returns how long it took."""
        begin = time.monotonic()
        code = self.ask({"wait": self.start(command, folder)})
        assert code == 0, f"course {command}: {code}\n{self.log.read_text()}"
        return time.monotonic() - begin

    def kill(self, command: str, folder: Path, after: float) -> bool:
        """Run a command and kill all its processes; returns whether it was still running."""
        process = self.start(command, folder)
        time.sleep(after)
        family = descendants(process)
        with suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        killed = self.ask({"wait": process}) == -signal.SIGKILL
        deadline = time.monotonic() + 10
        while left := [each for each in family if each in processes().values()]:
            assert time.monotonic() < deadline, f"still running: {left}"
            time.sleep(0.02)
        return killed

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


@dataclass(frozen=True)
class Process:
    """A process that can't be mistaken for a later one of the same number."""

    number: int
    parent: int
    begun: str


def processes() -> dict[int, Process]:
    """Return the processes that run now; those that are dead and only wait for a parent left out."""
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                if fields[0] not in "ZX":
                    found[int(folder.name)] = Process(int(folder.name), int(fields[1]), fields[19])
    return found


def descendants(process: int) -> list[Process]:
    """Return a process's children, their children, and so on."""
    running = processes()
    family, todo = [], [process]
    while todo:
        parent = todo.pop()
        children = [each for each in running.values() if each.parent == parent]
        family += children
        todo += [each.number for each in children]
    return family


@dataclass(frozen=True)
class Class:
    """A class in one place, put back to the beginning of any step.

    Attributes:
        place: where it always lies, for the learners' files name it.
        before: the copies to begin each step from.
    """

    place: Path
    before: Path
    launcher: Launcher

    def keep(self, step: str) -> None:
        shutil.copytree(self.place, self.before / step)

    def begin(self, step: str) -> None:
        shutil.rmtree(self.place)
        shutil.copytree(self.before / step, self.place)


@pytest.fixture(scope="module")
def klass(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Three learners; before each step, the class as it was then."""
    tmp = tmp_path_factory.mktemp("class")
    made = Class(tmp / "place", tmp / "before", Launcher(tmp / "log.txt"))
    made.place.mkdir()
    our = made.place / "our"
    course("new our --title Small", made.place)
    made.keep("release")
    course("release welcome", our)
    course("learners add ana", our)
    for learner, code in zip(
        LEARNERS, (SQUARE, SQUARE, "def double(number):\n    oops\n"), strict=True
    ):
        answer(join(our, learner), code)
        course("submit welcome", made.place / learner)
    course("collect welcome", our)
    for learner, key in (("ana", "Shift+Enter"), ("ben", "Escape")):
        answer(made.place / learner, DOUBLE, key=key)
    course("submit welcome", made.place / "ben")
    made.keep("submit")
    course("submit welcome", made.place / "ana")
    made.keep("collect")
    course("collect welcome", our)
    made.keep("autograde")
    made.launcher.run("autograde welcome --jobs 2", our)
    (our / "marks.csv").write_text(MARKS)
    made.keep("mark")
    yield made
    made.launcher.close()


def gradebook(our: Path) -> dict[str, Any]:
    """Return every row of the gradebook without keys and times."""
    path = our / "gradebook.db"
    if not path.exists():
        return {}
    vague = {"id", "at", "graded_at", "submitted_at", "timestamp", "row", "start", "version_num"}
    with sqlite3.connect(path) as book:
        assert book.execute("pragma integrity_check").fetchall() == [("ok",)]
        tables = [
            row[0] for row in book.execute("select name from sqlite_master where type = 'table'")
        ]
        found = {}
        for table in tables:
            names = [row[1] for row in book.execute(f"pragma table_info({table})")]
            kept = [f'"{name}"' for name in names if name not in vague and not name.endswith("_id")]
            rows = book.execute(f"select {', '.join(kept) or 'count(*)'} from {table}").fetchall()  # noqa: S608
            found[table] = sorted(map(repr, rows)) if table != "course_ledger" else sorted(
                repr(row) for row in book.execute("select actor, action, learner, question, before, after from course_ledger"))  # fmt: skip
    book.close()
    return found


def visible(folder: Path) -> dict[str, bytes]:
    """Return the files that anybody sees: hidden ones, secrets and times of handing in left out."""
    return {
        name: content for name, content in tree(folder).items()
        if not any(part.startswith(".") for part in Path(name).parts)
        and not name.endswith(("timestamp.txt", "submission_secret.txt")) and "gradebook.db" not in name
        and "/inbound/" not in name
    }  # fmt: skip


def handed_in(our: Path) -> dict[str, list[set[str]]]:
    """Return the names of the files of every submission on the exchange, by learner."""
    found: dict[str, list[set[str]]] = {}
    for folder in (our / "exchange" / "our" / "inbound").glob("[!.]*"):
        found.setdefault(folder.name.split("+")[0], []).append(set(tree(folder)))
    return found


def everything(place: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    return visible(place), gradebook(place / "our")


WHOLE = {"welcome.ipynb", "lesson.json", "record.jsonl", "timestamp.txt", "submission_secret.txt"}


def check_nothing_is_half(klass: Class, step: str, after: dict[str, bytes]) -> None:
    """Every lesson's folder that is seen is as it was before the step, or as it is after it."""
    before = visible(klass.before / step)
    now = visible(klass.place)
    for content in (now, before, after):
        content.pop("our/grades.csv", None)
    lessons = {str(Path(name).parent) for name in now}
    for lesson in lessons:
        seen, was, will = (
            {n: c for n, c in files.items() if str(Path(n).parent) == lesson} for files in (now, before, after)
        )  # fmt: skip
        assert seen in (was, will), f"{lesson} is half-written: {sorted(seen)}"
    for submissions in handed_in(klass.place / "our").values():
        assert all(files == WHOLE for files in submissions)
    book = gradebook(klass.place / "our")
    if step == "mark":
        assert len(book["course_manual"]) in (0, 3), "marks of one file are written all or none"
    if step == "autograde":
        assert len(book["course_verdict"]) % 3 == 0, "a submission's marks are written all or none"
        assert len(book["course_verdict"]) == 3 * len(book["course_attempt"])


def points_in_time(duration: float, how_many: int, seed: str) -> list[float]:
    """Return moments spread over a duration; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311
    return [duration * (number + chance.random()) / how_many for number in range(how_many)]


def play(
    klass: Class, step: str, command: str, who: str = "our", kills: int = 12, in_a_row: int = 1
) -> None:
    """Run a step undisturbed, then killed at many moments, each time done again to the end.

    Args:
        in_a_row: how many kills meet the same class before the command may end.
    """
    klass.begin(step)
    duration = klass.launcher.run(command, klass.place / who)
    expected = everything(klass.place)
    moments = points_in_time(duration, kills, step)
    random.Random(step).shuffle(moments)  # noqa: S311
    for number, moment in enumerate(moments):
        if number % in_a_row == 0:
            klass.begin(step)
        while not klass.launcher.kill(command, klass.place / who, moment):
            klass.begin(step)  # it was done before; the machine is quicker than it was
            moment /= 2  # noqa: PLW2901
        check_nothing_is_half(klass, step, expected[0])
        if number % in_a_row == in_a_row - 1:
            klass.launcher.run(command, klass.place / who)
            assert everything(klass.place) == expected, f"killed after {moment:.3f} s"
            assert descendants(klass.launcher.process.pid) == []


def test_a_killed_release_is_completed_by_the_next(klass: Class) -> None:
    play(klass, "release", "release welcome")


def test_a_killed_submission_is_handed_in_once_by_the_next(klass: Class) -> None:
    play(klass, "submit", "submit welcome", "ana")

    course("collect welcome", klass.place / "our")
    ana = klass.place / "our" / "submitted" / "ana" / "welcome"
    assert (ana / "welcome.ipynb").read_bytes() == (
        klass.place / "ana/welcome/welcome.ipynb"
    ).read_bytes()
    assert len(list((klass.place / "our" / "submitted" / "ana").iterdir())) == 1


def test_a_killed_collection_is_completed_by_the_next(klass: Class) -> None:
    play(klass, "collect", "collect welcome")


def test_killed_grading_goes_on_where_it_was_and_counts_nothing_twice(klass: Class) -> None:
    play(klass, "autograde", "autograde welcome --jobs 2", kills=8, in_a_row=4)


def test_killed_marking_marks_all_or_none_and_the_next_all(klass: Class) -> None:
    play(klass, "mark", "mark welcome --csv marks.csv --grader maria")
