"""The one page of the service: where a link leads in a browser."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs

import jinja2
from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from course.errors import Invalid, Refused
from course.office import joining
from course.office.office import Office
from course.service.caller import TheOffice, body_of

router = APIRouter(tags=["pages"])

Secret = Annotated[str, PathParameter(max_length=200)]
Opening = Callable[[str, str], str]
"""Takes a link and a name; returns the address where that learner's first lesson is open."""

_MOST_BYTES = 10_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
}


_PAGES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {"text/html": {"schema": {"type": "string"}}}}
    for status, text in {201: "Joined.", 403: "The link does not hold.", 422: "Not a name."}.items()
}  # fmt: skip


@router.get("/join/{secret}", response_class=HTMLResponse, responses=_PAGES)
def ask(office: TheOffice, secret: Secret) -> HTMLResponse:
    """Show what a link invites to. Looking uses nothing up: programs look at links, too."""
    return _form(office, secret)


@router.post(
    "/join/{secret}", response_class=HTMLResponse, responses=_PAGES,
    openapi_extra={"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": {
        "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}}}},
)  # fmt: skip
async def come_in(office: TheOffice, secret: Secret, request: Request) -> HTMLResponse:
    """Let somebody in by name, and give the link for their own machine."""
    fields = parse_qs((await body_of(request, _MOST_BYTES)).decode("utf-8", "replace"))
    return await run_in_threadpool(_joined, office, secret, fields.get("name", [""])[0], request)


def _form(office: Office, secret: str, name: str = "", wrong: str = "") -> HTMLResponse:
    try:
        about = joining.look_at(office, secret)
    except Refused as error:
        return _page(403, title="This link lets nobody in", refused=error.what, hint=error.hint)
    told = {"course": about["title"], "role": about["role"], "lessons": about["lessons"]}
    return _page(422 if wrong else 200, title=about["title"], name=name, wrong=wrong, **told)


def _joined(office: Office, secret: str, name: str, request: Request) -> HTMLResponse:
    try:
        about = joining.look_at(office, secret)
        own, again = joining.reserve(office, secret, name)
    except Refused:
        return _form(office, secret)
    except Invalid as error:
        return _form(office, secret, name, f"{error.what}: expected {error.expected}")
    link = f"{address_of(request)}/join/{again}"
    opening: Opening | None = request.app.state.opening
    place = opening(link, own) if opening else ""
    return _page(201, title=f"Welcome to {about['title']}", course=about["title"], joined=own, shown=name,
                 link=link, open=place)  # fmt: skip


def address_of(request: Request) -> str:
    """Return the service's address as others reach it."""
    return str(request.app.state.url or str(request.base_url).rstrip("/"))


def _page(status: int, **about: Any) -> HTMLResponse:
    return HTMLResponse(_template().render(**about), status, _HEADERS)


@cache
def _template() -> jinja2.Template:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return pages.get_template("join.html")
