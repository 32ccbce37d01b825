"""Every number on a page, against a plain recomputation from the gradebook's marks."""

import builtins
import csv
import io
import json
import re
import zlib
from collections import Counter
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from course.cli import run
from course.errors import CourseError, Invalid, NotFound, Unavailable
from course.insight.columns import STATES
from course.report import charts, pages, render
from course.report.page import Cell, Choice, Page, Section, Table
from course.term import Course
from course.term.overseeing import Oversight


@pytest.fixture(scope="module")
def oversight(graded: Course) -> Oversight:
    return Oversight(graded)


def table(page: Page, name: str) -> list[list[Any]]:
    (found,) = [each for each in page.tables() if each.name == name]
    return [[cell.value for cell in row] for row in found.rows]


def plain_states(course: Course) -> dict[str, str]:
    """Return how each learner stands with the course's one objective, from marks alone."""
    states = {}
    for person in course.learners():
        mine = [mark for mark in course.marks() if mark.learner == person.id]
        if all(mark.state == "missing" for mark in mine):
            states[person.id] = "not started"
        else:
            points = [mark.points for mark in mine]
            share = (
                None
                if None in points
                else sum(p for p in points if p is not None) / sum(m.maximum for m in mine)
            )
            states[person.id] = (
                "shown"
                if share is not None and share >= course.file.lesson("welcome").pass_mark
                else "learning"
            )
    return states


def test_the_course_page(graded: Course, oversight: Oversight) -> None:
    page = oversight.page("course", (), Choice())
    states = plain_states(graded)
    counts = Counter(states.values())
    assert set(counts) == {"shown", "learning"}
    assert table(page, "objectives") == [
        [
            "Work through a lesson and hand it in",
            *(counts[s] for s in ("shown", "learning", "lapsed", "not started")),
        ]
    ]
    names = {person.name: person.id for person in graded.learners()}
    assert {names[row[0]]: row[1] for row in table(page, "people")} == states
    marks = graded.marks()
    waiting = sum(mark.state == "needs a person" for mark in marks)
    assert dict((what, value) for value, what in page.facts) == {  # noqa: C402  in the page's order
        "learners": "6",
        "submissions": "6",
        "answers wait for a person": f"{waiting}",
        "to look after today": f"{len(oversight.worklist())}",
    }
    done = [
        w
        for w in {m.learner for m in marks}
        if all(m.points is not None for m in marks if m.learner == w)
    ]
    shares = [sum(m.points or 0 for m in marks if m.learner == w) / 6 for w in done]
    (row,) = table(page, "lessons")
    assert row[1:5] == [6, 1.0, pytest.approx(fmean(shares), abs=1e-4), waiting]
    assert [r[:2] for r in table(page, "graders")] == [["Maria", 1]]


def test_the_lesson_page(graded: Course, oversight: Oversight) -> None:
    page = oversight.page("lesson", ("welcome",), Choice())
    for title, name, maximum, answers, mean, waits, _minutes in table(page, "questions"):
        mine = [
            mark for mark in graded.marks() if mark.question == name and mark.state != "missing"
        ]
        known = [mark.points for mark in mine if mark.points is not None]
        assert title
        assert (maximum, answers, waits) == (
            mine[0].maximum,
            len(mine),
            sum(m.state == "needs a person" for m in mine),
        )
        assert mean == pytest.approx(fmean(known) / maximum, abs=1e-4)
    names = {person.name: person.id for person in graded.learners()}
    for name, _came, _due, points, of, waits in table(page, "learners"):
        mine = [mark for mark in graded.marks() if mark.learner == names[name]]
        if any(mark.state == "triage" for mark in mine):
            assert points == "not graded"
        else:
            assert points == sum(mark.points or 0 for mark in mine)
            assert (of, waits) == (
                sum(m.maximum for m in mine),
                sum(m.points is None for m in mine),
            )


def test_a_learners_page_shows_the_evidence_behind_each_state(
    graded: Course, oversight: Oversight
) -> None:
    page = oversight.page("learner", ("ana",), Choice())
    with graded.book() as book:
        from course.store.reading import attempts

        digest = attempts(book)["welcome", "ana"]["digest"]
    plain = {
        (m.title, m.points, m.maximum, m.state, m.grader, digest)
        for m in graded.marks()
        if m.learner == "ana"
    }
    assert {(r[0], r[2], r[3], r[4], r[5], r[7]) for r in table(page, "first-steps")} == plain
    (lesson,) = table(page, "lessons")
    assert lesson[3:6] == [sum(m.points or 0 for m in graded.marks() if m.learner == "ana"), 6, 0]


