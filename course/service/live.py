"""The page for a class in one room: a poll with its result, and where the instructor is."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from course.office import live, threads
from course.office.enrolment import Enrolment
from course.service.pages import Page, Reader, form, page, root_of

router = APIRouter(route_class=Page, include_in_schema=False)


@router.get("/courses/{course}/live")
def look(request: Request, reader: Reader, part: str = "") -> HTMLResponse:
    """Show what is live; with ``part`` only what changes, for the page to put in the place of the old."""
    name = "live-part.html" if part else "live.html"
    return page(request, name, **_shown(reader))


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
        case "end":
            live.end(reader)
        case "vote":
            live.vote(reader, fields.get("poll", ""), int(choice) if choice.isdecimal() else -1)
        case "go":
            lesson, _, section = fields.get("section", "").partition("/")
            live.go_to(reader, lesson, section)


def _shown(reader: Enrolment) -> dict[str, Any]:
    staff = threads.is_staff(reader.member)
    return {
        "reader": reader.member, "staff": staff, "live": live.look(reader), "most": live.MOST_OPTIONS,
        "sections": live.sections(reader) if staff else [],
    }  # fmt: skip
