"""Where a browser comes in and goes out: by a link that holds once, or by signing in at the JupyterHub."""

import hmac
from collections.abc import Mapping

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from course.errors import NotFound, Refused
from course.office import entering
from course.service.caller import TheOffice
from course.service.hub import Hub
from course.service.pages import COOKIE, Page, Reader, form, page, root_of

router = APIRouter(route_class=Page, include_in_schema=False)

_STATE = "course-state"
MONTH, _MINUTES = 60 * 60 * 24 * 30, 60 * 10


@router.get("/")
def home(request: Request) -> Response:
    """Lead to the hub's sign-in; without a hub, say how to come in."""
    if request.app.state.hub is None:
        return page(request, "start.html")
    return RedirectResponse(f"{root_of(request)}/sign-in", 302)


# by a link ------------------------------------------------------------------------------------------


@router.get("/enter/{secret}")
def ask(request: Request, secret: str) -> HTMLResponse:
    """Ask whether to come in: what only looks at links ahead must not use this one up."""
    del secret
    return page(request, "enter.html")


@router.post("/enter/{secret}")
def enter(request: Request, secret: str, office: TheOffice) -> Response:
    """Let a browser in."""
    token, course = entering.enter(office, secret)
    response = RedirectResponse(f"{root_of(request)}/courses/{course}", 303)
    let_in(request, response, {course: token}, MONTH)
    return response


# by the hub -----------------------------------------------------------------------------------------


@router.get("/sign-in")
def sign_in(request: Request, to: str = "") -> Response:
    """Send a browser to the hub, which says whose it is."""
    place, state = _hub(request).sign_in(to if to.startswith("/courses/") else "")
    response = RedirectResponse(place, 302)
    # lax, since the hub may send the browser back by way of another site's sign-in
    response.set_cookie(_STATE, state, path=root_of(request) or "/", httponly=True, samesite="lax",
                        secure=_is_secure(request), max_age=_MINUTES)  # fmt: skip
    return response


@router.get("/oauth_callback")
def signed_in(
    request: Request, office: TheOffice, code: str = "", state: str = "", error: str = ""
) -> Response:
    """Take a browser back from the hub, and let it into its person's courses."""
    hub, own = _hub(request), request.cookies.get(_STATE, "")
    if error or not code:
        raise Refused("you were not signed in", found=error, hint="sign in once more")
    if not own or not hmac.compare_digest(own.encode(), state.encode(errors="replace")):
        raise Refused("this sign-in was not begun in this browser", hint="sign in once more")
    name, wanted = hub.signed_in(code, state)
    sessions = entering.come_in(office, name)
    if not wanted.startswith("/courses/"):
        wanted = f"/courses/{next(iter(sessions))}" if len(sessions) == 1 else ""
    # a page, not a redirection: a strict cookie comes along only where our own page leads on
    response = page(request, "signed-in.html", who=name, courses=sorted(sessions), to=wanted)
    response.delete_cookie(_STATE, path=root_of(request) or "/")
    let_in(request, response, sessions, None)
    return response


# out ------------------------------------------------------------------------------------------------


@router.post("/courses/{course}/leave")
async def leave(request: Request, reader: Reader) -> Response:
    """Sign this browser out, of all courses."""
    await form(request)
    await run_in_threadpool(entering.leave, reader.office, request.cookies[COOKIE])
    hub: Hub | None = request.app.state.hub
    response = page(request, "left.html", course=reader.course, leaving=hub.leaving if hub else "")
    for course in await run_in_threadpool(reader.office.courses):
        response.delete_cookie(COOKIE, path=_path(request, course))
    return response


def _hub(request: Request) -> Hub:
    hub: Hub | None = request.app.state.hub
    if hub is None:
        raise NotFound(
            "there is no JupyterHub beside this service", hint="run in your folder: course enter"
        )
    return hub


def let_in(
    request: Request, response: Response, sessions: Mapping[str, str], seconds: int | None
) -> None:
    """Give a browser its sessions, for some seconds or until it is closed."""
    for course, token in sessions.items():
        response.set_cookie(COOKIE, token, path=_path(request, course), httponly=True, samesite="strict",
                            secure=_is_secure(request), max_age=seconds)  # fmt: skip


def _path(request: Request, course: str) -> str:
    return f"{root_of(request)}/courses/{course}"


def _is_secure(request: Request) -> bool:
    return str(request.app.state.url or request.base_url).startswith("https:")
