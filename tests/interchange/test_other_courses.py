"""Lessons of other tools become lessons."""

import json
from typing import Any

import nbformat
import pytest
from import_desk import SAMPLES, said

from course.cli import run
from course.errors import Invalid
from course.layout import digest


def test_an_nbgrader_course_comes_unchanged(desk: Any) -> None:
    other = desk.copied("nbgrader-course")
    report = desk.bring(other)
    assert report.lessons == ["week1", "week2"]
    for lesson in report.lessons:
        assert digest(desk.layout.source / lesson) == digest(other / "source" / lesson)
    assert "numbers.ipynb: 13 cells, 4 of them graded" in said(report, "taken")
    assert "autotests.yml: copy it beside course.toml" in said(report, "lost")
    (desk.layout.root / "autotests.yml").write_bytes((other / "autotests.yml").read_bytes())
    desk.course.release("week2")


def test_what_an_import_did_not_finish_comes_with_the_next_one(desk: Any) -> None:
    other = desk.copied("nbgrader-course")
    desk.bring(other)
    (desk.layout.source / "week1").rename(desk.inbox / "week1")
    kept = (desk.layout.source / "week2").stat().st_ino
    desk.bring(other)
    assert digest(desk.layout.source / "week1") == digest(desk.inbox / "week1")
    assert (desk.layout.source / "week2").stat().st_ino == kept


def test_a_folder_of_notebooks_becomes_one_lesson_and_lists_what_it_leaves(desk: Any) -> None:
    folder = desk.copied("nbgrader-course/source/week1")
    (folder / "link.csv").symlink_to(folder / "data.csv")
    (folder / ".secret").write_text("x")
    (folder / "prices.ipynb").write_bytes((SAMPLES / "otter" / "prices.ipynb").read_bytes())
    report = desk.bring(folder, to="first")
    assert sorted(path.name for path in (desk.layout.source / "first").iterdir()) == [
        "data.csv", "numbers.ipynb", "words.ipynb",
    ]  # fmt: skip
    assert "link.csv: a link" in said(report, "lost")
    assert ".secret: a hidden file" in said(report, "lost")
    assert "prices.ipynb: an otter-grader notebook; import it by itself" in said(report, "lost")


def test_several_lessons_can_not_have_one_name(desk: Any) -> None:
    with pytest.raises(Invalid, match="several lessons"):
        desk.bring(desk.copied("nbgrader-course"), to="one")


def test_an_otter_notebook_becomes_marks_and_tests(desk: Any) -> None:
    report = desk.bring("otter/prices.ipynb")
    node = nbformat.read(desk.layout.source / "prices" / "prices.ipynb", 4)
    nbformat.validate(node)
    sources = [cell.source for cell in node.cells]
    assert sources[0] == "import course"
    assert not any("otter" in source or "grader" in source for source in sources)
    assert (
        '#| exercise: q1 points=3\ndef mean(numbers):\n    """Return the mean."""\n'
        "    ### BEGIN SOLUTION\n    total = sum(numbers)\n    return total / len(numbers)\n    ### END SOLUTION"
    ) in sources
    assert "#| answer: why points=2\nOne large value does not move it." in sources
    assert (desk.layout.source / "prices" / "prices.csv").is_file()
    tests = (desk.layout.autograders / "prices.py").read_text()
    assert tests == (
        "import numpy as np\n\nfrom course import points, public\n\n\n"
        '@public\n@points(1, question="q1")\ndef test_q1_1(mean):\n    assert mean([1, 2, 3]) == 2\n\n\n'
        '@points(1, question="q1")\ndef test_q1_2(mean):\n    assert np.isclose(mean([1, 2]), 1.5)\n\n\n'
        '@points(1, question="q1")\ndef test_q1_3(mean):\n    assert mean([4]) == 4\n\n\n'
        "@public\n@points(2, question=\"q-2\")\ndef test_q_2_1(top):\n    assert repr(top) == '3'\n"
    )
    assert "cell 12: the test's failure_message: Think of one number." in said(report, "lost")
    assert "cell 22: a test that can't be read: it compares what is printed" in said(report, "lost")
    assert "gone.csv: a file that is not beside the notebook" in said(report, "lost")
    assert "'Q 2' is called q-2 now" in said(report, "changed")


def test_an_imported_otter_lesson_is_released_without_solutions_and_hidden_tests(desk: Any) -> None:
    desk.bring("otter/prices.ipynb")
    folder = desk.course.release("prices")
    text = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    assert 'course.check(\\"q1\\")' in text
    assert "mean([1, 2, 3]) == 2" in text
    for secret in ("total = sum(numbers)", "np.isclose", "One large value does not move it"):
        assert secret not in text


def test_the_solution_of_an_imported_otter_lesson_passes_its_tests(desk: Any) -> None:
    from course.term import inspection

    desk.bring("otter/prices.ipynb")
    found = inspection.check(desk.course, "prices", walls=True)
    assert [str(each) for each in found if each.rule.startswith("solution")] == []


BROKEN = {
    "is never ended": lambda cells: cells.pop(next(n for n, c in enumerate(cells) if c.source == "# END TESTS")),
    "has no name": lambda cells: cells[3].update(source="# BEGIN QUESTION\npoints: 3"),
    "points: three can't be read": lambda cells: cells[3].update(
        source="# BEGIN QUESTION\nname: q1\npoints: three"
    ),
    "points: [1, 'a'] can't be read": lambda cells: cells[3].update(
        source="# BEGIN QUESTION\nname: q1\npoints: [1, a]"
    ),
    "not YAML": lambda cells: cells[3].update(source="# BEGIN QUESTION\nname: [q1"),
    "two questions 'q1'": lambda cells: cells[14].update(source="# BEGIN QUESTION\nname: q1"),
    "stands in no question": lambda cells: cells.pop(3),
    "has no beginning": lambda cells: cells.pop(5),
    "has no solution": lambda cells: cells.__delitem__(slice(5, 8)),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_otter_notebook_is_told_with_its_cell_and_leaves_nothing(
    desk: Any, what: str
) -> None:
    node = nbformat.read(SAMPLES / "otter" / "prices.ipynb", 4)
    BROKEN[what](node.cells)
    path, before = desk.file("prices.ipynb", nbformat.writes(node)), desk.tree()
    with pytest.raises(Invalid) as error:
        desk.bring(path)
    assert what in error.value.what
    assert "prices.ipynb, cell " in error.value.where
    assert error.value.expected
    assert desk.tree() == before


def test_the_commands_report_as_json(desk: Any, capsys: pytest.CaptureFixture[str]) -> None:
    course = ["--course", str(desk.layout.root)]
    bank, out = str(SAMPLES / "bank.gift"), desk.inbox / "bank.zip"
    assert run(["import", bank, "--to", "bank", "--json", *course]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["lessons"] == ["bank"]
    assert {note["what"] for note in report["notes"]} == {"taken", "changed", "lost"}
    assert run(["export", "bank", "--as", "qti", "--out", str(out), "--json", *course]) == 0
    assert json.loads(capsys.readouterr().out)["format"] == "qti"
    assert run(["import", str(out), "--to", "again", *course]) == 0
    assert "bank.zip (qti): 10 taken" in capsys.readouterr().out
    assert desk.course.items("again").keys() == desk.course.items("bank").keys()
