"""`course.toml`: what is understood, and what is said of every kind of mistake."""

import datetime as dt
from pathlib import Path

import pytest

from course.errors import Invalid
from course.mistakes import Mistaken
from course.settings import Lesson, load

GOOD = """
id = "stats"
title = "Statistics at work"
authors = ["Ada"]

[[objectives]]
id = "mean"
text = "Take a mean"

[[lessons]]
folder = "first"
title = "First things"
minutes = 20
objectives = ["mean"]
due = "2 weeks"
points = 4
pass_mark = 0.8

[policies]
late = "per-day"
grace_minutes = 30
attempts = 3

[[groups]]
id = "spring"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    course = load(write(tmp_path, GOOD))

    assert course is not None
    assert (course.id, course.title, course.authors) == ("stats", "Statistics at work", ("Ada",))
    first = course.lesson("first")
    assert (first.title, first.minutes, first.points, first.pass_mark) == (
        "First things", 20, 4.0, 0.8)  # fmt: skip
    assert first.due == dt.timedelta(days=14)
    assert (course.policies.late, course.policies.attempts) == ("per-day", 3)
    assert course.policies.cell_seconds == 30


def test_a_folder_without_the_file_has_no_settings(tmp_path: Path) -> None:
    assert load(tmp_path) is None


def test_a_lesson_that_is_not_declared_gets_the_defaults(tmp_path: Path) -> None:
    course = load(write(tmp_path, GOOD))
    assert course is not None
    assert course.lesson("other") == Lesson(folder="other", title="other")


@pytest.mark.parametrize(
    ("written", "due"),
    [
        ('"1 day"', dt.timedelta(days=1)),
        ('" 10  days "', dt.timedelta(days=10)),
        ('"1 week"', dt.timedelta(days=7)),
        ("2026-03-01", dt.datetime(2026, 3, 1, 23, 59, 59, tzinfo=dt.UTC)),
        ("2026-03-01T12:00:00", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        ("2026-03-01T12:00:00+02:00", dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)),
    ],
)
def test_a_due_date_is_a_day_a_moment_or_a_time_after_the_start(
    tmp_path: Path, written: str, due: object
) -> None:
    course = load(write(tmp_path, GOOD.replace('"2 weeks"', written)))
    assert course is not None
    assert course.lesson("first").due == due


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('title = "Statistics at work"', "", ["title: missing; expected a value here"]),
        ("authors =", "autors =", ["autors: unknown key; did you mean 'authors'?"]),
        ("minutes = 20", "minuts = 20", ["lessons.0.minuts: unknown key; did you mean 'minutes'?"]),
        ("grace_minutes", "grace", ["policies.grace: unknown key; did you mean 'grace_minutes'?"]),
        ('text = "Take a mean"', 'txt = "Take"',
         ["objectives.0.text: missing", "objectives.0.txt: unknown key; did you mean 'text'?"]),
        ('id = "spring"', 'id = "spring"\nname = "x"', ["groups.0.name: unknown key"]),
        ("[policies]", "[zzzzz]\n[policies]", ["zzzzz: unknown key"]),
        ("minutes = 20", 'minutes = "long"', ["lessons.0.minutes: expected:", "found: 'long'"]),
        ("minutes = 20", "minutes = 0", ["lessons.0.minutes: expected:", "equal to 1", "found: 0"]),
        ("points = 4", "points = -4", ["lessons.0.points: expected:", "equal to 0", "found: -4"]),
        ("pass_mark = 0.8", "pass_mark = 80",
         ["lessons.0.pass_mark: expected:", "less than or equal to 1", "found: 80"]),
        ('late = "per-day"', 'late = "daily"',
         ["policies.late: expected:", "'none', 'zero' or 'per-day'", "found: 'daily'"]),
        ("attempts = 3", "attempts = 0", ["policies.attempts: expected:", "found: 0"]),
        ('"2 weeks"', '"soon"',
         ["lessons.0.due: expected: a date", "'14 days' or '2 weeks'", "found: 'soon'"]),
        ('"2 weeks"', "14", ["lessons.0.due: expected: a date", "found: 14"]),
        ('folder = "first"', 'folder = "../up"',
         ["lessons.0.folder: expected: up to 100 letters", "and no path", "found: '../up'"]),
        ('folder = "first"', "folder = 3", ["lessons.0.folder: expected:", "found: 3"]),
        ('id = "stats"', 'id = ".hidden"', ["id: expected: up to 100 letters", "'.hidden'"]),
        ('objectives = ["mean"]', 'objectives = ["maen"]',
         ["lessons.0.objectives names 'maen', which is not among the course's objectives",
          "did you mean 'mean'?"]),
        ('folder = "first"', 'folder = "first"\n[[lessons]]\nfolder = "first"',
         ["lessons has 'first' twice"]),
        ('id = "spring"', 'id = "spring"\n[[groups]]\nid = "spring"', ["groups has 'spring' twice"]),
        ('id = "mean"', 'id = "mean"\ntext = ""\n[[objectives]]\nid = "mean"',
         ["objectives has 'mean' twice"]),
        ("[[groups]]", "[groups]", ["groups: expected:", "found: {'id': 'spring'}"]),
        ("minutes = 20", "minutes = ", ["this is not TOML", "line 13"]),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_key_expected_and_found(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    assert old in GOOD
    with pytest.raises(Invalid) as caught:
        load(write(tmp_path, GOOD.replace(old, new, 1)))

    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'course.toml'}: ")
    for part in said:
        assert part in text
    for jargon in ("pydantic", "ValidationError", "type=", "http", "function-", "Value error"):
        assert jargon not in text


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("minutes = 20", "minutes = 0").replace("attempts", "attemps")
    with pytest.raises(Invalid) as caught:
        load(write(tmp_path, text))

    assert caught.value.what.startswith("2 mistakes\n")
    assert "lessons.0.minutes" in caught.value.what
    assert "policies.attemps: unknown key; did you mean 'attempts'?" in caught.value.what


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("minutes = 20", "minutes = 0", [13]),
        ('folder = "first"\n', "", [10]),  # missing: the head of its table
        ('title = "Statistics at work"\n', "", [1]),
        ("grace_minutes", "grace", [21]),
        ('authors = ["Ada"]', 'authors = [\n  "Ada",\n  3,\n]', [4]),
        ('title = "First things"', 'title = """\n[policies]\nminutes = 3\n"""\npass = 1', [16]),
        (
            'objectives = ["mean"]',
            'objectives = ["maen", "mode"]\nrequires = ["zero"]',
            [14, 14, 15],
        ),
        ('id = "spring"', 'id = "spring"\n[[groups]]\nid = "spring"', [26]),
        ("[policies]", "[lessons.policies]\n[policies]", [19]),
        ("attempts = 3", "more.or.less = 1", [22]),
        ("minutes = 20", "minutes = ", [13]),
        ('[[groups]]\nid = "spring"\n', 'x = """\n', [24]),
    ],
)
def test_each_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, lines: list[int]
) -> None:
    assert old in GOOD
    with pytest.raises(Mistaken) as caught:
        load(write(tmp_path, GOOD.replace(old, new, 1)))
    assert [line for line, _ in caught.value.mistakes] == lines
    for line in lines:
        assert f"line {line}" in str(caught.value) or "end of document" in str(caught.value)


def test_a_due_date_that_is_wrong_is_one_mistake_not_two(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        load(write(tmp_path, GOOD.replace('"2 weeks"', '"soon"')))
    assert "mistakes" not in caught.value.what


def test_a_file_that_is_not_utf_8_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_bytes('title = "Größe"'.encode("latin-1"))
    with pytest.raises(Invalid, match="this is not TOML") as caught:
        load(tmp_path)
    assert "0xf6" in caught.value.found
    assert isinstance(caught.value, Mistaken)
    assert caught.value.mistakes[0][0] == 1
