"""`course demo --live`, running in a folder of its own."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classroom import environment
from service import free_port


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    """Run the demo in ``demo/`` of a folder; yields the file that holds what it says. It has to end when interrupted."""
    log = folder / "said"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "course", "demo", "--live", "--folder", "demo", "--port", str(free_port()),
             "--lab-port", str(free_port())],
            cwd=folder, stdout=out, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
            env=environment(folder / "home"),
        )  # fmt: skip
    try:
        yield log
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) in (0, 130)
