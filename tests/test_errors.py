"""The family of errors: what a person reads, and how they travel between processes."""

import pickle

import pytest

from course import errors
from course.errors import CourseError, Invalid, NotFound, Refused, Unavailable, nearest

CODES = {CourseError: 1, NotFound: 2, Invalid: 2, Refused: 2, Unavailable: 1}


def test_the_whole_family_is_tested_here() -> None:
    family = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    assert family == set(CODES)


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_an_error_tells_the_shell_whose_fault_it_was(kind: type[CourseError], code: int) -> None:
    assert kind("x").exit_code == code


def test_what_is_refused_is_caught_as_invalid() -> None:
    assert issubclass(Refused, Invalid)
    assert not issubclass(NotFound, Invalid)


@pytest.mark.parametrize("kind", CODES)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_error_crosses_between_processes_with_all_its_fields(
    kind: type[CourseError], protocol: int
) -> None:
    error = kind("what", where="where", expected="this", found="that", hint="do so")
    error.add_note("seen in lesson 1")

    came = pickle.loads(pickle.dumps(error, protocol))  # noqa: S301  our own bytes

    assert type(came) is kind
    assert vars(came) == vars(error)
    assert (str(came), came.args) == (str(error), error.args)


def test_a_message_says_where_what_expected_found_and_what_to_do() -> None:
    error = Invalid("it is wrong", where="a.toml", expected="one", found="two", hint="write one")
    assert str(error) == "a.toml: it is wrong\n  expected: one\n  found: two\n  write one"


def test_a_message_leaves_out_what_nobody_said() -> None:
    assert str(Invalid("it is wrong")) == "it is wrong"
    assert str(Invalid("it is wrong", hint="mend it")) == "it is wrong\n  mend it"


def test_the_nearest_name_is_offered_and_a_far_one_is_not() -> None:
    assert nearest("lesons", ["lessons", "groups"]) == "did you mean 'lessons'?"
    assert nearest("xyz", ["lessons", "groups"]) == ""
    assert nearest("a", []) == ""
    assert nearest("lesson", {"lessons": 1}) == "did you mean 'lessons'?"
