"""Tests for the lesson "Cleaning"."""

import pandas as pd

from course import hint, misconception, points, public

ARRIVALS = pd.DataFrame(
    {
        "flight": [10, 20, 30, 40, 50, 60],
        "arr_delay": [5.0, -999.0, None, -12.0, 0.0, 240.0],
        "gate": ["A1", "B2", "C3", None, "D4", None],
    }
)


def numbers(series):
    """Return the values as a list of floats, None for a missing value."""
    return [None if pd.isna(value) else float(value) for value in series]


@public
@points(1, question="keep-arrived")
@hint('Which rows does `table["arr_delay"].notna()` mark?')
@hint('The -999 needs a condition of its own: `table["arr_delay"] != -999`. Both must hold.')
def test_missing_and_coded_delays_go(keep_arrived):
    table = pd.DataFrame({"flight": [1, 2, 3], "arr_delay": [12.0, None, -999.0]})
    assert list(keep_arrived(table)["flight"]) == [1]


@points(2, question="keep-arrived")
@misconception(
    "You dropped rows because another column was missing. Only arr_delay decides.",
    when=lambda keep_arrived: 60 not in list(keep_arrived(ARRIVALS)["flight"]),
)
@misconception(
    "The coded value -999 is still in the table: it means missing, too.",
    when=lambda keep_arrived: -999 in list(keep_arrived(ARRIVALS)["arr_delay"]),
)
@misconception(
    "You dropped all negative delays. A flight that arrived 12 minutes early has arrived.",
    when=lambda keep_arrived: (
        40 not in list(keep_arrived(ARRIVALS)["flight"])
        and 60 in list(keep_arrived(ARRIVALS)["flight"])
    ),
)
def test_other_columns_may_be_missing_and_early_flights_stay(keep_arrived):
    result = keep_arrived(ARRIVALS)
    assert list(result["flight"]) == [10, 40, 50, 60]
    assert list(result.columns) == ["flight", "arr_delay", "gate"]


@points(1, question="keep-arrived")
def test_no_row_may_be_left(keep_arrived):
    result = keep_arrived(pd.DataFrame({"arr_delay": [-999.0, None], "flight": [7, 8]}))
    assert len(result) == 0


@public
@points(1, question="to-miles")
@misconception(
    "The comma in 2,475 is still there when you make numbers, so the text cannot be read.",
    when=lambda to_miles: numbers(to_miles(pd.Series(["187 mi", "2,475 mi"]))) == [187.0, None],
)
def test_plain_and_comma(to_miles):
    result = to_miles(pd.Series(["187 mi", "2,475 mi"]))
    assert numbers(result) == [187.0, 2475.0]


@points(2, question="to-miles")
@misconception(
    "You filled what cannot be read with a number. It should stay missing.",
    when=lambda to_miles: numbers(to_miles(pd.Series(["5 mi", "unknown"])))[1] is not None,
)
@misconception(
    "You left out the rows that cannot be read. The result must have the same length.",
    when=lambda to_miles: len(to_miles(pd.Series(["5 mi", "unknown", None]))) < 3,
)
def test_unreadable_missing_and_spaces(to_miles):
    result = to_miles(pd.Series([" 80 mi ", None, "1,096 mi", "unknown", "12,000 mi"]))
    assert numbers(result) == [80.0, None, 1096.0, None, 12000.0]


@public
@points(1, question="to-minutes")
@hint('What do `clock.str[:2]` and `clock.str[2:]` give for "0517"?')
@hint("They are still text: `pd.to_numeric` makes numbers of them.")
@misconception(
    "You turned the four digits into one number. 0517 is 5 hours and 17 minutes.",
    when=lambda to_minutes: numbers(to_minutes(pd.Series(["0517"]))) == [517.0],
)
def test_morning_and_evening(to_minutes):
    assert numbers(to_minutes(pd.Series(["0517", "2030"]))) == [317.0, 1230.0]


@points(1, question="to-minutes")
@misconception(
    "You turned the four digits into one number. 0517 is 5 hours and 17 minutes.",
    when=lambda to_minutes: numbers(to_minutes(pd.Series(["1000"]))) == [1000.0],
)
@misconception(
    "2400 became 0. The task asks for 1440, the end of the day.",
    when=lambda to_minutes: numbers(to_minutes(pd.Series(["2400"]))) == [0.0],
)
def test_the_two_midnights(to_minutes):
    assert numbers(to_minutes(pd.Series(["0000", "2400", "0001"]))) == [0.0, 1440.0, 1.0]


@points(2, question="to-minutes")
@misconception(
    "You filled a missing time with 0. That would be midnight; it must stay missing.",
    when=lambda to_minutes: numbers(to_minutes(pd.Series(["0100", None]))) == [60.0, 0.0],
)
@misconception(
    "You dropped the missing times. The result must have one value for each time.",
    when=lambda to_minutes: len(to_minutes(pd.Series(["0100", None]))) == 1,
)
def test_missing_stays_missing(to_minutes):
    result = numbers(to_minutes(pd.Series(["0959", None, "1000"])))
    assert result == [599.0, None, 600.0]


@public
@points(1, question="tidy-origin")
@misconception(
    "Some codes still have a space behind them. Remove it with .str.strip().",
    when=lambda origin: any(str(code) != str(code).strip() for code in origin.unique()),
)
@misconception(
    "Some codes are still in lower case. Make capitals with .str.upper().",
    when=lambda origin: any(str(code) != str(code).upper() for code in origin.unique()),
)
def test_three_codes(origin):
    assert sorted(origin.unique()) == ["EWR", "JFK", "LGA"]


@points(1, question="tidy-origin")
@misconception(
    "The values are right, but the column is still text. Make it a category column.",
    when=lambda origin: str(origin.dtype) != "category",
)
@misconception(
    "You made the category before tidying, or kept old spellings among the categories.",
    when=lambda origin: len(origin.cat.categories) > 3 and origin.nunique() == 3,
)
def test_category_with_all_rows(origin):
    assert str(origin.dtype) == "category"
    assert list(origin.cat.categories) == ["EWR", "JFK", "LGA"]
    assert list(origin.value_counts()[["EWR", "JFK", "LGA"]]) == [379, 319, 302]
