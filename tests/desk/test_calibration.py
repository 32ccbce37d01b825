"""Two graders read the same: which answers, what the second one sees, and how far they agree."""

import pytest
from conftest import LEARNERS, Seats
from sqlalchemy.exc import DBAPIError

from course.desk import Answer, Conflict, Desk, Marked
from course.errors import Invalid
from course.store import tables
from course.store.asked import Asked
from course.term import Course

pytestmark = pytest.mark.thorough


@pytest.fixture
def twice(course: Course, wish: Asked, seats: Seats) -> Course:
    """Return the course, in which everything is read twice; alan marked all of it."""
    file = course.layout.root / "course.toml"
    file.write_text(file.read_text() + "\n[calibration]\nshare = 1.0\n")
    alan = seats("alan")
    for id_, standing in alan.queue(wish).answers:
        alan.mark(wish, id_, token=standing.token, request=f"first {id_}", items=["aim"], comment="by alan")  # fmt: skip
    return Course.open(course.layout.root)


def read(desk: Desk, wish: Asked, answer: Answer, *items: str) -> Marked | Conflict:
    return desk.read_again(wish, answer.id, token=answer.standing.token, request=f"again {answer.id}", items=items)  # fmt: skip


def test_a_second_grader_sees_nothing_of_the_first_mark_and_changes_none(
    twice: Course, wish: Asked
) -> None:
    with Desk(twice, "grace") as grace:
        assert grace.again(wish) == len(LEARNERS)
        before = {mark.learner: (mark.points, mark.comment, mark.grader) for mark in twice.marks("welcome")
                  if mark.question == "wish"}  # fmt: skip
        answer, seen = grace.next_again(wish), []
        while answer is not None:
            now = answer.standing
            assert (now.points, now.judgement, now.comment, now.marked_by) == (None, None, "", "")
            assert isinstance(read(grace, wish, answer, "why"), Marked)
            assert isinstance(read(grace, wish, answer, "why"), Marked)  # sent again: the same
            seen.append(now.place.learner)
            answer = grace.next_again(wish, answer.id)
        assert sorted(seen) == sorted(LEARNERS)
        after = {mark.learner: (mark.points, mark.comment, mark.grader) for mark in twice.marks("welcome")
                 if mark.question == "wish"}  # fmt: skip
        assert after == before
        (told,) = grace.calibration("welcome")
        assert (told.answers, told.waiting, told.apart, told.differ) == (5, 0, 0, ())
        assert {(text, item.share) for text, item in told.items} == {("says what for", 0.0), ("says why", 0.0)}  # fmt: skip


def test_nobody_reads_their_own_marks_again_and_nobody_reads_a_third_time(
    twice: Course, wish: Asked
) -> None:
    with Desk(twice, "alan") as alan, Desk(twice, "grace") as grace, Desk(twice, "ida") as ida:
        assert (alan.again(wish), alan.next_again(wish)) == (0, None)
        answer = grace.next_again(wish)
        assert answer is not None
        other = ida.next_again(wish)
        assert other is not None
        assert other.id != answer.id  # grace has that one on the screen
        read(grace, wish, answer, "aim", "why")
        for desk in (ida, alan):
            with pytest.raises(Invalid, match="not yours to read again"):
                desk.read_again(wish, answer.id, token=answer.standing.token, request="third")
        (told,) = grace.calibration("welcome")
        assert told.differ == ((answer.id, 1.0, 2.0),)
        assert (told.answers, told.waiting, told.apart) == (1, 4, 1.0)


def test_what_was_marked_otherwise_meanwhile_is_not_read_unseen(twice: Course, wish: Asked) -> None:
    with Desk(twice, "alan") as alan, Desk(twice, "grace") as grace:
        answer = grace.next_again(wish)
        assert answer is not None
        alan.mark(wish, answer.id, token=answer.standing.token, request="changed", items=["why"])
        done = read(grace, wish, answer, "aim")
        assert isinstance(done, Conflict)
        assert done.standing.judgement is None  # still nothing of the first mark


def test_without_a_share_nothing_is_read_twice(desk: Desk, wish: Asked) -> None:
    assert (desk.again(wish), desk.next_again(wish), desk.calibration("welcome")) == (0, None, [])


def test_a_second_reading_can_not_be_rewritten(twice: Course, wish: Asked) -> None:
    with Desk(twice, "grace") as grace:
        answer = grace.next_again(wish)
        assert answer is not None
        read(grace, wish, answer, "aim")
        with (
            pytest.raises(DBAPIError, match="as they were written"),
            grace.book.engine.begin() as connection,
        ):
            connection.execute(tables.reading.update().values(score=2))
