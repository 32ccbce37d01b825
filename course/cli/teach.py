"""The instructor's commands."""

import csv
import datetime as dt
from dataclasses import asdict
from getpass import getuser
from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption
from course.errors import Invalid, NotFound

Lessons = Annotated[list[str], typer.Argument(metavar="LESSON...", help="Folders of lessons.")]
people = typer.Typer(no_args_is_help=True, help="Who takes the course.")


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("status")(status)
    app.command("release")(release)
    app.add_typer(people, name="learners")
    app.command("collect")(collect)
    app.command("autograde")(autograde)
    app.command("triage")(triage)
    app.command("mark")(mark)
    app.command("return")(give_back)
    app.command("grades")(grades)


def _open(folder: Path | None) -> Any:
    from course.term import Course  # noqa: PLC0415  --help starts without nbgrader

    return Course.open(folder)


def status(course: CourseOption = None, json: JsonOption = False) -> None:
    """Show how far each lesson is.

    Example: `course status`
    """
    opened = _open(course)
    columns = {
        "lesson": "lesson",
        "state": "state",
        "submitted": "handed in",
        "graded": "graded",
        "waiting": "wait for a person",
        "triage": "triage",
        "returned": "feedback out",
    }
    rows = [asdict(state) for state in opened.status()]
    show.table(rows, columns, as_json=json, empty="this course has no lesson yet")


def release(lessons: Lessons, course: CourseOption = None) -> None:
    """Build what learners get and publish it on the exchange.

    Releasing again replaces what is on the exchange; what learners fetched stays theirs.

    Example: `course release first-look cleaning`
    """
    opened = _open(course)
    for lesson in lessons:
        opened.known(lesson)
    for lesson in show.each("releasing", lessons):
        folder = opened.release(lesson)
        show.say(f"released {lesson}: {folder.relative_to(opened.layout.root)}")


@people.command("add")
def add_learner(
    learner: Annotated[
        str, typer.Argument(metavar="ID", help="Name for folders, such as a user name.")
    ],
    first_name: Annotated[str, typer.Option(help="First name.")] = "",
    last_name: Annotated[str, typer.Option(help="Last name.")] = "",
    email: Annotated[str, typer.Option(help="E-mail address.")] = "",
    group: Annotated[str, typer.Option(help="Group, one of course.toml's.")] = "",
    start: Annotated[
        str, typer.Option(metavar="DATE", help="Start day, for relative due dates.")
    ] = "",
    course: CourseOption = None,
) -> None:
    """Add one learner, or bring what is known of one up to date.

    Example: `course learners add ana --first-name Ana --group spring --start 2026-03-02`
    """
    _enrol(_open(course), [_learner({
        "id": learner, "first_name": first_name, "last_name": last_name, "email": email,
        "group": group, "start": start,
    }, "the command line")])  # fmt: skip


@people.command("import")
def import_learners(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            help="Columns: id, and any of first_name, last_name, email, group, start.",
        ),
    ],
    course: CourseOption = None,
) -> None:
    """Add learners from a CSV file, all of them or none.

    Example: `course learners import spring.csv`
    """
    rows = _read_csv(file, {"id"}, {"first_name", "last_name", "email", "group", "start"})
    _enrol(_open(course), [_learner(row, f"{file}, line {line}") for line, row in rows])


@people.command("list")
def list_learners(course: CourseOption = None, json: JsonOption = False) -> None:
    """List the learners.

    Example: `course learners list --json`
    """
    rows = [asdict(person) for person in _open(course).learners()]
    columns = {
        key: key.replace("_", " ")
        for key in ("id", "first_name", "last_name", "email", "group", "start")
    }
    show.table(
        rows, columns, as_json=json, empty="no learners yet; add one: course learners add ID"
    )


def _enrol(opened: Any, learners: list[Any]) -> None:
    added, changed = opened.enrol(learners)
    show.say(f"{added} added, {changed} brought up to date")


def _learner(row: dict[str, str], where: str) -> Any:
    from course.layout import safe_name  # noqa: PLC0415  as in _open
    from course.model import Learner  # noqa: PLC0415  as in _open

    try:
        start = dt.date.fromisoformat(row["start"]) if row.get("start") else None
        safe_name(row["id"], "learner")
    except ValueError as error:
        raise Invalid(
            "not a date", where=where, expected="YYYY-MM-DD", found=row["start"]
        ) from error
    except Invalid as error:
        error.where = where
        raise
    return Learner(
        row["id"], row.get("first_name", ""), row.get("last_name", ""), row.get("email", ""),
        row.get("group", ""), start,
    )  # fmt: skip


