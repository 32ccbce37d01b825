"""Objectives, lessons and the rules that hold for them."""

from typing import Literal, Self

from pydantic import Field, model_validator

from course.scoring import CountRule, LateRule
from course.settings.table import Due, Every, Name, Share, Table


class Objective(Table):
    """Something that a learner can do afterwards.

    Attributes:
        holds: how long it holds once it is shown, in the place of the certificates' own.
        shown_at: share of the points that shows it, in the place of what else says so.
    """

    id: Name
    text: str
    holds: Every | None = None
    shown_at: Share | None = None


class Lesson(Table):
    """One lesson: a folder with one notebook or more.

    Attributes:
        minutes: honest estimate of the time it takes.
        due: absolute (a day means its last second in the course's zone) or relative to the learner's start.
        points: what its questions must add up to; None leaves it open.
        pass_mark: share of the points needed to pass, 0 to 1.
        requires: folders of lessons that it builds on.
        network: whether learners need a network for it.
        owners: names of those who write it.
        reviewers: names of those who may approve it; empty lets anybody.
        late, late_per_day, grace_minutes, attempts_count: in the place of the course's policies.
        mode: a "workbook" is worked on during a live event, in the order of its sections; it is never due.
    """

    folder: Name
    title: str = ""
    minutes: int = Field(default=30, ge=1, le=10_000)
    objectives: tuple[str, ...] = ()
    due: Due | None = None
    points: float | None = Field(default=None, ge=0)
    pass_mark: Share = 0.5
    requires: tuple[str, ...] = ()
    network: bool = False
    owners: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    late: LateRule | None = None
    late_per_day: Share | None = None
    grace_minutes: int | None = Field(default=None, ge=0)
    attempts_count: CountRule | None = None
    mode: Literal["self-paced", "workbook"] = "self-paced"

    @model_validator(mode="after")
    def _is_due(self) -> Self:
        if self.mode == "workbook" and self.due is not None:
            raise ValueError(
                f"'{self.folder}' is a workbook, which is never due; leave out its due date"
            )
        return self


class Policies(Table):
    """Rules that hold for all lessons.

    Attributes:
        late: what lateness costs: "none", "zero" or "per-day".
        late_per_day: share of the score lost per started day.
        grace_minutes: lateness that is forgiven.
        attempts: how many submissions count; None is any number.
        attempts_count: which of several submissions counts: the "last", the "best", or the last "marked" by a person.
        test_seconds: how long one of the trainer's own tests may take, the learner's code left out.
        require_review: whether a lesson must be approved as it is before its release.
        review_every: how long an approval holds; None for ever.
    """

    late: LateRule = "none"
    late_per_day: Share = 0.1
    grace_minutes: int = Field(default=0, ge=0)
    attempts: int | None = Field(default=None, ge=1)
    attempts_count: CountRule = "last"
    cell_seconds: float = Field(default=30, gt=0, le=3600)
    notebook_seconds: float = Field(default=300, gt=0, le=36_000)
    memory_mb: int = Field(default=2048, ge=64)
    test_seconds: float = Field(default=60, gt=0, le=3600)
    require_review: bool = False
    review_every: Every | None = None


class Accepted(Table):
    """A finding of ``course check`` that is meant to be so.

    Attributes:
        rule: its rule.
        where: text that its place or message holds: a cell's id, a file, a slip.
        reason: why it may stay.
    """

    rule: str
    where: str
    reason: str = Field(min_length=3)


class Spelling(Table):
    """How `course check` looks at words, where a dictionary is installed.

    Attributes:
        language: of the lessons, as dictionaries are called: "en" for all of English, or "en_GB".
        words: the course's own, which are right.
    """

    language: str = "en"
    words: tuple[str, ...] = ()
