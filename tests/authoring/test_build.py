"""A lesson's source: its questions, and what of its tests may travel."""

from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from course.authoring import build
from course.errors import Invalid
from course.model import Kind, Question


def cell(source: str, name: str = "", kind: str = "code", **marks: Any) -> NotebookNode:
    made = nbformat.v4.new_code_cell(source)
    if kind == "markdown":
        made = nbformat.v4.new_markdown_cell(source)
    made.id = name or "plain"
    if name:
        made.metadata["nbgrader"] = {
            "grade_id": name, "grade": False, "solution": False, "task": False, **marks}  # fmt: skip
    return made


def book(*cells: NotebookNode) -> NotebookNode:
    for number, each in enumerate(cells):
        if each.id in ("plain", *(other.id for other in cells[:number])):
            each.id = f"plain-{number}"
    return nbformat.v4.new_notebook(cells=list(cells))


QUIZ = "%%quiz mode points=2\nWhich?\n- [x] this -- WHY\n- [ ] that\n"


# -- calls ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "call"),
    [
        ('course.check("mean")', ("course.check", "mean")),
        ("\ncourse.quiz('a.b')  # ours\n", ("course.quiz", "a.b")),
        ('course.check("mean"); x = 1', ("", "")),
        ('x = course.check("mean")', ("", "")),
        ("course.check(name)", ("", "")),
        ('course.check("mean", "more")', ("", "")),
        ('course.check(question="mean")', ("", "")),
        ('print("mean")', ("", "")),
        ("course.check(", ("", "")),
        ("", ("", "")),
        ("a\0b", ("", "")),
        ("(" * 5000, ("", "")),
        ("%%quiz a", ("", "")),
    ],
)
def test_a_cell_that_is_only_our_call_is_known(source: str, call: tuple[str, str]) -> None:
    assert build.call_of(source) == call


# -- questions --------------------------------------------------------------------------------


def test_every_kind_of_question_is_recognised_in_order() -> None:
    node = book(
        cell("# Title\n\n## First things", kind="markdown"),
        cell(QUIZ, "mode", grade=True, points=2),
        cell("def mean(): ...", "mean-answer", solution=True),
        cell('course.check("mean")', "mean", grade=True, points=3),
        cell("## Second\n\ntext", kind="markdown"),
        cell("assert x == 1", "plain-test", grade=True, points=1),
        cell("Your words.", "essay", kind="markdown", grade=True, solution=True, points=4),
        cell("answer = ...", "by-hand", grade=True, solution=True, points=5),
        cell("Do it.", "project", kind="markdown", task=True, points=6),
        cell('course.quiz("again")', "again", grade=True, points=1.5),
        cell("print('mine')"),
    )

    assert build.questions("a", node) == [
        Question("mode", "a", Kind.QUIZ, 2.0, "First things"),
        Question("mean", "a", Kind.CODE, 3.0, "First things"),
        Question("plain-test", "a", Kind.TESTS, 1.0, "Second"),
        Question("essay", "a", Kind.WRITTEN, 4.0, "Second"),
        Question("by-hand", "a", Kind.WRITTEN, 5.0, "Second"),
        Question("project", "a", Kind.WRITTEN, 6.0, "Second"),
        Question("again", "a", Kind.QUIZ, 1.5, "Second"),
    ]


def test_a_lesson_without_questions_has_none() -> None:
    assert build.questions("a", book(cell("1 + 1"))) == []


# -- quizzes ----------------------------------------------------------------------------------


