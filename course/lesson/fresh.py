"""A check in a fresh process of this computer: the saved cells above it run from the top."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from course.lesson import public
from course.lesson.language import _

SECONDS = 120
"""How long the cells and the check may take altogether."""


def check(
    cells: Sequence[str], source: str, question: str, folder: Path, seconds: float = SECONDS
) -> tuple[list[public.Tried], str]:
    """Run cells in a new process, then a question's public tests.

    Args:
        cells: the sources, from the top.
        source: the public tests.
        folder: where they run.

    Returns:
        how the tests went, and what went wrong before them; that is empty when nothing did.
    """
    with tempfile.TemporaryDirectory(prefix="course-") as place:
        order, answer = Path(place, "order.json"), Path(place, "answer.json")
        order.write_text(json.dumps([list(cells), source, question]), encoding="utf-8")
        command = [sys.executable, "-m", "course.lesson.fresh", str(order), str(answer)]
        try:
            subprocess.run(
                command, cwd=folder, env={**os.environ, "MPLBACKEND": "agg"}, timeout=seconds,
                stdin=subprocess.DEVNULL, capture_output=True, check=False, start_new_session=True,
            )  # fmt: skip
            tried, trouble = json.loads(answer.read_text(encoding="utf-8"))
        except subprocess.TimeoutExpired:
            return [], _("It was stopped after {seconds:g} s.").format(seconds=seconds)
        except (OSError, ValueError):
            return [], _("The fresh process ended before it came to the check.")
    return [public.Tried(*each) for each in tried], str(trouble)


def _main(order: Path, answer: Path) -> None:
    from IPython.core.interactiveshell import InteractiveShell  # noqa: PLC0415  in the child only
    from traitlets.config import Config  # noqa: PLC0415  as above

    cells, source, question = json.loads(order.read_text(encoding="utf-8"))
    config = Config()
    config.HistoryManager.enabled = False
    trouble = ""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        shell: Any = InteractiveShell.instance(config=config)
        for cell in cells:
            done = shell.run_cell(cell)
            error = done.error_before_exec or done.error_in_exec
            if error is not None and not trouble:
                line = next((line.strip() for line in cell.splitlines() if line.strip()), "")[:60]
                trouble = _("The cell '{cell}' stops there with {error}.").format(
                    cell=line, error=f"{type(error).__name__}: {error}"
                )
        tried = public.run(source, question, shell.user_ns)
    answer.write_text(
        json.dumps([[[each.name, each.passed, each.text] for each in tried], trouble]),
        encoding="utf-8",
    )


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
