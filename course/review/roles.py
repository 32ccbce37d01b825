"""Who may do what at the desk: the one table of it. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to a course."""

    INSTRUCTOR = "instructor"
    GRADER = "grader"
    OBSERVER = "observer"


class Deed(StrEnum):
    """What somebody does, as a refusal says it."""

    SEE = "look at answers"
    MARK = "mark answers"
    RUBRIC = "edit rubrics"
    MEND = "mend what could not be graded"
    GRADE = "have answers graded by the autograder"
    RELEASE = "release feedback"
    COMPARE = "compare graders"
    OVERSEE = "look at how learners are doing"
    TEND = "put entries of the worklist to rest"


MAY: Mapping[Role, frozenset[Deed]] = {
    Role.INSTRUCTOR: frozenset(Deed),
    Role.GRADER: frozenset({Deed.SEE, Deed.MARK, Deed.RUBRIC}),
    Role.OBSERVER: frozenset({Deed.SEE, Deed.OVERSEE}),
}


def role(name: str, staff: Mapping[str, str]) -> Role | None:
    """Return what a person is: as declared; None for a stranger; an instructor where nobody is declared.

    Args:
        staff: role by name, as `course.toml` declares it.
    """
    if not staff:
        return Role.INSTRUCTOR
    return Role(staff[name]) if name in staff else None
