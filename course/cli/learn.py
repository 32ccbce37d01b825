"""The learner's commands, used in the learner's own folder."""

import datetime as dt
import os
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.errors import Invalid

Lesson = Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's name.")]
Folder = Annotated[
    Path, typer.Option("--folder", metavar="DIR", help="Your folder; by default this one.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (
        join,
        fetch,
        update,
        next_step,
        submit,
        sync,
        feedback,
        dispute,
    ):
        name = "next" if command is next_step else None
        app.command(name, rich_help_panel="For learners")(command)


def _open(folder: Path) -> Any:
    from course.study import Study  # noqa: PLC0415  --help starts without nbgrader

    return Study.open(folder)


def join(
    course: Annotated[
        str,
        typer.Argument(
            metavar="COURSE", help="A link from your instructor, or the course's folder."
        ),
    ],
    learner: Annotated[
        str | None,
        typer.Option("--as", metavar="ID", help="Who you are; by default your user name."),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="With a link: how others call you.")
    ] = None,
    hub: Annotated[
        bool,
        typer.Option(
            "--hub", help="Come in as this JupyterHub knows you; COURSE is the service's address."
        ),
    ] = False,
    folder: Folder = Path(),
) -> None:
    """Make this folder yours for a course.

    By a link you come with every lesson that is out, and the first one is laid ready. In a course's own
    folder an instructor's link makes it known to the course service.

    Example: `course join https://courses.example.org/join/… --name "Ana Kovač"`
    """
    from course.study import Study  # noqa: PLC0415  as in _open

    if (folder / "course.toml").is_file() and ("/join/" in course or hub):
        _join_as_staff(folder, course, name)
        return
    if "/join/" in course or hub:
        who, token = name or learner or getuser(), _hub_token() if hub else ""
        study = Study.join_by_link(folder, course, who, token)
        for lesson in study.reach.lessons()[:1]:
            study.fetch(lesson)
    else:
        study = Study.join(folder, Path(course), learner)
    lessons = study.reach.lessons()
    show.say(
        f"joined {study.reach.course_id} as {study.reach.learner}; lessons: {show.listing(lessons)}"
    )
    show.say(_first_step(study, lessons))


def _join_as_staff(folder: Path, course: str, name: str | None) -> None:
    from course.term.serving import join_as_staff  # noqa: PLC0415  as in _open

    access = join_as_staff(folder.resolve(), course, name or getuser())
    show.say(f"{access.course} is reached at {access.url}, as {access.who}")


def _hub_token() -> str:
    token = os.environ.get("JUPYTERHUB_API_TOKEN", "")
    if not token:
        raise Invalid(
            "this is no JupyterHub's server", expected="a terminal in it", hint="join without --hub"
        )
    return token


def _first_step(study: Any, lessons: list[str]) -> str:
    if not lessons:
        return "no lesson is released yet"
    if (study.folder / lessons[0]).is_dir():
        return f"next: open {study.folder / lessons[0]} in Jupyter"
    return f"next: course fetch {lessons[0]}"


def sync(folder: Folder = Path()) -> None:
    """Send what waits in your outbox, and learn which lessons are new.

    Every command that reaches the course does so as well. Nothing is sent twice.

    Example: `course sync`
    """
    study = _open(folder)
    done = study.sync()
    _say_synced(done)
    waiting = sum(each.receipt is None for each in done.sent)
    if done.away is not None:
        raise done.away
    show.say(
        f"{len(done.sent) - waiting} sent, {waiting} kept in outbox/, {len(done.lessons)} lessons new or changed"
    )


def _say_synced(done: Any) -> None:
    for each in done.sent:
        if each.receipt is None:
            show.note(f"kept: outbox/{each.path.name}: {each.trouble}")
        else:
            show.say(
                f"arrived: {each.receipt['lesson']}, sealed {each.receipt['sealed_at']}, received {each.receipt['received_at']}"
            )


def fetch(lesson: Lesson, folder: Folder = Path()) -> None:
    """Copy a lesson into your folder. Nothing of yours is overwritten.

    Example: `course fetch first-look`
    """
    study = _open(folder)
    _reach_out(study)
    place = study.fetch(lesson)
    show.say(f"{lesson} is in {place}")
    _mention_newer(study, lesson)


def _mention_newer(study: Any, lesson: str) -> None:
    if study.is_newer(lesson):
        show.say(f"a newer version of {lesson} was released; to get it: course update {lesson}")


