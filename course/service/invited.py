"""Where an invitation's link leads in a browser."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from course.errors import Invalid, Refused
from course.office import joining
from course.office.office import Office
from course.service.caller import TheOffice, address_of, body_of
from course.service.door import MONTH, let_in
from course.service.pages import page, root_of

router = APIRouter(tags=["pages"])

Secret = str
Opening = Callable[[str, str], str]
"""Takes a link and a name; returns the address where that learner's first lesson is open."""

_MOST_BYTES = 10_000

_PAGES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"text/html": {"schema": {"type": "string"}}}}
    for status, text in {201: "Joined.", 403: "The link does not hold.", 422: "Not a name."}.items()
}  # fmt: skip


@router.get("/join/{secret}", response_class=HTMLResponse, responses=_PAGES)
def ask(office: TheOffice, secret: Secret, request: Request) -> HTMLResponse:
    """Show what a link invites to. Looking uses nothing up: programs look at links, too."""
    return _form(office, secret, request)


@router.post(
    "/join/{secret}", response_class=HTMLResponse, responses=_PAGES,
    openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {
        "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}}},
)  # fmt: skip
async def come_in(office: TheOffice, secret: Secret, request: Request) -> HTMLResponse:
    """Let somebody in by name, and give the link for their own machine."""
    fields = parse_qs((await body_of(request, _MOST_BYTES)).decode("utf-8", "replace"))
    return await run_in_threadpool(_joined, office, secret, fields.get("name", [""])[0], request)


def _form(
    office: Office, secret: str, request: Request, name: str = "", *, wrong: bool = False
) -> HTMLResponse:
    try:
        about = joining.look_at(office, secret)
    except Refused as error:
        return page(request, "join.html", 403, refused=error)
    return page(request, "join.html", 422 if wrong else 200, typed=name, wrong=wrong,
                most=joining.MOST_NAME, course=about["course"], title=about["title"], role=about["role"],
                lessons=about["lessons"])  # fmt: skip


def _joined(office: Office, secret: str, name: str, request: Request) -> HTMLResponse:
    try:
        about = joining.look_at(office, secret)
        apart = request.app.state.hub is not None
        own, again, token = joining.reserve(office, secret, name, apart=apart)
    except Refused:
        return _form(office, secret, request)
    except Invalid:
        return _form(office, secret, request, name, wrong=True)
    link = f"{address_of(request)}/join/{again}"
    opening: Opening | None = request.app.state.opening
    response = page(request, "join.html", 201, course=about["course"], title=about["title"], joined=own,
                    shown=name, link=link, open=opening(link, own) if opening else "",
                    inside=f"{root_of(request)}/courses/{about['course']}")  # fmt: skip
    let_in(request, response, {about["course"]: token}, MONTH)
    return response
