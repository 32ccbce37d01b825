"""The commands that look at how a course goes: reports, and what to look after."""

from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(report)
    app.command()(worklist)


def report(
    lesson: Annotated[str, typer.Option(help="About this lesson.")] = "",
    learner: Annotated[str, typer.Option(help="About this learner.")] = "",
    objective: Annotated[str, typer.Option(help="About this objective.")] = "",
    worklist: Annotated[bool, typer.Option("--worklist", help="What to look after today.")] = False,
    group: Annotated[str, typer.Option(help="Only learners of this group.")] = "",
    since: Annotated[
        str, typer.Option(metavar="DATE", help="Only what was handed in since this day.")
    ] = "",
    form: Annotated[
        str, typer.Option("--format", metavar="FORM", help="html, pdf or csv.")
    ] = "html",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Where to write it; by default here, by its name."
        ),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Write a report: of the course, or of one lesson, learner or objective.

    The HTML needs nothing else, the PDF is tagged for screen readers, and the CSV holds every table
    in full. The same pages are live at the grading desk, under Oversight.

    Example: `course report --objective clean-missing --group spring --format pdf`
    """
    from course import layout  # noqa: PLC0415  --help starts at once
    from course.report import pages, render  # noqa: PLC0415  as above
    from course.report.page import Choice  # noqa: PLC0415  as above
    from course.term.overseeing import Oversight  # noqa: PLC0415  as above

    kind, names = pages.asked(lesson, learner, objective, worklist=worklist)
    opened = show.open_course(course)
    page = Oversight(opened).page(kind, names, Choice(group, since), whole=True)
    path = out or Path("-".join(["report", kind, *names])).with_suffix(f".{form}")
    layout.write(path, render.made(page, form))
    show.say(f"{path}: {page.title}")


def worklist(
    rest: Annotated[
        int,
        typer.Option(
            "--rest", metavar="NUMBER", help="Put this entry to rest until something new happens."
        ),
    ] = 0,
    reason: Annotated[str, typer.Option(help="Why it is put to rest.")] = "",
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show what to look after today, and the one thing to do next; what waits longest stands first.

    That is: learners who are behind their own plan and hand nothing in, who seem stuck, whose
    must-correct questions are open; answers that wait longer than promised, and questions. When it
    is time for which is said in `course.toml`, under `[oversight]`.

    Example: `course worklist --rest 3 --reason "on holiday"`
    """
    from course.errors import NotFound  # noqa: PLC0415  --help starts at once
    from course.insight.worklist import KINDS, table  # noqa: PLC0415  as above
    from course.term.overseeing import Oversight  # noqa: PLC0415  as above

    oversight = Oversight(show.open_course(course))
    found = oversight.worklist()
    if rest:
        if not 1 <= rest <= len(found):
            raise NotFound(
                "no such entry on the worklist", expected=f"1 to {len(found)}", found=str(rest)
            )
        entry = found[rest - 1]
        oversight.rest(entry.key, entry.trace, getuser(), reason)
        show.say(
            f"put to rest: {KINDS[entry.kind]}, {entry.learner or entry.lesson}. It comes back when something new happens."
        )
        return
    rows = [{"number": place, **row} for place, row in enumerate(table(found), 1)]
    columns = {
        "number": "",
        "learner": "learner",
        "lesson": "lesson",
        "reason": "why",
        "next": "next",
    }
    show.table(rows, columns, as_json=json, empty="nothing to look after")
