"""Tests of the lesson "Welcome". An argument's name is a name in the learner's notebook."""

from course import misconception, points, public


@public
@points(1, question="double")
def test_small_number(double):
    assert double(2) == 4


@points(2, question="double")
@misconception("You squared the number.", when=lambda double: double(3) == 9)
def test_other_numbers(double):
    assert double(3) == 6
    assert double(-1.5) == -3
