"""For a class in one room: a poll with its result, and where the instructor is; a page, and what a notebook asks."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from course.office import live, threads
from course.office.enrolment import Enrolment
from course.service.caller import Own
from course.service.pages import Page, Reader, form, page, root_of

router = APIRouter(route_class=Page, include_in_schema=False)
api = APIRouter(prefix="/api/courses/{course}/live", tags=["live"])


class Vote(BaseModel):
    """A choice in a poll."""

    model_config = ConfigDict(extra="forbid")

    poll: str = Field(max_length=32, description="The poll's id.")
    choice: Annotated[int, Field(ge=0, le=100, description="Place of the option, from 0.")]


@api.get("")
def now(own: Own) -> dict[str, Any]:
    """Say what is live: the last poll and where the class is; null for neither."""
    return asdict(live.look(own))


@api.post("/votes", status_code=204)
def vote(own: Own, wanted: Vote) -> None:
    """Choose an option; chosen again while the poll is open, the last one counts."""
    live.vote(own, wanted.poll, wanted.choice)


@router.get("/courses/{course}/live")
def look(request: Request, reader: Reader, part: str = "") -> HTMLResponse:
    """Show what is live; with ``part`` only what changes, for the page to put in the place of the old."""
    name = "live-part.html" if part else "live.html"
    staff = threads.is_staff(reader.member)
    return page(request, name, reader=reader, live=live.look(reader), most=live.MOST_OPTIONS,
                sections=live.sections(reader) if staff else [], polls=live.opinions(reader) if staff else [])  # fmt: skip


@router.post("/courses/{course}/live")
async def act(request: Request, reader: Reader) -> Response:
    """Begin or end a poll, vote, or go to a section."""
    fields = await form(request)
    await run_in_threadpool(_act, reader, fields)
    return RedirectResponse(f"{root_of(request)}/courses/{reader.course}/live", 303)


def _act(reader: Enrolment, fields: dict[str, str]) -> None:
    choice = fields.get("choice", "")
    match fields.get("deed"):
        case "poll":
            live.start(reader, fields.get("text", ""), fields.get("options", "").splitlines())
        case "ask":
            live.ask(reader, *_parts(fields.get("question", "")))
        case "end":
            live.end(reader)
        case "vote":
            live.vote(reader, fields.get("poll", ""), int(choice) if choice.isdecimal() else -1)
        case "go":
            live.go_to(reader, *_parts(fields.get("section", "")))
        case "stop":
            live.stop(reader)


def _parts(place: str) -> tuple[str, str]:
    lesson, _, name = place.partition("/")
    return lesson, name
