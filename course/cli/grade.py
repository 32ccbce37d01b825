"""The commands that grade."""

from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import typer

from course.cli import show
from course.cli.show import CourseOption, JsonOption, Lessons


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (autograde, regrade, triage):
        app.command()(command)


class Backend(StrEnum):
    """Where submissions are judged."""

    LOCAL = "local"
    DASK = "dask"


def autograde(
    lessons: Lessons,
    jobs: Annotated[
        int | None, typer.Option(help="Processes at once; by default one per core.", min=1)
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Grade unchanged submissions too.")
    ] = False,
    learners: Annotated[
        list[str] | None,
        typer.Option("--learner", metavar="ID", help="Only this learner; may be repeated."),
    ] = None,
    backend: Annotated[
        Backend, typer.Option(help="Where: in processes of this machine, or on a Dask cluster.")
    ] = Backend.LOCAL,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Dask's scheduler, for --backend dask.")
    ] = "",
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
    from course.sandbox import kindle  # noqa: PLC0415  --help starts at once

    if backend is Backend.LOCAL:
        kindle(walls=sandbox)  # it takes as long to start as all that comes before it is needed
    opened = show.open_course(course)
    with _staff(backend, scheduler, jobs, walls=sandbox) as workers:
        stuck = 0
        for lesson in lessons:
            with opened.turn(lesson, partial(_wait, lesson)) as advance:
                stuck += _autograde(opened, lesson, workers, advance, force=force, only=learners)
    if stuck:
        raise typer.Exit(show.NEEDS_PERSON)


def _staff(backend: Backend, scheduler: str, jobs: int | None, *, walls: bool) -> Any:
    """Return who judges, to be used in ``with``."""
    if (backend is Backend.DASK) != bool(scheduler):
        raise typer.BadParameter("--backend dask and --scheduler ADDRESS belong together")
    if backend is Backend.DASK:
        from course.grading.cluster import Cluster  # noqa: PLC0415  only where it is wanted

        return Cluster(scheduler, walls=walls)
    from course.grading.pool import Workers  # noqa: PLC0415  --help starts at once

    return Workers(jobs, walls=walls)


def _wait(lesson: str, who: str) -> None:
    show.note(f"{lesson} is being graded by {who}; waiting until that is done")


def _autograde(
    opened: Any, lesson: str, workers: Any, advance: Any, *, force: bool, only: list[str] | None
) -> int:
    """Grade one lesson and say what came; returns how many could not be graded."""
    prepared = opened.prepare(lesson)
    work, same = opened.todo(prepared, force=force)
    if only:
        _known(only, opened, lesson)
        work = [each for each in work if each.learner in only]
    graded, waiting, triaged = 0, 0, list[tuple[str, str]]()
    endless = Counter[tuple[str, str]]()
    try:
        advance(0, len(work))
        with show.progress(f"grading {lesson}", len(work)) as move:
            for result in opened.autograde(prepared, work, workers):
                move()
                graded += not result.reason
                triaged += [(result.submission.learner, result.reason)] if result.reason else []
                advance(graded + len(triaged), len(work))
                waiting += any(verdict.score is None for verdict in result.verdicts)
                endless.update(_endless(result))
    except KeyboardInterrupt:
        show.note(f"{lesson}: {graded + len(triaged)} of {len(work)} were graded and written")
        raise
    show.say(
        f"{lesson}: {graded} graded, {same} unchanged, {waiting} wait for a person, "
        f"{len(triaged)} could not be graded"
    )
    for learner, reason in sorted(triaged):
        show.say(f"  {learner}: {reason}")
    for (question, test), count in sorted(endless.items()):
        show.say(
            f"  your test '{test}' of '{question}' could not be judged for {count}; their marks "
            f"wait. Mend it in {opened.layout.tests(lesson).name} (or give it more time: "
            f"test_seconds in course.toml), and run: course autograde {lesson} --force"
        )
    return len(triaged)


def _known(only: list[str], opened: Any, lesson: str) -> None:
    from course.layout import known  # noqa: PLC0415  --help starts at once

    for learner in only:
        handed_in = [each.learner for each in opened.submissions(lesson)]
        known(learner, handed_in, "submission", str(opened.layout.submitted))


def _endless(graded: Any) -> set[tuple[str, str]]:
    """Return question and test where a test of the trainer's did not end."""
    from course.model import Outcome  # noqa: PLC0415  --help starts at once

    return {
        (verdict.question, note.test)
        for verdict in graded.verdicts
        for note in verdict.notes
        if note.outcome is Outcome.NEEDS_PERSON
    }


def regrade(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show who would change.")] = False,
    never_down: Annotated[
        bool, typer.Option("--never-down", help="Keep a mark that would become lower.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(help="Processes at once.", min=1)] = None,
    sandbox: Annotated[
        bool, typer.Option("--sandbox/--no-sandbox", help="Run learners' code behind walls.")
    ] = True,
    course: CourseOption = None,
    json: JsonOption = False,
) -> None:
    """Grade again after a change of tests, key or points, and show whose marks move, and why.

    Marks of a person stay. `course return` then gives new feedback to those who changed only.

    Example: `course regrade cleaning --dry-run`
    """
    from course.grading.pool import Workers  # noqa: PLC0415  --help starts without nbgrader

    opened = show.open_course(course)
    with Workers(jobs, walls=sandbox) as workers, opened.turn(lesson, partial(_wait, lesson)):
        _regrade(opened, lesson, workers, dry_run=dry_run, never_down=never_down, json=json)


def _regrade(
    opened: Any, lesson: str, workers: Any, *, dry_run: bool, never_down: bool, json: bool
) -> None:
    from course.term.regrade import preview  # noqa: PLC0415  --help starts without nbgrader

    prepared = opened.prepare(lesson)
    with show.progress(f"grading {lesson}", None) as move:
        results = []
        for result in preview(opened, prepared, workers):
            move()
            results.append(result)
    changes = [change for _, found in results for change in found]
    rows = [
        {**asdict(change), "moves": change.direction}
        for change in sorted(changes, key=lambda change: (change.question, change.learner))
        if change.direction != "unchanged"
    ]
    names = ("question", "learner", "moves", "before", "after", "maximum", "why")
    show.table(rows, {name: name for name in names}, as_json=json, empty="no mark would change")
    if not dry_run:
        with opened.recording(prepared) as record:
            for graded, found in results:
                down = {
                    (change.notebook, change.question)
                    for change in found
                    if change.direction == "down"
                }
                record(graded, frozenset(down) if never_down else frozenset())
    if not json:
        count = Counter(change.direction for change in changes)
        kept = " (kept as they were)" if never_down and not dry_run else ""
        show.say(
            f"{lesson}: {count['unchanged']} unchanged, {count['up']} up, {count['down']} down{kept}"
            + ("; nothing was written" if dry_run else f"; next: course return {lesson}")
        )


def triage(course: CourseOption = None, json: JsonOption = False) -> None:
    """List the submissions that could not be graded, each with its reason.

    Example: `course triage`
    """
    rows = [
        {"lesson": a, "learner": b, "reason": c} for a, b, c in show.open_course(course).triage()
    ]
    columns = {"lesson": "lesson", "learner": "learner", "reason": "reason"}
    show.table(rows, columns, as_json=json, empty="nothing waits here: every submission was graded")
