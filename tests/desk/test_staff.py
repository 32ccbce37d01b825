"""Several graders: each gets their share, and what they did can be looked at."""

import json

import classroom
import pytest
from conftest import Seats

from course.desk import Desk
from course.store.asked import Asked
from course.term import Course


def all_given(desk: Desk, wish: Asked) -> set[str]:
    given, answer = set[str](), desk.next(wish)
    while answer is not None and answer.standing.place.learner not in given:
        given.add(answer.standing.place.learner)
        answer = desk.next(wish, answer.id)
    return given


@pytest.mark.parametrize(
    ("declared", "grace", "alan"),
    [
        ("", 5, 5),
        ('graders = ["grace"]\ngroups = ["red"]', 5, 3),
        ('graders = ["grace", "alan"]\nlearners = ["ana"]', 5, 5),
        ('graders = ["alan"]\nquestions = ["wish"]', 0, 5),
        ('graders = ["alan"]\nlesson = "another"', 5, 5),
    ],
)
def test_each_grader_is_given_their_share(
    course: Course, wish: Asked, declared: str, grace: int, alan: int
) -> None:
    file = course.layout.root / "course.toml"
    file.write_text(file.read_text() + (f"\n[[assignments]]\n{declared}\n" if declared else ""))
    for name, share in (("grace", grace), ("alan", alan)):
        with Desk(Course.open(course.layout.root), name) as desk:
            given = all_given(desk, wish)
            coming = {each.standing.place.learner for each in desk.ahead(wish, "", 5)}
            assert coming == given, "what is fetched ahead is of the same share"
            for answer, standing in desk.queue(wish).answers:
                if standing.claimed_by == name:
                    desk.give_back(wish, answer)
        assert len(given) == share, name


def test_who_marked_how_much_how_severely_and_how_soon_is_told(
    seats: Seats, wish: Asked, course: Course
) -> None:
    for name, items in (("hard", ["aim"]), ("mild", ["aim", "why"])):
        desk = seats(name)
        answer = desk.next(wish)
        assert answer is not None
        desk.mark(wish, answer.id, token=answer.standing.token, request=name, items=items)
    rows = json.loads(classroom.course("graders welcome --json", course.layout.root).out)
    told = [(row["grader"], row["marked"], row["severity"]) for row in rows]
    assert told == [("hard", 1, 0.25), ("mild", 1, -0.25)]
    assert all(row["hours"] > 0 for row in rows)
