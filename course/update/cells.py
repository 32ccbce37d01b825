"""Merging notebooks cell by cell: as released before, as the learner has it, as released now. Pure.

A cell is known by its nbgrader name, else by its id, else by its text. The author's locked cells
are taken from the new version, answers and the learner's own cells from the learner's. Where both
changed a cell, the learner's stays and the new text stands below it, marked, and runs nothing.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, pairwise

import nbformat

from course.notebook import NotebookNode, marks

NEW = (
    "> **New in this lesson.** You have changed the cell above, and it stays as you have it. "
    "The lesson's new text of it is:"
)
_GIVEN_ID = re.compile(r"cell-\d+x*")  # what `course.notebook` gives a cell that has none


@dataclass(frozen=True, slots=True)
class Change:
    """Something that an update did, or did not do.

    Attributes:
        where: file, and for a cell its heading.
        text: what was done, in words for the learner.
        look: whether the learner has to look at it.
    """

    where: str
    text: str
    look: bool = False


@dataclass(slots=True)
class _Cell:
    """One cell in up to three versions."""

    before: NotebookNode | None = None
    own: NotebookNode | None = None
    new: NotebookNode | None = None


def merge(
    name: str, before: NotebookNode | None, own: NotebookNode, new: NotebookNode
) -> tuple[NotebookNode, list[Change]]:
    """Return the merged notebook and what was done; no argument is changed.

    Args:
        name: the notebook's file, for the list.
        before: as it was released when it was fetched; None when that is not known.
        own: as the learner has it.
        new: as it is released now.
    """
    before = _copy(before) if before is not None else None
    own, new = _copy(own), _copy(new)
    cells = _line_up(before, own, new)
    changes, result, heading = list[Change](), list[NotebookNode](), ""
    for key in _order(before, own, new, name, changes):
        cell = cells[key]
        heading = _heading(cell.new or cell.own or cell.before) or heading
        where = f"{name}, '{heading}'" if heading else name
        kept, said = _decide(cell, known=before is not None)
        result += kept
        changes += [Change(where, text, look) for text, look in said]
    own.cells = _with_own_ids(result)
    own.metadata = _three(before.metadata if before is not None else {}, own.metadata, new.metadata)
    return own, changes


def _copy(node: NotebookNode) -> NotebookNode:
    return nbformat.from_dict(json.loads(json.dumps(node)))


_SURE_FIRST = ("name", "id", "text")


def _names(node: NotebookNode) -> list[dict[str, str]]:
    """Return what each cell may be known by: its nbgrader name, its id, and its text."""
    seen: dict[str, int] = {}
    found = []
    for cell in node.cells:
        text = f"{cell.cell_type} {cell.source.strip()}"
        seen[text] = seen.get(text, 0) + 1
        each = {"text": f"{seen[text]} {text}"}
        if marks(cell):
            each["name"] = marks(cell)["grade_id"]
        if not _GIVEN_ID.fullmatch(cell.id):
            each["id"] = cell.id
        found.append(each)
    return found


def _line_up(before: NotebookNode | None, own: NotebookNode, new: NotebookNode) -> dict[str, _Cell]:
    """Return the cells by a key; each cell carries its own as ``key``."""
    found: dict[str, _Cell] = {}
    known: dict[tuple[str, str], str] = {}  # what a cell may be known by -> key
    for side, node in (("before", before), ("new", new), ("own", own)):
        if node is None:
            continue
        names = _names(node)
        for kind in _SURE_FIRST:
            for cell, each in zip(node.cells, names, strict=True):
                key = known.get((kind, each.get(kind, "")))
                if "key" not in cell and key and getattr(found[key], side) is None:
                    cell["key"] = key
                    setattr(found[key], side, cell)
        for number, (cell, each) in enumerate(zip(node.cells, names, strict=True)):
            if "key" not in cell:
                cell["key"] = f"{side} {number}"
                found[cell["key"]] = _Cell(**{side: cell})
            for name in each.items():
                known.setdefault(name, cell["key"])
    return found


def _order(
    before: NotebookNode | None,
    own: NotebookNode,
    new: NotebookNode,
    name: str,
    changes: list[Change],
) -> list[str]:
    """Return all keys in the learner's order, or in the author's where the author moved cells."""
    mine, theirs = _take_keys(own), _take_keys(new)
    old = _take_keys(before) if before is not None else theirs
    if _moved(old, theirs):
        if _moved(old, mine):
            both = "cells were moved here and in the new version; they stand as in the new version"
            changes.append(Change(name, both))
        mine, theirs = theirs, mine
    return _woven(mine, theirs)


def _take_keys(node: NotebookNode) -> list[str]:
    return [cell.pop("key") for cell in node.cells]


def _moved(first: Sequence[str], second: Sequence[str]) -> bool:
    common = set(first) & set(second)
    return [k for k in first if k in common] != [k for k in second if k in common]


def _woven(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Return the first order, with what only the second has after what it follows there."""
    result = list(first)
    if second and second[0] not in result:
        result.insert(0, second[0])
    for above, key in pairwise(second):
        if key not in result:
            result.insert(result.index(above) + 1, key)
    return result


