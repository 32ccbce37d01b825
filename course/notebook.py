"""Notebooks on the disk: reading what somebody sent, and what nbgrader's marks say of a cell."""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode as NotebookNode  # noqa: PLC0414  other rooms take it from here

from course.errors import Invalid, NotFound
from course.model import Repair

MAX_BYTES = 250_000_000
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read(path: Path) -> tuple[NotebookNode, list[Repair]]:
    """Read a notebook that may come from anybody, in the newest nbformat 4.

    A byte-order mark and UTF-16 are understood and noted. Outputs are kept as they are.

    Raises:
        NotFound: when the file is not there.
        Invalid: when it is not a notebook, with the reason in words.
    """
    if path.is_symlink() or not path.is_file():
        raise NotFound("no such notebook", where=path.name)
    if path.stat().st_size > MAX_BYTES:
        raise Invalid(
            "the file is too large", where=path.name,
            expected=f"at most {MAX_BYTES // 1_000_000} MB", found=f"{path.stat().st_size // 1_000_000} MB",
        )  # fmt: skip
    return parse(path.read_bytes(), path.name)


def parse(raw: bytes, name: str) -> tuple[NotebookNode, list[Repair]]:
    """Read a notebook's bytes as `read` does its file; ``name`` is the file's, for messages."""
    repairs: list[Repair] = []
    text = _decode(raw, name, repairs)
    try:
        data = json.loads(text)
        if "\\ud" in text.lower():  # half a letter, which no file could hold
            data = json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise Invalid("the file is not JSON", where=name, found=str(error)) from error
    if not isinstance(data, dict) or type(data.get("nbformat")) is not int:
        raise Invalid("the file is JSON but not a notebook", where=name)
    if data["nbformat"] >= 4 and not isinstance(data.get("cells"), list):  # noqa: PLR2004  format
        raise Invalid("the notebook has no list of cells", where=name)
    return _upgrade(data, name, repairs), repairs


def _decode(raw: bytes, name: str, repairs: list[Repair]) -> str:
    if not raw.strip():
        raise Invalid("the file is empty", where=name)
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if raw.startswith(mark):
            text = f"the file was saved as {encoding.upper()}; read as such"
            repairs.append(Repair(name, text))
            break
    else:
        encoding = "utf-8"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Invalid(
            "the file is not UTF-8 text", where=name,
            found=f"byte {raw[error.start]:#04x} at position {error.start}",
        ) from error  # fmt: skip


def _upgrade(data: dict[str, Any], name: str, repairs: list[Repair]) -> NotebookNode:
    if not all(isinstance(cell, dict) for cell in data.get("cells", [])):
        raise Invalid("the notebook has a cell that is not a cell", where=name)
    if not isinstance(data.get("metadata"), dict):
        data["metadata"] = {}
    for cell in data.get("cells", []):
        _join_lines(cell)
    try:
        if data["nbformat"] == nbformat.current_nbformat:
            node = nbformat.from_dict(data)
        else:
            node = nbformat.convert(nbformat.reader.reads(json.dumps(data)), 4)
            repairs.append(Repair(name, f"converted from notebook format {data['nbformat']}"))
        for cell in node.cells:
            _mend_cell(cell)
    except Exception as error:  # any version's converter may fail in its own way
        what = f"notebook format {data['nbformat']} could not be read"
        raise Invalid(what, where=name, found=str(error)) from error
    _mend_ids(node, name, repairs)
    if not isinstance(node.metadata.get("kernelspec", {}), dict):
        del node.metadata["kernelspec"]
    node.nbformat, node.nbformat_minor = 4, 5
    return node


def _join_lines(cell: dict[str, Any]) -> None:
    """Make one text of outputs that are kept as lines: millions of them take a minute to check."""
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else []:
        if not isinstance(output, dict):
            continue
        parts: list[Any] = [output, output.get("data")]
        for part in parts:
            for key, lines in part.items() if isinstance(part, dict) else ():
                is_text = key == "text" if part is output else not key.endswith("json")
                if is_text and isinstance(lines, list) and all(isinstance(x, str) for x in lines):
                    part[key] = "".join(lines)


def _mend_cell(cell: NotebookNode) -> None:
    """Give a cell what nbformat 4.5 asks for, and take what it can't hold."""
    source = cell.get("source", "")
    cell.source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    if not isinstance(cell.get("metadata"), dict):
        cell.metadata = nbformat.from_dict({})
    if cell.get("cell_type") not in ("code", "markdown", "raw"):
        cell.cell_type = "raw"
    if not _is_valid(cell.get("attachments", {}), "misc/attachments"):
        del cell["attachments"]
    if cell.cell_type != "code":
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        return
    outputs = cell.get("outputs")
    cell.outputs = [
        output for output in (outputs if isinstance(outputs, list) else [])
        if _is_valid(output, "output")
    ]  # fmt: skip
    times = cell.get("execution_count")
    cell.execution_count = times if type(times) is int and times >= 0 else None


def _is_valid(part: object, kind: str) -> bool:
    return not any(nbformat.validator.iter_validate(part, kind, version=4, version_minor=5))


def _mend_ids(node: NotebookNode, name: str, repairs: list[Repair]) -> None:
    """Give a new id to a cell that has none, and to the second cell of one id."""
    ids = [cell.get("id") for cell in node.cells]
    good = [isinstance(each, str) and bool(_CELL_ID.fullmatch(each)) for each in ids]
    taken = {each for each, fine in zip(ids, good, strict=True) if fine}
    seen, twice = set[str](), 0
    for number, cell in enumerate(node.cells):
        if not good[number] or cell.id in seen:
            twice += good[number]
            new = f"cell-{number}"
            while new in taken:
                new += "x"
            cell.id = new
        seen.add(cell.id)
    if twice:
        text = f"{twice} cells shared an id with another; given new ones"
        repairs.append(Repair(name, text))


def write_text(node: NotebookNode) -> str:
    """Return a notebook as text in the form that Jupyter writes."""
    return nbformat.writes(node, version=nbformat.NO_CONVERT) + "\n"  # type: ignore[no-any-return]


def marks(cell: NotebookNode) -> dict[str, Any]:
    """Return a cell's nbgrader metadata; empty when it has none that has a grade_id."""
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) and isinstance(found.get("grade_id"), str) else {}


def graded_cells(node: NotebookNode) -> Iterator[tuple[NotebookNode, dict[str, Any], str]]:
    """Yield cell, nbgrader metadata and nearest heading above, for cells that earn points."""
    heading = ""
    for cell in node.cells:
        if cell.cell_type == "markdown":
            lines = [line for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1].lstrip("# ").strip() if lines else heading
        about = marks(cell)
        if about and (about.get("grade") or about.get("task")):
            yield cell, about, heading
