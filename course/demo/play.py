"""Playing the demo's term, step by step, and saying what came of it."""

import csv
import datetime as dt
import shutil
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track as _track
from rich.table import Table

from course import layout as disk
from course.term import returning
from course.demo.sample import sample_folder
from course.demo.persona import fill_in
from course.errors import Invalid
from course.feedback import number
from course.grading.pool import Workers
from course.model import Learner, ManualMark, Mark
from course.term.overseeing import Oversight
from course.report import render
from course.report.page import Choice
from course.study import Study
from course.term import Course

HERE = Path(__file__).parent
MARKER = ".course-demo"
Thing = TypeVar("Thing")
HOW_MANY = {"first-look": 24, "cleaning": 12, "grouping": 6, "personal-data": 12}


def track(things: Iterable[Thing], what: str, total: float | None = None) -> Iterable[Thing]:
    """Show a bar on a terminal's stderr while things are gone through."""
    quiet = not sys.stderr.isatty()
    bar = Console(stderr=True)
    return _track(things, what, total, console=bar, transient=True, disable=quiet)


def play(folder: Path, console: Console) -> Course:
    """Play the whole round in a folder of its own, telling the console; an earlier demo there is replaced.

    Raises:
        Invalid: when the folder holds something else.
    """
    begin = time.monotonic()
    console.print(f"playing a term of the sample course in {folder}/", soft_wrap=True)
    course = fresh(folder)
    people = _people()
    for lesson in track(course.lessons(), "releasing"):
        course.release(lesson)
    console.print(f"released {len(course.lessons())} lessons and enrolled {course.enrol(list(people))[0]} learners")
    handed_in = _learn(course, folder / "learners", people)
    console.print(f"learners fetched, worked and handed in {handed_in} times through the exchange")
    with Workers() as workers:
        for lesson in course.lessons():
            _grade(course, lesson, workers)
    console.print("collected and autograded them; code ran in a fresh process each")
    console.print(f"recorded {_mark(course)} marks of a person from a file")
    returned = sum(len(returning.give_back(course, lesson)) for lesson in course.lessons())
    console.print(f"returned {returned} feedback pages\n")
    _show(console, course)
    report = _report(console, course, folder)
    console.print(f"\nplayed in {time.monotonic() - begin:.0f} s. Look further:")
    console.print(f"  course status --course {course.layout.root}", soft_wrap=True)
    console.print(f"  {report}   the report, in any browser", soft_wrap=True)
    console.print(f"  course worklist --course {course.layout.root}", soft_wrap=True)
    console.print(f"  course lab --course {course.layout.root}", soft_wrap=True)
    left = sum(mark.state == "needs a person" for mark in course.marks())
    console.print(f"  course lab --desk --course {course.layout.root}   the grading desk, where {left} answers wait", soft_wrap=True)
    return course


