"""What a look at a lesson's folder shows without running it: what is unanswered, and what can't run."""

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from course import archive
from course import notebook as notebooks
from course.authoring import build
from course.layout import files_below
from course.lesson.state import fold
from course.model import Kind
from course.notebook import NotebookNode, marks
from course.office.receipts import Look
from course.sealed import Sealed

_RECORD = re.compile(r"record[^/]*\.jsonl")
_MAGIC = re.compile(r"^(\s*)(?:[%!].*|.*\?\??)$", re.MULTILINE)
_MOST = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """One graded question as it was released.

    Attributes:
        id: the question's.
        book: file name of its notebook.
        quiz: whether its answer stands in the record.
        empty: grade_id and source of each cell that is to hold the answer.
    """

    id: str
    book: str
    quiz: bool
    empty: tuple[tuple[str, str], ...]


def asked(release: Iterable[tuple[str, bytes]]) -> tuple[Asked, ...]:
    """Return the graded questions of a release, given as names and contents of its files."""
    found = []
    for name, content in release:
        if "/" not in name and name.endswith(".ipynb"):
            node, _ = notebooks.parse(content, name)
            cells = _answer_cells(node)
            sources = {marks(cell)["grade_id"]: cell.source for cell in node.cells if marks(cell)}
            for question in build.questions(name.removesuffix(".ipynb"), node):
                places = tuple((each, sources[each]) for each in cells.get(question.id, ()))
                found.append(Asked(question.id, name, question.kind is Kind.QUIZ, places))
    return tuple(found)


def look(questions: Iterable[Asked], files: Mapping[str, bytes]) -> Look:
    """Look at what was handed in, which may be anything."""
    questions = tuple(questions)
    books = {name: _cells(content) for name, content in files.items() if _is_book(name)}
    record = fold(
        line for name, content in files.items() if _RECORD.fullmatch(name) for line in content.split(b"\n")
    )  # fmt: skip
    unanswered = [
        each.id for each in questions
        if (each.id not in record.answers if each.quiz else _is_empty(each, books.get(each.book)))
    ]  # fmt: skip
    wrong = [trouble for name, cells in books.items() for trouble in _troubles(name, cells)]
    return Look(len(questions), tuple(unanswered), tuple(wrong[:_MOST]))


def look_at(release: Path, own: Path) -> Look:
    """Look at a lesson's folder beside its release, both on the disk."""
    released = ((name, path.read_bytes()) for name, path in files_below(release))
    mine = {
        name: path.read_bytes()
        for name, path in files_below(own)
        if _is_book(name) or _RECORD.fullmatch(name)
    }
    return look(asked(released), mine)


def look_by_digest(digest: str, parcel: bytes, work: Sealed) -> Look:
    """Look at a sealed submission beside the release that stands; what a release asks is read once."""
    return look(_asked_in(digest, parcel), work.files)


@lru_cache(maxsize=64)
def _asked_by(digest: str) -> list[tuple[Asked, ...]]:  # noqa: ARG001  the key
    return []


def _asked_in(digest: str, parcel: bytes) -> tuple[Asked, ...]:
    kept = _asked_by(digest)
    if not kept:
        kept.append(asked(archive.contents(parcel, digest).items()))
    return kept[0]


def _is_book(name: str) -> bool:
    return "/" not in name and name.endswith(".ipynb")


def _answer_cells(node: NotebookNode) -> dict[str, list[str]]:
    """Return, for each graded question, the grade_ids of the cells that hold its answer.

    A cell that is marked by a person holds its own; a test is about the answers before it, since
    the last test.
    """
    found: dict[str, list[str]] = {}
    pending: list[str] = []
    for cell in node.cells:
        about = marks(cell)
        if about.get("task") or (about.get("grade") and about.get("solution")):
            found[about["grade_id"]] = [about["grade_id"]]
        elif about.get("solution"):
            pending.append(about["grade_id"])
        elif about.get("grade"):
            found[about["grade_id"]], pending = pending, []
    return found


def _is_empty(question: Asked, cells: list[dict[str, Any]] | None) -> bool:
    """Tell whether all cells of an answer are as they were released; False when it has none."""
    if cells is None:
        return True
    names = {name for name, _ in question.empty}
    own = [(_name(cell), _source(cell)) for cell in cells if _name(cell) in names]
    return bool(names) and own == list(question.empty)


def _cells(content: bytes) -> list[dict[str, Any]] | None:
    """Return a notebook's cells without a look at its outputs; None when it can't be read."""
    try:
        cells = json.loads(content)["cells"]
        return [cell for cell in cells if isinstance(cell, dict)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _name(cell: dict[str, Any]) -> str:
    about = cell.get("metadata")
    own = about.get("nbgrader") if isinstance(about, dict) else None
    name = own.get("grade_id") if isinstance(own, dict) else None
    return name if isinstance(name, str) else ""


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _troubles(name: str, cells: list[dict[str, Any]] | None) -> Iterable[str]:
    if cells is None:
        yield f"{name}: the notebook can't be read"
        return
    for number, cell in enumerate(cells, 1):
        source = _source(cell)
        if cell.get("cell_type") != "code" or source.lstrip().startswith("%%"):
            continue
        try:
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(_MAGIC.sub(r"\1pass", source), name, "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            yield f"{name}, {_name(cell) or f'cell {number}'}: {getattr(error, 'msg', None) or error}"
