"""Readable marks become nbgrader's metadata; mistakes in them are all told, with what to write."""

from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.authoring import build, marks
from course.model import Kind, Question

SETUP = "import course"
DOUBLE = (
    "#| exercise: double points=3\n"
    "def double(number):\n    ### BEGIN SOLUTION\n    return 2 * number\n    ### END SOLUTION"
)
QUIZ = "%%quiz mode points=2\nWhich?\n- [x] this -- WHY\n- [ ] that"
WORDS = '#| answer: why points=2.5 rubric="a reason"\n#| rubric: an example\nBecause.'


def code(source: str, **more: Any) -> NotebookNode:
    cell = new_code_cell(source)
    cell.metadata.update(more)
    return cell


def words(source: str) -> NotebookNode:
    return new_markdown_cell(source)


def book(*cells: NotebookNode) -> NotebookNode:
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    return new_notebook(cells=list(cells))


def said(*cells: NotebookNode) -> list[str]:
    _, problems = marks.apply(book(code(SETUP), *cells))
    return [f"{each.cell}, line {each.line}: {each.text}; {each.hint}" for each in problems]


def test_each_mark_becomes_the_cells_that_nbgrader_knows() -> None:
    node, problems = marks.apply(book(code(SETUP), code(DOUBLE), code(QUIZ), words(WORDS)))

    assert problems == []
    assert build.questions("a", node) == [
        Question("double", "a", Kind.CODE, 3.0),
        Question("mode", "a", Kind.QUIZ, 2.0),
        Question("why", "a", Kind.WRITTEN, 2.5),
    ]
    _, answer, check, quiz, own = node.cells
    assert answer.source.startswith("def double(number):")
    assert answer.metadata.nbgrader == {
        "cell_type": "code", "grade": False, "grade_id": "double-answer", "locked": False,
        "schema_version": 3, "solution": True, "task": False,
    }  # fmt: skip
    assert (check.id, check.source) == ("double", 'course.check("double")')
    assert check.metadata.nbgrader["locked"]
    assert check.metadata.nbgrader["points"] == 3
    assert quiz.metadata.nbgrader["grade_id"] == "mode"
    assert own.source == "Because."
    assert own.metadata.course["rubric"] == "a reason\nan example"
    nbformat.validate(node)


def test_a_rubric_stays_with_those_who_mark() -> None:
    node, _ = marks.apply(book(words(WORDS)))
    marks.without_rubrics(node)
    assert "reason" not in nbformat.writes(node)
    assert "rubric" not in nbformat.writes(node)


def test_the_source_itself_is_left_as_it_is() -> None:
    node = book(code(SETUP), code(DOUBLE))
    before = nbformat.writes(node)
    marks.apply(node)
    assert nbformat.writes(node) == before


def test_a_practice_quiz_is_locked_and_earns_nothing() -> None:
    node, _ = marks.apply(book(code(QUIZ.replace("points=2", "mode=practice"))))
    about = node.cells[0].metadata.nbgrader
    assert (about["locked"], about["grade"], "points" in about) == (True, False, False)


def test_a_check_cell_that_the_author_placed_is_the_one() -> None:
    node, problems = marks.apply(
        book(code(SETUP), code(DOUBLE), words("Now try."), code('course.check("double")'))
    )
    assert problems == []
    assert len(node.cells) == 4
    assert node.cells[3].metadata.nbgrader["points"] == 3


def test_wrong_answers_do_not_travel() -> None:
    node = book(
        code(SETUP), code(DOUBLE), code("#| wrong: squared\ndef double(n):\n    return n * n"),
        code("#| wrong: nothing of=double\ndouble = None"),
    )  # fmt: skip
    done, problems = marks.apply(node)
    assert problems == []
    assert "squared" not in nbformat.writes(done)
    assert len(done.cells) == 3


def test_options_of_other_tools_stay() -> None:
    node, problems = marks.apply(book(code("#| echo: false\n#| label: fig-one\n1 + 1")))
    assert problems == []
    assert node.cells[0].source == "#| echo: false\n#| label: fig-one\n1 + 1"


