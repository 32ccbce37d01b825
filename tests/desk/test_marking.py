"""Marking without a server: who sees what next, and what is never lost."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import classroom
import pytest
import sqlalchemy as sa
from conftest import Seats
from nbgrader import api

from course.desk import Answer, Conflict, Desk, Marked
from course.errors import Invalid, NotFound
from course.model import ManualMark
from course.review.rubric import Item, Rubric
from course.store import judging, tables
from course.store.asked import Asked
from course.term import Course


def mark(desk: Desk, wish: Asked, answer: Answer, *items: str, **more: Any) -> Marked:
    asked = {"token": answer.standing.token, "request": uuid4().hex, **more}
    done = desk.mark(wish, answer.id, items=items, **asked)
    assert isinstance(done, Marked)
    return done


def seen(desk: Desk, wish: Asked, answer: Answer) -> Answer:
    return desk.answer(wish, answer.id)


def first(desk: Desk, wish: Asked) -> Answer:
    answer = desk.next(wish)
    assert answer is not None
    return answer


def who(answer: Answer | None) -> str:
    assert answer is not None
    return answer.standing.place.learner


def theirs(course: Course) -> api.Gradebook:
    return api.Gradebook(course.layout.db_url, course.layout.course_id)


def in_formgrader(course: Course, learner: str, points: float | None, comment: str = "") -> None:
    """Do what the formgrader's page does when somebody types points and a comment."""
    with theirs(course) as book:
        grade = book.find_grade("wish", "welcome", "welcome", learner)
        grade.manual_score, grade.needs_manual_grade = points, points is None
        book.db.commit()
        if comment:
            book.find_comment("wish", "welcome", "welcome", learner).manual_comment = comment
            book.db.commit()


# -- who is next ------------------------------------------------------------------------------


def test_work_that_could_not_be_judged_does_not_wait_for_a_mark(desk: Desk, wish: Asked) -> None:
    assert (wish.answers, wish.waiting) == (5, 5)
    everybody = {standing.place.learner for _, standing in desk.queue(wish).answers}
    assert everybody == {"ana", "ben", "cleo", "dan", "fay"}
    given = [who(desk.next(wish)) for _ in range(5)]
    assert sorted(given[:1]) == given[:1]
    assert "gus" not in given


def test_a_grader_sees_answers_always_in_the_same_order_and_another_grader_in_another(
    seats: Seats, wish: Asked
) -> None:
    orders = {
        name: [each for each, _ in seats(name).queue(wish).answers] for name in ("grace", "alan", "edsger")
    }  # fmt: skip
    assert orders["grace"] == [each for each, _ in seats("grace").queue(wish).answers]
    assert len({tuple(order) for order in orders.values()}) > 1
    assert len({frozenset(order) for order in orders.values()}) == 1


def test_going_on_gives_one_answer_after_the_other_in_that_order(desk: Desk, wish: Asked) -> None:
    order = [each for each, _ in desk.queue(wish).answers]
    answer, given = first(desk, wish), []
    for _ in order:
        given.append(answer.id)
        following = desk.next(wish, answer.id)
        assert following is not None
        answer = following
    assert given == order
    assert answer.id == order[0], "and around"


def test_what_one_grader_has_on_the_screen_no_other_is_given(seats: Seats, wish: Asked) -> None:
    given = [who(seats(name).next(wish)) for name in ("a", "b", "c", "d", "e")]
    assert sorted(given) == ["ana", "ben", "cleo", "dan", "fay"]
    assert seats("f").next(wish) is None


def test_an_answer_that_was_left_lying_is_handed_on(seats: Seats, wish: Asked, desk: Desk) -> None:
    for name in ("a", "b", "c", "d", "e"):
        seats(name).next(wish)
    assert desk.next(wish) is None
    with desk.book.transaction() as connection:
        past = judging.now() - dt.timedelta(seconds=1)
        connection.execute(
            tables.claim.update().where(tables.claim.c.grader == "b").values(until=past)
        )
    assert desk.next(wish) is not None


def test_what_a_grader_gives_back_others_are_given_at_once(seats: Seats, wish: Asked) -> None:
    given = {name: first(seats(name), wish) for name in ("a", "b", "c", "d", "e")}
    seats("c").give_back(wish, given["c"].id)
    assert who(seats("f").next(wish)) == who(given["c"])


# -- one mark, once ---------------------------------------------------------------------------


def test_a_request_that_comes_again_writes_nothing_and_is_told_the_same(
    desk: Desk, wish: Asked
) -> None:
    answer = first(desk, wish)
    one = mark(desk, wish, answer, "aim", request="r1")
    again = mark(desk, wish, answer, "aim", request="r1")
    assert (again.number, again.score) == (one.number, one.score) == (one.number, 1.0)
    with desk.book.reading() as connection:
        assert len(judging.judgements(connection, answer.standing.place)) == 1


def test_a_request_cannot_stand_for_two_answers(desk: Desk, wish: Asked) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, request="r1")
    other = first(desk, wish)
    with pytest.raises(Invalid, match="this request marked another answer"):
        mark(desk, wish, other, request="r1")


