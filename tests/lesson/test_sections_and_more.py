"""The elements of a lesson beside quizzes and checks: what a learner reads, and what is recorded."""

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import start_new_kernel

from course.lesson import captions, plan, record
from course.lesson.ask import code, keep, last_checked, prepared
from course.lesson.card import Card
from course.lesson.plan import Plan
from course.lesson.progress import card, due, line
from course.lesson.reflect import all_of, form
from course.lesson.review import Due, afresh, answered, box
from course.lesson.review import due as due_now
from course.lesson.section import begin, finish, open_at
from course.lesson.sitting import Sitting
from course.lesson.video import Video
from course.lesson.video import check as check_video
from course.questions import Item, Option, sheet

OPTIONS = (Option("a", "this", right=True), Option("b", "that"))
ITEMS = [
    Item("warm", "single", "Warm?", OPTIONS),
    Item("must", "single", "Must?", OPTIONS, mode="must-correct", points=1),
    Item("graded", "single", "Graded?", OPTIONS, mode="graded", points=1),
]
ABOUT = {
    "title": "Tables", "minutes": 20, "due": "2026-05-04T10:00:00+00:00",
    "objectives": [{"id": "look", "text": "Look at a table"}, {"id": "pick", "text": "Pick rows"}],
    "sections": [
        {"id": "one", "title": "First things", "objectives": ["look"], "questions": ["warm", "mean"]},
        {"id": "two", "title": "Then others", "objectives": ["pick"], "questions": ["must", "graded"]},
    ],
    "answers": [
        {"exercise": "mean", "text": "any time", "error": "", "words": []},
        {"exercise": "mean", "text": "by error", "error": "KeyError", "words": []},
        {"exercise": "mean", "text": "by word", "error": "", "words": ["NaN"]},
        {"exercise": "other", "text": "elsewhere", "error": "", "words": []},
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tables"
    made.mkdir()
    (made / sheet.NAME).write_text(sheet.build("tables", ITEMS, "", ABOUT), encoding="utf-8")
    return made


@pytest.fixture
def lesson(folder: Path) -> Plan:
    return plan.read(folder)


def answer(folder: Path, question: str, scaled: float | None = None) -> None:
    more = {} if scaled is None else {"scaled": scaled}
    record.append(folder, "answered", question, {"response": ["a"], **more})


def lines(folder: Path) -> list[dict[str, Any]]:
    path = folder / record.NAME
    return [json.loads(each) for each in path.read_text().splitlines()] if path.exists() else []


# -- sections, progress, what comes next ----------------------------------------------------------


def test_a_section_is_begun_and_finished_once_however_often_its_cells_run(
    folder: Path, lesson: Plan
) -> None:
    for _ in range(3):
        begin(folder, lesson, "one")
    answer(folder, "warm")
    record.append(folder, "attempted", "mean", {"success": True, "passed": 1, "of": 1})
    for _ in range(3):
        begin(folder, lesson, "two")
    said = [(each["verb"].rpartition("/")[2], each["object"]) for each in lines(folder)]
    assert said == [
        ("open", "one"), ("answered", "warm"), ("attempted", "mean"), ("completed", "one"),
        ("open", "two"),
    ]  # fmt: skip


def test_progress_says_what_is_done_what_is_left_and_what_comes_next(
    folder: Path, lesson: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    __import__("time").tzset()
    answer(folder, "warm", 0)
    record.append(folder, "attempted", "mean", {"success": True, "passed": 1, "of": 1})
    answer(folder, "must", 0)
    with (folder / record.NAME).open("a") as file:
        file.write("I was here\n")

    shown = card(lesson, record.read(folder))

    assert repr(shown).splitlines() == [
        "Tables: 1 of 2 sections done, about 10 minutes left",
        "  ! must still be right: must",
        "  ◷ due: 2026-05-04 12:00 CEST",
        "  ! 1 line of the record could not be read and was left alone",
        "  Sections",
        "    ○ Then others",
        "    ✓ First things",
        "  What you can show",
        "    ◐ Look at a table: practising",
        "    ◐ Pick rows: practising",
        "Next: Then others (must)",
    ]
    assert shown.share == 0.5


def test_an_objective_is_shown_when_all_its_questions_are_right(folder: Path, lesson: Plan) -> None:
    assert plan.status(lesson, record.read(folder), "look") == "not started"
    answer(folder, "warm", 1)
    assert plan.status(lesson, record.read(folder), "look") == "practising"
    record.append(folder, "attempted", "mean", {"success": True, "passed": 1, "of": 1})
    assert plan.status(lesson, record.read(folder), "look") == "shown"


def test_what_a_person_wrote_is_never_markup(folder: Path) -> None:
    keep_words(folder, "odd", "<script>alert(1)</script>")
    shown = all_of(folder)
    assert "odd: <script>alert(1)</script>" in repr(shown)
    assert "&lt;script&gt;" in shown._repr_html_()
    assert "<script" not in shown._repr_html_()


def test_a_relative_due_date_stays_in_words() -> None:
    assert due("7 days") == "7 days after your start"
    assert due("1 days") == "1 day after your start"


def test_course_next_goes_through_the_lessons_in_order(folder: Path) -> None:
    home = folder.parent
    assert line(home, ["intro", "tables"]) == "Next: fetch a lesson with course fetch intro"
    assert line(home, ["tables"]).startswith("Tables: 0 of 2 sections done, about 20 minutes left")
    for question in ("warm", "must", "graded"):
        answer(folder, question, 1)
    record.append(folder, "attempted", "mean", {"success": True, "passed": 1, "of": 1})
    assert line(home, ["tables"]) == (
        "All your lessons are done. Hand in what is not handed in yet: course submit LESSON"
    )


def test_a_damaged_lesson_hides_no_other(folder: Path) -> None:
    (folder.parent / "broken").mkdir()
    (folder.parent / "broken" / sheet.NAME).write_text('{"format": 1')
    assert set(plan.lessons(folder.parent)) == {"tables"}


# -- gates ------------------------------------------------------------------------------------------


def test_a_gate_opens_when_its_section_or_its_objective_is_done(folder: Path, lesson: Plan) -> None:
    assert open_at(folder, lesson, "one", "") == ["First things"]
    assert open_at(folder, lesson, "", "look") == ["Look at a table"]
    answer(folder, "warm", 1)
    record.append(folder, "attempted", "mean", {"success": True, "passed": 1, "of": 1})
    assert open_at(folder, lesson, "one", "") == []
    other = folder.parent / "next"
    other.mkdir()
    (other / sheet.NAME).write_text(sheet.build("next", [], "", {}), encoding="utf-8")
    assert open_at(other, plan.read(other), "", "look") == []  # shown in another lesson


# -- asking and reflecting --------------------------------------------------------------------------


def test_the_answers_that_fit_best_come_first() -> None:
    answers = ABOUT["answers"]
    assert isinstance(answers, list)
    assert prepared(answers, "Why is this nan?", "mean", "KeyError: 'x'") == [
        "by error", "by word", "any time"]  # fmt: skip
    assert prepared(answers, "Why?", "mean", "") == ["any time"]
    assert prepared(answers, "Why?", "third", "KeyError") == []


def test_the_same_question_from_the_same_cell_is_recorded_once(folder: Path) -> None:
    context = {"cell": "c1", "code": "x = nan", "error": "KeyError: 'x'"}
    for _ in range(2):
        assert keep(folder, "Why?", "mean", context) == ""
    (asked,) = record.read(folder).asked
    assert (asked.text, asked.exercise, asked.cell, asked.error) == (
        "Why?", "mean", "c1", "KeyError: 'x'")  # fmt: skip


def test_the_code_is_that_of_the_asking_cell_or_of_the_one_before() -> None:
    assert code(["x = 1", 'course.ask("why?")']) == "x = 1"
    assert code(["x = 1", 'y = 2\ncourse.ask("why?")']) == "y = 2"
    assert code([]) == ""


def test_the_exercise_is_the_one_that_was_checked_last(folder: Path) -> None:
    assert last_checked(record.read(folder)) == ""
    for name in ("b", "a"):
        record.append(folder, "attempted", name, {"success": False})
    assert last_checked(record.read(folder)) == "a"


def keep_words(folder: Path, name: str, text: str) -> str:
    """Write into the field and press its button; returns what is said then."""
    field = form(folder, name, "What?")
    field.act({"does": "answer", "response": [text]})
    return str(field.state["message"] or field.state["field"])


def test_own_words_are_kept_once_and_stand_in_the_field_again(folder: Path) -> None:
    assert keep_words(folder, "surprise", " all of it ").startswith("Kept.")
    assert keep_words(folder, "surprise", "all of it").startswith("Kept.")
    assert len(lines(folder)) == 1
    said = repr(form(folder, "surprise", "What surprised you?"))
    assert said.startswith(
        "What surprised you?\n(Your own words, no marks)\n  Your answer: all of it"
    )
    assert keep_words(folder, "surprise", " ") == "Write your answer first."
    assert record.read(folder).answers == {}, "what nobody marks is no answer"


def test_a_folder_that_takes_nothing_is_told_to_the_learner(folder: Path, lesson: Plan) -> None:
    (folder / record.NAME).mkdir()
    for said in (
        begin(folder, lesson, "one"),
        keep(folder, "Why?", "mean", {"cell": "c1"}),
    ):
        assert said.startswith("This could not be recorded:")
        assert said.endswith("Your work is unharmed.")
    assert keep_words(folder, "surprise", "all").startswith("Not saved.")
    assert finish(folder, lesson) == ""  # there is nothing to record


# -- review -----------------------------------------------------------------------------------------


NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)


def tries(*days_and_shares: tuple[float, float]) -> list[record.Try]:
    return [
        record.Try(["a"], (NOW + dt.timedelta(days=day)).isoformat(), share)
        for day, share in days_and_shares
    ]


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        ([(0, 0)], 0),
        ([(0, 1)], 1),
        ([(0, 1), (0.5, 1)], 1),  # too early to count
        ([(0, 1), (1, 1)], 2),
        ([(0, 1), (1, 1), (4, 1), (11, 1), (32, 1), (60, 1)], 4),
        ([(0, 1), (1, 1), (2, 0)], 0),
        ([(0, 0), (0.01, 1)], 1),
    ],
)
def test_a_question_moves_through_the_boxes(answers: list[tuple[float, float]], place: int) -> None:
    assert box(tries(*answers)) == place


