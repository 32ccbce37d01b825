"""What a lesson's submissions are judged by, gathered once: the trusted side of grading."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

import course
from course.authoring import build
from course.errors import Invalid, nearest
from course.layout import file_digest, files_below
from course.model import Kind, Question
from course.notebook import NotebookNode, marks, write_text
from course.questions import Item
from course.sandbox import Limits


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that decides a submission's verdicts, except the submission.

    Attributes:
        lesson: the lesson's id.
        notebooks: name -> text of the trusted notebook: the release, with the locked cells as
            nbgrader saved them, hidden regions included.
        questions: in order.
        items: quiz questions with their keys, by id.
        tests: the file of the tests; it need not exist.
        files: the lesson's own data files, put over the learner's.
        limits: what one submission may use.
        preload: modules that the runner may import beforehand.
        openings: name -> what the notebook runs before a learner's first answer.
        test_seconds: how long one of the lesson's own tests may take.
        fingerprint: digest of all of this.
    """

    lesson: str
    notebooks: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    items: Mapping[str, Item]
    tests: Path
    files: Path
    limits: Limits = field(default_factory=Limits)
    preload: tuple[str, ...] = ()
    openings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    test_seconds: float = 60.0
    fingerprint: str = ""

    def kernels(self) -> set[str]:
        """Return the names of the kernels that its notebooks ask for."""
        return {kernel_of(json.loads(text)) for _, text in self.notebooks}


def kernel_of(node: Mapping[str, Any]) -> str:
    """Return the name of the kernel that a notebook asks for."""
    return str(node["metadata"].get("kernelspec", {}).get("name", "python3"))


def trusted(release: NotebookNode, cells: Mapping[str, Any]) -> NotebookNode:
    """Return the release with each locked cell as nbgrader saved it, before hiding.

    What learners were given of a cell is kept in its metadata, as "released".

    Args:
        release: the released notebook; not changed.
        cells: nbgrader's source cells by grade_id.
    """
    node = nbformat.from_dict(json.loads(json.dumps(release)))
    for cell in node.cells:
        saved = cells.get(marks(cell).get("grade_id", ""))
        if saved is not None and saved["locked"] and saved["source"] is not None:
            cell.metadata["released"], cell.source = cell.source, saved["source"]
    return node


def gather(
    lesson: str,
    nodes: Sequence[tuple[str, NotebookNode]],
    items: Mapping[str, Item],
    *,
    tests: Path,
    files: Path,
    limits: Limits,
    preload: tuple[str, ...],
    test_seconds: float = 60.0,
) -> Prepared:
    """Put together what a lesson's submissions are judged by.

    Args:
        nodes: name and trusted notebook, in order.
        items: the source's quiz questions by id.

    Raises:
        Invalid: the release asks a quiz that the source does not have.
    """
    found = [question for name, node in nodes for question in build.questions(name, node)]
    lost = [
        question.id for question in found if question.kind is Kind.QUIZ and question.id not in items
    ]
    if lost:
        raise Invalid(
            f"the release of '{lesson}' asks a quiz that the source no longer has",
            where=str(files),
            found=lost[0],
            hint=nearest(lost[0], items) or "put it back, or release the lesson again",
        )
    texts = tuple((name, write_text(node)) for name, node in nodes)
    key = fingerprint(
        course.__version__, texts, tests.read_bytes() if tests.is_file() else b"", items, limits,
        test_seconds, [(name, file_digest(path)) for name, path in files_below(files)],
    )  # fmt: skip
    openings = {name: opening(node) for name, node in nodes}
    return Prepared(
        lesson,
        texts,
        tuple(found),
        items,
        tests,
        files,
        limits,
        preload,
        openings,
        test_seconds,
        key,
    )


def opening(node: NotebookNode) -> tuple[str, ...]:
    """Return the sources that run before the first cell that is answered in or judged."""
    sources = []
    for cell in node.cells:
        about = marks(cell)
        if any(about.get(mark) for mark in ("solution", "grade", "task")):
            break
        if runs(cell):
            sources.append(cell.source)
    return tuple(sources)


def runs(cell: NotebookNode) -> bool:
    """Whether a cell is code to run: our own calls are judged, and blank cells do nothing."""
    return (
        cell.cell_type == "code"
        and bool(cell.source.strip())
        and build.call_of(cell.source) == ("", "")
    )


def fingerprint(*parts: object) -> str:
    """Return a digest of values with a stable text form."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()
