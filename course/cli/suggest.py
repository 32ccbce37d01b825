"""The commands about a lesson's tests."""

from typing import Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption

tests = typer.Typer(no_args_is_help=True, help="Work on the tests of a lesson.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    tests.command("suggest")(suggest)
    app.add_typer(tests, name="tests")


def suggest(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    exercise: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only this exercise; by default all without tests."),
    ] = None,
    append: Annotated[
        bool, typer.Option("--append", help="Add them to the file of tests, if there is one.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="Run the solution behind walls.")
    ] = True,
    course: CourseOption = None,
) -> None:
    """Write first tests from the solution, for exercises that have none; you edit them.

    The solution is run and asked: with the lesson's own calls, and with inputs that fit. Tests that the
    solution fails, or that the untouched release passes, are left out. A file of tests that is there is
    never overwritten: without --append the new tests are only shown.

    Example: `course tests suggest first-look --exercise mean-salary --append`
    """
    from course.term.suggestion import add  # noqa: PLC0415  --help starts at once
    from course.term.suggestion import suggest as made  # noqa: PLC0415

    opened = show.open_course(course)
    found = made(opened, lesson, exercise or "", walls=sandbox)
    if not found.exercises:
        show.say(f"{lesson}: every exercise has tests")
        return
    path = opened.layout.tests(lesson)
    there = path.is_file()
    if there and found.text:
        show.say(found.text)
    for remark in found.remarks:
        show.note(f"look: {remark}")
    for name, score in found.solution.items():
        untouched = found.untouched.get(name)
        show.say(
            f"{name}: the solution earns {_points(score)}, the untouched release {_points(untouched)}"
        )
    if not found.text:
        show.say("nothing was found that can be tested; no file was written")
    elif there and not append:
        show.say(f"{path.name} is there and was not changed; add these tests with --append")
    else:
        add(opened, lesson, found)
        show.say(
            f"{'added to' if there else 'written:'} {path.relative_to(opened.layout.root)}; edit them before the release"
        )


def _points(score: float | None) -> str:
    return "nothing that is known" if score is None else f"{score:g}"
