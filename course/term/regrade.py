"""Grading again after tests, a key or points changed: who would change, how and why, before it is so."""

from collections.abc import Iterator
from dataclasses import dataclass

from course.grading.pool import Workers
from course.grading.prepared import Prepared
from course.model import AUTOGRADER, Graded, Mark, Verdict
from course.term import Course


@dataclass(frozen=True, slots=True)
class Change:
    """What grading again does to one question of one learner.

    Attributes:
        before: points that stand now; None when it was not graded.
        after: points that it would get; None when a person must look.
        why: the reasons of the new verdict, in words.
        notebook: where the question stands.
    """

    learner: str
    question: str
    before: float | None
    after: float | None
    maximum: float
    why: str = ""
    notebook: str = ""

    @property
    def direction(self) -> str:
        """Return "up", "down", "unchanged", or "ungraded" when one side is not known."""
        if self.before == self.after:
            return "unchanged"
        if self.before is None or self.after is None:
            return "ungraded"
        return "up" if self.after > self.before else "down"


def preview(
    course: Course, prepared: Prepared, workers: Workers
) -> Iterator[tuple[Graded, list[Change]]]:
    """Grade every submission of a lesson without writing anything.

    Questions that a person has marked are left out: grading again does not change them.
    """
    standing = {
        (mark.learner, mark.notebook, mark.question): mark for mark in course.marks(prepared.lesson)
    }
    for graded in workers.grade(prepared, course.submissions(prepared.lesson)):
        learner, changes = graded.submission.learner, list[Change]()
        for question, verdict in zip(prepared.questions, graded.verdicts, strict=False):
            mark = standing.get((learner, question.notebook, question.id))
            if mark is not None and mark.grader in (AUTOGRADER, ""):
                changes.append(_change(verdict, mark))
        yield graded, changes


def _change(verdict: Verdict, mark: Mark) -> Change:
    why = "; ".join(f"{note.test}: {note.text or note.outcome}" for note in verdict.notes)
    before = None if mark.points is None else round(mark.points, 6)
    return Change(mark.learner, mark.question, before, verdict.score, verdict.maximum, why,
                  mark.notebook)  # fmt: skip
