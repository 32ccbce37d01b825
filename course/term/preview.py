"""A lesson before its release, as a learner and as a grader will see it: all in a scratch folder."""

import copy
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from course import kept
from course import layout as disk
from course import notebook as notebooks
from course.errors import CourseError, Invalid
from course.lesson import record
from course.model import Learner, Mark
from course.notebook import NotebookNode, marks
from course.questions import kind_of, sheet
from course.term import Course, returning

SCRATCH = Path(".course") / "preview"
RECORD = "record.jsonl"
SAMPLES = {"solution": "the author's solution", "untouched": "the lesson as it is released"}


@dataclass(frozen=True, slots=True)
class Preview:
    """One lesson of a course, to be looked at.

    Attributes:
        root: the course's folder.
        lesson: the lesson's folder.
    """

    root: Path
    lesson: str

    @property
    def folder(self) -> Path:
        """The folder that a learner would work in."""
        return self.root / SCRATCH / self.lesson / "learner" / self.lesson

    def course(self) -> Course:
        """Return the course as it is now, with everything but its sources and tests in scratch."""
        own = Course.open(self.root)
        own.known(self.lesson)
        root = self.root / SCRATCH / self.lesson / "course"
        root.mkdir(parents=True, exist_ok=True)
        config = copy.deepcopy(own.config)
        config.CourseDirectory.root = str(root)
        config.CourseDirectory.source_directory = str(own.layout.source)
        config.CourseDirectory.db_url = db_url = f"sqlite:///{root / 'gradebook.db'}"
        for step in ("release", "submitted", "autograded", "feedback"):
            config.CourseDirectory[f"{step}_directory"] = step
        layout = replace(
            own.layout, root=root, release=root / "release", submitted=root / "submitted",
            autograded=root / "autograded", feedback=root / "feedback", db_url=db_url,
        )  # fmt: skip
        return Course(layout, own.file, config)

    def build(self) -> Path:
        """Build what learners get, into `folder`; answers in unchanged cells stay. Returns it.

        Raises:
            CourseError: what a release would say; the folder stays as it was.
        """
        released, base = self.course().rebuild(self.lesson), self.folder.parent.parent / "base"
        there = dict(disk.files_below(base)) if base.is_dir() else {}
        for name, path in disk.files_below(released):  # each by itself: kernels work in this folder
            content = path.read_bytes()
            if name.endswith(".ipynb") and name in there:
                content = _with_answers(path, there[name], self.folder / name)
            target = self.folder / name
            if not target.is_file() or target.read_bytes() != content:
                disk.write(target, content)
        for name in set(there) - {name for name, _ in disk.files_below(released)}:
            (self.folder / name).unlink(missing_ok=True)
        _forget_changed(self.folder / RECORD, base, released)
        disk.copy_folder(released, base)
        return self.folder

    def watch(self, done: Callable[[], bool] = lambda: False) -> Iterator[float | CourseError]:
        """Build on every save; yields how long it took (seconds), or what was wrong.

        Args:
            done: asked twice a second; True ends it.
        """
        from watchfiles import watch  # noqa: PLC0415  only here

        layout = Course.open(self.root).layout
        paths = [layout.source / self.lesson, layout.autograders, self.root / disk.COURSE_FILE]
        there = [path for path in paths if path.exists()]
        for changes in watch(*there, debounce=200, step=20, rust_timeout=500, yield_on_timeout=True,
                             raise_interrupt=True):  # fmt: skip
            if done():
                return
            if not changes:
                continue
            begin = time.monotonic()
            try:
                self.build()
            except CourseError as error:
                yield error
            else:
                yield time.monotonic() - begin

    def as_grader(self) -> tuple[list[Mark], list[tuple[str, Path]]]:
        """Grade the sample answers behind the walls; returns the marks, and each sample's feedback page."""
        course = self.course()
        disk.remove_folder(course.layout.submitted)
        released = course.rebuild(self.lesson)
        course.enrol([Learner(who, last_name=name) for who, name in SAMPLES.items()])
        for who in SAMPLES:
            disk.copy_folder(released, course.layout.submission(who, self.lesson))
        _solve(course, course.layout.submission("solution", self.lesson), self.lesson)
        prepared = course.prepare(self.lesson)
        work, _ = course.todo(prepared, force=True)
        for graded in course.autograde(prepared, work):
            if graded.reason:
                raise Invalid(
                    f"the sample '{graded.submission.learner}' can't be graded", found=graded.reason
                )
        returning.give_back(course, self.lesson)
        pages = [
            next((who, page) for page in sorted((course.layout.feedback / who / self.lesson).glob("*.html"))
                 if page.stem != kept.NAME)
            for who in SAMPLES
        ]  # fmt: skip
        return course.marks(self.lesson), pages


