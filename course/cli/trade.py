"""The commands that bring lessons from other tools, and questions back to them."""

import json as text_of
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption

if TYPE_CHECKING:
    from course.interchange.report import Report

Source = Literal["nbgrader", "otter", "notebooks", "jupyterquiz", "gift", "moodle-xml", "qti"]
Target = Literal["jupyterquiz", "gift", "qti"]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("import")(bring)
    app.command("export")(give)


def bring(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="What to import: a file or folder.")],
    to: Annotated[
        str, typer.Option(metavar="LESSON", help="The new lesson; by default PATH's own name.")
    ] = "",
    known_as: Annotated[
        Source | None,
        typer.Option(
            "--as", metavar="FORMAT",
            help="nbgrader, otter, notebooks, jupyterquiz, gift, moodle-xml or qti; by default seen from the content.",
        ),
    ] = None,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:  # fmt: skip
    """Make a lesson of what another tool wrote, and say what was taken, changed and lost.

    A whole nbgrader course gives a lesson for each assignment. A lesson that is there is never
    overwritten, and an import that fails leaves nothing.

    Example: `course import question-bank.xml --to warm-up`
    """
    from course.interchange.bring import bring as take  # noqa: PLC0415  --help starts at once

    layout = show.open_course(course).layout
    report = take(layout, path, to, known_as or "")
    _tell(report, as_json=json)
    if not json:
        names = " ".join(report.lessons)
        show.say(f"next: course check {names}, then add it to course.toml")


def give(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    known_as: Annotated[
        Target, typer.Option("--as", metavar="FORMAT", help="jupyterquiz, gift or qti.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The file to write.")],
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Write a lesson's questions, keys included, for another tool, and say what it can't hold.

    Example: `course export cleaning --as gift --out cleaning.gift`
    """
    from course.interchange.give import give as write  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    opened.known(lesson)
    _tell(write(lesson, opened.items(lesson).values(), known_as, out), as_json=json)


def _tell(report: "Report", *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(text_of.dumps(report.data(), indent=1, ensure_ascii=False) + "\n")
        return
    for note in report.notes:
        show.say(str(note))
    counts = ", ".join(f"{report.count(what)} {what}" for what in ("taken", "changed", "lost"))
    show.say(f"{report.file} ({report.format}): {counts}" + (
        f"; new: {', '.join(report.lessons)}" if report.lessons else ""))  # fmt: skip
