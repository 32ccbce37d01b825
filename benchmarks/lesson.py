"""How fast a lesson answers its learner: import, checks, first paint, feedback, sixty questions, a long record.

    .venv/bin/python benchmarks/lesson.py --out figures.json

Times of the page are taken in Chromium on a real JupyterLab: from the key that runs a cell, or the
click on a button, to the frame after the question or its feedback stands in the document. Each
figure is printed when it is known; what does not happen within a minute ends the run and is named.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from course import layout
from course.demo.sample import sample_folder
from course.lesson import record
from course.questions import Item, sheet
from course.questions.text import parse
from course.term import Course

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS / "browser"), str(TESTS / "data")]

ROUNDS = 30
QUESTIONS = 60
SCREEN = 3  # questions that fit on one
EVENTS = 10_000
LIMIT = 60  # seconds that anything may take
IMPORT = (
    "import time, IPython, ipykernel, ipywidgets; start = time.perf_counter(); import course;"
    "print(time.perf_counter() - start)"
)
# Waits for the frame in which a condition holds; the clock starts with the event, or at once.
WATCH = """([event, ready]) => {
    const holds = new Function(`return ${ready}`);
    window.measured = new Promise((done, fail) => {
        setTimeout(() => fail(new Error(`not within LIMIT s: ${event} ${ready}`)), LIMIT * 1000);
        const begin = () => {
            const start = performance.now();
            const look = () => holds()
                ? requestAnimationFrame(() => done(performance.now() - start)) : requestAnimationFrame(look);
            look();
        };
        if (event) addEventListener(event, begin, { capture: true, once: true });
        else begin();
    });
}""".replace("LIMIT", str(LIMIT))


def question(number: int) -> Item:
    """Return a question with a formula and code, as a lesson has them."""
    return parse(
        f"%%quiz q{number}\nWhich is $\\bar{{x}}_{{{number}}}$ of `[1, 2, {number}]`?\n"
        "- [ ] the *largest* -- no, that is `max`\n- [x] the $\\frac{1}{n}\\sum x_i$ -- it is\n"
        "- [ ] the middle\nhint: add them\n"
    )


def write(folder: Path, count: int) -> None:
    """Write a lesson of so many questions."""
    folder.mkdir(parents=True)
    items = [question(number) for number in range(count)]
    (folder / sheet.NAME).write_text(sheet.build("bench", items, "", {}))
    new = nbformat.v4.new_code_cell
    cells = [new("import course"), *(new(f'course.quiz("{item.id}")') for item in items)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    node = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(node, folder / "bench.ipynb")


def imports() -> list[float]:
    """Return the seconds that `import course` takes in a kernel that has ipywidgets."""
    return [
        float(
            subprocess.run(
                [sys.executable, "-c", IMPORT], capture_output=True, check=True, timeout=LIMIT
            ).stdout
        )
        for _ in range(ROUNDS)
    ]


def fold() -> float:
    """Return the seconds that reading a long record takes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record.append(folder, "answered", "q", {"response": ["a"], "scaled": 0.0, "success": False})
        line = json.loads((folder / record.NAME).read_text())
        lines = [json.dumps({**line, "id": str(n), "object": f"q{n % 60}"}) for n in range(EVENTS)]
        (folder / record.NAME).write_text("\n".join(lines) + "\n")
        start = time.perf_counter()
        assert len(record.read(folder).tries) == QUESTIONS  # noqa: S101  else nothing was measured
        return time.perf_counter() - start


def checks() -> list[float]:
    """Return the seconds from running `course.check` to its result, on a sample exercise in a real kernel.

    Each time the answer was written anew, in turn right and wrong, so that each attempt is recorded.
    """
    from jupyter_client.manager import start_new_kernel

    answer = (
        "def late_from(table, airport, minutes):\n"
        "    return table[(table['origin'] == airport) {sign} (table['dep_delay'] > minutes)]"
    )
    with tempfile.TemporaryDirectory() as name:
        root = Path(name, "course")
        shutil.copytree(sample_folder() / "notebooks", root / "notebooks")
        shutil.copytree(sample_folder() / "autograders", root / "autograders")
        for each in (layout.COURSE_FILE, layout.NBGRADER_FILE):
            shutil.copyfile(sample_folder() / each, root / each)
        course = Course.open(root)
        course.release("first-look")
        manager, client = start_new_kernel(cwd=str(course.layout.release / "first-look"))
        found = []
        try:
            quiet = {"output_hook": lambda _message: None, "timeout": LIMIT}
            client.execute_interactive("import course, ipywidgets, pandas", **quiet)
            for turn in range(ROUNDS + 1):
                client.execute_interactive(answer.format(sign="|&"[turn % 2]), **quiet)
                start = time.perf_counter()
                reply = client.execute_interactive('course.check("late-from")', **quiet)
                found.append(time.perf_counter() - start)
                assert reply["content"]["status"] == "ok"  # noqa: S101  else nothing was measured
            seen = record.read(course.layout.release / "first-look").checks["late-from"]
            assert seen.attempts == ROUNDS + 1  # noqa: S101  as above
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return found


