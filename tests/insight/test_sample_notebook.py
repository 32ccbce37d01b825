"""The instructor's sample notebook runs from top to bottom on a course, in a real kernel."""

import os
from pathlib import Path

import nbformat
import pytest
import records
from nbclient import NotebookClient

from course.term import Course

NOTEBOOK = Path(__file__).parents[2] / "docs" / "insight.ipynb"


def test_every_cell_of_the_sample_notebook_runs(
    graded: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    root = shutil.copytree(graded.layout.root, tmp_path / "course")
    records.write(
        root / "submitted" / "ana" / "welcome",
        [
            ("a", 0, "answered", "how-to-run", {"response": ["b"]}),
            ("b", 60, "asked", "double", {"response": "why?"}),
        ],
    )
    monkeypatch.setitem(os.environ, "COURSE_FOLDER", str(root))
    node = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(node, timeout=120, kernel_name="python3").execute()
    said = {cell.id: str(cell.outputs) for cell in node.cells if cell.cell_type == "code"}
    assert "shown" in said["grid"]
    assert "why?" in said["voices"]
    assert "double" in said["shares"]
