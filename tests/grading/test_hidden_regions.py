"""Hidden tests that stand in the notebook: what they hand over stays out of the learner's words, too."""

from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from course.grading import checks
from course.grading.grade import grade
from course.grading.prepared import gather
from course.model import Note, Outcome, Submission
from course.notebook import write_text
from course.sandbox import Limits, Place, Session, open_session

VISIBLE = "assert f('open') == 4, 'four, please'"
HIDDEN = (
    "\n### BEGIN HIDDEN TESTS\nassert f('SECRET') == 4, 'SECRET is four, too'\n### END HIDDEN TESTS"
)


def lesson(answer: str, tests: str, more: str = "") -> NotebookNode:
    def marked(name: str, source: str, **marks: object) -> NotebookNode:
        about = {"grade_id": name, "schema_version": 3, "solution": False, "task": False, "grade": False,
                 "locked": False, **marks}  # fmt: skip
        return new_code_cell(source, id=name, metadata={"nbgrader": about})

    return new_notebook(cells=[
        marked("f-answer", answer, solution=True), marked("f", tests, grade=True, locked=True, points=2),
        marked("g-answer", more, solution=True), marked("g", "assert g == 1", grade=True, locked=True, points=1),
    ])  # fmt: skip


def judged(folder: Path, answer: str, more: str = "g = 1") -> tuple[Note, Note]:
    trusted = lesson("", VISIBLE + HIDDEN)
    trusted.cells[1].metadata["released"] = VISIBLE  # as `prepared.trusted` keeps it
    own, work = folder / "own", folder / "work"
    own.mkdir()
    work.mkdir()
    prepared = gather(
        "ps1", [("ps1", trusted)], {}, tests=own / "none.py", files=own, limits=Limits(), preload=()
    )
    (work / "ps1.ipynb").write_text(write_text(lesson(answer, VISIBLE, more)))
    with ExitStack() as stack:

        def opened(place: Place) -> Session:
            return stack.enter_context(closing(open_session(place)))

        result = grade(Submission("ana", "ps1", work, None, "d"), prepared, checks.Tests(), opened)
    (first,), (second,) = (verdict.notes for verdict in result.verdicts)
    return first, second


SAID = [
    ("def f(x): return 5", Outcome.FAILED, "AssertionError: four, please"),
    ("def f(x): raise ValueError(x)", Outcome.ERROR, "ValueError."),
    ("def f(x): raise type(x, (KeyError,), {})(x)", Outcome.ERROR, "Exception."),
    ("def f(x):\n    assert x == 'open', x\n    return 4", Outcome.FAILED, "AssertionError."),
    ("h = 1", Outcome.ERROR, "NameError: name 'f' is not defined"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "outcome", "text"), SAID)
def test_only_the_authors_own_words_are_quoted(
    tmp_path: Path, answer: str, outcome: Outcome, text: str
) -> None:
    first, _ = judged(tmp_path, answer)
    assert (first.outcome, first.text, first.score) == (outcome, text, 0.0)


def test_a_later_cell_can_not_say_it_either_and_a_grader_reads_it(tmp_path: Path) -> None:
    keeps = "seen = []\ndef f(x):\n    seen.append(x)\n    return 4"
    first, second = judged(tmp_path, keeps, "raise RuntimeError(seen)")
    assert (first.outcome, first.score) == (Outcome.PASSED, 2.0)
    assert (second.outcome, second.score) == (Outcome.ERROR, 0.0)
    assert second.text == "NameError: name 'g' is not defined RuntimeError."
    assert "SECRET" in second.aside
