"""`course check`: the faults of lessons, for people, programs and code review."""

import json as text_of
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption

if TYPE_CHECKING:
    from course.authoring.coverage import Covered
    from course.authoring.finding import Finding


_MATRIX = {
    "objective": "objective",
    "taught": "taught in",
    "practised": "practised in",
    "assessed": "assessed in",
}


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(check)


def check(
    lessons: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON...]", help="Lessons; by default all.")
    ] = None,
    course: CourseOption = None,
    sarif: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a SARIF report for code review.")
    ] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="Run the lesson behind walls.")
    ] = True,
    objectives: Annotated[
        bool,
        typer.Option(
            "--objectives",
            help="Only show which lessons teach, practise and assess each objective.",
        ),
    ] = False,
    json: JsonOption = False,
) -> None:
    """Find every fault of a lesson before its release: read it, run it, try wrong answers.

    The solution must pass, the untouched release must earn nothing, and wrong answers (your own and
    made ones) must not pass. What did not change since the last time is not tried again. Exit code
    1 when there is an error. A finding that is meant to be so is accepted in course.toml.

    Example: `course check first-look --sarif report.sarif`
    """
    from course import __version__  # noqa: PLC0415  --help starts at once
    from course.authoring.finding import ordered  # noqa: PLC0415
    from course.authoring.finding import sarif as report  # noqa: PLC0415
    from course.layout import write  # noqa: PLC0415
    from course.term import Course, inspection  # noqa: PLC0415  as above

    if objectives:
        _tell_coverage(inspection.coverage(Course.open(course)), as_json=json)
        return
    looked, found = _look(course, lessons, walls=sandbox, quiet=json)
    found = ordered(found)
    if sarif is not None:
        write(sarif, text_of.dumps(report(found, __version__), indent=1) + "\n")
    _tell(found, ", ".join(looked), as_json=json)
    if any(finding.level == "error" for finding in found):
        raise typer.Exit(1)


def _look(
    course: Path | None, lessons: list[str] | None, *, walls: bool, quiet: bool
) -> "tuple[list[str], list[Finding]]":
    """Return what was looked at, and what was found."""
    from course.layout import COURSE_FILE  # noqa: PLC0415
    from course.mistakes import Mistaken  # noqa: PLC0415
    from course.term import Course, inspection  # noqa: PLC0415  as above

    try:
        term = Course.open(course)
    except Mistaken as error:
        return [COURSE_FILE], inspection.of_file(error)
    wanted = lessons or term.lessons()
    found = [] if lessons else inspection.uncovered(term)
    for lesson in wanted:
        if not quiet:
            show.note(f"looking at {lesson} ...")
        found += inspection.check(term, lesson, walls=walls)
    return wanted, found


def _tell_coverage(rows: "list[Covered]", *, as_json: bool) -> None:
    lines = [row.data() for row in rows]
    if not as_json:
        lines = [
            {key: value if isinstance(value, str) else ", ".join(value) or "nowhere"
             for key, value in line.items()} for line in lines
        ]  # fmt: skip
    show.table(lines, _MATRIX, as_json=as_json, empty="course.toml names no objectives")


def _tell(found: "list[Finding]", lessons: str, *, as_json: bool) -> None:
    if as_json:
        show.table([f.data() for f in found], {"rule": "rule"}, as_json=True, empty="")
        return
    for finding in found:
        show.say(str(finding))
    counts = [
        (level, sum(f.level == level for f in found)) for level in ("error", "warning", "note")
    ]
    show.say(f"{lessons}: " + ", ".join(f"{n} {level}{'s' * (n != 1)}" for level, n in counts))
