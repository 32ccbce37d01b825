"""Whose share of the marking an answer is. Pure."""

from collections.abc import Sequence

from course.model import Place
from course.settings import Assignment


def is_for(grader: str, place: Place, group: str, assignments: Sequence[Assignment]) -> bool:
    """Return whether an answer is a grader's to mark: it is everybody's unless an assignment is about it.

    Args:
        group: of its learner; empty for none.
        assignments: of the course.
    """
    about = [each for each in assignments if _covers(each, place, group)]
    return not about or any(grader in each.graders for each in about)


def _covers(one: Assignment, place: Place, group: str) -> bool:
    return (
        one.lesson in ("", place.lesson)
        and (not one.questions or place.question in one.questions)
        and (not one.groups or group in one.groups)
        and (not one.learners or place.learner in one.learners)
    )
