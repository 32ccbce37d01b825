"""The commands about feedback and time: returned, extended, disputed."""

import datetime as dt
from getpass import getuser
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption, Lessons
from course.dates import moment
from course.errors import Invalid


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("return")(give_back)
    for command in (extend, extensions, disputes, answer):
        app.command()(command)


def give_back(
    lessons: Lessons,
    question: Annotated[
        list[str] | None,
        typer.Option(help="Only this question's marks and comments; can be given again."),
    ] = None,
    at: Annotated[
        str,
        typer.Option(metavar="TIME", help='Later: "2026-12-01 08:00", in the course\'s time zone.'),
    ] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help="Forget what --at asked for.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show who would get what, and write the pages.")
    ] = False,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Build feedback and return it to the learners; unchanged pages are not returned again.

    A new page says what is new since the last one. With --question, the other marks stay as they
    were told, and those that were never told are held back. What --at asks for is done by the
    first command in the course after that time, or by `course lab` while it runs.

    Example: `course return cleaning --at "2026-12-01 08:00"`
    """
    from course.term import returning  # noqa: PLC0415  --help starts without nbgrader

    opened, questions = show.open_course(course), question or []
    for lesson in lessons:
        if at or cancel:
            when = None if cancel else moment(at, opened.file.zone)
            returning.schedule(opened, lesson, when, questions, getuser())
            told = f"goes out {_told(opened, when)}" if when else "goes out when you return it"
            show.say(f"{lesson}: feedback {told}")
        elif dry_run:
            _preview(opened, lesson, questions, as_json=json)
        else:
            with show.progress(f"feedback on {lesson}", None) as move:
                returned = returning.give_back(
                    opened, lesson, questions, lambda _learner: move(), getuser()
                )
            show.say(f"{lesson}: feedback returned to {len(returned)}" + (
                f" ({show.listing(returned)})" if returned else ""))  # fmt: skip


def _preview(opened: Any, lesson: str, questions: list[str], *, as_json: bool) -> None:
    from course.layout import write  # noqa: PLC0415  as above
    from course.term import returning  # noqa: PLC0415  --help starts without nbgrader

    rows, folder = [], opened.layout.root / ".course" / "drafts" / lesson
    for draft in returning.drafts(opened, lesson, questions):
        page = folder / f"{draft.learner.id}.html"
        write(page, draft.html)
        rows.append({
            "learner": draft.learner.id, "state": draft.state, "version": draft.told.version if
            draft.state == "draft" else draft.told.version - 1,
            "news": "; ".join(f"{title}: {what}" for title, what in draft.news), "page": str(page),
        })  # fmt: skip
    columns = {"learner": "learner", "state": "state", "version": "version", "news": "what is new"}
    show.table(rows, columns, as_json=as_json, empty=f"{lesson}: nothing is graded yet")
    if not as_json:
        show.say(f"the pages are in {folder}")
        for each in returning.scheduled(opened):
            if each.lesson == lesson:
                show.say(f"feedback goes out {_told(opened, each.at)}")


def extend(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson.")],
    learner: Annotated[list[str] | None, typer.Option(help="Whom; can be given again.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Or a group of learners.")] = None,
    until: Annotated[
        str,
        typer.Option(metavar="TIME", help='"2026-12-01", its last second, or "2026-12-01 12:00".'),
    ] = "",
    reason: Annotated[str, typer.Option(help="Why, for you and the ledger.")] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help="Take an extension back.")] = False,
    course: CourseOption = None,
) -> None:
    """Give a learner or a group more time; what lateness cost them is reckoned again at once.

    A time without a zone is in the course's. An extension never takes time away.

    Example: `course extend cleaning --learner ana --until 2026-12-01 --reason "was ill"`
    """
    if not (learner or group) or bool(until) == cancel:
        raise Invalid(
            "nothing to extend",
            expected="LESSON with --learner ID or --group ID, and --until TIME or --cancel",
        )
    from course.term import extending  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    when = None if cancel else moment(until, opened.file.zone, last=True)
    changed = extending.extend(
        opened,
        lesson,
        when,
        learners=learner or [],
        groups=group or [],
        reason=reason,
        by=getuser(),
    )
    told = f"due {_told(opened, when)}" if when else "due as for everybody"
    show.say(f"{lesson}: {show.listing([*(learner or []), *(group or [])])}: {told}")
    show.say(f"{len(changed)} lose less or more by lateness now" + (
        f" ({show.listing(changed)})" if changed else ""))  # fmt: skip


def extensions(
    lesson: Annotated[
        str | None, typer.Argument(metavar="LESSON", help="Only this lesson's.")
    ] = None,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """List who has more time, until when and why.

    Example: `course extensions cleaning`
    """
    from course.term import extending  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    rows = [
        {"lesson": each.lesson, "learner": each.learner, "group": each.group,
         "until": _told(opened, each.until), "reason": each.reason, "by": each.by}
        for each in extending.extensions(opened, lesson)
    ]  # fmt: skip
    show.table(rows, {key: key for key in ("lesson", "learner", "group", "until", "reason", "by")},
               as_json=json, empty="nobody has more time than the others")  # fmt: skip


def disputes(
    lesson: Annotated[
        str | None, typer.Argument(metavar="LESSON", help="Only this lesson's.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that were answered, too.")] = False,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """List learners' requests to look at a mark again, the longest waiting first.

    Example: `course disputes cleaning`
    """
    from course.term import disputing  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    if lesson is not None:
        opened.known(lesson)
    with opened.book() as book:
        found = disputing.threads(book, lesson, all_=all_)
    rows = [
        {"lesson": each.place.lesson, "learner": each.place.learner, "question": each.place.question,
         "by": said.author, "what": said.what, "at": _told(opened, said.at), "text": said.text}
        for each in found for said in each.messages
    ]  # fmt: skip
    columns = ("lesson", "learner", "question", "by", "what", "at", "text")
    show.table(
        rows, {key: key for key in columns}, as_json=json, empty="nobody waits for an answer"
    )


def answer(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson.")],
    learner: Annotated[str, typer.Argument(metavar="LEARNER", help="Who asked.")],
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="About which answer.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="For the learner, Markdown.")],
    again: Annotated[
        bool, typer.Option("--again", help="Let the answer wait to be marked again.")
    ] = False,
    course: CourseOption = None,
) -> None:
    """Answer a learner's request; without --again the mark stays as it is.

    The learner reads it with the next `course return`.

    Example: `course answer cleaning ana explain-gaps "Row 7 was missed." --again`
    """
    from course.term import disputing  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    opened.known(lesson)
    with opened.book() as book:
        place = disputing.placed(book, lesson, learner, question)
        disputing.answer(book, place, text, reopen=again, by=getuser())
    state = "waits to be marked again" if again else "keeps its mark"
    show.say(f"answered: {learner}'s '{question}' {state}; to tell: course return {lesson}")


def _told(opened: Any, moment: dt.datetime) -> str:
    """Return a moment in the course's zone, which is named."""
    return f"{moment.astimezone(opened.file.zone):%Y-%m-%d %H:%M %Z}"
