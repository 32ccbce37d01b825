"""The command that runs the course service."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from course.cli import show
from course.cli.show import HostOption, PortOption
from course.errors import NotFound
from course.layout import find_course
from course.settings import load


def add_to(app: typer.Typer) -> None:
    """Add this command to the command line."""
    app.command("serve")(serve)


def serve(
    port: PortOption = 8010,
    host: HostOption = "127.0.0.1",
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
    root = None if courses else find_course()
    file = load(root) if root else None
    if root and file is None:
        raise NotFound(
            "a course without course.toml can't be served",
            where=str(root),
            hint="make one: course new DIR",
        )
    ids = courses or ([file.id] if file else [])
    _run(
        (folder or (root or Path()) / ".course" / "office").resolve(),
        db,
        ids,
        root,
        (host, port, url),
    )


def _run(
    place: Path, db: str, ids: list[str], root: Path | None, where: tuple[str, int, str]
) -> None:
    from course.service.run import serve as run  # noqa: PLC0415  as above
    from course.term import serving  # noqa: PLC0415  --help starts at once

    host, port, url = where
    with serving.open_office(place, db, ids) as office:

        def ready(taken: int) -> None:
            for line in serving.opened(
                office, root, url.rstrip("/") or f"http://{host}:{taken}", getuser()
            ):
                show.say(line)

        run(office, host, port, url, ready)
