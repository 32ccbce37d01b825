from collections.abc import Iterator
from pathlib import Path

import pytest

from course.sandbox.forked import ForkedSession, Zygote
from course.sandbox.session import Limits, Place

QUICK = Limits(
    cell_seconds=10.0, call_seconds=1.0, notebook_seconds=40, memory_mb=600, output_mb=0.5,
    disk_mb=16, processes=24, open_files=64,
)  # fmt: skip


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote("full", ("numpy", "pandas", "matplotlib.pyplot", "ipywidgets")) as warm:
        yield warm


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "data.csv").write_text("a,b\n1,2\n3,4\n")
    return Place(folder, limits=QUICK)


@pytest.fixture
def session(zygote: Zygote, place: Place) -> Iterator[ForkedSession]:
    opened = zygote.open(place)
    yield opened
    opened.close()
