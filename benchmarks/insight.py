"""How long a large course's frames take, cold and after one new submission, and what they weigh.

    .venv/bin/python benchmarks/insight.py --out insight.json

Builds a class by bulk inserts and files (1,000 learners, 12 lessons, 100 items each, 5 million
events), and measures each look in a process of its own: seconds, and the most memory that it or one
of its own processes held. Then smaller classes and one of 10,000 learners, each with a tenth of the
items and events, show how it grows. Pages are measured on the large class.
"""

import argparse
import datetime as dt
import json
import os
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil

from course.lesson.state import VERBS
from course.term import Course

BEGIN = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
OBJECTIVES = 6
FRAMES = ("learners", "plan", "questions", "objectives", "attempts", "marks", "events", "voices", "sessions",
          "time_on_task", "judgements", "requests")  # fmt: skip


@dataclass(frozen=True)
class Size:
    """How large a class is: events are those of one learner in one lesson."""

    learners: int
    lessons: int = 12
    items: int = 100
    events: int = 417

    def __str__(self) -> str:
        return f"{self.learners} learners, {self.lessons} lessons, {self.items} items, {self.learners * self.lessons * self.events} events"


# the class ---------------------------------------------------------------------------------------


def build(root: Path, size: Size) -> Course:
    """Make the course: files, rows and records, as if everything had been handed in and graded."""
    (root / "notebooks").mkdir(parents=True)
    names = [f"lesson-{number:02}" for number in range(size.lessons)]
    aims = [f"aim-{number}" for number in range(OBJECTIVES)]
    text = 'id = "large"\ntitle = "A large course"\n'
    text += "".join(f'[[objectives]]\nid = "{aim}"\ntext = "What {aim} says"\n' for aim in aims)
    text += "".join(
        f'[[lessons]]\nfolder = "{name}"\nobjectives = ["{aims[number % OBJECTIVES]}"]\ndue = "{number + 1} weeks"\n'
        for number, name in enumerate(names)
    )
    (root / "course.toml").write_text(text, encoding="utf-8")
    course = Course.open(root)
    course.book().close()
    people = [f"learner{number:05}" for number in range(size.learners)]
    with sqlite3.connect(root / "gradebook.db") as book:
        book.execute("PRAGMA synchronous = OFF")
        book.execute("INSERT INTO course_hand (number) VALUES (1)")
        _rows(book, people, names, size)
        book.execute("DELETE FROM course_hand")
    for place, who in enumerate(people):
        for name in names:
            folder = root / "submitted" / who / name
            folder.mkdir(parents=True)
            (folder / "record.jsonl").write_text(record(place, name, size), encoding="utf-8")
    return course