def test_an_objectives_page(graded: Course, oversight: Oversight) -> None:
    page = oversight.page("objective", ("first-steps",), Choice())
    names = {person.name: person.id for person in graded.learners()}
    assert {names[row[0]]: row[1] for row in table(page, "people")} == plain_states(graded)
    (row,) = table(page, "groups")
    assert sum(row[1:]) == 6
    assert {r[0] for r in table(page, "questions")} == {"how-to-run", "double", "wish"}
    assert "at least 50%" in " ".join(text for part in page.sections for text in part.text)


def test_a_group_and_a_day_narrow_the_page(
    graded: Course, oversight: Oversight, tmp_path: Path
) -> None:
    import shutil

    from course.model import Learner

    course = Course.open(shutil.copytree(graded.layout.root, tmp_path / "course"))
    course.enrol([Learner("ana", group="spring"), Learner("ben", group="spring")])
    mine = Oversight(course)
    page = mine.page("course", (), Choice(group="spring"))
    assert [row[0] for row in table(page, "people")] == ["Ana Horvat", "Ben Okafor"]
    assert table(page, "lessons")[0][1] == 2
    with pytest.raises(NotFound, match="no group 'autumn'"):
        mine.page("course", (), Choice(group="autumn"))
    with pytest.raises(Invalid, match="not a day"):
        oversight.page("course", (), Choice(since="yesterday"))


def test_a_page_is_read_again_when_something_was_marked(graded: Course, tmp_path: Path) -> None:
    import shutil

    from course.model import ManualMark

    course = Course.open(shutil.copytree(graded.layout.root, tmp_path / "course"))
    mine = Oversight(course)
    before = table(mine.page("lesson", ("welcome",), Choice()), "learners")
    course.mark([ManualMark("welcome", "ben", "wish", 2.0, "", "Maria")])
    after = table(mine.page("lesson", ("welcome",), Choice()), "learners")
    assert [b[3] - a[3] for a, b in zip(before, after, strict=True) if a[0] == "Ben Okafor"] == [
        2.0
    ]


def test_where_reading_takes_long_a_page_shows_what_there_is_and_a_file_waits(
    graded: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil
    from threading import Event

    from course.model import ManualMark

    def points(page: Page) -> object:
        return next(row[3] for row in table(page, "learners") if row[0] == "Ben Okafor")

    course = Course.open(shutil.copytree(graded.layout.root, tmp_path / "course"))
    mine, busy = Oversight(course), Event()
    before = mine.page("lesson", ("welcome",), Choice())
    monkeypatch.setattr("course.term.overseeing.LONG", 0.0)
    mine._reader.submit(busy.wait)
    course.mark([ManualMark("welcome", "ben", "wish", 2.0, "", "Maria")])
    still = mine.page("lesson", ("welcome",), Choice())
    assert (points(still), still.at) == (points(before), before.at)
    busy.set()
    after = mine.page("lesson", ("welcome",), Choice(), whole=True)
    assert points(after) != points(before)
    assert points(mine.page("lesson", ("welcome",), Choice())) == points(after)


def test_a_look_that_failed_says_why_and_the_next_one_tries_again(
    graded: Course, tmp_path: Path
) -> None:
    import shutil
    import sqlite3

    from course.errors import Unavailable

    root = Path(shutil.copytree(graded.layout.root, tmp_path / "course"))
    mine = Oversight(Course.open(root))

    def rename(before: str, after: str) -> None:
        with sqlite3.connect(root / "gradebook.db") as book:
            book.execute(f"ALTER TABLE course_question RENAME {before} TO {after}")

    rename("title", "away")
    with pytest.raises(Unavailable, match="can't be used now"):
        mine.page("course", (), Choice())
    rename("away", "title")
    assert table(mine.page("course", (), Choice()), "lessons")


# as files ----------------------------------------------------------------------------------------


def test_a_report_stands_alone_and_runs_nothing(oversight: Oversight) -> None:
    for kind, names in (
        ("course", ()),
        ("lesson", ("welcome",)),
        ("learner", ("ana",)),
        ("objective", ("first-steps",)),
        ("worklist", ()),
    ):
        text = render.html(oversight.page(kind, names, Choice()))
        assert "<script" not in text
        assert not re.findall(
            r'(?:src|href|url)\s*[=(]\s*["\']?(?!#)', re.sub(r'xmlns:xlink="[^"]*"', "", text)
        )
        assert "default-src 'none'" in text


def test_whatever_somebody_is_called_is_text_and_no_formula() -> None:
    evil = "=HYPERLINK(1)<script>alert(1)</script>\x1b"
    page = Page(
        "course",
        (),
        evil,
        evil,
        (),
        (Section(evil, (evil,), None, Table("t", ("a",), ((Cell(evil),),))),),
        Choice(),
        (),
        "now",
    )
    text = render.html(page)
    assert "<script" not in text
    assert "\x1b" not in text
    (_, row) = csv.reader(io.StringIO(render.table(page)))
    assert row[1].startswith("'=")


def test_a_pdf_is_tagged_and_has_its_title(oversight: Oversight) -> None:
    data = render.pdf(oversight.page("course", (), Choice()))
    assert data.startswith(b"%PDF-")
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL)
    plain = b"".join(
        zlib.decompressobj().decompress(each) if each[:1] == b"x" else each for each in streams
    )
    assert b'pdfuaid:part="1"' in plain
    assert b"/StructTreeRoot" in plain
    assert b"Working safely with data" in plain


