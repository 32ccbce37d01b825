"""How fast the grading desk answers, beside nbgrader's formgrader on the same data, and ten graders at once.

python benchmarks/desk.py --database sqlite --out desk.json
"""

import argparse
import datetime as dt
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa

DATA = Path(__file__).parents[1] / "tests" / "data"
sys.path.insert(0, str(DATA))

import postgres
from nbgrader import api

from course.cli.make import lab_command
from course.store import tables
from course.store.database import Gradebook, new_id
from course.term import Course

TOKEN = "benchmark"  # noqa: S105  of a server that lives for some minutes
CODE, WRITTEN = 6, 2
MOMENT = dt.datetime(2026, 1, 30, 10)  # noqa: DTZ001  as nbgrader keeps it


# the class ---------------------------------------------------------------------------------------


def cell(name: str, source: str, kind: str = "code", **about: Any) -> dict[str, Any]:
    """Return a cell with nbgrader's metadata."""
    marks = {"grade_id": name, "schema_version": 3, "cell_type": kind, "task": False, "locked": False,
             "grade": False, "solution": False, **about}  # fmt: skip
    made = {"cell_type": kind, "id": name, "metadata": {"nbgrader": marks}, "source": source}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(learner: str) -> str:
    """Return a small lesson as a learner left it."""
    cells = [
        {
            "cell_type": "markdown",
            "id": "intro",
            "metadata": {},
            "source": "# A lesson\n\nWork through it.",
        }
    ]
    for number in range(1, CODE + 1):
        cells += [
            cell(f"q{number}-answer", f"def f{number}(x):\n    return x * {number}  # {learner}", solution=True),
            cell(f"q{number}", f"assert f{number}(2) == {2 * number}", grade=True, locked=True, points=1),
        ]  # fmt: skip
    cells += [
        cell(f"w{number}", f"I, {learner}, think that a table has rows because of *reasons*.",
             "markdown", grade=True, solution=True, points=2)
        for number in range(1, WRITTEN + 1)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def make(root: Path, address: str, learners: int, lessons: int) -> Course:
    """Make a course with its files and rows, as if everything had been handed in and autograded."""
    root.mkdir()
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'class'\n"
        f"c.CourseDirectory.db_url = '{address}'\nc.Exchange.root = '{root}/exchange'\n"
    )
    names = [f"lesson-{number:02}" for number in range(1, lessons + 1)]
    people = [f"learner{number:04}" for number in range(learners)]
    for name in names:
        (root / "source" / name).mkdir(parents=True)
        (root / "source" / name / "work.ipynb").write_text(notebook("author"))
    for who in people:
        text = notebook(who)
        for name in names:
            for step in ("submitted", "autograded"):
                folder = root / step / who / name
                folder.mkdir(parents=True)
                (folder / "work.ipynb").write_text(text)
    course = Course.open(root)
    with course.book() as book:
        fill(book, people, names)
    return course


def fill(book: Gradebook, people: list[str], names: list[str]) -> None:
    """Write all rows; half of the answers in own words are marked already."""
    with book.engine.begin() as connection:
        connection.execute(tables.hand.insert().values(number=1))
        insert(connection, "student", [{"id": who} for who in people])
        connection.execute(
            tables.learner.insert(), [{"id": who, "group": "", "start": ""} for who in people]
        )
        for name in names:
            _fill_lesson(connection, name, people)
        connection.execute(tables.hand.delete())
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")


def insert(connection: sa.Connection, table: str, rows: list[dict[str, Any]]) -> None:
    """Write rows into one of nbgrader's tables."""
    connection.execute(api.Base.metadata.tables[table].insert(), rows)


