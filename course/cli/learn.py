"""The learner's commands, used in the learner's own folder."""

from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show

Lesson = Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's name.")]
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Your folder; by default this one.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (join, fetch, next_step, submit, feedback):
        name = "next" if command is next_step else None
        app.command(name, rich_help_panel="For learners")(command)


def _open(folder: Path) -> Any:
    from course.study import Study  # noqa: PLC0415  --help starts without nbgrader

    return Study.open(folder)


def join(
    course: Annotated[
        Path, typer.Argument(metavar="COURSE", help="The course's folder, or its exchange.")
    ],
    learner: Annotated[
        str | None,
        typer.Option("--as", metavar="ID", help="Who you are; by default your user name."),
    ] = None,
    folder: Folder = Path(),
) -> None:
    """Make this folder yours for a course.

    Example: `course join /srv/courses/pandas --as ana`
    """
    from course.study import Study  # noqa: PLC0415  as in _open

    study = Study.join(folder, course, learner)
    lessons = study.reach.lessons()
    show.say(
        f"joined {study.reach.course_id} as {study.reach.learner}; lessons: {show.listing(lessons)}"
    )
    show.say(f"next: course fetch {lessons[0]}" if lessons else "no lesson is released yet")


def fetch(lesson: Lesson, folder: Folder = Path()) -> None:
    """Copy a lesson into your folder. Nothing of yours is overwritten.

    Example: `course fetch first-look`
    """
    place = _open(folder).fetch(lesson)
    show.say(f"{lesson} is in {place}")


def next_step(folder: Folder = Path()) -> None:
    """Say in one line what to do next.

    Example: `course next`
    """
    show.say(_open(folder).next())


def submit(lesson: Lesson, folder: Folder = Path()) -> None:
    """Hand a lesson in. You can do so as often as you like.

    Example: `course submit first-look`
    """
    receipt = _open(folder).submit(lesson)
    show.say(f"handed in {lesson} at {receipt.time}")
    show.say(f"receipt {receipt.digest}")
    rest = f"; still empty: {show.listing(receipt.unanswered)}" if receipt.unanswered else ""
    show.say(
        f"{receipt.answered} of {receipt.answered + len(receipt.unanswered)} questions answered{rest}"
    )


def feedback(lesson: Lesson, folder: Folder = Path()) -> None:
    """Fetch your feedback on a lesson: a page to open in a browser.

    Example: `course feedback first-look`
    """
    show.say(f"open in a browser: {_open(folder).feedback(lesson)[-1]}")
