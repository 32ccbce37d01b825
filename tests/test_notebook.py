"""Notebooks that come from anybody: reading them, and putting them right."""

import copy
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode

from course import notebook
from course.errors import Invalid, NotFound
from course.grading import mending

# -- making -----------------------------------------------------------------------------------


def cell(
    source: str, name: str = "", *, kind: str = "code", cell_id: str = "", **marks: Any
) -> NotebookNode:
    made = nbformat.v4.new_code_cell(source)
    if kind != "code":
        made = nbformat.v4.new_markdown_cell(source)
        made.cell_type = kind
    made.id = cell_id or name or f"plain-{zlib.crc32(source.encode())}"
    if name:
        made.metadata["nbgrader"] = {
            "grade_id": name, "grade": False, "solution": False, "task": False, "locked": True,
            "schema_version": 3, **marks,
        }  # fmt: skip
    return made


def lesson() -> NotebookNode:
    made = nbformat.v4.new_notebook()
    made.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python"}  # fmt: skip
    made.cells = [
        cell("# Title\n\n## Mean", kind="markdown", cell_id="intro"),
        cell("import math", cell_id="setup"),
        cell("Explain it.", "task", kind="markdown"),
        cell("def mean(x):\n    ...", "answer", solution=True, locked=False),
        cell("assert mean([1]) == 1", "test", grade=True, points=2),
        cell("# Words", kind="markdown", cell_id="words"),
        cell(
            "Write here.",
            "essay",
            kind="markdown",
            grade=True,
            solution=True,
            points=3,
            locked=False,
        ),
        cell("after()", cell_id="after"),
    ]
    return made


def find(node: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in node.cells if notebook.marks(c).get("grade_id") == name)


def order(node: NotebookNode) -> list[str]:
    return [notebook.marks(c).get("grade_id") or c.id for c in node.cells]


ORDER = ["intro", "setup", "task", "answer", "test", "words", "essay", "after"]


def place(folder: Path, content: Any, name: str = "a.ipynb") -> Path:
    path = folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def text_of(node: NotebookNode) -> str:
    return notebook.write_text(node)


# -- reading ----------------------------------------------------------------------------------


def test_a_sound_notebook_is_read_without_a_remark(tmp_path: Path) -> None:
    node, repairs = notebook.read(place(tmp_path, text_of(lesson())))

    assert repairs == []
    assert order(node) == ORDER
    assert text_of(node) == text_of(lesson())


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8-sig", "UTF-8-SIG"), ("utf-16", "UTF-16"), ("utf-16-be", "UTF-16")],
)
def test_a_byte_order_mark_is_understood_and_noted(
    tmp_path: Path, encoding: str, named: str
) -> None:
    made = lesson()
    made.cells[0].source = "Größe ≥ 1"
    raw = text_of(made).encode(encoding)
    if encoding == "utf-16-be":
        raw = b"\xfe\xff" + raw

    node, repairs = notebook.read(place(tmp_path, raw))

    assert node.cells[0].source == "Größe ≥ 1"
    assert [repair.text for repair in repairs] == [f"the file was saved as {named}; read as such"]


def version_3() -> dict[str, Any]:
    return {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"},
        "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Old\n", "times"]},
            {"cell_type": "code", "language": "python", "collapsed": False, "metadata": {},
             "input": ["a = 1\n", "b = 2"], "outputs": [], "prompt_number": 4},
        ]}],
    }  # fmt: skip


def test_a_notebook_of_format_3_is_converted_and_noted(tmp_path: Path) -> None:
    node, repairs = notebook.read(place(tmp_path, version_3()))

    assert (node.nbformat, node.nbformat_minor) == (4, 5)
    assert [c.source for c in node.cells] == ["## Old times", "a = 1\nb = 2"]
    assert [repair.text for repair in repairs] == ["converted from notebook format 3"]
    nbformat.validate(node)


