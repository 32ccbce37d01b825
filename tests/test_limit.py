"""A limit on our own time, where nothing in Python could enforce it."""

import subprocess
import sys

SCRIPT = """
import sys
from course import limit

numbers = [step * (2**61 - 1) for step in range(200_000)]
with limit.Limit(0.1, last=0.3) as watched:
    with watched.pause():
        print("begun", flush=True)
    set(numbers)  # one step in C, which takes minutes: all have one hash
print("ended")
"""


def test_a_step_that_nothing_interrupts_ends_with_its_process() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "begun\n", "")
