"""The gradebook: real SQLite, nbgrader's own tables and ours, and what stands in them."""

import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader import api

from course.errors import Invalid, NotFound, Refused, Unavailable
from course.model import (
    Graded,
    Kind,
    Learner,
    ManualMark,
    Mark,
    Note,
    Outcome,
    Question,
    Repair,
    Submission,
    Verdict,
)
from course.store import (
    Gradebook,
    add_learners,
    attempts,
    learners,
    marks,
    reading,
    returns,
    save_graded,
    save_manual,
)
from course.store import lessons as saved

QUESTIONS = [
    Question("quiz", "a", Kind.QUIZ, 2.0, "Planets"),
    Question("code", "a", Kind.CODE, 4.0, "Means"),
    Question("essay", "a", Kind.WRITTEN, 6.0, "Words"),
]
AT = dt.datetime(2026, 1, 2, 10, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a gradebook with one lesson, as nbgrader's release leaves it."""
    path = tmp_path_factory.mktemp("book") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}", "stats") as book:
        with api.Gradebook(book.url, "stats") as theirs:
            theirs.add_assignment("lesson")
            theirs.add_notebook("a", "lesson")
            for question in QUESTIONS:
                theirs.add_grade_cell(
                    question.id, "a", "lesson", max_score=question.points,
                    cell_type="markdown" if question.kind is Kind.WRITTEN else "code",
                )  # fmt: skip
            theirs.add_solution_cell("essay", "a", "lesson")
            theirs.add_solution_cell("code-answer", "a", "lesson")
            theirs.add_source_cell(
                "code", "a", "lesson", source="course.check('code')", locked=True,
                cell_type="code", checksum="x",
            )  # fmt: skip
            theirs.add_student("ada", first_name="Ada", last_name="Lovelace")
        saved.save_questions(book, "lesson", QUESTIONS)
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "gradebook.db"))


