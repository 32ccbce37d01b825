"""`course.check`: what a learner reads about the objects of the running notebook."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from course.lesson.check import _page, show_check
from course.lesson.public import Tried, run
from course.questions import sheet

HEAD = "import pytest\nfrom course import misconception, points, public\n"
ABOUT = "@public\n@points(1, question='mean')\n"
MEAN = HEAD + ABOUT + "def test_small_numbers(mean):\n    assert mean([1, 2]) == 1.5\n"


def tried(source: str, **names: Any) -> list[Tried]:
    return run(source, "mean", names)


def only(body: str, **names: Any) -> Tried:
    (one,) = tried(f"{HEAD}{ABOUT}def test_it(mean):\n    {body}\n", **names)
    return one


def test_a_test_that_holds_has_nothing_to_say() -> None:
    assert tried(MEAN, mean=lambda x: sum(x) / len(x)) == [Tried("small numbers", passed=True)]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("assert mean([1, 2]) == 1.5", "mean([1, 2]) gave 3; expected 1.5."),
        ("assert mean([1, 2]) < 2", "mean([1, 2]) gave 3; compared with 2."),
        ("assert mean([1, 2]) in (1, 2)", "mean([1, 2]) gave 3; compared with (1, 2)."),
        ("assert not mean([1, 2])", "Expected: not mean([1, 2])."),
        ("assert 1 < mean([1, 2]) < 2", "Expected: 1 < mean([1, 2]) < 2."),
        ("assert mean([1, 2]) == 1.5, 'halves count'", "halves count"),
        ("want = 1.5\n    assert mean([1, 2]) == want", "mean([1, 2]) gave 3; expected 1.5."),
        (
            "assert (\n        mean([1, 2])\n        == 1.5\n    )",
            "mean([1, 2]) gave 3; expected 1.5.",
        ),
        ("raise AssertionError", "The check did not hold."),
        ("assert mean([9] * 500) == [9] * 500", "gave 4500; expected [9, 9, 9"),
        ("with pytest.raises(ValueError):\n        mean([])", "DID NOT RAISE"),
        ("assert mean([1, 2]) == pytest.approx(1.5)", "mean([1, 2]) gave 3; expected 1.5 ±"),
    ],
)
def test_a_failed_test_says_what_came_and_what_was_expected(body: str, text: str) -> None:
    one = only(body, mean=sum)
    assert one.passed is False
    assert text in one.text
    assert len(one.text) < 700


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero"),
        (KeyError("x"), "KeyError: 'x'"),
        (SystemExit("bye"), "SystemExit: bye"),
        (AssertionError("my own assert"), "my own assert"),
        (ValueError(), "ValueError"),
        (
            NotImplementedError(),
            "Your code is still to come: put it in the place of raise NotImplementedError().",
        ),
    ],
)
def test_what_the_learners_code_raises_is_the_answer(error: BaseException, text: str) -> None:
    def mean(_values: object) -> object:
        raise error

    assert only("assert mean([1]) == 1", mean=mean) == Tried("it", passed=False, text=text)


def test_an_interrupt_is_the_learners_and_stops_the_check() -> None:
    def mean(_values: object) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        only("assert mean([1]) == 1", mean=mean)


def test_a_missing_name_is_told_with_what_to_do() -> None:
    (one,) = tried(MEAN)
    assert one.text == "There is no 'mean' yet: run the cell that defines it."


WRONG_IDEA = (
    HEAD + ABOUT + "@misconception('You took the largest.', when=lambda mean: mean([1, 3]) == 3)\n"
    "@misconception('You took the sum.', when=lambda mean: mean([2, 4]) == 6)\n"
    "@misconception('Never said.', when=lambda absent: True)\n"
    "def test_it(mean):\n    assert mean([1, 2]) == 1.5\n"
)


def test_a_known_wrong_idea_is_named_first() -> None:
    (one,) = tried(WRONG_IDEA, mean=sum)
    assert one.text == "You took the sum.\nmean([1, 2]) gave 3; expected 1.5."


def test_a_wrong_idea_that_does_not_apply_is_not_named() -> None:
    (one,) = tried(WRONG_IDEA, mean=min)
    assert one.text == "mean([1, 2]) gave 1; expected 1.5."


def test_a_right_answer_is_never_told_of_a_wrong_idea() -> None:
    (one,) = tried(WRONG_IDEA.replace("== 6", "== 3"), mean=lambda x: sum(x) / len(x))
    assert one == Tried("it", passed=True)


PARAMETRIZED = (
    HEAD + ABOUT + "@pytest.mark.parametrize({names}, {rows})\n"
    "def test_case(mean, {names_bare}):\n    assert mean({first}) == {second}\n"
)


@pytest.mark.parametrize(
    ("names", "rows", "passed"),
    [
        ("'x, y'", "[([1, 1], 2), ([2, 2], 5)]", [True, False]),
        ("['x', 'y']", "[([1, 1], 2), ([2, 2], 4)]", [True, True]),
        ("'x, y'", "[pytest.param([1, 1], 2, id='one'), ([2], 1)]", [True, False]),
    ],
)
def test_each_case_of_a_parametrized_test_is_tried(
    names: str, rows: str, passed: list[bool]
) -> None:
    source = PARAMETRIZED.format(names=names, rows=rows, names_bare="x, y", first="x", second="y")
    found = tried(source, mean=sum)
    assert [each.passed for each in found] == passed
    assert found[0].name == "case (x=[1, 1], y=2)"


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        ("[[1, 1], [2]]", "[1, 1]"),
        ("[pytest.param([1, 1]), pytest.param([2], id='two')]", "[1, 1]"),
        ("[{1: 'a'}]", "{1: 'a'}"),
    ],
)
def test_one_argument_gets_each_value_whole(rows: str, first: str) -> None:
    source = PARAMETRIZED.format(
        names="'x'", rows=rows, names_bare="x", first="x", second="sum(x)")  # fmt: skip
    found = tried(source, mean=sum)
    assert all(each.passed for each in found)
    assert found[0].name == f"case (x={first})"


def test_two_parametrizes_make_every_combination() -> None:
    source = PARAMETRIZED.format(
        names="'x'", rows="[[1], [2]]", names_bare="x, y", first="x", second="sum(x)"
    ).replace("def ", "@pytest.mark.parametrize('y', [1, 2, 3])\ndef ")
    assert len(tried(source, mean=sum)) == 6


def test_tests_of_other_questions_are_not_run() -> None:
    assert run(MEAN, "median", {"mean": sum}) == []


def test_a_test_cannot_change_the_learners_names() -> None:
    names = {"mean": sum}
    run(MEAN.replace("assert", "mean = None\n    assert not"), "mean", names)
    assert names == {"mean": sum}


# -- in a notebook ----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NBGRADER_EXECUTION", "NBGRADER_VALIDATING"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / sheet.NAME).write_text(sheet.build("lesson", [], MEAN, {}), encoding="utf-8")
    return tmp_path


def shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, question: str = "mean",
    **names: Any,
) -> str:  # fmt: skip

    for name, value in names.items():
        monkeypatch.setattr(sys.modules["__main__"], name, value, raising=False)
    show_check(question)
    return capsys.readouterr().out


def test_a_check_is_shown_as_text_and_recorded(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = shown(capsys, monkeypatch, mean=sum)

    assert text == (
        "mean: 0 of 1 checks passed\n  not small numbers: mean([1, 2]) gave 3; expected 1.5.\n"
    )
    (entry,) = [json.loads(one) for one in (folder / "record.jsonl").read_text().splitlines()]
    assert entry["result"] == {"success": False, "passed": 0, "of": 1}


def test_a_check_that_cannot_be_recorded_is_shown_all_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "record.jsonl").mkdir()
    text = shown(capsys, monkeypatch, mean=lambda _values: 1.5)
    assert "mean: the check passed" in text
    assert "could not be recorded: The system says: Is a directory. Your work is unharmed." in text


def test_an_exercise_without_a_public_test_says_that_it_is_graded_later(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert folder
    text = shown(capsys, monkeypatch, "median")
    assert text == ("median\nThis exercise has no public test; it is graded after you submit.\n")


def test_without_its_sheet_a_check_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / sheet.NAME).unlink()
    text = shown(capsys, monkeypatch)
    assert "lesson.json is not beside this notebook" in text
    assert "course fetch LESSON" in text


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_with_a_damaged_sheet_a_check_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    (folder / sheet.NAME).write_text(content)
    text = shown(capsys, monkeypatch)
    assert "lesson.json beside this notebook is damaged" in text
    assert "course fetch LESSON" in text


@pytest.mark.parametrize("name", ["NBGRADER_EXECUTION", "NBGRADER_VALIDATING"])
def test_inside_nbgrader_a_failing_check_raises_so_that_nbgrader_sees_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "autograde")
    with pytest.raises(AssertionError, match="small numbers: mean"):
        shown(capsys, monkeypatch, mean=sum)
    assert not (folder / "record.jsonl").exists(), "nbgrader's run is not the learner's attempt"
    assert shown(capsys, monkeypatch, mean=lambda _values: 1.5) == ""


def test_what_a_learners_object_says_of_itself_is_escaped_on_the_page() -> None:
    html = _page(
        "<h1>", [Tried("<b>", passed=False, text="<script>alert(1)</script>")], "<i>"
    )._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    for mark in ("<h1>", "<b></b>", "<i>"):
        assert mark not in html
    assert "✗ not yet" in html