def _rows(book: sqlite3.Connection, people: list[str], names: list[str], size: Size) -> None:
    start = BEGIN.date().isoformat()
    _insert(book, "student", ("id",), ((who,) for who in people))
    _insert(book, "course_learner", ("id", "group", "start"),
            ((who, f"group-{place % 4}", start) for place, who in enumerate(people)))  # fmt: skip
    for lesson in names:
        _insert(book, "assignment", ("id", "name", "course_id"), [(lesson, lesson, "large")])
        _insert(
            book, "notebook", ("id", "name", "assignment_id"), [(f"{lesson}-book", "work", lesson)]
        )
        cells = [(f"{lesson}-{item}", f"q{item}") for item in range(size.items)]
        _insert(
            book,
            "base_cell",
            ("id", "name", "type", "notebook_id"),
            ((key, name, "GradeCell", f"{lesson}-book") for key, name in cells),
        )
        _insert(
            book,
            "grade_cells",
            ("id", "max_score", "cell_type"),
            ((key, 1.0, "code") for key, _ in cells),
        )
        _insert(book, "course_question", ("lesson", "notebook", "question", "position", "kind", "points", "title"),
                ((lesson, "work", name, place, "quiz", 1.0, f"Question {place}") for place, (_, name) in enumerate(cells)))  # fmt: skip
        at = (BEGIN + dt.timedelta(days=7)).strftime("%Y-%m-%d %H:%M:%S.%f")
        works = [(who, f"{who}-{lesson}") for who in people]
        _insert(
            book,
            "submitted_assignment",
            ("id", "assignment_id", "student_id", "timestamp"),
            ((f"{key}-a", lesson, who, at) for who, key in works),
        )
        _insert(
            book,
            "submitted_notebook",
            ("id", "assignment_id", "notebook_id", "flagged"),
            ((key, f"{key}-a", f"{lesson}-book", 0) for _, key in works),
        )
        _insert(book, "course_attempt", ("learner", "lesson", "state", "reason", "digest", "fingerprint", "isolation", "repairs", "submitted_at", "graded_at", "feedback"),
                ((who, lesson, "graded", "", key, key, "full", "[]", at, at, "") for who, key in works))  # fmt: skip
        note = '[{"test": "answer", "outcome": "passed", "score": 1.0, "maximum": 1.0, "text": ""}]'
        right = lambda place, item: float((place * 7 + item * 13) % 10 > 1)  # noqa: E731  one figure for three tables
        _insert(book, "grade", ("id", "cell_id", "notebook_id", "auto_score", "needs_manual_grade"),
                ((f"{key}-{name}", cell, key, right(place, item), 0) for place, (_, key) in enumerate(works) for item, (cell, name) in enumerate(cells)))  # fmt: skip
        _insert(book, "course_verdict", ("learner", "lesson", "notebook", "question", "outcome", "score", "maximum", "notes", "at"),
                ((who, lesson, "work", name, "passed" if right(place, item) else "failed", right(place, item), 1.0, note, at)
                 for place, (who, _) in enumerate(works) for item, (_, name) in enumerate(cells)))  # fmt: skip
        _insert(book, "course_ledger", ("at", "actor", "action", "lesson", "learner", "notebook", "question", "after"),
                ((at, "autograder", "graded", lesson, who, "work", name, '{"score": 1.0, "outcome": "passed"}')
                 for who, _ in works for _, name in cells))  # fmt: skip


def _insert(book: sqlite3.Connection, table: str, columns: tuple[str, ...], rows: Any) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join("?" * len(columns))
    book.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  our own names


def record(place: int, lesson: str, size: Size) -> str:
    """Return a learner's record of a lesson: answers, checks and hints, some minutes apart."""
    chance = random.Random(f"{place} {lesson}")  # noqa: S311  no secret
    moment, lines = BEGIN + dt.timedelta(hours=chance.randrange(24 * 14)), []
    for number in range(size.events):
        moment += dt.timedelta(seconds=chance.randrange(5, 240))
        kind = number % 10
        verb = ["hinted", "attempted", "opened", *["answered"] * 7][kind]
        result = {"hinted": '{"step": 1}', "attempted": '{"success": true, "passed": 2, "of": 2}', "opened": "{}",
                  "answered": f'{{"response": ["{"abcd"[chance.randrange(4)]}"], "scaled": {kind % 2}}}'}[verb]  # fmt: skip
        about = (
            f"section-{number // 40}" if verb == "opened" else f"q{chance.randrange(size.items)}"
        )
        lines.append(
            f'{{"id": "{UUID(int=chance.getrandbits(128))}", "timestamp": "{moment.isoformat(timespec="microseconds")}", '
            f'"verb": "{VERBS[verb]}", "object": "{about}", "result": {result}, "context": {{"seed": {chance.getrandbits(40)}, "variant": 0}}}}\n'
        )
    return "".join(lines)


# the looks ---------------------------------------------------------------------------------------


def look(root: Path) -> dict[str, Any]:
    """Read all frames; returns seconds by the clock and of processors, and the rows of each.

    Loading pandas and the rest is told by itself: a notebook and the desk do that once.
    """
    before = time.perf_counter()
    import course.insight
    import course.insight.frames

    begin = time.perf_counter()
    frames, each, rows = course.insight.open(root), {}, {}
    frames.read()
    each["marks and events"] = round(time.perf_counter() - begin, 3)
    for name in FRAMES:
        start = time.perf_counter()
        rows[name] = len(getattr(frames, name))
        each[name] = round(time.perf_counter() - start, 3)
    whole, spent = time.perf_counter() - begin, os.times()
    used = spent.user + spent.system + spent.children_user + spent.children_system
    return {
        "loading": round(begin - before, 2),
        "seconds": round(whole, 2),
        "processor_seconds": round(used, 2),
        "each": each,
        "rows": rows,
    }


