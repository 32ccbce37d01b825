"""How the command line speaks: tables, JSON, progress and problems."""

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

CourseOption = Annotated[
    Path | None,
    typer.Option(
        "--course", metavar="DIR", help="The course's folder; by default the nearest one upward."
    ),
]
Lessons = Annotated[list[str], typer.Argument(metavar="LESSON...", help="Folders of lessons.")]
PortOption = Annotated[int, typer.Option(help="Where it listens; 0 takes a free one.")]
HostOption = Annotated[str, typer.Option(help="The address that it listens on.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

NEEDS_PERSON = 3


def out() -> Console:
    """Return the console for results."""
    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160)


def problem(text: str) -> None:
    """Print an error to stderr, as plain text."""
    Console(stderr=True, highlight=False, soft_wrap=True, emoji=False).print(
        f"error: {text}", markup=False, style="red"
    )


def note(text: str) -> None:
    """Print to stderr what is no result and no problem, as plain text."""
    Console(stderr=True, highlight=False, soft_wrap=True, emoji=False).print(text, markup=False)


def say(text: str) -> None:
    """Print one line of result, as plain text."""
    out().print(text, markup=False, soft_wrap=True)


def data(value: Any) -> None:
    """Print a value as JSON."""
    sys.stdout.write(json.dumps(value, indent=1, default=str, ensure_ascii=False) + "\n")


def table(
    rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool, empty: str
) -> None:
    """Print rows as a table or as JSON.

    Args:
        rows: what to print.
        columns: key of the row -> heading.
        as_json: print all keys of the rows as JSON.
        empty: what to say when there are none.
    """
    if as_json:
        data(list(rows))
        return
    if not rows:
        say(empty)
        return
    view = Table(box=None, pad_edge=False, header_style="bold")
    for key, heading in columns.items():
        numbers = all(isinstance(row[key], (int, float)) or row[key] is None for row in rows)
        view.add_column(heading, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        view.add_row(*(cell(row[key]) for key in columns))
    out().print(view)


def beside(
    title: str, names: Sequence[str], texts: Sequence[str], marked: Sequence[Sequence[int]]
) -> None:
    """Print texts side by side, with their lines' numbers and a sign before those that are marked, from 1."""
    view = Table(title=title, title_justify="left", title_style="bold")
    for name in names:
        view.add_column(name, overflow="fold", ratio=1)
    sides = [
        "\n".join(
            f"{number:>3} {'≈' if number in lines else ' '} {line}"
            for number, line in enumerate(_plain(text).split("\n"), 1)
        )
        for text, lines in zip(texts, marked, strict=True)
    ]
    view.add_row(*map(cell, sides))
    out().print(view)


def _plain(text: str) -> str:
    """Return somebody else's text without what a terminal would obey."""
    return "".join(each for each in text.expandtabs(4) if each == "\n" or each.isprintable())


def cell(value: Any) -> str:
    """Return a value as it stands in a table; rich's own markup in it stays text."""
    if value is None:
        return ""
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return text.replace("[", r"\[")


@contextlib.contextmanager
def progress(what: str, total: int | None) -> Iterator[Any]:
    """Show a bar on stderr while the block runs; yields a function that moves it by one."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda text=what: bar.update(task, advance=1, description=text)


def each(what: str, things: Sequence[Any]) -> Iterator[Any]:
    """Yield things with a bar on stderr."""
    with progress(what, len(things)) as move:
        for thing in things:
            yield thing
            move()


def listing(names: Iterable[str], most: int = 8) -> str:
    """Return names as a phrase, cut after ``most``."""
    names = list(names)
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def open_course(folder: Path | None) -> Any:
    """Open the course that a command is about; nbgrader is loaded only now, not for --help.

    Feedback that was to go out by now goes out first.
    """
    from course.term import Course  # noqa: PLC0415  see above
    from course.term.returning import carry_out  # noqa: PLC0415  see above

    opened = Course.open(folder)
    for plan, done in carry_out(opened):
        if isinstance(done, list):
            note(f"feedback on {plan.lesson} was to go out by now: returned to {len(done)}")
        else:
            problem(f"feedback on {plan.lesson} was to go out by now, and did not:\n{done}")
    return opened
