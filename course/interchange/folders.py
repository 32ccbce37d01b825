"""Folders of notebooks: an nbgrader course, or plain notebooks. Notebooks are taken byte for byte."""

from collections.abc import Iterator
from pathlib import Path

from course.errors import Invalid
from course.interchange import otter
from course.interchange.lesson import Made
from course.interchange.report import Report
from course.layout import files_below, safe_name
from course.notebook import marks
from course.notebook import read as read_notebook

_MACHINES = (".ipynb_checkpoints", "__pycache__", ".git", ".DS_Store")
_MADE = {
    "release": "made again by course release",
    "gradebook.db": "marks stay where they were given",
    "nbgrader_config.py": "the course has its own; carry over what you had set",
    "autotests.yml": "copy it beside course.toml if these lessons use AUTOTEST",
}


def nbgrader(path: Path, report: Report) -> list[Made]:
    """Return a lesson for each assignment of an nbgrader course, its metadata as it is.

    Raises:
        Invalid: when it has none, or a notebook can't be read.
    """
    source = path / "source"
    lessons = []
    for folder in sorted(source.iterdir()) if source.is_dir() else []:
        where = f"source/{folder.name}"
        if folder.is_dir() and not folder.is_symlink() and any(folder.glob("*.ipynb")):
            lessons.append(_lesson(folder, safe_name(folder.name, "lesson"), where, report))
        elif folder.name not in _MACHINES:
            report.lost(where, "not an assignment: a folder with a notebook is one")
    for other in sorted(path.iterdir()):
        if other.name != "source" and other.name not in _MACHINES:
            report.lost(other.name, _MADE.get(other.name, "not a part of the assignments' source"))
    if not lessons:
        raise Invalid("this nbgrader course has no assignment", where=str(source),
                      expected="source/ASSIGNMENT/NOTEBOOK.ipynb", hint="import one folder of notebooks by itself")  # fmt: skip
    return lessons


def notebooks(path: Path, name: str, report: Report) -> Made:
    """Return one lesson of the notebooks in a folder, with the files beside them, or of one notebook.

    Raises:
        Invalid: when a notebook can't be read, or none is there.
    """
    if path.is_dir():
        return _lesson(path, safe_name(name, "lesson"), path.name, report)
    made = Made(safe_name(name, "lesson"))
    _notebook(path, path.name, path.name, made, report)
    return made


def _lesson(folder: Path, name: str, where: str, report: Report) -> Made:
    made = Made(name)
    for relative, path in files_below(folder):
        if any(part in _MACHINES for part in relative.split("/")):
            continue
        if relative.startswith(".") or "/." in relative:
            report.lost(f"{where}/{relative}", "a hidden file")
        elif relative.endswith(".ipynb") and "/" not in relative:
            _notebook(path, relative, f"{where}/{relative}", made, report)
        else:
            made.files[relative] = path
            report.taken(f"{where}/{relative}", "a file that travels with the lesson")
    for link in _links(folder):
        report.lost(f"{where}/{link}", "a link; copy the file to its place")
    if not any(relative.endswith(".ipynb") for relative in made.files):
        raise Invalid("no notebook of this folder can be taken", where=str(folder),
                      found="; ".join(str(note) for note in report.notes))  # fmt: skip
    return made


def _notebook(path: Path, relative: str, where: str, made: Made, report: Report) -> None:
    try:
        node, repairs = read_notebook(path)
    except Invalid as error:
        error.where = where
        raise
    if otter.is_otter(node):
        report.lost(
            where, f"an otter-grader notebook; import it by itself: course import {path.name}"
        )
        return
    graded = sum(bool(marks(cell).get("grade") or marks(cell).get("task")) for cell in node.cells)
    made.files[safe_name(relative, "notebook")] = path
    report.taken(where, f"{len(node.cells)} cells, {graded} of them graded")
    for repair in repairs:
        report.changed(where, f"will be read with a repair: {repair.text}")


def _links(folder: Path) -> Iterator[str]:
    yield from sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink()
    )
