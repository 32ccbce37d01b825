"""Whatever is handed in: it stays as it came, everybody else is graded, and a person learns why."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classroom
import pytest
from classroom import DOUBLE, answer, course, join, points

from course import notebook

pytestmark = pytest.mark.thorough

Spoil = Callable[[Path, dict[str, Any]], None]
BAD: dict[str, Spoil] = {}
KEPT = "kept-from-learners"


def spoil(make: Spoil) -> Spoil:
    """Add one bad submission: it gets the folder and the notebook of a right one."""
    BAD[make.__name__.replace("_", "-")] = make
    return make


def save(folder: Path, node: object) -> None:
    (folder / "welcome.ipynb").write_text(json.dumps(node), encoding="utf-8")


def by_name(node: dict[str, Any], name: str) -> dict[str, Any]:
    return next(
        c for c in node["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name
    )  # type: ignore[no-any-return]


@spoil
def cut_off(folder: Path, node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").write_text(json.dumps(node)[:700], encoding="utf-8")


@spoil
def no_notebook_inside(folder: Path, _node: dict[str, Any]) -> None:
    save(folder, {"nbformat": "four", "hello": []})


@spoil
def a_list(folder: Path, _node: dict[str, Any]) -> None:
    save(folder, [1, 2, 3])


@spoil
def not_utf8(folder: Path, node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").write_bytes(
        json.dumps(node).replace("Welcome", "W\\u00e9").encode() + b"\xe9\xff"
    )


@spoil
def nested_deep(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").write_text("[" * 200_000, encoding="utf-8")


@spoil
def empty_folder(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").unlink()


@spoil
def empty_file(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").write_bytes(b"")


@spoil
def link_to_the_solution(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").unlink()
    (folder / "welcome.ipynb").symlink_to(
        folder.parents[2] / "notebooks" / "welcome" / "welcome.ipynb"
    )


@spoil
def link_to_the_gradebook(folder: Path, node: dict[str, Any]) -> None:
    (folder / "data.csv").symlink_to(folder.parents[2] / "gradebook.db")
    (folder / "private").symlink_to(folder.parents[2] / "private")
    by_name(node, "double-answer")["source"] = (
        "import os\nprint(sorted(os.listdir()))\n"
        "try:\n    print(open('data.csv', 'rb').read(), open('private/secret.txt').read())\n"
        "except OSError as error:\n    print(type(error).__name__)\n" + DOUBLE
    )
    save(folder, node)


@spoil
def same_ids(folder: Path, node: dict[str, Any]) -> None:
    for cell in node["cells"]:
        cell["id"] = "same"
    save(folder, node)


@spoil
def no_ids(folder: Path, node: dict[str, Any]) -> None:
    for cell in node["cells"]:
        del cell["id"]
    save(folder, node)


@spoil
def deleted_check(folder: Path, node: dict[str, Any]) -> None:
    node["cells"].remove(by_name(node, "double"))
    save(folder, node)


@spoil
def split_answer(folder: Path, node: dict[str, Any]) -> None:
    cell = by_name(node, "double-answer")
    cell["source"] = "factor = 2"
    twin = {
        **json.loads(json.dumps(cell)),
        "id": "twin",
        "source": "def double(number):\n    return factor * number\n",
    }
    node["cells"].insert(node["cells"].index(cell) + 1, twin)
    save(folder, node)


@spoil
def retyped_check(folder: Path, node: dict[str, Any]) -> None:
    cell = by_name(node, "double")
    cell["cell_type"], cell["source"] = "markdown", "I need no check"
    del cell["outputs"], cell["execution_count"]
    save(folder, node)


@spoil
def edited_check(folder: Path, node: dict[str, Any]) -> None:
    by_name(node, "double")["source"] = "print('all fine')"
    by_name(node, "double")["metadata"]["nbgrader"]["points"] = 300
    save(folder, node)


@spoil
def old_schema(folder: Path, node: dict[str, Any]) -> None:
    node["nbformat_minor"] = 0
    for cell in node["cells"]:
        del cell["id"]
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"]["schema_version"] = 1
            del cell["metadata"]["nbgrader"]["task"]
    save(folder, node)


@spoil
def unknown_kernel(folder: Path, node: dict[str, Any]) -> None:
    node["metadata"]["kernelspec"] = {
        "name": "conda-env-mine",
        "display_name": "Mine",
        "language": "python",
    }
    save(folder, node)


@spoil
def renamed(folder: Path, _node: dict[str, Any]) -> None:
    (folder / "welcome.ipynb").rename(folder / "welcome (1).ipynb")


@spoil
def huge(folder: Path, node: dict[str, Any]) -> None:
    """200 MB, nearly all of it output."""
    line = "checking row after row after row after row after row after row\n"
    text = {"output_type": "stream", "name": "stdout", "text": [line] * 160_000}
    node["cells"][1]["outputs"] = [text] * 20
    save(folder, node)
    assert (folder / "welcome.ipynb").stat().st_size > 200_000_000


TRIAGED = {
    "cut-off": "the file is not JSON",
    "no-notebook-inside": "the file is JSON but not a notebook",
    "a-list": "the file is JSON but not a notebook",
    "not-utf8": "the file is not UTF-8 text",
    "nested-deep": "the file is not JSON",
    "empty-folder": "no such notebook",
    "empty-file": "the file is empty",
    "link-to-the-solution": "no such notebook",
}
REPAIRED = {
    "same-ids": "shared an id with another",
    "deleted-check": "the cell was missing; put back from the lesson",
    "split-answer": "the answer stood in two cells; both were run",
    "retyped-check": "was a markdown cell; made a code cell",
    "edited-check": "the cell had been edited; the lesson's own text was put back",
    "unknown-kernel": "was 'conda-env-mine'",
    "renamed": "was handed in under this name; taken as welcome.ipynb",
}


@dataclass(frozen=True)
class Batch:
    """One batch of bad submissions, graded."""

    folder: Path
    before: dict[str, bytes]
    seconds: float
    said: str


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    folder = classroom.new_course(tmp_path_factory.mktemp("bad") / "our")
    (folder / "private").mkdir()
    (folder / "private" / "secret.txt").write_text(KEPT)
    home = join(folder, "good")
    answer(home)
    node = json.loads((home / "welcome" / "welcome.ipynb").read_text(encoding="utf-8"))
    for learner in (*BAD, "good"):
        place = folder / "submitted" / learner / "welcome"
        shutil.copytree(home / "welcome", place)
        if learner in BAD:
            BAD[learner](place, json.loads(json.dumps(node)))
    before = {
        name: classroom.digest(content)
        for name, content in classroom.tree(folder / "submitted").items()
    }
    begin = time.monotonic()
    said = course("autograde welcome --jobs 2", folder, code=3)
    return Batch(folder, before, time.monotonic() - begin, said.out)


def test_everybody_whose_work_can_be_read_is_graded(batch: Batch) -> None:
    marks = points(batch.folder)

    graded = {
        learner: (marks[learner, "how-to-run"], marks[learner, "double"])
        for learner in (*BAD, "good")
    }
    assert graded == {learner: (None, None) if learner in TRIAGED else (1, 3) for learner in graded}


def test_work_that_can_not_be_read_waits_with_the_reason(batch: Batch) -> None:
    waiting = {
        row["learner"]: row["reason"]
        for row in json.loads(course("triage --json", batch.folder).out)
    }

    assert waiting.keys() == TRIAGED.keys()
    for learner, reason in TRIAGED.items():
        assert reason in waiting[learner]
        assert f"  {learner}: " in batch.said


def test_what_was_put_right_is_listed(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    from course.term import Course

    monkeypatch.chdir(batch.folder)
    listed: dict[str, str] = {}
    for learner, where, text in Course.open().repairs("welcome"):
        listed[learner] = listed.get(learner, "") + f"{where}: {text}\n"

    assert {
        learner for learner in listed if learner not in ("no-ids", "old-schema")
    } == REPAIRED.keys()
    for learner, text in REPAIRED.items():
        assert text in listed[learner]


def test_submitted_work_stays_byte_for_byte(batch: Batch) -> None:
    now = {
        name: classroom.digest(content)
        for name, content in classroom.tree(batch.folder / "submitted").items()
    }

    assert now == batch.before


def test_links_are_never_followed(batch: Batch) -> None:
    for folder in ("autograded", "feedback", "exchange"):
        for name, content in classroom.tree(batch.folder / folder).items():
            assert KEPT.encode() not in content, name
            assert b"SQLite format" not in content, name
    assert not list(batch.folder.glob("autograded/link-to-the-solution/*/*"))
    ran = (batch.folder / "autograded/link-to-the-gradebook/welcome/welcome.ipynb").read_text(
        encoding="utf-8"
    )
    assert "FileNotFoundError" in ran
    assert "'private'" not in ran


def test_two_hundred_megabytes_of_output_are_left_behind(batch: Batch) -> None:
    assert (
        batch.folder / "autograded" / "huge" / "welcome" / "welcome.ipynb"
    ).stat().st_size < 100_000
    assert batch.seconds < 120


def test_reading_two_hundred_megabytes_takes_little_memory_and_time(batch: Batch) -> None:
    measure = (
        "import pathlib, resource, sys, time\n"
        "from course.grading import handed_in\n"
        "begin = time.process_time()\n"
        "handed_in.read(pathlib.Path(sys.argv[1]), 'welcome', 1)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time() - begin)\n"
    )
    folder = batch.folder / "submitted" / "huge" / "welcome"

    done = subprocess.run(
        [sys.executable, "-c", measure, str(folder)], capture_output=True, text=True, check=True
    )

    kib, seconds = map(float, done.stdout.split())
    assert kib < 1_200_000
    assert seconds < 30


def test_what_is_no_text_stays_a_list_when_outputs_are_read(tmp_path: Path) -> None:
    data = {"text/plain": ["one\n", "two"], "application/json": ["one", "two"]}
    outputs = [
        {"output_type": "display_data", "data": data, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "e", "traceback": ["one", "two"]},
    ]
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": "", "execution_count": 1}
    save(
        tmp_path,
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [{**cell, "outputs": outputs}],
        },
    )

    node, repairs = notebook.read(tmp_path / "welcome.ipynb")

    shown, raised = node.cells[0].outputs
    assert shown.data == {**data, "text/plain": "one\ntwo"}
    assert raised.traceback == ["one", "two"]
    assert repairs == []


def test_a_submission_mended_by_hand_leaves_triage(batch: Batch, tmp_path: Path) -> None:
    folder = classroom.copy(batch.folder, tmp_path / "our")
    for learner in (*BAD, "good"):
        if learner not in ("cut-off", "a-list"):
            shutil.rmtree(folder / "submitted" / learner)
    shutil.copy(
        batch.folder / "submitted/good/welcome/welcome.ipynb", folder / "submitted/cut-off/welcome"
    )

    course("autograde welcome --jobs 1", folder)

    assert points(folder)["cut-off", "double"] == 3
    assert "cut-off" not in course("triage", folder).out
    assert "a-list" in course("triage", folder).out


# -- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "nearest"),
    [
        ("release welcom", "did you mean 'welcome'?"),
        ("collect wellcome", "did you mean 'welcome'?"),
        ("autograde welkome", "did you mean 'welcome'?"),
        ("return welcomes", "did you mean 'welcome'?"),
        ("grades --lesson welcme", "did you mean 'welcome'?"),
        ("grades --learner god", "did you mean 'good'?"),
        ("mark welcom good wish --points 1", "did you mean 'welcome'?"),
        ("mark welcome goood wish --points 1", "did you mean 'good'?"),
        ("mark welcome good wich --points 1", "did you mean 'wish'?"),
        ("mark welcome --csv mark.csv", ""),
        ("mark welcome good wish --points 9", "0 to 2"),
        ("collect welcome --from nowhere.zip", ""),
        ("learners import nobody.csv", ""),
    ],
)
def test_an_unknown_name_gets_one_message_with_the_nearest(
    batch: Batch, command: str, nearest: str
) -> None:
    said = course(command, batch.folder, code=2)

    assert said.err.count("error: ") == 1
    assert nearest in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    "name", ["../welcome", "..", "a/b", "/etc", ".hidden", "welcome/../welcome", "\\x", "a" * 200]
)
def test_a_name_that_is_a_path_is_refused(batch: Batch, tmp_path: Path, name: str) -> None:
    before = classroom.tree(batch.folder).keys()
    for command in (
        f"release {name}", f"collect {name}", f"autograde {name}", f"return {name}",
        f"learners add {name}", f"mark {name} good wish --points 1",
        f"mark welcome {name} wish --points 1", f"join {batch.folder} --as {name} --folder {tmp_path}",
    ):  # fmt: skip
        said = course(command.replace("\\", "\\\\"), batch.folder, code=2)
        assert said.err.count("error: ") == 1

    assert classroom.tree(batch.folder).keys() == before
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["../good", "..", "welcome/..", "/etc", "welcme"])
def test_a_learner_reaches_nothing_but_released_lessons(batch: Batch, name: str) -> None:
    home = batch.folder.parent / "good"
    for command in ("fetch", "submit", "feedback"):
        said = course(f"{command} {name}", home, code=2)
        assert said.err.startswith("error: ")
        assert "one of: welcome" in said.err
    assert "did you mean 'welcome'?" in course("fetch welcme", home, code=2).err
