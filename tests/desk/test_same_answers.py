"""Same answers marked together, on a real graded course."""

import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import waiting
from waiting import CODE, LESSON, WRITTEN

from course.desk import Desk
from course.errors import Invalid, NotFound
from course.model import Learner
from course.store import judging
from course.term import Course


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = waiting.course(tmp_path_factory.mktemp("same") / "course")
    arrive(made, "dan", "eve")
    return made


def arrive(course: Course, *names: str) -> None:
    """Hand in and autograde the work of learners who come later."""
    course.enrol([Learner(name) for name in names])
    for name in names:
        waiting.hand_in(course, name)
    prepared = course.prepare(LESSON)
    work, _ = course.todo(prepared)
    list(course.autograde(prepared, work))


@pytest.fixture
def desk(course: Course) -> Iterator[Desk]:
    with Desk(course, "Maria") as opened:
        yield opened


def judged(desk: Desk, question: str) -> dict[str, list[tuple[str, float | None]]]:
    """Return why and with how many points each learner was judged, in order."""
    about = desk.question(LESSON, LESSON, question)
    with desk.book.reading() as connection:
        return {
            each.place.learner: [(row["why"], row["score"]) for row in judging.judgements(connection, each.place)]
            for each in judging.standings(connection, about)
        }  # fmt: skip


def test_a_group_is_marked_once_and_each_member_has_its_own_judgement(desk: Desk) -> None:
    about = desk.question(LESSON, LESSON, CODE)
    together = desk.groups(about)[0]
    assert together.group.sure
    assert {standing.place.learner for _, standing in together.members} >= {
        "ana",
        "ben",
        "dan",
        "eve",
    }
    tokens = {answer: standing.token for answer, standing in together.members}
    out, *rest = tokens
    place = desk.place(about, out)
    desk.take_out(about, together.group.key, out, out=True)
    left = desk.group(about, together.group.key)
    assert out not in dict(left.members)
    assert left.apart == (out,)

    changed = rest[0]
    with Desk(desk.course, "Gil", desk.book) as gil:
        gil.mark(about, changed, token=tokens[changed], request=token_hex(16), adjustment=0.5)
    held = rest[1]
    with Desk(desk.course, "Gil", desk.book) as gil:
        gil.answer(about, held)

    def mark() -> tuple[set[str], dict[str, str]]:
        done = desk.mark_group(
            about, together.group.key, tokens | {"0" * 20: "x"}, request="one", adjustment=0.5, comment="Well done"
        )  # fmt: skip
        return {*done.marked}, dict(done.left)

    marked, why = mark()
    assert marked == {*rest[2:]}
    assert why == {
        out: "it was taken out of the group", changed: "it changed since you saw it",
        held: "Gil has it on the screen", "0" * 20: "it is not there any more",
    }  # fmt: skip
    before = judged(desk, CODE)
    assert sum(rows == [("group", 0.5)] for rows in before.values()) == len(rest) - 2
    assert before[place.learner] == []
    assert mark() == (marked, why)
    assert judged(desk, CODE) == before


def test_who_answers_the_same_later_joins_and_waits_for_a_confirmation(course: Course) -> None:
    with Desk(course, "Maria") as desk:
        about = desk.question(LESSON, LESSON, WRITTEN)
        first = desk.groups(about)[0]
        assert not first.group.sure
        tokens = {answer: standing.token for answer, standing in first.members}
        done = desk.mark_group(about, first.group.key, tokens, request="words", adjustment=1)
        assert len(done.marked) == len(tokens)
        assert desk.group(about, first.group.key).waiting == 0
    arrive(course, "ana2")
    with Desk(course, "Maria") as desk:
        again = desk.group(desk.question(LESSON, LESSON, WRITTEN), first.group.key)
        assert again.waiting == 1
        assert again.members[0][1].place.learner == "ana2"
        assert again.said is not None
        assert (again.said["grader"], again.said["adjustment"]) == ("Maria", 1)
        assert judged(desk, WRITTEN)["ana2"] == []


def test_answers_that_can_not_be_read_are_never_marked_together(desk: Desk) -> None:
    for question in (CODE, WRITTEN):
        about = desk.question(LESSON, LESSON, question)
        found = {each.place.learner for group in desk.groups(about) for _, each in group.members}
        assert found >= {"ana", "ben", "mallory"}
        assert not found & {"xenia", "yara", "zoe"}


def test_what_can_not_be_marked_together_is_told(desk: Desk) -> None:
    about = desk.question(LESSON, LESSON, WRITTEN)
    with pytest.raises(NotFound, match="this group is not there any more"):
        desk.group(about, "0" * 20)
    with pytest.raises(Invalid, match="outside the question's points"):
        desk.mark_group(about, "0" * 20, {}, request="a", adjustment=99)
    with pytest.raises(Invalid, match="without a request"):
        desk.mark_group(about, "0" * 20, {}, request="")
