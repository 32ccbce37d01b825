"""How long `course check` takes for a lesson of sixty cells: the first time, the next, and from its cache.

    .venv/bin/python benchmarks/check.py --out figures.json

The lesson is written here: twelve exercises with a solution and three tests each, twelve questions,
and text and code between them. Times are those of the whole command, in seconds. "cold" is the first
run, "warm" the next after a change of the tests, "cached" one more without any change. "seen" is how
long after a save of the source `course preview --watch` has built what a learner sees: the median of five.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from course.term.preview import Preview

CELLS, PARTS = 60, 12
COURSE = """title = "Sixty cells"
id = "sixty"
[[objectives]]
id = "numbers"
text = "Work with tables of numbers"
[[lessons]]
folder = "sixty"
minutes = 80
objectives = ["numbers"]
points = {points}
"""
TEXT = """+++

## Part {n}

Write `above_{n}(table, limit)`. It returns how many rows of the column *a* are larger than the limit.

```{{code-cell}}
table_{n} = pd.DataFrame({{"a": range({n}, {n} + 9), "b": range(9)}})
table_{n}.head(3)
```

```{{code-cell}}
#| exercise: above-{n} points=3
def above_{n}(table, limit):
    ### BEGIN SOLUTION
    count = 0
    for value in table["a"].dropna():
        if value > limit:
            count += 1
    return count
    ### END SOLUTION
```

```{{code-cell}}
%%quiz size-{n} points=1
How many rows has `table_{n}`?
= 9
```
"""
TESTS = """
@points(1, question="above-{n}")
def test_one_{n}(above_{n}):
    assert above_{n}(pd.DataFrame({{"a": [1, 2, 3], "b": [7, 7, 7]}}), 2) == 1


@points(1, question="above-{n}")
def test_none_{n}(above_{n}):
    assert above_{n}(pd.DataFrame({{"a": [1, None, 3, 3], "b": 0}}), 1) == 2


@points(1, question="above-{n}")
def test_all_{n}(above_{n}):
    assert above_{n}(pd.DataFrame({{"a": [5, 6], "b": 0}}), 4) == 2
"""
HEAD = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# Sixty cells

By the end you can work with tables.

```{code-cell}
import course
import pandas as pd
```
"""


def write(root: Path) -> None:
    """Write a course with the lesson: a beginning of two cells, and parts of four and a check."""
    folder = root / "notebooks" / "sixty"
    folder.mkdir(parents=True)
    (root / "autograders").mkdir()
    parts = range(1, PARTS + 1)
    (folder / "sixty.md").write_text(HEAD + "\n".join(TEXT.format(n=n) for n in parts))
    (root / "course.toml").write_text(COURSE.format(points=4 * PARTS))
    shutil.copyfile(Path(__file__).parents[1] / "nbgrader_config.py", root / "nbgrader_config.py")
    tests = "import pandas as pd\n\nfrom course import points\n\n"
    (root / "autograders/sixty.py").write_text(tests + "\n".join(TESTS.format(n=n) for n in parts))


def check(root: Path) -> tuple[float, str]:
    """Return how long one check took, and the last line that it said."""
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "course", "check", "sixty"], cwd=root, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return round(time.perf_counter() - begin, 2), done.stdout.strip().splitlines()[-1]


def watched(root: Path) -> float:
    """Return how long after a save the preview shows it, in seconds."""
    preview, end, times = Preview(root, "sixty"), threading.Event(), []
    source = root / "notebooks/sixty/sixty.md"
    shown = preview.build() / "sixty.ipynb"
    thread = threading.Thread(target=lambda: list(preview.watch(end.is_set)))
    thread.start()
    time.sleep(1)  # until it watches
    for number in range(6):  # the first warms it up
        begin = time.perf_counter()
        source.write_text(source.read_text().replace("# Sixty cells", f"# Sixty cells ({number})"))
        while f"({number})" not in shown.read_text():
            time.sleep(0.01)
        times.append(time.perf_counter() - begin)
        time.sleep(0.5)
    end.set()
    thread.join()
    return round(statistics.median(times[1:]), 2)


def measure(root: Path) -> dict[str, object]:
    """Return the three times, and what was found."""
    write(root)
    cold, found = check(root)
    tests = root / "autograders/sixty.py"
    tests.write_text(tests.read_text() + "\n# changed\n")
    warm, _ = check(root)
    cached, _ = check(root)
    seen = watched(root)
    return {
        "cells": CELLS + 2, "cores": os.cpu_count(), "cold": cold, "warm": warm, "cached": cached,
        "seen": seen, "found": found,
    }  # fmt: skip


def main() -> None:
    """Measure, print, and write the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--out", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="course-benchmark-") as folder:
        figures = measure(Path(folder))
    text = json.dumps(figures, indent=1)
    sys.stdout.write(text + "\n")
    if options.out:
        options.out.write_text(text + "\n")


if __name__ == "__main__":
    main()
