"""Routes for a course's staff."""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from course.archive import MAX_TOTAL
from course.model import Learner
from course.office import personal
from course.service.caller import Grader, Instructor, Lesson, Number, address_of, body_of
from course.service.learners import BODY, PARCEL, ZIP

router = APIRouter(prefix="/api/courses/{course}", tags=["staff"])

_NAME = r"^([A-Za-z0-9_@][A-Za-z0-9_.@ -]{0,99})?$"


class Invite(BaseModel):
    """An invitation that is wanted."""

    model_config = ConfigDict(extra="forbid")

    role: Literal["learner", "grader", "instructor"] = "learner"
    group: str = Field("", max_length=100, pattern=_NAME)
    name: str = Field("", max_length=100, pattern=_NAME)
    uses: int | None = Field(None, ge=1, le=100_000)
    days: float | None = Field(None, gt=0, le=3660)


class Person(BaseModel):
    """Somebody on a list."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9_@][A-Za-z0-9_.@ -]{0,99}$")
    first_name: str = Field("", max_length=100)
    last_name: str = Field("", max_length=100)
    email: str = Field("", max_length=200)
    group: str = Field("", max_length=100)
    start: dt.date | None = None


@router.put("/lessons/{lesson}", openapi_extra=BODY)
async def publish(own: Instructor, lesson: Lesson, request: Request) -> dict[str, str]:
    """Publish a release, a zip of the lesson's folder, in the place of an earlier one."""
    data = await body_of(request, MAX_TOTAL)
    return {"digest": await run_in_threadpool(own.publish, lesson, data)}


@router.put("/about", status_code=204)
def announce(own: Instructor, about: dict[str, Any]) -> None:
    """Say what the course is called, and what is known of its lessons."""
    own.announce(about)


@router.get("/all/{lesson}/submissions")
def submissions(
    own: Grader, lesson: Lesson, after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0
) -> list[dict[str, Any]]:
    """List everybody's submissions of a lesson, a thousand at once."""
    return own.submissions(lesson, after)


@router.get("/all/{lesson}/requests")
def requests(own: Grader, lesson: Lesson) -> list[dict[str, Any]]:
    """List the requests to look at a mark of a lesson again."""
    return own.requests(lesson)


@router.get("/submissions/{number}", responses=PARCEL, response_class=Response)
def sealed(own: Grader, number: Number) -> Response:
    """Give a submission as it was handed in."""
    return Response(own.sealed(number), media_type=ZIP)


@router.post("/submissions/{number}/feedback", status_code=204, openapi_extra=BODY)
async def give_back(own: Instructor, number: Number, request: Request) -> None:
    """Put feedback on a submission where its learner finds it."""
    data = await body_of(request, MAX_TOTAL)
    await run_in_threadpool(own.give_back, number, data)


@router.post("/invitations", status_code=201)
def invite(own: Instructor, wanted: Invite, request: Request) -> dict[str, str]:
    """Make an invitation; the link is given only now."""
    lasts = dt.timedelta(days=wanted.days) if wanted.days else None
    secret = own.invite(
        role=wanted.role, group=wanted.group, name=wanted.name, uses=wanted.uses, lasts=lasts
    )
    return {"link": f"{address_of(request)}/join/{secret}"}


@router.get("/invitations")
def invitations(own: Instructor) -> list[dict[str, Any]]:
    """List the invitations, without their secrets."""
    return own.invitations()


@router.delete("/invitations/{key}", status_code=204)
def revoke(own: Instructor, key: Lesson) -> None:
    """Let nobody join by an invitation any more."""
    own.revoke_invitation(key)


@router.get("/people")
def people(own: Grader) -> list[dict[str, Any]]:
    """List who is in the course."""
    return own.members()


@router.put("/people")
def enrol(own: Instructor, people: list[Person]) -> dict[str, int]:
    """Let people of a list in."""
    return {"new": own.enrol([Learner(**each.model_dump()) for each in people])}


@router.delete("/people/{name}/tokens")
def revoke_member(own: Instructor, name: Lesson) -> dict[str, int]:
    """Revoke somebody's tokens: a machine was lost, or the person left. The work stays."""
    return {"revoked": own.revoke_member(name)}


@router.get("/people/{name}/data")
def data_of(own: Instructor, name: Lesson) -> dict[str, list[dict[str, Any]]]:
    """Give all that this service keeps of somebody, by table."""
    return personal.kept(own, name)


@router.delete("/people/{name}", status_code=204)
def forget(own: Instructor, name: Lesson) -> None:
    """Remove all that this service keeps of a learner."""
    personal.forget(own, name)
