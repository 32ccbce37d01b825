"""`course update`: the new version comes, the work stays, and a kill leaves the old or the new."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from classroom import DOUBLE, answer, copy, course, edit, join, nbgrader, new_course, tree

from course import layout
from course.study import Study
from course.update.cells import NEW

NOTEBOOK = Path("welcome", "welcome.ipynb")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a course, and with a learner who fetched its lesson and answered."""
    place = tmp_path_factory.mktemp("made")
    our = new_course(place / "our")
    (our / "notebooks" / "welcome" / "rain.csv").write_text("1\n")
    (our / "notebooks" / "welcome" / "old.csv").write_text("old\n")
    course("release welcome", our)
    answer(join(our, "ana"))
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """Return a copy of that, whose learner's folder knows where the course lies now."""
    place = copy(made, tmp_path / "place")
    shutil.rmtree(place / "our" / "exchange" / "our" / "inbound", ignore_errors=True)
    for name in ("learner.toml", "nbgrader_config.py"):
        path = place / "ana" / name
        path.write_text(path.read_text().replace(str(made), str(place)))
    return place


def change(place: Path, cells: dict[str, str]) -> None:
    """Write new sources into cells of the course's lesson, by id, and release it."""
    path = place / "our" / "notebooks" / NOTEBOOK
    node = json.loads(path.read_text())
    for cell in node["cells"]:
        cell["source"] = cells.get(cell["id"], cell["source"])
    path.write_text(json.dumps(node))
    course("release welcome", place / "our")


def sources(home: Path, name: Path = NOTEBOOK) -> dict[str, str]:
    node = json.loads((home / name).read_text())
    return {cell["id"]: "".join(cell["source"]) for cell in node["cells"]}


def test_a_new_version_comes_in_and_every_answer_stays(place: Path) -> None:
    home = place / "ana"
    (home / "welcome" / "my-notes.txt").write_text("mine")
    (home / "welcome" / ".ipynb_checkpoints").mkdir()
    (home / "welcome" / ".ipynb_checkpoints" / "welcome-checkpoint.ipynb").write_text("{}")
    was = tree(home / "welcome")
    lesson = place / "our" / "notebooks" / "welcome"
    (lesson / "rain.csv").write_text("2\n")
    (lesson / "old.csv").unlink()
    (lesson / "new.csv").write_text("new\n")
    tests = place / "our" / "autograders" / "welcome.py"
    tests.write_text(tests.read_text().replace("double(2) == 4", "double(4) == 8"))
    change(place, {"title": "# Welcome back"})

    assert "course update welcome" in course("fetch welcome", home).out
    assert "a newer version of welcome was released" in course("submit welcome", home).out
    said = course("update", home).out

    found = sources(home)
    assert (found["title"], found["double-answer"]) == ("# Welcome back", DOUBLE)
    now = tree(home / "welcome")
    for name in ("record.jsonl", "my-notes.txt", ".ipynb_checkpoints/welcome-checkpoint.ipynb"):
        assert now[name] == was[name]
    assert (now["rain.csv"], now["new.csv"], "old.csv" in now) == (b"2\n", b"new\n", False)
    assert "double(4) == 8" in json.loads(now["lesson.json"])["checks"]
    for line in ("welcome.ipynb, 'Welcome back': was renewed", "rain.csv: was renewed",
                 "old.csv: is no longer in the lesson and was removed", "lesson.json: was renewed"):  # fmt: skip
        assert line in said
    (backup,) = (home / "backups").iterdir()
    assert str(backup) in " ".join(said.split("\n"))
    assert tree(backup) == {**was, "new.csv": b"new\n"}, "fetched once more before"

    again = course("update welcome", home).out
    assert again == "welcome is up to date\n"
    assert tree(home / "welcome") == now
    assert "newer" not in course("submit welcome", home).out
    course("collect welcome", place / "our")
    graded = course("autograde welcome", place / "our").out
    assert "1 graded" in graded
    assert "could not be graded" in graded


def test_where_both_changed_a_file_or_cell_both_are_kept_and_told(place: Path) -> None:
    home = place / "ana"
    (home / "welcome" / "rain.csv").write_text("mine\n")
    (home / "welcome" / "old.csv").write_text("mine\n")
    path = home / NOTEBOOK
    path.write_text(path.read_text().replace("About 10 minutes", "About an hour"))
    (place / "our" / "notebooks" / "welcome" / "rain.csv").write_text("theirs\n")
    (place / "our" / "notebooks" / "welcome" / "old.csv").unlink()
    change(place, {"title": "# Welcome\n\nFive minutes."})
    said = course("update welcome", home).out
    now = tree(home / "welcome")
    assert (now["rain.csv"], now["rain.new.csv"], now["old.csv"]) == (
        b"mine\n",
        b"theirs\n",
        b"mine\n",
    )
    assert "About an hour" in sources(home)["title"]
    assert sources(home)["title-new"] == f"{NEW}\n\n# Welcome\n\nFive minutes."
    assert (
        "look: rain.csv: was changed here and in the new version; yours stays; the new one is beside it as rain.new.csv"
        in said
    )
    assert "3 of these need your eyes" in said


@pytest.mark.parametrize("fetched", [False, True], ids=["", "fetched again before"])
def test_a_renamed_notebook_takes_the_work_along(place: Path, *, fetched: bool) -> None:
    home, lesson = place / "ana", place / "our" / "notebooks" / "welcome"
    (lesson / "welcome.ipynb").rename(lesson / "start.ipynb")
    (lesson / "more.csv").write_text("more\n")
    course("release welcome", place / "our")
    if fetched:
        course("fetch welcome", home)
    said = course("update welcome", home).out
    assert fetched or "more.csv: a new file" in said
    assert "start.ipynb: is the new name of welcome.ipynb; your work is in it" in said
    assert sources(home, Path("welcome", "start.ipynb"))["double-answer"] == DOUBLE
    assert not (home / NOTEBOOK).exists()