def test_own_mistakes_come_first_then_what_was_not_seen_for_longest(folder: Path) -> None:
    def one(name: str, *, mistaken: bool, seen: int, at: int) -> Due:
        day = dt.timedelta(days=1)
        return Due(folder, Item(name, "single", ""), mistaken, NOW - seen * day, NOW + at * day)

    found = [
        one("recent", mistaken=False, seen=2, at=-1), one("old", mistaken=False, seen=9, at=-1),
        one("wrong", mistaken=True, seen=1, at=0), one("later", mistaken=True, seen=1, at=1),
    ]  # fmt: skip
    assert [each.item.id for each in due_now(found, NOW)] == ["wrong", "old", "recent"]


def test_graded_questions_and_unanswered_ones_take_no_part_in_a_review(
    folder: Path, lesson: Plan
) -> None:
    answer(folder, "graded")
    answer(folder, "must", 0)
    (one,) = answered(folder, lesson, record.read(folder))
    assert (one.item.id, one.mistaken) == ("must", True)


def test_a_review_leaves_the_answers_and_marks_of_its_lesson_as_they_are(
    folder: Path, lesson: Plan
) -> None:
    for question in ("must", "graded"):
        answer(folder, question, 1)
    before = record.read(folder)
    (one,) = answered(folder, lesson, before)
    seat = afresh(one)
    assert (seat.variant > 0, seat.unlocked, seat.item.mode) == (True, False, "practice")
    seat.answer(["b"])

    state = record.read(folder)

    assert (state.answers, state.tries) == (before.answers, before.tries)
    assert plan.is_settled(lesson, state, "must")
    assert plan.status(lesson, state, "pick") == "practising"  # it was shown, and is not now
    (again,) = answered(folder, lesson, state)
    assert (again.mistaken, again.variant) == (True, seat.variant)
    assert again.at <= dt.datetime.now(dt.UTC)
    seat = afresh(again)
    seat.answer(["a"])
    assert plan.status(lesson, record.read(folder), "pick") == "shown"
    assert Sitting(lesson.items["must"], "ana", seat.write, record.read(folder)).closed


