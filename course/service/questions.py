"""Routes for questions and dates: a learner's own, and what staff say."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from course.errors import Invalid
from course.office import answering, asking, entering, schedule, threads
from course.office.asking import MOST, MOST_AT_ONCE, Asked
from course.office.enrolment import Enrolment
from course.office.schedule import Schedule
from course.service.caller import Grader, Instructor, Own, address_of

router = APIRouter(prefix="/api/courses/{course}", tags=["questions"])

Key = Annotated[str, Path(pattern=r"^[0-9a-f-]{32,36}$", description="The question's id.")]


class Question(BaseModel):
    """A question as a learner's machine sends it."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[0-9a-f-]{32,36}$")
    lesson: str = Field(max_length=100)
    text: str = Field(max_length=MOST)
    asked_at: str = Field(max_length=50)
    exercise: str = Field("", max_length=128)
    cell: str = Field("", max_length=128)
    code: str = Field("", max_length=MOST)
    error: str = Field("", max_length=MOST)
    test: str = Field("", max_length=200)
    attempts: int = Field(0, ge=0, le=1_000_000)
    version: str = Field("", max_length=80)
    nameless: bool = False


class Reply(BaseModel):
    """An answer."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=MOST, description="Markdown.")
    publish: bool = False


class Deed(BaseModel):
    """What is done with a question."""

    model_config = ConfigDict(extra="forbid")

    deed: Literal["hide", "show", "close", "reopen", "publish", "withdraw", "merge", "hide answer"]
    into: str = Field("", max_length=36)
    number: int = Field(0, ge=0, le=2**31 - 1)


@router.post("/questions", status_code=201)
def ask(
    own: Own, questions: Annotated[list[Question], Field(max_length=MOST_AT_ONCE)]
) -> dict[str, int]:
    """Ask; the same question again, by its id, changes nothing."""
    return {"new": asking.ask(own, [Asked(**each.model_dump()) for each in questions])}


@router.get("/questions")
def mine(own: Own) -> dict[str, list[dict[str, Any]]]:
    """Give one's own questions with their answers, and what was published for all, without names."""
    return {"own": [each.plain() for each in threads.mine(own)],
            "published": [each.plain() for each in threads.published(own)]}  # fmt: skip


@router.get("/dates")
def dates(own: Own) -> dict[str, Any]:
    """Say when each lesson is due for whoever asks: [moment, minutes of grace, extended]."""
    return schedule.own_dates(own)


@router.put("/schedule", status_code=204)
def declare(own: Instructor, wanted: Schedule) -> None:
    """Say what due dates are made of."""
    try:
        schedule.declare(own, wanted)
    except ValueError as error:
        raise Invalid("not a schedule", expected=str(error), found=wanted.zone) from error


@router.get("/all/questions")
def board(own: Grader, lesson: str = "") -> list[list[dict[str, Any]]]:
    """Give the course's questions, those that ask the same together, in the order to answer them."""
    groups = threads.board(Enrolment(own.office, own.member), lesson)
    return [[each.plain() for each in group] for group in groups]


@router.get("/all/questions/settled")
def settled(own: Grader) -> list[str]:
    """Give the ids of the questions that are answered, closed or hidden."""
    return threads.settled(Enrolment(own.office, own.member))


@router.post("/all/questions/{key}/answers", status_code=204)
def answer(own: Grader, key: Key, reply: Reply) -> None:
    """Answer a question."""
    answering.answer(Enrolment(own.office, own.member), key, reply.text, publish=reply.publish)


@router.post("/all/questions/{key}/deeds", status_code=204)
def moderate(own: Grader, key: Key, wanted: Deed) -> None:
    """Hide, close, publish, merge a question, or take that back."""
    answering.moderate(
        Enrolment(own.office, own.member), key, wanted.deed, wanted.into, wanted.number
    )


@router.post("/tickets", status_code=201)
def ticket(own: Own, request: Request) -> dict[str, str]:
    """Give a link that lets one's own browser in, once and soon."""
    secret = entering.ticket(own.office, own.member)
    return {"link": f"{address_of(request)}/enter/{secret}"}