def test_two_who_have_one_answer_before_them_do_not_overwrite_each_other(
    seats: Seats, wish: Asked
) -> None:
    grace, alan = seats("grace"), seats("alan")
    hers = first(grace, wish)
    his = alan.answer(wish, hers.id)
    mark(grace, wish, hers, "aim", comment="Good.")
    refused = alan.mark(wish, his.id, token=his.standing.token, request="his", items=["why"])
    assert isinstance(refused, Conflict)
    assert (refused.standing.points, refused.standing.marked_by) == (1.0, "grace")
    assert refused.standing.comment == "Good."
    mark(alan, wish, seen(alan, wish, his), "aim", "why")
    assert seen(grace, wish, hers).standing.points == 2.0


def test_what_the_formgrader_wrote_meanwhile_is_shown_and_not_overwritten(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    in_formgrader(course, who(answer), 0.5, "Hm.")
    refused = desk.mark(wish, answer.id, token=answer.standing.token, request="r", items=["aim"])
    assert isinstance(refused, Conflict)
    standing = refused.standing
    assert (standing.points, standing.comment, standing.marked_by) == (0.5, "Hm.", "formgrader")
    with theirs(course) as book:
        assert book.find_grade("wish", "welcome", "welcome", who(answer)).manual_score == 0.5


def test_a_mark_of_the_desk_that_the_formgrader_changed_is_the_formgraders(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim")
    in_formgrader(course, who(answer), 0.25)
    assert seen(desk, wish, answer).standing.marked_by == "formgrader"
    (found,) = [m for m in course.marks("welcome", who(answer)) if m.question == "wish"]
    assert (found.points, found.grader) == (0.25, "formgrader")


def test_work_handed_in_again_meanwhile_is_not_marked_unseen(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    work = course.layout.submitted / who(answer)
    classroom.answer(work, wish="I thought again.", key="")
    classroom.course("autograde welcome", course.layout.root)
    refused = desk.mark(wish, answer.id, token=answer.standing.token, request="r", items=["aim"])
    assert isinstance(refused, Conflict)
    now = seen(desk, wish, answer)
    assert "I thought again." in "".join(str(cell["source"]) for cell, _ in now.cells)
    assert mark(desk, wish, now, "aim").score == 1.0


@pytest.mark.parametrize(("items", "adjustment", "said"), [
    (["amm"], 0.0, "did you mean 'aim'?"), (["aim"], 9.0, "between -2 and 2"),
    (["aim"], float("nan"), "found: nan"),
])  # fmt: skip
def test_what_cannot_be_a_judgement_is_told_and_not_written(
    desk: Desk, wish: Asked, items: list[str], adjustment: float, said: str
) -> None:
    answer = first(desk, wish)
    with pytest.raises((Invalid, NotFound), match=said.replace("?", ".")):
        mark(desk, wish, answer, *items, adjustment=adjustment)
    assert seen(desk, wish, answer).standing.waits


def test_an_answer_that_is_not_there_is_told(desk: Desk, wish: Asked) -> None:
    with pytest.raises(NotFound, match="this answer is not there"):
        desk.answer(wish, "0" * 20)
    with pytest.raises(NotFound, match="no graded question 'wisch' in welcome/welcome"):
        desk.question("welcome", "welcome", "wisch")


# -- taking back ------------------------------------------------------------------------------


def test_undoing_gives_back_what_stood_before_step_by_step(desk: Desk, wish: Asked) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim", comment="One.")
    mark(desk, wish, seen(desk, wish, answer), "aim", "why", comment="Two.")
    found = []
    for number in range(2):
        token = seen(desk, wish, answer).standing.token
        assert isinstance(desk.undo(wish, answer.id, token=token, request=f"u{number}"), Marked)
        standing = seen(desk, wish, answer).standing
        found.append((standing.points, standing.comment, standing.waits))
    assert found == [(1.0, "One.", False), (None, "", True)]
    with pytest.raises(NotFound, match="nothing to undo"):
        desk.undo(wish, answer.id, token=seen(desk, wish, answer).standing.token, request="u3")


def test_undoing_gives_back_a_mark_that_was_made_in_the_formgrader(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    in_formgrader(course, who(answer), 0.5, "Hm.")
    mark(desk, wish, seen(desk, wish, answer), "aim", "why", comment="Fine.")
    desk.undo(wish, answer.id, token=seen(desk, wish, answer).standing.token, request="u")
    standing = seen(desk, wish, answer).standing
    assert (standing.points, standing.comment, standing.waits) == (0.5, "Hm.", False)


def test_undoing_on_top_of_somebodys_later_mark_is_refused(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim")
    course.mark([ManualMark("welcome", who(answer), "wish", 2.0, grader="ada")])
    with pytest.raises(Invalid, match="changed elsewhere since") as caught:
        desk.undo(wish, answer.id, token=seen(desk, wish, answer).standing.token, request="u")
    assert "by ada" in str(caught.value)
    assert seen(desk, wish, answer).standing.points == 2.0


def test_undoing_a_new_score_that_a_rubric_brought_or_a_group_gives_the_old_one_back(
    desk: Desk, wish: Asked
) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim", why="group")
    dearer = Rubric((Item("aim", 1.5, "says what for"), Item("why", 0.5, "says why")))
    desk.edit_rubric(wish, dearer, 1, apply=True)
    assert seen(desk, wish, answer).standing.points == 1.5
    for score, waits in ((1.0, False), (None, True)):
        token = seen(desk, wish, answer).standing.token
        done = desk.undo(wish, answer.id, token=token, request=uuid4().hex)
        assert isinstance(done, Marked)
        assert (done.score, seen(desk, wish, answer).standing.waits) == (score, waits)


# -- rubrics ----------------------------------------------------------------------------------


def test_an_edit_of_a_rubric_first_says_whose_marks_change_and_then_changes_them(
    desk: Desk, wish: Asked
) -> None:
    one = first(desk, wish)
    mark(desk, wish, one, "aim", adjustment=0.25, comment="Good.")
    two = first(desk, wish)
    mark(desk, wish, two, "why")
    dearer = Rubric((Item("aim", 1.5, "says what for"), Item("why", 1.0, "says why")))
    moves, version = desk.edit_rubric(wish, dearer, 1, apply=False)
    assert [(move.learner, move.before, move.after) for move in moves] == [(who(one), 1.25, 1.75)]
    assert (version, seen(desk, wish, one).standing.points) == (None, 1.25)
    _, version = desk.edit_rubric(wish, dearer, 1, apply=True)
    after = seen(desk, wish, one).standing
    assert (version, after.points, after.comment) == (2, 1.75, "Good.")
    assert seen(desk, wish, two).standing.points == 1.0
    with pytest.raises(Invalid, match="somebody else edited this rubric meanwhile"):
        desk.edit_rubric(wish, dearer, 1, apply=True)


def test_an_edit_of_a_rubric_leaves_marks_alone_that_were_changed_elsewhere(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim")
    in_formgrader(course, who(answer), 0.25)
    dearer = Rubric((Item("aim", 1.5, "says what for"),))
    assert desk.edit_rubric(wish, dearer, 1, apply=True) == ((), 2)
    assert seen(desk, wish, answer).standing.points == 0.25


def test_a_judgement_keeps_the_rubrics_words_as_they_were(desk: Desk, wish: Asked) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim")
    desk.edit_rubric(wish, Rubric((Item("aim", 2.0, "names an aim"),)), 1, apply=True)
    with desk.book.reading() as connection:
        made = judging.judgements(connection, answer.standing.place)
    told = [(row["score"], row["items"][0]["text"], row["why"]) for row in made]
    assert told == [(1.0, "says what for", "marked"), (2.0, "names an aim", "rubric")]


@pytest.mark.parametrize("table", ["course_judgement", "course_ledger"])
@pytest.mark.parametrize("change", ["UPDATE {} SET grader = 'x'", "DELETE FROM {}"])
def test_nobody_can_rewrite_what_was_judged_or_noted(
    desk: Desk, wish: Asked, table: str, change: str
) -> None:
    mark(desk, wish, first(desk, wish), "aim")
    change = change.replace("grader", "actor") if table == "course_ledger" else change
    with (
        pytest.raises(sa.exc.DBAPIError, match="keeps its ledger and judgements"),
        desk.book.engine.begin() as connection,
    ):
        connection.execute(sa.text(change.format(table)))


# -- the same marks everywhere ----------------------------------------------------------------


def test_nbgraders_gradebook_and_both_exports_see_a_mark_at_once(
    desk: Desk, wish: Asked, course: Course
) -> None:
    answer = first(desk, wish)
    mark(desk, wish, answer, "aim", "why", comment="Well said.")
    with theirs(course) as book:
        grade = book.find_grade("wish", "welcome", "welcome", who(answer))
        assert (grade.score, grade.needs_manual_grade) == (2.0, False)
        comment = book.find_comment("wish", "welcome", "welcome", who(answer))
        assert comment.comment == "Well said."
        total = book.find_submission("welcome", who(answer)).score
    folder = course.layout.root
    rows = json.loads(classroom.course("grades --json", folder).out)
    ours = [
        row["points"] for row in rows if (row["learner"], row["question"]) == (who(answer), "wish")
    ]
    assert ours == [2.0]
    classroom.nbgrader("export", folder)
    rows = (folder / "grades.csv").read_text().splitlines()
    (row,) = [row for row in rows if f",{who(answer)}," in row]
    assert f",{total}," in row


def test_what_was_shown_of_a_learners_name_is_noted(desk: Desk, wish: Asked, root: Path) -> None:
    answer = first(desk, wish)
    assert desk.reveal(wish, answer.id) == who(answer)
    with desk.book.reading() as connection:
        (line,) = connection.execute(
            sa.select(tables.ledger).where(tables.ledger.c.action == "named")
        ).mappings()
    assert (line["actor"], line["learner"], root.is_dir()) == ("grace", who(answer), True)
