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
