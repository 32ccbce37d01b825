"""A lesson written as text goes the whole round, and what is only in its source stays there."""

import json
from pathlib import Path

import pytest
from classroom import answer, course, join, nbgrader, points, tree

SECRETS = (
    "return 2 * number",
    "exercise: double",
    "a rubric for markers",
    "squared",
    "BEGIN SOLUTION",
)


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small course whose lesson was converted to Markdown, with all the marks, then released."""
    folder = tmp_path_factory.mktemp("text") / "small"
    course("new small --title Small", folder.parent)
    course("convert welcome --to md", folder)
    source = folder / "notebooks" / "welcome" / "welcome.md"
    content = source.read_text(encoding="utf-8")
    content = content.replace(
        "#| answer: wish points=2", "#| answer: wish points=2\n#| rubric: a rubric for markers"
    )
    content = content.replace(
        "## In your own words",
        "```{code-cell}\n#| wrong: squared\ndef double(number):\n    return number * number\n```\n\n## In your own words",
    )
    source.write_text(content, encoding="utf-8")
    course("release welcome", folder)
    return folder


def test_a_learner_gets_a_notebook_without_text_key_solution_or_rubric(term: Path) -> None:
    home = join(term, "cleo")
    files = tree(home / "welcome")
    assert sorted(files) == ["lesson.json", "welcome.ipynb"]
    for secret in SECRETS:
        assert not [name for name, content in files.items() if secret.encode() in content], secret
    assert not [name for name in tree(term / "release") if name.endswith(".md")]
    assert [path.name for path in (term / "notebooks" / "welcome").iterdir()] == ["welcome.md"]


def test_what_learners_hand_in_is_graded_as_ever(term: Path) -> None:
    home = join(term, "ana")
    answer(home)
    course("submit welcome", home)
    course("collect welcome", term)
    course("autograde welcome", term)
    assert points(term) == {
        ("ana", "how-to-run"): 1.0,
        ("ana", "double"): 3.0,
        ("ana", "wish"): None,
    }


def test_the_source_is_not_where_a_learners_code_runs(term: Path) -> None:
    home = join(term, "eve")
    peek = "import glob\ndef double(number):\n    return str(glob.glob('*.md'))\nassert not glob.glob('**/*.md')\n"
    answer(home, code=peek)
    course("submit welcome", home)
    course("collect welcome", term)
    course("autograde welcome", term)
    (row,) = [
        row
        for row in json.loads(course("grades --json --learner eve", term).out)
        if row["question"] == "double"
    ]
    assert row["state"] == "failed", row  # the function was asked, so the assert above held
    assert not [name for name in tree(term / "autograded") if name.endswith(".md")]


@pytest.mark.thorough
def test_nbgraders_own_command_builds_the_same_release_from_the_built_source(term: Path) -> None:
    released = (term / "release" / "welcome" / "welcome.ipynb").read_bytes()
    sheet = (term / "release" / "welcome" / "lesson.json").read_bytes()
    nbgrader(
        "generate_assignment welcome --force --CourseDirectory.source_directory=.course/source",
        term,
    )
    assert (term / "release" / "welcome" / "welcome.ipynb").read_bytes() == released
    assert (term / "release" / "welcome" / "lesson.json").read_bytes() == sheet


@pytest.mark.thorough
def test_nbgraders_own_command_reads_marks_in_a_notebook(tmp_path: Path) -> None:
    folder = tmp_path / "marked"
    course("new marked", tmp_path)
    nbgrader("generate_assignment welcome --force", folder)
    content = (folder / "release" / "welcome" / "welcome.ipynb").read_text(encoding="utf-8")
    assert "#|" not in content
    assert content.count("grade_id") == 4
