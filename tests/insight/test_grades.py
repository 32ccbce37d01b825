"""Marks as a frame and as files: what is not graded is empty, never zero."""

import csv
import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from course.errors import Invalid
from course.insight.grades import COLUMNS, export, frame, rows
from course.model import Mark

AT = dt.datetime(2026, 1, 2, 10, 30, 15, 250_000, tzinfo=dt.UTC)
MARKS = [
    Mark("ada", "first", "q1", 2.5, 4.0, "partly", "autograder", AT),
    Mark("ada", "first", "q2", 0.0, 4.0, "failed", "Grace, PhD", AT.replace(microsecond=0)),
    Mark("zoë", "first", "q1", None, 4.0, "needs a person"),
    Mark("007", "first", "q2", None, 4.0, "missing"),
]


def test_rows_are_plain_values_with_none_for_what_is_not_graded() -> None:
    found = rows(MARKS)
    assert [list(row) for row in found] == [list(COLUMNS)] * 4
    assert [row["points"] for row in found] == [2.5, 0.0, None, None]
    assert found[2]["grader"] is None
    assert found[0]["time"] == "2026-01-02T10:30:15.250000+00:00"
    json.dumps(found)


@pytest.mark.parametrize("marks", [MARKS, MARKS[2:], []], ids=["some", "ungraded", "none"])
def test_a_frame_has_the_declared_types_whatever_is_in_it(marks: list[Mark]) -> None:
    data = frame(marks)
    assert {name: str(kind) for name, kind in data.dtypes.items()} == COLUMNS
    assert len(data) == len(marks)


def test_a_mean_over_the_frame_counts_only_what_is_graded() -> None:
    assert frame(MARKS)["points"].mean() == 1.25


@pytest.mark.parametrize("name", ["grades.csv", "grades.json", "grades.parquet", "GRADES.CSV"])
def test_an_export_read_back_is_the_same_frame(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    export(MARKS, path)
    match path.suffix.lower():
        case ".csv":
            back = pd.read_csv(path, dtype={"learner": "string"})
        case ".json":
            back = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")))
        case _:
            back = pd.read_parquet(path)
    back["time"] = pd.to_datetime(back["time"], utc=True, format="ISO8601").astype(COLUMNS["time"])
    pd.testing.assert_frame_equal(back.astype(COLUMNS), frame(MARKS))
    assert [file.name for file in tmp_path.iterdir()] == [name], "nothing temporary is left"


def test_what_is_not_graded_is_an_empty_field_in_csv_and_null_in_json(tmp_path: Path) -> None:
    export(MARKS, tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["points"] for line in lines] == ["2.5", "0.0", "", ""]
    assert [line["learner"] for line in lines] == ["ada", "ada", "zoë", "007"]
    assert (lines[2]["grader"], lines[2]["time"]) == ("", "")
    export(MARKS, tmp_path / "a.json")
    assert [each["points"] for each in json.loads((tmp_path / "a.json").read_text("utf-8"))] == [
        2.5, 0.0, None, None]  # fmt: skip


def test_an_export_replaces_the_earlier_one(tmp_path: Path) -> None:
    for marks in (MARKS, MARKS[:1]):
        export(marks, tmp_path / "a.csv")
    assert len((tmp_path / "a.csv").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(("name", "found"), [("a.xlsx", ".xlsx"), ("grades", "no ending")])
def test_another_form_is_told_with_those_that_there_are(
    tmp_path: Path, name: str, found: str
) -> None:
    with pytest.raises(Invalid) as caught:
        export(MARKS, tmp_path / name)
    assert caught.value.what == "grades can't be written in this form"
    assert caught.value.where == str(tmp_path / name)
    assert caught.value.expected == "a file ending in .csv, .json or .parquet"
    assert caught.value.found == found
    assert list(tmp_path.iterdir()) == []
