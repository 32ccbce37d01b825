"""How fast submissions are graded: nbgrader, the bare limit, and course, on one machine in one go.

    .venv/bin/python benchmarks/autograde.py --out figures.json

The lesson is in nbgrader's own format, with its tests inside the notebook, so that both do the same
work: read the submission, put the lesson's cells back, run it, judge it, write marks and notebook. The
class answers in many ways, drawn by a seed (`sales`). nbgrader runs on a sample, since its time grows
linearly; so does otter-grader in its local mode, where it is installed (`otter_run`). The bare limit runs
in forks of a warm process the cells that ours runs, and nothing else (`bare`).
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any

import nbformat
import otter_run
import sales

from course.sandbox.shell import WARM_UP

OTTERS = 10
"""How many submissions otter runs on, where it is there."""


def make(root: Path, count: int) -> None:
    """Make a released course with a number of submissions in `submitted/`."""
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "bench"\n'
    )
    nbformat.write(sales.Work().notebook(), root / "source" / "ps1" / "ps1.ipynb")
    command(root, "nbgrader", "generate_assignment", "ps1")
    for number in range(count):
        sales.work(number).hand_in(root / "submitted" / f"learner{number:04}" / "ps1")


def command(root: Path, *words: str) -> float:
    """Run a command of this environment in a folder; returns its wall time in seconds."""
    folder = Path(sys.executable).parent
    path = f"{folder}{os.pathsep}{os.environ['PATH']}"
    begin = time.perf_counter()
    done = subprocess.run(
        [str(folder / words[0]), *words[1:]],
        cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} failed:\n{done.stdout}{done.stderr}")
    return time.perf_counter() - begin


def bare(count: int, jobs: int) -> float:
    """Return seconds for ``count`` forks of a warm process that run a notebook's cells and exit.

    The process has imported what the lesson imports, has an IPython shell that draws figures as a notebook
    does, has run what ours runs to be warm, and the lesson's opening once, as ours has. A fork runs the cells that ours runs of that
    submission: those behind the opening, or all of them where the learner changed it. Nothing is read,
    compared, walled off, limited, judged, kept or written.
    """
    import pandas  # noqa: F401, ICN001  warm
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance(history_load_length=0)
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    todo = [sales.work(number).runs() for number in range(count)]
    opening = [*sales.CELLS.values()][: sales.OPENING]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    out = os.dup(1)
    os.dup2(nowhere, 1)
    for source in (*(each for cells in WARM_UP.values() for each in cells), *opening):
        shell.run_cell(source, store_history=False)
    running, begin = 0, time.perf_counter()
    for sources in todo:
        if running == jobs:
            os.wait()
            running -= 1
        if os.fork() == 0:
            os.dup2(nowhere, 2)
            same = sources[: len(opening)] == opening
            for source in sources[len(opening) if same else 0 :]:
                shell.run_cell(source, store_history=False)
            os._exit(0)
        running += 1
    while running:
        os.wait()
        running -= 1
    taken = time.perf_counter() - begin
    os.dup2(out, 1)
    os.close(out)
    os.close(nowhere)
    return taken


class Memory(threading.Thread):
    """Watches the memory of a command's processes: those that grade, without the command itself.

    Attributes:
        samples: seconds since the start, and MiB in proportional set size of all together.
    """

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self.root, self.samples, self.over = root, list[tuple[float, float]](), threading.Event()

    def run(self) -> None:
        """Look once a second until ``over``."""
        begin = time.perf_counter()
        while not self.over.wait(1.0):
            mib = sum(_pss(process) for process in _descendants(self.root))
            self.samples.append((time.perf_counter() - begin, mib))


def _descendants(root: int) -> list[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rpartition(")")[2].split()[1]
            )
    found, todo = [], [root]
    while todo:
        parent = todo.pop()
        children = [process for process, its in parents.items() if its == parent]
        found += children
        todo += children
    return found


def _pss(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def ours(count: int, jobs: int, *more: str) -> dict[str, Any]:
    """Return what `course autograde` on a fresh class takes, in seconds and MiB, as it goes on."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        make(root, count)
        program = str(Path(sys.executable).with_name("course"))
        words = [program, "autograde", "ps1", "--jobs", str(jobs), *more]
        begin = time.perf_counter()
        with subprocess.Popen(words, cwd=root, stdout=subprocess.DEVNULL) as running:
            memory = Memory(running.pid)
            memory.start()
            done = _progress(root, running, begin)
            memory.over.set()
        taken = time.perf_counter() - begin
        if running.returncode:
            raise SystemExit(f"{' '.join(words)} ended with {running.returncode}")
    first, last = done[min(20, count // 2)], done[count]
    early = [mib for at, mib in memory.samples if first <= at < done.get(100, taken / 2)]
    late = [mib for at, mib in memory.samples if done.get(100, taken / 2) <= at < last]
    return {
        "seconds": taken,
        "seconds_each": taken / count,
        "seconds_each_once_warm": (last - first) / (count - min(20, count // 2)),
        "peak_mib_per_worker": max((mib for _, mib in memory.samples), default=0.0) / jobs,
        "growth_mib_after_100": median(late) - median(early) if early and late else 0.0,
        "done": [(number, round(at, 3)) for number, at in sorted(done.items())],
    }


def _progress(root: Path, running: "subprocess.Popen[bytes]", begin: float) -> dict[int, float]:
    """Return when how many submissions were in the gradebook, in seconds; ends with the command."""
    done: dict[int, float] = {}
    with closing(sqlite3.connect(root / "gradebook.db", timeout=30)) as book:
        while running.poll() is None:
            with suppress(sqlite3.OperationalError):  # the table comes with the first of them
                (number,) = book.execute("SELECT COUNT(*) FROM course_attempt").fetchone()
                done.setdefault(number, time.perf_counter() - begin)
            time.sleep(0.1)
        (number,) = book.execute("SELECT COUNT(*) FROM course_attempt").fetchone()
        done.setdefault(number, time.perf_counter() - begin)
    marks = sorted(done)
    return {n: done[next(mark for mark in marks if mark >= n)] for n in range(1, marks[-1] + 1)}


def plot(rows: list[dict[str, Any]], others: dict[str, float], path: Path) -> None:
    """Draw throughput and time against the number of submissions; others take seconds for each."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    most = max(row["submissions"] for row in rows)
    largest = [row for row in rows if row["submissions"] == most]
    names = [*others, *(f"course, {row['backend']}" for row in largest)]
    rates = [1 / each for each in (*others.values(), *(row["seconds_each"] for row in largest))]
    colours = ["#0a6b5e"] * len(largest) + ["#9a9a9a"] * len(others)
    left.barh(names[::-1], rates[::-1], color=colours)
    for place, rate in enumerate(rates[::-1]):
        left.text(rate, place, f" {rate:.3g}", va="center")
    left.set_xlabel("submissions per second")
    left.set_title(f"Throughput with {most} submissions, start-up included")
    left.margins(x=0.15)
    for backend in dict.fromkeys(row["backend"] for row in rows):
        some = sorted((r["submissions"], r["seconds"]) for r in rows if r["backend"] == backend)
        right.plot(*zip(*some, strict=True), marker="o", label=backend)
    right.set_xlabel("submissions")
    right.set_ylabel("seconds")
    right.set_title("Time against the number of submissions")
    right.legend()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure, print a table, write JSON and a plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, nargs="+", default=[50, 200, 1000])
    parser.add_argument("--sample", type=int, default=20, help="submissions for nbgrader")
    parser.add_argument("--dask", action="store_true", help="with 1 and 2 Dask workers, too")
    parser.add_argument("--otter", type=Path, help="otter's command, in an environment of its own")
    parser.add_argument("--out", type=Path, help="the JSON file; the plot lies beside it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), chosen.sample)
        theirs = command(Path(folder), "nbgrader", "autograde", "ps1") / chosen.sample
    print(f"nbgrader: {theirs:.3g} s for each of {chosen.sample} submissions", flush=True)
    otters = otter_run.seconds_each(chosen.otter, OTTERS) if chosen.otter else None
    if otters:
        print(f"otter: {otters:.3g} s for each of {OTTERS} submissions", flush=True)
    rows = []
    for count in chosen.submissions:
        for jobs in (1, 2):
            before = bare(count, jobs)
            row = {
                "submissions": count,
                "jobs": jobs,
                "backend": _plural(jobs, "job"),
                **ours(count, jobs),
            }
            limit = (before + bare(count, jobs)) / 2 / count  # others may work here
            rows.append(_compared(row, theirs, limit))
    for workers in (1, 2) if chosen.dask else ():
        count = max(n for n in chosen.submissions if n <= 200)  # noqa: PLR2004  enough
        with cluster(workers) as address:
            taken = ours(count, workers, "--backend", "dask", "--scheduler", address)
        row = {
            "submissions": count,
            "jobs": workers,
            "backend": _plural(workers, "Dask worker"),
            **taken,
        }
        rows.append(_compared(row, theirs, rows[0]["bare_seconds_each"] / workers))
    if chosen.out:
        results = {
            "nbgrader_seconds_each": theirs, "nbgrader_sample": chosen.sample,
            "otter_seconds_each": otters, "otter_sample": OTTERS if otters else 0, "rows": rows,
        }  # fmt: skip
        chosen.out.write_text(json.dumps(results, indent=1))
        others = {"nbgrader": theirs} | ({"otter-grader": otters} if otters else {})
        plot(rows, others, chosen.out.with_suffix(".png"))


def _plural(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number > 1 else "")


def _compared(row: dict[str, Any], theirs: float, limit: float) -> dict[str, Any]:
    each = row["seconds_each"]
    row |= {
        "bare_seconds_each": limit, "times_nbgrader": theirs / each, "times_the_limit": each / limit,
        "times_nbgrader_once_warm": theirs / row["seconds_each_once_warm"],
        "times_the_limit_once_warm": row["seconds_each_once_warm"] / limit,
    }  # fmt: skip
    said = {key: value for key, value in row.items() if key not in ("done", "jobs")}
    print(" ".join(f"{key}={value:.4g}" if isinstance(value, float) else f"{key}={value}"
                   for key, value in said.items()), flush=True)  # fmt: skip
    return row


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """Run Dask workers on this machine, one process each; yields the scheduler's address."""
    from dask.distributed import LocalCluster

    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as made:
        yield made.scheduler_address


if __name__ == "__main__":
    main()
