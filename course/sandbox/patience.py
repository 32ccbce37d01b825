"""How long to wait for a notebook's process, on a machine where others leave it no processor.

A limit is meant for what a notebook does. While its process is ready to run and is not let run, the
limit stands still: else one notebook that starts sixty endless processes would let all others time
out. What a notebook takes from itself in that way counts against it.
"""

import math
import os
import time
from collections.abc import Callable
from pathlib import Path

from course.sandbox import weight

MOST_TIMES = 10
"""What may be granted for one answer, in times of its limit."""
_LEAST = 0.05
_TICKS = os.sysconf("SC_CLK_TCK")


class Patience:
    """What one notebook's process is granted, beside its limits.

    Attributes:
        granted: seconds, so far.
    """

    def __init__(self) -> None:
        self.granted = 0.0

    def grant(self, process: int, most: float = math.inf) -> float:
        """Grant for how many seconds others kept the process from running, since it was asked last.

        Args:
            process: number of the notebook's process or of its keeper; -1 when it has ended.
            most: seconds, at most.
        """
        found = weight.family(process) if process > 0 else []
        waited = max(map(_waited, found[:2]), default=0.0)  # the first may only keep the second
        more = min(max(waited - sum(map(_spent, found[2:])) - self.granted, 0.0), most)
        self.granted += more
        return more

    def until(self, process: Callable[[], int], seconds: float) -> Callable[[], float]:
        """Return what tells the moment until which to wait for an answer; it may tell later ones."""
        end, most = time.monotonic() + seconds, MOST_TIMES * seconds

        def moment() -> float:
            nonlocal end, most
            if time.monotonic() >= end and (more := self.grant(process(), most)) > _LEAST:
                end, most = end + more, most - more
            return end

        return moment


def _waited(process: int) -> float:
    """See https://docs.kernel.org/scheduler/sched-stats.html , the second figure."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):  # a kernel without these figures
        return 0.0


def _spent(process: int) -> float:
    try:
        rest = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    return sum(map(int, rest.rpartition(")")[2].split()[11:15])) / _TICKS
