"""The commands that make a course and show it: new, demo, lab."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from course.cli import show
from course.cli.show import CourseOption
from course.errors import Invalid


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (new, demo, lab, doctor):
        app.command()(command)


def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The new course's folder; or the word `lesson`.")
    ],
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="After `lesson`: the new lesson's folder.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="What the course or the lesson is called.")
    ] = None,
    objectives: Annotated[
        list[str] | None,
        typer.Option(
            "--objective",
            metavar="TEXT",
            help="What a learner can do afterwards; or an id of course.toml. May be repeated.",
        ),
    ] = None,
    form: Annotated[
        Literal["md", "py", "ipynb"],
        typer.Option("--as", metavar="FORMAT", help="A lesson's source: md, py or ipynb."),
    ] = "ipynb",
    course: CourseOption = None,
) -> None:
    """Make a new course with one small lesson that works at once, or a new lesson in a course.

    `course new lesson cleaning` adds a lesson to the course that you are in: source, tests and its
    entry in course.toml, with a part for each objective, ready to release and to rewrite.

    Example: `course new my-course --title "Working safely with data"`
    """
    from course.authoring import skeleton  # noqa: PLC0415  --help starts at once

    if name is not None:
        if str(folder) != "lesson":
            raise Invalid(
                "two names are given", expected="course new DIR, or course new lesson NAME",
                found=f"course new {folder} {name}",
            )  # fmt: skip
        made = skeleton.lesson(show.open_course(course).layout, name, title, objectives or [], form)
        show.say(f"a new lesson: {', '.join(str(path) for path in made)}")
        show.say(f"next: write it; see it with: course preview {name}")
        return
    skeleton.make(folder, title or "My course")
    show.say(f"a new course is in {folder}")
    show.say(f"next: cd {folder} && course release welcome && course status")


def demo(
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="Where to play it.")
    ] = Path("demo"),
    live: Annotated[
        bool, typer.Option("--live", help="Serve the sample course here, and join it in a browser.")
    ] = False,
    port: Annotated[int, typer.Option(help="With --live: the service's port.")] = 8010,
    lab_port: Annotated[int, typer.Option(help="With --live: JupyterLab's port.")] = 8011,
) -> None:
    """Play the whole round on the sample course: 24 learners, from release to feedback.

    With --live the course service runs instead, and a link lets one join in a browser, where the first
    lesson opens.

    Example: `course demo --live`
    """
    if live:
        from course.demo.live import live as run  # noqa: PLC0415  as in new

        run(folder, port, lab_port, show.say)
        return
    from course.demo import play  # noqa: PLC0415  as in new

    play(folder, show.out())


def lab(
    course: CourseOption = None,
    port: Annotated[int | None, typer.Option(help="Port of the server.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
    desk: Annotated[
        bool, typer.Option("--desk", help="Open the grading desk instead of JupyterLab.")
    ] = False,
) -> None:
    """Open JupyterLab on the course, with the grading desk and nbgrader's formgrader beside it.

    The desk is at /course/ there, and in JupyterLab's launcher.

    Example: `course lab --desk`
    """
    from course.layout import find_course  # noqa: PLC0415  as in new

    root = find_course(course)
    os.chdir(root)  # nbgrader reads the configuration of the folder that the server starts in
    command = lab_command(root, port) + ([] if browser else ["--no-browser"])
    command += ["--LabApp.default_url=/course/"] if desk else []
    show.note("the grading desk is at /course/ of the address below")
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + os.environ.get("PATH", "")
    os.execv(sys.executable, command)  # noqa: S606  this process becomes the server


def lab_command(root: Path, port: int | None) -> list[str]:
    """Return the command that starts JupyterLab on a folder."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={root}"]
    command += ["--ServerApp.jpserver_extensions=course.server=True"]
    command += [f"--ServerApp.port={port}"] if port else []
    return command + (["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])


def doctor(json: show.JsonOption = False) -> None:
    """Say what this machine offers for running learners' code, and how to get more.

    Exit code 1 when no walls can be built here.

    Example: `course doctor`
    """
    from course.sandbox.probe import probe  # noqa: PLC0415  as in new

    levels = probe()
    rows = [
        {"walls": level.name, "works": "yes" if level.works else "no", "why not": level.reason}
        for level in levels
    ]
    show.table(rows, {key: key for key in rows[0]}, as_json=json, empty="")
    walls = [level.name for level in levels if level.works and level.name != "none"]
    tools = {"chromium": "for the browser tests", "make": "for make demo and make test"}
    missing = [f"{name} ({why})" for name, why in tools.items() if shutil.which(name) is None]
    if not json:
        show.say(f"learners' code runs behind: {walls[0] if walls else 'nothing'}")
        if "full" not in walls:
            show.say(
                "for full walls, allow user namespaces: sysctl kernel.unprivileged_userns_clone=1"
            )
        if missing:
            show.say(f"not found: {', '.join(missing)}")
    if not walls:
        raise typer.Exit(1)