# -- video ------------------------------------------------------------------------------------------

VTT = "WEBVTT\n\nNOTE nothing\n\n00:00.000 --> 00:02.500\nA <i>table</i> &amp; more.\n\n1\n01:02.000 --> 01:03.000\nThe\nend.\n"


def test_captions_become_a_transcript() -> None:
    assert captions.cues(VTT) == [
        captions.Cue(0, "A table & more."), captions.Cue(62, "The end.")]  # fmt: skip
    assert (captions.seconds("0:42"), captions.clock(62)) == (42, "1:02")


def test_a_video_without_a_front_end_is_its_name_and_transcript(folder: Path) -> None:
    (folder / "intro.webm").write_bytes(b"film")
    (folder / "intro.vtt").write_text(VTT)
    video = Video(folder / "intro.webm", [])
    assert repr(video) == "Video: intro (intro.webm)\n   0:00  A table & more.\n   1:02  The end."


def test_what_was_seen_is_recorded_once_and_the_question_waits_for_its_answer(folder: Path) -> None:
    (folder / "intro.webm").write_bytes(b"film")
    widget = Video(folder / "intro.webm", [(42.0, "warm")]).video
    seen = {"position": 5.0, "segments": [[0, 5]], "length": 60.0}
    for _ in range(2):
        assert widget.watched(seen) == ""
    assert record.read(folder).watched["intro.webm"].segments == ((0, 5),)
    assert len(lines(folder)) == 1
    assert widget.waiting == [42.0]

    widget.ask(0)
    widget.below.children[0].act({"does": "answer", "response": ["b"]})
    assert widget.waiting == [-1.0]
    assert Video(folder / "intro.webm", [(42.0, "warm")]).video.about["position"] == 5.0


