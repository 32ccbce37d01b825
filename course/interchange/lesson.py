"""Lessons that an import makes, before they are on the disk."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from course.interchange.asked import Asked
from course.notebook import NotebookNode


@dataclass(slots=True)
class Made:
    """A lesson.

    Attributes:
        name: its folder.
        notebooks: notebooks by name, without ``.ipynb``.
        tests: the text of its file of tests; empty for none.
        files: what else stands in its folder: name, with ``/`` between folders, and where it is copied from.
    """

    name: str
    notebooks: dict[str, NotebookNode] = field(default_factory=dict)
    tests: str = ""
    files: dict[str, Path] = field(default_factory=dict)


def slug(text: str) -> str:
    """Return text as a lesson's name: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60] or "lesson"


def cell(kind: str, source: str, name: str) -> NotebookNode:
    """Return a cell with an id that stays the same for the same name."""
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}[kind]
    made: NotebookNode = make(source, id=re.sub(r"[^A-Za-z0-9_-]+", "-", name)[:64])
    return made


def notebook(cells: Sequence[NotebookNode]) -> NotebookNode:
    """Return a notebook for Python."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    meta = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made: NotebookNode = nbformat.v4.new_notebook(cells=list(cells), metadata=meta)
    return made


def of_questions(name: str, title: str, questions: Iterable[tuple[Asked, str]]) -> Made:
    """Return a lesson of questions, each with the text of its cell."""
    cells = [cell("markdown", f"# {title}", "Title"), cell("code", "import course", "Setup")]
    cells += [cell("code", source, asked.name) for asked, source in questions]
    return Made(name, {name: notebook(cells)})