def _read_csv(file: Path, needed: set[str], more: set[str]) -> list[tuple[int, dict[str, str]]]:
    """Read a CSV file with a header; returns line numbers and rows."""
    if not file.is_file():
        raise NotFound("no such file", where=str(file))
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            header = {name.strip() for name in reader.fieldnames or []}
            missing, unknown = needed - header, header - needed - more
            if missing or unknown:
                raise Invalid(
                    "the columns are not as expected", where=str(file),
                    expected=", ".join([*sorted(needed), *(f"({name})" for name in sorted(more))]),
                    found=", ".join(reader.fieldnames or ["nothing"]),
                )  # fmt: skip
            return [
                (
                    reader.line_num,
                    {key.strip(): (value or "").strip() for key, value in row.items() if key},
                )
                for row in reader
            ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Invalid(
            "this is not a CSV file in UTF-8", where=str(file), found=str(error)
        ) from error


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
    """Bring submissions into `submitted/`.

    From a folder or zip, a learner is recognised by the beginning of the file's or folder's name.

    Example: `course collect cleaning --from moodle-export.zip`
    """
    opened = _open(course)
    for lesson in lessons:
        found = opened.collect(lesson, source)
        show.say(f"{lesson}: {len(found.learners)} new or changed" + (
            f" ({show.listing(found.learners)})" if found.learners else ""))  # fmt: skip
        for name, why in found.left_out:
            show.say(f"  left out {name}: {why}")


def autograde(
    lessons: Lessons,
    jobs: Annotated[
        int | None, typer.Option(help="Processes at once; by default one per core.", min=1)
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Grade unchanged submissions too.")
    ] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="Run learners' code behind walls.")
    ] = True,
    course: CourseOption = None,
) -> None:
    """Grade what was collected: code by its tests, quizzes by their keys.

    Submissions that did not change since are skipped. One that can't be graded goes on the triage
    list with its reason, and the others are graded all the same (exit code 3).

    Example: `course autograde cleaning --jobs 2`
    """
    from course.grading.pool import Workers  # noqa: PLC0415  as in _open

    opened = _open(course)
    with Workers(jobs, walls=sandbox) as workers:
        stuck = sum(_autograde(opened, lesson, workers, force=force) for lesson in lessons)
    if stuck:
        raise typer.Exit(show.NEEDS_PERSON)


def _autograde(opened: Any, lesson: str, workers: Any, *, force: bool) -> int:
    """Grade one lesson and say what came; returns how many could not be graded."""
    prepared = opened.prepare(lesson)
    work, same = opened.todo(prepared, force=force)
    graded, waiting, triaged = 0, 0, []
    with show.progress(f"grading {lesson}", len(work)) as move:
        for result in opened.autograde(prepared, work, workers):
            move()
            graded += not result.reason
            triaged += [(result.submission.learner, result.reason)] if result.reason else []
            waiting += any(verdict.score is None for verdict in result.verdicts)
    show.say(
        f"{lesson}: {graded} graded, {same} unchanged, {waiting} wait for a person, "
        f"{len(triaged)} could not be graded"
    )
    for learner, reason in sorted(triaged):
        show.say(f"  {learner}: {reason}")
    return len(triaged)


def triage(course: CourseOption = None, json: JsonOption = False) -> None:
    """List the submissions that could not be graded, each with its reason.

    Example: `course triage`
    """
    rows = [{"lesson": a, "learner": b, "reason": c} for a, b, c in _open(course).triage()]
    columns = {"lesson": "lesson", "learner": "learner", "reason": "reason"}
    show.table(rows, columns, as_json=json, empty="nothing waits here: every submission was graded")


def mark(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson.")],
    learner: Annotated[str | None, typer.Argument(metavar="LEARNER", help="Whose answer.")] = None,
    question: Annotated[
        str | None, typer.Argument(metavar="QUESTION", help="Which answer.")
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
    from course.model import ManualMark  # noqa: PLC0415  as in _open

    who = grader or getuser()
    if file is not None:
        rows = _read_csv(file, {"learner", "question"}, {"points", "comment"})
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
    show.say(f"{_open(course).mark(marks)} of {len(marks)} marks recorded or changed")


def _number(text: str | None, where: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError as error:
        raise Invalid(
            "not a number", where=where, expected="points such as 2 or 2.5", found=text
        ) from error


def give_back(lessons: Lessons, course: CourseOption = None) -> None:
    """Build feedback and return it to the learners; unchanged pages are not returned again.

    Example: `course return cleaning`
    """
    opened = _open(course)
    for lesson in lessons:
        with show.progress(f"feedback on {lesson}", None) as move:
            returned = opened.return_feedback(lesson, lambda _learner: move())
        show.say(f"{lesson}: feedback returned to {len(returned)}" + (
            f" ({show.listing(returned)})" if returned else ""))  # fmt: skip


def grades(
    lesson: Annotated[str | None, typer.Option(help="Only this lesson.")] = None,
    learner: Annotated[str | None, typer.Option(help="Only this learner.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write .csv, .json or .parquet."),
    ] = None,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show or export marks: one row per learner, lesson and question.

    What is not graded is empty, never 0.

    Example: `course grades --output grades.csv`
    """
    from course.insight import grades as insight  # noqa: PLC0415  as in _open

    opened = _open(course)
    if lesson is not None:
        opened.known(lesson)
    if learner is not None:
        from course.layout import known  # noqa: PLC0415  as in _open

        known(learner, [person.id for person in opened.learners()], "learner")
    marks = opened.marks(lesson, learner)
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