def test_metadata_of_the_create_assignment_panel_stays_unchanged() -> None:
    about = {"grade": False, "grade_id": "my-own-id", "locked": False, "schema_version": 3,
             "solution": True, "task": False, "cell_type": "code"}  # fmt: skip
    node, problems = marks.apply(book(code(SETUP), code("x = 1", nbgrader=dict(about))))
    assert problems == []
    assert node.cells[1].metadata.nbgrader == about
    both, problems = marks.apply(book(code(SETUP), code(DOUBLE, nbgrader=dict(about))))
    assert problems == []
    assert both.cells[1].metadata.nbgrader == about


def test_a_mark_and_metadata_that_disagree_are_both_named() -> None:
    check = marks.about("code", "double", 4)
    (told,) = said(code(DOUBLE), code('course.check("double")', nbgrader=check))
    assert told.startswith(
        "c2, line 1: '#| exercise: double' says points=3, nbgrader's metadata says points=4; "
        "change one of them"
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (code("#| exercise: Mean points=1\n### BEGIN SOLUTION\n### END SOLUTION"),
         "line 1: one name in small letters is needed; found: Mean; write: #| exercise: mean-salary"),
        (code("#| exercise: points=1\n### BEGIN SOLUTION\n### END SOLUTION"), "found: none"),
        (code("#| exercise: a\n### BEGIN SOLUTION\n### END SOLUTION"),
         "line 1: the points are missing; write: #| exercise: mean-salary points=4"),
        (code("#| exercise: a points=many\n### BEGIN SOLUTION\n### END SOLUTION"),
         "points=many is not a number above 0, up to 1000"),
        (code("#| exercise: a point=2\n### BEGIN SOLUTION\n### END SOLUTION"),
         "'point=' means nothing here; did you mean 'points'?"),
        (code("#| exercise: a points=2\nreturn 1"),
         "the solution is not marked: 0 begin, 0 end; put it between the lines '### BEGIN SOLUTION'"),
        (code("#| exercise: a points=2\n### BEGIN SOLUTION"), "the solution is not marked: 1 begin, 0 end"),
        (words("#| exercise: a points=2\ntext"),
         "#| exercise stands in a markdown cell; make it a code cell"),
        (words("Say why.\n\n#| answer: why points=2\nBecause."),
         "line 3: the mark is not at the top of its cell: #| answer: why points=2; begin a new cell"),
        (words("#| answer: why points=2 rubric=don't\nBecause."),
         'a quotation mark is not closed; write text as in rubric="a reason"'),
        (words("#| answer: a points=2\n#| answer: b points=2\nBecause."),
         "line 2: a second mark in one cell"),
        (words("#| anwser: why points=2\nBecause."), "there is no mark 'anwser'; did you mean 'answer'?"),
        (code("#| wrong: sum\nx = 1"), "a wrong answer stands above every exercise; put it below"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_mark_is_told_with_what_to_write(cell: NotebookNode, expected: str) -> None:
    assert any(expected in told for told in said(cell)), said(cell)


def test_one_name_for_two_questions_is_told() -> None:
    (told, *_) = said(code(DOUBLE), words("#| answer: double points=1\nx"))
    assert "the name 'double' is taken by cell 'double'; give it another name" in told


def test_an_exercise_whose_check_could_not_run_is_told() -> None:
    _, problems = marks.apply(book(code(DOUBLE)))
    assert [each.hint for each in problems] == ["add to its first code cell: import course"]


def test_all_mistakes_of_a_notebook_come_at_once() -> None:
    told = said(
        code("#| exercise: A point=1\nx"), words("#| exercise: b\nx"), code("x\n#| wrong: c")
    )
    assert len(told) >= 6
    assert {line.partition(",")[0] for line in told} == {"c1", "c2", "c3"}


def test_a_notebook_of_before_cell_ids_is_read_too() -> None:
    node = new_notebook(cells=[code("#| exercize: double points=3"), code(QUIZ), code(QUIZ)])
    for cell in node.cells:
        del cell["id"]
    _, problems = marks.apply(node)
    assert {problem.cell for problem in problems} == {""}
    assert any("exercize" in problem.text for problem in problems)