@pytest.fixture
def book(path: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{path}", "stats") as opened:
        yield opened


def graded(
    quiz: float | None = 2.0, code: float | None = 1.0, essay: float | None = None,
    digest: str = "first", learner: str = "ada", at: dt.datetime | None = AT,
) -> Graded:  # fmt: skip
    def verdict(question: Question, score: float | None) -> Verdict:
        outcome = Outcome.PARTLY if score else Outcome.FAILED
        if score is None:
            outcome = Outcome.NEEDS_PERSON
        elif score == question.points:
            outcome = Outcome.PASSED
        note = Note("t", outcome, score or 0.0, question.points, "said")
        return Verdict(question.id, outcome, score, question.points, (note,))

    work = Submission(learner, "lesson", Path("/work"), at, digest)
    verdicts = tuple(map(verdict, QUESTIONS, (quiz, code, essay)))
    return Graded(work, verdicts, (Repair("code", "put back"),), (), "", "full", "print-" + digest)


def triage(digest: str = "first", learner: str = "ada") -> Graded:
    work = Submission(learner, "lesson", Path("/work"), AT, digest)
    return Graded(work, reason="the file is not JSON", fingerprint="print")


def free(_late: dt.timedelta) -> float:
    return 0.0


def save(book: Gradebook, result: Graded) -> None:
    save_graded(book, result, QUESTIONS, free, None)


def by_question(book: Gradebook, learner: str = "ada") -> dict[str, Mark]:
    return {mark.question: mark for mark in marks(book, "lesson", learner)}


def points(book: Gradebook, learner: str = "ada") -> dict[str, float | None]:
    return {name: mark.points for name, mark in by_question(book, learner).items()}


def manual(question: str = "essay", worth: float | None = 5.0, comment: str | None = None,
           learner: str = "ada", grader: str = "Grace") -> ManualMark:  # fmt: skip
    return ManualMark("lesson", learner, question, worth, comment, grader)


def ledger(path: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute(
            "select actor, action, question from course_ledger order by number").fetchall()  # fmt: skip
    connection.close()
    return rows


# -- never a zero for what is not graded ------------------------------------------------------


def test_who_handed_nothing_in_has_no_points_and_no_zeros(book: Gradebook) -> None:
    found = by_question(book)
    assert list(found) == ["quiz", "code", "essay"], "in the lesson's order"
    for mark in found.values():
        assert (mark.points, mark.state, mark.grader, mark.at) == (None, "missing", "", None)
    assert (found["code"].kind, found["code"].title, found["code"].maximum) == (
        "code",
        "Means",
        4.0,
    )


def test_a_graded_submission_is_read_back_with_its_reasons(book: Gradebook) -> None:
    save(book, graded())
    found = by_question(book)
    assert points(book) == {"quiz": 2.0, "code": 1.0, "essay": None}
    assert [mark.state for mark in found.values()] == ["passed", "partly", "needs a person"]
    assert found["code"].grader == "autograder"
    assert found["code"].notes == (Note("t", Outcome.PARTLY, 1.0, 4.0, "said"),)
    assert found["code"].repairs == (Repair("code", "put back"),)
    assert found["code"].at is not None
    assert abs(dt.datetime.now(dt.UTC) - found["code"].at) < dt.timedelta(minutes=1)
    assert found["essay"].grader == ""


def test_a_true_zero_is_a_zero(book: Gradebook) -> None:
    save(book, graded(0.0, 0.0, 0.0))
    assert points(book) == {"quiz": 0.0, "code": 0.0, "essay": 0.0}


def test_work_that_could_not_be_graded_waits_and_has_no_zero(book: Gradebook) -> None:
    save(book, triage())
    assert {(mark.points, mark.state) for mark in by_question(book).values()} == {(None, "triage")}
    row = attempts(book, "lesson")["lesson", "ada"]
    assert (row["state"], row["reason"]) == ("triage", "the file is not JSON")


def test_triage_keeps_the_marks_of_an_earlier_submission(book: Gradebook) -> None:
    save(book, graded())
    save(book, triage("second"))
    assert points(book) == {"quiz": 2.0, "code": 1.0, "essay": None}
    assert attempts(book)["lesson", "ada"]["reason"] == "the file is not JSON"


def test_a_learner_whom_nobody_enrolled_gets_a_row_with_the_work(book: Gradebook) -> None:
    save(book, graded(learner="bob"))
    assert [person.id for person in learners(book)] == ["ada", "bob"]
    assert points(book, "bob")["quiz"] == 2.0


def test_nbgrader_reads_the_same_scores(book: Gradebook, path: Path) -> None:
    save(book, graded())
    save_manual(book, [manual()])
    with api.Gradebook(f"sqlite:///{path}", "stats") as theirs:
        submission = theirs.find_submission("lesson", "ada")
        grades = {grade.name: grade.score for grade in submission.notebooks[0].grades}
        assert grades == {"quiz": 2.0, "code": 1.0, "essay": 5.0}
        assert submission.needs_manual_grade is False


# -- a person's marks -------------------------------------------------------------------------


def test_a_manual_mark_stands_with_grader_and_comment(book: Gradebook) -> None:
    save(book, graded())
    assert save_manual(book, [manual(comment="Well **done**.")]) == 1
    mark = by_question(book)["essay"]
    assert (mark.points, mark.state, mark.grader, mark.comment) == (
        5.0, "marked", "Grace", "Well **done**.")  # fmt: skip


def test_a_comment_alone_leaves_the_score_and_points_alone_leave_the_comment(
    book: Gradebook,
) -> None:
    save(book, graded())
    save_manual(book, [manual("code", None, "nearly")])
    assert (by_question(book)["code"].points, by_question(book)["code"].comment) == (1.0, "nearly")
    save_manual(book, [manual("code", 3.0)])
    assert (by_question(book)["code"].points, by_question(book)["code"].comment) == (3.0, "nearly")


def test_a_manual_mark_survives_a_regrade_of_the_same_work(book: Gradebook) -> None:
    save(book, graded())
    save_manual(book, [manual(), manual("code", 4.0)])
    save(book, graded(quiz=0.0, code=0.0))
    found = by_question(book)
    assert points(book) == {"quiz": 0.0, "code": 4.0, "essay": 5.0}
    assert (found["code"].state, found["essay"].state) == ("marked", "marked")


def test_after_new_work_a_manual_mark_stays_but_waits_for_a_person(book: Gradebook) -> None:
    save(book, graded())
    save_manual(book, [manual()])
    save(book, graded(digest="second"))
    mark = by_question(book)["essay"]
    assert (mark.points, mark.state) == (5.0, "needs a person")


def test_new_work_that_first_failed_to_be_graded_still_waits_for_a_person(book: Gradebook) -> None:
    save(book, graded())
    save_manual(book, [manual()])
    save(book, triage("second"))
    save(book, graded(digest="second"))
    assert by_question(book)["essay"].state == "needs a person"


def test_confirming_a_mark_that_waits_settles_it(book: Gradebook) -> None:
    save(book, graded())
    save_manual(book, [manual()])
    save(book, graded(digest="second"))
    assert save_manual(book, [manual()]) == 1
    assert by_question(book)["essay"].state == "marked"


def test_the_same_mark_again_changes_nothing(book: Gradebook, path: Path) -> None:
    save(book, graded())
    save_manual(book, [manual(comment="good")])
    before = ledger(path)
    assert save_manual(book, [manual(comment="good")]) == 0
    assert ledger(path) == before


def test_what_the_formgrader_changes_is_seen(book: Gradebook, path: Path) -> None:
    save(book, graded())
    with sqlite3.connect(path) as theirs:
        theirs.execute(
            "update grade set manual_score = 4.5, needs_manual_grade = 0 where cell_id = "
            "(select id from base_cell where name = 'essay' and type = 'GradeCell')"
        )
    theirs.close()
    mark = by_question(book)["essay"]
    assert (mark.points, mark.state, mark.grader) == (4.5, "marked", "formgrader")


def test_extra_credit_of_the_formgrader_is_added(book: Gradebook, path: Path) -> None:
    save(book, graded())
    with sqlite3.connect(path) as theirs:
        theirs.execute("update grade set extra_credit = 0.5")
    theirs.close()
    assert points(book)["code"] == 1.5


@pytest.mark.parametrize(
    ("mark", "kind", "said"),
    [
        (manual(worth=6.5), Invalid, ["ada, lesson, essay", "expected: 0 to 6", "found: 6.5"]),
        (manual(worth=-1), Invalid, ["points outside the question's range", "found: -1"]),
        (manual(worth=float("nan")), Invalid, ["found: nan"]),
        (manual("esay"), NotFound, ["lesson has no question 'esay'", "did you mean 'essay'?"]),
        (manual(learner="adda"), NotFound, ["no learner 'adda'", "did you mean 'ada'?"]),
        (ManualMark("leson", "ada", "essay", 1.0), NotFound,
         ["no lesson 'leson'", "did you mean 'lesson'?"]),
        (manual(learner="idle"), NotFound,
         ["idle has no graded submission of lesson", "course autograde lesson"]),
    ],
)  # fmt: skip
def test_a_mark_that_cannot_be_is_told_and_nothing_of_its_batch_is_written(
    book: Gradebook, mark: ManualMark, kind: type[Exception], said: list[str]
) -> None:
    save(book, graded())
    add_learners(book, [Learner("idle")])
    before = by_question(book)

    with pytest.raises(kind) as caught:
        save_manual(book, [manual("code", 4.0, "good"), mark])

    for part in said:
        assert part in str(caught.value)
    assert by_question(book) == before


def test_everything_that_happened_stands_in_the_ledger(book: Gradebook, path: Path) -> None:
    save(book, graded())
    save(book, graded())
    save_manual(book, [manual()])
    save(book, triage())
    assert ledger(path) == [
        ("autograder", "graded", "quiz"), ("autograder", "graded", "code"),
        ("autograder", "graded", "essay"), ("Grace", "marked", "essay"),
        ("autograder", "triage", ""),
    ]  # fmt: skip


# -- whole or not at all ----------------------------------------------------------------------


def test_a_failure_in_the_middle_writes_nothing(book: Gradebook, path: Path) -> None:
    save(book, graded())
    before, told = by_question(book), ledger(path)

    def fails(_late: dt.timedelta) -> float:
        raise RuntimeError("in the last step")

    with pytest.raises(RuntimeError, match="in the last step"):
        save_graded(book, graded(0.0, 0.0, 0.0, digest="second"), QUESTIONS, fails, None)

    assert by_question(book) == before
    assert ledger(path) == told
    assert attempts(book)["lesson", "ada"]["digest"] == "first"


def test_two_gradebooks_on_one_file_wait_for_each_other(book: Gradebook, path: Path) -> None:
    with Gradebook(f"sqlite:///{path}", "stats") as other:
        save(other, graded(learner="bob"))
        save(book, graded())
        assert points(other) == points(book)


# -- lateness ---------------------------------------------------------------------------------


def test_lateness_is_counted_from_the_due_date_on_what_was_earned(book: Gradebook) -> None:
    asked: list[dt.timedelta] = []

    def half(late: dt.timedelta) -> float:
        asked.append(late)
        return 0.5

    due = AT - dt.timedelta(hours=5)
    save_graded(book, graded(), QUESTIONS, half, due)
    assert asked == [dt.timedelta(hours=5)]
    assert reading.late(book, "lesson") == {"ada": 1.5}
    assert points(book)["quiz"] == 2.0, "the penalty is off the total, not off a question"

    save_manual(book, [manual(worth=5.0)])
    assert reading.late(book, "lesson") == {"ada": 4.0}, "a person's mark is late work, too"


@pytest.mark.parametrize(("at", "due"), [(None, AT), (AT, None)])
def test_without_a_time_or_a_due_date_nobody_is_late(
    book: Gradebook, at: dt.datetime | None, due: dt.datetime | None
) -> None:
    lates: list[dt.timedelta] = []
    save_graded(book, graded(at=at), QUESTIONS, lambda late: lates.append(late) or 0.0, due)
    assert lates == [dt.timedelta()]
    assert reading.late(book, "lesson") == {}


# -- people -----------------------------------------------------------------------------------


def test_people_are_added_and_brought_up_to_date(book: Gradebook) -> None:
    start = dt.date(2026, 1, 5)
    people = [
        Learner("ada", email="ada@example.org"),
        Learner("bob", "Bob", "Byte", "b@example.org", "spring", start),
    ]
    assert add_learners(book, people) == (1, 1)
    ada, bob = learners(book)
    assert (ada.first_name, ada.last_name, ada.email) == ("Ada", "Lovelace", "ada@example.org")
    assert bob == people[1]
    assert add_learners(book, people) == (0, 0)


def test_an_unsafe_name_enrols_nobody_of_its_batch(book: Gradebook) -> None:
    with pytest.raises(Refused, match="not a usable name for a learner"):
        add_learners(book, [Learner("bob"), Learner("../up")])
    assert [person.id for person in learners(book)] == ["ada"]


# -- what else is remembered ------------------------------------------------------------------


def test_the_lessons_cells_and_lessons_are_known(book: Gradebook) -> None:
    assert reading.released(book) == ["lesson"]
    cells = saved.source_cells(book, "lesson")
    assert cells["a"]["code"]["source"] == "course.check('code')"
    assert saved.source_cells(book, "unknown") == {}


def test_a_due_date_is_told_to_nbgrader_in_utc(book: Gradebook, path: Path) -> None:
    zone = dt.timezone(dt.timedelta(hours=2))
    saved.set_due(book, "lesson", dt.datetime(2026, 3, 1, 12, tzinfo=zone))
    with api.Gradebook(f"sqlite:///{path}", "stats") as theirs:
        assert theirs.find_assignment("lesson").duedate == dt.datetime(2026, 3, 1, 10)  # noqa: DTZ001  as nbgrader keeps it


def test_returned_feedback_is_remembered_and_lost_by_no_regrade(book: Gradebook) -> None:
    save(book, graded())
    returns.save(book, "lesson", "ada", returns.Told(1, tuple(marks(book)), 0.0, {}, "digest"))
    save(book, graded(digest="second"))
    assert attempts(book)["lesson", "ada"]["feedback"] == "digest"


# -- a disk or database that is away ----------------------------------------------------------


def test_a_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "gradebook.db"
    path.write_text("this is no database" * 100)
    with pytest.raises(Unavailable) as caught:
        Gradebook(f"sqlite:///{path}", "stats")
    assert caught.value.what == "the gradebook can't be used now"
    assert str(path) in caught.value.where
    assert caught.value.found == "file is not a database"
    assert "run it again" in caught.value.hint
    assert path.read_text().startswith("this is no database")


def test_a_gradebook_in_no_folder_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="unable to open database file"):
        Gradebook(f"sqlite:///{tmp_path}/absent/gradebook.db", "stats")


def test_a_locked_gradebook_is_told_after_waiting(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.store.database.WAIT_SECONDS", 0.1)
    other = sqlite3.connect(path, isolation_level=None)
    with Gradebook(f"sqlite:///{path}", "stats") as book:
        other.execute("begin immediate")
        try:
            with pytest.raises(Unavailable) as caught:
                save(book, graded())
        finally:
            other.execute("rollback")
            other.close()
        assert caught.value.found == "database is locked (waited 0.1 s)"
        assert "close what else uses it" in caught.value.hint
        save(book, graded())
        assert points(book)["quiz"] == 2.0
