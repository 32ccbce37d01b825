"""Similar answers: found whatever they call things, and never what all of them share."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from course.review.similarity import similar, tokens

LOOP = '''
def total(rows):
    """Sum."""
    result = 0
    for row in rows:
        if row["delay"] > 15 and row["carrier"] != "XX":
            result += row["delay"] * 2
    return result / max(len(rows), 1)
'''
RENAMED = """
def total(data):   # my own work
    s = 0

    for r in data:
        if r["delay"] > 15 and r["carrier"] != "XX":
            s += r["delay"] * 2
    return s / max(len(data), 1)
"""
FRAME = """
import pandas as pd
def total(rows):
    frame = pd.DataFrame(rows)
    late = frame[(frame["delay"] > 15) & (frame.carrier != "XX")]
    return late["delay"].mul(2).sum() / max(len(frame), 1)
"""
STARTER = "def total(rows):\n    pass\n"


def test_names_comments_and_layout_make_no_difference() -> None:
    (found,) = similar({"ana": LOOP, "ben": RENAMED, "cleo": FRAME}, STARTER)
    assert found.learners == ("ana", "ben")
    assert found.share == 1
    assert set(found.lines[0]) == {4, 5, 6, 7, 8}


def test_part_of_one_in_a_longer_other_is_seen_with_its_lines() -> None:
    (found,) = similar({"ana": LOOP, "ben": FRAME + RENAMED.replace("total", "second")}, STARTER)
    assert found.share >= 0.8
    assert min(found.lines[1]) > 6


def test_starter_code_is_no_sign() -> None:
    assert similar({"ana": LOOP, "ben": RENAMED}, LOOP) == []


def test_what_most_have_is_no_sign() -> None:
    whole = {f"l{number}": LOOP for number in range(12)}
    assert similar(whole) == []
    two = {f"l{number}": FRAME for number in range(10)} | {"ana": LOOP, "ben": RENAMED}
    assert [one.learners for one in similar(two)] == [("ana", "ben")]


def test_one_liners_are_alike_by_nature_and_nothing_is_said() -> None:
    assert (
        similar({"ana": "mask = flights['delay'] > 15", "ben": "mask = flights['delay'] > 15"})
        == []
    )


def test_own_words_and_code_that_does_not_parse_are_compared_as_words() -> None:
    text = (
        "The median is not moved by a few very late flights, while the mean is pulled up by every one of them. "
        "So I would show the median to somebody who asks what a usual delay is, and the mean to who pays for fuel."
    )
    (found,) = similar(
        {"ana": text, "ben": f"I think this: {text.upper()}", "cleo": "No idea, sorry about that."}
    )
    assert found.learners == ("ana", "ben")
    broken = LOOP.replace("for row in rows:", "for row in rows")
    assert [one.learners for one in similar({"ana": broken, "ben": broken})] == [("ana", "ben")]


@pytest.mark.parametrize(
    "text", ["", "\0", "(" * 10_000, "x = 1\n" * 30_000, "é" * 100, "-" * 5000 + "1"]
)
def test_anything_can_be_handed_in(text: str) -> None:
    similar({"ana": text, "ben": text, "cleo": LOOP})


@settings(deadline=None, max_examples=20)
@given(some.randoms())
def test_the_order_of_learners_changes_nothing(random_: random.Random) -> None:
    answers = [("ana", LOOP), ("ben", RENAMED), ("cleo", FRAME), ("dan", FRAME + LOOP)]
    found = similar(dict(answers), STARTER)
    random_.shuffle(answers)
    assert similar(dict(answers), STARTER) == found


def test_a_token_knows_its_line() -> None:
    assert ("'delay'", 5) in tokens(LOOP.strip())
