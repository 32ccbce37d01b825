"""The frames as a choice of group and time narrows them, and how their values are written."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from course.errors import Invalid
from course.insight.columns import STATES
from course.insight.frames import Frame, Frames
from course.insight.worklist import Entry
from course.layout import known
from course.report.page import Cell, Choice, Page, Table, To, Tone

SIGNS: dict[str, tuple[str, Tone]] = {
    "not started": ("○", "dim"), "learning": ("◐", "part"), "shown": ("✓", "good"), "lapsed": ("↺", "bad"),
}  # fmt: skip
TONES: dict[str, Tone] = {
    "shown": "good",
    "learning": "part",
    "lapsed": "bad",
    "not started": "dim",
}
MOST = 200
"""Rows of a long table on one page; a file of comma-separated values has all."""


@dataclass(frozen=True)
class View:
    """What a page is made of.

    Attributes:
        entries: the worklist of all.
        whole: whether long tables are given in full.
    """

    frames: Frames
    choice: Choice
    entries: Sequence[Entry] = ()
    whole: bool = False

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """The groups that there are."""
        return tuple(sorted({str(each) for each in self.frames.learners["group"]} - {""}))

    @cached_property
    def since(self) -> dt.datetime | None:
        """From when on; raises Invalid when the choice is no day."""
        if not self.choice.since:
            return None
        try:
            day = dt.date.fromisoformat(self.choice.since)
        except ValueError as error:
            raise Invalid("not a day", expected="YYYY-MM-DD", found=self.choice.since) from error
        return dt.datetime.combine(day, dt.time(), self.frames.file.zone)

    @cached_property
    def learners(self) -> Frame:
        """Those of the chosen group; raises NotFound when there is no such group."""
        people = self.frames.learners
        if not self.choice.group:
            return people
        known(self.choice.group, list(self.groups), "group")
        return people[people["group"] == self.choice.group]

    @cached_property
    def names(self) -> dict[str, str]:
        """How to address whom, by id."""
        people = self.frames.learners
        return dict(zip(people["learner"].astype(str), people["name"].astype(str), strict=True))

    def mine(self, frame: Frame, time: str = "") -> Frame:
        """Return the rows about the chosen group; where ``time`` names a column, those since the chosen day."""
        found = frame
        if self.choice.group:
            found = found[found["learner"].isin(self.learners["learner"])]
        if time and self.since is not None:
            found = found[found[time].isna() | (found[time] >= self.since)]
        return found

    @cached_property
    def attempts(self) -> Frame:
        """The submissions that stand, of the chosen group, since the chosen day."""
        found = self.frames.attempts
        return self.mine(found[found["stands"]], "submitted")

    @cached_property
    def handed_in(self) -> set[tuple[str, str]]:
        """Learner and lesson of `attempts`."""
        return {
            (str(a), str(b))
            for a, b in zip(self.attempts["learner"], self.attempts["lesson"], strict=True)
        }

    @cached_property
    def worklist(self) -> list[Entry]:
        """The entries about the chosen group, and those about nobody alone, since the chosen day."""
        ours = set(self.learners["learner"].astype(str))
        return [
            each for each in self.entries
            if (not each.learner or each.learner in ours) and (self.since is None or each.since >= self.since)
        ]  # fmt: skip

    def title(self, lesson: str) -> str:
        """Return a lesson's title."""
        return self.frames.file.lesson(lesson).title or lesson

    def day(self, moment: Any) -> Cell:
        """Return a moment as a day in the course's zone; empty where there is none."""
        if pd.isna(moment):
            return Cell(None)
        there = moment.astimezone(self.frames.file.zone)
        return Cell(there.isoformat(timespec="minutes"), f"{there:%-d\u00a0%b\u00a0%Y}")

    def person(self, learner: str) -> Cell:
        """Return a learner's name, which leads to their page."""
        return Cell(self.names.get(learner, learner), to=To("learner", (learner,)))

    def table(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
        """Return a table, or the part of it that stands on this page."""
        part = rows if self.whole else rows[self.choice.start : self.choice.start + MOST]
        return Table(
            name,
            tuple(columns),
            tuple(tuple(row) for row in part),
            0 if len(part) == len(rows) else len(rows),
        )

    def page(self, kind: Any, names: Sequence[str], title: str, lead: str, facts: Sequence[tuple[str, str]], sections: Any) -> Page:  # fmt: skip
        """Return the finished page."""
        at = self.frames.now.astimezone(self.frames.file.zone)
        return Page(kind, tuple(names), title, lead, tuple(facts), tuple(sections), self.choice, self.groups,
                    f"{at:%-d %B %Y, %H:%M %Z}")  # fmt: skip


def state(name: str, to: To | None = None) -> Cell:
    """Return how somebody stands with an objective."""
    sign, tone = SIGNS[name]
    return Cell(name, tone=tone, to=to, sign=sign)


def percent(share: Any) -> Cell:
    """Return a share, 0 to 1, in percent; empty where nobody knows."""
    return Cell(None) if pd.isna(share) else Cell(round(float(share), 4), f"{share:.0%}")


def number(value: Any, digits: int = 1) -> Cell:
    """Return a number; empty where nobody knows."""
    if pd.isna(value):
        return Cell(None)
    rounded = round(float(value), digits)
    return Cell(int(rounded) if rounded == int(rounded) else rounded)


def counts(states: Any) -> dict[str, int]:
    """Return how many there are of each state."""
    found = states.astype(str).value_counts()
    return {name: int(found.get(name, 0)) for name in STATES}
