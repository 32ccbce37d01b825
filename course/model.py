"""The nouns of the field, frozen: what one stage hands to the next."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

AUTOGRADER = "autograder"
"""The grader of a mark that no person made."""
HELD = "held"
"""The state of a mark that is not returned yet."""


class Outcome(StrEnum):
    """What can be said of one question of one submission."""

    PASSED = "passed"
    PARTLY = "partly"
    FAILED = "failed"
    ERROR = "error"  # the learner's code raised before it could be judged
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASH = "crash"
    NOT_REACHED = "not reached"
    NOT_TRIED = "not tried"  # a test that another one had to pass before
    NEEDS_PERSON = "needs a person"


class Kind(StrEnum):
    """How a question is judged."""

    CODE = "code"  # course.check: the tests of autograders/<lesson>.py
    TESTS = "tests"  # nbgrader's tests inside the notebook
    WRITTEN = "written"  # a person marks it
    QUIZ = "quiz"  # course.quiz: a kind of course.questions


@dataclass(frozen=True, slots=True)
class Question:
    """One graded thing of a lesson.

    Attributes:
        id: unique in its notebook; nbgrader's grade_id.
        notebook: name of the notebook, without ``.ipynb``.
        kind: how it is judged.
        points: the maximum, at least 0.
        title: the heading that it stands under.
    """

    id: str
    notebook: str
    kind: Kind
    points: float
    title: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One reason of a verdict, fit for the learner's eyes but for its ``aside``.

    Attributes:
        test: name of the test or of the option concerned.
        outcome: how this one ended.
        score: points earned by it.
        maximum: points it can earn.
        text: what was expected and what came; never the source of a hidden test, nor what the learner's
            code said once it had been told such a test's values.
        aside: the same with all that was said, for those who grade; empty when that is no more.
    """

    test: str
    outcome: Outcome
    score: float
    maximum: float
    text: str = ""
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What everything that judges returns.

    Attributes:
        question: the question's id.
        outcome: in one word.
        score: between 0 and ``maximum``; None while nobody could tell.
        maximum: the question's points.
        notes: the reasons, in order.
    """

    question: str
    outcome: Outcome
    score: float | None
    maximum: float
    notes: tuple[Note, ...] = ()

    @property
    def passed(self) -> bool | None:
        """True for full marks, False for less, None when it could not be told."""
        return None if self.score is None else self.score >= self.maximum


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that was put right in a submission before it was graded.

    Attributes:
        where: the question's id or the file's name.
        text: what was found and what was done.
    """

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What one learner handed in for one lesson.

    Attributes:
        learner: the learner's id.
        lesson: the lesson's id.
        folder: where it lies; never written to.
        submitted_at: time of submission in UTC, if it is known.
        digest: SHA-256 over names and contents of its files.
    """

    learner: str
    lesson: str
    folder: Path
    submitted_at: dt.datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class Graded:
    """The result of grading one submission.

    Attributes:
        submission: what was graded.
        verdicts: one per question, in the lesson's order; empty when it could not be graded.
        repairs: what was put right first.
        notebooks: name and text of each notebook as it ran.
        reason: why it could not be graded; empty when it was.
        isolation: the walls that stood while it ran.
        fingerprint: digest of everything that decides the result.
    """

    submission: Submission
    verdicts: tuple[Verdict, ...] = ()
    repairs: tuple[Repair, ...] = ()
    notebooks: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    isolation: str = "none"
    fingerprint: str = ""


TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""What turns the direction of the writing after it, as code points: a name or code that has it reads as another."""
_STRAIGHT = dict.fromkeys(TURNING)


@dataclass(frozen=True, slots=True)
class Learner:
    """One person who takes the course.

    Attributes:
        id: what stands in folder names; letters, digits, ``.``, ``_``, ``-`` and ``@``.
        start: the day from which relative due dates count.
    """

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    group: str = ""
    start: dt.date | None = None

    @property
    def name(self) -> str:
        """The name to address the person by; the id when none is known."""
        return f"{self.first_name} {self.last_name}".translate(_STRAIGHT).strip() or self.id


@dataclass(frozen=True, slots=True)
class Extension:
    """More time for a lesson, given to one learner or to a group.

    Attributes:
        learner, group: whom; one of them is empty.
        until: the moment, in UTC.
        by: who gave it.
        at: when, in UTC.
    """

    lesson: str
    learner: str
    group: str
    until: dt.datetime
    reason: str = ""
    by: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Which answer is meant: one question of one learner."""

    lesson: str
    notebook: str
    question: str
    learner: str


@dataclass(frozen=True, slots=True)
class ManualMark:
    """A person's judgement of one answer.

    Attributes:
        points: between 0 and the question's maximum; None leaves the score alone.
        comment: Markdown for the learner; None leaves the comment alone.
        grader: who says so.
    """

    lesson: str
    learner: str
    question: str
    points: float | None = None
    comment: str | None = None
    grader: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands in the gradebook for one question of one learner.

    Attributes:
        score: points; None while it is not graded.
        state: an `Outcome`'s text, "marked" by a person, "missing" or "triage".
        grader: "autograder", a person's name, or empty.
        at: when it was last set, in UTC.
        comment: what a person wrote, Markdown.
        found: points and text, Markdown, of the rubric's items that a person found in the answer.
        notes: the autograder's reasons.
        notebook: where the question stands.
    """

    learner: str
    lesson: str
    question: str
    points: float | None
    maximum: float
    state: str
    grader: str = ""
    at: dt.datetime | None = None
    comment: str = ""
    notes: tuple[Note, ...] = ()
    kind: str = ""
    title: str = ""
    repairs: tuple[Repair, ...] = field(default=())
    notebook: str = ""
    found: tuple[tuple[float, str], ...] = ()
