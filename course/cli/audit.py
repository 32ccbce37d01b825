"""The commands that look at how marks came about."""

from typing import Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(audit)


def audit(
    lesson: Annotated[str, typer.Argument(metavar="[LESSON]", help="Only this lesson.")] = "",
    learner: Annotated[str, typer.Option(help="Only this learner.")] = "",
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show every change of a mark: who, when, from what, to what, and why.

    Marks and comments that were written in nbgrader's formgrader stand there, too. Nothing in it
    can be changed or removed. Times are in UTC.

    Example: `course audit first-look --learner ana`
    """
    from course.layout import known  # noqa: PLC0415  --help starts at once
    from course.review.history import told  # noqa: PLC0415  as above
    from course.store import ledger  # noqa: PLC0415  as above

    opened = show.open_course(course)
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
