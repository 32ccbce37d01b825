"""Two graders at once, Ctrl-C, a locked gradebook, a full disk: nothing is lost, nothing twice."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import classroom
import pytest
from batch import CODE, COMMAND, TO_GRADE, Batch
from classroom import course
from processes import hold, let_go

pytestmark = pytest.mark.thorough

LONG = "COURSE_KILLS" in os.environ  # `make faults`
LOCKED = 20 if LONG else 3


def once(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def newly_graded(batch: Batch) -> list[Path]:
    return [path for path in batch.our.glob("autograded/*/welcome") if path.parent.name > "ben"]


# -- two graders ---------------------------------------------------------------------------------


def test_of_two_graders_one_grades_and_the_other_waits_and_finds_it_done(
    batch: Batch, tmp_path: Path
) -> None:
    batch.begin()
    logs = [tmp_path / "one.txt", tmp_path / "other.txt"]
    graders = [batch.launcher.start(COMMAND, batch.our, log) for log in logs]
    said = []
    for grader, log in zip(graders, logs, strict=True):
        assert batch.launcher.wait(grader) == 0, log.read_text(encoding="utf-8")
        said.append(log.read_text(encoding="utf-8"))

    first, second = sorted(said, key=lambda text: "waiting" in text)
    assert first.startswith(f"welcome: {TO_GRADE} graded, 1 unchanged")
    assert f"welcome is being graded by process {graders[said.index(first)]} on " in second
    assert f"waiting until that is done\nwelcome: 0 graded, {len(CODE)} unchanged" in second
    batch.check_is_as_if_nothing_had_happened()


def test_where_no_turn_can_be_taken_grading_says_why(batch: Batch) -> None:
    batch.begin()
    place = batch.our / ".course" / "grading"
    classroom_error = "it can't be made sure that nobody else grades this lesson now"
    if place.is_dir():
        (place / "welcome").unlink(missing_ok=True)
        place.rmdir()
    place.write_text("a file, not a folder")

    said = course("autograde welcome", batch.our, code=1)

    assert f"{place / 'welcome'}: {classroom_error}" in said.err
    assert "expected: a file that can be written and locked" in said.err
    assert "found: " in said.err
    assert "run it again" in said.err


# -- Ctrl-C --------------------------------------------------------------------------------------


@pytest.mark.thorough
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3, 0.5, None] if LONG else [None])
def test_an_interrupt_leaves_nothing_half_and_the_next_run_goes_on(
    batch: Batch, share: float | None
) -> None:
    """At shares of a run, and once the first are written."""
    batch.begin()
    grader = batch.launcher.start(COMMAND, batch.our)
    if share is None:
        once(lambda: newly_graded(batch))
    else:
        time.sleep(batch.seconds * share)
    os.killpg(grader, signal.SIGINT)

    assert batch.launcher.wait(grader) == 130
    said = batch.said()
    assert said.endswith(
        "interrupted: nothing is half-written; the same command goes on from here\n"
    )
    assert "Traceback" not in said
    if share is None:
        assert f" of {TO_GRADE} were graded and written\n" in said
    assert batch.launcher.family() == []
    assert batch.left_over() == []
    batch.launcher.run(COMMAND, batch.our)
    batch.check_is_as_if_nothing_had_happened()


# -- a locked gradebook --------------------------------------------------------------------------


def test_a_gradebook_that_is_locked_meanwhile_is_waited_for(batch: Batch) -> None:
    batch.begin()
    grader = batch.launcher.start(COMMAND, batch.our)
    once(lambda: newly_graded(batch))
    holder = hold(batch.our, LOCKED)
    begin = time.monotonic()
    try:
        code = batch.launcher.wait(grader)
    finally:
        let_go(holder)

    assert code == 0, batch.said()
    assert time.monotonic() - begin > LOCKED - 1
    batch.check_is_as_if_nothing_had_happened()


# -- a full disk ---------------------------------------------------------------------------------


def grade_on_a_full_disk(
    batch: Batch, kept: Path, part: str, left: dict[str, int], more: dict[str, str]
) -> str:
    """Grade with one folder on a disk that has little left, then on a freed one; returns the error."""
    batch.begin()
    place = batch.our / part
    order = {"our": str(batch.our), "place": str(place.resolve()), "kept": str(kept), "command": COMMAND,
             "left": left}  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(classroom.DATA / "small_disk.py"), json.dumps(order)],
        capture_output=True, text=True, check=False, env=os.environ | more,
    )  # fmt: skip
    if done.stderr.startswith("no disk: "):
        pytest.skip(f"no disk can be mounted here ({done.stderr.strip()})")
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    full, freed = json.loads(done.stdout)
    assert full[0] == 1, full
    assert full[2].count("error: ") == 1, full[2]
    assert freed[0] == 0, freed
    assert batch.everything(kept / "freed") == batch.expected
    return str(full[2])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("part", "room", "where"),
    [
        ("autograded", 10_000, "welcome: the disk refused"),
        ("", 150_000, ""),  # the one or the other, as it comes
        ("", 10_000, "gradebook.db: the gradebook can't be used now"),
    ][: 3 if LONG else 1],
)
def test_a_disk_that_is_full_is_said_and_once_it_is_freed_the_next_run_goes_on(
    batch: Batch, tmp_path: Path, part: str, room: int, where: str
) -> None:
    said = grade_on_a_full_disk(batch, tmp_path, part, {"room": room}, {})

    assert where in said
    assert str(batch.our / part) in said
    assert "nothing is half-written; make room" in said
    assert "run it again" in said
    meanwhile = classroom.gradebook(tmp_path / "full")
    assert len(meanwhile["course_verdict"]) == 3 * len(meanwhile["course_attempt"])
    assert not list((tmp_path / "full" / "autograded").rglob(".*"))


@pytest.mark.thorough
@pytest.mark.parametrize("files", [1, 2, 3] if LONG else [3])
def test_where_no_file_can_be_made_for_a_while_grading_says_where(
    batch: Batch, tmp_path: Path, files: int
) -> None:
    """By the grader, by its processes when they start, and by a worker for a submission."""
    scratch = batch.before / ".course" / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    there = batch.our / ".course" / "scratch"

    said = grade_on_a_full_disk(
        batch, tmp_path, ".course/scratch", {"files": files}, {"TMPDIR": str(there)}
    )

    assert str(there) in said
    assert "No space left on device" in said
    assert "make room" in said
    assert "run it again" in said


# -- workers that can't live ---------------------------------------------------------------------


def with_tests_that_begin(batch: Batch, first: str) -> None:
    batch.begin()
    tests = batch.our / "autograders" / "welcome.py"
    tests.write_text(f"{first}\n{tests.read_text(encoding='utf-8')}", encoding="utf-8")


@pytest.mark.thorough
def test_workers_that_end_before_they_take_any_work_are_no_fault_of_a_submission(
    batch: Batch,
) -> None:
    with_tests_that_begin(batch, "import os\nos._exit(7)")
    before = classroom.gradebook(batch.our)

    said = course(COMMAND, batch.our, code=1)

    assert f"{sys.executable}: the grader's own processes end before they take any work" in said.err
    assert "found: 3 of them did; the last one ended with exit code 7" in said.err
    assert "mend it, and run it again: nothing is lost" in said.err
    assert classroom.gradebook(batch.our) == before


@pytest.mark.thorough
def test_a_submission_that_ends_the_grader_s_own_process_twice_waits_for_a_person(
    batch: Batch,
) -> None:
    deadly = (
        "import os\nfrom course import points\n\n\n@points(0, question='double')\n"
        "def test_deadly(double):\n    if double(3) == 9:\n        os._exit(7)\n"
    )
    with_tests_that_begin(batch, deadly)

    said = course(COMMAND, batch.our, code=3)

    assert "7 graded, 0 unchanged, 7 wait for a person, 1 could not be graded" in said.out
    assert "  cleo: the grader's own process died on it, twice" in said.out


@pytest.mark.thorough
def test_a_test_that_would_fill_all_memory_fails_and_nobody_else_does(batch: Batch) -> None:
    greedy = (
        "from course import points\n\n\n@points(0, question='double')\n"
        "def test_greedy(double):\n    if double(3) == 9:\n        bytearray(5 << 30)\n"
    )
    with_tests_that_begin(batch, greedy)

    said = course(COMMAND, batch.our)

    assert "8 graded, 0 unchanged" in said.out
    with closing(sqlite3.connect(batch.our / "gradebook.db")) as book:
        notes = [notes for (notes,) in book.execute("SELECT notes FROM course_verdict")]
    assert sum("MemoryError" in each for each in notes) == 1  # cleo, who squares


KILL_THE_WARM_PROCESS = """
import os, time
from pathlib import Path
from course import points

def parent(process):
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])

@points(0, question="double")
def test_deadly(double):
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            warm = "course.sandbox.zygote" in (folder / "cmdline").read_text()
            if warm and parent(folder.name) in (os.getpid(), parent(os.getppid())):
                os.kill(int(folder.name), 9)
        except OSError:
            continue
    time.sleep(0.5)
    double(1)
"""


@pytest.mark.thorough
def test_a_warm_process_that_is_ended_again_and_again_is_no_fault_of_a_submission(
    batch: Batch,
) -> None:
    with_tests_that_begin(batch, KILL_THE_WARM_PROCESS)
    before = classroom.gradebook(batch.our)

    said = course("autograde welcome --jobs 1", batch.our, code=1)

    assert (
        "ana, welcome: the process that notebooks run in was ended from outside, twice" in said.err
    )
    assert "look whether this machine runs out of memory, and run it again" in said.err
    assert classroom.gradebook(batch.our) == before