def fresh(folder: Path) -> Course:
    """Return the sample course, new in a folder of its own; raises Invalid when that holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise Invalid(
            "this folder holds something else than a demo",
            where=str(folder),
            hint="give another one: course demo --folder DIR",
        )
    disk.remove_folder(folder)
    folder.mkdir(parents=True)
    disk.write(folder / MARKER, "made by: course demo\n")
    root = (folder / "course").resolve()
    root.mkdir()
    for name in (disk.COURSE_FILE, disk.NBGRADER_FILE):
        shutil.copyfile(sample_folder() / name, root / name)
    for name in ("notebooks", "autograders"):
        disk.copy_folder(sample_folder() / name, root / name, lambda name, _path: "__pycache__" not in name)
    return Course.open(root)


def _people() -> dict[Learner, str]:
    start = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=3)
    with (HERE / "class.csv").open(encoding="utf-8", newline="") as file:
        return {
            Learner(row["id"], row["first_name"], row["last_name"], row["email"], row["group"], start): row["persona"]
            for row in csv.DictReader(file)
        }


def _learn(course: Course, folder: Path, people: dict[Learner, str]) -> int:
    handed_in = 0
    for place, (person, persona) in enumerate(
        track(people.items(), "learning")
    ):
        home = folder / person.id
        home.mkdir(parents=True)
        study = Study.join(home, course.layout.root, person.id)
        for lesson in course.lessons():
            # every second learner takes the later lessons, so that all personas but a few meet them
            if HOW_MANY[lesson] == len(people) or place % (len(people) // HOW_MANY[lesson]) == 0:
                fill_in(study.fetch(lesson), dict(course.sources.notebooks(lesson)), persona, person.id)
                study.submit(lesson)
                handed_in += 1
    return handed_in


def _grade(course: Course, lesson: str, workers: Workers) -> None:
    course.collect(lesson)
    prepared = course.prepare(lesson)
    work, _ = course.todo(prepared)
    for _ in track(course.autograde(prepared, work, workers), f"grading {lesson}", len(work)):
        pass  # each is written when it comes


def _mark(course: Course) -> int:
    with (HERE / "marks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    handed_in = {lesson: {work.learner for work in course.submissions(lesson)} for lesson in course.lessons()}
    return course.mark([
        ManualMark(row["lesson"], row["learner"], row["question"], float(row["points"]), row["comment"], "Maria")
        for row in rows if row["learner"] in handed_in[row["lesson"]]
    ])  # fmt: skip


def _show(console: Console, course: Course) -> None:
    """Print what each learner got, what needs a person and why, and what was put right."""
    marks, lessons = course.marks(), course.lessons()
    names = {person.id: person.name for person in course.learners()}
    view = Table(box=None, pad_edge=False, header_style="bold")
    view.add_column("points of")
    for lesson in lessons:
        view.add_column(lesson, justify="right")
    for learner, name in names.items():
        mine = [mark for mark in marks if mark.learner == learner]
        view.add_row(name, *(_total([m for m in mine if m.lesson == lesson]) for lesson in lessons))
    console.print(view)
    console.print("… more points may come: a person has an answer to mark", style="dim")
    console.print("\nNeeds a person", style="bold")
    waiting: dict[tuple[str, str], list[str]] = {}
    for mark in marks:
        if mark.state == "needs a person":
            waiting.setdefault((mark.lesson, mark.question), []).append(names[mark.learner])
    for (lesson, question), who in waiting.items():
        some = ", ".join(who[:3]) + (f" and {len(who) - 3} more" if len(who) > 3 else "")  # noqa: PLR2004  a line
        console.print(f"  {lesson}, {question}: in own words, from {some}", markup=False, soft_wrap=True)
    for lesson, learner, reason in course.triage():
        console.print(f"  {lesson}, {names[learner]}: can't be graded. {reason}", markup=False, soft_wrap=True)
    console.print("\nPut right before grading", style="bold")
    for lesson in lessons:
        for learner, where, text in course.repairs(lesson):
            console.print(f"  {lesson}, {names[learner]}, {where}: {text}", markup=False, soft_wrap=True)


def _report(console: Console, course: Course, folder: Path) -> Path:
    """Write the report of the course beside it, and print what to look after first."""
    oversight = Oversight(course)
    path = folder / "report.html"
    disk.write(path, render.html(oversight.page("course", (), Choice(), whole=True)))
    names = {person.id: person.name for person in course.learners()}
    console.print("\nTo look after", style="bold")
    found = oversight.worklist()
    for each in found[:5]:
        console.print(f"  {names.get(each.learner, each.lesson)}: {each.reason} {each.action}.", markup=False, soft_wrap=True)
    if len(found) > 5:  # noqa: PLR2004  the first ones
        console.print(f"  and {len(found) - 5} more", style="dim")
    return path


def _total(marks: list[Mark]) -> str:
    """Return a learner's points of a lesson; empty when not handed in, "…" while some wait."""
    known = [mark.points for mark in marks if mark.points is not None]
    if any(mark.state == "triage" for mark in marks):
        return "not graded"
    if not known:
        return ""
    waits = " …" if any(mark.state == "needs a person" for mark in marks) else ""
    return f"{number(sum(known))}/{number(sum(mark.maximum for mark in marks))}{waits}"
