"""A rubric is for those who mark: read into items, held against the points, and never released."""

import nbformat
import pytest

from course.authoring import marks
from course.authoring.rubric import Item, Rubric, read, rubrics

ANSWER = """#| answer: why points=3
#| rubric: Accept any example.
#| rubric: +1 names the extreme value
#| rubric: 2 points: says what it does to the mean
#| rubric: -0.5 takes the median for the mean
Because."""


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("+1 names it", Item(1, "names it")),
        ("-0.5 forgets the unit", Item(-0.5, "forgets the unit")),
        ("\N{MINUS SIGN}1: is wrong", Item(-1, "is wrong")),
        ("1 point: a reason", Item(1, "a reason")),
        ("2 Points for a reason", Item(2, "for a reason")),
        ("+ 0,5 points: a unit", Item(0.5, "a unit")),
    ],
)
def test_a_line_that_begins_with_points_is_an_item(line: str, item: Item) -> None:
    assert read(line) == Rubric("", (item,))


@pytest.mark.parametrize(
    "line", ["one point for a reason", "2 reasons are enough", "+1", "- 3rd try"]
)
def test_any_other_line_is_a_remark(line: str) -> None:
    assert read(line) == Rubric(line, ())


def test_a_lessons_rubrics_are_found_by_notebook_and_question() -> None:
    node, problems = marks.apply(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(ANSWER)])
    )
    assert not problems
    found = rubrics([("first", node)])
    assert list(found) == [("first", "why")]
    assert found["first", "why"].text == "Accept any example."
    assert [item.points for item in found["first", "why"].items] == [1, 2, -0.5]
    assert found["first", "why"].reaches == 3
    marks.without_rubrics(node)
    assert rubrics([("first", node)]) == {}
