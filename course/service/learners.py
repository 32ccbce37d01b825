"""Routes for learners: each is about whoever asks."""

import datetime as dt
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from course import dates
from course.errors import NotFound
from course.look import look_by_digest
from course.office import joining, personal
from course.sealed import MAX_BYTES
from course.service.caller import Lesson, Number, Own, TheOffice, Token, body_of
from course.service.hub import Hub

router = APIRouter(prefix="/api", tags=["learners"])

ZIP = "application/zip"
_KEY = r"^([A-Za-z0-9_-]{43})?$"
BODY = {
    "requestBody": {"required": True, "content": {"application/octet-stream": {
        "schema": {"type": "string", "format": "binary"}}}}
}  # fmt: skip
PARCEL: dict[int | str, dict[str, Any]] = {200: {"content": {ZIP: {}}, "description": "A zip."}}


class Join(BaseModel):
    """What somebody says who comes in."""

    model_config = ConfigDict(extra="forbid")

    invitation: str = Field(max_length=200, description="The last part of the link.")
    name: str = Field(max_length=200, description="The name that others read.")
    key: str = Field("", max_length=64, pattern=_KEY, description="Ed25519, public half.")
    zone: str = Field("", max_length=64, description="Time zone of the IANA's list.")


class HubJoin(BaseModel):
    """What somebody says who comes in with a JupyterHub's token."""

    model_config = ConfigDict(extra="forbid")

    invitation: str = Field("", max_length=200, description="For who is not on the course's list.")
    course: str = Field("", max_length=100, description="Which one, where the service has several.")
    key: str = Field("", max_length=64, pattern=_KEY, description="Ed25519, public half.")
    zone: str = Field("", max_length=64, description="Time zone of the IANA's list.")


@router.post("/join", status_code=201)
def join(request: Request, wanted: Join, office: TheOffice) -> joining.Joined:
    """Come in by an invitation."""
    apart = request.app.state.hub is not None
    return joining.join(
        office, wanted.invitation, wanted.name, wanted.key, wanted.zone, apart=apart
    )


@router.post("/hub/join", status_code=201)
def join_from_hub(
    wanted: HubJoin, office: TheOffice, token: Token, request: Request
) -> joining.Joined:
    """Come in with the token of one's server at the JupyterHub beside this service."""
    hub: Hub | None = request.app.state.hub
    if hub is None:
        raise NotFound(
            "there is no JupyterHub beside this service", hint="join by a link: course join LINK"
        )
    name = hub.name_of(token)
    return joining.join_from_hub(
        office, name, wanted.course, wanted.invitation, wanted.key, wanted.zone
    )


@router.get("/courses/{course}/me")
def me(own: Own) -> dict[str, Any]:
    """Say who asks, and what the course announced."""
    return own.about()


@router.get("/courses/{course}/lessons")
def lessons(own: Own) -> list[dict[str, Any]]:
    """List the lessons that are out."""
    return own.releases()


@router.get("/courses/{course}/lessons/{lesson}", responses=PARCEL, response_class=Response)
def release(own: Own, lesson: Lesson, if_none_match: Annotated[str, Header()] = "") -> Response:
    """Give a lesson's release as a zip; its ETag is the SHA-256."""
    found = {each["lesson"]: each["digest"] for each in own.releases()}
    if lesson in found and if_none_match == f'"{found[lesson]}"':
        return Response(status_code=304)
    digest, parcel = own.release(lesson)
    return Response(parcel, media_type=ZIP, headers={"ETag": f'"{digest}"'})


@router.post("/courses/{course}/lessons/{lesson}/submissions", status_code=201, openapi_extra=BODY)
async def submit(
    own: Own,
    lesson: Lesson,
    request: Request,
    response: Response,
    course_clock: Annotated[str, Header()] = "",
) -> dict[str, Any]:
    """Take a sealed submission in and give its receipt; the same one again gives the same receipt."""
    data = await body_of(request, MAX_BYTES)
    paper, new = await run_in_threadpool(
        own.submit, lesson, data, look_by_digest, _moment(course_clock)
    )
    response.status_code = 201 if new else 200
    return paper


@router.get("/courses/{course}/lessons/{lesson}/submissions")
def submissions(own: Own, lesson: Lesson) -> list[dict[str, Any]]:
    """Give the receipts of one's own submissions of a lesson."""
    return own.submissions(lesson)


@router.get("/courses/{course}/lessons/{lesson}/feedback")
def feedback(own: Own, lesson: Lesson) -> list[dict[str, Any]]:
    """List the feedback on one's own submissions of a lesson."""
    return own.feedback(lesson)


@router.get("/courses/{course}/feedback/{number}", responses=PARCEL, response_class=Response)
def feedback_parcel(own: Own, number: Number) -> Response:
    """Give one's own feedback as a zip of pages."""
    return Response(own.feedback_parcel(number), media_type=ZIP)


@router.post("/courses/{course}/requests", status_code=204)
def ask_again(own: Own, body: dict[str, Any]) -> None:
    """Ask that a mark be looked at again."""
    own.ask_again(body)


@router.get("/courses/{course}/my-data")
def my_data(own: Own) -> dict[str, list[dict[str, Any]]]:
    """Give all that this service keeps of whoever asks, by table."""
    return personal.mine(own)


def _moment(text: str) -> dt.datetime | None:
    with suppress(ValueError):
        return dates.exact(text)
    return None
