"""A submission put right: its graded cells stand where the lesson has them, and its answers stay."""

import json
from dataclasses import dataclass
from itertools import count

import nbformat

from course.model import Repair
from course.notebook import NotebookNode, marks


@dataclass(frozen=True, slots=True)
class Mended:
    """A submission whose graded cells stand where the trusted copy has them."""

    notebook: NotebookNode
    repairs: tuple[Repair, ...]


def repair(trusted: NotebookNode, submitted: NotebookNode) -> Mended:
    """Rebuild a submission around the trusted copy; neither argument is changed.

    The learner's own cells and answers stay, in the learner's order. Locked cells are taken from the
    trusted copy; another copy of one is dropped; missing ones, types and the kernel are put back.
    """
    node, repairs = nbformat.from_dict(json.loads(json.dumps(submitted))), list[Repair]()
    known = {marks(cell)["grade_id"]: cell for cell in trusted.cells if marks(cell)}
    _find_lost_marks(node, trusted, known, repairs)
    cells, done, kept = list[NotebookNode](), set[str](), _kept(node, known)
    for cell in node.cells:
        name = marks(cell).get("grade_id", "")
        if name and name not in known:
            cell.metadata.pop("nbgrader")
            repairs.append(Repair(name, "this lesson has no such question; taken as a plain cell"))
        elif name and cell is not kept[name]:
            if not marks(known[name]).get("solution"):
                repairs.append(Repair(name, "was there twice; the other copy was left out"))
                continue
            cell.metadata.pop("nbgrader")
            repairs.append(Repair(name, "the answer stood in two cells; both were run"))
        elif name:
            done.add(name)
            _restore(name, cell, known[name], repairs)
        cells.append(cell)
    node.cells = cells
    _bring_back(node, trusted, done, repairs)
    _restore_kernel(node, trusted, repairs)
    return Mended(node, tuple(repairs))


def _find_lost_marks(
    node: NotebookNode, trusted: NotebookNode, known: dict[str, NotebookNode], repairs: list[Repair]
) -> None:
    """Recognise cells whose metadata an editor threw away, by cell id or by a locked source."""
    present = {marks(cell).get("grade_id") for cell in node.cells}
    by_id = {cell.id: marks(cell)["grade_id"] for cell in trusted.cells if marks(cell)}
    by_source = {
        text.strip(): name for name, cell in known.items()
        if not marks(cell).get("solution") for text in _texts(cell)
    }  # fmt: skip
    for cell in node.cells:
        if marks(cell):
            continue
        name = by_id.get(cell.id) or by_source.get(cell.source.strip())
        if name and name not in present:
            cell.metadata["nbgrader"] = json.loads(json.dumps(known[name].metadata["nbgrader"]))
            present.add(name)
            repairs.append(Repair(name, "the cell had lost its marks; recognised and marked again"))


def _kept(node: NotebookNode, known: dict[str, NotebookNode]) -> dict[str, NotebookNode]:
    """Return the copy of each of the lesson's cells that counts.

    Of a test, the last: a copy above the answer could only fail. Of an answer, the first that is
    one. Of what is given, the first, which the cells below it need.
    """
    kept = dict[str, NotebookNode]()
    for cell in node.cells:
        name = marks(cell).get("grade_id", "")
        about, text = marks(known.get(name, cell)), known.get(name, cell).source.strip()
        empty = name in kept and kept[name].source.strip() in ("", text)
        if name not in kept or (empty if about.get("solution") else about.get("grade")):
            kept[name] = cell
    return kept


def _texts(original: NotebookNode) -> tuple[str, str]:
    """Return a trusted cell's text, with hidden tests and as learners were given it."""
    return original.source, original.metadata.get("released", original.source)


def _restore(name: str, cell: NotebookNode, original: NotebookNode, repairs: list[Repair]) -> None:
    about = marks(original)
    if cell.cell_type != original.cell_type:
        repairs.append(
            Repair(name, f"was a {cell.cell_type} cell; made a {original.cell_type} cell")
        )
        cell.cell_type = original.cell_type
        for key in ("outputs", "execution_count", "attachments"):
            cell.pop(key, None)
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    locked = not about.get("solution") and not about.get("task")
    if locked and cell.source not in _texts(original):
        repairs.append(Repair(name, "the cell had been edited; the lesson's own text was put back"))
    if locked:
        cell.source = original.source
    cell.metadata["nbgrader"] = json.loads(json.dumps(about))


def _bring_back(
    node: NotebookNode, trusted: NotebookNode, done: set[str], repairs: list[Repair]
) -> None:
    taken = {cell.id for cell in node.cells}
    for number, original in enumerate(trusted.cells):
        name = marks(original).get("grade_id")
        if name is None or name in done:
            continue
        cell = nbformat.from_dict(json.loads(json.dumps(original)))
        cell.metadata.pop("released", None)
        if cell.id in taken:
            cell.id = next(i for n in count() if (i := f"{original.id[:50]}-{n}") not in taken)
        node.cells.insert(_place(node, trusted.cells, number), cell)
        taken.add(cell.id)
        done.add(name)
        repairs.append(Repair(name, "the cell was missing; put back from the lesson"))


def _place(node: NotebookNode, cells: list[NotebookNode], number: int) -> int:
    """Return where a missing cell belongs: late, so that the learner's cells above it have run."""

    def places(original: NotebookNode) -> list[int]:
        name = marks(original).get("grade_id")
        return [
            i for i, cell in enumerate(node.cells)
            if (marks(cell).get("grade_id") == name if name else cell.id == original.id)
        ]  # fmt: skip

    above = next((there[-1] + 1 for c in reversed(cells[:number]) if (there := places(c))), 0)
    below = next((there[0] for c in cells[number + 1 :] if (there := places(c))), len(node.cells))
    return max(above, below)


def _restore_kernel(node: NotebookNode, trusted: NotebookNode, repairs: list[Repair]) -> None:
    original = trusted.metadata.get("kernelspec")
    if original and node.metadata.get("kernelspec", {}).get("name") != original.get("name"):
        found = node.metadata.get("kernelspec", {}).get("name", "none")
        text = f"was {str(found)[:60]!r}; run with the lesson's, {original['name']!r}"
        repairs.append(Repair("kernel", text))
    if original:
        node.metadata["kernelspec"] = json.loads(json.dumps(original))
