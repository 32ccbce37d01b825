"""What the author of a lesson's tests declares, in whatever order the decorators stand."""

from collections.abc import Callable

import pytest

from course.testing import About, about, hint, misconception, needs, points, public


def is_small(value: int) -> bool:
    return value < 3


@public
@points(2, question="mean")
@misconception("first", when=is_small)
@misconception("second", when=is_small)
def test_one() -> None:
    """Declared from the bottom up."""


@misconception("first", when=is_small)
@points(1, question="mean")
@public
@misconception("second", when=is_small)
def test_two() -> None:
    """Declared in another order."""


@pytest.mark.parametrize(("test", "worth"), [(test_one, 2.0), (test_two, 1.0)])
def test_everything_declared_of_a_test_is_known(test: Callable[[], None], worth: float) -> None:
    found = about(test)

    assert (found.question, found.points, found.public) == ("mean", worth, True)
    assert [each.text for each in found.misconceptions] == ["first", "second"]
    assert found.misconceptions[0].when is is_small


def test_a_test_of_which_nothing_is_declared_is_hidden_and_worth_nothing() -> None:
    assert about(is_small) == About(question="", points=0.0, public=False, misconceptions=())


def test_something_else_under_our_name_is_no_declaration() -> None:
    def foreign() -> None: ...

    foreign.__course__ = {"public": True}  # type: ignore[attr-defined]
    assert about(foreign) == About()


def test_declaring_leaves_the_function_a_plain_function() -> None:
    assert points(1, question="q")(is_small)(1) is True
    del is_small.__course__  # type: ignore[attr-defined]


@pytest.mark.parametrize("worth", [-1, "2", None, float("nan"), float("inf")])
def test_points_that_are_no_number_are_refused_where_they_stand(worth: object) -> None:
    with pytest.raises(ValueError, match=r"question='mean'\): expected a number from 0 up"):
        points(worth, question="mean")  # type: ignore[arg-type]


def test_no_points_are_fine() -> None:
    assert about(points(0, question="q")(lambda: None)).points == 0.0


def test_hints_are_given_top_down_and_a_needed_test_by_name_or_function() -> None:
    @hint("Look at the first row.")
    @needs("test_two")
    @hint("Divide by the number of rows.")
    @needs(test_one)
    def test_three() -> None: ...

    assert about(test_three).hints == ("Look at the first row.", "Divide by the number of rows.")
    assert about(test_three).needs == ("test_two", "test_one")


@pytest.mark.parametrize(("make", "said"), [(hint, "expected a text"), (needs, "expected a test")])
def test_an_empty_hint_or_need_is_told(make: Callable[[str], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make("")
