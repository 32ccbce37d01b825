"""What can't work in the learner's kernel is found at release."""

import pytest

from course.authoring.build import public_tests
from course.errors import Invalid

SOURCE = """
import pytest
from course import points, public

@pytest.fixture
def table():
    return [1, 2]

@public
@points(1, question="q")
def test_it(table, answer):
    assert answer(table) == 3
"""


def test_a_public_test_with_a_fixture_is_refused_with_its_place() -> None:
    with pytest.raises(Invalid) as caught:
        public_tests(SOURCE, "autograders/q.py")
    said = str(caught.value)
    assert "autograders/q.py:11" in said
    assert "test_it(table)" in said
    assert "make the test hidden" in said


def test_a_hidden_test_may_use_fixtures() -> None:
    assert public_tests(SOURCE.replace("@public\n", ""), "q.py") == ""


PAIR = """
from course import hint, needs, points, public

@public
@points(1, question="q")
def test_first(answer): ...

@public
@hint("Look at the first row.")
@needs({what})
@points(1, question="q")
def test_second(answer): ...
"""


@pytest.mark.parametrize("what", ["test_first", "'test_first'"])
def test_tests_that_need_one_another_travel_with_their_hints(what: str) -> None:
    sent = public_tests(PAIR.format(what=what), "q.py")
    assert f"@needs({what})" in sent
    assert "Look at the first row." in sent


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (
            PAIR.format(what="test_first").replace("@public\n", "", 1),
            "test_second is public and needs test_first, which is hidden",
        ),
        (PAIR.format(what="'test_frist'"), "test_second needs 'test_frist', and there is no such"),
        (PAIR.format(what="'test_second'"), "test_second needs itself"),
        (
            PAIR.format(what="test_first").replace("@public\n", ""),
            "test_second is hidden and has a hint, which no learner would see",
        ),
    ],
)
def test_needs_and_hints_that_cannot_work_are_refused_at_release(source: str, found: str) -> None:
    with pytest.raises(Invalid) as caught:
        public_tests(source, "autograders/q.py")
    assert caught.value.where == "autograders/q.py"
    assert caught.value.found.startswith(found)
