"""CSV files that people hand to the command line."""

import csv
from pathlib import Path

from course.errors import Invalid, NotFound


def read_csv(file: Path, needed: set[str], more: set[str]) -> list[tuple[int, dict[str, str]]]:
    """Read a CSV file with a header; returns line numbers and rows."""
    if not file.is_file():
        raise NotFound("no such file", where=str(file))
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            header = {name.strip() for name in reader.fieldnames or []}
            missing, unknown = needed - header, header - needed - more
            if missing or unknown:
                raise Invalid(
                    "the columns are not as expected", where=str(file),
                    expected=", ".join([*sorted(needed), *(f"({name})" for name in sorted(more))]),
                    found=", ".join(reader.fieldnames or ["nothing"]),
                )  # fmt: skip
            return [
                (
                    reader.line_num,
                    {key.strip(): (value or "").strip() for key, value in row.items() if key},
                )
                for row in reader
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(
            "this is not a CSV file in UTF-8", where=str(file), found=str(error)
        ) from error
