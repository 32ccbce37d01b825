"""The commands about a course's pace: everybody's own dates, and letters."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (dates, remind):
        app.command()(command)


def dates(
    learner: Annotated[str | None, typer.Option(metavar="ID", help="Only this learner's.")] = None,
    calendars: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write each learner's calendar file (.ics) here."),
    ] = None,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show when each lesson is due for whom, and how it stands.

    A date counts from the learner's start where it is relative, and extensions are in it. Learners who
    joined over a course service are told theirs anew.

    Example: `course dates --learner ana`
    """
    from course import layout  # noqa: PLC0415  --help starts without nbgrader
    from course.pacing.calendar import written  # noqa: PLC0415  as above
    from course.term import reminding  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    opened.publish_dates()
    work, now = reminding.look(opened).work, dt.datetime.now(dt.UTC)
    if learner is not None:
        work = {layout.known(learner, sorted(work), "learner"): work[learner]}
    rows = [
        {"learner": who, "lesson": one.lesson, "due": _told(opened, one.due), "extended": "yes" if one.extended
         else "", "standing": one.standing, "handed in": _told(opened, one.handed_in)}
        for who, lessons in work.items() for one in lessons
    ]  # fmt: skip
    columns = {
        key: key for key in ("learner", "lesson", "due", "extended", "standing", "handed in")
    }
    show.table(
        rows, columns, as_json=json, empty="nobody takes the course yet, or nothing is released"
    )
    if calendars is not None:
        for who, lessons in work.items():
            data = written(opened.file.id, opened.file.title, reminding.entries(who, lessons), now)
            layout.write(calendars / f"{who}.ics", data)
        show.say(f"{len(work)} calendar files written to {calendars}")


def remind(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show the letters; nothing is sent or noted.")
    ] = False,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Send what is to be told now: reminders of due dates, and the week's digests. Nothing is told twice.

    Let a timer run it every hour or day. Reminders end when the work waits for a grader, and the next
    letter says so. `[post]` in course.toml names the mail server; its password is in the environment
    variable COURSE_SMTP_PASSWORD. Without a server, letters are written to the folder `letters/`.

    Example: `course remind --dry-run`
    """
    from course.term import reminding  # noqa: PLC0415  --help starts without nbgrader

    opened, now = show.open_course(course), dt.datetime.now(dt.UTC)
    if dry_run:
        found = reminding.drafts(reminding.look(opened), now, reminding.told(opened))
        columns = {"kind": "kind", "to": "to", "subject": "subject"}
        rows = [
            {"kind": each.kind, "person": each.person, "to": each.to, "subject": each.subject,
             "text": each.text()} for each in found
        ]  # fmt: skip
        show.table(rows, columns, as_json=json, empty="there is nothing to tell anybody now")
        return
    sent, refused = reminding.send(opened, now)
    rows = [{"kind": each.kind, "to": each.to, "subject": each.subject} for each in sent]
    show.table(
        rows, {"kind": "kind", "to": "to", "subject": "subject"}, as_json=json,
        empty="there was nothing to tell anybody",
    )  # fmt: skip
    for letter, why in refused:
        show.problem(f"the mail server does not take the {letter.kind} to {letter.to}: {why}")
    if refused:
        raise typer.Exit(1)


def _told(opened: Any, moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(opened.file.zone):%Y-%m-%d %H:%M %Z}" if moment else ""
