"""What every address has in common: who asks, what a browser may do with the answer, errors in words."""

import asyncio
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote, urlencode

import jinja2
from jupyter_server.auth.identity import IdentityProvider, PasswordIdentityProvider
from jupyter_server.base.handlers import JupyterHandler
from tornado.web import HTTPError

from course.desk import Desk
from course.errors import CourseError, NotFound, Unavailable
from course.feedback import number
from course.report import render
from course.review.roles import MAY, Deed, Role
from course.server.room import Room
from course.store.asked import Asked

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""No script, style or picture from anywhere else, and none that stands in the page itself."""

_T = TypeVar("_T")


class Handler(JupyterHandler):  # type: ignore[misc]  # untyped base
    """Base of all pages and answers of the desk. Jupyter checks token, password and XSRF before it."""

    deeds: ClassVar[Mapping[str, Deed]] = {}
    """What a method does; by default GET looks at answers, and every other one marks them."""
    role: Role | None = None

    @property
    def content_security_policy(self) -> str:
        """What a browser may load into these pages."""
        return POLICY

    def set_default_headers(self) -> None:
        """Say that nothing here is to be kept or guessed at."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")

    async def prepare(self) -> None:
        """Let nobody in who is not known, and nobody do what is not theirs to do."""
        await super().prepare()
        if self._finished:
            return
        if self.current_user is None:
            if self.request.method != "GET" or "/api/" in self.request.path:
                raise HTTPError(403, "log in first")
            self.redirect(f"{self.get_login_url()}?{urlencode({'next': self.request.uri})}")
            return
        self.role = await asyncio.to_thread(self.room.role, self.grader)
        method = self.request.method
        deed = self.deeds.get(method, Deed.SEE if method in ("GET", "HEAD") else Deed.MARK)
        if self.role is None:
            raise HTTPError(
                403, f"{self.grader} is not among [[staff]] in this course's course.toml"
            )
        if not self.may(deed):
            raise HTTPError(403, f"{self.grader} is here as {self.role}, who may not {deed}")

    def may(self, deed: Deed) -> bool:
        """Return whether who asks may do something."""
        return self.role is not None and deed in MAY[self.role]

    @property
    def room(self) -> Room:
        """The course that is served here."""
        room: Room = self.settings["course_room"]
        return room

    @property
    def grader(self) -> str:
        """Who asks."""
        return named(self)

    async def desk(self, work: Callable[[Desk], _T]) -> _T:
        """Do something at this grader's desk, beside the server's loop, which goes on meanwhile."""
        return await asyncio.to_thread(lambda: work(self.room.desk(self.grader)))

    def write_error(self, status_code: int, **about: Any) -> None:
        """Say what went wrong in words; nobody sees a traceback."""
        error = about.get("exc_info", (None, None))[1]
        told = str(error) if isinstance(error, CourseError) else ""
        if isinstance(error, HTTPError):
            told = error.log_message or error.reason or ""
        status = _STATUS.get(type(error), 400 if isinstance(error, CourseError) else status_code)
        self.set_status(status)
        told = told or f"{status} {self._reason}"
        if "/api/" in self.request.path:
            self.say({"error": told})
        else:
            self.render_page("error.html", told=told, status=status)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log what nobody expected; a person's mistake is no fault of the server."""
        if not isinstance(error, CourseError):
            super().log_exception(kind, error, trace)

    def render_page(self, name: str, **about: Any) -> None:
        """Write a page."""
        base = f"{self.base_url}course/"
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(
            _pages().get_template(name).render(
                base=base, static=f"{self.base_url}static/course/", grader=self.grader,
                xsrf=self.xsrf_token.decode(), lab=f"{self.base_url}lab", role=self.role or "",
                may={deed.name.lower() for deed in Deed if self.may(deed)}, **about,
            )
        )  # fmt: skip

    def say(self, data: Any) -> None:
        """Write JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(data))


def named(handler: JupyterHandler) -> str:
    """Return who asks: JupyterHub's or another identity's name; who runs the server where there is none."""
    user, room = handler.current_user, handler.settings["course_room"]
    nameless = type(handler.identity_provider) in (IdentityProvider, PasswordIdentityProvider)
    if user is None or nameless or user.name.startswith("Anonymous "):
        return str(room.grader)
    return str(user.username)


def asked(desk: Desk, names: tuple[str, str, str]) -> Asked:
    """Return the question that an address names: lesson, notebook, question."""
    return desk.question(*names)


_STATUS = {NotFound: 404, Unavailable: 503}


@cache
def _pages() -> jinja2.Environment:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader([Path(__file__).parent / "templates", render.HERE / "templates"]), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.globals.update(render.globals_())
    pages.filters["points"] = number
    pages.filters["part"] = lambda name: quote(str(name), safe="")  # of an address
    return pages
