"""Whether what a kernel holds is what its notebook says: cells out of order, edited, or deleted.

IPython tells after each cell which one ran and with what source; that is held against the saved
notebook. Cells that ran before ``import course`` are not known of.
"""

import ast
import json
import os
import symtable
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from course.lesson.language import _

MOST = 3
"""How many doubts are told at once."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell of the saved notebook."""

    id: str
    source: str


@dataclass(frozen=True, slots=True)
class Run:
    """A cell that ran in this kernel: its id (empty when unknown), its source then, and when."""

    cell: str
    source: str
    time: float


_runs: list[Run] = []


def watch(shell: Any) -> None:
    """Keep what runs in this kernel from now on, the running cell included."""

    def note(result: Any) -> None:
        about = result.info
        _runs.append(Run(str(about.cell_id or ""), str(about.raw_cell), time.time()))

    shell.events.register("post_run_cell", note)


def runs() -> list[Run]:
    """Return what ran in this kernel, in order."""
    return list(_runs)


def notebook_of(names: Mapping[str, Any], folder: Path) -> Path | None:
    """Return the file of the notebook that runs here; None when it can't be known.

    Jupyter Server says it in ``JPY_SESSION_NAME``, VS Code in a name of the notebook; without
    either it is the only notebook of the folder.
    """
    said = names.get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or ""
    path = folder / Path(str(said).removeprefix("RTC:"))
    for each in (path, folder / path.name):
        if each.suffix == ".ipynb" and each.is_file():
            return each
    there = list(folder.glob("*.ipynb"))
    return there[0] if len(there) == 1 else None


def code_cells(path: Path) -> list[Cell] | None:
    """Return the code cells of a saved notebook; None when it can't be read."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            Cell(str(cell.get("id", "")), "".join(cell["source"]))
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def above(cells: Sequence[Cell], question: str, cell: str = "") -> list[Cell] | None:
    """Return the cells above a question's check: by the running cell's id, else by the call."""
    calls = (f'check("{question}"', f"check('{question}'")
    for number, each in enumerate(cells):
        if each.id == cell if cell and any(c.id == cell for c in cells) else any(
            call in each.source for call in calls
        ):  # fmt: skip
            return list(cells[:number])
    return None


def doubts(
    cells: Sequence[Cell],
    every: Sequence[Cell],
    ran: Sequence[Run],
    saved: float,
    asked: Sequence[str],
) -> list[str]:
    """Say why a result may hold only in this kernel; empty when nothing speaks for it.

    Args:
        cells: the saved code cells above the check.
        every: all saved code cells.
        ran: what ran here, in order.
        saved: when the notebook was saved, in seconds since 1970.
        asked: the names that the tests ask for.
    """
    found, last = list[str](), list[tuple[int, Cell]]()
    for cell in cells:
        numbers = [n for n, run in enumerate(ran) if run.cell == cell.id and cell.id] or [
            n for n, run in enumerate(ran) if run.source.strip() == cell.source.strip()
        ]
        if not numbers:
            continue
        run = ran[numbers[-1]]
        last.append((numbers[-1], cell))
        if run.source.strip() != cell.source.strip() and run.time < saved:
            found.append(_("the cell '{cell}' was edited after it ran").format(cell=title(cell)))
    for (before, upper), (after, lower) in pairwise(last):
        if before > after:
            text = _("the cell '{lower}' ran before the cell '{upper}', which stands above it")
            found.append(text.format(lower=title(lower), upper=title(upper)))
    here = {name for cell in every for name in _names(cell.source)[0]}
    used = {name for cell in cells for name in _names(cell.source)[1]} | set(asked)
    gone = {name for run in ran if run.time < saved for name in _names(run.source)[0]} - here
    found += [
        _("'{name}' comes from a cell that is not in the notebook any more").format(name=name)
        for name in sorted(gone & used)
    ]
    return found[:MOST]


def title(cell: Cell) -> str:
    """Return the first line of a cell that says something, cut short."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip(" #%\t")]
    line = lines[0] if lines else ""
    return line if len(line) <= 40 else line[:40] + " …"  # noqa: PLR2004  part of a line


def is_ours(source: str) -> bool:
    """Tell whether a cell is nothing but one call of ours, such as ``course.quiz("a")``."""
    try:
        statement = ast.parse(source.strip()).body
    except (SyntaxError, ValueError, RecursionError):
        return False
    match statement:
        case [ast.Expr(ast.Call(ast.Attribute(ast.Name("course"), _)))]:
            return True
    return False


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell defines and those that it uses; none where it is no plain Python."""
    try:
        table = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set(), set()
    symbols, inner = table.get_symbols(), table.get_children()
    defines = {each.get_name() for each in symbols if each.is_assigned() or each.is_imported()}
    uses = {each.get_name() for each in symbols if each.is_referenced()}
    while inner:
        table = inner.pop()
        inner += table.get_children()
        uses |= {each.get_name() for each in table.get_symbols() if each.is_global()}
    return defines, uses
