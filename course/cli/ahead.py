"""The learner's commands about what is ahead, and what came back to questions."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from course.cli import show
from course.cli.learn import Folder


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (plan, calendar, answers, enter):
        app.command(rich_help_panel="For learners")(command)


def plan(folder: Folder = Path(), json: show.JsonOption = False) -> None:
    """Show what is left of each lesson, how long it takes, and when it is due for you.

    Example: `course plan`
    """
    from course.pacing.plan import said_of, summary  # noqa: PLC0415  as above
    from course.study import Study  # noqa: PLC0415  as above
    from course.term import planning  # noqa: PLC0415  --help starts without nbgrader

    now = dt.datetime.now().astimezone()
    steps = planning.plan(Study.open(folder), now)
    rows = [
        {"lesson": step.lesson, "title": step.title, "standing": said_of(step), "minutes": step.minutes,
         "due": step.said, "moment": step.due.isoformat() if step.due else None} for step in steps
    ]  # fmt: skip
    columns = {"lesson": "lesson", "title": "title", "standing": "how it stands", "minutes": "minutes left",
               "due": "due"}  # fmt: skip
    show.table(rows, columns, as_json=json, empty="no lesson is released yet")
    if steps and not json:
        show.say(summary(steps, now))


def calendar(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")
    ] = Path("course.ics"),
    folder: Folder = Path(),
) -> None:
    """Write your due dates as a calendar file; open it with your calendar.

    Opened again after a date moved, it moves the entry that you have.

    Example: `course calendar -o dates.ics`
    """
    from course.layout import write  # noqa: PLC0415  as above
    from course.study import Study  # noqa: PLC0415  as above
    from course.term import planning  # noqa: PLC0415  --help starts without nbgrader

    now = dt.datetime.now().astimezone()
    write(output, planning.calendar(Study.open(folder), now))
    show.say(f"open it with your calendar: {output}")


def answers(folder: Folder = Path(), json: show.JsonOption = False) -> None:
    """Send your questions that wait, and show what was answered.

    A question that you ask with `course.ask` runs this by itself; the answer appears at its cell, too.

    Example: `course answers`
    """
    from course import asking  # noqa: PLC0415  --help starts without nbgrader
    from course.exchange.access import Access  # noqa: PLC0415  as above
    from course.lesson import replies  # noqa: PLC0415  as above

    home = Access.nearest(folder).folder
    brought = asking.exchange(home)
    fresh = {one.id for one in brought.fresh}
    rows = [
        {"id": one.id, "lesson": one.lesson, "question": one.text, "state": one.state, "new": one.id in fresh,
         "answers": "\n\n".join(each.text for each in one.answers)} for one in replies.read(home).own.values()
    ]  # fmt: skip
    columns = {"lesson": "lesson", "question": "question", "answers": "answers"}
    show.table(rows, columns, as_json=json, empty="you asked nothing yet")


def enter(folder: Folder = Path()) -> None:
    """Give a link that lets your browser into the course: its questions, and what is live.

    It holds once, for ten minutes. In a course's folder it is for the instructor's browser.

    Example: `course enter`
    """
    from course.exchange.access import Access  # noqa: PLC0415  --help starts without nbgrader

    with Access.nearest(folder).remote() as service:
        show.say(f"open in a browser: {service.ticket()}")
