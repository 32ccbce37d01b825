"""The commands that look at how marks came about."""

import datetime as dt
from dataclasses import asdict
from getpass import getuser
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption
from course.errors import Invalid


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(audit)
    app.command()(graders)


def audit(
    lesson: Annotated[str, typer.Argument(metavar="[LESSON]", help="Only this lesson.")] = "",
    learner: Annotated[str, typer.Option("--learner", "--who", help="Only this learner.")] = "",
    objective: Annotated[
        str, typer.Option(metavar="ID", help="Whether the learner had shown it, with the evidence.")
    ] = "",
    on: Annotated[
        str, typer.Option(metavar="DAY", help="On which day; today when not given.")
    ] = "",
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show every change of a mark: who, when, from what, to what, and why.

    Marks and comments that were written in nbgrader's formgrader stand there, too. Nothing in it
    can be changed or removed. Times are in UTC.

    With an objective, the question is whether somebody had shown it on a day. The answer comes from
    the evidence ledger, with what was answered, when, under which version of the lesson, and by
    whom it was judged: `course audit --who ana --objective personal-data --on 2027-05-03`

    Example: `course audit first-look --learner ana`
    """
    from course.layout import known  # noqa: PLC0415  --help starts at once
    from course.review.history import told  # noqa: PLC0415  as above
    from course.store import ledger  # noqa: PLC0415  as above

    opened = show.open_course(course)
    if objective:
        _objective(opened, learner, objective, on, as_json=json)
        return
    if lesson:
        known(lesson, opened.lessons(), "lesson")
    if learner:
        known(learner, [person.id for person in opened.learners()], "learner")
    with opened.book() as book:
        lines = ledger.lines(book, lesson, learner)
    rows = [
        {**line, "at": f"{line['at']:%Y-%m-%d %H:%M:%S}", "what": told(dict(line))}
        for line in lines
    ]
    show.table(rows, {"at": "when", "what": "what"}, as_json=json, empty="nothing happened yet")


def _objective(opened: Any, learner: str, objective: str, on: str, *, as_json: bool) -> None:
    from course import dates  # noqa: PLC0415  --help starts at once
    from course.term import auditing  # noqa: PLC0415  --help starts at once

    if not learner:
        raise Invalid("whose objective?", expected="--who LEARNER with --objective ID")
    zone = opened.file.zone
    moment = dates.moment(on, zone, last=True) if on else dt.datetime.now(dt.UTC)
    found = auditing.audit(opened, learner, objective, moment)
    if as_json:
        show.data(asdict(found))
        return
    for line in auditing.told(found, zone):
        show.say(line)


def graders(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show who marked how much of a lesson at the desk, how severely and how soon.

    Severity is by how much of a question's points a grader is below the mean of all marks on the
    same questions; a negative one is milder. Half of the answers waited no longer than shown.

    Example: `course graders first-look`
    """
    from course.desk import Desk  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    opened.known(lesson)
    with Desk(opened, getuser()) as desk:
        found = desk.graders(lesson)
    rows = [
        {"grader": one.name, "marked": one.marked, "severity": round(one.severity, 3),
         "hours": round(one.turnaround.total_seconds() / 3600, 1) if one.turnaround else None}
        for one in found
    ]  # fmt: skip
    columns = {
        "grader": "grader",
        "marked": "marked",
        "severity": "severity",
        "hours": "hours until marked",
    }
    show.table(rows, columns, as_json=json, empty="nobody marked at the desk yet")
