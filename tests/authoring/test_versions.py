"""A release has a version; `course diff` says in an author's words what changed since."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import classroom
import nbformat
import pytest
from classroom import DOUBLE, SQUARE, answer, course, join, points

from course.authoring import changes, versions

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with version 1 released, handed in by two and graded."""
    our = classroom.new_course(tmp_path_factory.mktemp("versions") / "our")
    for learner, code in (("ana", DOUBLE), ("ben", SQUARE)):
        course(f"learners add {learner}", our)
        answer(join(our, learner), code)
        course("submit welcome", our.parent / learner)
    course("collect welcome", our)
    course("autograde welcome --jobs 1", our)
    return our


@pytest.fixture
def our(taught: Path, tmp_path: Path) -> Path:
    return classroom.copy(taught, tmp_path / "our")


def change(our: Path, name: str, old: str, new: str) -> None:
    """Change the source of one cell."""
    path = our / "notebooks/welcome/welcome.ipynb"
    node = nbformat.read(path, as_version=4)
    (cell,) = [each for each in node.cells if each.id == name]
    assert old in cell.source
    cell.source = cell.source.replace(old, new)
    nbformat.write(node, path)


def about(our: Path) -> dict[str, object]:
    sheet = our / "exchange/our/outbound/welcome/lesson.json"
    found: dict[str, object] = json.loads(sheet.read_text(encoding="utf-8"))["about"]
    return found


def edit_tests(our: Path, old: str, new: str) -> None:
    path = our / "autograders/welcome.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_releasing_an_unchanged_lesson_again_keeps_its_version(our: Path) -> None:
    before = about(our)
    path = our / "notebooks/welcome/welcome.ipynb"
    node = nbformat.read(path, as_version=4)
    for cell in node.cells:  # as running and saving it does
        if cell.cell_type == "code":
            cell.execution_count = 7
            cell.outputs = [nbformat.v4.new_output("stream", text="hello\n")]
    nbformat.write(node, path)

    assert course("diff welcome", our).out.startswith("welcome: nothing changed since version 1")
    course("release welcome", our)

    assert about(our) == before
    assert before["version"] == 1


def test_a_changed_lesson_gets_the_next_version_with_its_time_and_another_hash(our: Path) -> None:
    before = about(our)
    change(our, "run", "Click into the cell below", "Go into the cell below")

    assert "version 2" in course("release welcome", our).out

    after = about(our)
    assert after["version"] == 2
    assert after["hash"] != before["hash"]
    assert str(after["released"]) >= str(before["released"])
    assert "nothing changed since version 2" in course("diff welcome", our).out


def test_a_text_that_changed_is_shown_with_its_section_and_a_short_diff(our: Path) -> None:
    change(our, "run", "Click into", "Go into")

    said = course("diff welcome", our).out

    assert "text section 'welcome: Run a cell' was changed" in said
    assert "- Click into the cell below" in said
    assert "+ Go into the cell below" in said
    assert "grading again" not in said


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda our: change(our, "how-to-run", "points=1", "points=1 attempts=2"),
         "question 'how-to-run' is written differently"),
        (lambda our: change(our, "double-answer", "return 2 * number", "return number + number"),
         "question 'double' has another solution"),
        (lambda our: edit_tests(our, "points(2,", "points(3,"),
         "test test_other_numbers of 'double' is worth 3 points, not 2"),
        (lambda our: edit_tests(our, "@public\n", ""), "test test_small_number of 'double' is hidden now"),
        (lambda our: edit_tests(our, "test_small_number", "test_two"), "test test_two of 'double' was added (1 point)"),
        (lambda our: edit_tests(our, "test_small_number", "test_two"), "test test_small_number of 'double' was removed"),
        (lambda our: edit_tests(our, "from course import", "FOUR = 4\nfrom course import"), "that the tests share were changed"),
        (lambda our: (our / "notebooks/welcome/staff.csv").write_text("a,b\n"), "file staff.csv was added"),
        (lambda our: change(our, "run", "## Run a cell", "## Run it"), "section 'welcome: Run it' was added"),
    ],
)  # fmt: skip
def test_each_difference_is_named(our: Path, edit: Callable[[Path], object], said: str) -> None:
    edit(our)
    assert said in course("diff welcome --no-grade", our).out


