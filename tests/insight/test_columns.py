"""Every frame is as declared: columns, order, types, whatever is in it; and the page of columns says so."""

import os
from pathlib import Path

import pandas as pd
import pytest

import course.insight
from course.demo.sample import sample_folder
from course.insight.columns import FRAMES, page, shaped
from course.term import Course

DOCS = Path(__file__).parents[2] / "docs" / "frames.md"


def dtypes(frame: pd.DataFrame) -> dict[str, str]:
    return {key: str(dtype) for key, dtype in frame.dtypes.items()}


def declared(name: str) -> dict[str, str]:
    return {key: each.dtype for key, each in FRAMES[name].items()}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_of_a_course_is_as_declared(graded: Course, name: str) -> None:
    frame = getattr(course.insight.open(graded.layout.root), name)
    assert list(dtypes(frame).items()) == list(declared(name).items())


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_without_rows_is_as_declared(tmp_path: Path, name: str) -> None:
    for file in ("course.toml", "nbgrader_config.py"):
        (tmp_path / file).write_text((sample_folder() / file).read_text("utf-8"), "utf-8")
    frame = getattr(course.insight.open(tmp_path), name)
    assert dtypes(frame) == declared(name)
    assert dtypes(shaped(name, [])) == declared(name)


def test_the_page_of_columns_is_what_is_declared() -> None:
    if os.environ.get("COURSE_WRITE_DOCS"):
        DOCS.write_text(page(), encoding="utf-8")
    assert DOCS.read_text(encoding="utf-8") == page(), (
        "docs/frames.md is behind: COURSE_WRITE_DOCS=1 .venv/bin/pytest tests/insight/test_columns.py"
    )
