"""The commands about live hours."""

from pathlib import Path
from typing import Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption
from course.errors import Invalid

sessions = typer.Typer(no_args_is_help=True, help="Live hours, in between learning alone.")
Key = Annotated[
    str, typer.Argument(metavar="SESSION", help="Its name, as `course session list` has it.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.add_typer(sessions, name="session")


@sessions.command("plan")
def plan(
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is called.")],
    at: Annotated[
        str, typer.Option(metavar="TIME", help='"2026-12-01 10:00", in the course\'s time zone.')
    ],
    minutes: Annotated[int, typer.Option(min=5, max=600, help="How long it takes.")] = 60,
    link: Annotated[str, typer.Option(metavar="URL", help="Where it is held.")] = "",
    lesson: Annotated[
        list[str] | None, typer.Option(help="What it is about; can be given again.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Plan a live hour, and write its calendar file to send to everybody.

    Planned again under the same title, it moves, and so does the entry in a calendar.

    Example: `course session plan "Cleaning, live" --at "2026-12-01 10:00" --link https://meet.example.org/a --lesson cleaning`
    """
    from course.dates import moment  # noqa: PLC0415  as above
    from course.term import meeting  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    start = moment(at, opened.file.zone).astimezone(opened.file.zone)
    made, path = meeting.plan(opened, title, start, minutes, link, lesson or [])
    show.say(f"{made.id} is on {start:%Y-%m-%d %H:%M %Z}; send this to everybody: {path}")
    show.say(f"shortly before: course session agenda {made.id}")


@sessions.command("list")
def list_sessions(course: CourseOption = None, json: JsonOption = False) -> None:
    """List the live hours.

    Example: `course session list`
    """
    from course.term import meeting  # noqa: PLC0415  --help starts without nbgrader

    rows = [
        {"session": one.id, "title": one.title, "start": f"{one.start:%Y-%m-%d %H:%M %Z}", "present": len(one.present),
         "answered": len(one.answered), "recording": one.recording}
        for one in meeting.sessions(show.open_course(course))
    ]  # fmt: skip
    columns = {key: key for key in ("session", "start", "present", "answered", "recording")}
    show.table(rows, columns, as_json=json, empty="no live hour is planned")


@sessions.command("agenda")
def agenda(session: Key, course: CourseOption = None) -> None:
    """Write the agenda: open and repeated questions, and what most got wrong.

    Example: `course session agenda cleaning-live`
    """
    from course.term import meeting  # noqa: PLC0415  --help starts without nbgrader

    path = meeting.write_agenda(show.open_course(course), session)
    show.say(path.read_text(encoding="utf-8"))
    show.say(f"as a page: {path.with_suffix('.html')}")


@sessions.command("record")
def record(
    session: Key,
    present: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Who was there; can be given again.")
    ] = None,
    answer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID=TEXT",
            help="What was answered, by the question's first letters in the agenda; "
            "=TEXT for one that was asked there and then.",
        ),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Note who was there, and what was answered; answers go to the questions' threads.

    Example: `course session record cleaning-live --present ana --present ben --answer "3f2a91bc=Leave gaps out first."`
    """  # fmt: skip
    from course.pacing.session import Answered  # noqa: PLC0415  as above
    from course.term import meeting  # noqa: PLC0415  --help starts without nbgrader

    said = []
    for each in answer or []:
        key, found, text = each.partition("=")
        if not found or not text.strip():
            raise Invalid("not an answer", expected="--answer ID=TEXT", found=each[:80])
        said.append(Answered(key.strip(), text.strip()))
    made = meeting.record(show.open_course(course), session, present or [], said)
    show.say(
        f"{made.id}: {len(made.present)} were there, {len(made.answered)} questions were answered"
    )


@sessions.command("close")
def close(
    session: Key,
    recording: Annotated[Path, typer.Option(metavar="FILE", help="The recording, .webm or .mp4.")],
    captions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Its captions, .vtt.")
    ] = None,
    question: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TIME=QUIZ",
            help="A quiz of the lesson to ask there, 1:20=gaps; can be given again.",
        ),
    ] = None,
    lesson: Annotated[
        str, typer.Option(help="Into this lesson; by default the first that it was about.")
    ] = "",
    course: CourseOption = None,
) -> None:
    """Put the recording back into the lesson, as a video with its captions and questions.

    Example: `course session close cleaning-live --recording call.webm --captions call.vtt --question 1:20=gaps`
    """
    from course.term import meeting  # noqa: PLC0415  --help starts without nbgrader

    asked = {}
    for each in question or []:
        at, found, name = each.partition("=")
        if not found or not name:
            raise Invalid(
                "not a question", expected="--question TIME=QUIZ, 1:20=gaps", found=each[:80]
            )
        asked[at.strip()] = name.strip()
    source = meeting.close(show.open_course(course), session, recording, captions, asked, lesson)
    show.say(f"the recording is in {source}; look at it, then: course release {source.parent.name}")
