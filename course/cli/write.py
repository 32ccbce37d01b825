"""The author's commands: convert a lesson's source, and see a lesson as others will."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from course.cli import show
from course.cli.make import lab_command
from course.cli.show import CourseOption
from course.errors import CourseError

LessonName = Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")]
EXTENSION = Path(__file__).parent.parent / "templates" / "preview"
"""Where JupyterLab finds the extension that shows a new build by itself."""
Format = Literal["md", "py", "ipynb"]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("convert")(convert)
    app.command("preview")(preview)


def convert(
    lesson: LessonName,
    to: Annotated[
        Format,
        typer.Option(
            "--to", metavar="FORMAT", help="md (MyST Markdown), py (percent script) or ipynb."
        ),
    ],
    lossy: Annotated[
        bool, typer.Option("--lossy", help="Convert even if something can't be kept.")
    ] = False,
    course: CourseOption = None,
) -> None:
    """Write a lesson's source in another format; nbgrader's metadata becomes readable marks.

    What the new format can't hold is listed first, and nothing is converted without --lossy.

    Example: `course convert welcome --to md`
    """
    from course.authoring.convert import convert as change  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    opened.known(lesson)
    for path, node in list(opened.sources.raw(lesson)):
        target, lost = change(path, node, to, lossy=lossy)
        show.say(f"{path.name} is now {target.name}")
        for each in lost:
            show.say(f"  lost: {each}")


def preview(
    lesson: LessonName,
    watch: Annotated[bool, typer.Option("--watch", help="Build again on every save.")] = False,
    as_grader: Annotated[
        bool, typer.Option("--as-grader", help="Grade the solution and the untouched lesson.")
    ] = False,
    browse: Annotated[bool, typer.Option("--open/--no-open", help="Open JupyterLab on it.")] = True,
    port: Annotated[int | None, typer.Option(help="Port of the server.")] = None,
    course: CourseOption = None,
) -> None:
    """See a lesson as a learner will, in a scratch folder; nothing is released.

    With --watch, each save of the source, its tests or course.toml is built at once. Your answers
    stay in cells that did not change, and JupyterLab shows the new build where you are.

    Example: `course preview welcome --watch`
    """
    from course.layout import find_course  # noqa: PLC0415  --help starts at once
    from course.term.preview import Preview  # noqa: PLC0415  as above

    here = Preview(find_course(course), lesson)
    if as_grader:
        _as_grader(here)
        return
    folder = here.build()
    show.say(f"{lesson}, as learners get it: {folder}")
    server = _lab(folder, port) if browse else None
    try:
        if watch:
            _watch(here, server)
        elif server is not None:
            server.wait()
    finally:
        if server is not None and server.poll() is None:
            server.terminate()
            server.wait()


def _as_grader(here: Any) -> None:
    with show.progress("grading the samples", None):
        marks, pages = here.as_grader()
    rows = [
        {"sample": mark.learner, "question": mark.question, "points": mark.points,
         "of": mark.maximum, "state": mark.state,
         "reasons": "; ".join(note.text for note in mark.notes if note.text)}
        for mark in marks
    ]  # fmt: skip
    columns = {key: key for key in ("sample", "question", "points", "of", "state", "reasons")}
    show.table(rows, columns, as_json=False, empty="this lesson has no graded question")
    for who, page in pages:
        show.say(f"feedback on {who}: {page}")


def _watch(here: Any, server: "subprocess.Popen[bytes] | None") -> None:
    """Build on every save until the server ends or the person does; mistakes are told, not fatal."""
    show.say("watching; end with Ctrl+C")
    for seconds in here.watch(lambda: server is not None and server.poll() is not None):
        if isinstance(seconds, CourseError):
            show.problem(str(seconds))
        else:
            show.say(f"built again in {seconds:.2f} s")


def _lab(folder: Path, port: int | None) -> "subprocess.Popen[bytes]":
    first = next(iter(sorted(folder.glob("*.ipynb"))), folder)
    command = [*lab_command(folder, port), f"--LabApp.default_url=/lab/tree/{first.name}"]
    command.append(f"--LabApp.extra_labextensions_path={EXTENSION}")
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
    return subprocess.Popen(command, cwd=folder, env={**os.environ, "PATH": path})
