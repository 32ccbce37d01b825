"""The commands that give learning platforms what they take."""

import json as texts
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, HostOption, PortOption
from course.errors import Invalid


class Package(StrEnum):
    """What a package is written for."""

    SCORM = "scorm"
    CMI5 = "cmi5"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(xapi)
    app.command()(package)
    lti = typer.Typer(
        help="Learning platforms that launch lessons by LTI 1.3.", no_args_is_help=True
    )
    lti.command()(register)
    lti.command("roster")(take_roster)
    lti.command()(scores)
    lti.command("serve")(serve_lti)
    app.add_typer(lti, name="lti")


def xapi(
    lessons: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LESSON...]", help="Folders of lessons; by default all."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write one statement a line (JSONL)."),
    ] = None,
    to: Annotated[
        str,
        typer.Option(
            metavar="URL", help="Send to this record store: its endpoint, without /statements."
        ),
    ] = "",
    user: Annotated[
        str, typer.Option(envvar="COURSE_LRS_USER", help="The store's key; or in COURSE_LRS_USER.")
    ] = "",
    password: Annotated[
        str,
        typer.Option(
            envvar="COURSE_LRS_PASSWORD", help="Its secret; better in COURSE_LRS_PASSWORD."
        ),
    ] = "",
    course: CourseOption = None,
) -> None:
    """Give out what learners did, and their marks, as xAPI statements.

    They are printed, written to a file, or sent to a Learning Record Store. Each has a name of its own, so
    that sending again what is there already changes nothing.

    Example: `course xapi first-look --output statements.jsonl`
    """
    from course.term import sending  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    wanted = lessons or opened.lessons()
    found = sending.statements(opened, wanted)
    for each in sending.left_out(opened, wanted):
        show.note(each)
    if to:
        _send(list(found), to, user, password)
        return
    lines = [texts.dumps(each, ensure_ascii=False) for each in found]
    _write("".join(f"{line}\n" for line in lines), len(lines), output)


def _write(text: str, count: int, output: Path | None) -> None:
    if output is None:
        typer.echo(text, nl=False)
        return
    from course.layout import write  # noqa: PLC0415  --help starts at once

    write(output, text)
    show.say(f"{count} statements written to {output}")


def _send(statements: list[Any], to: str, user: str, password: str) -> None:
    from course.platforms import lrs  # noqa: PLC0415  --help starts at once

    with show.progress("sending", len(statements) // lrs.BATCH + 1) as move:
        sent = lrs.send(statements, lrs.Store(to, user, password), lambda _done: move())
    show.say(f"{sent} statements sent to {to}")


def package(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    kind: Annotated[Package, typer.Option("--for", help="SCORM 1.2, or cmi5.")] = Package.SCORM,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="The zip; by default LESSON-scorm.zip or so."
        ),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Pack a page that launches a lesson from a learning platform, as SCORM 1.2 or cmi5.

    The page leads to the lesson, which runs in Jupyter. It tells the platform that the lesson was
    begun, and that it is passed when the learner brings their certificate (`course certify`) with all of the
    lesson's objectives: the page checks the signature itself, and whose it is, without a server.

    Example: `course package first-look --for scorm`
    """
    from course.layout import write  # noqa: PLC0415  as above
    from course.term import sending  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    path = output or Path(f"{lesson}-{kind.value}.zip")
    if path.suffix != ".zip":
        raise Invalid("a package is a zip", where=str(path), expected="a name that ends in .zip")
    write(path, sending.packed(opened, lesson, kind.value))
    show.say(f"packed {lesson} for {kind.value}: {path}")


AddressOption = Annotated[
    str,
    typer.Option(
        "--address", metavar="URL", envvar="COURSE_LTI_ADDRESS",
        help="Where platforms reach the course; or in COURSE_LTI_ADDRESS.",
    ),
]  # fmt: skip


def register(
    address: AddressOption = "https://course.example.org/lti", course: CourseOption = None
) -> None:
    """Show what to fill in where a learning platform registers a tool, and the course's public key.

    What the platform says of itself then goes into `course.toml`, as `[[platforms.lti]]`.

    Example: `course lti register --address https://course.example.org/lti`
    """
    from course.term import launching  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    place = address.rstrip("/")
    for name, value in (
        ("tool URL and redirection URI", f"{place}/launch"), ("initiate login URL", f"{place}/login"),
        ("public keyset URL", f"{place}/keys"), ("deep linking", f"yes, at {place}/launch"),
        ("services", "names and roles; assignments and grades, with line items of our own"),
    ):  # fmt: skip
        show.say(f"{name}: {value}")
    if opened.file.platforms.lti:
        show.data(launching.tool(opened, address).keys())


def take_roster(
    address: AddressOption = "https://course.example.org/lti", course: CourseOption = None
) -> None:
    """Enrol the learners of the platform's course, whence a lesson was launched before.

    Example: `course lti roster`
    """
    from course.term import launching  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    people, new = launching.take_roster(opened, launching.tool(opened, address))
    show.say(f"{people} learners there, {new} new here")


def scores(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    address: AddressOption = "https://course.example.org/lti",
    course: CourseOption = None,
) -> None:
    """Send a lesson's scores to the platforms that link to it.

    Work that waits for a person goes as such (PendingManual), without a score.

    Example: `course lti scores first-look`
    """
    from course.term import launching  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    sent = launching.send_scores(opened, lesson, launching.tool(opened, address))
    show.say(f"{lesson}: {sent} scores sent")


def serve_lti(
    address: AddressOption,
    port: PortOption = 8012,
    host: HostOption = "127.0.0.1",
    course: CourseOption = None,
) -> None:
    """Run the door that learning platforms send people to, behind a proxy that speaks https.

    Who teaches chooses there which lessons to link to. Who learns is enrolled and led to the lesson.

    Example: `course lti serve --address https://course.example.org/lti`
    """
    from course.service import lti  # noqa: PLC0415  --help starts at once
    from course.service.run import run  # noqa: PLC0415  as above

    opened = show.open_course(course)
    app = lti.application(opened, address)
    run(app, host, port, lambda taken: show.say(f"serving {address} on {host}:{taken}"))