def update(
    lesson: Annotated[
        str | None,
        typer.Argument(metavar="LESSON", help="The lesson's name; by default all that are here."),
    ] = None,
    folder: Folder = Path(),
) -> None:
    """Bring the new version of a lesson into your copy. Your work stays.

    Your answers, your own cells and files and your record are kept. Where you and your trainer
    changed the same, yours stays and the new text is put beside it. The folder as it was is kept in
    `backups/`.

    Example: `course update first-look`
    """
    study = _open(folder)
    _reach_out(study)
    names = [lesson] if lesson else study.fetched()
    if not names:
        show.say("there is nothing to update: no lesson was fetched yet")
    for name in names:
        _say_updated(study.update(name))


def _say_updated(done: Any) -> None:
    if not done.changes:
        show.say(f"{done.lesson} is up to date")
        return
    show.say(f"{done.lesson}:")
    if not done.known:
        show.say(
            "  it was not fetched with course fetch, so nobody can tell what you changed in it: "
            "where yours is another, both are kept"
        )
    for change in done.changes:
        show.say(f"  {'look: ' if change.look else ''}{change.where}: {change.text}")
    look = sum(change.look for change in done.changes)
    if look:
        show.say(f"{look} of these need your eyes: they are marked with look")
    if done.backup:
        show.say(f"the folder as it was is kept in {done.backup}")
        show.say(
            "if the notebook is open in a browser, load it again from the disk; don't overwrite"
        )


def next_step(folder: Folder = Path()) -> None:
    """Say in one line what to do next, and in another what is left of the course.

    Example: `course next`
    """
    from course.pacing.plan import summary  # noqa: PLC0415  as above
    from course.term import planning  # noqa: PLC0415  as in _open

    study, now = _open(folder), dt.datetime.now().astimezone()
    show.say(study.next())
    if steps := planning.plan(study, now):
        show.say(summary(steps, now))


def _reach_out(study: Any) -> None:
    """Send what waits and learn what is new; without a network say so and go on with what is here."""
    done = study.sync()
    _say_synced(done)
    if done.away is not None:
        show.note(f"going on with what is here: {done.away.what}")


def submit(
    lesson: Lesson,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Seal it into this folder, for a USB stick or an e-mail."),
    ] = None,
    fewer: Annotated[
        bool, typer.Option("--fewer", help="Also when an attempt before answered more questions.")
    ] = False,
    folder: Folder = Path(),
) -> None:
    """Hand a lesson in. You can do so as often as you like.

    Over a course service it is sealed first, and sent when there is a network: now, or with any later
    command.

    Example: `course submit first-look`
    """
    from course.exchange.reach import moment  # noqa: PLC0415  --help starts at once

    study = _open(folder)
    receipt = study.submit(lesson, to, fewer=fewer)
    at = f"{moment(receipt.time).astimezone():%Y-%m-%d %H:%M:%S %Z}"
    show.say(f"{'sealed' if receipt.waits else 'handed in'} {lesson} at {at}")
    if receipt.waits:
        show.say(f"it waits: {receipt.waits}")
        show.say(
            f"the file: {receipt.file}"
            if to
            else f"when there is a network: course sync ({receipt.file})"
        )
    where = f" in {receipt.file}" if receipt.file and not receipt.waits else ""
    show.say(f"{'SHA-256' if receipt.waits else 'receipt'} {receipt.digest}{where}")
    rest = f"; still empty: {show.listing(receipt.unanswered)}" if receipt.unanswered else ""
    show.say(
        f"{receipt.answered} of {receipt.answered + len(receipt.unanswered)} questions answered{rest}"
    )
    for trouble in receipt.will_not_run:
        show.say(f"will not run: {trouble}")
    for text in receipt.notes:
        show.say(f"note: {text}")
    _mention_newer(study, lesson)


def feedback(lesson: Lesson, folder: Folder = Path()) -> None:
    """Fetch your feedback on a lesson: a page to open in a browser.

    Example: `course feedback first-look`
    """
    show.say(f"open in a browser: {_open(folder).feedback(lesson)[-1]}")


def dispute(
    lesson: Lesson,
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="Which answer, as the feedback names it.")
    ],
    reason: Annotated[str, typer.Argument(metavar="REASON", help="Why the mark is wrong.")],
    folder: Folder = Path(),
) -> None:
    """Ask your instructor to look at one answer again. What you handed in stays as it is.

    The answer comes with your next feedback on the lesson.

    Example: `course dispute first-look mean-delay "My mean leaves the gaps out, as the task says."`
    """
    _open(folder).dispute(lesson, question, reason)
    show.say(f"your request about '{question}' is on its way; the answer comes with your feedback")
