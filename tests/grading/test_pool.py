"""Processes that judge: what was in the hands of one that died goes to another, as it was given."""

import os
import signal
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from course.grading.pool import Workers
from course.grading.prepared import Prepared, gather
from course.model import Submission
from course.notebook import write_text
from course.sandbox import Limits


def lesson(folder: Path, name: str, right: int) -> tuple[Prepared, Submission]:
    """Return a lesson that wants ``right``, and the same right answer to it."""
    mark = {"schema_version": 3, "solution": False, "task": False, "locked": True, "grade": True}
    test = new_code_cell(f"assert 3 == {right}", id="three")
    test.metadata["nbgrader"] = {**mark, "grade_id": "three", "points": 2}
    node = new_notebook(cells=[test])
    own, work = folder / name, folder / f"work-{name}"
    own.mkdir()
    work.mkdir()
    (work / f"{name}.ipynb").write_text(write_text(node))
    prepared = gather(
        name, [(name, node)], {}, tests=own / "none.py", files=own, limits=Limits(), preload=()
    )
    return prepared, Submission("ana", name, work, None, name)


def test_who_dies_before_a_lesson_came_leaves_it_to_another(tmp_path: Path) -> None:
    first, second = lesson(tmp_path, "first", 3), lesson(tmp_path, "second", 4)
    with Workers(1) as workers:
        (before,) = workers.grade_each([first])
        process = workers.staff[0].process
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()  # nobody has noticed: it is given the next lesson, which it never gets
        (after,) = workers.grade_each([second])
    scores = [graded.verdicts[0].score for graded in (before, after)]
    assert (scores, after.submission, after.reason) == ([2.0, 0.0], second[1], "")