def test_a_sound_quiz_is_read_and_becomes_its_call() -> None:
    node = book(cell("1"), cell(QUIZ, "mode", grade=True, points=2))

    (item,) = build.quizzes("a", node)
    build.turn_quizzes(node)

    assert (item.id, item.points) == ("mode", 2)
    assert [each.source for each in node.cells] == ["1", 'course.quiz("mode")']


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (cell("%%quiz Big\nWhy?\n- [x] a\n- [ ] b\n", "big"),
         "cell 'big', line 1: one name in small letters"),
        (cell("%%quiz a\nWhy?\n- [x] a\n- [y] b\n", "a"), "cell 'a', line 4: an option is written"),
        (cell("%%quiz a kind=riddle\nWhy?\n- [x] a\n- [ ] b\n", "a"),
         "cell 'a', line 1, question 'a': there is no kind 'riddle'; use one of blanks, matching, multiple"),
        (cell("%%quiz a\nWhy?\n- [ ] a\n- [ ] b\n", "a"), "no option is right; mark it with '- [x]'"),
        (cell("%%quiz a\nWhy?\n- [x] a\n- [ ] b\n"),
         "cell 'plain-0', line 1, question 'a': the cell has no nbgrader metadata; give it a grade_id"),
        (cell("%%quiz a\nWhy?\n- [x] a\n- [ ] b\n", "b"),
         "its nbgrader grade_id is 'b'; give both the same name"),
        (cell(QUIZ, "mode", grade=True, points=3), "points=2 here, 3 in nbgrader's metadata"),
        (cell(QUIZ, "mode"), "points=2 here, 0 in nbgrader's metadata"),
        (cell(QUIZ.replace(" points=2", ""), "mode", grade=True, points=3),
         "points=0 here, 3 in nbgrader's metadata"),
    ],
)  # fmt: skip
def test_a_quiz_that_cannot_be_released_is_told_with_cell_and_reason(
    made: NotebookNode, said: str
) -> None:
    with pytest.raises(Invalid) as caught:
        build.quizzes("intro", book(made))
    assert caught.value.where == "intro.ipynb"
    assert caught.value.what.startswith("a question can't be released")
    assert said in caught.value.what


def test_all_mistakes_of_a_notebook_are_told_at_once() -> None:
    node = book(
        cell("%%quiz Big\nWhy?\n- [x] a\n- [ ] b\n", "big"),
        cell(QUIZ, "mode", grade=True, points=2),
        cell(QUIZ, "mode", grade=True, points=2),
        cell("%%quiz c\n", "c"),
    )
    with pytest.raises(Invalid) as caught:
        build.quizzes("intro", node)
    text = caught.value.what
    assert "cell 'big', line 1" in text
    assert text.count("the name 'mode' is taken by another question") == 1
    for part in ("has no text", "two options at least", "no option is right"):
        assert f"cell 'c', line 1, question 'c': {part}" in text or part in text


def test_a_quiz_in_a_markdown_cell_is_text() -> None:
    assert build.quizzes("a", book(cell(QUIZ, kind="markdown"))) == []


# -- public tests -----------------------------------------------------------------------------

TESTS = '''"""Tests."""

import math
import secrets
import numpy as np, statistics as st
from fractions import Fraction as F, Fraction

from course import misconception, points, public

SMALL = [1, 2]
HIDDEN_NUMBERS = [97, 98, 99]
expected = "HIDDEN answer"
LIMIT: float = 0.5


def mean(values):
    return "HIDDEN solution"


def close(a, b):
    return math.isclose(a, b, abs_tol=LIMIT)


def hidden_helper(a):
    return secrets.choice(HIDDEN_NUMBERS)


@public
@points(1, question="mean")
@misconception("sum", when=lambda mean: mean(SMALL) == 3)
def test_small(mean):
    """What the learner may run."""
    expected = F(3, 2)
    assert close(mean(SMALL), expected)


@points(2, question="mean")
def test_hidden(mean):
    assert mean(HIDDEN_NUMBERS) == hidden_helper(expected)
'''


def public(extra: str = "") -> str:
    return build.public_tests(TESTS + extra, "a.py")


def test_public_tests_travel_with_what_they_use_and_work_there() -> None:
    space: dict[str, Any] = {}
    exec(public(), space)  # noqa: S102  our own text

    space["test_small"](lambda values: sum(values) / len(values))
    with pytest.raises(AssertionError):
        space["test_small"](sum)


