"""Letters and questions between a course and its people."""

from typing import Annotated, Literal

from pydantic import Field

from course.settings.table import MailAddress, Table


class Post(Table):
    """How letters go out. The password is never here: it is in the environment, COURSE_SMTP_PASSWORD.

    Attributes:
        host: the mail server; empty puts letters into ``folder`` instead.
        user: to log in with; empty for none.
        sender: whom letters are from.
        folder: in the course's folder, where ``.eml`` files are put.
    """

    host: str = ""
    port: int = Field(default=587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    sender: MailAddress = "course@localhost"
    folder: str = Field(default="letters", pattern=r"^[A-Za-z0-9_-]+$")


class Reminders(Table):
    """Who is told when, by ``course remind``.

    Attributes:
        days_before: a due date is reminded of when so many days are left, each once.
        digest: the day of the week's letters.
    """

    days_before: tuple[Annotated[int, Field(ge=1, le=60)], ...] = (3, 1)
    digest: Literal[
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never"
    ] = "monday"


class Questions(Table):
    """What holds for questions that learners ask at a cell.

    Attributes:
        answer_within_hours: after so long without an answer, a question rises to the top.
        learners_answer: whether learners see each other's questions and may answer them.
    """

    answer_within_hours: float = Field(default=48, gt=0, le=10_000)
    learners_answer: bool = False
