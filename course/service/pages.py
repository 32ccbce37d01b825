"""Pages for a browser: lessons and questions. No script; every form proves that our page sent it."""

import datetime as dt
import functools
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote, urlsplit

import jinja2
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.routing import APIRoute
from markupsafe import Markup

from course import dates, markup
from course.errors import CourseError, Refused
from course.lesson.language import catalogue
from course.office import answering, asking, entering, live, schedule, threads
from course.office.enrolment import Enrolment
from course.office.office import Office, Unknown
from course.service.caller import Course, TheOffice, body_of
from course.service.language import accepted
from course.service.problems import status_of
from course.service.questions import Key

COOKIE = "course-session"
_HERE = Path(__file__).parent
_MOST_FORM = 100_000
_UNKNOWN = 401
_UNKNOWN = 401
CAREFUL = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}  # fmt: skip


class Page(APIRoute):
    """A route that a person looks at: a refusal is a page, too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request, with a page for each refusal."""
        inner = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await inner(request)
            except CourseError as error:
                return page(request, "refusal.html", status_of(error), error=error)

        return answer


router = APIRouter(route_class=Page, include_in_schema=False)


def page(
    request: Request, name: str, status: int = 200, *, reader: Enrolment | None = None,
    course: str = "", **shown: Any,
) -> HTMLResponse:  # fmt: skip
    """Return a page in the reader's language, with the times of the reader's zone.

    Args:
        reader: who is signed in; None for a page that anybody sees.
        course: where nobody is signed in, the one whose language is spoken when the browser wants none of ours.
    """
    language = accepted(request.headers.get("accept-language", "")) or _of_course(
        request.app.state.office, reader.course if reader else course
    )
    if reader is not None:
        shown |= {
            "reader": reader.member, "staff": threads.is_staff(reader.member),
            "proof": entering.proof(request.cookies.get(COOKIE, "")),
            "day": functools.partial(_day, zone=_zone(reader)),
        }  # fmt: skip
    text = (
        _pages(language)
        .get_template(name)
        .render(
            root=root_of(request), language=language, sign_in=_sign_in(request, status), **shown
        )
    )
    return HTMLResponse(text, status, {**CAREFUL, "Content-Language": language, "Vary": "Accept-Language"})  # fmt: skip


def _of_course(office: Office, course: str) -> str:
    """Return the language that a course announced, if we speak it; else English."""
    if not course:
        return "en"
    with office.reading() as connection:
        row = office.course(connection, course)
    return (
        accepted(str((row["about"] if row else {}).get("language", "")).replace("_", "-")) or "en"
    )


def _zone(reader: Enrolment) -> dt.tzinfo:
    """Return the zone of somebody's machine; UTC where it did not say."""
    try:
        return dates.zone(str(reader.member["zone"] or "UTC"))
    except ValueError:
        return dt.UTC


def _day(moment: dt.datetime | str, zone: dt.tzinfo) -> str:
    """Say when something was or will be; the office's own moments are in UTC and name no zone."""
    found = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    local = (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname()}"


def root_of(request: Request) -> str:
    """Return the path below which the service is reached, without a slash at its end."""
    return str(request.scope.get("root_path", ""))


def _sign_in(request: Request, status: int) -> str:
    """Return where the hub lets a browser in that is not in yet; empty without a hub, and for one that is in."""
    root = root_of(request)
    path = request.url.path.removeprefix(root)
    within = path.startswith("/courses/")
    if request.app.state.hub is None or (within and status != _UNKNOWN):
        return ""
    return f"{root}/sign-in" + (f"?to={quote(path)}" if within and request.method == "GET" else "")


def session(course: Course, office: TheOffice, request: Request) -> Enrolment:
    """Return whose browser this is."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        raise Unknown(
            "this browser is not signed in", expected="a link of yours that lets it in",
            hint="run in your folder: course enter",
        )  # fmt: skip
    return Enrolment.of(office, token, course)


Reader = Annotated[Enrolment, Depends(session)]


async def form(request: Request) -> dict[str, str]:
    """Return a form's fields.

    Raises:
        Refused: our own page did not send it.
    """
    fields = dict(parse_qsl((await body_of(request, _MOST_FORM)).decode("utf-8", "replace")))
    origin = request.headers.get("origin")
    elsewhere = origin not in (None, "null") and urlsplit(
        origin or ""
    ).netloc != request.headers.get("host")
    if elsewhere or not entering.is_proven(
        request.cookies.get(COOKIE, ""), fields.get("proof", "")
    ):
        raise Refused(
            "this form is not from our own page, or from an old one",
            hint="go back, load the page again, and send it once more; copy your text first",
        )
    return fields


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Give a style sheet or a script."""
    kinds = {".css": "text/css", ".js": "text/javascript"}
    path = _HERE / "static" / name
    if path.suffix not in kinds or path.parent != _HERE / "static" or not path.is_file():
        return Response(status_code=404)
    return Response(
        path.read_bytes(), media_type=kinds[path.suffix], headers={"Cache-Control": "max-age=300"}
    )


