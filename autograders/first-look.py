"""Tests for the lesson "A first look at a table"."""

import pandas as pd

from course import answer, hint, misconception, points, public

answer(
    "late-from",
    "A comparison with a missing value is False, so a flight that never left is not late. Whether it "
    "should count as late is a decision, and you write it down.",
    words=["cancel", "missing", "nan", "departure"],
)
answer(
    "late-from",
    "`and` needs one True or False, but a column holds many. Join the conditions with `&`, each in "
    "parentheses.",
    error="truth value of a Series is ambiguous",
)
answer(
    "boston-evening",
    "pandas looks for a column of exactly this name. Compare it with `list(flights.columns)`.",
    error="KeyError",
)

SMALL = pd.DataFrame(
    {
        "origin": ["JFK", "LGA", "JFK", "JFK", "EWR", "JFK"],
        "dest": ["BOS", "ORD", "LAX", "MIA", "BOS", "SFO"],
        "dep_delay": [75.0, 90.0, 60.0, None, 200.0, 61.0],
    }
)

GAPS = pd.DataFrame(
    {
        "a": [1.0, None, 3.0, None, 5.0],
        "b": ["x", None, "z", "w", "v"],
        "c": [None, None, 1.0, 2.0, 3.0],
        "d": [1, 2, 3, 4, 5],
    }
)


@public
@points(1, question="table-facts")
@hint("`table.shape` holds two of the three numbers.")
@hint(
    '`table.isna().any(axis="columns")` gives one `True` or `False` for each row. How do you count the `True`?'
)
@misconception(
    "You counted cells, not rows: a row with two missing cells counts once.",
    when=lambda table_facts: table_facts(GAPS)["incomplete"] == 5,
)
def test_facts_of_a_table_with_gaps(table_facts):
    table = pd.DataFrame({"city": ["Rome", None, "Oslo"], "rain": [12.5, 3.0, None]})
    facts = table_facts(table)
    assert facts["rows"] == 3
    assert facts["columns"] == 2
    assert facts["incomplete"] == 2


@points(2, question="table-facts")
@misconception(
    "You counted cells, not rows: a row with two missing cells counts once.",
    when=lambda table_facts: table_facts(GAPS)["incomplete"] == 5,
)
@misconception(
    "You counted the complete rows, not the incomplete ones.",
    when=lambda table_facts: table_facts(GAPS.iloc[2:])["incomplete"] == 2,
)
def test_a_row_counts_once(table_facts):
    facts = table_facts(GAPS)
    assert facts == {"rows": 5, "columns": 4, "incomplete": 3}
    assert table_facts(GAPS[["a", "d"]])["incomplete"] == 2


@points(1, question="table-facts")
@misconception(
    "You used the table flights instead of the table that was handed to the function.",
    when=lambda table_facts: table_facts(GAPS)["rows"] == 1000,
)
def test_table_without_rows(table_facts):
    facts = table_facts(GAPS.iloc[:0])
    assert facts == {"rows": 0, "columns": 4, "incomplete": 0}


@public
@points(1, question="late-from")
@hint("Write the two conditions one by one, and look at each with `.sum()`.")
@hint("Put each condition in parentheses, and `&` between them.")
@misconception(
    "You joined the conditions with | (or). Both must hold, so use &.",
    when=lambda late_from: len(late_from(SMALL, "JFK", 60)) == 6,
    see="Pick rows with a condition",
)
def test_late_from_jfk(late_from):
    table = pd.DataFrame({"origin": ["JFK", "LGA", "JFK"], "dep_delay": [45.0, 50.0, 5.0]})
    result = late_from(table, "JFK", 30)
    assert list(result["dep_delay"]) == [45.0]


@points(2, question="late-from")
@misconception(
    "You counted a delay of exactly the given minutes as late. Late means more than that.",
    when=lambda late_from: list(late_from(SMALL, "JFK", 60)["dep_delay"]) == [75.0, 60.0, 61.0],
)
@misconception(
    "A flight without a departure delay ended up among the late ones.",
    when=lambda late_from: list(late_from(SMALL, "JFK", 60)["dest"]) == ["BOS", "MIA", "SFO"],
)
@misconception(
    "The airport or the minutes are fixed in your code. Use the function's arguments.",
    when=lambda late_from: len(late_from(SMALL, "EWR", 100)) == len(late_from(SMALL, "JFK", 60)),
)
def test_exact_limit_missing_delay_and_order(late_from):
    result = late_from(SMALL, "JFK", 60)
    assert list(result["dest"]) == ["BOS", "SFO"]
    assert list(late_from(SMALL, "EWR", 100)["dest"]) == ["BOS"]


@points(1, question="late-from")
def test_all_columns_stay_and_no_row_may_fit(late_from):
    result = late_from(SMALL, "LGA", 500)
    assert len(result) == 0
    assert list(result.columns) == ["origin", "dest", "dep_delay"]


@public
@points(1, question="boston-evening")
@hint("`flights.loc[rows, columns]` takes both at once; `columns` is a list of names.")
@misconception(
    "The right columns are there, but not in the order the task asks for.",
    when=lambda boston_evening: (
        list(boston_evening.columns) != ["carrier", "flight", "origin", "sched_dep_time"]
        and set(boston_evening.columns) == {"carrier", "flight", "origin", "sched_dep_time"}
    ),
)
def test_columns(boston_evening):
    assert list(boston_evening.columns) == ["carrier", "flight", "origin", "sched_dep_time"]


@points(1, question="boston-evening")
@misconception(
    "You left out the flight planned for exactly 18:00. 'At 18:00 or later' includes it.",
    when=lambda boston_evening: 1800 not in list(boston_evening["sched_dep_time"]),
)
@misconception(
    "You used the actual departure. The question is about the planned time, sched_dep_time.",
    when=lambda boston_evening: min(boston_evening["sched_dep_time"]) < 1800,
)
def test_which_flights(boston_evening):
    expected = [418, 523, 551, 618, 718, 985, 985, 1049, 1049, 1243, 1248, 1762, 1762, 2144, 2158]
    assert sorted(boston_evening["flight"]) == expected


@points(1, question="boston-evening")
@misconception(
    "The flights are not in the order of their planned departure. Use sort_values.",
    when=lambda boston_evening: (
        list(boston_evening["sched_dep_time"])
        not in (
            sorted(boston_evening["sched_dep_time"]),
            sorted(boston_evening["sched_dep_time"], reverse=True),
        )
    ),
)
@misconception(
    "The rows are sorted the other way round: the latest flight comes first.",
    when=lambda boston_evening: (
        list(boston_evening["sched_dep_time"])
        == sorted(boston_evening["sched_dep_time"], reverse=True)
    ),
)
def test_order(boston_evening):
    times = list(boston_evening["sched_dep_time"])
    assert len(times) == 15
    assert times == sorted(times)