def test_comments_in_the_tests_and_ids_of_cells_make_no_new_version(our: Path) -> None:
    edit_tests(our, "@public", "# the first one\n@public")
    path = our / "notebooks/welcome/welcome.ipynb"
    node = nbformat.read(path, as_version=4)
    node.cells[0].id = "another"
    nbformat.write(node, path)
    assert "nothing changed since version 1" in course("diff welcome", our).out


def test_a_stricter_test_names_those_whose_mark_would_change_and_changes_none(our: Path) -> None:
    before = points(our)
    edit_tests(our, "assert double(2) == 4", "assert double(2) == 4\n    assert double(5) == 10")

    said = course("diff welcome", our).out

    assert "test test_small_number of 'double' tests something else" in said
    assert "1 learner would be affected by grading again: marks up 0, down 1" in said
    assert "ben, double: 1 -> 0" in said
    assert "ana" not in said
    assert points(our) == before


def test_a_change_that_touches_no_mark_says_so(our: Path) -> None:
    edit_tests(our, "assert double(2) == 4", "assert double(2) == 2 + 2")
    assert "of what was handed in, no mark would change" in course("diff welcome", our).out


def test_the_differences_are_there_for_programs(our: Path) -> None:
    edit_tests(our, "assert double(2) == 4", "assert double(2) == 5")
    data = json.loads(course("diff welcome --json", our).out)
    assert data["before"]["version"] == 1
    assert data["now"]["version"] == 2
    (change_,) = data["changes"]
    assert change_["questions"] == ["double"]
    assert {(a["learner"], a["before"], a["after"]) for a in data["affected"]} == {
        ("ana", 3.0, 2.0), ("ben", 1.0, 0.0),
    }  # fmt: skip


def test_a_lesson_that_was_never_released_has_no_difference(our: Path) -> None:
    shutil.rmtree(our / "versions")
    said = course("diff welcome", our).out
    assert said.startswith("welcome was never released: a release would be version 1 (")


def test_a_damaged_version_is_told_with_its_file_and_what_to_do(our: Path) -> None:
    path = our / "versions/welcome.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Run a cell", "Run cells"), encoding="utf-8"
    )
    said = course("diff welcome", our, 2).err
    assert "versions/welcome.json: the last version can't be read" in said
    assert "the hash is another one" in said
    assert "take it back from your version control" in said


def test_neither_solutions_nor_hidden_tests_of_a_version_travel(our: Path) -> None:
    kept = (our / "versions/welcome.json").read_text(encoding="utf-8")
    assert "return 2 * number" in kept
    for content in classroom.tree(our / "exchange/our/outbound").values():
        assert b"return 2 * number" not in content
        assert b"test_other_numbers" not in content


def question(**more: object) -> dict[str, object]:
    return {"notebook": "n", "kind": "quiz", "points": 1.0, "title": "", "text": [], **more}


def compared(old: dict[str, object], new: dict[str, object]) -> list[str]:
    empty = {"tests": {}, "shared": "", "sections": {}, "files": {}}
    found = changes.compare({**empty, "questions": old}, {**empty, "questions": new})
    return [change.text for change in found]


def test_questions_that_came_went_moved_or_count_more_are_told_apart() -> None:
    text = ["%%quiz age points=1", "How old is it?", "- [x] 3", "- [ ] 4"]
    other = [line.replace("age", "years") for line in text]
    assert compared({"age": question(text=text)}, {"years": question(text=other)}) == [
        "'age' is called 'years' now; marks are kept by the name", "'years' is written differently",
    ]  # fmt: skip
    assert compared({"age": question(text=text)}, {"sum": question(kind="code", points=2.0)}) == [
        "'age' (quiz, 1 point) was removed", "'sum' (code, 2 points) was added",
    ]  # fmt: skip
    assert compared({"a": question()}, {"a": question(points=2.0, kind="code", notebook="m")}) == [
        "'a' is worth 2 points, not 1", "'a' is code now, not quiz", "'a' moved from n to m",
    ]  # fmt: skip


def test_a_long_difference_is_cut_with_a_count() -> None:
    empty = {"tests": {}, "shared": "", "questions": {}, "files": {}}
    lines = [f"line {n}" for n in range(40)]
    (change_,) = changes.compare(
        {**empty, "sections": {"a": []}}, {**empty, "sections": {"a": lines}}
    )
    assert change_.diff[-1] == "  (28 more)"
    assert len(change_.diff) == 13


def test_tests_that_are_no_python_still_have_a_hash() -> None:
    one, two = (versions.facts([], text, {}) for text in ("def test(:", "def test(: pass"))
    assert versions.digest(one) != versions.digest(two)