def test_a_pdf_without_pango_says_what_to_install(
    oversight: Oversight, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Unavailable, match="apt-get install libpango") as caught:
        render.pdf(oversight.page("worklist", (), Choice()))
    assert caught.value.found == "cannot load library 'libpango-1.0-0'"


def test_charts_say_in_words_what_they_show() -> None:
    chart = charts.states(
        "Shown", [("Read", {"shown": 2, "learning": 1})], {"shown": "good", "learning": "part"}
    )
    assert chart.about == "Read: 2 shown, 1 learning"
    assert "<script" not in chart.svg
    assert "style=" not in chart.svg
    assert 'class="fill-good"' in chart.svg
    assert charts.spread("Points", [0.0, 0.099, 0.1, 0.95, 1.0], "learners").about == (
        "learners: 2 with 0 to 10 %, 1 with 10 to 20 %, 2 with 90 to 100 %"
    )


def test_the_command_writes_the_same_figures(
    graded: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, out = str(graded.layout.root), tmp_path / "report.csv"
    assert (
        run(
            [
                "report",
                "--lesson",
                "welcome",
                "--format",
                "csv",
                "--out",
                str(out),
                "--course",
                root,
            ]
        )
        == 0
    )
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8"))))
    assert ["questions", "Write a function", "double"] in [row[:3] for row in rows]
    assert run(["report", "--lesson", "welcome", "--learner", "ana", "--course", root]) == 2
    assert "one page at a time" in capsys.readouterr().err
    assert run(["report", "--format", "docx", "--out", str(out), "--course", root]) == 2
    assert "no such form of a report" in capsys.readouterr().err
    assert run(["report", "--lesson", "nowhere", "--course", root]) == 2


def test_the_worklist_on_the_command_line_and_put_to_rest(
    graded: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    import records

    root = shutil.copytree(graded.layout.root, tmp_path / "course")
    records.write(
        root / "submitted" / "ana" / "welcome",
        [("a", 0, "asked", "double", {"response": "What is a table?"})],
    )
    assert run(["worklist", "--json", "--course", str(root)]) == 0
    (entry,) = [each for each in json.loads(capsys.readouterr().out) if each["kind"] == "asked"]
    assert "What is a table?" in entry["reason"]
    assert (
        run(
            [
                "worklist",
                "--rest",
                str(entry["number"]),
                "--reason",
                "told her",
                "--course",
                str(root),
            ]
        )
        == 0
    )
    capsys.readouterr()
    assert run(["worklist", "--json", "--course", str(root)]) == 0
    assert [each for each in json.loads(capsys.readouterr().out) if each["kind"] == "asked"] == []
    assert run(["worklist", "--rest", "99", "--course", str(root)]) == 2
    assert "no such entry" in capsys.readouterr().err


def test_all_states_have_a_sign_of_their_own() -> None:
    from course.report.view import SIGNS

    assert set(SIGNS) == set(STATES)
    assert len({sign for sign, _ in SIGNS.values()}) == len(STATES)


def test_an_unknown_page_is_told(oversight: Oversight) -> None:
    for kind, names in (("nothing", ()), ("learner", ("nobody",)), ("objective", ("nothing",))):
        with pytest.raises(CourseError, match="no "):
            oversight.page(kind, names, Choice())
    assert set(pages.PAGES) == {"course", "worklist", "lesson", "learner", "objective"}
