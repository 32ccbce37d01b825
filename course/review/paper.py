"""Which part of a notebook belongs to a question: what a grader has to read. Pure."""

from collections.abc import Sequence
from typing import Any, Literal

Part = Literal["context", "answer", "tests"]


def part(cells: Sequence[Any], question: str) -> list[tuple[int, Part]]:
    """Return index and role of the cells that belong to a graded question, in order.

    They are those after the graded cell before it, up to its own: the task in words, the cells
    that the learner wrote in ("answer"), and the tests. A question that is its own answer, such as
    one in own words, has no tests.

    Args:
        cells: of a notebook with nbgrader's metadata.
        question: its grade_id.
    """
    last = next(
        (i for i, cell in enumerate(cells) if _about(cell).get("grade_id") == question), None
    )
    if last is None:
        return []
    first = last
    while first and not _graded(cells[first - 1]):
        first -= 1
    return [(index, _role(cells[index], own=index == last)) for index in range(first, last + 1)]


def _role(cell: Any, *, own: bool) -> Part:
    about = _about(cell)
    if about.get("solution") or about.get("task"):
        return "answer"
    if own:
        # a quiz is answered in the cell that asks it
        return "answer" if "course.quiz" in cell["source"] else "tests"
    return (
        "context" if about.get("locked") or cell["cell_type"] != "code" or not about else "answer"
    )


def _graded(cell: Any) -> bool:
    about = _about(cell)
    return bool(about.get("grade") or about.get("task"))


def _about(cell: Any) -> dict[str, Any]:
    return dict(cell["metadata"].get("nbgrader") or {})
