"""nbgrader's AUTOTESTs, which a kernel fills in while a release is built: kept private, and told well."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from course.errors import Invalid

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


@contextmanager
def autotests() -> Iterator[None]:
    """Let nbgrader fill in AUTOTESTs in a ``with`` block.

    Their kernel is reached through a folder of ours, by no open port: jupyter_client offers nbgrader
    no setting for it, and over a port the kernel warns on stderr. It ends with the block, which
    nbgrader leaves out after an error.

    Raises:
        Invalid: the code that fills them in fails, with the cell and the error.
    """
    from nbgrader.preprocessors import instantiatetests  # noqa: PLC0415  heavy

    usual, filler = instantiatetests.start_new_kernel, instantiatetests.InstantiateTests
    one, whole = filler.preprocess_cell, filler.preprocess
    started: list[tuple[Any, Any]] = []
    troubles: list[Invalid] = []

    def fill(self: Any, cell: Any, resources: Any, index: int) -> Any:
        try:
            return one(self, cell, resources, index)
        except Exception as error:
            place = f"{_notebook(resources)}, cell '{_name(cell, index)}'"
            troubles.append(_cell_trouble(place, error))
            raise

    def fill_all(self: Any, node: Any, resources: Any) -> Any:
        try:
            return whole(self, node, resources)
        except Exception as error:
            troubles.append(_file_trouble(_notebook(resources), error))
            raise

    with tempfile.TemporaryDirectory(prefix="course-") as sockets:
        instantiatetests.start_new_kernel = lambda kernel_name, cwd: _start(
            kernel_name, cwd, f"{sockets}/k", started
        )
        filler.preprocess_cell, filler.preprocess = fill, fill_all
        try:
            yield
        except Exception as error:
            if troubles:
                raise troubles[0] from error
            raise
        finally:
            instantiatetests.start_new_kernel = usual
            filler.preprocess_cell, filler.preprocess = one, whole
            for manager, client in started:
                client.stop_channels()
                with suppress(RuntimeError, OSError):  # it has ended already
                    manager.shutdown_kernel(now=True)


def _start(
    kernel_name: str, cwd: str, socket: str, started: list[tuple[Any, Any]]
) -> tuple[Any, Any]:
    from jupyter_client.manager import KernelManager  # noqa: PLC0415  heavy

    manager = KernelManager(kernel_name=kernel_name, transport="ipc", ip=socket)
    manager.start_kernel(cwd=cwd)
    client = manager.client()
    started.append((manager, client))
    client.start_channels()
    client.wait_for_ready(timeout=60)
    return manager, client


def _notebook(resources: Any) -> str:
    return f"{resources.get('metadata', {}).get('name') or resources.get('unique_key') or 'notebook'}.ipynb"


def _name(cell: Any, index: int) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or cell.get("id") or index)


def _cell_trouble(place: str, error: Exception) -> Invalid:
    """Say what stopped the kernel; nbclient's error carries name and value apart from its traceback."""
    name, value = getattr(error, "ename", ""), getattr(error, "evalue", "")
    found = f"{name}: {value}" if name else f"{type(error).__name__}: {error}"
    return Invalid(
        "an AUTOTEST can't be filled in", where=place, found=_plain(found),
        expected="the source notebook runs from the top to this cell, solutions included",
        hint="run the source in Jupyter (Restart Kernel and Run All Cells), mend it, and release again",
    )  # fmt: skip


def _file_trouble(place: str, error: Exception) -> Invalid:
    return Invalid(
        "its AUTOTESTs can't be filled in", where=place,
        found=_plain(f"{type(error).__name__}: {error}"),
        expected="a file autotests.yml for the notebook's kernel, beside the notebook or in the course's folder",
        hint="nbgrader quickstart makes one; its format stands in nbgrader's documentation",
    )  # fmt: skip


def _plain(text: str) -> str:
    text = " ".join(_ANSI.sub("", text).split())
    return text if len(text) <= 500 else text[:500] + " …"  # noqa: PLR2004  a few lines
