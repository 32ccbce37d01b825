"""Typed texts, and patterns that no answer can keep busy."""

import pytest

from course.questions import MalformedAnswerError, check, kind_of
from course.questions.pattern import MOST_LETTERS, fits, line, problem
from course.questions.text import parse


@pytest.mark.parametrize(
    "typed", ["median", " Median ", "\uff2dedian", "the  middle\tvalue", "MIDDLE VALUE"]
)
def test_case_blanks_and_unicode_forms_do_not_matter(typed: str) -> None:
    item = parse("%%quiz q\nWhat?\n= median\n= /(the )?middle value/\n")
    kind = kind_of(item)
    assert kind.grade(item, kind.parse(item, [typed]), 1).share == 1


def test_case_matters_where_the_author_keeps_it() -> None:
    assert fits("DataFrame", "DataFrame", {}, case=True)
    assert not fits("DataFrame", "dataframe", {}, case=True)
    assert not fits("/Data.*/", "data", {}, case=True)


def test_a_pattern_has_to_match_the_whole_answer() -> None:
    assert fits("/colou?r/", "Color", {}, case=False)
    assert not fits("/colou?r/", "colors", {}, case=False)


@pytest.mark.parametrize("pattern", ["/(a+)+/", "/(a|aa)*b/", "/((a?)b)*/", "/(a*){20}/", "/(?:x+x+)+y/", "/([ab]+)*c/",
                                     "/(a?){30}/", "/((a|b)c)+/"])  # fmt: skip
def test_a_pattern_that_could_last_for_years_is_refused(pattern: str) -> None:
    assert "repeats a group that repeats or chooses" in problem(pattern)


def test_a_pattern_with_many_endless_repeats_is_refused() -> None:
    assert "repeats without end 5 times, 3 are allowed" in problem("/.*.*.*.*.*x/")


@pytest.mark.parametrize("pattern", ["/colou?r/", "/(the )?(mean|median)/", r"/\d{4}-\d{2}/", r"/a\+b\*c+/", "/[+*]{3}/",
                                     "/(abc)+/", "/(?P<x>ab){2}/", "plain (a+)+"])  # fmt: skip
def test_a_harmless_pattern_is_taken(pattern: str) -> None:
    assert problem(pattern) == ""


def test_a_broken_pattern_is_told() -> None:
    assert problem("/(a/").startswith("/(a/ is no regular expression: missing )")


def test_the_worst_answer_to_the_worst_pattern_is_judged_at_once() -> None:
    assert not fits("/a*a*a*b/", "a" * MOST_LETTERS, {}, case=False)


def test_a_text_that_is_too_long_is_told() -> None:
    with pytest.raises(MalformedAnswerError, match="200 letters at most"):
        line("x" * 201)


def test_a_pattern_alone_needs_an_answer_to_show() -> None:
    item = parse("%%quiz q kind=text\nWhat?\n= /a+/\n")
    assert "no answer stands in full letters" in check(item)[0]
