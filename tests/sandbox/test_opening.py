"""A lesson's opening, run once: every notebook goes on from there as if it had run it itself."""

import select
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests_support import marked_processes

from course.errors import Unavailable
from course.sandbox.forked import ForkedSession, Zygote
from course.sandbox.session import CellRun, Opening, Place, Strike
from course.sandbox.stem import Stem
from course.sandbox.zygote import MANY

CELLS = (
    "import random\nimport pandas as pd\ntable = pd.read_csv('data.csv')",
    "print('loaded')\ntable",
)
LATER = "print(table.a.sum(), In[1][:13], 2 in Out, _2 is table)\n__name__"


def shared(zygote: Zygote, place: Place, *cells: str) -> Place:
    """Return a place whose opening the zygote has met once, so that it will be shared."""
    opening = Opening(cells, place.folder)
    zygote.seen.add(opening)
    return Place(place.folder, limits=place.limits, opening=opening)


def played(session: ForkedSession, *cells: str) -> list[CellRun]:
    runs = [session.run(cell) for cell in cells]
    session.close()
    return [CellRun(run.strike, run.outputs, run.error) for run in runs]


def test_what_comes_later_can_not_tell(zygote: Zygote, place: Place) -> None:
    plain = played(zygote.open(place), *CELLS, LATER)
    session = zygote.open(shared(zygote, place, *CELLS))
    assert session.stem is not None
    assert played(session, *CELLS, LATER) == plain
    assert [run.strike for run in plain] == [Strike.OK] * 3


def test_it_is_shared_from_the_second_notebook_on(zygote: Zygote, place: Place) -> None:
    place = Place(place.folder, limits=place.limits, opening=Opening(("x = 1",), place.folder))
    first, second = zygote.open(place), zygote.open(place)
    assert first.stem is None
    assert second.stem is not None
    assert played(first, "x = 1", "x") == played(second, "x = 1", "x")


def test_what_one_notebook_does_no_other_sees(zygote: Zygote, place: Place) -> None:
    place = shared(zygote, place, *CELLS)
    one, other = zygote.open(place), zygote.open(place)
    for session in (one, other):
        for cell in CELLS:
            session.run(cell)
    change = (
        "table.loc[:, 'a'] = 0\nopen('data.csv', 'w').write('')\nopen('/dev/shm/x', 'w').close()"
    )
    assert one.run(change).strike is Strike.OK
    look = "import os; print(table.a.sum(), os.path.getsize('data.csv'), os.listdir('/dev/shm'))"
    assert other.run(look).outputs[0]["text"] == "4 12 []\n"
    one.close()
    other.close()


def test_after_a_crash_the_opening_is_not_run_twice(zygote: Zygote, place: Place) -> None:
    cells = ("runs = []\nimport time; began = time.time()", "runs.append(1)")
    session = zygote.open(shared(zygote, place, *cells))
    for cell in (*cells, "runs.append(2)"):
        session.run(cell)
    assert session.run("import os; os._exit(1)").strike is Strike.CRASH
    assert session.run("print(runs)").outputs[0]["text"] == "[1, 2]\n"
    session.close()


@pytest.mark.parametrize("when", ["before", "between"])
def test_a_stem_that_was_killed_is_done_without(zygote: Zygote, place: Place, when: str) -> None:
    place = shared(zygote, place, "x = [1]", "x.append(2)")
    session = zygote.open(place)
    assert session.stem is not None
    process = session.stem.process
    if when == "before":
        session.close()
    signal.pidfd_send_signal(process, signal.SIGKILL)
    select.select([process], [], [])
    if when == "between":
        session.run("x = [1]")  # what the stem gave
        session.run("x.append(2)")
        assert session.run("1").strike is Strike.CRASH
        assert session.lost  # no fault of the cell: the notebook is to be run again elsewhere
        session.close()
    session = zygote.open(place)
    runs = [session.run(cell) for cell in ("x = [1]", "x.append(2)", "1", "print(x)")]
    assert runs[-1].outputs[0]["text"] == "[1, 2]\n"
    assert not session.lost
    session.close()


def test_who_hangs_up_takes_stems_and_their_rooms_along(place: Place) -> None:
    with Zygote("full", ("json",)) as warm, Zygote("full", ("json",), line=warm.line()) as theirs:
        session = theirs.open(shared(theirs, place, "import subprocess"))
        assert session.stem is not None
        session.run("import subprocess")
        assert session.run("subprocess.Popen(['sleep', '86425']); None").strike is Strike.OK
        end = time.monotonic() + 10
        while len(marked_processes("86425")) != 1 and time.monotonic() < end:
            time.sleep(0.02)  # it was started; its name comes a moment later
        assert len(marked_processes("86425")) == 1
        assert theirs.control is not None
        theirs.control.close()  # as when a worker was killed
        assert session.room is not None
        select.select([session.room.process], [], [])
        assert marked_processes("86425") == []
        session.close()