# lessons --------------------------------------------------------------------------------------------


@router.get("/courses/{course}")
def home(request: Request, reader: Reader) -> HTMLResponse:
    """Show the lessons that are out, with the reader's own dates and what was handed in."""
    about = reader.about()["announced"]
    title = about.get("title") or reader.course
    return page(request, "home.html", reader=reader, title=title, lessons=_lessons(reader, about),
                live=live.look(reader))  # fmt: skip


def _lessons(reader: Enrolment, about: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lessons that are out, in the course's order."""
    told = [each for each in about.get("lessons") or () if isinstance(each, dict)]
    said = {str(each.get("lesson")): each for each in told}
    out, own, found = [each["lesson"] for each in reader.releases()], schedule.own_dates(reader), []
    for name in sorted(out, key=[*said, *out].index):
        due, _grace, extended = own.get(name, ("", 0, False))
        papers = reader.submissions(name)
        found.append({
            "lesson": name, "title": said.get(name, {}).get("title") or name,
            "minutes": said.get(name, {}).get("minutes") or 0, "due": due, "extended": extended,
            "handed_in": papers[-1]["received_at"] if papers else "", "feedback": reader.feedback(name),
        })  # fmt: skip
    return found


# questions ------------------------------------------------------------------------------------------


@router.get("/courses/{course}/questions")
def board(request: Request, reader: Reader, lesson: str = "", show: str = "open") -> HTMLResponse:
    """Show the course's questions."""
    every = threads.board(reader)
    lessons = sorted({one.question["lesson"] for group in every for one in group})
    wanted = [
        group for group in every
        if (not lesson or group[0].question["lesson"] == lesson)
        and (show != "open" or any(one.question["state"] == "open" for one in group))
    ]  # fmt: skip
    late = threads.late(reader)
    return page(request, "questions.html", reader=reader, groups=wanted, lessons=lessons, lesson=lesson,
                show=show, late=late)  # fmt: skip


@router.get("/courses/{course}/questions/{key}")
def thread(request: Request, reader: Reader, key: Key) -> HTMLResponse:
    """Show one question."""
    return _thread(request, reader, key)


@router.post("/courses/{course}/questions/{key}")
async def act(request: Request, reader: Reader, key: Key) -> Response:
    """Answer a question, or moderate it."""
    fields = await form(request)
    await run_in_threadpool(_act, reader, key, fields)
    return RedirectResponse(f"{root_of(request)}/courses/{reader.course}/questions/{key}", 303)


def _act(reader: Enrolment, key: str, fields: dict[str, str]) -> None:
    deed, into, number = fields.get("deed", ""), fields.get("into", ""), fields.get("number", "0")
    if deed == "answer":
        answering.answer(reader, key, fields.get("text", ""), publish="publish" in fields)
    else:
        answering.moderate(reader, key, deed, into, int(number) if number.isdecimal() else 0)


def _thread(request: Request, reader: Enrolment, key: str) -> HTMLResponse:
    one = threads.thread(reader, key)
    group = next(
        (group for group in threads.board(reader, str(one.question["lesson"]))
         if any(each.question["id"] == key for each in group)), [],
    )  # fmt: skip
    others = [each for each in group if each.question["id"] != key]
    return page(request, "thread.html", reader=reader, one=one, others=others,
                may=one.mine or threads.may_answer(reader), most=asking.MOST)  # fmt: skip


def _prose(text: str) -> Markup:
    return Markup(markup.block(text))  # noqa: S704  it was sanitised


@functools.cache
def _pages(language: str) -> jinja2.Environment:
    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    pages.filters["prose"] = _prose
    said = catalogue(language)
    pages.globals |= {"_": said.gettext, "_n": said.ngettext, "here": ""}
    return pages
