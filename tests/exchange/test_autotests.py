"""An AUTOTEST that can't be filled in: what, where and what to do, without a traceback."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from course.cli import run

FOREIGN = Path(__file__).parents[1] / "data" / "nbgrader-course"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "stats"
    shutil.copytree(FOREIGN, root)
    with (root / "nbgrader_config.py").open("a") as file:
        file.write("c.Exchange.root = 'exchange'\n")
    return root


def released(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["release", "week2", "--course", str(root)]) == 2
    said = capsys.readouterr().err
    assert "\x1b[0;31m" not in said
    assert "Traceback" not in said
    return said


def test_a_solution_that_fails_is_told_with_its_cell(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "source" / "week2" / "loops.ipynb"
    node = json.loads(path.read_text())
    node["cells"][0]["source"] = "total = 1 / 0"
    path.write_text(json.dumps(node))
    said = released(root, capsys)
    assert "an AUTOTEST can't be filled in" in said
    assert "loops.ipynb, cell 'total'" in said
    assert "found: ZeroDivisionError: division by zero" in said
    assert "Restart Kernel and Run All Cells" in said
    assert not list(kernels()), "the kernel ended with the release"


def kernels() -> Iterator[psutil.Process]:
    for each in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended, though nobody has asked for its code
            if "ipykernel" in " ".join(each.cmdline()):
                yield each


def test_a_snippet_that_fails_is_told_with_its_cell(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = root / "source" / "week2" / "loops.ipynb"
    path.write_text(path.read_text().replace("AUTOTEST total\\n", "AUTOTEST totl\\n"))
    said = released(root, capsys)
    assert "loops.ipynb, cell 'total-test'" in said
    assert "found: NameError: name 'totl' is not defined" in said


@pytest.mark.parametrize("content", [None, "python3: [", "other: {}"])
def test_a_missing_or_wrong_autotests_file_is_told(
    root: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    (root / "autotests.yml").unlink()
    if content is not None:
        (root / "source" / "week2" / "autotests.yml").write_text(content)
    said = released(root, capsys)
    assert "its AUTOTESTs can't be filled in" in said
    assert "loops.ipynb" in said
    assert "expected: a file autotests.yml" in said
