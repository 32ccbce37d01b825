"""Groups of learners, who works at the grading desk, whose share of the marking is what, and where all meet."""

from typing import Literal

from pydantic import Field

from course.settings.table import MailAddress, Name, Share, Table


class Group(Table):
    """Learners who belong together, a class or a department."""

    id: Name
    title: str = ""


class Staff(Table):
    """Somebody who works at the grading desk.

    Attributes:
        name: as JupyterHub or the computer knows it.
        role: an instructor may do everything, a grader marks and edits rubrics, an observer reads.
        email: where the digest of the week goes; empty for none.
    """

    name: str = Field(min_length=1)
    role: Literal["instructor", "grader", "observer"] = "grader"
    email: MailAddress | Literal[""] = ""


class Assignment(Table):
    """Whose share of the marking some answers are: "next" at the desk gives them to these graders only.

    What is left empty means all of them; an answer that no assignment is about is everybody's.

    Attributes:
        graders: who marks them.
        lesson: of this lesson.
        questions: to these questions.
        groups: of learners in these groups.
        learners: of these learners.
    """

    graders: tuple[str, ...] = Field(min_length=1)
    lesson: str = ""
    questions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()


class Calibration(Table):
    """Which answers two graders read, so that one sees how far they agree.

    Attributes:
        share: of all answers that a person marks, 0 to 1.
        seed: another one draws another sample.
    """

    share: Share = 0.0
    seed: int = 0


class Service(Table):
    """The course service that everything goes over; without a url it is the exchange in a shared folder."""

    url: str = Field(default="", pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$")
