"""What a lesson's submissions are judged by, gathered once: the trusted side of grading."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from course.model import Question
from course.notebook import NotebookNode, marks
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
    fingerprint: str = ""


def trusted(release: NotebookNode, cells: Mapping[str, Any]) -> NotebookNode:
    """Return the release with each locked cell as nbgrader saved it, before hiding.

    Args:
        release: the released notebook; not changed.
        cells: nbgrader's source cells by grade_id.
    """
    node = nbformat.from_dict(json.loads(json.dumps(release)))
    for cell in node.cells:
        saved = cells.get(marks(cell).get("grade_id", ""))
        if saved is not None and saved["locked"] and saved["source"] is not None:
            cell.source = saved["source"]
    return node


def fingerprint(*parts: object) -> str:
    """Return a digest of values with a stable text form."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()
