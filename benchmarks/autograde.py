"""How fast submissions are graded: nbgrader, the bare limit, and course, on one machine in one go.

    .venv/bin/python benchmarks/autograde.py --submissions 200 --out /tmp/autograde.json

The lesson is in nbgrader's own format, with its tests inside the notebook, so that both do the same
work: read the submission, put the lesson's cells back, run it, judge it, write marks and notebook.
nbgrader runs on a sample, since its time grows linearly. The bare limit forks a warm process, runs the
cells in an IPython shell, and exits: nothing is read, judged, walled off or written.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

CELLS = [
    ("setup", "import pandas as pd\nsales = pd.DataFrame({'city': ['Oslo', 'Rome', 'Oslo', 'Bern'] * 50,"
              " 'amount': range(200)})", {}),
    ("look", "sales.describe()", {}),
    ("total-answer", "def total(table):\n    ### BEGIN SOLUTION\n    return table['amount'].sum()\n"
                     "    ### END SOLUTION", {"solution": True}),
    ("total", "assert total(sales) == 19900\n### BEGIN HIDDEN TESTS\nassert total(sales.head(3)) == 3\n"
              "### END HIDDEN TESTS", {"grade": True, "points": 2}),
    ("best-answer", "def best(table):\n    ### BEGIN SOLUTION\n"
                    "    return table.groupby('city')['amount'].mean().idxmax()\n    ### END SOLUTION",
     {"solution": True}),
    ("best", "assert best(sales) == 'Bern'", {"grade": True, "points": 2}),
    ("show", "sales.groupby('city')['amount'].agg(['mean', 'median'])", {}),
]  # fmt: skip
VARIETY = [
    {},
    {"total-answer": "def total(table):\n    return table['amount'].max()"},
    {"best-answer": "def best(table):\n    raise ValueError('not yet')"},
    {"best-answer": "def best(table):\n    print('trying')\n    return 'Rome'"},
]


def notebook(changes: dict[str, str]) -> Any:
    """Return the lesson's notebook with some answers changed."""
    cells = [new_markdown_cell("# Sales", id="title")]
    for name, source, marks in CELLS:
        cell = new_code_cell(changes.get(name, source), id=name)
        if marks:
            cell.metadata["nbgrader"] = {
                "grade_id": name, "schema_version": 3, "solution": False, "grade": False, "task": False,
                "locked": bool(marks.get("grade")), **marks,
            }  # fmt: skip
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def make(root: Path, count: int) -> None:
    """Make a released course with a number of submissions in `submitted/`."""
    (root / "source" / "ps1").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "bench"\n'
    )
    nbformat.write(notebook({}), root / "source" / "ps1" / "ps1.ipynb")
    command(root, "nbgrader", "generate_assignment", "ps1")
    for number in range(count):
        folder = root / "submitted" / f"learner{number:04}" / "ps1"
        folder.mkdir(parents=True)
        nbformat.write(notebook(VARIETY[number % len(VARIETY)]), folder / "ps1.ipynb")


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
    """Return seconds for ``count`` forks of a warm process that run the cells and exit."""
    import pandas  # noqa: F401, ICN001  warm
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance(history_load_length=0)
    sources = [source for _, source, _ in CELLS]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    running, begin = 0, time.perf_counter()
    for _ in range(count):
        if running == jobs:
            os.wait()
            running -= 1
        if os.fork() == 0:
            os.dup2(nowhere, 1)
            for source in sources:
                shell.run_cell(source, store_history=False)
            os._exit(0)
        running += 1
    while running:
        os.wait()
        running -= 1
    return time.perf_counter() - begin


def ours(count: int, jobs: int) -> tuple[float, float]:
    """Return seconds for `course autograde` on a fresh class, and the peak MiB of one process."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "course")
        make(root, count)
        taken = command(root, "course", "autograde", "ps1", "--jobs", str(jobs))
        shutil.rmtree(root)
    return taken, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--sample", type=int, default=10, help="submissions for nbgrader")
    parser.add_argument("--out", type=Path, default=None)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), chosen.sample)
        theirs = command(Path(folder), "nbgrader", "autograde", "ps1") / chosen.sample
    rows = []
    for count in chosen.submissions:
        for jobs in (1, 2):
            limit = bare(count, jobs) / count
            taken, peak = ours(count, jobs)
            each = taken / count
            rows.append({
                "submissions": count, "jobs": jobs, "ours_seconds_each": each, "peak_mib": peak,
                "bare_seconds_each": limit, "nbgrader_seconds_each": theirs,
                "times_nbgrader": theirs / each, "times_the_limit": each / limit,
            })  # fmt: skip
            print(" ".join(f"{key}={value:.4g}" for key, value in rows[-1].items()), flush=True)
    if chosen.out:
        chosen.out.write_text(
            json.dumps({"nbgrader_sample": chosen.sample, "rows": rows}, indent=1)
        )


if __name__ == "__main__":
    main()
