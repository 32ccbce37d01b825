"""A lesson written as a notebook, as Markdown or as a script is one lesson; nothing gets lost between."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from classroom import BIN, course, digest

from course.authoring import cell_ids, text
from course.authoring.convert import convert
from course.authoring.source import Sources
from course.demo.sample import sample_folder
from course.errors import Invalid
from course.layout import sources
from course.notebook import NotebookNode, read
from course.term import Course

FORMS = ["md", "py", "ipynb"]


@pytest.fixture
def sample(tmp_path: Path) -> Course:
    """A copy of the sample course, its own files only."""
    for name in ("course.toml", "nbgrader_config.py", "notebooks", "autograders"):
        source = sample_folder() / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    return Course.open(tmp_path)


def turn(there: Course, lesson: str, to: str, *, lossy: bool = False) -> list[str]:
    lost = []
    for path, node in list(there.sources.raw(lesson)):
        lost += convert(path, node, to, lossy=lossy)[1]
    return lost


def lesson(folder: Path, name: str, content: str) -> Sources:
    """A course with one lesson, written in one file."""
    (folder / "course.toml").write_text('id = "c"\ntitle = "C"\n')
    (folder / "notebooks" / "intro").mkdir(parents=True)
    (folder / "notebooks" / "intro" / name).write_text(content, encoding="utf-8")
    return Course.open(folder).sources


HEAD = "---\njupytext:\n  text_representation:\n    extension: .md\n    format_name: myst\n---\n\n"


# -- round trips ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["first-look", "cleaning", "grouping", "personal-data"])
def test_a_lesson_goes_through_all_formats_and_comes_back_whole(sample: Course, name: str) -> None:
    before = sample.sources.notebooks(name)
    for to in (*FORMS, *reversed(FORMS)):
        assert turn(sample, name, to) == []
        assert [path.suffix for path in sources(sample.layout.source / name)] == [f".{to}"]
        assert sample.sources.notebooks(name) == before


def test_metadata_of_nbgrader_becomes_marks_and_builds_the_same(tmp_path: Path) -> None:
    built = tmp_path / "course"
    shutil.copytree(sample_folder() / "notebooks" / "cleaning", built / "notebooks" / "cleaning")
    shutil.copy(sample_folder() / "course.toml", built)
    there = Course.open(built)
    ((name, node),) = there.sources.notebooks("cleaning")
    path = built / "notebooks" / "cleaning" / f"{name}.ipynb"
    path.write_text(nbformat.writes(node))
    assert "grade_id" in path.read_text()

    turn(there, "cleaning", "md")

    content = path.with_suffix(".md").read_text()
    assert "grade_id" not in content
    assert "#| exercise: keep-arrived points=4" in content
    assert 'course.check("keep-arrived")' not in content
    assert there.sources.notebooks("cleaning") == [(name, node)]


def test_metadata_that_no_mark_can_say_stays(tmp_path: Path) -> None:
    node = nbformat.v4.new_notebook(
        metadata={"kernelspec": text.KERNEL, "language_info": {"name": "python"}}
    )
    task = {"grade": False, "grade_id": "project", "locked": True, "schema_version": 3, "points": 4,
            "solution": False, "task": True, "cell_type": "markdown"}  # fmt: skip
    node.cells = [
        nbformat.v4.new_markdown_cell(
            "Do it.", id="task", metadata={"nbgrader": task, "tags": ["a"]}
        )
    ]
    there = lesson(tmp_path, "intro.ipynb", nbformat.writes(node))
    turn(Course.open(tmp_path), "intro", "md")
    ((_, back),) = there.notebooks("intro")
    assert back.cells[0].metadata == {"nbgrader": task, "tags": ["a"]}


def test_what_a_text_cannot_hold_is_listed_and_nothing_is_converted(tmp_path: Path) -> None:
    node = nbformat.v4.new_notebook()
    node.cells = [
        nbformat.v4.new_markdown_cell("![x](attachment:x.png)", id="pic", attachments={"x.png": {"image/png": "AA=="}}),
        nbformat.v4.new_code_cell("1", id="one", outputs=[nbformat.v4.new_output("stream", text="1")]),
        nbformat.v4.new_markdown_cell("+++ not metadata", id="plus"),
    ]  # fmt: skip
    lesson(tmp_path, "intro.ipynb", nbformat.writes(node))
    folder = tmp_path / "notebooks" / "intro"
    before = digest((folder / "intro.ipynb").read_bytes())

    told = course("convert intro --to py", tmp_path, code=2).err
    assert "as .py this would lose" in told
    assert "the outputs of 1 cells, first 'one'" in told
    assert "x.png attached to cell 'pic': save as a file beside it" in told
    assert "--lossy" in told
    assert digest((folder / "intro.ipynb").read_bytes()) == before
    assert "everything: " in course("convert intro --to md", tmp_path, code=2).err

    done = course("convert intro --to py --lossy", tmp_path).out
    assert "intro.ipynb is now intro.py" in done
    assert "lost: x.png" in done
    assert [path.name for path in folder.iterdir()] == ["intro.py"]


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    lesson(tmp_path, "intro.ipynb", nbformat.writes(nbformat.v4.new_notebook()))
    other = tmp_path / "notebooks" / "intro" / "intro.md"
    other.write_text("Notes of mine.")
    assert "there is such a file already" in course("convert intro --to md", tmp_path, code=2).err
    assert other.read_text() == "Notes of mine."


# -- what is a source -------------------------------------------------------------------------


def test_a_readme_and_a_module_beside_a_lesson_are_data(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.md", HEAD + "# Intro\n")
    folder = tmp_path / "notebooks" / "intro"
    (folder / "README.md").write_text("# About the data\n")
    (folder / "tools.py").write_text("---\nx = 1\n")
    assert [path.name for path in sources(folder)] == ["intro.md"]
    assert sorted(path.name for path in there.folder("intro").iterdir()) == [
        "README.md", "intro.ipynb", "tools.py",
    ]  # fmt: skip


def test_two_sources_of_one_notebook_are_refused(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.md", HEAD + "# Intro\n")
    (tmp_path / "notebooks" / "intro" / "intro.ipynb").write_text(
        nbformat.writes(nbformat.v4.new_notebook())
    )
    with pytest.raises(Invalid) as caught:
        there.notebooks("intro")
    assert caught.value.found == "intro.ipynb and intro.md"


def test_a_text_without_a_header_is_a_source_when_it_is_called_like_the_lesson(
    tmp_path: Path,
) -> None:
    there = lesson(tmp_path, "intro.py", "# %% [markdown]\n# # Intro\n\n# %%\n1 + 1\n")
    ((name, node),) = there.notebooks("intro")
    assert name == "intro"
    assert [cell.source for cell in node.cells] == ["# Intro", "1 + 1"]
    assert node.metadata.kernelspec.name == "python3"


def test_text_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.md", HEAD + "# Intro\n\n+++ oops\n\ntext\n")
    with pytest.raises(Invalid) as caught:
        there.notebooks("intro")
    assert caught.value.where == "intro.md:10"
    assert "MyST" in caught.value.hint


def test_a_source_that_would_travel_as_data_is_refused(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.ipynb", nbformat.writes(nbformat.v4.new_notebook()))
    other = tmp_path / "notebooks" / "intro" / "second.md"
    other.write_text("# Two\n\n```{code-cell}\n#| exercise: a points=1\n```\n")
    with pytest.raises(
        Invalid, match=r"second\.md: learners would get this file with its solution"
    ):
        there.notebooks("intro")
    assert "second.md" in course("release intro", tmp_path, code=2).err
    other.write_text("# About the data\n")
    assert len(there.notebooks("intro")) == 1


def test_text_that_is_no_utf8_is_told(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.md", "")
    (tmp_path / "notebooks" / "intro" / "intro.md").write_bytes(b"# Na\xefve\n")
    with pytest.raises(Invalid, match="not UTF-8"):
        there.notebooks("intro")


def test_all_mistakes_of_a_lesson_come_at_once_with_the_line_of_the_file(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.md", HEAD + (
        "# Intro\n\n```{code-cell}\nimport course\n```\n\n"
        "```{code-cell}\n#| exercise: Mean points=1\n### BEGIN SOLUTION\n### END SOLUTION\n```\n\n"
        "```{code-cell}\n%%quiz q points=1\nWhy?\n- [ ] a\n- [ ] b\n```\n"))  # fmt: skip
    node = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("#| answer: why\nx", id="own")]
    )
    (tmp_path / "notebooks" / "intro" / "second.ipynb").write_text(nbformat.writes(node))
    with pytest.raises(Invalid) as caught:
        there.notebooks("intro")
    assert caught.value.where == str(tmp_path / "notebooks" / "intro")
    first, quiz, second = caught.value.what.splitlines()[1:]
    assert first.strip().startswith("intro.md:15, cell '")
    assert "one name in small letters is needed; found: Mean" in first
    assert "cell 'q'" in quiz
    assert "no option is right" in quiz
    assert second.strip().startswith("second.ipynb, cell 'own', line 1: the points are missing")


# -- edits ------------------------------------------------------------------------------------


def built(there: Course, name: str) -> NotebookNode:
    return read(there.sources.folder(name) / f"{name}.ipynb")[0]


def test_an_edit_changes_one_cell_for_nbdime_and_one_line_for_git(
    sample: Course, tmp_path: Path
) -> None:
    from nbdime import diff_notebooks

    source = sample.layout.source / "personal-data" / "personal-data.md"
    before = built(sample, "personal-data")
    content = source.read_text()
    source.write_text(content.replace("About 20 minutes.", "About half an hour."))
    after = built(sample, "personal-data")

    (cells,) = diff_notebooks(before, after)
    assert cells.key == "cells"
    (only,) = cells.diff
    assert (only.op, only.key) == ("patch", 0)
    assert [part.key for part in only.diff] == ["source"]
    files = [tmp_path / "a.ipynb", tmp_path / "b.ipynb"]
    for file, node in zip(files, (before, after), strict=True):
        nbformat.write(node, file)
    shown = subprocess.run(
        [str(BIN / "nbdiff"), "--no-color", *map(str, files)], capture_output=True, text=True, check=True
    ).stdout  # fmt: skip
    assert "About half an hour." in shown


def test_ids_of_a_text_follow_the_release_that_learners_have(tmp_path: Path) -> None:
    there = lesson(tmp_path, "intro.md", HEAD + "# Intro\n\n+++\n\nFirst words.\n\n+++\n\nMore.\n")
    course("release intro", tmp_path)
    before = [cell.id for cell in built(Course.open(tmp_path), "intro").cells]
    shutil.rmtree(tmp_path / ".course" / "source")  # as in another author's clone
    source = tmp_path / "notebooks" / "intro" / "intro.md"
    source.write_text(source.read_text().replace("First words.", "The first words."))
    ((_, node),) = there.notebooks("intro")
    assert [cell.id for cell in node.cells] == before


def test_a_built_lesson_is_made_again_only_when_a_file_was_saved(sample: Course) -> None:
    folder = sample.sources.folder("personal-data")
    inode = folder.stat().st_ino
    assert sample.sources.folder("personal-data").stat().st_ino == inode
    (sample.layout.source / "personal-data" / "data" / "more.csv").write_text("a\n1\n")
    sample.sources.folder("personal-data")
    assert folder.stat().st_ino != inode
    assert (folder / "data" / "more.csv").read_text() == "a\n1\n"


def test_jupytext_is_loaded_only_for_a_lesson_in_text(tmp_path: Path) -> None:
    course(f"new {tmp_path.name}", tmp_path.parent, code=None)
    script = (
        "import sys\nfrom course.term import Course\n"
        "c = Course.open(); c.sources.notebooks('welcome'); print('jupytext' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_a_draft_with_mistakes_keeps_no_other_lesson_waiting(tmp_path: Path) -> None:
    folder = tmp_path / "both"
    course("new both", tmp_path)
    draft = folder / "notebooks" / "draft"
    draft.mkdir()
    (draft / "draft.md").write_text("#| answer: why\nx\n")
    course("release welcome", folder)
    told: Any = course("release draft", folder, code=2).err
    assert "draft.md:1" in told
    assert Course.open(folder).prepare("welcome").questions


def test_cells_are_found_in_a_script_too() -> None:
    content = "# %% [markdown]\n# # A\n#\n# b\n\n# %%\nx = 1\n"
    node = text.reads(content, ".py", "a.py")
    cell_ids.give(node)
    assert list(text.lines(content, node).values()) == [2, 7]
    assert json.dumps(node.metadata.kernelspec)
