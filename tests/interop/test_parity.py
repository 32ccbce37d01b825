"""Every kind of cell that nbgrader has, in work of every sort: the same marks as nbgrader's.

Another course is compared with `COURSE_PARITY=<its folder> .venv/bin/pytest tests/interop/test_parity.py`.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import both_graders
import classroom
import nbgrader
import pytest
from both_graders import DEAD, EMPTIED, OVER, REPAIRED, STDERR, UNREADABLE, Both
from classroom import course

pytestmark = pytest.mark.thorough

PARITY = classroom.DATA / "parity"
GUIDE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide"  # nbgrader's own sample
UNSEEN = Path(os.environ.get("COURSE_PARITY", GUIDE))
DOUBLE = "def double(number):\n    return 2 * number\n"
RIGHT = {
    "double": DOUBLE, "earned": "earned = 3", "quiet": "def shout(text):\n    return text.upper()\n",
    "total": "total = 10\nnames = ['a', 'b']", "rows": "rows = len(open('data.csv').readlines())",
    "chart": "print('#')", "practice": "print('-')", "essay": "It is small.", "remark": "Any.",
    "word": "word = 'course'", "half": "def half(number):\n    return number / 2\n",
    "why": "They fit.",
}  # fmt: skip
Cells = list[dict[str, Any]]


def name_of(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def place(cells: Cells, name: str) -> int:
    return next((i for i, cell in enumerate(cells) if name_of(cell) == name), -1)


def plain(source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": {},
        "source": source,
        "execution_count": None,
        "outputs": [],
    }


def copied(cell: dict[str, Any], source: str) -> dict[str, Any]:
    return {**json.loads(json.dumps(cell)), "source": source}


def vandalise(cells: Cells) -> None:
    """Edit what is locked: sources, points, marks, types, the schema's number, keys."""
    for name, source in (
        ("given", "LIMIT = 0"), ("double-open", "pass"), ("about", ""), ("value", "3"), ("fails", "pass"),
    ):  # fmt: skip
        if place(cells, name) >= 0:
            cells[place(cells, name)]["source"] = source
    for name in ("double-open", "value", "chart", "essay"):
        if place(cells, name) >= 0:
            cells[place(cells, name)]["metadata"]["nbgrader"]["points"] = 100
    for name in ("double-hidden", "word-test"):
        if place(cells, name) >= 0:
            cell = cells[place(cells, name)]
            cell["cell_type"] = "markdown"
            del cell["outputs"], cell["execution_count"]
            cell["metadata"]["nbgrader"]["locked"] = False


def shuffle(cells: Cells) -> None:
    """Move, copy and add cells, as one does at work."""
    if place(cells, "double-open") < 0:
        return
    test = cells[place(cells, "double-open")]
    cells.insert(0, copied(test, test["source"]))
    cells.insert(0, plain("print('mine')"))
    answer = place(cells, "quiet")
    cells.insert(answer, copied(cells[answer], "def shout(text):\n    return text\n"))
    cells.append(cells.pop(place(cells, "rows-test")))
    cells.insert(place(cells, "double"), cells.pop(place(cells, "earned")))
    cells.append(plain("double = None"))


def tear(cells: Cells) -> None:
    """Delete a test, a given cell, an answer and an answer that a person marks."""
    lost = {"double-open", "given", "quiet", "chart", "essay", "survey"}
    cells[:] = [cell for cell in cells if name_of(cell) not in lost]


WRONG = {
    **RIGHT, "double": "def double(number):\n    return 4", "earned": "earned = 1.5",
    "total": "total = 11\nnames = []", "rows": "rows = '3'", "word": "word = 1 / 0",
}  # fmt: skip
WORK: dict[str, dict[str, str]] = {
    "ana": RIGHT,
    "ben": WRONG,
    "cleo": {},
    "dora": RIGHT,
    "eli": RIGHT,
    "gil": {
        **RIGHT, "earned": "import numpy\nearned = numpy.float64(1)", "essay": "", "remark": "YOUR ANSWER HERE \n",
        "quiet": "import warnings\ndef shout(text):\n    warnings.warn('loud')\n    return text.upper()\n",
    },
    "hana": {**RIGHT, "earned": "import os\nos._exit(1)"},
    "ivo": {**RIGHT, "earned": "earned = 4"},
    "jan": RIGHT,
    "zoe": RIGHT,
}  # fmt: skip
DEEDS: dict[str, Callable[[Cells], None]] = {"dora": vandalise, "eli": tear, "zoe": shuffle}


def hand_in(folder: Path, learner: str, lesson: str) -> Path:
    """Put a learner's work into a course, as the exchange would have."""
    work = classroom.copy(folder / "release" / lesson, folder / "submitted" / learner / lesson)
    (work / "timestamp.txt").write_text("2026-03-02 10:00:00.000000 UTC")
    for path in work.glob("*.ipynb"):
        classroom.edit(path, WORK[learner])
        node = json.loads(path.read_text(encoding="utf-8"))
        DEEDS.get(learner, lambda _: None)(node["cells"])
        path.write_text(json.dumps(node), encoding="utf-8")
    return work