def _with_answers(new: Path, base: Path, mine: Path) -> bytes:
    """Return a built notebook with what a person did in the last build of it."""
    node = notebooks.read(new)[0]
    with suppress(CourseError):  # what was spoilt in the preview is built anew
        node = merged(node, notebooks.read(base)[0], notebooks.read(mine)[0])
    return notebooks.write_text(node).encode()


def _forget_changed(path: Path, base: Path, released: Path) -> None:
    """Take the answers to questions that changed out of the preview's record."""
    changed = {name for name, _ in _questions(base).items() ^ _questions(released).items()}
    if changed and path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        disk.write(path, "".join(line for line in lines if _object(line) not in changed))


def merged(new: NotebookNode, old: NotebookNode, own: NotebookNode) -> NotebookNode:
    """Return ``new`` with what ``own`` has in cells that are in ``new`` as they were in ``old``.

    Cells that a person added stay below the cell that they stood under.
    """
    was = {cell.id: cell for cell in old.cells}
    there = {cell.id: cell for cell in own.cells}
    result = copy.deepcopy(new)
    for cell in result.cells:
        old_one, mine = was.get(cell.id), there.get(cell.id)
        if (
            old_one is not None
            and mine is not None
            and _alike(old_one, cell)
            and mine.cell_type == cell.cell_type
        ):
            cell.source = mine.source
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = mine.outputs, mine.execution_count
    for place, cell in enumerate(own.cells):
        if cell.id not in was and cell.id not in {each.id for each in result.cells}:
            ids = [each.id for each in result.cells]
            above = own.cells[place - 1].id if place else ""
            result.cells.insert(ids.index(above) + 1 if above in ids else len(ids), cell)
    return result


def _alike(one: NotebookNode, other: NotebookNode) -> bool:
    return bool(one.source == other.source and one.cell_type == other.cell_type)


def _questions(folder: Path) -> dict[str, str]:
    """Return the questions of a built lesson as text, by id."""
    if not (folder / sheet.NAME).is_file():
        return {}
    items = sheet.items((folder / sheet.NAME).read_text(encoding="utf-8"))
    return {name: repr(item) for name, item in items.items()}


def _object(line: str) -> str:
    try:
        return str(json.loads(line).get("object"))
    except (ValueError, AttributeError):
        return ""  # a line that can't be read belongs to no question, and stays


def _solve(course: Course, folder: Path, lesson: str) -> None:
    """Write the author's solutions into a copy of the release, and the right answers into its record."""
    for name, right in course.sources.notebooks(lesson):
        solutions = {
            marks(c)["grade_id"]: c.source for c in right.cells if marks(c).get("solution")
        }
        node, _ = notebooks.read(folder / f"{name}.ipynb")
        for cell in node.cells:
            cell.source = solutions.get(marks(cell).get("grade_id", ""), cell.source)
        (folder / f"{name}.ipynb").write_text(notebooks.write_text(node), encoding="utf-8")
    for item in course.items(lesson).values():
        right = kind_of(item).samples(item, 0)["correct"]
        record.append(folder, "answered", item.id, {"response": right}, {"seed": 0, "variant": 0})
