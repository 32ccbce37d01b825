"""The database is locked or the disk is full: a clear error, the old state, and it works afterwards."""

import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import classroom
import pytest
from classroom import answer, course, join, points, tree
from processes import hold, let_go

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with one graded learner; newer work of hers and of another waits on the exchange."""
    folder = tmp_path_factory.mktemp("away") / "our"
    course("new our --title Small", folder.parent)
    (folder / "notebooks" / "welcome" / "data.bin").write_bytes(bytes(range(256)) * 8_000)
    course("release welcome", folder)
    answer(join(folder, "ana"))
    course("submit welcome", folder.parent / "ana")
    course("collect welcome", folder)
    course("autograde welcome", folder)
    for learner in ("ana", "ben"):
        if learner == "ben":
            join(folder, learner)
        answer(folder.parent / learner, wish="Later, I changed my mind.")
        course("submit welcome", folder.parent / learner)
    return folder


@pytest.fixture
def our(graded: Path, tmp_path: Path) -> Path:
    return classroom.copy(graded, tmp_path / "our")


# -- a locked database ---------------------------------------------------------------------------


def test_a_database_that_is_locked_for_a_while_is_waited_for(our: Path) -> None:
    holder = hold(our, 3)
    begin = time.monotonic()
    try:
        said = course("mark welcome ana wish --points 1.5", our)
    finally:
        let_go(holder)

    assert said.out.startswith("1 of 1")
    assert time.monotonic() - begin > 1
    assert points(our)["ana", "wish"] == 1.5


@pytest.mark.parametrize(
    "command",
    [
        "mark welcome ana wish --points 1",
        "release welcome",
        "autograde welcome --force",
        "return welcome",
    ],
)
def test_a_database_that_stays_locked_is_a_clear_error_and_changes_nothing(
    our: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.store.database.WAIT_SECONDS", 0.3)
    before, marks = tree(our), points(our)
    holder = hold(our, 100)
    try:
        said = course(command, our, code=1)
    finally:
        let_go(holder)

    assert said.err.count("error: ") == 1
    assert "locked" in said.err
    assert "Traceback" not in said.err
    visible = {name for name in tree(our) if "/." not in f"/{name}" and "gradebook.db" not in name}
    assert {name: before[name] for name in visible} == {name: tree(our)[name] for name in visible}
    assert points(our) == marks


@pytest.mark.parametrize("command", ["grades", "status", "triage"])
def test_who_only_reads_need_not_wait_for_who_writes(
    our: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.store.database.WAIT_SECONDS", 0.3)
    holder = hold(our, 100)
    try:
        assert course(command, our).err == ""
    finally:
        let_go(holder)


# -- a full disk ---------------------------------------------------------------------------------


def run_on_a_full_disk(
    command: str, folder: Path, bytes_left: int
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours that may write no file beyond this size, as on a disk that is full."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))

    return subprocess.run(
        [sys.executable, "-m", "course", *command.split()], cwd=folder, check=False, timeout=120,
        capture_output=True, text=True, preexec_fn=limit, env=classroom.environment(folder.parent / "home"),
    )  # fmt: skip


LONG = pytest.mark.thorough
NOTHING, NO_DATA = 100, 1_000_000  # room for no file at all, or for all but the lesson's data


@pytest.mark.parametrize(
    ("command", "place", "room"),
    [
        ("release welcome", "our", NOTHING),
        pytest.param("release welcome", "our", NO_DATA, marks=LONG),
        pytest.param("collect welcome", "our", NOTHING, marks=LONG),
        pytest.param("collect welcome", "our", NO_DATA, marks=LONG),
        ("mark welcome ana wish --points 2 --comment Good.", "our", NOTHING),
        pytest.param("return welcome", "our", NOTHING, marks=LONG),
        pytest.param("grades --output grades.csv", "our", NOTHING, marks=LONG),
        pytest.param("submit welcome", "ana", NOTHING, marks=LONG),
        ("submit welcome", "ana", NO_DATA),
        ("autograde welcome --force --jobs 1", "our", NO_DATA),
    ],
)
def test_a_full_disk_is_a_clear_error_and_the_same_command_works_afterwards(
    graded: Path, tmp_path: Path, command: str, place: str, room: int
) -> None:
    whole = classroom.copy(graded.parent, tmp_path / "all")
    folder = whole / place
    if place == "ana":
        text = (folder / "learner.toml").read_text(encoding="utf-8")
        (folder / "learner.toml").write_text(
            text.replace(str(graded.parent), str(whole)), encoding="utf-8"
        )
    before, marks = _visible(whole), points(whole / "our")

    said = run_on_a_full_disk(command, folder, room)

    assert said.returncode == 1, said.stdout + said.stderr
    assert said.stderr.count("error: ") == 1, said.stderr
    assert "Traceback" not in said.stderr
    assert _visible(whole) == before
    assert points(whole / "our") == marks
    course(command, folder)
    assert not [name for name in tree(whole) if name.endswith(".new")]


def _visible(folder: Path) -> dict[str, bytes]:
    return {
        name: content for name, content in tree(folder).items()
        if not any(part.startswith(".") for part in Path(name).parts) and "gradebook.db-" not in name
    }  # fmt: skip
