"""A lesson's source from one format into another, without loss or with the loss said before."""

import copy
import re
from collections.abc import Iterator
from pathlib import Path

from course.authoring import cell_ids, marks, text
from course.authoring.build import call_of
from course.errors import Invalid
from course.layout import write
from course.notebook import NotebookNode, write_text
from course.notebook import marks as about_of
from course.questions.text import is_quiz


def convert(
    path: Path, node: NotebookNode, to: str, *, lossy: bool = False
) -> tuple[Path, list[str]]:
    """Write a source in another format and remove the one it was; metadata becomes marks.

    Args:
        path: the source.
        node: its notebook with its marks (`Sources.raw`).
        to: "ipynb", "md" or "py".
        lossy: convert even if something is lost.

    Returns:
        the new file and what was lost.

    Raises:
        Invalid: when something would be lost, with all of it; or the new file is there already.
    """
    target = path.with_suffix(f".{to}")
    if target != path and target.exists():
        raise Invalid("there is such a file already", where=str(target), hint="move it away first")
    shorter = with_marks(node)
    content = write_text(shorter) if to == "ipynb" else text.writes(shorter, f".{to}")
    lost = [] if to == "ipynb" else losses(shorter, content, target)
    if lost and not lossy:
        raise Invalid(
            "\n    ".join([f"as .{to} this would lose", *lost]), where=str(path),
            hint="mend it in the source first, or convert all the same with --lossy",
        )  # fmt: skip
    write(target, content)
    if target != path:
        path.unlink()
    return target, lost


def losses(node: NotebookNode, content: str, target: Path) -> list[str]:
    """Return what a notebook has and its text does not give back, in words."""
    try:
        back = text.reads(content, target.suffix, target.name)
    except Invalid as error:
        return [f"everything: {error.found}"]
    cell_ids.give(back)
    lost = list(_held_nowhere(node))
    if len(back.cells) != len(node.cells):
        return [*lost, f"cells: {len(node.cells)} would come back as {len(back.cells)}"]
    for cell, same in zip(node.cells, back.cells, strict=True):
        lost += [
            f"the {part.replace('_', ' ')} of cell '{cell.id}'"
            for part in ("cell_type", "source", "id", "metadata")
            if cell[part] != same[part]
        ]
    both = {key: value for key, value in node.metadata.items() if key != "jupytext"}
    usual = {"kernelspec": text.KERNEL, "language_info": {"name": "python"}}
    if {**usual, **both} != dict(back.metadata):
        lost.append(
            "metadata of the notebook: " + ", ".join(sorted(set(both) - set(back.metadata)) or both)
        )
    return lost


def _held_nowhere(node: NotebookNode) -> Iterator[str]:
    outputs = [cell.id for cell in node.cells if cell.get("outputs")]
    if outputs:
        yield f"the outputs of {len(outputs)} cells, first '{outputs[0]}' (a release has none anyway)"
    for cell in node.cells:
        if cell.get("attachments"):
            yield f"{', '.join(cell.attachments)} attached to cell '{cell.id}': save as a file beside it"


def with_marks(node: NotebookNode) -> NotebookNode:
    """Return a notebook with marks in the place of nbgrader's metadata, where they say the same."""
    shorter = copy.deepcopy(node)
    for name in [cell.id for cell in node.cells if about_of(cell)]:
        tried = copy.deepcopy(shorter)
        for cell in [each for each in tried.cells if each.id == name]:
            about = about_of(cell)
            if about and not marks.read(cell.source).word:
                _shorten(tried, cell, about)
        shorter = tried if _same(shorter, tried) else shorter
    return shorter


def _shorten(node: NotebookNode, cell: NotebookNode, about: dict[str, object]) -> None:
    """Put a mark at the top of one cell; the check cell of an exercise goes."""
    name = str(about["grade_id"])
    if cell.cell_type == "code" and is_quiz(cell.source):
        del cell.metadata["nbgrader"]
    elif about.get("solution") and about.get("grade"):
        del cell.metadata["nbgrader"]
        cell.source = f"#| answer: {name} points={_number(about.get('points', 0))}\n{cell.source}"
    elif about.get("solution"):
        question = re.sub(r"-answer$", "", name)
        check = [
            each for each in node.cells
            if each.cell_type == "code" and call_of(each.source) == ("course.check", question)
        ]  # fmt: skip
        if len(check) == 1 and about_of(check[0]).get("grade_id") == question:
            points = about_of(check[0]).get("points", 0)
            del cell.metadata["nbgrader"]
            cell.source = f"#| exercise: {question} points={_number(points)}\n{cell.source}"
            place = node.cells.index(cell) + 1
            if node.cells[place] is check[0] and check[0].id == question:
                node.cells.remove(check[0])
            else:
                del check[0].metadata["nbgrader"]


def _number(points: object) -> str:
    return f"{points:g}" if isinstance(points, int | float) else str(points)


def _same(before: NotebookNode, after: NotebookNode) -> bool:
    """Tell whether two sources are built to the same cells."""
    (a, wrong), (b, more) = marks.apply(before), marks.apply(after)
    return len(wrong) == len(more) and [dict(c) for c in a.cells] == [dict(c) for c in b.cells]
