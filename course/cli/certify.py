"""The commands about certificates, and the check of whatever the course signed."""

from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(certify)


def certify(
    learner: Annotated[str, typer.Argument(metavar="LEARNER", help="Who has shown it.")],
    objectives: Annotated[
        list[str] | None,
        typer.Option("--objective", metavar="ID", help="Only this objective; may be repeated."),
    ] = None,
    renew: Annotated[
        bool,
        typer.Option(
            "--renew", help="Say what lapsed or changed since, or renew when nothing did."
        ),
    ] = False,
    soon: Annotated[
        int,
        typer.Option(
            metavar="DAYS", help="With --renew: what lapses within so many days, too.", min=0
        ),
    ] = 0,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Issue a certificate about the objectives that a learner has shown: signed, and on paper.

    It is an Open Badges 3.0 credential in `certificates/LEARNER/`, which anybody can check with
    `course verify`, without asking us. For how long an objective holds stands in `course.toml`, in
    `[certificates]` or at the objective. With `--renew`, only what lapsed, or is asked otherwise in
    the lesson's present version, has to be answered again (exit code 3 while there is some).

    Example: `course certify ana --objective personal-data`
    """
    from course.term import certifying  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    if renew:
        _say_renewal(certifying.renewal(opened, learner, soon=soon), learner, as_json=json)
    issued = certifying.certify(opened, learner, tuple(objectives or ()), by=getuser())
    if issued.trouble:
        show.note(issued.trouble)
    if json:
        show.data(issued.document)
    else:
        _say(issued, opened.layout.root)


def _say(issued: Any, root: Path) -> None:
    written = "issued" if issued.is_new else "written again, as nothing changed"
    file = issued.file.relative_to(root)
    show.say(f"{written}: {file}")
    for each in issued.document["credentialSubject"]["achievement"]["resultDescription"]:
        show.say(f"  shown: {each['name']}")
    for each in issued.missing:
        show.say(f"  not on it: {each.objective}, {each.state}")
    until = issued.document.get("validUntil")
    show.say(
        f"  holds {'until ' + until[:10] if until else 'for ever'}; check it: course verify {file}"
    )


def _say_renewal(found: list[Any], learner: str, *, as_json: bool) -> None:
    if not found:
        return
    rows = [
        {"objective": standing.objective, "state": "changed" if other else standing.state,
         "until": f"{standing.until:%Y-%m-%d}" if standing.until else None,
         "lessons": sorted({line.body["lesson"] for line in standing.rows}),
         "questions": sorted({name for _, name in other})}
        for standing, other in found
    ]  # fmt: skip
    if as_json:
        show.data(rows)
    else:
        show.say(f"{learner} has to show again, and nothing else:")
        for row in rows:
            what = (
                f"answer again {', '.join(row['questions'])}"
                if row["questions"]
                else "answer its questions again"
            )
            show.say(f"  {row['objective']} ({row['state']}{', until ' + row['until'] if row['until'] else ''}): "
                     f"{what} in {', '.join(row['lessons'])}")  # fmt: skip
    raise typer.Exit(show.NEEDS_PERSON)