def test_missing_and_double_cell_ids_become_single_ones(tmp_path: Path) -> None:
    data = json.loads(text_of(lesson()))
    for number, value in enumerate(["x", "x", None, "", 7, "x-1", "x", "ok"]):
        if value is None:
            del data["cells"][number]["id"]
        else:
            data["cells"][number]["id"] = value

    node, repairs = notebook.read(place(tmp_path, data))

    ids = [c.id for c in node.cells]
    assert len(set(ids)) == len(ids)
    assert (ids[0], ids[-1]) == ("x", "ok")
    assert any("shared an id with another" in repair.text for repair in repairs)
    nbformat.validate(node)


def test_cells_of_an_older_minor_version_get_the_same_ids_each_time(tmp_path: Path) -> None:
    data = json.loads(text_of(lesson()))
    data["nbformat_minor"] = 4
    for each in data["cells"]:
        del each["id"]
    path = place(tmp_path, data)

    node, repairs = notebook.read(path)

    assert text_of(node) == text_of(notebook.read(path)[0])
    assert repairs == []
    nbformat.validate(node)


@pytest.mark.parametrize(
    ("content", "what", "found"),
    [
        (b"", "the file is empty", ""),
        (b" \n\t ", "the file is empty", ""),
        ("größer".encode("latin-1"), "the file is not UTF-8 text", "byte 0xf6 at position 2"),
        (b"\xff\xfe1", "the file is not UTF-8 text", "byte 0x31 at position"),
        (text_of(lesson())[:300], "the file is not JSON", "line"),
        ("[" * 200_000, "the file is not JSON", ""),
        ("<html>Log in first</html>", "the file is not JSON", "Expecting value"),
        ([], "the file is JSON but not a notebook", ""),
        ({"cells": []}, "the file is JSON but not a notebook", ""),
        ({"nbformat": "4", "cells": []}, "the file is JSON but not a notebook", ""),
        ({"nbformat": 4, "nbformat_minor": 5}, "the notebook has no list of cells", ""),
        ({"nbformat": 4, "cells": {"a": 1}}, "the notebook has no list of cells", ""),
        ({"nbformat": 4, "cells": ["text"]}, "the notebook has a cell that is not a cell", ""),
        ({"nbformat": 3, "worksheets": 5}, "notebook format 3 could not be read", ""),
        ({"nbformat": 3, "worksheets": [{"cells": [1]}]}, "notebook format 3 could not", ""),
        ({"nbformat": 9, "cells": []}, "notebook format 9 could not be read", ""),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_notebook_is_told_with_the_reason(
    tmp_path: Path, content: Any, what: str, found: str
) -> None:
    with pytest.raises(Invalid) as caught:
        notebook.read(place(tmp_path, content, "work.ipynb"))

    assert caught.value.where == "work.ipynb", "the learner knows the name, not our folders"
    assert what in caught.value.what
    assert found in caught.value.found


def test_a_notebook_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such notebook") as caught:
        notebook.read(tmp_path / "a.ipynb")
    assert caught.value.where == "a.ipynb"


@pytest.mark.parametrize("kind", ["link", "folder"])
def test_a_link_or_a_folder_is_not_taken_for_a_notebook(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.ipynb"
    if kind == "link":
        path.symlink_to(place(tmp_path, text_of(lesson()), "real.ipynb"))
    else:
        path.mkdir()
    with pytest.raises(NotFound, match="no such notebook"):
        notebook.read(path)


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    with path.open("wb") as file:
        file.truncate(notebook.MAX_BYTES + 1_000_000)  # takes no room on the disk
    with pytest.raises(Invalid) as caught:
        notebook.read(path)
    assert (caught.value.expected, caught.value.found) == ("at most 250 MB", "251 MB")


def damage(path: tuple[Any, ...], value: Any) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        for key in path[:-1]:
            data = data[key]
        if value is None:
            del data[path[-1]]
        else:
            data[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "change",
    [
        damage(("cells", 3, "id"), "no id, with spaces"),
        damage(("metadata",), None),
        damage(("metadata",), "lost"),
        damage(("metadata", "kernelspec"), None),
        damage(("metadata", "kernelspec"), "python"),
        damage(("metadata", "kernelspec"), {"name": 7}),
        damage(("nbformat_minor",), None),
        damage(("cells", 3, "metadata"), None),
        damage(("cells", 3, "metadata"), []),
        damage(("cells", 3, "metadata", "nbgrader"), "x"),
        damage(("cells", 3, "metadata", "nbgrader"), {"grade_id": 3}),
        damage(("cells", 3, "source"), None),
        damage(("cells", 3, "source"), ["a = 1\n", 2]),
        damage(("cells", 3, "source"), 17),
        damage(("cells", 3, "outputs"), None),
        damage(("cells", 3, "outputs"), "much"),
        damage(("cells", 3, "outputs"), [1, {"output_type": "stream"}]),
        damage(("cells", 3, "cell_type"), "heading"),
        damage(("cells", 3, "cell_type"), ["code"]),
        damage(("cells", 3, "execution_count"), "x"),
        damage(("cells", 2, "attachments"), "x"),
    ],
)
def test_a_damaged_notebook_is_still_read_repaired_and_written(
    tmp_path: Path, change: Callable[[dict[str, Any]], None]
) -> None:
    data = json.loads(text_of(lesson()))
    change(data)

    node, _ = notebook.read(place(tmp_path, data))
    mended = mending.repair(lesson(), node).notebook

    assert json.loads(text_of(mended))["metadata"]["kernelspec"]["name"] == "python3"
    assert {"task", "answer", "test", "essay"} <= set(order(mended))
    nbformat.validate(json.loads(text_of(mended)))


# -- marks ------------------------------------------------------------------------------------


def test_cells_that_earn_points_are_found_under_their_headings() -> None:
    found = [(about["grade_id"], title) for _, about, title in notebook.graded_cells(lesson())]
    assert found == [("test", "Mean"), ("essay", "Words")]


def test_a_cell_without_a_usable_grade_id_has_no_marks() -> None:
    made = cell("a")
    for value in (None, "x", {}, {"grade_id": 4}):
        made.metadata["nbgrader"] = value
        assert notebook.marks(made) == {}


# -- repair -----------------------------------------------------------------------------------

ANSWER = "def mean(x):\n    return sum(x) / len(x)"


def work() -> NotebookNode:
    made = lesson()
    find(made, "answer").source = ANSWER
    find(made, "essay").source = "My own words."
    return made


def mend(submitted: NotebookNode) -> tuple[NotebookNode, list[tuple[str, str]]]:
    """Repair, and hold every repair to what it promises always."""
    trusted, before = lesson(), copy.deepcopy(submitted)
    mended = mending.repair(trusted, submitted)
    assert text_of(trusted) == text_of(lesson()), "the trusted copy was changed"
    assert submitted == before, "the submission was changed"
    ids = [c.id for c in mended.notebook.cells]
    assert len(ids) == len(set(ids))
    nbformat.validate(mended.notebook)
    return mended.notebook, [(repair.where, repair.text) for repair in mended.repairs]


def test_a_sound_submission_needs_no_repair() -> None:
    node, repairs = mend(work())
    assert repairs == []
    assert text_of(node) == text_of(work())


@pytest.mark.parametrize("name", ["task", "answer", "test", "essay"])
def test_a_deleted_cell_comes_back_at_its_place(name: str) -> None:
    made = work()
    made.cells.remove(find(made, name))

    node, repairs = mend(made)

    assert order(node) == ORDER
    assert find(node, name).source == find(lesson(), name).source
    assert repairs == [(name, "the cell was missing; put back from the lesson")]


def test_a_test_that_comes_back_runs_after_what_the_learner_put_in_its_place() -> None:
    made = work()
    made.cells.remove(find(made, "test"))
    made.cells.insert(4, cell("def mean(x):\n    return 1", cell_id="own"))

    assert order(mend(made)[0]) == [*ORDER[:4], "own", *ORDER[4:]]


def test_all_cells_deleted_come_back_in_order() -> None:
    made = work()
    made.cells = []
    node, repairs = mend(made)
    assert order(node) == ["task", "answer", "test", "essay"]
    assert len(repairs) == 4


@pytest.mark.parametrize(("name", "place"), [("task", len(ORDER)), ("test", 0)])
def test_another_copy_of_a_locked_cell_is_left_out(name: str, place: int) -> None:
    made = work()
    made.cells.insert(place, copy.deepcopy(find(made, name)) | {"id": "copy"})

    node, repairs = mend(made)

    assert order(node) == ORDER
    assert repairs == [(name, "was there twice; the other copy was left out")]


def test_an_answer_written_in_a_copy_of_the_empty_cell_is_the_answer() -> None:
    made = work()
    find(made, "essay").source = "Write here."
    made.cells.append(copy.deepcopy(find(made, "essay")) | {"id": "copy", "source": "Mine."})

    node, repairs = mend(made)

    assert find(node, "essay").source == "Mine."
    assert repairs == [("essay", "the answer stood in two cells; both were run")]


def test_an_answer_split_in_two_cells_is_run_whole() -> None:
    made = work()
    first = find(made, "answer")
    second = nbformat.from_dict(copy.deepcopy(dict(first)) | {"id": "second"})
    first.source, second.source = "def mean(x):", "    return 0"
    made.cells.insert(made.cells.index(first) + 1, second)

    node, repairs = mend(made)

    assert order(node) == [*ORDER[:4], "second", *ORDER[4:]]
    assert [c.source for c in node.cells[3:5]] == ["def mean(x):", "    return 0"]
    assert repairs == [("answer", "the answer stood in two cells; both were run")]


def test_a_cell_of_another_type_is_changed_back_and_keeps_its_text() -> None:
    made = work()
    retyped = find(made, "answer")
    retyped.cell_type = "markdown"
    del retyped["outputs"], retyped["execution_count"]

    node, repairs = mend(made)

    assert find(node, "answer").cell_type == "code"
    assert find(node, "answer").source == ANSWER
    assert repairs == [("answer", "was a markdown cell; made a code cell")]


@pytest.mark.parametrize("name", ["task", "test"])
def test_an_edited_locked_cell_gets_the_lessons_text_back(name: str) -> None:
    made = work()
    find(made, name).source = "pass"

    node, repairs = mend(made)

    assert find(node, name).source == find(lesson(), name).source
    assert repairs == [(name, "the cell had been edited; the lesson's own text was put back")]


def test_a_cell_as_it_was_given_out_gets_its_hidden_tests_without_a_remark() -> None:
    trusted, made = lesson(), work()
    given = find(trusted, "test")
    given.metadata["released"], given.source = given.source, "assert mean([1, 3]) == 2"
    bare = find(made, "test")
    bare.source, bare.id = "assert mean([1]) == 1", "lost"
    bare.metadata.pop("nbgrader")

    mended = mending.repair(trusted, made)

    assert find(mended.notebook, "test").source == "assert mean([1, 3]) == 2"
    assert [repair.text for repair in mended.repairs] == [
        "the cell had lost its marks; recognised and marked again"
    ]


def test_forged_marks_are_those_of_the_lesson_again() -> None:
    made = work()
    find(made, "test").metadata["nbgrader"] |= {"points": 100, "locked": False, "solution": True}
    find(made, "test").source = "assert True"

    node, _ = mend(made)

    assert find(node, "test").metadata["nbgrader"] == find(lesson(), "test").metadata["nbgrader"]
    assert find(node, "test").source == "assert mean([1]) == 1"


def test_marks_that_an_editor_threw_away_are_found_again_by_the_cells_id() -> None:
    made = work()
    for each in made.cells:
        each.metadata = nbformat.from_dict({})

    node, repairs = mend(made)

    assert order(node) == ORDER
    assert find(node, "answer").source == ANSWER
    assert {text for _, text in repairs} == {
        "the cell had lost its marks; recognised and marked again"}  # fmt: skip


def test_locked_cells_are_found_again_by_their_text_when_ids_are_lost_too() -> None:
    made = work()
    for number, each in enumerate(made.cells):
        each.metadata, each.id = nbformat.from_dict({}), f"new-{number}"

    node, repairs = mend(made)

    said = dict(repairs)
    assert said["test"] == "the cell had lost its marks; recognised and marked again"
    assert said["answer"] == "the cell was missing; put back from the lesson"
    assert ANSWER in [c.source for c in node.cells], "the learner's cell still runs"
    assert order(node).count("test") == 1


def test_a_question_that_the_lesson_does_not_have_becomes_a_plain_cell() -> None:
    made = work()
    made.cells.append(cell("bonus = 10", "bonus", grade=True, points=100))

    node, repairs = mend(made)

    assert node.cells[-1].source == "bonus = 10"
    assert "nbgrader" not in node.cells[-1].metadata
    assert repairs == [("bonus", "this lesson has no such question; taken as a plain cell")]


@pytest.mark.parametrize("kernel", [None, {"name": "ir", "display_name": "R"}])
def test_a_changed_kernel_is_put_back(kernel: dict[str, str] | None) -> None:
    made = work()
    made.metadata = nbformat.from_dict({"kernelspec": kernel} if kernel else {})

    node, repairs = mend(made)

    assert node.metadata["kernelspec"] == lesson().metadata["kernelspec"]
    assert repairs == [
        ("kernel", f"was {'ir' if kernel else 'none'!r}; run with the lesson's, 'python3'")
    ]


def test_the_learners_own_cells_stay_where_the_learner_put_them() -> None:
    made = work()
    made.cells.insert(4, cell("print('my try')", cell_id="own"))
    made.cells.insert(0, cell("x = 1", cell_id="first"))

    node, repairs = mend(made)

    assert repairs == []
    assert order(node) == ["first", *ORDER[:4], "own", *ORDER[4:]]


# -- whatever a learner does ------------------------------------------------------------------

NAMES = ["task", "answer", "test", "essay"]
LOCKED = {"task", "test"}
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["delete", "copy", "edit", "retype", "unmark", "rename", "new id", "move", "add"]
        ),
        st.integers(0, 12), st.integers(0, 12), st.sampled_from([*NAMES, "strange"]),
    ), max_size=8,
)  # fmt: skip


