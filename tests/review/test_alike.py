"""Which answers are the same. Where the rule is not sure, it keeps them apart."""

import pytest

from course.review.alike import Given, code, groups, value

DOUBLE = "def double(number):\n    return 2 * number"
SAME = [
    ("def double(n):\n    # twice\n    return 2*n", DOUBLE),
    ('def double(x):\n    """Twice."""\n\n    return (2 * x)', DOUBLE),
    ("total = sum(x for x in range(3))", "total = sum(each for each in range(3))"),
    ("f = lambda a, b: a - b", "f = lambda x, y: x - y"),
    ("def f(a):\n  try:\n    return g(a)\n  except E as e:\n    return e",
     "def f(b):\n  try:\n    return g(b)\n  except E as why:\n    return why"),
    ("def f(a):\n  def g(b): return a + b\n  return g", "def f(x):\n  def h(y): return x + y\n  return h"),
    ("def f(v):\n  w = [x for x in v if x]\n  return w", "def f(p):\n  q = [r for r in p if r]\n  return q"),
]  # fmt: skip
APART = [
    ("def double(n):\n    return 3 * n", DOUBLE),
    ("def double(n):\n    return n * 2", DOUBLE),  # it may matter for what is no number
    ("def twice(n):\n    return 2 * n", DOUBLE),
    ("x = 1", "x = 1.0"), ("x = 1", "y = 1"), ("x = 'a'", "x = 'A'"),
    ("f = lambda a, b: a - b", "f = lambda x, y: y - x"),
    ("def f(a, b): return a", "def f(a, b): return b"),
    ("def f(n):\n  [x for x in n]\n  return x", "def f(n):\n  [y for y in n]\n  return y"),
    ("def f():\n  global a\n  a = 1", "def f():\n  global b\n  b = 1"),
    ("def f(a):\n  return eval('a')", "def f(b):\n  return eval('a')"),
    ("def f(a):\n  import numpy\n  return numpy.sum(a)", "def f(a):\n  import scipy\n  return scipy.sum(a)"),
    ("def f(x):\n  class A:\n    x = 1\n  return A", "def f(x):\n  class A:\n    y = 1\n  return A"),
    ("def f(a):\n  print(f'{a=}')", "def f(b):\n  print(f'{b=}')"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_code_is_the_same_whatever_its_locals_comments_and_spaces(one: str, other: str) -> None:
    assert code(one) == code(other)


@pytest.mark.parametrize(("one", "other"), APART)
def test_code_that_may_behave_otherwise_stays_apart(one: str, other: str) -> None:
    assert code(one) != code(other)


@pytest.mark.parametrize(
    "source", ["def f(:", "%matplotlib inline", "(" * 5000, "x = \0", "-" * 90_000 + "1"]
)
def test_what_is_no_python_is_compared_as_text(source: str) -> None:
    assert code(source + "  \n\n") == source


def test_numbers_and_short_texts_are_compared_by_value() -> None:
    assert {value(text) for text in ("2.5", " 2.50", "25e-1", "2.5\n")} == {"2.5"}
    assert {value(text) for text in ("Median", "median ", "MEDIAN.", "\uff4dedian")} == {"median"}
    assert value("-0") == value("0")
    assert value("2.5") != value("2.6")


def test_the_same_code_stays_apart_when_its_tests_or_its_output_differ() -> None:
    given = {
        "ana": Given((DOUBLE,), ("4",), (), ("passed",)), "ben": Given((DOUBLE,), ("4\n",), (), ("passed",)),
        "cleo": Given((DOUBLE,), ("5",), (), ("passed",)), "dan": Given((DOUBLE,), ("4",), (), ("failed",)),
    }  # fmt: skip
    assert groups(given)[0].members == ("ana", "ben")
    assert {len(group.members) for group in groups(given)[1:]} == {1}


def test_addresses_in_an_output_do_not_matter() -> None:
    given = {who: Given(("x",), (f"<A at 0x7f3a{n}c40>",)) for n, who in enumerate("ab", 1000)}
    assert len(groups(given)) == 1


WORDS = {
    "ana": "The median is robust because one very large salary does not move it at all",
    "ben": "the median is robust, because one very large salary does not move it",
    "cleo": "A robust median: one very large salary does not move the median at all",
    "dan": "I took the mean since everybody at work always reports the mean of the year",
}


def test_own_words_that_resemble_one_another_are_only_a_suggestion() -> None:
    first, *rest = groups({who: Given(words=(text,)) for who, text in WORDS.items()})
    assert {"ana", "ben"} <= {*first.members}
    assert not first.sure
    assert "dan" not in first.members
    assert all(group.sure for group in rest)


def test_the_same_words_are_a_group_that_is_sure() -> None:
    given = {"ana": Given(words=(WORDS["ana"],)), "ben": Given(words=(WORDS["ana"].upper() + ".",))}
    assert [(group.members, group.sure) for group in groups(given)] == [(("ana", "ben"), True)]


def test_an_answer_that_was_taken_out_stays_out_and_the_key_stays() -> None:
    given = {who: Given(words=("42",)) for who in ("ana", "ben", "cleo")}
    (whole,) = groups(given)
    left, out = groups(given, {(whole.key, "ben")})
    assert (left.key, left.members) == (whole.key, ("ana", "cleo"))
    assert out.members == ("ben",)
    (joined,) = groups(given | {"dan": Given(words=("42.0",))})
    assert (joined.key, joined.members) == (whole.key, ("ana", "ben", "cleo", "dan"))


def test_a_suggestion_that_was_marked_gathers_its_members_again() -> None:
    given = {who: Given(words=(text,)) for who, text in WORDS.items()}
    first = groups(given)[0]
    later = given | {
        "eve": Given(words=(WORDS["cleo"] + ", I think",)),
        "fay": Given(words=(WORDS["cleo"] + " again",)),
    }
    again = next(group for group in groups(later, first=[first.key]) if group.key == first.key)
    assert {"ana", "ben"} <= {*again.members}