def _fill_lesson(connection: sa.Connection, name: str, people: list[str]) -> None:
    lesson, book = new_id(), new_id()
    insert(connection, "assignment", [{"id": lesson, "name": name, "course_id": "class"}])
    insert(connection, "notebook", [{"id": book, "name": "work", "assignment_id": lesson}])
    graded = {f"q{n}": 1.0 for n in range(1, CODE + 1)} | {
        f"w{n}": 2.0 for n in range(1, WRITTEN + 1)
    }
    solved = [f"q{n}-answer" for n in range(1, CODE + 1)] + [f"w{n}" for n in range(1, WRITTEN + 1)]
    grade, solution = {each: new_id() for each in graded}, {each: new_id() for each in solved}
    for keys, kind, table in (
        (grade, "GradeCell", "grade_cells"),
        (solution, "SolutionCell", "solution_cells"),
    ):
        insert(
            connection,
            "base_cell",
            [
                {"id": key, "name": each, "type": kind, "notebook_id": book}
                for each, key in keys.items()
            ],
        )
        own = [{"id": key} for key in keys.values()] if table == "solution_cells" else [
            {"id": key, "max_score": graded[each], "cell_type": "code" if each[0] == "q" else "markdown"}
            for each, key in keys.items()]  # fmt: skip
        insert(connection, table, own)
    connection.execute(tables.question.insert(), [
        {"lesson": name, "notebook": "work", "question": each, "position": place, "points": points, "title": each,
         "kind": "tests" if each[0] == "q" else "written"} for place, (each, points) in enumerate(graded.items())])  # fmt: skip
    works = {who: (new_id(), new_id()) for who in people}
    insert(
        connection,
        "submitted_assignment",
        [
            {"id": one, "assignment_id": lesson, "student_id": who, "timestamp": MOMENT}
            for who, (one, _) in works.items()
        ],
    )
    insert(
        connection,
        "submitted_notebook",
        [
            {"id": two, "assignment_id": one, "notebook_id": book, "flagged": False}
            for one, two in works.values()
        ],
    )
    grades, verdicts, comments = [], [], []
    for number, (who, (_, two)) in enumerate(works.items()):
        for each, key in grade.items():
            waits = each[0] == "w" and number % 2 == 0
            grades.append({
                "id": new_id(), "cell_id": key, "notebook_id": two, "auto_score": None if each[0] == "w" else 1.0,
                "manual_score": 1.0 if each[0] == "w" and not waits else None, "needs_manual_grade": waits,
            })  # fmt: skip
            verdicts.append({
                "learner": who, "lesson": name, "notebook": "work", "question": each, "at": MOMENT, "notes": [],
                "outcome": "needs a person" if each[0] == "w" else "passed", "maximum": graded[each],
                "score": None if each[0] == "w" else 1.0,
            })  # fmt: skip
        comments += [
            {"id": new_id(), "cell_id": key, "notebook_id": two} for key in solution.values()
        ]
    insert(connection, "grade", grades)
    insert(connection, "comment", comments)
    connection.execute(tables.verdict.insert(), verdicts)
    connection.execute(tables.attempt.insert(), [
        {"learner": who, "lesson": name, "state": "graded", "reason": "", "digest": who, "fingerprint": name,
         "isolation": "full", "repairs": [], "submitted_at": MOMENT, "graded_at": MOMENT, "feedback": ""}
        for who in people])  # fmt: skip


# the server --------------------------------------------------------------------------------------


@dataclass
class Place:
    """A server that can be killed and started again on the same port."""

    root: Path
    base: Path
    port: int = 8911
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [*lab_command(self.root, self.port), "--ServerApp.port_retries=0", "--no-browser",
                   "--ServerApp.identity_provider_class=named_people.NamedPeople"]  # fmt: skip
        own = {name: str(self.base / name.lower()) for name in
               ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")}  # fmt: skip
        environment = os.environ | own | {"JUPYTER_TOKEN": TOKEN, "PYTHONPATH": str(DATA)}
        with (self.base / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.root, env=environment, stdout=log,
                                            stderr=log, start_new_session=True)  # fmt: skip
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/api", timeout=5).is_success:
                    return
            time.sleep(0.1)
        raise SystemExit((self.base / "log.txt").read_text()[-2000:])

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it."""
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait(30)
            self.process = None

    def client(self, name: str) -> httpx.Client:
        """Return a browser of somebody who logged in."""
        client = httpx.Client(
            base_url=self.url, headers={"X-Name": name}, timeout=60, follow_redirects=True
        )
        client.get(f"/course/?token={TOKEN}")
        found = re.search(r'data-xsrf="([^"]+)"', client.get("/course/").text)
        client.headers["X-XSRFToken"] = found[1] if found else ""
        return client


@contextmanager
def serving(root: Path, base: Path) -> Iterator[Place]:
    """Run the server while the block runs."""
    place = Place(root, base)
    place.start()
    try:
        yield place
    finally:
        place.stop(signal.SIGKILL)


def timed(ask: Callable[[], httpx.Response], times: int) -> dict[str, float]:
    """Return median and 99th percentile in milliseconds, the first time left out."""
    ask().raise_for_status()
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        ask().raise_for_status()
        taken.append((time.perf_counter() - begin) * 1000)
    taken.sort()
    return {"median_ms": statistics.median(taken), "p99_ms": taken[min(len(taken) - 1, int(0.99 * len(taken)))],
            "samples": times}  # fmt: skip


def pages(place: Place, course: Course) -> dict[str, Any]:
    """Return how long single requests take, ours and the formgrader's."""
    client = place.client("Grace")
    where, last = "lesson-01/work/w1", [""]

    def following() -> httpx.Response:
        answer = client.get(f"/course/api/next/{where}", params={"after": last[0]})
        last[0] = answer.json()["answer"]["id"]
        return answer

    with course.book() as book, book.reading() as connection:
        ids = sorted(connection.execute(sa.text(
            "SELECT w.id FROM submitted_notebook w JOIN notebook n ON n.id = w.notebook_id "
            "JOIN assignment a ON a.id = n.assignment_id WHERE a.name = 'lesson-01'")).scalars())  # fmt: skip
    turn = iter(ids)

    def theirs() -> httpx.Response:
        return client.get(f"/formgrader/submissions/{next(turn)}/next", params={"index": 0})

    found = {
        "next": timed(following, 200),
        "answers": timed(lambda: client.get(f"/course/answers/{where}"), 15),
        "home": timed(lambda: client.get("/course/"), 15),
        "formgrader_next": timed(theirs, 15),
        "formgrader_answers": timed(
            lambda: client.get("/formgrader/api/submitted_notebooks/lesson-01/work"), 3),
    }  # fmt: skip
    found["times_faster"] = found["formgrader_next"]["median_ms"] / found["next"]["median_ms"]
    return found


# ten at once -------------------------------------------------------------------------------------


@dataclass
class Graders:
    """People who mark at once, each in a thread.

    Attributes:
        given: whom each answer was shown to, as it was given by "next".
        kept: request and score of each mark that the server said it wrote.
        status: how often each answer of the server came.
    """

    place: Place
    questions: list[str]
    until: float
    given: dict[str, set[str]] = field(default_factory=dict)
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)
    status: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def mark(self, name: str) -> None:
        """Mark one answer after the other; a question after the other."""
        client, left, after = self.place.client(name), list(self.questions), ""
        while left and time.monotonic() < self.until:
            said = self.ask(
                partial(client.get, f"/course/api/next/{left[0]}", params={"after": after})
            )
            answer = said.json().get("answer") if said else None
            if answer is None:
                left, after = left[1:], ""
                continue
            after, request = answer["id"], uuid4().hex
            with self.lock:
                self.given.setdefault(after, set()).add(name)
            body = {"request": request, "token": answer["standing"]["token"], "items": [], "adjustment": 1,
                    "comment": f"by {name}"}  # fmt: skip
            done = self.ask(partial(client.post, f"/course/api/mark/{left[0]}/{after}", json=body))
            if done is not None and done.is_success:
                with self.lock:
                    self.kept[request] = (after, name)

    def ask(self, what: Callable[[], httpx.Response]) -> httpx.Response | None:
        """Ask until there is an answer, as the page does when the connection is lost."""
        while True:
            try:
                said = what()
            except httpx.HTTPError as error:
                with self.lock:
                    self.status[type(error).__name__] += 1
                if time.monotonic() > self.until + 60:
                    return None
                time.sleep(0.3)
                continue
            with self.lock:
                self.status[str(said.status_code)] += 1
            return said


