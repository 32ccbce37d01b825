"""The ledger: every change of a mark, whoever made it, in words and in JSON."""

import json
from pathlib import Path

import classroom
import pytest
from conftest import Seats
from nbgrader import api

from course.store.asked import Asked
from course.term import Course


def mark_ana(seats: Seats, wish: Asked) -> None:
    desk = seats("grace")
    answer = next(
        key for key, standing in desk.queue(wish).answers if standing.place.learner == "ana"
    )
    token = desk.answer(wish, answer).standing.token
    desk.mark(wish, answer, token=token, request="r", items=["aim"], comment="Good.")


def book(course: Course) -> api.Gradebook:
    return api.Gradebook(course.layout.db_url, course.layout.course_id)


def test_marks_of_the_desk_and_of_the_formgrader_are_told_in_order(
    seats: Seats, wish: Asked, course: Course
) -> None:
    mark_ana(seats, wish)
    with book(course) as theirs:
        theirs.find_grade("wish", "welcome", "welcome", "ana").manual_score = 0.5
        theirs.db.commit()
        theirs.find_comment("wish", "welcome", "welcome", "ana").manual_comment = "Hm."
        theirs.find_grade("double", "welcome", "welcome", "ana").extra_credit = 1
        theirs.db.commit()
    said = classroom.course("audit welcome --learner ana", course.layout.root).out
    told = [line.partition("  ")[2].strip() for line in said.splitlines()][-4:]
    assert told[0].startswith("grace marked welcome/wish of ana: score none -> 1")
    assert told[0].endswith("(marked)")
    assert told[1] == (
        "formgrader changed the mark on welcome/wish of ana: score 1 -> 0.5 (written into nbgrader's tables)"
    )
    assert {line.partition(":")[0] for line in told[2:]} == {
        "formgrader changed the comment on welcome/wish of ana",
        "formgrader changed the mark on welcome/double of ana",
    }


def test_a_mark_that_nbgrader_removes_stays_in_the_ledger(
    seats: Seats, wish: Asked, course: Course
) -> None:
    mark_ana(seats, wish)
    with book(course) as theirs:
        theirs.remove_submission("welcome", "ana")
    rows = json.loads(classroom.course("audit --json", course.layout.root).out)
    gone = [row for row in rows if row["action"] == "removed" and row["question"] == "wish"]
    assert {"score": 1.0, "auto": None, "extra": None} in [row["before"] for row in gone]
    assert {row["learner"] for row in gone} == {"ana"}


def test_our_own_marks_are_noted_once(seats: Seats, wish: Asked, course: Course) -> None:
    mark_ana(seats, wish)
    rows = json.loads(classroom.course("audit --json --learner ana", course.layout.root).out)
    assert [row["actor"] for row in rows if row["question"] == "wish"] == ["autograder", "grace"]
    assert rows[-1]["before"]["score"] is None
    assert rows[-1]["after"] == {"score": 1.0, "comment": "Good."}


@pytest.mark.parametrize(("words", "said"), [
    ("audit welcom", "did you mean 'welcome'?"), ("audit --learner anna", "did you mean 'ana'?"),
])  # fmt: skip
def test_an_unknown_lesson_or_learner_is_told(root: Path, words: str, said: str) -> None:
    assert said in classroom.course(words, root, code=2).err


def test_a_gradebook_of_before_gets_its_triggers_and_columns(
    course: Course, seats: Seats, wish: Asked
) -> None:
    with course.book() as opened, opened.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE course_ledger DROP COLUMN why")
        on = " ON grade" if connection.dialect.name == "postgresql" else ""
        connection.exec_driver_sql(f"DROP TRIGGER course_grade_update{on}")
        connection.exec_driver_sql("DELETE FROM course_made")
    mark_ana(seats, wish)
    with book(course) as theirs:
        theirs.find_grade("wish", "welcome", "welcome", "ana").manual_score = 0.5
        theirs.db.commit()
    assert "formgrader" in classroom.course("audit --learner ana", course.layout.root).out