def test_nothing_hidden_travels_not_even_under_a_name_that_a_public_test_uses_itself() -> None:
    text = public()
    assert "HIDDEN" not in text
    assert "test_hidden" not in text
    assert "hidden_helper" not in text
    assert "secrets" not in text
    assert "97" not in text


@pytest.mark.parametrize(
    ("extra", "call", "value"),
    [
        ("\nCASES = [1]\nCASES += [2]\n", "sum(CASES)", 3),
        ("\nCASES = {}\nCASES['a'] = 7\n", "CASES['a']", 7),
        ("\nclass CASES:\n    pass\nCASES.a = 7\n", "CASES.a", 7),
        ("\ntry:\n    import json as CASES\nexcept ImportError:\n    CASES = None\n",
         "CASES.loads('4')", 4),
        ("\nif True:\n    CASES = 5\n", "CASES", 5),
        ("\ndef deep():\n    def deeper():\n        return SMALL\n    return deeper()\n",
         "deep()", [1, 2]),
        ("\nclass Base:\n    worth = SMALL\nclass Case(Base): ...\n", "Case.worth", [1, 2]),
        ("\nA, (B, *C) = 1, (2, 3)\n", "A + B + sum(C)", 6),
    ],
)  # fmt: skip
def test_whatever_way_a_used_name_is_made_it_travels(extra: str, call: str, value: Any) -> None:
    text = public(f"{extra}\n@public\ndef test_more():\n    return {call}\n")
    space: dict[str, Any] = {}
    exec(text, space)  # noqa: S102  our own text
    assert space["test_more"]() == value
    assert "HIDDEN" not in text


def test_the_decorator_is_known_by_its_long_name_too() -> None:
    assert "def test_a" in build.public_tests(
        "import course\n@course.public\ndef test_a(): ...\n", "a.py")  # fmt: skip


def test_a_lesson_without_public_tests_sends_nothing() -> None:
    assert build.public_tests("import math\ndef test_a(): assert math\n", "a.py") == ""
    assert build.public_tests("", "a.py") == ""


def test_tests_that_are_no_python_are_told_with_their_line() -> None:
    with pytest.raises(Invalid) as caught:
        build.public_tests("x = 1\ndef test_a(:\n", "first.py")
    assert caught.value.what == "the tests are not valid Python"
    assert caught.value.where == "first.py:2"
    assert caught.value.found


# -- imports ----------------------------------------------------------------------------------


def test_the_modules_that_a_notebook_imports_are_found_in_sound_cells() -> None:
    node = book(
        cell("import course\nimport numpy.linalg as la, os\nfrom pandas.api import types"),
        cell("def f():\n    import json\nfrom . import near"),
        cell("import broken ("),
        cell("%matplotlib inline"),
        cell("import text", kind="markdown"),
    )
    assert build.imports(node) == ("json", "numpy.linalg", "os", "pandas.api")


PRACTICE = "%%quiz {}\nWhich?\n- [x] this\n- [ ] that\nobjective: {}\n"


def test_all_mistakes_of_a_lesson_are_told_at_once_over_its_notebooks() -> None:
    first = book(cell(PRACTICE.format("one", "grup"), "one"))
    second = book(
        cell(PRACTICE.format("one", "group"), "one"),
        cell("\n%%quiz two\nHow many?\n= 5..3\n", "two"),
    )
    with pytest.raises(Invalid) as caught:
        build.lesson_quizzes([("a", first), ("b", second)], ["group"])
    assert caught.value.where == "a.ipynb, b.ipynb"
    assert [line.strip() for line in caught.value.what.splitlines()[1:]] == [
        "a.ipynb, cell 'one', line 1, question 'one': there is no objective 'grup'; did you mean 'group'?",
        "b.ipynb, cell 'one', line 1, question 'one': the name 'one' is taken by another question; give it another",
        "b.ipynb, cell 'two', line 4, question 'two': '5..3' is no range: it goes up, as in 40..45",
    ]
