"""Item analysis: the figures of established packages on published data, and what is said of an item."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from course.insight import answers, items
from course.model import Mark, Note, Outcome

DATA = Path(__file__).parents[1] / "data" / "items"
FIGURES = json.loads((DATA / "figures.json").read_text("utf-8"))


def lsat() -> pd.DataFrame:
    counted = pd.read_csv(DATA / "lsat6.csv", dtype={"pattern": str})
    rows = [
        list(map(float, pattern))
        for pattern, n in counted.itertuples(index=False)
        for _ in range(n)
    ]
    return pd.DataFrame(rows, columns=[f"item{number}" for number in range(1, 6)])


def test_difficulty_discrimination_and_alpha_are_those_of_rs_psych() -> None:
    scores = lsat()
    assert len(scores) == 1000
    assert items.difficulty(scores).tolist() == pytest.approx(FIGURES["difficulty"])
    assert items.discrimination(scores).tolist() == pytest.approx(
        FIGURES["discrimination"], abs=1e-8
    )
    assert items.alpha(scores) == pytest.approx(FIGURES["alpha"], abs=1e-8)
    assert items.alpha_without(scores).tolist() == pytest.approx(FIGURES["alpha_without"], abs=1e-8)


def test_odds_among_equals_are_those_of_rs_mantelhaen_test() -> None:
    counted = pd.read_csv(DATA / "admissions.csv")
    people = counted.loc[counted.index.repeat(counted["people"])].reset_index()
    found = items.odds(people["admitted"] == 1, people["sex"] == "male", people["department"])
    assert [found.value, found.low, found.high] == pytest.approx(FIGURES["odds"], abs=1e-9)


@pytest.mark.parametrize("example", FIGURES["newcombe"])
def test_a_difference_of_proportions_has_newcombes_interval(example: list[float]) -> None:
    right, n, others_right, others, low, high = example
    found = items.difference(int(right), int(n), int(others_right), int(others))
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@settings(deadline=None)
@given(n=some.integers(1, 500), data=some.data())
def test_an_interval_holds_its_own_figure_and_stays_in_bounds(
    n: int, data: some.DataObject
) -> None:
    right = data.draw(some.integers(0, n))
    found = items.wilson(right, n)
    assert -1e-12 <= found.low <= right / n + 1e-12
    assert right / n - 1e-12 <= found.high <= 1 + 1e-12
    apart = items.difference(right, n, n - right, n)
    assert -1 - 1e-9 <= apart.low <= apart.value <= apart.high <= 1 + 1e-9


# what is said -------------------------------------------------------------------------------------


def class_of(n: int = 40) -> pd.DataFrame:
    """Return learners by five items: three that agree, one whose key is wrong, one that all get right."""
    rows = [
        [float(p >= n * cut) for cut in (0.3, 0.5, 0.7)] + [float(p < n * 0.5), 1.0]
        for p in range(n)
    ]
    names = [f"l{p:02}" for p in range(n)]
    return pd.DataFrame(rows, index=names, columns=["good1", "good2", "good3", "wrong-key", "easy"])


def flags(found: pd.DataFrame) -> dict[str, list[str]]:
    return dict(zip(found["item"], found["flags"], strict=True))


def test_a_wrong_key_and_an_item_that_tells_little_are_flagged_with_the_reason() -> None:
    said = flags(items.analyse(class_of()))
    assert "strong-fail" in said["wrong-key"]
    assert said["easy"] == ["easy"]
    assert said["good2"] == []
    assert items.CAUSES["strong-fail"].startswith("the strong fail it: look at the key")


def test_a_wrong_answer_that_more_gave_than_the_right_one_is_flagged() -> None:
    wrong = pd.Series({"good3": [("took the sum", 25), ("left it", 3)]}, dtype=object)
    found = items.analyse(class_of(), wrong)
    assert flags(found)["good3"] == ["lure"]
    assert found.set_index("item").loc["good3", "wrong"] == [("took the sum", 25), ("left it", 3)]


def test_hints_that_most_need_are_flagged_and_time_is_a_median() -> None:
    scores = class_of()
    hinted = pd.DataFrame({"good1": [True] * 30 + [False] * 10}, index=scores.index)
    minutes = pd.DataFrame({"good1": [1.0, 2.0, 30.0] + [math.nan] * 37}, index=scores.index)
    row = items.analyse(scores, minutes=minutes, hinted=hinted).set_index("item").loc["good1"]
    assert (row["flags"], row["minutes"], row["hinted"]) == (["hints"], 2.0, 0.75)


def test_a_group_that_fails_where_its_equals_do_not_is_flagged_and_only_there() -> None:
    n = 200
    skill = [p // 2 / (n // 2) for p in range(n)]
    group = pd.Series(
        ["red" if p % 2 else "blue" for p in range(n)], index=[f"l{p:03}" for p in range(n)]
    )
    rows = {f"fair{cut}": [float(each >= cut / 10) for each in skill] for cut in (2, 4, 6, 8)}
    rows["unfair"] = [float(each >= (0.75 if p % 2 else 0.35)) for p, each in enumerate(skill)]
    scores = pd.DataFrame(rows, index=group.index)
    said = flags(items.analyse(scores, group=group))
    assert "group" in said["unfair"]
    assert [name for name, all_ in said.items() if "group" in all_] == ["unfair"]
    apart = items.groups(scores, group).set_index(["item", "group"])
    assert apart.loc[("unfair", "red"), "high"] < 0 < apart.loc[("unfair", "blue"), "low"]


def test_few_answers_are_never_flagged() -> None:
    assert all(not each for each in flags(items.analyse(class_of().iloc[::5])).values())


def test_what_nobody_judged_is_not_counted_as_wrong() -> None:
    scores = class_of()
    scores.loc[scores.index[:10], "good1"] = math.nan
    found = items.analyse(scores).set_index("item")
    assert (found.loc["good1", "answered"], found.loc["good1", "difficulty"]) == (30, 28 / 30)


@pytest.mark.parametrize(
    "scores",
    [pd.DataFrame(), pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.0, 1.0], "b": [0.0, 0.0]})],
)
def test_nothing_and_little_give_no_figures_and_no_warnings(scores: pd.DataFrame) -> None:
    found = items.analyse(scores)
    assert math.isnan(found.attrs["alpha"])
    assert len(found) == scores.shape[1]


@settings(deadline=None, max_examples=20)
@given(some.permutations(range(40)))
def test_the_order_of_learners_changes_no_figure(order: list[int]) -> None:
    scores = class_of()
    pd.testing.assert_series_equal(
        items.discrimination(scores.iloc[list(order)]), items.discrimination(scores)
    )


# from marks ---------------------------------------------------------------------------------------


def mark(who: str, question: str, points: float | None, text: str = "") -> Mark:
    outcome = Outcome.FAILED if points == 0 else Outcome.PASSED
    notes = (Note("t", outcome, points or 0.0, 2.0, text),)
    return Mark(who, "lesson", question, points, 2.0, outcome.value, notes=notes)


def test_marks_become_shares_and_wrong_answers_are_counted() -> None:
    marks = [mark("ana", "b", 2), mark("ana", "a", 0, "sum"), mark("ben", "b", None), mark("ben", "a", 0, "sum"),
             mark("cleo", "b", 1), mark("cleo", "a", 0, "max")]  # fmt: skip
    scores = answers.scores(marks)
    assert list(scores.columns) == ["b", "a"]
    assert scores.loc["cleo"].tolist() == [0.5, 0.0]
    assert math.isnan(scores.loc["ben", "b"])
    assert answers.wrong(marks)["a"] == [("sum", 2), ("max", 1)]