def ask(page: Any, event: str, ready: str, act: Callable[[], object]) -> float:
    """Return the seconds from an event that ``act`` causes to the frame in which ``ready`` holds."""
    page.evaluate(WATCH, [event, f"({ready})"])
    act()
    return float(page.evaluate("window.measured")) / 1000


def one_by_one(page: Any) -> Iterator[tuple[str, float]]:
    """Yield how soon a question is painted after its cell was run, and how soon its feedback."""
    page.locator(".jp-CodeCell").first.click()
    page.keyboard.press("Shift+Enter")
    paints, replies = [], []
    for number in range(ROUNDS + 1):
        there = f"document.querySelector('form[data-question=q{number}]')"
        paints.append(ask(page, "keydown", there, lambda: page.keyboard.press("Shift+Enter")))
    yield "the first question of a kernel is painted", paints[0]
    yield "a question is painted, median", statistics.median(paints[1:])
    for number in range(1, ROUNDS + 1):
        form = page.locator(f"form[data-question=q{number}]")
        form.locator("input").first.check()
        said = f"document.querySelector('form[data-question=q{number}] .course-verdict')"
        replies.append(ask(page, "click", said, form.locator("[type=submit]").click))
    yield "feedback is painted, median", statistics.median(replies)


def all_at_once(page: Any) -> Iterator[tuple[str, float]]:
    """Yield how soon Run All shows a screen of questions, and all of them; then in a warm kernel."""
    from test_lesson import choose

    def count(least: int) -> str:
        return f"document.querySelectorAll('form.course-quiz:not([data-old])').length >= {least}"

    for kernel in ("new", "warm"):
        page.evaluate(
            "document.querySelectorAll('form').forEach(form => { form.dataset.old = '' })"
        )
        page.get_by_role("menuitem", name="Run", exact=True).focus()
        page.evaluate(WATCH, ["click", count(SCREEN)])
        page.evaluate("() => { window.some = window.measured; }")  # not its value: it is awaited
        whole = ask(page, "click", count(QUESTIONS), lambda: choose(page, "Run", "Run All Cells"))
        some = float(page.evaluate("window.some")) / 1000
        yield f"Run All, {kernel} kernel: the first screen is painted", some
        yield f"Run All, {kernel} kernel: all {QUESTIONS} questions are painted", whole


def in_the_browser(base: Path) -> Iterator[tuple[str, float]]:
    """Yield the seconds of what happens on the page."""
    from conftest import ARGUMENTS, serving
    from playwright.sync_api import expect, sync_playwright

    lessons = {"few": (ROUNDS + 1, one_by_one), "many": (QUESTIONS, all_at_once)}
    for name, (count, _) in lessons.items():
        write(base / "home" / name, count)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={base / 'home'}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    with serving(command, base / "home", base) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for name, (_, measure) in lessons.items():
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(LIMIT * 1000)
            page.goto(server.address(f"lab/tree/{name}/bench.ipynb"))
            idle = page.get_by_text("Python 3 (ipykernel) | Idle")
            expect(idle).to_be_visible(timeout=LIMIT * 1000)
            yield from measure(page)
            page.close()
        browser.close()


def figures() -> Iterator[tuple[str, float]]:
    """Yield what is measured and its seconds, one after the other."""
    yield "import course, median", statistics.median(imports())
    yield f"{EVENTS} events are folded", fold()
    first, *others = checks()
    yield "the first course.check of a kernel", first
    yield "course.check, median", statistics.median(others)
    with tempfile.TemporaryDirectory() as name:
        yield from in_the_browser(Path(name))


def main() -> None:
    """Measure, print, and write what was asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path)
    chosen = arguments.parse_args()
    found = {}
    for title, seconds in figures():
        print(f"{seconds * 1000:8.0f} ms  {title}", flush=True)
        found[title] = seconds
    if chosen.out:
        chosen.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