def test_a_video_does_not_wait_for_what_was_answered_in_its_own_cell(folder: Path) -> None:
    (folder / "intro.webm").write_bytes(b"film")
    widget = Video(folder / "intro.webm", [(42.0, "warm")]).video
    answer(folder, "warm", 1)
    widget.ask(0)
    assert (widget.waiting, widget.below.children) == ([-1.0], ())


def test_everything_wrong_with_a_video_is_said_at_once(folder: Path) -> None:
    trouble, _ = check_video(folder, "lost.webm", {"soon": "warm", "0:10": "nowhere"})
    assert trouble == [
        "The file is not beside this notebook; fetch the lesson again: course fetch LESSON",
        "'soon' is no time; write minutes and seconds, as in 0:42",
        "This lesson has no question 'nowhere'",
    ]


def test_captions_are_taken_in_the_learners_language_and_say_which_it_is(tmp_path: Path) -> None:
    video = tmp_path / "intro.webm"
    assert captions.beside(video, "de") is None
    for name in ("intro.fr.vtt", "intro.pt-BR.vtt", "intro.old copy.vtt", "intro-2.vtt"):
        (tmp_path / name).touch()
    assert captions.beside(video, "de") == (tmp_path / "intro.fr.vtt", "fr")
    (tmp_path / "intro.vtt").touch()
    assert captions.beside(video, "de") == (tmp_path / "intro.vtt", "")
    (tmp_path / "intro.de.vtt").touch()
    assert captions.beside(video, "de") == (tmp_path / "intro.de.vtt", "de")


