"""The instructor's commands."""

import sys
from dataclasses import asdict
from enum import StrEnum
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption, Lessons
from course.cli.table import read_csv
from course.errors import Invalid, Unavailable


class Form(StrEnum):
    """Who is to read a CSV file of totals."""

    CANVAS = "canvas"
    MOODLE = "moodle"
    CSV = "csv"


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("status")(status)
    app.command("release")(release)
    app.command("collect")(collect)
    app.command("mark")(mark)
    app.command("questions")(questions)
    app.command("grades")(grades)


def status(course: CourseOption = None, json: JsonOption = False) -> None:
    """Show how far each lesson is.

    Example: `course status`
    """
    opened = show.open_course(course)
    columns = {
        "lesson": "lesson",
        "state": "state",
        "submitted": "handed in",
        "graded": "graded",
        "waiting": "wait for a person",
        "triage": "triage",
        "returned": "feedback out",
        "version": "version",
        "review": "review",
    }
    rows = [asdict(state) for state in opened.status()]
    show.table(rows, columns, as_json=json, empty="this course has no lesson yet")


def release(lessons: Lessons, course: CourseOption = None) -> None:
    """Build what learners get and publish it on the exchange.

    Releasing again replaces what is on the exchange; what learners fetched stays theirs.

    Example: `course release first-look cleaning`
    """
    opened = show.open_course(course)
    for lesson in lessons:
        opened.known(lesson)
    for lesson in show.each("releasing", lessons):
        folder = opened.release(lesson)
        version = opened.version(lesson)
        show.say(f"released {lesson}: {folder.relative_to(opened.layout.root)}, {version}")


