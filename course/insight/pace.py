"""How long learners were at it: sessions and time on task, from when things happened. Pure.

A record says when something happened, not how long somebody looked at it. As is usual with such
logs, what lies between two events counts as work unless it is longer than `PAUSE`, which ends a
session; what comes after the last event of a session is not known, and counts nothing. Kovanović et
al., Penetrating the black box of time-on-task estimation, LAK 2015, 184-193,
https://doi.org/10.1145/2723576.2723623, shows how much hangs on that limit: these are estimates, to
be compared with one another and not with a clock.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from course.insight.columns import shaped

VERSION = 1
PAUSE = dt.timedelta(minutes=30)
Frame = pd.DataFrame
Pair = tuple[str, str]
"""Learner and lesson."""


def gaps(events: Frame) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return for each event the minutes since the one before in its session; NaN for the first one of a session.

    Args:
        events: the frame ``events``: the rows of a submission stand together, in the order of time.
    """
    if events.empty:
        return np.zeros(0)
    learner, lesson = (events[name].cat.codes.to_numpy() for name in ("learner", "lesson"))
    minutes = np.diff(events["time"].astype("int64").to_numpy()) / 60e6
    same = (learner[1:] == learner[:-1]) & (lesson[1:] == lesson[:-1])
    within = same & (minutes <= PAUSE.total_seconds() / 60)
    return np.concatenate([[np.nan], np.where(within, minutes, np.nan)])


def sessions(events: Frame) -> Frame:
    """Return the frame ``sessions``."""
    starts = np.isnan(gaps(events))
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(events)) - 1 if len(first) else first
    began, ended = events["time"].iloc[first], events["time"].iloc[last]
    return shaped("sessions", {
        "learner": events["learner"].iloc[first].array, "lesson": events["lesson"].iloc[first].array,
        "began": began.array, "ended": ended.array,
        "minutes": (ended.astype("int64").to_numpy() - began.astype("int64").to_numpy()) / 60e6,
        "events": last - first + 1,
    })  # fmt: skip


def time_on_task(events: Frame) -> Frame:
    """Return the frame ``time_on_task``; its minutes add up to those of the sessions."""
    data = pd.DataFrame({
        "learner": events["learner"], "lesson": events["lesson"], "object": events["object"],
        "minutes": np.nan_to_num(gaps(events)),
    })  # fmt: skip
    grouped = data.groupby(["learner", "lesson", "object"], observed=True, sort=True)["minutes"]
    return shaped("time_on_task", grouped.agg(minutes="sum", events="size").reset_index())


def dealt(events: Frame, wanted: Sequence[Sequence[Pair]]) -> Iterator[Frame]:
    """Yield the events of each group of submissions."""
    who, lessons = events["learner"].cat, events["lesson"].cat
    group = np.full((len(who.categories) + 1, len(lessons.categories) + 1), -1)
    for number, part in enumerate(wanted):
        learners, about = zip(*part, strict=True) if part else ((), ())
        rows = who.categories.get_indexer(pd.Index(learners))
        group[rows, lessons.categories.get_indexer(pd.Index(about))] = number
    group[-1, :] = group[:, -1] = -1  # whose record told nothing
    numbers = group[who.codes.to_numpy(), lessons.codes.to_numpy()]
    for number in range(len(wanted)):
        yield events[numbers == number]
