"""The command that runs the course service."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from course.cli import show
from course.errors import NotFound


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("serve")(serve)


def serve(
    port: Annotated[int, typer.Option(help="Where it listens; 0 takes a free one.")] = 8010,
    host: Annotated[str, typer.Option(help="The address that it listens on.")] = "127.0.0.1",
    url: Annotated[
        str, typer.Option(metavar="URL", help="The address that others reach it by, for links.")
    ] = "",
    db: Annotated[
        str,
        typer.Option(
            metavar="URL", help="Database, such as postgresql+psycopg://…; by default SQLite."
        ),
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the office keeps its things; by default the course's .course/office.",
        ),
    ] = None,
    courses: Annotated[
        list[str] | None,
        typer.Option(
            "--for", metavar="COURSE", help="Ids of courses that it serves, on a server of its own."
        ),
    ] = None,
) -> None:
    """Run the course service: releases, submissions, receipts and feedback over HTTP.

    In a course's folder it serves that course. On a server of its own, give --folder and --for: each
    course that has no instructor yet gets a link for one, to be used in the course's folder.

    Example: `course serve --port 8010`
    """
    from course import serving  # noqa: PLC0415  --help starts at once
    from course.layout import find_course  # noqa: PLC0415  as above
    from course.service.run import serve as run  # noqa: PLC0415  as above
    from course.settings import load  # noqa: PLC0415  as above

    root, file = None, None
    if not courses:
        root = find_course()
        file = load(root)
        if file is None:
            raise NotFound(
                "a course without course.toml can't be served", where=str(root), hint="course new"
            )
    place = folder or (root or Path()) / serving.OFFICE
    with serving.open_office(place.resolve(), db, courses or [file.id if file else ""]) as office:

        def ready(taken: int) -> None:
            address = url.rstrip("/") or f"http://{host}:{taken}"
            if file is not None and root is not None:
                serving.settle(office, file, root, file.service.url or address, getuser())
                show.say(f"serving {file.id} at {address}; invite learners: course learners invite")
                if not file.service.url:
                    show.say(
                        f'in course.toml, so that release and collect use it: [service] url = "{address}"'
                    )
                return
            for link in serving.first_links(office, address):
                show.say(f"an instructor joins, in the course's folder: course join {link}")
            show.say(f"serving {', '.join(office.courses())} at {address}")

        run(office, host, port, url, ready)