def test_of_a_long_group_the_rest_unfolds() -> None:
    shown = Card("Far", groups=[("Parts", [f"part {number}" for number in range(9)])])
    seen, _, unfolds = shown._repr_html_().partition("<details>")
    assert seen.count("<li") == 6
    assert "3 more" in unfolds
    assert unfolds.count("<li") == 3
    assert repr(shown).count("part ") == 9


# -- in a kernel ------------------------------------------------------------------------------------


@pytest.fixture
def run(folder: Path) -> Iterator[Callable[..., tuple[str, str]]]:
    """Run a cell in a real kernel, as JupyterLab does; returns what was shown, and how it ended."""
    with contextlib.ExitStack() as stack:
        manager, client = start_new_kernel(cwd=str(folder))
        stack.callback(manager.shutdown_kernel, now=True)
        stack.callback(client.stop_channels)

        def run_cell(source: str, cell: str = "c1") -> tuple[str, str]:
            shown: list[str] = []
            content = {"code": source, "silent": False, "store_history": True,
                       "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}  # fmt: skip
            about = {"cellId": cell} if cell else {}
            message = client.session.msg("execute_request", content, metadata=about)
            client.shell_channel.send(message)
            while True:
                said = client.get_iopub_msg(timeout=60)
                if said["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                    continue
                if said["msg_type"] in ("display_data", "execute_result"):
                    shown.append(said["content"]["data"].get("text/plain", ""))
                if said["msg_type"] == "error":
                    shown.append("".join(said["content"]["traceback"]))
                if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                    break
            reply = client.get_shell_msg(timeout=60)
            while reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                reply = client.get_shell_msg(timeout=60)
            return "\n".join(shown), reply["content"]["status"]

        yield run_cell


def test_in_a_kernel_each_element_says_and_records_what_it_should(
    run: Callable[..., tuple[str, str]], folder: Path
) -> None:
    assert run("import course\ncourse.section('one')") == (
        "First things\n  Section 1 of 2, 0 done",
        "ok",
    )
    shown, ended = run("course.gate(section='one', skip=True)")
    assert "First comes: First things" in shown
    assert ended == "error"  # "Run All" ends here
    assert "Traceback" not in shown
    record.append(folder, "skipped", "one", {})
    assert run("course.gate(section='one', skip=True)") == (
        "You went on without: First things", "ok")  # fmt: skip
    run("{}['lost']", "c2")
    shown, _ = run("course.ask('Why nan?', about='mean')", "c3")
    assert shown.splitlines()[:3] == [
        "What your author says to that", "  by error", "  by word"]  # fmt: skip
    (asked,) = record.read(folder).asked
    assert (asked.cell, asked.code, asked.error) == ("c3", "{}['lost']", "KeyError: 'lost'")
    answer(folder, "warm", 0)
    shown, _ = run("course.review()")
    assert shown.splitlines()[:3] == ["1 question to look at again", "  Tables", "Warm?"]
    assert run("course.progress()")[0].startswith("Tables: 0 of 2 sections done")

    before = lines(folder)
    for source in ("course.section('two')", "course.gate(section='two')", "course.ask('More?')"):
        assert run(source, "")[1] == "ok"  # nobody sits before it: nbgrader, nbconvert
    assert lines(folder) == before


def test_without_its_sheet_an_element_says_what_to_do(
    run: Callable[..., tuple[str, str]], folder: Path
) -> None:
    (folder / sheet.NAME).unlink()
    for source in ("progress()", "section('one')", "gate(section='one')"):
        shown, ended = run(f"import course\ncourse.{source}")
        assert "lesson.json beside this notebook is missing or damaged" in shown
        assert ended == "ok"
