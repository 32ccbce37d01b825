"""Any course in nbgrader's format, graded by nbgrader and by us, and the marks side by side.

A course is a folder with `nbgrader_config.py`, `source/` and `submitted/`. It is copied, never
changed. Where the two differ on purpose, a row of `docs/nbgrader-differences.md` says so, and
`Both.reason` finds that row by what nbgrader left behind.
"""

import json
import re
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import classroom

from course.term import Course

STDERR = "A right answer makes text on stderr, a warning say"
DEAD = "The notebook's process dies, or a cell never ends"
OVER = "A test cell's value is above its points"
BELOW = "A test cell's value is below 0 or not a number (`nan`)"
UNREADABLE = "A submission is no notebook, or is missing one"
REPAIRED = "A graded cell was deleted, copied, split, retyped or edited"
EMPTIED = "A written answer was emptied, or only its white space changed"

MADE = {"release", "autograded", "feedback", "gradebook.db", ".course"}  # by grading
FAILURES = {
    "partial credit cannot be greater": OVER,
    "DeadKernelError": DEAD,
    "became unresponsive": DEAD,
    "exists multiple times": REPAIRED,
    "'cell_type' for cell": REPAIRED,
}


class Cell(NamedTuple):
    """A graded cell of one learner's work."""

    learner: str
    lesson: str
    notebook: str
    name: str


class Mark(NamedTuple):
    """What a gradebook holds of a cell: points, of how many, and whether a person is waited for."""

    score: float | None
    maximum: float
    waits: bool


@dataclass(frozen=True)
class Both:
    """The same work, graded twice."""

    ours: Path
    theirs: Path
    said: str  # by nbgrader

    def differences(self) -> dict[Cell, tuple[Mark | None, Mark | None]]:
        """Return the cells whose mark is not the same: ours and nbgrader's."""
        ours, theirs = marks(self.ours), marks(self.theirs)
        cells = sorted(ours.keys() | theirs.keys())
        return {c: (ours.get(c), theirs.get(c)) for c in cells if ours.get(c) != theirs.get(c)}

    def reason(self, cell: Cell) -> str:
        """Return the row of the differences that tells why a cell's mark differs; "" for none."""
        ours, theirs = marks(self.ours).get(cell), marks(self.theirs).get(cell)
        if not (self.ours / "autograded" / cell.learner / cell.lesson).is_dir():
            return UNREADABLE
        if not (self.theirs / "autograded" / cell.learner / cell.lesson).is_dir():
            return self._failure(cell)
        repairs = Course.open(self.ours).repairs(cell.lesson)
        if any(learner == cell.learner for learner, _, _ in repairs):
            return REPAIRED  # also of a cell that needs what was put back
        assert ours is not None
        assert theirs is not None
        outputs = self._outputs(cell)
        values = [each for each in outputs if each["output_type"] == "execute_result"]
        if theirs.score == 0 and any(each.get("name") == "stderr" for each in outputs):
            return STDERR
        if ours.score == 0 and theirs.score == theirs.maximum and values:
            return BELOW
        return EMPTIED if ours.score == 0 and theirs.waits else ""

    def _failure(self, cell: Cell) -> str:
        """Return why nbgrader gave up on a submission, by what it logged after its name."""
        _, _, after = self.said.partition(f"/{cell.learner}/{cell.lesson}/")
        own = after.partition("Removing failed assignment")[0]
        return next((row for text, row in FAILURES.items() if text in own), "")

    def _outputs(self, cell: Cell) -> list[dict[str, Any]]:
        place = self.theirs / "autograded" / cell.learner / cell.lesson / f"{cell.notebook}.ipynb"
        for each in json.loads(place.read_text(encoding="utf-8"))["cells"]:
            if each["metadata"].get("nbgrader", {}).get("grade_id") == cell.name:
                return list(each.get("outputs", []))
        return []


def grade(course: Path, scratch: Path) -> Both:
    """Grade a course's submitted work with both, each in a copy of the course."""
    ours, theirs = (_copy(course, scratch / name) for name in ("ours", "theirs"))
    lessons = sorted({path.name for path in (theirs / "submitted").glob("*/*") if path.is_dir()})
    _update(theirs)
    said = ""
    for lesson in lessons:
        classroom.nbgrader(f"generate_assignment {lesson}", theirs)
        said += _autograde(theirs, lesson)
        classroom.course(f"autograde {lesson}", ours, code=None)
    return Both(ours, theirs, said)


def _autograde(course: Path, lesson: str) -> str:
    """Let nbgrader grade a lesson, without the work that stops it; returns what it said."""
    said = ""
    while True:
        said += classroom.nbgrader(f"autograde {lesson}", course, code=None, seconds=36_000).err
        if not said.rstrip().endswith("nbgrader update ."):
            return said
        stopped = re.findall(rf"Sanitizing .*/([^/]+)/{re.escape(lesson)}/", said)[-1]
        shutil.rmtree(course / "submitted" / stopped / lesson)


def _update(course: Path) -> None:
    """Let nbgrader bring old metadata up to date, without which it refuses the whole class."""
    old = {
        path.parent for path in course.rglob("*.ipynb")
        if re.search(r'"schema_version": [012]\b', path.read_text(encoding="utf-8", errors="replace"))
    }  # fmt: skip
    if old:
        classroom.nbgrader(f"update {' '.join(map(str, sorted(old)))}", course)


def _copy(course: Path, target: Path) -> Path:
    """Copy a course without what grading it made, and let nothing point out of the copy."""
    shutil.copytree(
        course, target, ignore=lambda place, _: MADE if Path(place) == course else set()
    )
    with (target / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(
            f"\nc = get_config()\nc.CourseDirectory.root = {str(target)!r}\n"
            f"c.CourseDirectory.db_url = 'sqlite:///{target}/gradebook.db'\n"
            f"c.Exchange.root = {str(target / 'exchange')!r}\n"
        )
    return target


def marks(course: Path) -> dict[Cell, Mark]:
    """Return what a course's gradebook holds of every graded cell of every learner."""
    query = """
        select s.student_id, a.name, n.name, b.name, g.auto_score,
               coalesce(gc.max_score, tc.max_score), g.needs_manual_grade
        from grade g join base_cell b on g.cell_id = b.id
        left join grade_cells gc on gc.id = b.id left join task_cells tc on tc.id = b.id
        join submitted_notebook sn on g.notebook_id = sn.id join notebook n on sn.notebook_id = n.id
        join submitted_assignment s on sn.assignment_id = s.id
        join assignment a on s.assignment_id = a.id"""
    with sqlite3.connect(course / "gradebook.db") as book:
        rows = book.execute(query).fetchall()
    book.close()
    return {Cell(*row[:4]): Mark(row[4], row[5], bool(row[6])) for row in rows}