def age(work: Path) -> None:
    """Write a lesson's notebooks as an old nbgrader and Jupyter did: no task, no cell ids."""
    for path in work.glob("*.ipynb"):
        node = json.loads(path.read_text(encoding="utf-8"))
        schema = int(path.stem[-1])
        node["nbformat_minor"] = schema
        for cell in node["cells"]:
            cell.pop("id", None)
            if name_of(cell):
                cell["metadata"]["nbgrader"]["schema_version"] = schema
                cell["metadata"]["nbgrader"].pop("task", None)
            if name_of(cell) and schema == 1:
                del cell["metadata"]["nbgrader"]["cell_type"]
        path.write_text(json.dumps(node), encoding="utf-8")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    scratch = tmp_path_factory.mktemp("parity")
    folder = classroom.copy(PARITY, scratch / "course")
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write("c.Exchange.root = 'exchange'\n")
    course("release ps1", folder)
    course("release old", folder)
    for learner in WORK:
        hand_in(folder, learner, "ps1")
    age(hand_in(folder, "ana", "old"))
    (folder / "submitted" / "jan" / "ps1" / "words.ipynb").unlink()
    return both_graders.grade(folder, scratch)


FAILED = {"dora": REPAIRED, "hana": DEAD, "ivo": OVER, "jan": UNREADABLE, "zoe": REPAIRED}
"""Whose work nbgrader gave up, and jan's, who handed in one notebook of two."""

DIFFERENT = {
    ("gil", "quiet-test"): (2, 0, STDERR),
    ("gil", "essay"): (0, None, EMPTIED),
    ("gil", "remark"): (0, None, EMPTIED),
    ("eli", "double-open"): (2, None, REPAIRED),
    ("eli", "last"): (1, 0, REPAIRED),  # it needs what was given
    ("eli", "chart"): (0, None, REPAIRED),
    ("eli", "essay"): (0, None, REPAIRED),
}
"""Learner and cell: our score, nbgrader's, and the row of the differences that says why."""


def test_every_cell_has_nbgraders_mark_except_where_a_row_of_the_differences_says_so(
    both: Both,
) -> None:
    different = {
        (cell.learner, cell.name): (ours.score, theirs.score, both.reason(cell))
        for cell, (ours, theirs) in both.differences().items()
        if ours and theirs and cell.learner not in FAILED and cell.name != "warns"
    }

    assert different == DIFFERENT
    everybody = {cell.learner for cell in both_graders.marks(both.theirs)}
    assert everybody == set(WORK)


def test_a_test_that_warns_itself_costs_nothing(both: Both) -> None:
    ours, theirs = both_graders.marks(both.ours), both_graders.marks(both.theirs)
    cells = [cell for cell in theirs if cell.name == "warns" and cell.learner not in FAILED]

    assert {ours[cell].score for cell in cells} == {1}
    assert {theirs[cell].score for cell in cells} == {0}
    assert {both.reason(cell) for cell in cells} <= {STDERR, REPAIRED}


@pytest.mark.parametrize("learner", FAILED)
def test_work_that_nbgrader_gives_up_has_a_row_of_its_own(both: Both, learner: str) -> None:
    different = both.differences()
    reasons = {both.reason(cell) for cell in different if cell.learner == learner}

    assert reasons == {FAILED[learner]}


def test_what_nbgrader_gives_up_is_graded_as_far_as_it_can_be(both: Both) -> None:
    ours = both_graders.marks(both.ours)

    def of(learner: str, *cells: str) -> list[float | None]:
        return [mark.score for name in cells for cell, mark in ours.items()
                if (cell.learner, cell.name) == (learner, name)]  # fmt: skip

    ana = of("ana", "double-open", "double-hidden", "word-test", "rows-test", "value-of-parts")
    for learner in ("dora", "zoe"):
        assert ana == of(
            learner, "double-open", "double-hidden", "word-test", "rows-test", "value-of-parts"
        )
    assert of("hana", "double-open", "double-hidden", "value", "rows-test") == [2, 1.5, 0, 1]
    assert of("ivo", "double-open", "value", "last") == [2, 3, 1]
    assert of("jan", "double-open", "word-test") == [None, None]


def test_old_metadata_earns_what_it_earns_after_nbgrader_update(both: Both) -> None:
    ours = {
        cell: mark for cell, mark in both_graders.marks(both.ours).items() if cell.lesson == "old"
    }
    theirs = {c: mark for c, mark in both_graders.marks(both.theirs).items() if c.lesson == "old"}

    assert ours == theirs
    assert {(c.notebook, c.name): mark.score for c, mark in ours.items() if c.learner == "ana"} == {
        (notebook, name): score
        for notebook in ("schema1", "schema2")
        for name, score in (("half-test", 2), ("half-value", 1.5), ("why", None))
    }


def test_the_table_has_every_row_that_is_named_here() -> None:
    table = (classroom.DATA.parents[1] / "docs" / "nbgrader-differences.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)

    assert {*FAILED.values(), *(row for _, _, row in DIFFERENT.values())} <= set(rows)


@pytest.mark.skipif("COURSE_KILLS" not in os.environ, reason="make faults compares it")
def test_another_course_differs_only_where_a_row_of_the_differences_says_so(tmp_path: Path) -> None:
    found = both_graders.grade(UNSEEN.resolve(), tmp_path)

    assert both_graders.marks(found.theirs), "nbgrader graded nothing"
    unexplained = {
        cell: marks for cell, marks in found.differences().items() if not found.reason(cell)
    }
    assert unexplained == {}
