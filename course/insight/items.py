"""How good the items of a test are: classical item analysis on a frame of learners by items. Pure.

Scores are shares of an item's points, 0 to 1; missing where nobody has judged, which is never 0.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

Frame = pd.DataFrame
FEW = 10
"""Answers below which nothing is said of an item but how many there are."""
WEAK = 0.15
"""Discrimination below which an item hardly tells the strong from the weak (Ebel & Frisbie 1991, ch. 13: 0.2)."""
GOOD = 0.3
"""Discrimination from which on an item is good (as above): one that may be, by its interval, is not called flat."""
EASY, HARD = 0.95, 0.25
CAUSES = {
    "strong-fail": "the strong fail it: look at the key, or at the tests",
    "flat": "it hardly tells those who do well elsewhere from the others: is it about the same thing?",
    "easy": "nearly all get it right: it tells little",
    "hard": "few get it right: was it taught, and does the text say what is asked?",
    "odd": "the lesson's marks would agree better without it",
    "lure": "more gave this answer than the right one: look at the key, or take it up in the lesson",
    "hints": "most need a hint: the text may leave something out",
    "group": "a group gets it right less often than others who do as well elsewhere: is something in it that only others know?",
}  # fmt: skip
"""What a flag means, and what to look at."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its uncertainty."""

    value: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Tell whether a value lies in it."""
        return self.low <= value <= self.high


def difficulty(scores: Frame) -> "pd.Series[float]":
    """Return the mean score of each item, 0 to 1; high is easy (Lord & Novick 1968, ch. 15)."""
    return scores.mean()


def discrimination(scores: Frame) -> "pd.Series[float]":
    """Return the corrected item-total correlation of each item, -1 to 1.

    It is Pearson's correlation of the item with the mean of the others, so that an item does not
    agree with itself (Henrysson 1963). Who has not answered an item does not count for it.
    """
    return pd.Series({
        name: _correlation(scores[name], scores.drop(columns=name).mean(axis=1)) for name in scores
    }, dtype=float)  # fmt: skip


def correlation_interval(r: float, n: int, level: float = 0.95) -> Interval:
    """Return a correlation with its interval by Fisher's z (Fisher 1921); all of -1 to 1 for fewer than 4."""
    if math.isnan(r) or n <= 3:  # noqa: PLR2004  the formula's own
        return Interval(r, -1.0, 1.0)
    z, half = np.arctanh(np.clip(r, -0.999999, 0.999999)), _quantile(level) / math.sqrt(n - 3)
    return Interval(r, float(np.tanh(z - half)), float(np.tanh(z + half)))


def alpha(scores: Frame) -> float:
    """Return Cronbach's alpha over those who answered everything (Cronbach 1951, formula 2).

    It is not a number for fewer than two items, or where nobody differs.
    """
    whole = scores.dropna()
    count, total = whole.shape[1], float(whole.sum(axis=1).var())
    if count < 2 or len(whole) < 2 or not total:  # noqa: PLR2004  it needs two of each
        return math.nan
    return count / (count - 1) * (1 - float(whole.var().sum()) / total)


def alpha_without(scores: Frame) -> "pd.Series[float]":
    """Return what alpha would be without each item, over those who answered everything."""
    whole = scores.dropna()
    return pd.Series({name: alpha(whole.drop(columns=name)) for name in scores}, dtype=float)


# differences between groups -----------------------------------------------------------------------


def wilson(right: int, n: int, level: float = 0.95) -> Interval:
    """Return a proportion with its score interval (Wilson 1927), without continuity correction."""
    if not n:
        return Interval(math.nan, 0.0, 1.0)
    z, share = _quantile(level), right / n
    middle = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return Interval(share, (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n))


def difference(right: int, n: int, others_right: int, others: int, level: float = 0.95) -> Interval:
    """Return a difference of two proportions with its hybrid score interval (Newcombe 1998, method 10)."""
    one, two = wilson(right, n, level), wilson(others_right, others, level)
    apart = one.value - two.value
    low = math.hypot(one.value - one.low, two.high - two.value)
    high = math.hypot(one.high - one.value, two.value - two.low)
    return Interval(apart, apart - low, apart + high)


