"""The same class graded by otter-grader in its local mode, a process and a kernel for each notebook.

otter is no part of this project's environment: it wants one of its own, with pandas and matplotlib in it.
"""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import nbformat
import sales


def seconds_each(program: Path, count: int) -> float:
    """Return what `otter run` takes for each of the first ``count`` learners, in seconds of wall time.

    Args:
        program: otter's command, in its own environment.
    """
    environment = {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write_tests(root / "tests")
        for number in range(count):
            nbformat.write(_notebook(number), root / f"{number}.ipynb")
        generate = [program, "generate", "-t", "tests", "--no-environment", "-o", "autograder.zip"]
        subprocess.run(generate, cwd=root, env=environment, check=True, capture_output=True)
        begin = time.perf_counter()
        for number in range(count):
            run = [
                program,
                "run",
                "-a",
                "autograder.zip",
                "-o",
                ".",
                "--no-logo",
                f"{number}.ipynb",
            ]
            subprocess.run(run, cwd=root, env=environment, check=True, capture_output=True)
        return (time.perf_counter() - begin) / count


def _notebook(number: int) -> nbformat.NotebookNode:
    """Return a learner's notebook without the lesson's tests, which otter brings along."""
    notebook = sales.work(number).notebook()
    notebook.cells = [
        cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return notebook


def _write_tests(folder: Path) -> None:
    folder.mkdir()
    for name in ("total", "best"):
        lines = [line for line in sales.CELLS[name].splitlines() if not line.startswith("###")]
        cases = [{"code": f">>> {line}\n", "hidden": False, "locked": False} for line in lines]
        suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
        test = {"name": name, "points": 2, "suites": [suite]}
        (folder / f"{name}.py").write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n")