def test_a_damaged_notebook_is_left_alone_and_the_new_one_is_beside_it(place: Path) -> None:
    home = place / "ana"
    (home / NOTEBOOK).write_text('{"cells": [')
    change(place, {"title": "# New"})
    said = course("update welcome", home).out
    assert "look: welcome.ipynb: can't be read (the file is not JSON) and stays as it is" in said
    assert (home / NOTEBOOK).read_text() == '{"cells": ['
    assert sources(home, Path("welcome", "welcome.new.ipynb"))["title"] == "# New"


def test_a_link_in_the_place_of_a_file_is_not_followed(place: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.csv"
    mine.write_text("mine\n")
    there = place / "ana" / "welcome" / "rain.csv"
    there.unlink()
    there.symlink_to(mine)
    (place / "our" / "notebooks" / "welcome" / "rain.csv").write_text("theirs\n")
    course("release welcome", place / "our")
    assert (
        "a link stands in its place here; left alone" in course("update welcome", place / "ana").out
    )
    assert (mine.read_text(), there.is_symlink()) == ("mine\n", True)


def test_what_nbgrader_fetched_is_merged_with_care_and_that_is_said(place: Path) -> None:
    home = place / "bo"
    home.mkdir()
    course(f"join {place / 'our'} --as bo", home)
    nbgrader("fetch_assignment welcome", home)
    edit(home / NOTEBOOK, {"double-answer": DOUBLE})
    course("fetch welcome", home)
    assert course("update welcome", home).out == "welcome is up to date\n"
    shutil.rmtree(home / ".course")
    change(place, {"title": "# New"})
    assert "course update welcome" in course("fetch welcome", home).out
    said = course("update welcome", home).out
    assert "it was not fetched with course fetch, so nobody can tell what you changed" in said
    found = sources(home)
    assert found["title"].startswith("# Welcome")
    assert found["title-new"].endswith("# New")
    assert found["double-answer"] == DOUBLE
    assert course("update welcome", home).out == "welcome is up to date\n"


def test_without_anything_to_update_it_says_what_to_do(place: Path) -> None:
    home = place / "bo"
    home.mkdir()
    course(f"join {place / 'our'} --as bo", home)
    assert "no lesson was fetched yet" in course("update", home).out
    assert "course fetch welcome" in course("update welcome", home, code=2).err
    assert "did you mean 'welcome'?" in course("update welcom", home, code=2).err


def test_a_running_notebook_is_not_replaced_under_its_kernel(place: Path) -> None:
    home = place / "ana"
    change(place, {"title": "# New"})
    was = tree(home)
    kernel = subprocess.Popen(
        [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)", "ipykernel_launcher"],
        cwd=home / "welcome", stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert kernel.stdout is not None
        kernel.stdout.readline()
        said = course("update welcome", home, code=2).err
    finally:
        kernel.kill()
        kernel.communicate()
    assert f"found: process {kernel.pid}" in said
    assert "shut its kernel down" in said
    assert tree(home) == was


def test_what_is_saved_while_it_works_is_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = place / "ana"
    change(place, {"title": "# New"})
    swap = layout.swap_folders

    def late(new: Path, target: Path) -> None:
        if target == home / "welcome":
            (target / "record.jsonl").write_text("late\n")
        swap(new, target)

    monkeypatch.setattr(layout, "swap_folders", late)
    said = course("update welcome", home).out
    assert "something was saved meanwhile; it is in" in said
    (kept,) = (home / "backups").glob("* late")
    assert (kept / "record.jsonl").read_text() == "late\n"


def killed_at(number: int, work: Callable[[], object]) -> bool:
    """Run work in a process that kills itself at its n-th step on the disk; return whether it did."""
    child = os.fork()
    if not child:
        steps = 0

        def count(event: str, _arguments: object) -> None:
            nonlocal steps
            steps += event.startswith(("os.", "open", "shutil.", "tempfile."))
            if steps == number:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        try:
            work()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.thorough
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "in two renames"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of a fork beside threads
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_and_the_next_run_completes_it(
    place: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: bool
) -> None:
    home = place / "ana"
    (place / "our" / "notebooks" / "welcome" / "rain.csv").write_text("2\n")
    change(place, {"title": "# New"})
    if not at_once:
        monkeypatch.setattr(layout, "_exchange", lambda _new, _target: False)
    start = copy(home, place / "start")
    old = tree(home / "welcome")
    Study.open(home).update("welcome")
    new = tree(home / "welcome")
    assert old != new
    seed = int(os.environ.get("COURSE_SEED", "7"))
    widest = 6 if int(os.environ.get("COURSE_KILLS", "9")) > 9 else 30
    step, kills, ends = 1, 0, set[str]()
    chance = random.Random(seed)  # noqa: S311  which moments, not a secret
    while True:
        shutil.rmtree(home)
        copy(start, home)
        if not killed_at(step, lambda: Study.open(home).update("welcome")):
            break
        kills += 1
        study = Study.open(home)
        there = tree(home / "welcome")
        assert there in (old, new), f"step {step}"
        ends.add("old" if there == old else "new")
        if there == old and (home / "backups").is_dir():
            assert all(tree(each) == old for each in (home / "backups").glob("welcome*"))
        study.update("welcome")
        assert tree(home / "welcome") == new, f"step {step}"
        step += chance.randint(1, widest)
    assert ends == {"old", "new"}
    assert kills > 8
