"""The commands that look at a lesson's items, and at answers that are similar."""

from pathlib import Path
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption

_COLUMNS = {
    "item": "item", "answered": "answered", "difficulty": "mean score", "discrimination": "discrimination",
    "alpha_without": "alpha without", "minutes": "minutes", "hinted": "hints", "often": "how many gave which wrong answer",
    "flags": "flags",
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command()(items)
    app.command()(similar)


def items(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    groups: Annotated[
        bool, typer.Option("--groups", help="Compare groups of learners in each item instead.")
    ] = False,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show how good a lesson's questions are, and which to look at, each with the reason.

    The mean score is 0 to 1; discrimination is the correlation of an item with the others, -1 to 1;
    alpha without tells how well the others agree. With `--groups`, each group is compared with all
    others: the difference, and the odds among those who do as well elsewhere, with 95 % intervals.

    Example: `course items first-look`
    """
    from course.insight import answers  # noqa: PLC0415  --help starts without pandas
    from course.insight import items as analysis  # noqa: PLC0415  as above

    opened = show.open_course(course)
    opened.known(lesson)
    marks = opened.marks(lesson)
    scores = answers.scores(marks)
    people = {person.id: person.group for person in opened.learners()}
    group = scores.index.to_series().map(people).fillna("")
    if groups:
        _groups(analysis.groups(scores, group), as_json=json)
        return
    minutes, hinted = answers.effort(opened.submissions(lesson), list(scores.columns))
    found = analysis.analyse(scores, answers.wrong(marks), minutes, hinted, group)
    rows = [_row(row) for row in found.to_dict("records")]
    show.table(rows, _COLUMNS, as_json=json, empty="nothing is graded yet")
    if not json and rows:
        _explain(found, analysis.CAUSES)


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    often = row["wrong"][0] if row["wrong"] else None
    plain = {key: None if value != value else value for key, value in row.items()}  # noqa: PLR0124  not a number
    return {
        **plain,
        "often": f"{often[1]}: {often[0]}" if often else "",
        "flags": ", ".join(row["flags"]),
    }


def _explain(found: Any, causes: dict[str, str]) -> None:
    alpha = found.attrs["alpha"]
    show.say(f"Cronbach's alpha of all: {alpha:.2f}" if alpha == alpha else  # noqa: PLR0124  not a number
             "Cronbach's alpha: there are too few whole answers to say")  # fmt: skip
    for row in found.to_dict("records"):
        for flag in row["flags"]:
            show.say(f"  {row['item']}: {causes[flag]}")


def _groups(found: Any, *, as_json: bool) -> None:
    rows = [
        {**row, "interval": f"{row['low']:+.2f} to {row['high']:+.2f}",
         "among": f"{row['odds']:.2f} ({row['odds_low']:.2f} to {row['odds_high']:.2f})"
         if row["odds"] == row["odds"] else "too few to say"}
        for row in found.to_dict("records")
    ]  # fmt: skip
    columns = {"item": "item", "group": "group", "n": "learners", "share": "right", "difference": "difference",
               "interval": "95 % interval", "among": "odds among equals"}  # fmt: skip
    show.table(rows, columns, as_json=as_json, empty="no learner with a group has been graded yet")


def similar(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson's folder.")],
    question: Annotated[str, typer.Option(metavar="NAME", help="Only this exercise.")] = "",
    least: Annotated[
        float,
        typer.Option(help="How much of the shorter must be in the other, 0 to 1.", min=0, max=1),
    ] = 0.6,
    texts: Annotated[bool, typer.Option("--texts", help="Show both texts side by side.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write a page with both texts side by side."
        ),
    ] = None,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Show answers to the same exercise that are similar; starter code and what many have is left out.

    Nothing leaves this machine. Names of variables, comments and layout make no difference. Why two
    answers are similar, only people know: talk with them before you conclude anything.

    Example: `course similar first-look --texts`
    """
    from course.term import resemblance  # noqa: PLC0415  --help starts at once

    opened = show.open_course(course)
    found = resemblance.similar(opened, lesson, question, least)
    if output is not None:
        from course.layout import write  # noqa: PLC0415  as above

        write(output, resemblance.page(lesson, found))
        show.say(f"{len(found)} pairs of similar answers written to {output}")
        return
    rows = [
        {"question": one.question, "learner": one.pair.learners[0], "other": one.pair.learners[1],
         "share": one.pair.share, "lines": [list(lines) for lines in one.pair.lines]} for one in found
    ]  # fmt: skip
    columns = {
        "question": "exercise",
        "learner": "learner",
        "other": "is similar to",
        "share": "share",
    }
    show.table(rows, columns, as_json=json, empty="no answers are similar beyond what all share")
    if texts and not json:
        for one in found:
            show.beside(f"{one.question}: similar", one.pair.learners, one.texts, one.pair.lines)
