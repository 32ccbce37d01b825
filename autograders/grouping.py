"""Tests for the lesson "Grouping and summarising"."""

import pandas as pd
import pytest

from course import hint, misconception, points, public

PLANNED = pd.DataFrame(
    {
        "origin": ["EWR", "EWR", "EWR", "EWR", "JFK", "JFK", "LGA"],
        "dest": ["X", "Y", "X", "Y", "X", "Y", "X"],
        "dep_delay": [10.0, None, 31.0, None, -4.0, 0.0, None],
    }
)

CARRIERS = pd.DataFrame(
    {
        "carrier": ["AA", "AA", "AA", "BB", "BB", "BB", "CC", "CC", "DD"],
        "dep_delay": [0.0, 2.0, 300.0, 5.0, 8.0, 7.0, 50.0, None, 400.0],
    }
)


@public
@points(1, question="delay-by")
@hint("Which of `size`, `count` and `mean` counts rows, and which counts known values?")
@misconception(
    "The columns should be flights, known and mean_delay, in this order.",
    when=lambda delay_by: (
        list(delay_by(PLANNED, "origin").columns) != ["flights", "known", "mean_delay"]
    ),
)
def test_two_groups(delay_by):
    table = pd.DataFrame({"origin": ["JFK", "LGA", "JFK"], "dep_delay": [10.0, 7.0, 20.0]})
    result = delay_by(table, "origin")
    assert list(result.columns) == ["flights", "known", "mean_delay"]
    assert list(result.loc["JFK"]) == pytest.approx([2, 2, 15])
    assert list(result.loc["LGA"]) == pytest.approx([1, 1, 7])


@points(2, question="delay-by")
@misconception(
    "You counted only the known delays as flights. Cancelled flights count: use size.",
    when=lambda delay_by: delay_by(PLANNED, "origin").loc["EWR", "flights"] == 2,
)
@misconception(
    "You counted missing delays as known. The number of known values is count, not size.",
    when=lambda delay_by: delay_by(PLANNED, "origin").loc["EWR", "known"] == 4,
)
@misconception(
    "You divided by the number of all flights, or took a missing delay as 0.",
    when=lambda delay_by: delay_by(PLANNED, "origin").loc["EWR", "mean_delay"] == 10.25,
)
def test_cancelled_flights(delay_by):
    result = delay_by(PLANNED, "origin")
    assert list(result.loc["EWR"]) == pytest.approx([4, 2, 20.5])
    assert result.loc["LGA", "flights"] == 1
    assert result.loc["LGA", "known"] == 0
    assert pd.isna(result.loc["LGA", "mean_delay"])


@points(1, question="delay-by")
@misconception(
    "The column to group by is fixed in your code. Use the argument column.",
    when=lambda delay_by: "EWR" in list(delay_by(PLANNED, "dest").index),
)
def test_another_column(delay_by):
    result = delay_by(PLANNED, "dest")
    assert sorted(result.index) == ["X", "Y"]
    assert list(result["flights"]) == [4, 3]
    assert list(result["known"]) == [3, 1]
    assert result.loc["X", "mean_delay"] == pytest.approx(37 / 3)


@public
@points(1, question="typical-delay")
@misconception(
    "You returned the mean. One extreme delay moves it; the task asks for the median.",
    when=lambda typical_delay: typical_delay([1, 2, 600]) == 201,
)
def test_extreme_value(typical_delay):
    assert typical_delay([4, 600, -2]) == pytest.approx(4)


@points(1, question="typical-delay")
@misconception(
    "You took cancelled flights as 0 minutes late. They have no delay at all.",
    when=lambda typical_delay: typical_delay([10, None, 20, None, 30]) == 10,
)
@misconception(
    "You returned the mean. One extreme delay moves it; the task asks for the median.",
    when=lambda typical_delay: typical_delay([1, 2, 600]) == 201,
)
@misconception(
    "With an even number of delays, the median lies halfway between the middle two.",
    when=lambda typical_delay: typical_delay([1, 2, 4, 90]) in (2, 4),
)
def test_missing_entries_and_even_number(typical_delay):
    assert typical_delay([50, None, 20, None, 30, 900]) == pytest.approx(40)


@points(1, question="typical-delay")
@misconception(
    "Without any known delay you returned 0. That would say: on time. Return None.",
    when=lambda typical_delay: typical_delay([None, None]) == 0,
)
@misconception(
    "Without any known delay the median is a missing number (nan). Return None instead.",
    when=lambda typical_delay: typical_delay([]) != typical_delay([]),
)
def test_nothing_known(typical_delay):
    assert typical_delay([None, None]) is None
    assert typical_delay([]) is None


@public
@points(2, question="rank-carriers")
@hint("First make a table with two columns for each carrier: the known delays, and their median.")
@hint("Then keep the rows with enough of them, and sort by the median.")
@misconception(
    "You ranked by the mean, so one extreme delay decides the ranking.",
    when=lambda rank_carriers: rank_carriers(CARRIERS, 3)["AA"] > 100,
)
@misconception(
    "The ranking is the wrong way round. The largest median comes first.",
    when=lambda rank_carriers: list(rank_carriers(CARRIERS, 3)) == [2.0, 7.0],
)
def test_two_carriers(rank_carriers):
    table = pd.DataFrame({"carrier": ["P", "Q", "P", "Q"], "dep_delay": [1.0, 8.0, 3.0, 10.0]})
    ranking = rank_carriers(table, 2)
    assert list(ranking.index) == ["Q", "P"]
    assert list(ranking) == pytest.approx([9, 2])


@points(2, question="rank-carriers")
@misconception(
    "You ranked by the mean, so one extreme delay decides the ranking.",
    when=lambda rank_carriers: rank_carriers(CARRIERS, 3)["AA"] > 100,
)
@misconception(
    "Carriers with too few known delays are still in the ranking.",
    when=lambda rank_carriers: "DD" in list(rank_carriers(CARRIERS, 2).index),
)
@misconception(
    "You counted cancelled flights, too: CC has two flights but one known delay.",
    when=lambda rank_carriers: list(rank_carriers(CARRIERS, 2).index) == ["CC", "BB", "AA"],
)
@misconception(
    "'At least' includes the limit itself: use >= and not >.",
    when=lambda rank_carriers: "AA" not in list(rank_carriers(CARRIERS, 3).index),
)
def test_small_groups_are_left_out(rank_carriers):
    ranking = rank_carriers(CARRIERS, 2)
    assert list(ranking.index) == ["BB", "AA"]
    assert list(ranking) == pytest.approx([7, 2])
    assert list(rank_carriers(CARRIERS, 3).index) == ["BB", "AA"]


@points(1, question="rank-carriers")
def test_one_known_delay_or_no_carrier(rank_carriers):
    assert list(rank_carriers(CARRIERS, 1).index) == ["DD", "CC", "BB", "AA"]
    assert len(rank_carriers(CARRIERS, 10)) == 0
