"""The trainer's guide takes a newcomer from an empty folder to a released lesson, as it says."""

import re
from pathlib import Path

import pytest
from test_readme import shell

GUIDE = Path(__file__).parents[2] / "docs" / "trainer.md"


@pytest.mark.thorough
def test_a_newcomer_gets_from_an_empty_folder_to_a_released_lesson(tmp_path: Path) -> None:
    guide = GUIDE.read_text(encoding="utf-8")
    first = guide.partition("## A first lesson")[2].partition("\n## The source")[0]
    blocks = re.findall(r"^(`{3,})bash\n(.*?)^\1$", first, re.MULTILINE | re.DOTALL)
    done = shell("\n".join(block for _, block in blocks), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "averages: 0 errors, 0 warnings, 0 notes" in done.stdout
    released = (tmp_path / "my-course/release/averages/averages.ipynb").read_text(encoding="utf-8")
    assert "Complete the function" in released
    assert "statistics.median" not in released
    assert "took-the-mean" not in released
