"""Refusals as problem+json (RFC 9457): what, where, expected, found, and what to do next."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from course.errors import CourseError, Invalid, NotFound, Refused, Unavailable
from course.office.office import Unknown

MEDIA_TYPE = "application/problem+json"
_STATUS = ((NotFound, 404), (Refused, 403), (Invalid, 422), (Unavailable, 503))


_SCHEMA = {
    "type": "object", "required": ["type", "status", "title"],
    "properties": {"status": {"type": "integer"}, **{
        name: {"type": "string"} for name in ("type", "title", "where", "expected", "found", "hint")}},
}  # fmt: skip
DESCRIBED: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
    for status, text in {
        401: "Nobody known.", 403: "Not for whoever asks.", 404: "Not there.", 413: "Too large.",
        422: "Not as described, or nothing that can be taken in.", 503: "Away; try again.",
    }.items()
}  # fmt: skip
"""What the interface's description says of refusals."""

_HEADERS = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}


class TooLarge(Refused):
    """More bytes than are taken in."""


def add_to(app: FastAPI) -> None:
    """Let an application answer with problems."""
    app.add_exception_handler(CourseError, _course)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


def problem(status: int, what: str, **about: str) -> JSONResponse:
    """Return a problem as a response."""
    told = {name: text for name, text in about.items() if text}
    body = {"type": "about:blank", "status": status, "title": what, **told}
    return JSONResponse(body, status, _HEADERS.get(status), MEDIA_TYPE)


async def _course(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, CourseError)  # noqa: S101  what it is registered for
    where = (
        "" if isinstance(error, Unavailable) else error.where
    )  # a server's own paths are nobody's business
    found = "" if isinstance(error, Unavailable) else error.found
    return problem(
        status_of(error),
        error.what,
        where=where,
        expected=error.expected,
        found=found,
        hint=error.hint,
    )


def status_of(error: CourseError) -> int:
    """Return the status that answers with an error."""
    if isinstance(error, Unknown):
        return 401
    if isinstance(error, TooLarge):
        return 413
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101  as above
    first: dict[str, Any] = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return problem(422, "the request is not as described", where=where, expected=str(first["msg"]),
                   hint="see /openapi.json")  # fmt: skip


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101  as above
    response = problem(error.status_code, str(error.detail))
    response.headers.update(error.headers or {})
    return response
