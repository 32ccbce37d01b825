"""`course.quiz`: the question as a widget object, its answer kept, and what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import course
from course.lesson import record
from course.lesson.quiz import QuizWidget, as_text
from course.questions import Item, sheet
from course.questions.text import parse

PRACTICE = parse("""%%quiz practice
Which resists **one** large salary?
- [ ] mean -- WHYMEAN
- [x] median -- WHYMEDIAN
hint: think
""")
GRADED = parse("""%%quiz graded points=2
Which are prime?
- [x] 2 -- WHYTWO
- [x] 3
- [ ] 4 -- WHYFOUR
""")
EACH = parse("""%%quiz each credit=each
Which are prime?
- [x] 2
- [x] 3
- [ ] 4
""")


class Kept(list[tuple[str, list[str]]]):
    """Answers that were saved, in order."""

    def __call__(self, question: str, answer: list[str]) -> str:
        self.append((question, answer))
        return "2026-01-01T10:00:00+00:00"


def show(item: Item, saved: tuple[list[str], str] | None = None) -> tuple[QuizWidget, Kept]:
    kept = Kept()
    return QuizWidget(item, kept, saved), kept


def press(widget: QuizWidget, answer: Any) -> dict[str, Any]:
    """Send what the page sends when the button is pressed."""
    widget._handle_custom_msg({"answer": answer}, [])
    return dict(widget.state)


def test_before_an_answer_nothing_is_said() -> None:
    widget, kept = show(PRACTICE)
    assert widget.state == {"answer": [], "saved": "", "tone": "", "message": "", "reasons": []}
    assert kept == []


@pytest.mark.parametrize("item", [PRACTICE, GRADED, EACH], ids=lambda item: item.id)
def test_what_travels_to_the_page_holds_nothing_of_the_key(item: Item) -> None:
    widget, _ = show(item)
    traits = {name: getattr(widget, name) for name in widget.trait_names(sync=True)}
    text = json.dumps({name: traits[name] for name in ("item", "state")})
    assert "WHY" not in json.dumps(traits, default=str)
    assert "right" not in text


def test_a_right_answer_is_saved_and_told() -> None:
    widget, kept = show(PRACTICE)
    state = press(widget, ["b"])
    assert kept == [("practice", ["b"])]
    assert (state["tone"], state["message"]) == ("right", "Right.")
    assert state["answer"] == ["b"]
    assert state["saved"] == "2026-01-01T10:00:00+00:00"


def test_a_wrong_answer_is_saved_and_told_why() -> None:
    widget, kept = show(PRACTICE)
    state = press(widget, ["a"])
    assert kept == [("practice", ["a"])]
    assert (state["tone"], state["message"]) == ("wrong", "Not right. Try again.")
    assert state["reasons"] == [["mean", "WHYMEAN"]]


def test_half_an_answer_is_told_as_such() -> None:
    widget, _ = show(EACH)
    assert press(widget, ["a"])["message"] == "Partly right. Try again."


@pytest.mark.parametrize("answer", [["a", "b"], ["c"], ["a"]])
def test_a_graded_question_says_the_same_to_every_answer(answer: list[str]) -> None:
    widget, kept = show(GRADED)
    state = press(widget, answer)
    assert kept == [("graded", answer)]
    assert state == {
        "answer": answer, "saved": "2026-01-01T10:00:00+00:00", "tone": "saved", "reasons": [],
        "message": "Saved. You will see the result after grading; you can still change it.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([], "Choose an option first."),
        (["z"], "This is not one of the options."),
        (["a", "b"], "Choose one option only."),
        (None, "Choose from the options."),
        ({"a": 1}, "Choose from the options."),
    ],
)
def test_what_is_no_answer_is_told_and_not_saved(raw: Any, message: str) -> None:
    widget, kept = show(PRACTICE)
    state = press(widget, raw)
    assert kept == []
    assert (state["tone"], state["message"]) == ("problem", message)


def test_a_message_without_an_answer_does_no_harm() -> None:
    widget, kept = show(PRACTICE)
    widget._handle_custom_msg({}, [])
    assert (widget.state["tone"], kept) == ("problem", [])


def test_a_slip_after_a_good_answer_keeps_the_good_answer() -> None:
    widget, _ = show(PRACTICE)
    press(widget, ["b"])
    assert press(widget, [])["answer"] == ["b"]


def test_an_answer_that_cannot_be_saved_is_told_and_can_be_tried_again() -> None:
    def full(_question: str, _answer: list[str]) -> str:
        raise OSError(28, "No space left on device")

    widget = QuizWidget(PRACTICE, full)
    state = press(widget, ["b"])
    assert (state["tone"], state["saved"]) == ("problem", "")
    assert state["message"] == (
        "Not saved: No space left on device. Your choice is still here; try again."
    )

    widget.save = Kept()
    assert press(widget, ["b"])["tone"] == "right"


def test_a_saved_answer_is_there_again_with_what_was_said() -> None:
    widget, kept = show(PRACTICE, (["a"], "2026-01-01T09:00:00+00:00"))
    assert widget.state["answer"] == ["a"]
    assert widget.state["saved"] == "2026-01-01T09:00:00+00:00"
    assert widget.state["reasons"] == [["mean", "WHYMEAN"]]
    assert kept == []


def test_where_no_widget_can_be_shown_the_question_is_text() -> None:
    widget, _ = show(GRADED)
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    first, *options = data["text/plain"].splitlines()
    assert first == "Which are prime?"
    assert sorted(options) == ["  [ ] 2", "  [ ] 3", "  [ ] 4"]
    assert "  ( ) mean" in as_text(show(PRACTICE)[0].item)


# -- in a lesson's folder ---------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    text = sheet.build("lesson", [PRACTICE, GRADED], "", {})
    (tmp_path / sheet.NAME).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_question_is_shown_in_the_notebook(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course.quiz("practice")
    out = capsys.readouterr().out
    assert folder
    assert "median" in out
    assert "WHY" not in out


@pytest.mark.parametrize("raw", [["z"], "nonsense", 5, {"x": 1}, ["a", "b"]])
def test_a_saved_answer_that_fits_no_more_is_left_out(folder: Path, raw: Any) -> None:
    record.append(folder, "answered", "practice", {"response": raw})
    course.quiz("practice")


def test_without_its_sheet_a_question_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / sheet.NAME).unlink()
    course.quiz("practice")
    out = capsys.readouterr().out
    assert "'practice' can't be shown: lesson.json is not beside this notebook" in out
    assert "course fetch LESSON" in out


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 1}', '{"format": 2}'])
def test_with_a_damaged_sheet_a_question_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (folder / sheet.NAME).write_text(content)
    course.quiz("practice")
    out = capsys.readouterr().out
    assert "'practice' can't be shown: lesson.json beside this notebook is damaged" in out
    assert "course fetch LESSON" in out


def test_a_question_that_the_lesson_does_not_have_is_told_with_those_it_has(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert folder
    course.quiz("practise")
    out = capsys.readouterr().out
    assert out == "This lesson has no question 'practise'; it has: practice, graded\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may run as somebody else")
def test_a_user_without_a_name_sees_the_question_too(folder: Path) -> None:
    # as on a hub that gives every learner a bare number
    clean = {key: value for key, value in os.environ.items()
             if key not in ("LOGNAME", "USER", "LNAME", "USERNAME")}  # fmt: skip
    script = (
        "import os, course.lesson.quiz as quiz\nos.setuid(54321)\n"
        "print(quiz._seed('practice') == quiz._seed('practice') != quiz._seed('graded'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=clean, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("True\n", "")