def collect(
    lessons: Lessons,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="PATH", help="A folder or zip of files instead of the exchange."
        ),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Bring submissions into `submitted/`, and learners' requests to look at a mark again.

    From a folder or zip, a learner is recognised by the beginning of the file's or folder's name. For each sealed
    submission in it a signed receipt is written into `receipts/`, to be handed back.

    Example: `course collect cleaning --from moodle-export.zip`
    """
    opened = show.open_course(course)
    if opened.file.service.url:
        _meet(opened, by_hand=source is not None)
    from course.term.receiving import Receiver  # noqa: PLC0415  --help starts without nbgrader

    for lesson in show.each("collecting", lessons):
        receiver = Receiver(opened)
        found = opened.collect(lesson, source, receiver.took)
        show.say(f"{lesson}: {len(found.learners)} new or changed" + (
            f" ({show.listing(found.learners)})" if found.learners else ""))  # fmt: skip
        for name, why in found.left_out:
            show.say(f"  left out {name}: {why}")
        for name, why in found.look:
            show.say(f"  look: {name}: {why}")
        for file in receiver.files:
            show.say(f"  receipt, to hand back: {file.relative_to(opened.layout.root)}")
        for name, why in receiver.missing:
            show.say(f"  no receipt for {name}: {why}; run this again later")
        if source is None:
            _take_requests(opened, lesson)


def _meet(opened: Any, *, by_hand: bool) -> None:
    """Learn who joined at the service; what comes by hand needs no network."""
    from course.term import serving  # noqa: PLC0415  --help starts without nbgrader

    try:
        if new := serving.meet(opened):
            show.say(f"joined since: {show.listing(new)}")
    except Unavailable as error:
        if not by_hand:
            raise
        show.note(f"going on with the people and keys that are known here: {error.what}")


def _take_requests(opened: Any, lesson: str) -> None:
    from course.term import disputing  # noqa: PLC0415  --help starts without nbgrader

    asked, left_out = disputing.take_in(opened, lesson)
    if asked:
        who = show.listing(sorted({place.learner for place in asked}))
        show.say(f"{lesson}: {len(asked)} new requests to look at a mark again ({who})")
    for name, why in left_out:
        show.say(f"  left out {name}: {why}")


def mark(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson.")],
    learner: Annotated[str | None, typer.Argument(metavar="LEARNER", help="Whose answer.")] = None,
    question: Annotated[
        str | None,
        typer.Argument(
            metavar="QUESTION", help="Which answer; NOTEBOOK/QUESTION where two have the name."
        ),
    ] = None,
    points: Annotated[float | None, typer.Option(help="Points to give.")] = None,
    comment: Annotated[str | None, typer.Option(help="Comment for the learner, Markdown.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--csv", metavar="FILE", help="Many at once: learner, question, points, comment."
        ),
    ] = None,
    grader: Annotated[
        str | None, typer.Option(help="Who marks; by default your user name.")
    ] = None,
    course: CourseOption = None,
) -> None:
    """Record a person's mark and comment for one answer, or for many from a CSV file.

    Example: `course mark cleaning ana explain-gaps --points 2 --comment "Say why, too."`
    """
    from course.model import ManualMark  # noqa: PLC0415  --help starts without nbgrader

    who = grader or getuser()
    if file is not None:
        rows = read_csv(file, {"learner", "question"}, {"points", "comment"})
        marks = [
            ManualMark(lesson, row["learner"], row["question"], _number(row.get("points"), f"{file}, line {line}"),
                       row.get("comment") or None, who) for line, row in rows
        ]  # fmt: skip
    elif learner and question and (points is not None or comment is not None):
        marks = [ManualMark(lesson, learner, question, points, comment, who)]
    else:
        raise Invalid(
            "nothing to mark",
            expected="LESSON LEARNER QUESTION with --points or --comment, or LESSON --csv FILE",
        )
    show.say(f"{show.open_course(course).mark(marks)} of {len(marks)} marks recorded or changed")


def questions(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """List what learners asked with course.ask, and what they wrote with course.reflect.

    Example: `course questions first-look`
    """
    from course.insight.voices import voices  # noqa: PLC0415  --help starts without it

    opened = show.open_course(course)
    opened.known(lesson)
    columns = {"learner": "Learner", "about": "About", "text": "Said", "error": "Last error"}
    show.table(
        voices(opened.submissions(lesson)), columns, as_json=json, empty="nobody asked anything"
    )


def _number(text: str | None, where: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Invalid(
            "not a number", where=where, expected="points such as 2 or 2.5", found=text
        ) from error


def grades(
    lesson: Annotated[str | None, typer.Option(help="Only this lesson.")] = None,
    learner: Annotated[str | None, typer.Option(help="Only this learner.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write .csv, .json or .parquet."),
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option("--format", help="Totals per lesson instead, as CSV that this takes."),
    ] = None,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show or export marks: one row per learner, lesson and question.

    What is not graded is empty, never 0. With `--format`, one row per learner and one column per
    lesson: for Canvas's gradebook, Moodle's grade import, or a spreadsheet (csv).

    Example: `course grades --output grades.csv`
    """
    from course.insight import grades as insight  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    if lesson is not None:
        opened.known(lesson)
    if learner is not None:
        from course.layout import known  # noqa: PLC0415  --help starts without nbgrader

        known(learner, [person.id for person in opened.learners()], "learner")
    marks = opened.marks(lesson, learner)
    if form is not None:
        _totals(opened, form.value, marks, output)
        return
    if output is not None:
        insight.export(marks, output)
        show.say(f"{len(marks)} rows written to {output}")
        return
    show.table(
        insight.rows(marks),
        {key: key for key in insight.COLUMNS},
        as_json=json,
        empty="no marks yet",
    )


def _totals(opened: Any, form: Any, marks: list[Any], output: Path | None) -> None:
    """Write totals as CSV to a file, or print them."""
    from course.layout import write  # noqa: PLC0415  --help starts without nbgrader
    from course.platforms import totals  # noqa: PLC0415  as above
    from course.store import reading  # noqa: PLC0415  as above

    lessons = sorted(
        {mark.lesson for mark in marks},
        key=[*opened.lessons(), *(mark.lesson for mark in marks)].index,
    )
    people = {mark.learner for mark in marks}
    with opened.book() as book:
        late = {
            (who, name): off for name in lessons for who, off in reading.late(book, name).items()
        }
    first = next(iter(people), "")
    maxima = {name: sum(mark.maximum for mark in marks if (mark.learner, mark.lesson) == (first, name))
              for name in lessons}  # fmt: skip
    columns = [(name, opened.file.lesson(name).title or name, maxima[name]) for name in lessons]
    text = totals.sheet(
        form,
        [one for one in opened.learners() if one.id in people],
        columns,
        totals.totals(marks, late),
    )
    if output is None:
        sys.stdout.write(text.replace("\r\n", "\n"))
        return
    # Excel takes a file without this mark for one in its own old encoding
    write(output, text.encode("utf-8-sig" if form == "csv" else "utf-8"))
    show.say(f"{len(people)} rows written to {output}")
