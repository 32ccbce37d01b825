"""The commands about what is kept of a person."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("my-data")(my_data)
    app.command()(forget)


def my_data(
    learner: Annotated[
        str,
        typer.Argument(metavar="[LEARNER]", help="Whose, for an instructor; a learner gives none."),
    ] = "",
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="The archive to write.")
    ] = Path("my-data.zip"),
    course: CourseOption = None,
) -> None:
    """Write everything that is kept about one person into a zip: `my-data.json` to read, and the files.

    In the course's folder that is all of it, as it is now, for the learner who is named. In a learner's own
    folder it is what their machine, the exchange and the course service hold, and what the gradebook held when
    feedback last went out: that comes with it. Marks that were not returned yet are left out, and counted.

    Example: `course my-data ana`
    """
    from course import layout, own_data  # noqa: PLC0415  --help starts at once
    from course.errors import Invalid  # noqa: PLC0415  as above
    from course.study import Study  # noqa: PLC0415  as above
    from course.term import forgetting  # noqa: PLC0415  --help starts at once

    if learner:
        opened = show.open_course(course)
        data = forgetting.bundle(opened, forgetting.kept(opened, learner))
    else:
        study = Study.open(course or Path.cwd())
        learner, data = study.reach.learner, own_data.bundle(study)
    if out.exists():
        raise Invalid(
            "there is such a file already", where=str(out), hint="give another name: --out FILE"
        )
    layout.write(out, data, 0o600)
    show.say(f"{out}: what is kept about {learner}")


def forget(
    learner: Annotated[str, typer.Argument(metavar="LEARNER", help="The learner's id.")],
    pseudonymise: Annotated[
        bool,
        typer.Option(
            "--pseudonymise",
            help="Keep marks and times under a pseudonym, so that statistics stay as they are.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask whether it is meant.")] = False,
    course: CourseOption = None,
) -> None:
    """Remove everything that is kept about one person: gradebook, submissions, feedback, exchange, course service.

    The ledger keeps that somebody was forgotten, when and by whom, and not who. Certificates that were given
    out can still be verified by whoever holds them. Copies of the course's folder elsewhere are yours to see to.

    Example: `course forget ana --pseudonymise --dry-run`
    """
    from course.term import forgetting  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    found = forgetting.kept(opened, learner)
    rows = [{"what": name, "count": count} for name, count in found.counted()]
    show.table(rows, {"what": "what there is", "count": ""}, as_json=False, empty="nothing")
    if dry_run:
        show.say(f"nothing was done: {learner} is kept as before")
        return
    if not yes:
        typer.confirm(f"Forget {learner}? This can't be undone.", abort=True)
    name = forgetting.forget(opened, found, getuser(), pseudonymise=pseudonymise)
    show.say(f"{learner} is forgotten" + (f"; marks and times are kept as {name}" if name else ""))