SEEDED = "import random, numpy\nrandom.seed(1)\nnumpy.random.seed(1)"
DRAW = "print(random.random(), numpy.random.rand())"


def test_seeds_of_the_opening_hold(zygote: Zygote, place: Place) -> None:
    plain = played(zygote.open(place), SEEDED, DRAW)
    place = shared(zygote, place, SEEDED)
    assert [played(zygote.open(place), SEEDED, DRAW) for _ in range(2)] == [plain, plain]


def test_without_seeds_every_notebook_draws_its_own_numbers(zygote: Zygote, place: Place) -> None:
    place = shared(zygote, place, "import random, numpy")
    drawn = [
        played(zygote.open(place), "import random, numpy", DRAW)[1].outputs[0]["text"]
        for _ in range(2)
    ]
    assert not set(drawn[0].split()) & set(drawn[1].split())


UNSHARABLE = {
    "threads": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "processes": "import subprocess\nchild = subprocess.Popen(['sleep', '60'])",
    "open files": "file = open('data.csv')",
    "files": "open('made.txt', 'w').write('x')",
    "shared memory": "import mmap\nshared = mmap.mmap(-1, 4096)",
    "another folder": "import os\nos.chdir('/')",
    "timers": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 60)",
    "tasks": "import asyncio\ntask = asyncio.get_running_loop().create_task(asyncio.sleep(60))\nawait asyncio.sleep(0)",
    "ZeroDivisionError: division by zero": "1 / 0",
}


@pytest.mark.parametrize("why", UNSHARABLE)
def test_what_a_fork_would_lose_or_share_is_run_by_every_notebook(
    zygote: Zygote, place: Place, why: str
) -> None:
    place = shared(zygote, place, UNSHARABLE[why])
    assert place.opening is not None
    with pytest.raises(Unavailable, match=why):
        Stem(zygote, place.opening, place.limits)
    session = zygote.open(place)
    assert session.stem is None
    ran = session.run(UNSHARABLE[why])
    assert ran.strike is (Strike.ERROR if "Error" in why else Strike.OK)
    session.close()


def test_an_opening_that_never_ends_is_given_up(zygote: Zygote, place: Place) -> None:
    limits = replace(place.limits, notebook_seconds=1.0)
    opening = Opening(("while True: pass",), place.folder)
    with pytest.raises(Unavailable, match="can't be shared"):
        Stem(zygote, opening, limits)


def test_notebooks_stay_out_of_it(zygote: Zygote, place: Place) -> None:
    (place.folder / "solution.ipynb").write_text("the key")
    stem = Stem(zygote, Opening(("import os; print(os.listdir())",), place.folder), place.limits)
    assert stem.runs[0].outputs[0]["text"] == "['data.csv']\n"
    stem.close()


def test_many_lessons_need_no_more_room_than_a_few(zygote: Zygote, place: Place) -> None:
    for number in range(12):
        session = zygote.open(shared(zygote, place, f"x = {number}"))
        session.run(f"x = {number}")
        assert session.run("x").outputs[0]["data"]["text/plain"] == str(number)
        session.close()
    assert len(zygote.stems) <= 8


def test_a_lesson_that_is_through_makes_room_for_the_next(
    zygote: Zygote, place: Place, tmp_path: Path
) -> None:
    busy = zygote.open(shared(zygote, place, "x = 'still open'"))
    zygote.open(shared(zygote, place, "x = 'done'")).close()
    (done,) = [stem for key, stem in zygote.stems.items() if "done" in key.cells[0]]
    next_lesson = Place(tmp_path / "next", limits=place.limits)
    next_lesson.folder.mkdir()
    played(zygote.open(shared(zygote, next_lesson, "x = 'next'")), "x = 'next'")
    assert [key.cells for key in zygote.stems if key.folder == place.folder] == [
        ("x = 'still open'",)
    ]
    assert done is not None
    assert done.process < 0
    assert busy.run("x = 'still open'").strike is Strike.OK
    assert busy.run("x").outputs[0]["data"]["text/plain"] == "'still open'"
    busy.close()


def test_many_notebooks_are_forked_alike(zygote: Zygote, place: Place) -> None:
    place = shared(zygote, place, "import os\nnumbers = list(range(500_000))")
    for number in range(MANY + 3):  # from some number on they come from large pages
        session = zygote.open(place)
        session.run(place.opening.cells[0] if place.opening else "")
        run = session.run(f"numbers[{number}] = 'mine'\nsum(n for n in numbers if n != 'mine')")
        session.close()
        assert run.outputs[0]["data"]["text/plain"] == str(500_000 * 499_999 // 2 - number)
