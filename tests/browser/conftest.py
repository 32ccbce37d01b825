"""A real browser on real servers: the system's Chromium, `course lab` and JupyterLab."""

import datetime as dt
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from course import layout as disk
from course import notebook as notebooks
from course.demo.sample import sample_folder
from course.lesson import record
from course.model import Learner, ManualMark
from course.study import Study
from course.term import Course, returning

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
from servers import TOKEN, Server, jupyterlab, serving

__all__ = ["TOKEN", "Server", "jupyterlab", "serving"]

LESSON = "first-look"
DOCS = Path(__file__).parents[2] / "docs"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
# What hostile.* says wherever a person can write: each would set a flag, if it ran.
SCRIPT = "<script>window.hacked = 1; alert(1)</script>"
IMAGE = '<img src="x:" onerror="window.hacked = 1; alert(1)">'
LINK = "[read this](javascript:alert(1))"


@dataclass(frozen=True)
class Term:
    """A course in which ana, ben and mallory handed in; carla has just fetched the lesson."""

    course: Course
    learners: Path


def solve(
    folder: Path, course: Course, change: Callable[[str, str], str] = lambda _id, text: text
) -> None:
    """Write the author's solutions into a fetched lesson, each as ``change`` makes it."""
    source = dict(course.sources.notebooks(folder.name))
    for path in folder.glob("*.ipynb"):
        node, _ = notebooks.read(path)
        right = source[path.stem]
        solutions = {
            notebooks.marks(cell)["grade_id"]: cell.source
            for cell in right.cells
            if notebooks.marks(cell).get("solution")
        }
        for cell in node.cells:
            name = notebooks.marks(cell).get("grade_id")
            if name in solutions:
                lines = [line for line in solutions[name].split("\n") if "### " not in line]
                cell.source = change(name, "\n".join(lines))
        path.write_text(notebooks.write_text(node), encoding="utf-8")


def _ben(question: str, text: str) -> str:
    """A learner who joins the conditions with the wrong word."""
    return text.replace("&", "|") if question == "late-from-answer" else text


def _mallory(question: str, text: str) -> str:
    if question == "describe-the-table":
        return f"{SCRIPT}\n\n{IMAGE}\n\n{LINK}"
    if question == "late-from-answer":
        return f"def late_from(table, airport, minutes):\n    raise ValueError({SCRIPT + IMAGE!r})"
    if question == "boston-evening-answer":
        return f"class Odd:\n    def __repr__(self):\n        return {SCRIPT + IMAGE!r}\n\n\nboston_evening = Odd()"
    return text


@pytest.fixture(scope="session")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    """Play the sample course once: released, handed in, graded, marked, returned."""
    base = tmp_path_factory.mktemp("term")
    root, learners = base / "course", base / "learners"
    root.mkdir()
    for name in (disk.COURSE_FILE, disk.NBGRADER_FILE):
        shutil.copyfile(sample_folder() / name, root / name)
    for name in ("notebooks", "autograders"):
        shutil.copytree(
            sample_folder() / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    course = Course.open(root)
    start = dt.datetime.now(dt.UTC).date()
    course.enrol([
        Learner("ana", "Ana", "Horvat", group="spring", start=start),
        Learner("ben", "Ben", "Okafor", group="autumn", start=start),
        Learner("mallory", IMAGE, SCRIPT, start=start),
        Learner("carla", "Carla", "Moreau", group="spring", start=start),
    ])  # fmt: skip
    for lesson in course.lessons():
        course.release(lesson)
    studies = {}
    for person in course.learners():
        home = learners / person.id
        home.mkdir(parents=True)
        studies[person.id] = Study.join(home, root, person.id)
    for lesson in course.lessons():
        _hand_in(studies["ana"], course, lesson)
    _hand_in(studies["ben"], course, LESSON, _ben)
    _hand_in(studies["mallory"], course, LESSON, _mallory)
    studies["carla"].fetch(LESSON)
    for lesson in course.lessons():
        course.collect(lesson)
    prepared = course.prepare(LESSON)
    work, _ = course.todo(prepared)
    assert [each.reason for each in course.autograde(prepared, work)] == [""] * 3
    said = "Good. Say also **what one row stands for**; everything else depends on it."
    course.mark([
        ManualMark(LESSON, "ben", "describe-the-table", 2, said, "Maria"),
        ManualMark(LESSON, "mallory", "describe-the-table", 1, f"{SCRIPT}\n\n{IMAGE}\n\n{LINK}", IMAGE),
    ])  # fmt: skip
    assert returning.give_back(course, LESSON) == ["ana", "ben", "mallory"]
    course.enrol(
        [Learner("mallory", "Mallory", "Quinn", start=start)]
    )  # put right; the page is out
    return Term(course, learners)


def _hand_in(
    study: Study,
    course: Course,
    lesson: str,
    change: Callable[[str, str], str] = lambda _id, text: text,
) -> None:
    folder = study.fetch(lesson)
    solve(folder, course, change)
    if lesson == LESSON:
        name = study.reach.learner
        answers = {"ana": "b", "ben": "a", "mallory": SCRIPT}
        record.append(folder, "answered", "brackets", {"response": [answers[name]]})
        record.append(
            folder,
            "answered",
            "mask-and",
            {"response": ["a", "d"] if name != "mallory" else {IMAGE: SCRIPT}},
        )
        if name == "mallory":
            record.append(folder, "answered", SCRIPT, {"response": [IMAGE]})
    study.submit(lesson)


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in profiles of their own; all are closed at the end."""
    contexts = []

    def make(**options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        context.set_default_timeout(30_000)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., None]:
    """Take a screenshot: into docs/ with COURSE_SCREENSHOTS=1, else into the test's own folder."""

    def take(page: Page, name: str, **options: Any) -> None:
        folder = DOCS if os.environ.get("COURSE_SCREENSHOTS") == "1" else tmp_path
        page.screenshot(path=folder / name, **options)
        assert (folder / name).stat().st_size > 20_000, "this picture shows next to nothing"

    return take


def accessible(page: Page, selector: str) -> None:
    """Assert that axe-core finds nothing serious or critical below ``selector``."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(AXE)  # unlike a script element, this is possible under the page's own policy
    found = page.evaluate("selector => axe.run(selector)", selector)
    grave = [
        f"{problem['id']}: {node['html']}: {node['failureSummary']}"
        for problem in found["violations"]
        if problem["impact"] in {"serious", "critical"}
        for node in problem["nodes"]
    ]
    assert grave == []
    assert len(found["passes"]) >= 5, "axe-core looked at next to nothing"
