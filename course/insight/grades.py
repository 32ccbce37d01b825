"""Marks as a tidy frame: one row per learner, lesson and question."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from course.errors import Invalid
from course.model import Mark

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "learner": "string",
    "lesson": "string",
    "question": "string",
    "points": "Float64",  # missing while not graded, never 0 for that
    "maximum": "Float64",
    "state": "string",
    "grader": "string",
    "time": "datetime64[ns, UTC]",
}


def rows(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Return marks as plain rows with the keys of COLUMNS; what is not graded has None for points."""
    return [
        {
            "learner": mark.learner, "lesson": mark.lesson, "question": mark.question,
            "points": mark.points, "maximum": mark.maximum, "state": mark.state,
            "grader": mark.grader or None, "time": mark.at.isoformat() if mark.at else None,
        }
        for mark in marks
    ]  # fmt: skip


def frame(marks: Sequence[Mark]) -> "pd.DataFrame":
    """Return marks as a frame with the columns and types of COLUMNS."""
    import pandas as pd  # noqa: PLC0415  heavy, for those who ask

    data = pd.DataFrame(rows(marks), columns=list(COLUMNS))
    data["time"] = pd.to_datetime(data["time"], utc=True, format="ISO8601")
    return data.astype(COLUMNS)


def export(marks: Sequence[Mark], path: Path) -> None:
    """Write marks to a .csv, .json or .parquet file; what is not graded is empty.

    Raises:
        Invalid: for another ending.
    """
    data = frame(marks)
    staged = path.with_name(f".{path.name}.new")
    match path.suffix.lower():
        case ".csv":
            data.to_csv(staged, index=False)
        case ".json":
            data.to_json(staged, orient="records", date_format="iso", indent=1)
        case ".parquet":
            data.to_parquet(staged, index=False)
        case other:
            raise Invalid(
                "grades can't be written in this form", where=str(path),
                expected="a file ending in .csv, .json or .parquet", found=other or "no ending",
            )  # fmt: skip
    staged.replace(path)