def odds(right: "pd.Series[Any]", member: "pd.Series[Any]", stratum: "pd.Series[Any]",
         level: float = 0.95) -> Interval:  # fmt: skip
    """Return the odds of a group to be right over those of others who do as well elsewhere.

    The common odds ratio of Mantel & Haenszel (1959) over strata, as used for differential item
    functioning by Holland & Thayer (1988); its interval by the variance of Robins, Breslow &
    Greenland (1986). 1 is no difference; not a number where the strata leave nothing to compare.

    Args:
        right, member: True or False for each learner: right, and in the group.
        stratum: how well each does elsewhere.
    """
    data = pd.DataFrame({"right": right, "member": member, "stratum": stratum}).dropna()
    table = _cells(data["right"], data["member"], data["stratum"])
    if not len(table) or not table[:, ::2].sum() or not table[:, 1::2].sum():
        return Interval(math.nan, 0.0, math.inf)
    if not (table[:, 0] * table[:, 3]).sum() or not (table[:, 1] * table[:, 2]).sum():
        table += 0.5  # no ratio can be told without it (Haldane 1956)
    a, b, c, d = table.T
    n = a + b + c + d
    r, s, p, q = a * d / n, b * c / n, (a + d) / n, (b + c) / n
    ratio = r.sum() / s.sum()
    spread = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    factor = math.exp(_quantile(level) * math.sqrt(spread))
    return Interval(float(ratio), float(ratio / factor), float(ratio * factor))


def groups(scores: Frame, group: "pd.Series[str]", level: float = 0.95, strata: int = 4) -> Frame:
    """Return how each group does in each item, compared with all others.

    Equals are those who do as well in the other items, without those that a first look finds to
    differ between groups themselves (the two steps of Holland & Thayer 1988, p. 133).

    Args:
        scores: learners by items.
        group: each learner's group; empty is none.
        strata: into how many parts learners are put by how well they do in the other items.

    Returns:
        one row per item and group: ``item``, ``group``, ``n``, ``share`` (right, 0 to 1), ``difference``
        to the others with ``low`` and ``high``, and ``odds``, ``odds_low``, ``odds_high`` among equals.
    """
    first = pd.DataFrame(_compared(scores, scores, group, level, strata), columns=_COMPARED)
    differs = first[(first["odds_low"] > 1) | (first["odds_high"] < 1)]["item"]
    fair = scores.drop(columns=differs.unique())
    if differs.empty or fair.shape[1] < 2:  # noqa: PLR2004  too few to say who is equal
        return first
    return pd.DataFrame(_compared(scores, fair, group, level, strata), columns=_COMPARED)


_COMPARED = [
    "item",
    "group",
    "n",
    "share",
    "difference",
    "low",
    "high",
    "odds",
    "odds_low",
    "odds_high",
]


