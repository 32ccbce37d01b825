"""The trainer's guide takes a newcomer from an empty folder to a released lesson, as it says."""

import ast
import re
import textwrap
import tomllib
from pathlib import Path

import pytest
from test_readme import shell

from course.authoring import marks
from course.questions import check
from course.questions.text import parse

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


def test_what_the_guide_shows_of_a_lesson_is_read_as_it_says() -> None:
    guide = GUIDE.read_text(encoding="utf-8").partition("\n## The source")[2]
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    texts = re.findall(r"(?:^    .*\n?)+", guide, re.MULTILINE)
    read = [source for language, source in blocks if language == "python"]
    shown = [textwrap.dedent(text) for text in texts] + read
    asked = [text for text in shown if text.startswith("%%quiz")]
    marked = [marks.read(text) for text in shown if text.startswith("#|")]
    assert [check(parse(text)) for text in asked] == [[]]
    assert [mark.word for mark in marked] == ["answer", "exercise"]
    assert [mark.problems for mark in marked] == [[], []]
    assert all(ast.parse(source) for source in read)
    assert all(tomllib.loads(source) for language, source in blocks if language == "toml")
