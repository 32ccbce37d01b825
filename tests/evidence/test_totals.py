"""Totals as CSV: what Canvas, Moodle and a spreadsheet take."""

import csv
import io
from pathlib import Path

import classroom
import pytest

from course.model import Learner, Mark
from course.platforms import totals

PEOPLE = [
    Learner("ana", "Ana", "Novak", "ana@example.org", "red"),
    Learner("007", "=cmd()"),
    Learner("cleo"),
]
LESSONS = [("a", "Alpha, part 1", 4.0), ("b", "Beta", 2.5)]


def mark(who: str, lesson: str, question: str, points: float | None) -> Mark:
    return Mark(who, lesson, question, points, 2.0, "passed")


MARKS = [mark("ana", "a", "1", 2), mark("ana", "a", "2", 1.25), mark("ana", "b", "1", 2.5),
         mark("007", "a", "1", 2), mark("007", "a", "2", None), mark("cleo", "a", "1", 0)]  # fmt: skip


def read(form: totals.Format) -> list[list[str]]:
    points = totals.totals(MARKS, {("ana", "a"): 0.25, ("cleo", "a"): 9.0})
    return list(csv.reader(io.StringIO(totals.sheet(form, PEOPLE, LESSONS, points))))


def test_canvas_gets_its_five_columns_and_the_points_possible() -> None:
    assert read("canvas") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Alpha, part 1", "Beta"],
        ["    Points Possible", "", "", "", "", "4", "2.5"],
        ["Novak, Ana", "", "", "ana", "red", "3", "2.5"],
        ["=cmd()", "", "", "007", "", "", ""],
        ["cleo", "", "", "cleo", "", "0", ""],
    ]


def test_moodle_gets_names_by_which_it_finds_people() -> None:
    head, ana, *rest = read("moodle")
    assert [row[4:] for row in rest] == [["-", "-"], ["0", "-"]], (
        "Moodle stores an empty field as 0"
    )
    assert head == ["First name", "Last name", "Username", "Email address", "Alpha, part 1", "Beta"]
    assert ana == ["Ana", "Novak", "ana", "ana@example.org", "3", "2.5"]


def test_what_waits_or_was_not_handed_in_is_empty_and_never_zero() -> None:
    rows = {row[0]: row[3:] for row in read("csv")[1:]}
    assert rows == {"ana": ["3", "2.5"], "007": ["", ""], "cleo": ["0", ""]}


def test_a_title_that_is_no_column_of_its_own_gives_way_to_the_lessons_name() -> None:
    titles = [
        "Loops",
        "Loops",
        "Part (2)",
        "Final Score of the unit",
        "Section",
        "Plain (in short)",
    ]
    lessons = [(f"lesson-{number}", title, 1.0) for number, title in enumerate(titles)]
    head = next(csv.reader(io.StringIO(totals.sheet("canvas", [], lessons, {}))))
    assert head[5:] == ["lesson-0", "lesson-1", "lesson-2", "lesson-3", "lesson-4", "Plain (in short)"]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "text"), [(1234567.0, "1234567"), (0.33333333, "0.3333"), (100.0, "100"), (0.0, "0")]
)
def test_numbers_are_written_as_every_platform_reads_them(points: float, text: str) -> None:
    sheet = totals.sheet("canvas", [Learner("ana")], [("a", "A", points)], {("ana", "a"): points})
    rows = list(csv.reader(io.StringIO(sheet)))
    assert [rows[1][5], rows[2][5]] == [text, text]


def test_a_spreadsheet_carries_out_nothing_that_a_learner_is_called() -> None:
    assert [row[1] for row in read("csv")] == ["name", "Ana Novak", "'=cmd()", "cleo"]


@pytest.mark.parametrize("form", ["canvas", "moodle", "csv"])
def test_the_command_writes_it(root: Path, form: str) -> None:
    shown = classroom.course(f"grades --format {form}", root).out
    assert "2 rows written" in classroom.course(f"grades --format {form} -o out.csv", root).out
    written = (root / "out.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf") == (form == "csv")
    assert list(csv.reader(io.StringIO(written.decode("utf-8-sig")))) == list(
        csv.reader(io.StringIO(shown))
    )
    assert "Fire" in shown