def _compared(
    scores: Frame, by: Frame, group: "pd.Series[str]", level: float, strata: int
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of `groups`; ``by`` are the items that say who is equal."""
    for item in scores:
        answered = scores[item].dropna()
        right = answered >= 1
        rest = by.drop(columns=item, errors="ignore").mean(axis=1).reindex(answered.index)
        stratum = pd.qcut(rest.rank(method="average"), strata, labels=False, duplicates="drop")
        named = group.reindex(answered.index).fillna("")
        for name in sorted(set(named) - {""}):
            member = named == name
            mine, others = right[member], right[~member]
            apart = difference(int(mine.sum()), len(mine), int(others.sum()), len(others), level)
            ratio = odds(right, member, stratum, level)
            yield (item, name, len(mine), mine.mean(), apart.value, apart.low, apart.high,
                   ratio.value, ratio.low, ratio.high)  # fmt: skip


# all of it ----------------------------------------------------------------------------------------


def analyse(scores: Frame, wrong: "pd.Series[Any] | None" = None, minutes: Frame | None = None,
            hinted: Frame | None = None, group: "pd.Series[str] | None" = None) -> Frame:  # fmt: skip
    """Return one row per item, in the order of the columns.

    Args:
        scores: learners by items, shares of the points; missing while nobody has judged.
        wrong: for each item its wrong answers, as pairs of text and how many gave it, the most first.
        minutes, hinted: learners by items: the time taken, and whether a hint was.
        group: each learner's group.

    Returns:
        ``item``, ``answered``, ``difficulty``, ``discrimination`` with ``low`` and ``high``, ``alpha_without``,
        ``minutes`` (median), ``hinted`` (share, 0 to 1), ``wrong`` and ``flags`` (names, see CAUSES).
        ``attrs["alpha"]`` is that of all items.
    """
    whole, hard, r = alpha(scores), difficulty(scores), discrimination(scores)
    without = alpha_without(scores)
    apart = _apart(scores, group)
    rows = []
    for name in map(str, scores.columns):
        n = int(scores[name].count())
        near = correlation_interval(r[name], n)
        row = {
            "item": name, "answered": n, "difficulty": hard[name], "discrimination": r[name],
            "low": near.low, "high": near.high, "alpha_without": without[name],
            "minutes": _of(minutes, name, "median"), "hinted": _of(hinted, name, "mean"),
            "wrong": list(wrong[name]) if wrong is not None and name in wrong.index else [],
        }  # fmt: skip
        behind = apart[(apart["item"] == name) & (apart["odds_high"] < 1)]
        right = int((scores[name] >= 1).sum())
        rows.append({**row, "flags": _flags(row, whole, right, len(behind))})
    found = pd.DataFrame(rows)
    found.attrs["alpha"] = whole
    return found


def _apart(scores: Frame, group: "pd.Series[str] | None") -> Frame:
    """Return how groups differ, with intervals so wide that of all of them only one in twenty times any is wrong.

    That is Bonferroni's correction (Dunn 1961): of five groups and a hundred items, many would differ by chance.
    """
    if group is None:
        return pd.DataFrame(columns=_COMPARED)
    compared = scores.shape[1] * len(set(group.fillna("")) - {""})
    return groups(scores, group, 1 - 0.05 / max(compared, 1))


def _flags(row: dict[str, Any], whole: float, right: int, behind: int) -> list[str]:
    if row["answered"] < FEW:
        return []
    r, hard = row["discrimination"], row["difficulty"]
    signs = {
        "strong-fail": r < 0 and row["high"] < WEAK,
        "flat": 0 <= r < WEAK and row["high"] < GOOD and HARD < hard < EASY,
        "easy": hard > EASY,
        "hard": hard < HARD,
        "odd": r < WEAK and row["alpha_without"] - whole > 0.02,  # noqa: PLR2004  more than rounding
        "lure": bool(row["wrong"]) and row["wrong"][0][1] > right,
        "hints": row["hinted"] > 0.5,  # noqa: PLR2004  most
        "group": bool(behind),
    }
    return [name for name, shown in signs.items() if shown]


def _of(frame: Frame | None, name: Any, how: str) -> float:
    if frame is None or name not in frame or not frame[name].count():
        return math.nan
    return float(getattr(frame[name].dropna().astype(float), how)())


def _correlation(one: "pd.Series[Any]", other: "pd.Series[Any]") -> float:
    both = pd.DataFrame({"one": one, "other": other}).dropna().astype(float)
    if len(both) < 3 or both["one"].std() < 1e-12 or both["other"].std() < 1e-12:  # noqa: PLR2004  two are a line
        return math.nan
    return float(both["one"].corr(both["other"]))


def _cells(right: "pd.Series[Any]", member: "pd.Series[Any]", stratum: "pd.Series[Any]") -> Any:
    """Return of each stratum with both sides: members right and wrong, others right and wrong."""
    codes, names = pd.factorize(stratum)
    places = codes * 4 + np.where(member.astype(bool), 0, 2) + np.where(right.astype(bool), 0, 1)
    table = np.bincount(places, minlength=4 * len(names)).reshape(-1, 4).astype(float)
    return table[(table[:, :2].sum(axis=1) > 0) & (table[:, 2:].sum(axis=1) > 0)]


def _quantile(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