def apart(what: str, root: Path) -> dict[str, Any]:
    """Do something of this file in a process of its own; adds the most memory that it and its own held together, in MB."""
    command = [sys.executable, __file__, "--do", what, "--root", str(root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as done:
        most, family = 0, psutil.Process(done.pid)
        while done.poll() is None:
            with suppress(psutil.Error):  # it has just ended
                held = [each.memory_info() for each in (family, *family.children(recursive=True))]
                most = max(most, sum(each.rss - getattr(each, "shared", 0) for each in held))
            time.sleep(0.05)
        found: dict[str, Any] = json.loads(done.stdout.read() if done.stdout else b"")
    return found | {"together_mb": round(most / 2**20)}


def hand_in_again(root: Path) -> None:
    """Let one learner hand in once more: a record that is longer, and marks that are new."""
    path = root / "submitted" / "learner00007" / "lesson-01" / "record.jsonl"
    path.write_text(
        path.read_text("utf-8") + record(999_999, "more", Size(1, events=5)), encoding="utf-8"
    )
    with sqlite3.connect(root / "gradebook.db") as book:
        book.execute("UPDATE course_attempt SET digest = 'new', graded_at = ? WHERE learner = 'learner00007' AND lesson = 'lesson-01'",
                     (dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),))  # fmt: skip


def measure(size: Size) -> Iterator[tuple[str, dict[str, Any]]]:
    """Build a class and look at it: cold, again, and after one new submission."""
    root = Path(tempfile.mkdtemp(prefix="course-insight-")) / "course"
    try:
        build(root, size)
        yield "cold", apart("look", root)
        yield "again", apart("look", root)
        hand_in_again(root)
        yield "after one new submission", apart("look", root)
        if size.items == Size.items:
            yield "pages", apart("pages", root)
    finally:
        shutil.rmtree(root.parent)


def main() -> None:
    """Measure and print; write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--only", action="store_true", help="the large class only")
    parser.add_argument("--do", help=argparse.SUPPRESS)
    parser.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.do:
        print(json.dumps({"look": look, "pages": pages}[asked.do](asked.root)))
        return
    sizes = [Size(asked.learners)]
    if not asked.only:
        sizes += [Size(count, items=10, events=42) for count in (1000, 2500, 10_000)]
    found: dict[str, Any] = {"processors": os.cpu_count()}
    for size in sizes:
        for what, figures in measure(size):
            print(f"{size}: {what}: {json.dumps(figures)}", flush=True)
            found.setdefault(str(size), {})[what] = figures
    small, large = str(Size(1000, items=10, events=42)), str(Size(10_000, items=10, events=42))
    if large in found:
        found["ten times the learners take, cold"] = round(
            found[large]["cold"]["seconds"] / found[small]["cold"]["seconds"], 1
        )
        print(
            f"ten times the learners take {found['ten times the learners take, cold']} times as long, cold"
        )
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1), encoding="utf-8")


def pages(root: Path) -> dict[str, Any]:
    """Return seconds of each page, made and written as HTML, once the course was looked at: the median of five."""
    from course.report import render
    from course.report.page import Choice
    from course.term.overseeing import Oversight

    oversight = Oversight(Course.open(root))
    wanted = {
        "course": (),
        "worklist": (),
        "lesson": ("lesson-03",),
        "learner": ("learner00042",),
        "objective": ("aim-1",),
    }
    start = time.perf_counter()
    render.html(oversight.page("course", (), Choice()))
    found: dict[str, Any] = {"first": round(time.perf_counter() - start, 2)}
    for kind, names in wanted.items():
        seconds = []
        for group in (
            "",
            "group-1",
            "",
            "group-2",
            "",
        ):  # others than before, so that no chart is drawn already
            start = time.perf_counter()
            render.html(oversight.page(kind, names, Choice(group)))
            seconds.append(time.perf_counter() - start)
        found[kind] = round(statistics.median(seconds), 3)
    return found


if __name__ == "__main__":
    main()
