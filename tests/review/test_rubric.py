"""Rubrics: which items the tests choose before a grader does."""

import pytest

from course.errors import Invalid
from course.review.rubric import Item, Rubric, read

TESTS = [("small numbers", "passed"), ("other numbers", "failed"), ("text", "not reached")]


@pytest.mark.parametrize(
    ("when", "outcome", "chosen"),
    [
        ("", "passed", False),
        ("passed", "passed", True),
        ("passed", "partly", False),
        ("failed", "partly", True),
        ("failed", "passed", False),
        ("failed", "needs a person", False),
        ("failed", "", False),
        ("passed: small numbers", "partly", True),
        ("failed: small numbers", "partly", False),
        ("failed: other numbers", "partly", True),
        ("failed: text", "partly", True),
        ("failed: a test that is gone", "partly", False),
    ],
)
def test_an_item_is_chosen_by_the_outcome_that_it_names(
    when: str, outcome: str, *, chosen: bool
) -> None:
    rubric = Rubric((Item("one", 1, "One", when=when), Item("two", 1, "Two")))
    assert rubric.preselected(outcome, TESTS) == ["one"] * chosen


def test_an_outcome_that_is_none_is_told() -> None:
    with pytest.raises(Invalid, match="'always', expected passed, failed, passed: TEST or failed"):
        read({"items": [{"id": "one", "points": 1, "text": "One", "when": "always"}]})
