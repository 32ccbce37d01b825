"""Tests for the lesson "Handling personal data at work". All people are invented."""

import pandas as pd

from course import hint, misconception, points, public

VISITS = pd.DataFrame(
    {
        "staff_id": [31, 32, 31, 33, 34],
        "name": ["Ada Brook", "Ben Cole", "Ada Brook", "Cy Dunn", "Di Ember"],
        "city": ["Rome", "Oslo", "Bern", "Oslo", "Rome"],
        "email": ["a@example.org", "b@example.org", "a@example.org", "c@example.org", None],
        "hours": [2, 5, 1, 4, 3],
    }
)
CODES = {31: "P7", 32: "X2", 34: "B9"}

MEALS = pd.DataFrame(
    {"meal": ["soup", "soup", "fish", "rice", "rice", "rice", None, None, None, None]}
)


@public
@points(1, question="for-trainer")
@misconception(
    "You passed on more columns than the trainer needs.",
    when=lambda for_trainer: for_trainer.shape[1] > 1,
)
@misconception(
    "This is a Series. Use a list of column names to get a DataFrame.",
    when=lambda for_trainer: isinstance(for_trainer, pd.Series),
)
def test_only_the_needed_column(for_trainer):
    assert isinstance(for_trainer, pd.DataFrame)
    assert list(for_trainer.columns) == ["email"]


@points(1, question="for-trainer")
@misconception(
    "You passed on people of other teams as well. The trainer teaches Planning only.",
    when=lambda for_trainer: len(for_trainer) == 24,
)
def test_only_the_needed_rows(for_trainer):
    assert sorted(for_trainer["email"]) == [
        "dario.fenwick@example.org",
        "elin.marchetti@example.org",
        "farid.osterman@example.org",
        "nils.aberforth@example.org",
        "olga.petrassian@example.org",
        "umut.garrison@example.org",
        "vera.lockhart@example.org",
    ]


@public
@points(1, question="safe-counts")
@hint("`value_counts()` counts each value; which of the counts may stay?")
def test_single_person_is_left_out(safe_counts):
    table = pd.DataFrame({"site": ["A", "B", "A", "A", "C", "C", "C"]})
    assert dict(safe_counts(table, "site", 2)) == {"A": 3, "C": 3}


@points(2, question="safe-counts")
@misconception(
    "A group of exactly at_least rows is large enough: leave out only smaller ones.",
    when=lambda safe_counts: dict(safe_counts(MEALS, "meal", 2)) == {"rice": 3},
)
@misconception(
    "Small groups are still in the result. A count of 1 points to a person.",
    when=lambda safe_counts: "fish" in list(safe_counts(MEALS, "meal", 2).index),
)
@misconception(
    "You counted the rows with a missing value as a group.",
    when=lambda safe_counts: 4 in list(safe_counts(MEALS, "meal", 2)),
)
def test_limit_missing_and_empty(safe_counts):
    assert dict(safe_counts(MEALS, "meal", 2)) == {"soup": 2, "rice": 3}
    assert dict(safe_counts(MEALS, "meal", 3)) == {"rice": 3}
    assert len(safe_counts(MEALS, "meal", 4)) == 0


@public
@points(1, question="pseudonymise")
@hint("Take away the columns that name people first.")
@hint('`insert(0, "code", …)` puts a column in front.')
@misconception(
    "The result still holds staff_id, name or email.",
    when=lambda pseudonymise: bool(
        {"staff_id", "name", "email"} & set(pseudonymise(VISITS, CODES).columns)
    ),
)
@misconception(
    "The columns are right, but code does not come first.",
    when=lambda pseudonymise: list(pseudonymise(VISITS, CODES).columns)[-1] == "code",
)
def test_columns(pseudonymise):
    table = pd.DataFrame(
        {"staff_id": [1], "name": ["Eve Fox"], "email": ["e@example.org"], "team": ["Sales"]}
    )
    result = pseudonymise(table, {1: "Z5"})
    assert list(result.columns) == ["code", "team"]
    assert list(result["code"]) == ["Z5"]


@points(2, question="pseudonymise")
@misconception(
    "The row of a person without a code was passed on. Leave such rows out.",
    when=lambda pseudonymise: len(pseudonymise(VISITS, CODES)) == 5,
)
@misconception(
    "A person with several rows lost some. Each row of a person stays, with the same code.",
    when=lambda pseudonymise: len(pseudonymise(VISITS, CODES)) < 4,
)
def test_every_row_of_a_person_and_no_unknown_one(pseudonymise):
    result = pseudonymise(VISITS, CODES)
    assert list(result["code"]) == ["P7", "X2", "P7", "B9"]
    assert list(result["hours"]) == [2, 5, 1, 3]


@points(1, question="pseudonymise")
@misconception(
    "The rows still carry their old numbers. Use .reset_index(drop=True).",
    when=lambda pseudonymise: list(pseudonymise(VISITS, CODES).index) == [0, 1, 2, 4],
)
def test_other_columns_and_new_numbering(pseudonymise):
    result = pseudonymise(VISITS, CODES)
    assert list(result.columns) == ["code", "city", "hours"]
    assert list(result["city"]) == ["Rome", "Oslo", "Bern", "Rome"]
    assert list(result.index) == [0, 1, 2, 3]
