"""The commands about learners."""

import datetime as dt
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption
from course.cli.table import read_csv
from course.errors import Invalid, Refused

people = typer.Typer(no_args_is_help=True, help="Who takes the course.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(people, name="learners")


@people.command("add")
def add_learner(
    learner: Annotated[
        str, typer.Argument(metavar="ID", help="Name for folders, such as a user name.")
    ],
    first_name: Annotated[str, typer.Option(help="First name.")] = "",
    last_name: Annotated[str, typer.Option(help="Last name.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    group: Annotated[str, typer.Option(help="Group, one of course.toml's.")] = "",
    start: Annotated[
        str, typer.Option(metavar="DATE", help="Start day, for relative due dates.")
    ] = "",
    course: CourseOption = None,
) -> None:
    """Add one learner, or bring what is known of one up to date.

    Example: `course learners add ana --first-name Ana --group spring --start 2026-03-02`
    """
    _enrol(show.open_course(course), [_learner({
        "id": learner, "first_name": first_name, "last_name": last_name, "email": email,
        "group": group, "start": start,
    }, "the command line")])  # fmt: skip


@people.command("import")
def import_learners(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            help="Columns: id, and any of first_name, last_name, email, group, start.",
        ),
    ],
    course: CourseOption = None,
) -> None:
    """Add learners from a CSV file, all of them or none.

    Example: `course learners import spring.csv`
    """
    rows = read_csv(file, {"id"}, {"first_name", "last_name", "email", "group", "start"})
    _enrol(show.open_course(course), [_learner(row, f"{file}, line {line}") for line, row in rows])


@people.command("list")
def list_learners(course: CourseOption = None, json: JsonOption = False) -> None:
    """List the learners.

    Example: `course learners list --json`
    """
    rows = [asdict(person) for person in show.open_course(course).learners()]
    columns = {
        key: key.replace("_", " ")
        for key in ("id", "first_name", "last_name", "email", "group", "start")
    }
    show.table(
        rows, columns, as_json=json, empty="no learners yet; add one: course learners add ID"
    )


@people.command("invite")
def invite(
    group: Annotated[str, typer.Option(help="Group that they join, one of course.toml's.")] = "",
    learner: Annotated[
        str,
        typer.Option(
            "--for", metavar="ID", help="Only for this one, who may be on the list already."
        ),
    ] = "",
    role: Annotated[str, typer.Option(help="learner, grader or instructor.")] = "learner",
    uses: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="How often it may be used.")
    ] = None,
    expires: Annotated[
        str, typer.Option(metavar="SPAN", help='For how long, such as "3 days" or "2 weeks".')
    ] = "2 weeks",
    course: CourseOption = None,
) -> None:
    """Make a link by which people join the course. It is shown only now.

    Example: `course learners invite --group spring --uses 30`
    """
    from course.term import serving  # noqa: PLC0415  --help starts without nbgrader

    show.say(
        serving.invite(
            show.open_course(course),
            group=group,
            name=learner,
            role=role,
            uses=uses,
            expires=expires,
        )
    )


@people.command("invitations")
def invitations(course: CourseOption = None, json: JsonOption = False) -> None:
    """List the invitations: to whom, how often used, until when.

    Example: `course learners invitations`
    """
    from course.term import serving  # noqa: PLC0415  as above

    rows = serving.invitations(show.open_course(course))
    columns = {
        "id": "id", "role": "role", "group": "group", "name": "for", "used": "used", "uses": "of",
        "expires_at": "expires", "revoked_at": "revoked", "by": "by",
    }  # fmt: skip
    show.table(
        rows, columns, as_json=json, empty="no invitation yet; make one: course learners invite"
    )


@people.command("revoke")
def revoke(
    who: Annotated[
        str,
        typer.Argument(metavar="INVITATION|LEARNER", help="An invitation's id, or a learner's."),
    ],
    course: CourseOption = None,
) -> None:
    """Revoke an invitation, or every token of a learner whose machine was lost. Work that came stays.

    Example: `course learners revoke 3fa9c012`
    """
    from course.term import serving  # noqa: PLC0415  as above

    show.say(serving.revoke(show.open_course(course), who))


def _enrol(opened: Any, learners: list[Any]) -> None:
    from course.term import serving  # noqa: PLC0415  --help starts without nbgrader

    added, changed = opened.enrol(learners)
    show.say(f"{added} added, {changed} brought up to date")
    if opened.file.service.url:
        show.say(f"{serving.enrol(opened, learners)} new at the course service")


def _learner(row: dict[str, str], where: str) -> Any:
    from course.layout import safe_name  # noqa: PLC0415  --help starts without nbgrader
    from course.model import Learner  # noqa: PLC0415  --help starts without nbgrader

    try:
        start = dt.date.fromisoformat(row["start"]) if row.get("start") else None
        safe_name(row["id"], "learner")
    except ValueError as error:
        raise Invalid(
            "not a date", where=where, expected="YYYY-MM-DD", found=row["start"]
        ) from error
    except Invalid as error:
        error.where = where
        raise
    for name in (row.get("first_name", ""), row.get("last_name", ""), row.get("email", "")):
        if {"<", ">"} & set(name):  # nbgrader's pages would take it for HTML
            raise Refused("not a name", where=where, expected="no '<' or '>'", found=repr(name))
    return Learner(
        row["id"], row.get("first_name", ""), row.get("last_name", ""), row.get("email", ""),
        row.get("group", ""), start,
    )  # fmt: skip