def together(place: Place, course: Course, seconds: float, graders: int) -> dict[str, Any]:
    """Let graders mark at once, kill the server in the middle, and count what is there afterwards."""
    lessons = sorted(path.name for path in course.layout.source.iterdir())
    questions = [f"{lesson}/work/w{number}" for lesson in lessons[1:] for number in (1, 2)]
    people = Graders(place, questions, time.monotonic() + seconds)
    threads = [threading.Thread(target=people.mark, args=(f"Grader{n}",)) for n in range(graders)]
    for thread in threads:
        thread.start()
    time.sleep(seconds / 2)
    place.stop(signal.SIGKILL)
    place.start()
    for thread in threads:
        thread.join()
    with course.book() as book, book.reading() as connection:
        rows = connection.execute(sa.select(tables.judgement)).mappings().all()
        grades = connection.execute(sa.text(
            "SELECT count(*) FROM grade WHERE manual_score = 1.0 AND needs_manual_grade = :no"), {"no": False}).scalar()  # fmt: skip
    there = Counter(row["request"] for row in rows)
    twice = Counter((row["lesson"], row["question"], row["learner"]) for row in rows)
    return {
        "graders": graders, "seconds": seconds, "acknowledged": len(people.kept), "written": len(rows),
        "lost": sum(request not in there for request in people.kept),
        "marked_twice": sum(number > 1 for number in twice.values()),
        "shown_to_two": sum(len(names) > 1 for names in people.given.values()),
        "manual_marks_in_nbgrader": grades, "answers_of_the_server": dict(people.status),
    }  # fmt: skip


def measure(kind: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """Return all figures with one kind of database."""
    with ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        address = f"sqlite:///{base}/course/gradebook.db"
        if kind == "postgresql":
            address = postgres.make(stack.enter_context(postgres.running(safe=True)), "class")
        begin = time.perf_counter()
        course = make(base / "course", address, chosen.learners, chosen.lessons)
        made = time.perf_counter() - begin
        place = stack.enter_context(serving(course.layout.root, base))
        found = {"database": kind, "learners": chosen.learners, "lessons": chosen.lessons, "made_s": made,
                 **pages(place, course)}  # fmt: skip
        print(json.dumps(found, indent=1), flush=True)
        found["together"] = together(place, course, chosen.seconds, chosen.graders)
        print(json.dumps(found["together"], indent=1), flush=True)
        return found


def main() -> None:
    """Measure, print and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=1000)
    parser.add_argument("--lessons", type=int, default=12)
    parser.add_argument("--graders", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--out", type=Path, help="the JSON file")
    chosen = parser.parse_args()
    results = [measure(kind, chosen) for kind in chosen.database]
    if chosen.out:
        chosen.out.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
