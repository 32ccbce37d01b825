"""What was handed in, read from the folder that it lies in: not more than may be, under the names that are expected."""

import os
from pathlib import Path

from course import notebook as notebooks
from course.errors import Invalid
from course.layout import files_below
from course.model import Repair
from course.notebook import NotebookNode

MAX_BYTES = 500_000_000
"""How large the files of one submission may be together; they are copied into memory."""
MAX_FILES = 10_000
MAX_NAME = 1_000
"""How long a file's name with its folders may be, in bytes; some places that it is copied to lie deeper."""
MAX_CELLS = 10_000


def too_much(folder: Path) -> str:
    """Say what of a submission is more than may be; empty when all is well."""
    found = [(name, path.stat().st_size) for name, path in files_below(folder)]
    size = sum(each for _, each in found)
    if size > MAX_BYTES:
        return f"the files are too large: {size // 10**6} MB, at most {MAX_BYTES // 10**6} MB"
    if len(found) > MAX_FILES:
        return f"there are too many files: {len(found)}, at most {MAX_FILES}"
    longest = max((len(os.fsencode(name)) for name, _ in found), default=0)
    if longest > MAX_NAME:
        return (
            f"the name of a file with its folders is too long: {longest} bytes, at most {MAX_NAME}"
        )
    return ""


def read(folder: Path, name: str, expected: int) -> tuple[NotebookNode, list[Repair]]:
    """Return a notebook without its outputs, and what was mended in it.

    Args:
        expected: how many notebooks the lesson has; the only one may have another name.

    Raises:
        Invalid: it is none, or has too many cells.
    """
    path = folder / f"{name}.ipynb"
    there = sorted(p for p in folder.glob("*.ipynb") if p.is_file() and not p.is_symlink())
    renamed = not path.exists() and expected == 1 and len(there) == 1
    if renamed:
        path = there[0]
    node, repairs = notebooks.read(path)
    if len(node.cells) > MAX_CELLS:
        raise Invalid(
            "the notebook has too many cells", where=path.name,
            expected=f"at most {MAX_CELLS}", found=f"{len(node.cells)}",
        )  # fmt: skip
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = []  # made anew, and there may be hundreds of megabytes of them
    if renamed:
        repairs.append(Repair(path.name, f"was handed in under this name; taken as {name}.ipynb"))
    return node, repairs
