"""The application: routes, refusals and what every answer carries."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from course.office.office import Office
from course.service import door, invited, learners, live, pages, problems, questions, staff
from course.service.hub import Hub

_DESCRIPTION = (
    "Releases, submissions, feedback and people of courses. Everything is about whoever asks."
)


def application(
    office: Office, url: str = "", hub: Hub | None = None, opening: invited.Opening | None = None
) -> FastAPI:
    """Return the application that serves an office.

    Args:
        url: the address that others reach it by, for links; by default the one that was asked.
        hub: the JupyterHub beside it.
        opening: opens the first lesson for who joined in a browser; None where learners do that themselves.
    """
    app = FastAPI(
        title="course", version="1", description=_DESCRIPTION, docs_url=None, redoc_url=None,
        responses=problems.DESCRIBED,
    )  # fmt: skip
    app.state.office, app.state.url = office, url.rstrip("/")
    app.state.hub, app.state.opening = hub, opening
    problems.add_to(app)
    app.middleware("http")(_careful)
    app.include_router(learners.router)
    app.include_router(staff.router)
    app.include_router(invited.router)
    app.include_router(questions.router)
    app.include_router(door.router)
    app.include_router(pages.router)
    app.include_router(live.router)
    app.include_router(live.api)
    app.get("/health", tags=["operator"])(health)
    return app


def health(request: Request) -> dict[str, str]:
    """Say that the office can be reached; 503 when its database can't."""
    office: Office = request.app.state.office
    return {"state": "well", "courses": str(len(office.courses()))}


async def _careful(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault(
        "Referrer-Policy", "no-referrer"
    )  # an invitation stands in the address
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def below(path: str, app: FastAPI) -> FastAPI:
    """Return an application that has another one below a path, as a JupyterHub wants it; the same for no path."""
    if not path:
        return app
    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.mount(path, app)
    return outer
