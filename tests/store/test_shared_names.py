"""Two notebooks of a lesson with a question of the same name: refused, or told apart."""

import json
from pathlib import Path
from typing import Any

import pytest

from course.cli import run
from course.term import Course


def cell(name: str, source: str, **about: Any) -> dict[str, Any]:
    marks = {"grade_id": name, "schema_version": 3, "cell_type": "code", "task": False,
             "locked": False, "grade": False, "solution": False, **about}  # fmt: skip
    return {"cell_type": "code", "id": name, "metadata": {"nbgrader": marks}, "source": source,
            "outputs": [], "execution_count": None}  # fmt: skip


def write(path: Path, answer: str, test: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [
        cell("a", f"### BEGIN SOLUTION\n{answer}\n### END SOLUTION", solution=True),
        cell("q", test, grade=True, locked=True, points=1),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    node = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(node))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return an nbgrader course with the same names in two notebooks, and one learner's work."""
    root = tmp_path / "stats"
    for name in ("one", "two"):
        write(root / "source" / "week" / f"{name}.ipynb", "x = 1", "assert x == 1")
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Exchange.root = 'exchange'\n")
    for name, answer in (("one", "x = 1"), ("two", "x = 2")):
        write(root / "submitted" / "ana" / "week" / f"{name}.ipynb", answer, "assert x == 1")
    assert run(["autograde", "week", "--course", str(root)]) == 0
    return root


def marks(root: Path) -> dict[str, float | None]:
    return {mark.notebook: mark.points for mark in Course.open(root).marks("week")}


def test_a_release_is_refused_with_both_places_where_our_tests_are_found_by_the_name(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["release", "week", "--course", str(root)]) == 0  # as nbgrader lets it be
    for name in ("one", "two"):
        write(root / "source" / "week" / f"{name}.ipynb", "x = 1", 'course.check("q")')
    capsys.readouterr()
    assert run(["release", "week", "--course", str(root)]) == 2
    said = capsys.readouterr().err
    assert "notebooks of 'week' share a question's name" in said
    assert "found: 'q' in one.ipynb, 'q' in two.ipynb" in said
    assert "change one of them: the cell's grade_id" in said


def test_a_persons_mark_needs_the_notebook_where_the_name_is_not_enough(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert marks(root) == {"one": 1.0, "two": 0.0}
    give = ["--points", "0.5", "--comment", "Nearly.", "--course", str(root)]
    assert run(["mark", "week", "ana", "q", *give]) == 2
    said = capsys.readouterr().err
    assert "several notebooks of week have a question 'q'" in said
    assert "expected: one of: one/q, two/q" in said
    assert run(["mark", "week", "ana", "two/q", *give]) == 0
    assert marks(root) == {"one": 1.0, "two": 0.5}
    assert run(["mark", "week", "ana", "three/q", *give]) == 2
    assert "did you mean" in capsys.readouterr().err


def test_a_mark_that_would_go_down_is_kept_in_its_own_notebook_only(root: Path) -> None:
    for name in ("one", "two"):
        write(root / "source" / "week" / f"{name}.ipynb", "x = 2", "assert x == 2")
        (root / "release" / "week" / f"{name}.ipynb").unlink()
    assert run(["regrade", "week", "--never-down", "--course", str(root)]) == 0
    assert marks(root) == {"one": 1.0, "two": 1.0}