def act(node: NotebookNode, what: str, first: int, second: int, name: str) -> None:
    if what == "add" or not node.cells:
        node.cells.insert(
            first % (len(node.cells) + 1), cell(f"own({second})", cell_id=f"o{first}")
        )
        return
    one = node.cells[first % len(node.cells)]
    place = second % len(node.cells)
    if what == "delete":
        node.cells.remove(one)
    elif what == "copy":
        node.cells.insert(place, nbformat.from_dict(copy.deepcopy(dict(one)) | {"id": f"c{first}"}))
    elif what == "edit":
        one.source = ["", "edited()", "Explain it.", "assert mean([1]) == 1"][second % 4]
    elif what == "retype":
        one.cell_type = "markdown" if one.cell_type == "code" else "code"
    elif what == "unmark":
        one.metadata.pop("nbgrader", None)
    elif what == "rename":
        one.metadata["nbgrader"] = {"grade_id": name}
    elif what == "new id":
        one.id = f"n{second}"
    else:
        node.cells.insert(place, node.cells.pop(first % len(node.cells)))


@settings(
    max_examples=80, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(ACTS)
def test_whatever_was_done_a_repaired_notebook_is_whole_and_needs_no_repair(
    tmp_path: Path, acts: list[tuple[str, int, int, str]]
) -> None:
    made = work()
    for each in acts:
        act(made, *each)
    submitted, _ = notebook.read(place(tmp_path, json.dumps(made)))

    node, _ = mend(submitted)

    assert sorted(n for c in node.cells if (n := notebook.marks(c).get("grade_id"))) == sorted(
        NAMES
    )
    kept = [c.source for c in node.cells]
    locked = {find(lesson(), name).source for name in LOCKED}
    for each in submitted.cells:
        name = notebook.marks(each).get("grade_id", "")
        if name not in LOCKED and each.id not in LOCKED and each.source not in locked:
            assert each.source in kept, "something of the learner's was lost"
    again = mending.repair(lesson(), node)
    assert [repair.text for repair in again.repairs] == []
    assert text_of(again.notebook) == text_of(node)
