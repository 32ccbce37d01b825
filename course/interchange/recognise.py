"""What format a file or folder is in, by its content: names say nothing."""

import json
import re
from pathlib import Path
from typing import Any

from course.errors import Invalid, NotFound
from course.interchange import otter

FORMATS = ("nbgrader", "otter", "notebooks", "jupyterquiz", "gift", "moodle-xml", "qti")
MOST_BYTES = 50_000_000
_PROLOG = re.compile(rb"(?s)(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([\w.-]+)")
_ROOTS = {b"quiz": "moodle-xml", b"questestinterop": "qti"}
_QTI_2 = (b"assessmentItem", b"assessmentTest", b"qti-assessment-item", b"qti-assessment-test")
_GIFT = re.compile(r"(?<!\\)\{\s*(?:[=~#]|\}|(?:T|F|TRUE|FALSE)\s*[#}])", re.IGNORECASE)


def recognise(path: Path) -> str:
    """Return the name of a format.

    Raises:
        NotFound: when nothing is there.
        Invalid: when it is none that can be imported.
    """
    if path.is_dir():
        return _folder(path)
    if not path.is_file():
        raise NotFound("nothing to import is there", where=str(path))
    data = content(path)
    if data.startswith(b"PK\x03\x04"):
        return "qti"
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return _xml(start, path)
    text = start.decode("utf-8", "replace")
    if text.startswith(("{", "[")) and (known := _json(text)):
        return known
    if _GIFT.search(text):
        return "gift"
    raise unknown(path, text[:60])


def content(path: Path) -> bytes:
    """Return what is in a file.

    Raises:
        Invalid: when it is larger than `MOST_BYTES`, or empty.
    """
    size = path.stat().st_size
    if not 0 < size <= MOST_BYTES:
        raise Invalid("the file is empty" if not size else "the file is too large", where=str(path),
                      expected=f"at most {MOST_BYTES // 1_000_000} MB", found=f"{size} bytes")  # fmt: skip
    return path.read_bytes()


def decoded(data: bytes, where: str) -> str:
    """Return text in UTF-8, with or without a byte-order mark.

    Raises:
        Invalid: when it is something else, with the line.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Invalid("the file is not UTF-8 text", where=f"{where}, line {line}",
                      found=f"byte {data[error.start]:#04x}", hint="save it as UTF-8") from error  # fmt: skip


def unknown(path: Path, found: str) -> Invalid:
    """Return what to raise for something that is in no known format."""
    return Invalid(
        "this is in no format that can be imported", where=str(path),
        expected=f"one of: {', '.join(FORMATS)}", found=repr(found),
        hint="docs/trainer.md shows what each looks like",
    )  # fmt: skip


def _folder(path: Path) -> str:
    if (path / "nbgrader_config.py").is_file() or any(path.glob("source/*/*.ipynb")):
        return "nbgrader"
    if any(path.glob("*.ipynb")):
        return "notebooks"
    names = ", ".join(sorted(each.name for each in path.iterdir())[:8])
    raise unknown(path, names or "an empty folder")


def _xml(start: bytes, path: Path) -> str:
    prolog = _PROLOG.match(start)
    roots = _ROOT.match(start, prolog.end() if prolog else 0)
    root = roots[1] if roots else b""
    if root in _QTI_2:
        raise Invalid("this is QTI 2 or 3, and QTI 1.2 can be imported", where=str(path),
                      hint="export it again as QTI 1.2; Canvas calls it a QTI export of a classic quiz")  # fmt: skip
    if root not in _ROOTS:
        raise unknown(path, f"<{root.decode('utf-8', 'replace')}>")
    return _ROOTS[root]


def _json(text: str) -> str:
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        # a quiz with a comma too many should hear of the comma
        broken = re.search(r'"(?:question|answers)"\s*:', text) is not None
        return "jupyterquiz" if broken else "notebooks" if '"nbformat"' in text else ""
    if isinstance(data, dict) and {"cells", "nbformat"} & data.keys():
        return "otter" if otter.is_otter(data) else "notebooks"
    if isinstance(data, list) and data and isinstance(data[0], dict) and "question" in data[0]:
        return "jupyterquiz"
    return ""
