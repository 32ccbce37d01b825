"""What these tests share: the small class of `tests/data/classroom.py`, and quick subprocesses."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))


@pytest.fixture(scope="session", autouse=True)
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Spare the subprocesses a slow import that they do well without.

    jsonschema imports `rfc3987_syntax` when it is there, which takes seconds; here it is not.
    """
    folder = tmp_path_factory.mktemp("quick")
    (folder / "rfc3987_syntax.py").write_text("raise ImportError('left out by a test')\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Batch"]:  # noqa: F821
    """A class that was marked before and has handed in again; see `tests/data/batch.py`."""
    from batch import Batch

    made = Batch.make(tmp_path_factory.mktemp("batch"))
    yield made
    made.launcher.close()
