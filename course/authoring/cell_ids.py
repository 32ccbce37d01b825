"""Ids for the cells of a text source, the same after an edit: learners' copies are matched by them. Pure."""

import hashlib
import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from course.authoring.marks import free, own_id
from course.notebook import NotebookNode, marks

ALIKE = 60
"""Similarity, 0 to 100, from which on a changed cell is taken for the one that was there."""

Key = tuple[str, str]


def give(node: NotebookNode, last: NotebookNode | None = None) -> None:
    """Give every cell its id, in place.

    In this order: an id in the cell's metadata; the name in its marks; the id of the cell of the
    last build that it was, by its text, else by its neighbours and likeness; its heading; a
    digest of its text.

    Args:
        node: cells with any ids; an ``id`` in their metadata is taken out.
        last: the notebook as it was built or released before.
    """
    wanted = [str(cell.metadata.pop("id", "")) or own_id(cell) for cell in node.cells]
    plain = [number for number, each in enumerate(wanted) if not each]
    old = [
        cell for cell in (last.cells if last else []) if not marks(cell) and cell.id not in wanted
    ]
    before = [_key(cell) for cell in old]
    now = [_key(node.cells[number]) for number in plain]
    for place, was in match(before, now).items():
        wanted[plain[place]] = old[was].id
    taken: list[str] = []
    for number, cell in enumerate(node.cells):
        later = [each for each in wanted[number + 1 :] if each]
        own = wanted[number]
        cell.id = free(own, taken) if own else free(fresh(cell), [*taken, *later])
        taken.append(cell.id)


def _key(cell: NotebookNode) -> Key:
    return cell.cell_type, cell.source.strip()


def fresh(cell: NotebookNode) -> str:
    """Return the id of a cell that never was: its heading, else a digest of its text."""
    heading = re.match(r"#+\s+(.+)", cell.source.lstrip()) if cell.cell_type == "markdown" else None
    words = (
        re.sub(r"[^a-z0-9]+", "-", heading[1].lower()).strip("-")[:40].strip("-") if heading else ""
    )
    return words or hashlib.sha256("\0".join(_key(cell)).encode()).hexdigest()[:8]


def match(before: Sequence[Key], now: Sequence[Key]) -> dict[int, int]:
    """Return, for each cell now that was there before, its place then.

    First cells of the same text in the same order; then what changed in place; then what moved.
    """
    found: dict[int, int] = {}
    gaps = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag == "equal":
            found |= dict(zip(range(j1, j2), range(i1, i2), strict=True))
        else:
            gaps.append((range(i1, i2), range(j1, j2)))
    for was in (each for gap, _ in gaps for each in gap):
        moved = [j for _, gap in gaps for j in gap if j not in found and now[j] == before[was]]
        if moved:
            found[moved[0]] = was
    for olds, news in gaps:
        _in_place(before, now, olds, news, found)
    return found


def _in_place(
    before: Sequence[Key], now: Sequence[Key], olds: range, news: range, found: dict[int, int]
) -> None:
    """Match changed cells between the same neighbours: the most alike first, then one for one."""
    left = [i for i in olds if i not in found.values()]
    right = [j for j in news if j not in found]
    pairs = sorted(
        (
            (-fuzz.ratio(before[i][1], now[j][1]), abs((i - olds.start) - (j - news.start)), i, j)
            for i in left for j in right if before[i][0] == now[j][0]
        ),
    )  # fmt: skip
    one_for_one = len(left) == len(right)
    for unlike, away, i, j in pairs:
        fits = -unlike >= ALIKE or (one_for_one and away == 0)
        if fits and i in left and j in right:
            found[j] = i
            left.remove(i)
            right.remove(j)
