"""How everybody stands with every objective, by the marks as they are now. Pure.

The rule is that of `course.insight.shown`, which judges what was returned, for one learner at a time;
here it is reckoned for all of them at once. Whether a must-correct question was answered right is
taken from the learner's record; a certificate judges the answer again.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from course.insight.columns import STATES, as_dicts, each_row, shaped

Frame = pd.DataFrame
_CELL = ["learner", "lesson", "objective"]
_ASKED = ["lesson", "notebook", "question"]


def rule(shares: Mapping[str, float], days: int | None) -> str:
    """Return the rule in words.

    Args:
        shares: lesson's title -> share of the points that shows the objective.
        days: how long it holds; None for ever.
    """
    same = len({*shares.values()}) <= 1
    needed = (
        f"{max(shares.values(), default=0):.0%} of the points" if same
        else ", ".join(f"{share:.0%} of the points in {lesson}" for lesson, share in shares.items())
    )  # fmt: skip
    held = "It does not lapse." if days is None else f"It holds for {days} days from the day on which the work was handed in."  # fmt: skip
    return (
        f"Shown: at least {needed} of the questions about it, and every must-correct question about it "
        f"answered right in the end{', in each of its lessons' if len(shares) > 1 else ''}. {held} "
        "Learning: something was handed in, and that is not so yet. While an answer waits for a person, nothing is shown."
    )  # fmt: skip


def by_lesson(
    learners: Frame, objectives: Frame, questions: Frame, attempts: Frame, marks: Frame, events: Frame,
    needed: Callable[[str, str], float], days: Callable[[str], int | None], now: dt.datetime,
) -> Frame:  # fmt: skip
    """Return the frame ``by_lesson``: a row for each learner, lesson and objective that it is about.

    Args:
        needed: share of the points that shows an objective in a lesson.
        days: how long an objective holds; None for ever.
        now: the moment for which it is told, with its zone.
    """
    pairs = objectives[["lesson", "objective"]].astype(str).drop_duplicates()
    cells = pd.DataFrame({"learner": learners["learner"].astype(str)}).merge(pairs, how="cross")
    asked = objectives.astype(dict.fromkeys([*_ASKED, "objective"], str))
    modes = questions.astype(dict.fromkeys([*_ASKED, "mode"], str))[[*_ASKED, "mode"]]
    asked = asked.merge(modes, on=_ASKED)
    found = cells.merge(_earned(marks, asked), on=_CELL, how="left").merge(_must(events, asked), on=_CELL, how="left")  # fmt: skip
    musts = asked[asked["mode"] == "must-correct"].groupby(["lesson", "objective"]).size().rename("must").reset_index()  # fmt: skip
    found = found.merge(musts, on=["lesson", "objective"], how="left").merge(_handed_in(attempts, events), on=["learner", "lesson"], how="left")  # fmt: skip
    found = found.fillna({"points": 0.0, "maximum": 0.0, "waiting": 0, "must": 0, "closed": 0})
    found["open"] = (found["must"] - found["closed"]).clip(lower=0)
    found["needed"] = [
        needed(*pair) for pair in zip(found["objective"], found["lesson"], strict=True)
    ]
    worth = found["maximum"] > 0
    found["share"] = np.where(worth & (found["waiting"] == 0), found["points"] / found["maximum"].where(worth, np.nan), np.nan)  # fmt: skip
    return shaped("by_lesson", _stated(found, worth, days, now))


def _stated(found: Frame, worth: "pd.Series[bool]", days: Callable[[str], int | None], now: dt.datetime) -> Frame:  # fmt: skip
    """Add state, since and until; as `course.insight.shown.state` has it."""
    begun = found["begun"].eq(True)  # noqa: FBT003  missing is not begun
    enough = ~worth | (found["share"] >= found["needed"])
    done = (
        begun
        & enough
        & (found["waiting"] == 0)
        & (found["open"] == 0)
        & (worth | (found["must"] > 0))
    )
    spans = {name: days(name) for name in found["objective"].unique()}
    span = pd.to_timedelta(found["objective"].map(spans).astype(float), unit="D")
    since = pd.to_datetime(found["submitted"], utc=True)
    until = (since + span).where(done)
    lapsed = done & (until < pd.Timestamp(now))
    state = np.select([lapsed, done, begun], ["lapsed", "shown", "learning"], "not started")
    return found.assign(state=pd.Categorical(state, STATES), since=since.where(done), until=until)


def standing(by_lesson: Frame) -> Frame:
    """Return the frame ``standing``: shown when each lesson shows it, lapsed as soon as one of them did."""
    data = by_lesson.assign(
        learner=by_lesson["learner"].astype(str), objective=by_lesson["objective"].astype(str), one=1,
        **{name: by_lesson["state"] == name for name in STATES}, blank=by_lesson["share"].isna() & (by_lesson["waiting"] > 0),
    )  # fmt: skip
    group = data.groupby(["learner", "objective"], sort=False)
    found = group.agg({
        **dict.fromkeys(STATES, "sum"), "one": "sum", "points": "sum", "maximum": "sum", "open": "sum", "blank": "any",
        "since": "max", "until": "min",
    }).reset_index()  # fmt: skip
    done = found["shown"] + found["lapsed"] == found["one"]
    state = np.select([done & (found["lapsed"] > 0), done, found["not started"] < found["one"]],
                      ["lapsed", "shown", "learning"], "not started")  # fmt: skip
    share = (found["points"] / found["maximum"].where(found["maximum"] > 0)).mask(found["blank"])
    return shaped("standing", found.assign(
        state=pd.Categorical(state, STATES), share=share, since=found["since"].where(done), until=found["until"].where(done)))  # fmt: skip


def evidence(
    learner: str, objectives: Frame, questions: Frame, attempts: Frame, marks: Frame, events: Frame
) -> Frame:  # fmt: skip
    """Return what a learner's states stand on: a row for each question about an objective, as they answered it.

    Returns:
        ``objective``, ``lesson``, ``notebook``, ``question``, ``title``, ``mode``, ``points``, ``maximum``, ``state``, ``by``
        (who or what judged), ``time`` and ``digest`` of the submission.
    """
    asked = objectives.astype(dict.fromkeys(["objective", *_ASKED], str))
    about = questions.astype(dict.fromkeys(_ASKED, str))[[*_ASKED, "title", "mode", "maximum"]]
    mine = marks[marks["learner"] == learner].astype(dict.fromkeys(_ASKED, str))
    works = attempts[(attempts["learner"] == learner) & attempts["stands"]].astype({"lesson": str})
    found = asked[["objective", *_ASKED]].merge(about, on=_ASKED).merge(
        mine[[*_ASKED, "points", "state", "grader", "time"]], on=_ASKED, how="left").merge(
        works[["lesson", "digest"]], on="lesson", how="left")  # fmt: skip
    right = _right(events[events["learner"] == learner])
    first = {(str(row.lesson), str(row.object)): row.time for row in each_row(right)}
    rows = [_judged(row, first.get((row["lesson"], row["question"]))) for row in as_dicts(found)]
    columns = ["objective", *_ASKED, "title", "mode", "points", "maximum", "state", "by", "time", "digest"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _judged(row: dict[str, Any], right: Any) -> dict[str, Any]:
    """Return a row of evidence with how the answer was judged, by whom and when.

    Args:
        right: when the question was first answered right, by the record; None for never.
    """
    state, by, at = row["state"], row["grader"], row["time"]
    if row["mode"] == "must-correct":
        open_now = "open" if isinstance(row["digest"], str) else ""
        state, by, at = open_now if right is None else "answered right", "the record", right
    elif not isinstance(state, str):
        state, by = "", ""
    return {**row, "state": state, "by": by or "", "time": None if at is None or pd.isna(at) else at}  # fmt: skip


def _earned(marks: Frame, asked: Frame) -> Frame:
    """Return points, maximum and waiting of each learner, lesson and objective."""
    places = pd.MultiIndex.from_frame(asked[_ASKED].drop_duplicates())
    number = _numbers(marks, places)
    held = pd.DataFrame(
        {
            "number": number,
            "learner": marks["learner"].cat.codes,
            "points": marks["points"].to_numpy(),
            "maximum": marks["maximum"].to_numpy(),
        }
    )
    about = pd.DataFrame({"number": places.get_indexer(pd.MultiIndex.from_frame(asked[_ASKED])),
                          "lesson": asked["lesson"].to_numpy(), "objective": asked["objective"].to_numpy()})  # fmt: skip
    about["cell"] = about.groupby(["lesson", "objective"]).ngroup()
    data = held[held["number"] >= 0].merge(about[["number", "cell"]], on="number")
    data["waiting"] = data["points"].isna()
    sums = data.groupby(["learner", "cell"])[["points", "maximum", "waiting"]].sum().reset_index()
    names = about.drop_duplicates("cell").set_index("cell")
    return pd.DataFrame({
        "learner": marks["learner"].cat.categories.to_numpy()[sums["learner"]],
        "lesson": names["lesson"].reindex(sums["cell"]).to_numpy(), "objective": names["objective"].reindex(sums["cell"]).to_numpy(),
        "points": sums["points"], "maximum": sums["maximum"], "waiting": sums["waiting"],
    }).astype(dict.fromkeys(_CELL, "object"))  # fmt: skip


def _numbers(marks: Frame, places: pd.MultiIndex) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return for each mark the number of its question among some, -1 for none of them."""
    codes = pd.MultiIndex.from_arrays([marks[name].cat.codes for name in _ASKED])
    known = codes.unique()
    names = pd.MultiIndex.from_tuples(
        [tuple(str(marks[name].cat.categories[code]) for name, code in zip(_ASKED, row, strict=True)) for row in known], names=_ASKED,
    ) if len(known) else places[:0]  # fmt: skip
    found = (
        places.get_indexer(names)[known.get_indexer(codes)]
        if len(known)
        else np.array([], dtype="int64")
    )
    return np.asarray(found, dtype="int64")


def _must(events: Frame, asked: Frame) -> Frame:
    """Return how many must-correct questions each learner answered right: ``closed``."""
    right = _right(events).astype({"learner": str, "lesson": str, "object": str})
    must = asked[asked["mode"] == "must-correct"][["lesson", "question", "objective"]]
    closed = right.merge(must, left_on=["lesson", "object"], right_on=["lesson", "question"])
    return closed.groupby(_CELL).size().rename("closed").reset_index()


def _right(events: Frame) -> Frame:
    """Return when each learner first answered each question right, by the record."""
    right = events[(events["verb"] == "answered") & (events["scaled"] == 1)]
    found: Frame = (
        right.groupby(["learner", "lesson", "object"], observed=True)["time"].min().reset_index()
    )
    return found


def _handed_in(attempts: Frame, events: Frame) -> Frame:
    """Return for whom there is something of a lesson, and when the work that stands was handed in."""
    stands = attempts[attempts["stands"]]
    works = stands.astype({"learner": str, "lesson": str})[["learner", "lesson", "submitted"]]
    seen = events[["learner", "lesson"]].drop_duplicates().astype(str)
    found = works.merge(seen, on=["learner", "lesson"], how="outer")
    return found.assign(begun=True)
