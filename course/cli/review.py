"""The commands about versions: what changed, who approved what."""

import datetime as dt
import json as text_of
from collections import Counter
from getpass import getuser
from typing import TYPE_CHECKING, Annotated

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption
from course.errors import Invalid

if TYPE_CHECKING:
    from course.term import Course
    from course.term.comparison import Comparison

reviews = typer.Typer(no_args_is_help=True, help="Approve lessons, and see which are approved.")
Lesson = Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("diff")(diff)
    reviews.command("approve")(approve)
    reviews.command("status")(status)
    app.add_typer(reviews, name="review")


def diff(
    lesson: Lesson,
    grade: Annotated[
        bool, typer.Option("--grade/--no-grade", help="Try whose marks would change.")
    ] = True,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="Grade behind walls.")
    ] = True,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show what changed in a lesson since its last release, and who would be affected.

    What was handed in is graded with the new state, and nothing is written.

    Example: `course diff first-look`
    """
    from course.term.comparison import compare  # noqa: PLC0415  --help starts at once

    found = compare(show.open_course(course), lesson, grade=grade, walls=sandbox)
    if json:
        show.say(text_of.dumps(_data(found), indent=1, ensure_ascii=False))
        return
    if found.before is None:
        show.say(f"{lesson} was never released: a release would be {found.now}")
        return
    day = found.before.released.partition("T")[0]
    if not found.changes:
        show.say(f"{lesson}: nothing changed since {found.before} of {day}")
        return
    show.say(f"{lesson}: since {found.before} of {day}")
    for change in found.changes:
        show.say(f"  {change}")
    if found.tried:
        _tell(found)


def _data(found: "Comparison") -> dict[str, object]:
    return {
        "before": found.before.about() if found.before else None, "now": found.now.about(),
        "changes": [change.data() for change in found.changes], "graded_again": found.tried,
        "affected": [
            {"learner": one.learner, "question": one.question, "before": one.before,
             "after": one.after, "why": one.why} for one in found.affected
        ],
        "triage": found.triage,
    }  # fmt: skip


def _tell(found: "Comparison") -> None:
    counts = Counter(change.direction for change in found.affected)
    people = len({change.learner for change in found.affected})
    if not found.affected:
        show.say("of what was handed in, no mark would change")
    else:
        show.say(f"{people} learner{'s' * (people != 1)} would be affected by grading again: marks up "
                 f"{counts['up']}, down {counts['down']}, not comparable {counts['ungraded']}")  # fmt: skip
        for one in found.affected:
            show.say(f"  {one.learner}, {one.question}: {_mark(one.before)} -> {_mark(one.after)}")
    if found.triage:
        show.say(f"could not be graded again: {show.listing(found.triage)}")


def _mark(points: float | None) -> str:
    return "not graded" if points is None else f"{points:g}"


def approve(
    lesson: Lesson,
    who: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Who approves; by default your user name."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="The last day on which it holds, such as 2027-06-30."),
    ] = None,
    course: CourseOption = None,
) -> None:
    """Approve a lesson as it is now; any change of it asks for a new approval.

    It is written into reviews.toml. Without --until it holds for review_every of course.toml.

    Example: `course review approve first-look --as "Ada Byron" --until 2027-06-30`
    """
    from course.authoring import reviews as book  # noqa: PLC0415  --help starts at once

    opened: Course = show.open_course(course)
    about, today = opened.known(lesson), dt.datetime.now(dt.UTC).date()
    every, version = opened.file.policies.review_every, opened.version(lesson)
    last = _day(until, today) if until else today + every if every else None
    new = book.Review(lesson, who or getuser(), version.hash, version.number, today, last)
    root = opened.layout.root
    book.keep(root, book.approved(book.load(root), new, about))
    show.say(f"{new.by} approved {lesson}, {version}" + (f", until {last}" if last else ""))


def _day(text: str, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if day < today:
        raise Invalid("an approval can't end then", where="--until", found=text,
                      expected=f"a day such as {today + dt.timedelta(365)}, not before today")  # fmt: skip
    return day


def status(course: CourseOption = None, json: JsonOption = False) -> None:
    """Show who answers for each lesson, and whether it is approved as it is.

    Example: `course review status`
    """
    opened: Course = show.open_course(course)
    rows = []
    for lesson in opened.lessons():
        about, standing = opened.file.lesson(lesson), opened.review(lesson)
        rows.append({
            "lesson": lesson, "owners": ", ".join(about.owners), "reviewers": ", ".join(about.reviewers),
            "version": opened.version(lesson).number, "review": str(standing), "state": str(standing.state),
        })  # fmt: skip
    columns = {"lesson": "lesson", "owners": "owners", "reviewers": "reviewers",
               "version": "version", "review": "review"}  # fmt: skip
    show.table(rows, columns, as_json=json, empty="this course has no lesson yet")
