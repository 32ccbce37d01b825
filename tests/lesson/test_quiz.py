"""`course.quiz`: the question as a widget object, its answer kept, and what it says."""

import datetime as dt
import errno
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import course
from course.lesson import record
from course.lesson.quiz import QuizWidget, sitting
from course.lesson.sitting import Sitting
from course.questions import Item, seed, sheet
from course.questions.text import parse

TIME = "2026-01-01T10:00:00+00:00"
PRACTICE = parse("""%%quiz practice
Which resists **one** large salary?
- [ ] mean -- WHYMEAN
- [x] median -- WHYMEDIAN
hint: think of $x$
hint: again
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
SAFETY = replace(
    parse("""%%quiz safety mode=must-correct
May this column leave the house?
- [ ] yes -- it names people
- [x] no
- [ ] sometimes -- it does so always
"""),
    delay=30,
)
VARYING = replace(
    parse("""%%quiz varying
What is twice {n}?
- [x] the double of {n}
- [ ] {n} -- that is {n} once
"""),
    variables=(("n", "10..99"),),
)


class Kept(list[tuple[str, str, dict[str, Any]]]):
    """Events that were saved, in order."""

    full = False

    def __call__(
        self, verb: str, question: str, result: dict[str, Any], context: dict[str, Any] | None
    ) -> str:
        assert (context is None) == (verb != "answered")
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.append((verb, question, result))
        return dt.datetime.now(dt.UTC).isoformat()


def known(question: str, *tries: record.Try, **more: Any) -> record.State:
    return record.State(tries={question: list(tries)}, **more)


def show(item: Item, state: record.State | None = None, **more: Any) -> tuple[QuizWidget, Kept]:
    kept = Kept()
    return QuizWidget(Sitting(item, "ana", kept, state, **more)), kept


def press(widget: QuizWidget, response: Any, does: str = "answer") -> dict[str, Any]:
    """Send what the page sends when a button is pressed."""
    widget._handle_custom_msg({"does": does, "response": response}, [])
    return dict(widget.state)


def responses(kept: Kept) -> list[list[str]]:
    return [result["response"] for verb, _, result in kept if verb == "answered"]


def test_before_an_answer_nothing_is_said() -> None:
    widget, kept = show(PRACTICE)
    said = {key: widget.state[key] for key in ("response", "saved", "tone", "message", "reasons")}
    assert said == {"response": [], "saved": "", "tone": "", "message": "", "reasons": []}
    assert kept == []


@pytest.mark.parametrize("item", [PRACTICE, GRADED, EACH], ids=lambda item: item.id)
def test_what_travels_to_the_page_holds_nothing_of_the_key(item: Item) -> None:
    widget, _ = show(item)
    text = json.dumps([widget.item, widget.state])
    assert "WHY" not in text
    assert "right" not in text


def test_a_hint_travels_to_the_page_only_when_it_is_taken() -> None:
    widget, kept = show(PRACTICE)
    assert "think" not in json.dumps([widget.item, widget.state])
    assert widget.state["hint"] == "Hint (2 left)"
    state = press(widget, None, "hint")
    assert len(state["hints"]) == 1
    assert "think of <span><math" in state["hints"][0]
    press(widget, None, "hint")
    assert press(widget, None, "hint")["hint"] == "No more hints"
    assert [result for _, _, result in kept] == [{"step": 1}, {"step": 2}]


def test_a_hint_that_was_taken_is_there_again() -> None:
    widget, _ = show(PRACTICE, known("practice", hints={"practice": 1}))
    assert (len(widget.state["hints"]), widget.state["hint"]) == (1, "Hint (1 left)")


def test_a_right_answer_is_saved_and_told() -> None:
    widget, kept = show(PRACTICE)
    state = press(widget, ["b"])
    assert kept == [
        ("answered", "practice", {"response": ["b"], "scaled": 1.0, "success": True}),
    ]
    assert (state["tone"], state["message"]) == ("right", "Right.")
    assert state["response"] == ["b"]
    assert state["saved"]


def test_a_wrong_answer_is_saved_and_told_why() -> None:
    widget, kept = show(PRACTICE)
    state = press(widget, ["a"])
    assert responses(kept) == [["a"]]
    assert (state["tone"], state["message"]) == ("wrong", "Not right. Try again.")
    assert state["reasons"] == [["mean", "WHYMEAN"]]


def test_half_an_answer_is_told_as_such() -> None:
    widget, _ = show(EACH)
    assert press(widget, ["a"])["message"] == "Partly right. Try again."


@pytest.mark.parametrize("answer", [["a", "b"], ["c"], ["a"]])
def test_a_graded_question_says_the_same_to_every_answer(answer: list[str]) -> None:
    widget, kept = show(GRADED)
    state = press(widget, answer)
    assert kept == [("answered", "graded", {"response": answer})]
    assert (state["tone"], state["reasons"], state["solution"], state["reveal"]) == (
        "saved", [], "", "",
    )  # fmt: skip
    assert (
        state["message"] == "Saved. You will see the result after grading; you can still change it."
    )


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
def test_what_is_no_answer_is_told_at_the_field_and_not_saved(raw: Any, message: str) -> None:
    widget, kept = show(PRACTICE)
    state = press(widget, raw)
    assert kept == []
    assert (state["tone"], state["field"]) == ("problem", message)


@pytest.mark.parametrize("content", [{}, {"does": "view"}, {"does": ["x"]}, {"does": "__init__"}])
def test_a_message_that_nobody_sends_does_no_harm(content: dict[str, Any]) -> None:
    widget, kept = show(PRACTICE)
    before = dict(widget.state)
    widget._handle_custom_msg(content, [])
    assert (dict(widget.state), kept) == (before, [])


def test_a_slip_after_a_good_answer_keeps_the_good_answer() -> None:
    widget, _ = show(PRACTICE)
    press(widget, ["b"])
    assert press(widget, [])["response"] == ["b"]


@pytest.mark.parametrize("does", ["answer", "hint"])
def test_what_cannot_be_saved_is_told_and_can_be_tried_again(does: str) -> None:
    widget, kept = show(PRACTICE)
    kept.full = True
    state = press(widget, ["b"], does)
    assert (state["tone"], state["saved"], state["hints"]) == ("problem", "", [])
    assert state["message"] == (
        "Not saved. The disk is full, or your share of it. Delete something, then try again. "
        "Your answer is still here."
    )

    kept.full = False
    assert press(widget, ["b"])["tone"] == "right"


def test_a_saved_answer_is_there_again_with_what_was_said() -> None:
    widget, kept = show(PRACTICE, known("practice", record.Try(["a"], TIME, 0.0, 7, 0)))
    assert widget.state["response"] == ["a"]
    assert widget.state["saved"] == TIME
    assert widget.state["reasons"] == [["mean", "WHYMEAN"]]
    assert (kept, widget.sitting.seed) == ([], 7)  # the order in which it was answered


def test_another_variant_can_be_tried_and_is_answered_with_its_own_seed(tmp_path: Path) -> None:
    widget = QuizWidget(sitting(tmp_path, VARYING))
    first = widget.item["legend"]
    assert press(widget, ["b"])["again"] == "Try another variant"
    state = press(widget, None, "again")
    assert widget.item["legend"] != first
    assert (state["response"], state["tone"], widget.item["variant"] > 0) == ([], "", True)
    press(widget, ["a"])
    tries = record.read(tmp_path).tries["varying"]
    assert [each.variant for each in tries] == [0, widget.item["variant"]]
    assert tries[1].seed == widget.sitting.seed != tries[0].seed
    again = QuizWidget(sitting(tmp_path, VARYING))
    assert (again.item, again.state["response"]) == (widget.item, ["a"])


def test_the_number_of_tries_ends_and_is_shown() -> None:
    item = replace(parse("%%quiz few\nWhich?\n- [x] a\n- [ ] b\n"), tries=2)
    widget, kept = show(item)
    assert widget.state["left"] == "2 tries left"
    assert press(widget, ["b"])["left"] == "1 try left"
    state = press(widget, ["b"])
    assert (state["left"], state["locked"], state["message"]) == (
        "0 tries left",
        True,
        "Not right.",
    )
    press(widget, ["a"])
    assert responses(kept) == [["b"], ["b"]]


@pytest.mark.parametrize(
    ("rule", "waits"), [("pass", ""), ("2", "Solution after 1 more try"), ("never", ""),
                        ("due", "Solution after the due date")],
)  # fmt: skip
def test_the_solution_waits_for_what_the_author_wrote(rule: str, waits: str) -> None:
    item = replace(parse("%%quiz q\nWhich?\n- [x] yes\n- [ ] no\n"), unlock=rule)
    widget, kept = show(item)
    state = press(widget, ["b"])
    assert (state["reveal"], state["mayReveal"]) == (waits, False)
    assert press(widget, None, "reveal")["solution"] == ""
    assert press(widget, ["a"])["reveal"] == ("Show the solution" if rule in "pass 2" else waits)
    state = press(widget, None, "reveal")
    assert ("yes" in state["solution"]) == (rule in "pass 2")
    assert [verb for verb, *_ in kept][2:] == (["revealed"] if rule in "pass 2" else [])


def test_after_the_due_date_the_solution_may_be_seen() -> None:
    item = replace(parse("%%quiz q\nWhich?\n- [x] yes\n- [ ] no\n"), unlock="due")
    widget, _ = show(item, due=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    assert "yes" in press(widget, None, "reveal")["solution"]


# -- what must be answered right ------------------------------------------------------------------


def ago(seconds: int) -> str:
    return (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds)).isoformat()


def test_a_wrong_answer_keeps_the_question_open_until_a_later_variant_is_right() -> None:
    widget, kept = show(SAFETY)
    state = press(widget, ["a"])
    assert state["reasons"] == [["yes", "it names people"]]
    assert state["message"] == (
        "Not right. This stays open until you answer a fresh variant right. "
        "You can do so after 30 seconds."
    )
    assert (state["locked"], state["again"]) == (True, "Answer a fresh variant")
    assert state["until"]
    press(widget, ["b"])  # not before the wait is over
    assert press(widget, None, "again")["locked"]
    assert responses(kept) == [["a"]]


def test_after_the_wait_a_fresh_variant_completes_it() -> None:
    wrong = record.Try(["a"], ago(31), 0.0, seed("ana", "safety", 0), 0)
    widget, kept = show(SAFETY, known("safety", wrong))
    before = widget.item
    assert (widget.state["locked"], widget.state["until"]) == (True, "")
    state = press(widget, None, "again")
    assert widget.item["options"] != before["options"]
    assert (state["locked"], state["tone"]) == (False, "")
    state = press(widget, ["b"])
    assert (state["message"], state["locked"]) == ("Right. This one is done.", True)
    assert state["again"] == ""
    assert responses(kept) == [["b"]]


def test_a_restart_does_not_shorten_the_wait() -> None:
    wrong = record.Try(["a"], ago(10), 0.0, 1, 0)
    widget, _ = show(SAFETY, known("safety", wrong))
    until = dt.datetime.fromisoformat(widget.state["until"])
    assert 15 < (until - dt.datetime.now(dt.UTC)).total_seconds() <= 20


def test_where_no_widget_can_be_shown_the_question_is_text() -> None:
    widget, _ = show(GRADED)
    bundle = widget._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    first, worth, *options = data["text/plain"].splitlines()
    assert (first, worth) == ("Which are prime?", "(2 points, graded later)")
    assert sorted(options) == ["  [ ] 2", "  [ ] 3", "  [ ] 4"]
    press(widget, ["a"])
    assert "  [x] 2" in repr(widget)
    assert "Saved 20" in repr(widget)


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


def test_a_question_in_two_places_has_one_number_of_tries_and_one_answer(folder: Path) -> None:
    item = replace(parse("%%quiz few\nWhich?\n- [x] a\n- [ ] b\n"), tries=2)
    one, two, elsewhere = (QuizWidget(sitting(folder, item), folder) for _ in range(3))
    one._handle_custom_msg({"does": "answer", "response": ["b"]}, [])
    assert (two.state["response"], two.state["left"], two.turn) == (["b"], "1 try left", 1)

    record.append(folder, "answered", "few", {"response": ["b"], "scaled": 0.0})  # another kernel
    assert press(elsewhere, ["a"])["left"] == "0 tries left"
    assert record.read(folder).answers["few"].response == ["b"]
    other = QuizWidget(sitting(folder.parent, item), folder.parent)
    assert (other.state["response"], other.turn) == ([], 0)


def test_without_its_sheet_a_question_says_what_to_do(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / sheet.NAME).unlink()
    course.quiz("practice")
    out = capsys.readouterr().out
    assert "'practice' can't be shown: lesson.json is not beside this notebook" in out
    assert "course fetch LESSON" in out


def test_a_record_that_is_too_large_is_told_before_the_question_and_when_it_is_answered(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record.append(folder, "answered", "practice", {"response": ["a"], "scaled": 0.0})
    os.truncate(folder / record.NAME, record.MAX_BYTES + 1)
    course.quiz("practice")
    out = capsys.readouterr().out
    assert "Your answers can't be shown" in out
    assert "too large to be read: 50.0 MB; at most 50 MB. Nothing of it is lost." in out
    item = sheet.items((folder / sheet.NAME).read_text())["practice"]
    said = press(QuizWidget(sitting(folder, item), folder), ["a"])
    assert said["message"].startswith("Not saved. Your record, record.jsonl beside this notebook")
    assert said["message"].endswith("Your answer is still here.")
    assert (folder / record.NAME).stat().st_size == record.MAX_BYTES + 1


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
    script = "import os, course.lesson.quiz as quiz\nos.setuid(54321)\nprint(quiz.learner())"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=clean, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("54321\n", "")


@pytest.mark.parametrize(
    ("due", "seen"), [("2020-01-31T12:00:00+01:00", True), ("2999-01-31", False), ("7 days", False)]
)
def test_a_solution_is_unlocked_by_the_due_date_of_the_lesson(
    tmp_path: Path, due: str, seen: bool
) -> None:
    item = parse("%%quiz q\nWhich?\n- [x] yes\n- [ ] no\nsolution: after due\n")
    about = {
        "title": "L",
        "minutes": 5,
        "course": "C",
        "objectives": [],
        "due": due,
        "sections": [],
        "answers": [],
    }
    (tmp_path / "lesson.json").write_text(sheet.build("l", [item], "", about), encoding="utf-8")
    (shown := sitting(tmp_path, item)).answer(["b"])
    assert shown.unlocked is seen
