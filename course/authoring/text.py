"""Lessons as plain text: MyST Markdown and percent scripts, converted by jupytext.

https://jupytext.readthedocs.io/en/latest/formats-markdown.html and formats-scripts.html
"""

import copy
import re
from pathlib import Path
from typing import Any

from course.authoring import cell_ids
from course.errors import Invalid
from course.notebook import NotebookNode
from course.notebook import read as read_notebook

FORMATS = {".md": "md:myst", ".py": "py:percent"}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_VERSIONS = re.compile(r"^(# )?\s*(format_version|jupytext_version): .*\n", re.MULTILINE)


def reads(text: str, suffix: str, name: str) -> NotebookNode:
    """Return the notebook that a text is; its cells' ids are still those of chance.

    Args:
        suffix: ".md" or ".py".
        name: the file's name, for errors.

    Raises:
        Invalid: with the line, when jupytext can't read it.
    """
    import jupytext  # noqa: PLC0415  heavy, and only lessons written as text need it

    try:
        node: NotebookNode = jupytext.reads(text, FORMATS[suffix])
    except Exception as error:  # each of jupytext's readers fails in its own way
        line = re.search(r"line (\d+)", str(error))
        raise Invalid(
            "the lesson's text can't be read", where=f"{name}:{line[1]}" if line else name,
            found=str(error), hint="see https://jupytext.readthedocs.io, MyST Markdown or percent",
        ) from error  # fmt: skip
    node.metadata.pop("jupytext", None)
    node.metadata.setdefault("kernelspec", type(node)(KERNEL))
    node.metadata.setdefault("language_info", type(node)({"name": "python"}))
    for cell in node.cells:
        cell.metadata.pop("lines_to_next_cell", None)
    node.nbformat, node.nbformat_minor = 4, 5
    return node


def read(path: Path, last: NotebookNode | None = None) -> NotebookNode:
    """Read a source of any format; the cells of a text get stable ids (`cell_ids.give`)."""
    if path.suffix == ".ipynb":
        return read_notebook(path)[0]
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("the file is not UTF-8 text", where=path.name, found=str(error)) from error
    node = reads(text, path.suffix, path.name)
    cell_ids.give(node, last)
    return node


def writes(node: NotebookNode, suffix: str) -> str:
    """Return a notebook as text; an id that would not come by itself stands with its cell.

    What a text can't hold (outputs, attachments) is left out: compare with `read` before.
    """
    import jupytext  # noqa: PLC0415  as in reads

    shown = copy.deepcopy(node)
    by_itself = copy.deepcopy(node)
    cell_ids.give(by_itself)
    for cell, same in zip(shown.cells, by_itself.cells, strict=True):
        if cell.id != same.id:
            cell.metadata = type(cell)({"id": cell.id, **cell.metadata})
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    for key, usual in (("kernelspec", KERNEL), ("language_info", {"name": "python"})):
        if suffix == ".md" and key == "kernelspec":
            continue
        if dict(shown.metadata.get(key, {})) == usual:
            del shown.metadata[key]
    text: str = jupytext.writes(shown, _format(node, suffix))
    head, gap, body = text.partition("\n\n")
    return _VERSIONS.sub("", f"{head}\n") + gap[1:] + body if gap else text


def _format(node: NotebookNode, suffix: str) -> Any:
    """Say that all metadata of this notebook and its cells go into the text."""
    kind = FORMATS[suffix].partition(":")[2]
    more = ",".join(sorted(set(node.metadata) - {"kernelspec", "jupytext", "language_info"}))
    filters = {"notebook_metadata_filter": more} if more else {}
    return {"extension": suffix, "format_name": kind, "cell_metadata_filter": "all", **filters}


def lines(text: str, node: NotebookNode) -> dict[str, int]:
    """Return for each cell of a text, by id, the line of the file (from 1) on which it begins."""
    rows = [line.strip() for line in text.splitlines()]
    found, row = {}, 0
    for cell in node.cells:
        first = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
        wanted = {first, f"# {first}"} if first else set()
        place = next((n for n in range(row, len(rows)) if rows[n] in wanted), None)
        if place is not None:
            found[cell.id], row = place + 1, place + 1
    return found