_Decided = tuple[list[NotebookNode], list[tuple[str, bool]]]
"""What stands for a cell in the merged notebook; what to say of it, and whether to look at it."""


def _decide(cell: _Cell, *, known: bool) -> _Decided:
    before, own, new = cell.before, cell.own, cell.new
    if new is None:
        return _left_out(before, own)
    if own is not None:
        return _both(before, own, new, known=known)
    if before is None:
        return [new], [("a new cell", False)]
    if _same(before, new) and not marks(new):
        return [], []  # the learner deleted it
    return [new], [("was deleted here; it is needed, or has changed, and is back", False)]


def _both(
    before: NotebookNode | None, own: NotebookNode, new: NotebookNode, *, known: bool
) -> _Decided:
    """Decide on a cell that the learner has and the new version too."""
    kept, about = _keeping(before, own, new), marks(new)
    unchanged = before is not None and _same(before, new)
    said: list[tuple[str, bool]] = []
    result = [kept]
    if _same(own, new):
        pass
    elif about and not about.get("solution") and not about.get("task"):
        edited = "a locked cell was edited here; it is as it was released again"
        result, said = [_taking(kept, new)], [(edited if unchanged else "was renewed", False)]
    elif unchanged or (not known and about.get("solution")):
        pass  # only the learner changed it; or it is an answer, and nobody can tell
    elif before is not None and _same(before, own):
        result, said = [_taking(kept, new)], [("was renewed", False)]
    else:
        both = "changed here and in the new version; yours stays, and the new text is below it"
        result, said = [kept, _beside(new)], [(both, True)]
    return result, said


def _left_out(before: NotebookNode | None, own: NotebookNode | None) -> _Decided:
    """Decide on a cell that the new version does not have."""
    if own is None:
        return [], []
    if before is None:
        return [own], []  # the learner's own
    about = marks(before)
    own.metadata.pop("nbgrader", None)
    if _same(before, own) or (about and not about.get("solution") and not about.get("task")):
        return [], [("a cell is no longer in the lesson and was removed", False)]
    return [own], [("is no longer in the lesson; you have worked in it, so it stays", True)]


def _same(first: NotebookNode, second: NotebookNode) -> bool:
    return bool(
        first.cell_type == second.cell_type and first.source.rstrip() == second.source.rstrip()
    )


def _keeping(before: NotebookNode | None, own: NotebookNode, new: NotebookNode) -> NotebookNode:
    """Return the learner's cell with what the author says of it: its marks are always the author's."""
    result = _copy(own)
    result.metadata = _three(
        before.metadata if before is not None else {}, own.metadata, new.metadata
    )
    result.metadata.pop("nbgrader", None)
    if marks(new):
        result.metadata["nbgrader"] = new.metadata["nbgrader"]
    return result


def _taking(own: NotebookNode, new: NotebookNode) -> NotebookNode:
    """Return the author's cell with the learner's settings; outputs of another source are dropped."""
    result = _copy(new)
    result.id, result.metadata = own.id, own.metadata
    return result


def _three(before: Mapping[str, object], own: NotebookNode, new: NotebookNode) -> NotebookNode:
    """Return settings, each as whoever changed it has it; the learner's goes first."""
    mine = {key: value for key, value in own.items() if key in new or key not in before}
    theirs = {
        key: value for key, value in new.items()
        if key not in own or own[key] == before.get(key)
    }  # fmt: skip
    return nbformat.from_dict(mine | theirs)


def _beside(new: NotebookNode) -> NotebookNode:
    """Return the author's text as a cell that changes nothing when it runs."""
    text = new.source
    if new.cell_type == "code":
        fence = "`" * (2 + max(map(len, re.findall("`+", text)), default=1))
        text = f"{fence}python\n{text}\n{fence}"
    made = nbformat.v4.new_markdown_cell(f"{NEW}\n\n{text}", id=f"{new.id[:50]}-new")
    if new.get("attachments"):
        made.attachments = new.attachments
    return made


def _with_own_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Give every cell an id of its own; a new text that stands there already is not put twice."""
    result, taken, told = list[NotebookNode](), set[str](), set[str]()
    for cell in cells:
        if cell.source.startswith(NEW) and cell.source in told:
            continue
        told.add(cell.source)
        if cell.id in taken:
            cell.id = next(i for n in count(2) if (i := f"{cell.id[:50]}-{n}") not in taken)
        taken.add(cell.id)
        result.append(cell)
    return result


def _heading(cell: NotebookNode | None) -> str:
    if cell is None or cell.cell_type != "markdown":
        return ""
    lines = [line for line in cell.source.splitlines() if line.startswith("#")]
    return lines[-1].lstrip("# ").strip() if lines else ""
