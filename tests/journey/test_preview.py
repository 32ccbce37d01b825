"""What `course preview` and `course new lesson` give an author."""

import json
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from classroom import DOUBLE, course, edit, tree

from course.errors import CourseError, Invalid
from course.lesson import record
from course.term import Course
from course.term.preview import Preview

pytestmark = pytest.mark.thorough


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A new course whose lesson is written in Markdown."""
    course("new mine", tmp_path)
    course("convert welcome --to md", tmp_path / "mine")
    return tmp_path / "mine"


def source(folder: Path) -> Path:
    return folder / "notebooks" / "welcome" / "welcome.md"


def change(folder: Path, old: str, new: str) -> None:
    content = source(folder).read_text()
    assert old in content
    source(folder).write_text(content.replace(old, new))


def cells(notebook: Path) -> dict[str, str]:
    node = json.loads(notebook.read_text(encoding="utf-8"))
    return {cell["id"]: "".join(cell["source"]) for cell in node["cells"]}


def timeless(files: dict[str, bytes]) -> dict[str, bytes]:
    """Leave out when it was released: a second may lie between the two."""
    sheet = re.sub(rb'"released": "[^"]*"', b"", files["lesson.json"])
    return files | {"lesson.json": sheet}


def test_a_preview_is_what_a_learner_gets_and_releases_nothing(folder: Path) -> None:
    said = course("preview welcome --no-open", folder).out
    shown = Path(said.strip().rpartition(": ")[2])
    assert sorted(tree(shown)) == ["lesson.json", "welcome.ipynb"]
    assert not (folder / "exchange").exists()
    assert not (folder / "release").exists()
    assert not (folder / "gradebook.db").exists()
    course("release welcome", folder)
    assert timeless(tree(shown)) == timeless(tree(folder / "release" / "welcome"))


def test_a_new_build_keeps_answers_where_the_cell_is_unchanged(folder: Path) -> None:
    here = Preview(folder, "welcome")
    shown = here.build()
    edit(shown / "welcome.ipynb", {"double-answer": DOUBLE, "wish": "Mine."})
    node = json.loads((shown / "welcome.ipynb").read_text())
    own = {
        "cell_type": "code",
        "id": "own",
        "metadata": {},
        "source": "2 + 2",
        "outputs": [],
        "execution_count": 1,
    }
    node["cells"].insert(4, own)
    (shown / "welcome.ipynb").write_text(json.dumps(node))
    record.append(shown, "answered", "how-to-run", {"response": ["a"]})
    kept = (shown / "record.jsonl").read_bytes()

    change(folder, "Click into the cell below", "Click below")
    change(folder, "Return twice the number.", "Return the double.")
    here.build()

    now = cells(shown / "welcome.ipynb")
    assert "Click below" in now["run"]
    assert now["wish"] == "Mine."
    assert "Return the double." in now["double-answer"]
    assert [*now][4] == "own"
    assert (shown / "record.jsonl").read_bytes() == kept

    change(folder, "- [ ] Escape", "- [ ] Tab")
    here.build()
    assert (shown / "record.jsonl").read_text() == ""


def test_a_kernel_of_the_preview_goes_on_in_its_folder(folder: Path) -> None:
    here = Preview(folder, "welcome")
    data = folder / "notebooks" / "welcome" / "data.csv"
    data.write_text("1")
    own = here.build() / "mine.txt"
    own.write_text("kept")
    place = here.folder.stat().st_ino
    data.unlink()
    change(folder, "Click into the cell below", "Click below")
    here.build()
    assert here.folder.stat().st_ino == place
    assert own.read_text() == "kept"
    assert not (here.folder / "data.csv").exists()


def test_a_source_with_mistakes_leaves_the_preview_as_it_is(folder: Path) -> None:
    here = Preview(folder, "welcome")
    before = tree(here.build())
    change(folder, "#| exercise: double points=3", "#| exercise: double")
    with pytest.raises(Invalid, match="the points are missing"):
        here.build()
    assert tree(here.folder) == before


def test_watching_builds_on_every_save_and_goes_on_after_a_mistake(folder: Path) -> None:
    here = Preview(folder, "welcome")
    here.build()
    came: list[float | CourseError] = []
    end = threading.Event()
    thread = threading.Thread(target=lambda: came.extend(here.watch(end.is_set)))
    thread.start()
    time.sleep(0.5)  # until it watches
    try:
        change(folder, "double points=3\n", "double points\n")
        assert wait_for(lambda: any("the points are missing" in str(each) for each in came))
        assert points_of_double(here.folder) == 3
        change(folder, "double points\n", "double points=2\n")
        assert wait_for(lambda: points_of_double(here.folder) == 2)
    finally:
        end.set()
        thread.join(20)
    assert isinstance(came[-1], float)


def wait_for(true: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not true() and time.monotonic() < until:
        time.sleep(0.02)
    return true()


def points_of_double(folder: Path) -> float:
    try:
        node = json.loads((folder / "welcome.ipynb").read_text())
    except FileNotFoundError:  # between two renames
        return -1
    found = [cell["metadata"].get("nbgrader", {}) for cell in node["cells"]]
    return next(about["points"] for about in found if about.get("grade_id") == "double")


def test_an_author_sees_what_a_grader_will(folder: Path) -> None:
    said = course("preview welcome --as-grader", folder).out
    rows = [re.split(r"\s{2,}", line.strip())[:5] for line in said.splitlines()]
    assert [row for row in rows if row[0] in ("solution", "untouched")] == [
        ["solution", "how-to-run", "1", "1", "passed"],
        ["solution", "double", "3", "3", "passed"],
        ["solution", "wish", "2", "needs a person"],
        ["untouched", "how-to-run", "0", "1", "failed"],
        ["untouched", "double", "0", "3", "error"],
        ["untouched", "wish", "0", "2", "failed"],
    ]
    pages = re.findall(r"^feedback on (\w+): (.*)$", said, re.MULTILINE)
    assert [who for who, _ in pages] == ["solution", "untouched"]
    assert all("Welcome" in Path(page).read_text() for _, page in pages)
    assert not (folder / "gradebook.db").exists()


def test_a_lesson_that_is_not_there_is_told(folder: Path) -> None:
    assert "did you mean 'welcome'?" in course("preview welcom --no-open", folder, code=2).err


# -- a new lesson -----------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["md", "py", "ipynb"])
def test_a_new_lesson_is_ready_to_release_and_its_solution_earns_all(
    folder: Path, form: str
) -> None:
    goals = (
        "--objective 'Summarise by group' --objective first-steps --objective 'Class of 3 \"x\"'"
    )
    course(f"new lesson group-by --title Grouping --as {form} {goals}", folder)
    assert (folder / "notebooks" / "group-by" / f"group-by.{form}").is_file()
    course("release group-by", folder)
    opened = Course.open(folder)
    assert opened.file.lesson("group-by").objectives == (
        "summarise-by-group",
        "first-steps",
        "class-of-3-x",
    )
    assert opened.file.lesson("group-by").points == 6
    if form == "md":
        marks, _ = Preview(folder, "group-by").as_grader()
        assert [(m.learner, m.points) for m in marks] == [("solution", 2.0)] * 3 + [
            ("untouched", 0.0)
        ] * 3


def test_a_new_lesson_leaves_the_rest_of_course_toml_as_it_was(folder: Path) -> None:
    before = (folder / "course.toml").read_text().splitlines()
    course("new lesson tables", folder)
    after = (folder / "course.toml").read_text().splitlines()
    rest = iter(after)
    assert all(line in rest for line in before)
    assert "# [[groups]]" in after


def test_a_lesson_that_is_there_is_not_overwritten(folder: Path) -> None:
    before = tree(folder)
    assert "there is something there already" in course("new lesson welcome", folder, code=2).err
    assert "not a usable name" in course("new lesson ../x", folder, code=2).err
    assert "two names are given" in course("new other lesson", folder, code=2).err
    assert tree(folder) == before


def test_a_course_without_course_toml_is_told_where_to_get_one(tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    assert "the course has no course.toml" in course("new lesson a", tmp_path, code=2).err
