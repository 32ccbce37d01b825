"""Agreement of graders against figures worked out by hand, and who is severe."""

import datetime as dt

import pytest

from course.review.agreement import Given, agreement, graders, kappa, sampled


def table(both: int, first: int, second: int, neither: int) -> list[tuple[bool, bool]]:
    return (
        [(True, True)] * both + [(True, False)] * first
        + [(False, True)] * second + [(False, False)] * neither
    )  # fmt: skip


def test_kappa_is_what_a_hand_makes_of_cohens_formula() -> None:
    # p_o = 35/50, p_e = (25*30 + 25*20)/2500 = 0.5
    assert kappa(table(20, 5, 10, 15)) == pytest.approx(0.4)
    assert kappa(table(5, 0, 0, 5)) == 1.0
    assert kappa(table(0, 5, 5, 0)) == -1.0
    assert kappa(table(25, 25, 25, 25)) == 0.0


FIRST, SECOND = "422521311511212311215221121215", "423521311542242311235421421235"
"""Diagnoses of 30 patients by two raters: J. L. Fleiss, Measuring nominal scale agreement among many raters,
Psychological Bulletin 76 (1971), 378-382, as R's package irr has them (`diagnoses[, 1:2]`)."""


def test_kappa_is_that_of_established_packages_on_published_diagnoses() -> None:
    # by diagnosis: sklearn.metrics.cohen_kappa_score of scikit-learn 1.9.1
    expected = {"1": 0.569378, "2": 0.769231, "3": 0.526316, "4": 0.294118, "5": 1.0}
    found, weights = {}, {}
    for each in expected:
        one, two = [a == each for a in FIRST], [b == each for b in SECOND]
        found[each] = kappa([*zip(one, two, strict=True)])
        p, q = sum(one) / 30, sum(two) / 30
        weights[each] = p * (1 - q) + q * (1 - p)
    assert found == pytest.approx(expected, abs=1e-6)
    # of all diagnoses: irr's kappa2 says 0.651; it is the mean of those by diagnosis, weighted by 1 - p_e (Fleiss,
    # Statistical Methods for Rates and Proportions, 1981, section 13.1)
    whole = sum((found[each] or 0) * weights[each] for each in expected) / sum(weights.values())
    assert whole == pytest.approx(0.651, abs=5e-4)


@pytest.mark.parametrize("pairs", [[], table(7, 0, 0, 0), table(0, 0, 0, 7)])
def test_kappa_is_not_told_where_chance_alone_would_always_agree(
    pairs: list[tuple[bool, bool]],
) -> None:
    assert kappa(pairs) is None


def test_agreement_is_told_item_by_item() -> None:
    readings = [({"aim"}, {"aim"}), ({"aim", "why"}, {"aim"}), (set(), {"why"}), (set(), set())]
    aim, why = agreement(["aim", "why"], readings)
    assert (aim.answers, aim.share, aim.kappa) == (4, 1.0, 1.0)
    assert (why.share, why.kappa) == (0.5, pytest.approx(-1 / 3))
    (none,) = agreement(["aim"], [])
    assert (none.answers, none.share, none.kappa) == (0, None, None)


def test_who_gives_less_than_others_on_the_same_questions_is_severe() -> None:
    day = dt.timedelta(days=1)
    hard, mild = graders([
        Given("hard", "a", 0.4, day), Given("mild", "a", 0.8, 3 * day),
        Given("hard", "a", 0.6, 5 * day), Given("mild", "b", 0.1),
    ])  # fmt: skip
    assert (hard.name, hard.marked, hard.turnaround) == ("hard", 2, 3 * day)
    assert hard.severity == pytest.approx(0.1)
    assert mild.severity == pytest.approx(-0.1)
    assert graders([]) == []


def test_a_sample_is_always_the_same_and_about_as_large_as_asked() -> None:
    answers = [f"answer {number}" for number in range(2000)]
    chosen = {each for each in answers if sampled(each, 0.1, seed=7)}
    assert 150 < len(chosen) < 250
    assert chosen == {each for each in answers if sampled(each, 0.1, seed=7)}
    assert chosen <= {each for each in answers if sampled(each, 0.2, seed=7)}
    assert chosen != {each for each in answers if sampled(each, 0.1, seed=8)}
    assert sampled("x", 1.0)
    assert not sampled("x", 0.0)
