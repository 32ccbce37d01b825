"""The door for learning platforms (LTI 1.3): they send people here, and are given links to lessons."""

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jinja2
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from course.errors import CourseError, Refused
from course.platforms.lti import Launched, Tool
from course.term import Course, launching

_PAGES = Path(__file__).parents[1] / "templates" / "launch"
_MOST = 10_000
"""Logins and choices that are remembered; older ones have to begin again."""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action *",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
}  # fmt: skip


class Recent(dict[str, Any]):
    """What is remembered for a while: the oldest goes when there is too much."""

    def __setitem__(self, key: str, value: Any) -> None:
        while len(self) >= _MOST:
            del self[next(iter(self))]
        super().__setitem__(key, value)


def application(course: Course, address: str) -> FastAPI:
    """Return the application; it is reached at ``address``, whose path it serves.

    Raises:
        Invalid: no platform stands in `course.toml`.
    """
    door = _Door(course, launching.tool(course, address, Recent()))
    app = FastAPI(
        title="course, for learning platforms", docs_url=None, redoc_url=None, openapi_url=None
    )
    path = "/" + address.split("://", 1)[-1].partition("/")[2].strip("/")
    base = path.rstrip("/")
    app.add_api_route(f"{base}/login", door.login, methods=["GET", "POST"])
    app.add_api_route(f"{base}/launch", door.launch, methods=["POST"])
    app.add_api_route(f"{base}/choose", door.choose, methods=["POST"])
    app.add_api_route(f"{base}/keys", door.keys, methods=["GET"])
    return app


class _Door:
    def __init__(self, course: Course, tool: Tool) -> None:
        self.course, self.tool, self.choosing = course, tool, Recent()

    def keys(self) -> Response:
        return JSONResponse(self.tool.keys())

    async def login(self, request: Request) -> Response:
        words = await _words(request)
        try:
            where, cookies = self.tool.login(words)
        except CourseError as error:
            return _page("refused.html", 400, error=error)
        answer = RedirectResponse(where, 302)
        for name, value in cookies.items():
            answer.set_cookie(
                name, value, max_age=300, secure=True, httponly=True, samesite="none", path="/"
            )
        return answer

    async def launch(self, request: Request) -> Response:
        words = await _words(request)
        return await _in_thread(lambda: self._launch(words, dict(request.cookies)))

    def _launch(self, words: dict[str, str], cookies: dict[str, str]) -> Response:
        try:
            came = self.tool.launch(words, cookies)
            if came.answer is not None:
                return self._offer(came)
            launching.received(self.course, came)
            title = self.course.known(came.lesson).title or came.lesson
        except CourseError as error:
            return _page("refused.html", 400, error=error)
        address = self.course.file.platforms.learn.replace("{lesson}", came.lesson)
        if address:
            return RedirectResponse(address, 303)
        return _page(
            "fetch.html", 200, lesson=came.lesson, title=title, course=self.course.file.title
        )

    def _offer(self, came: Launched) -> Response:
        if not came.teaches:
            raise Refused("only who teaches may link to lessons")
        token = secrets.token_urlsafe(32)
        self.choosing[token] = came
        return _page(
            "choose.html",
            200,
            token=token,
            links=launching.links(self.course),
            course=self.course.file.title,
        )

    async def choose(self, request: Request) -> Response:
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"))
        came = self.choosing.pop(dict(pairs).get("token", ""), None)
        if came is None:
            return _page(
                "refused.html",
                400,
                error=Refused(
                    "this choice was made already", hint="begin again in your learning platform"
                ),
            )
        chosen = [value for name, value in pairs if name == "lesson"]
        links = [each for each in launching.links(self.course) if each.lesson in chosen]
        # its form goes back to the platform by itself, which takes a script
        return HTMLResponse(came.answer(links), headers={"Cache-Control": "no-store"})


async def _words(request: Request) -> dict[str, str]:
    """Return the words of a query, and of a form."""
    form = parse_qsl((await request.body()).decode("utf-8", "replace"))
    return {**request.query_params, **dict(form)}


async def _in_thread(call: Callable[[], Response]) -> Response:
    from starlette.concurrency import run_in_threadpool  # noqa: PLC0415  beside what it is for

    return await run_in_threadpool(call)


def _page(name: str, status: int, **words: Any) -> Response:
    room = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_PAGES), autoescape=True, undefined=jinja2.StrictUndefined
    )
    style = (_PAGES / "launch.css").read_text(encoding="utf-8")
    return HTMLResponse(room.get_template(name).render(style=style, **words), status, _HEADERS)
