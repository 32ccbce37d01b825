"""What holds at every level of isolation."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests_support import marked_processes, text_of

from course.errors import Unavailable
from course.sandbox import forked
from course.sandbox.forked import ForkedSession, Zygote, best_session
from course.sandbox.luggage import UnfitFolderError
from course.sandbox.probe import probe
from course.sandbox.session import Limits, Place, Strike
from course.sandbox.walls import LADDER

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module", params=LADDER)
def warm(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    with Zygote(request.param, ("json",)) as zygote:
        yield zygote


@pytest.fixture
def opened(warm: Zygote, place: Place) -> Iterator[ForkedSession]:
    os.chmod(place.folder, 0o755)  # noqa: PTH101
    try:
        session = warm.open(place)
    except Unavailable as error:
        pytest.skip(error.found)
    yield session
    session.close()


def test_cells_run_in_a_copy_of_the_folder(opened: ForkedSession, place: Place) -> None:
    result = opened.run("print(open('data.csv').read()); open('new', 'w').write('x')")
    assert text_of(result.outputs) == "a,b\n1,2\n3,4\n\n"
    assert [path.name for path in place.folder.iterdir()] == ["data.csv"]


def test_no_room_has_root_or_our_environment(
    opened: ForkedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "token")
    opened.run("import os; seen = [os.getuid() == 0, 'SECRET' in os.environ]")
    assert opened.ask({"op": "get", "name": "seen"}).value == [False, False]


def test_a_room_has_no_descriptors_but_its_own(opened: ForkedSession) -> None:
    opened.run(
        "import os\ndef kind(fd):\n    try: return os.fstat(fd).st_mode >> 12\n"
        "    except OSError: return None\n"
        "sockets = [fd for fd in range(200) if kind(fd) == 12]"
    )
    found = opened.ask({"op": "get", "name": "sockets"}).value
    assert len(found) == 3  # the channel, and the two ends that wake the loop


def test_files_outside_are_out_of_reach(opened: ForkedSession, place: Place) -> None:
    key = place.folder.parent / "key"
    key.write_text("the answer")
    reached = opened.run(f"open({str(key)!r}).read()").strike is Strike.OK
    assert reached <= (opened.isolation == "none")


def test_no_connection_leaves_a_room(opened: ForkedSession) -> None:
    source = "import socket; socket.create_connection(('192.0.2.1', 9), 0.2)"
    assert opened.run(source).strike is Strike.ERROR


@pytest.mark.usefixtures("opened")
def test_a_cell_that_runs_on_is_stopped(warm: Zygote, place: Place) -> None:
    brief = warm.open(replace(place, limits=replace(place.limits, cell_seconds=0.3)))
    brief.run("x = 1")
    assert brief.run("while True: pass").strike is Strike.TIMEOUT
    assert brief.ask({"op": "get", "name": "x"}).value == 1
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass"
    assert brief.run(stubborn).strike is Strike.TIMEOUT
    assert brief.ask({"op": "get", "name": "x"}).value == 1
    brief.close()


def test_memory_and_processes_are_limited(opened: ForkedSession) -> None:
    assert opened.run("x = bytearray(8 << 30)").strike is Strike.MEMORY
    bomb = (
        "import os, time\nfor _ in range(500):\n    if os.fork() == 0:\n"
        "        time.sleep(60); os._exit(0)"
    )
    assert opened.run(bomb).strike is Strike.ERROR


FAMILY = """
import os, time
for _ in range(12):
    if os.fork() == 0:
        block = bytearray(b"x" * 100_000_000)
        time.sleep(60)
"""


def test_memory_is_limited_for_all_processes_together(opened: ForkedSession) -> None:
    opened.run("x = 5")
    opened.run(FAMILY)
    result = opened.run("import time; time.sleep(5)")
    assert result.strike is Strike.MEMORY
    assert result.error == "used too much memory"
    assert opened.run("x + 1").strike is Strike.OK  # in a new room, after the cells before


def test_processes_that_share_what_they_hold_are_not_counted_twice(opened: ForkedSession) -> None:
    opened.run("block = bytearray(b'x' * 200_000_000)")
    opened.run("import os, time\nfor _ in range(12):\n    if os.fork() == 0: time.sleep(60)")
    assert opened.run("time.sleep(1); len(block)").strike is Strike.OK


def test_what_a_cell_started_ends_with_the_room(opened: ForkedSession) -> None:
    ran = opened.run(
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execv('/bin/sleep', ['sleep', '86423'])\n    os._exit(0)"
    )
    assert ran.strike is Strike.OK, ran.error
    while not marked_processes("86423"):
        time.sleep(0.01)
    opened.close()
    assert marked_processes("86423") == []


def test_two_rooms_know_nothing_of_each_other(
    warm: Zygote, opened: ForkedSession, place: Place
) -> None:
    other = warm.open(place)
    opened.run("import random; x = random.random(); open('mine', 'w').close()")
    other.run("import os, random; x = random.random(); there = os.path.exists('mine')")
    values = [each.ask({"op": "get", "name": "x"}).value for each in (opened, other)]
    assert values[0] != values[1]
    assert other.ask({"op": "get", "name": "there"}).value is False
    other.close()


def test_the_probe_tells_what_works_and_why_not() -> None:
    levels = probe()
    assert [level.name for level in levels] == list(LADDER)
    assert all(level.works != bool(level.reason) for level in levels)


def test_the_best_session_has_walls(place: Place) -> None:
    session = best_session(replace(place, preload=("json",)))
    assert session.isolation in LADDER[:-1]
    assert session.run("1").strike is Strike.OK
    session.close()


def test_a_folder_that_is_away_is_an_error_of_ours(zygote: Zygote, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="folder"):
        zygote.open(Place(tmp_path / "nowhere", limits=Limits()))


def test_a_folder_that_no_room_can_hold_is_no_fault_of_the_walls(
    zygote: Zygote, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2_700):
        place.folder.joinpath(f"{number}", *"abcdefg").mkdir(parents=True)
    zygote.open(replace(place, folder=place.folder / "0")).close()
    before = zygote.process
    with pytest.raises(UnfitFolderError, match="can't be laid out") as raised:
        zygote.open(place)
    assert raised.value.found == "too many files and folders: No space left on device"
    assert zygote.process is before  # and all others' rooms live on
    monkeypatch.setattr("course.sandbox.forked._proven", [])
    with pytest.raises(UnfitFolderError):  # and are not exchanged for weaker ones
        best_session(place)


def test_walls_that_stood_once_are_not_exchanged_for_weaker_ones(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.sandbox.forked._proven", [])
    first = best_session(place)
    first.close()
    monkeypatch.setattr("course.sandbox.warm.START_SECONDS", 0.0)  # it has no time to begin
    forked.zygote_for(first.isolation).close()
    with pytest.raises(Unavailable) as raised:
        best_session(place)
    assert raised.value.found.startswith(f"{first.isolation}: ")
    assert ";" not in raised.value.found
