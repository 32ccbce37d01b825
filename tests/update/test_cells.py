"""A lesson's new version, merged with what a learner made of the old one, cell by cell."""

from typing import Any

import nbformat
import pytest

from course.notebook import NotebookNode
from course.update.cells import NEW, Change, merge

LOCKED = {"grade_id": "check", "locked": True, "grade": True, "solution": False, "points": 1}
ANSWER = {"grade_id": "answer", "locked": False, "grade": False, "solution": True}


def cell(id_: str, source: str, about: dict[str, Any] | None = None, **more: Any) -> NotebookNode:
    """Return a cell: Markdown when its id begins with a capital letter."""
    make = nbformat.v4.new_markdown_cell if id_[0].isupper() else nbformat.v4.new_code_cell
    return make(source, id=id_, metadata={"nbgrader": dict(about)} if about else {}, **more)


def lesson(*cells: NotebookNode) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells))


def texts(node: NotebookNode) -> list[str]:
    nbformat.validate(node)
    assert len({each.id for each in node.cells}) == len(node.cells)
    return [each.source for each in node.cells]


def merged(
    before: NotebookNode | None, own: NotebookNode, new: NotebookNode
) -> tuple[list[str], list[str]]:
    node, changes = merge("a.ipynb", before, own, new)
    return texts(node), [change.text for change in changes]


OLD = [cell("Intro", "# Means"), cell("setup", "import csv"), cell("answer", "...", ANSWER),
       cell("check", "test(1)", LOCKED)]  # fmt: skip
OUTPUT = nbformat.v4.new_output("stream", text="hello")


def with_(cells: list[NotebookNode], **sources: str) -> list[NotebookNode]:
    found = nbformat.from_dict([dict(each) for each in cells])
    for each in found:
        each.source = sources.get(each.id, each.source)
    return list(found)


def test_what_only_the_author_changed_is_renewed_and_the_answer_stays() -> None:
    own = lesson(*with_(OLD, answer="mine"), cell("own", "my_own = 1"))
    new = lesson(*with_(OLD, Intro="# Means, again", check="test(2)"))
    found, said = merged(lesson(*OLD), own, new)
    assert found == ["# Means, again", "import csv", "mine", "test(2)", "my_own = 1"]
    assert said == ["was renewed", "was renewed"]


def test_outputs_stay_where_the_source_does() -> None:
    cells = with_(OLD, answer="mine")
    for each in cells[1:]:
        each.outputs, each.execution_count = [OUTPUT], 3
    new = lesson(*with_(OLD, check="test(2)"))
    node, _ = merge("a.ipynb", lesson(*OLD), lesson(*cells), new)
    assert [len(each.get("outputs", [])) for each in node.cells] == [0, 1, 1, 0]


@pytest.mark.parametrize("id_", ["Intro", "setup", "answer"])
def test_where_both_changed_a_cell_both_are_there_and_the_new_text_runs_nothing(id_: str) -> None:
    old, own = lesson(*OLD), lesson(*with_(OLD, **{id_: "mine"}))
    new = lesson(*with_(OLD, **{id_: "theirs ``` with a fence"}))
    node, changes = merge("a.ipynb", old, own, new)
    found = texts(node)
    at = found.index("mine")
    assert found[at + 1].startswith(NEW)
    assert "theirs ``` with a fence" in found[at + 1]
    assert node.cells[at + 1].cell_type == "markdown"
    assert [change.look for change in changes] == [True]
    again, _ = merge("a.ipynb", old, node, new)
    assert texts(again) == found, "the same again puts nothing twice"


def test_an_answer_that_was_not_begun_gets_the_new_stub() -> None:
    new = lesson(*with_(OLD, answer="def mean(): ..."))
    assert merged(lesson(*OLD), lesson(*OLD), new)[0][2] == "def mean(): ..."


def test_points_and_marks_are_always_the_authors() -> None:
    own, new = lesson(*with_(OLD, answer="mine")), lesson(*with_(OLD))
    own.cells[3].metadata["nbgrader"] = {**LOCKED, "points": 100}
    new.cells[3].metadata["nbgrader"] = {**LOCKED, "points": 2}
    own.cells[2].metadata["tags"] = ["mine"]
    node, _ = merge("a.ipynb", lesson(*OLD), own, new)
    assert node.cells[3].metadata["nbgrader"]["points"] == 2
    assert node.cells[2].metadata["tags"] == ["mine"]


def test_an_edited_locked_cell_is_as_released_again() -> None:
    found, said = merged(lesson(*OLD), lesson(*with_(OLD, check="pass")), lesson(*OLD))
    assert (found[3], said) == (
        "test(1)",
        ["a locked cell was edited here; it is as it was released again"],
    )


def test_new_cells_come_where_they_belong_and_own_cells_stay_where_they_are() -> None:
    own = lesson(OLD[0], cell("own", "after the title"), *OLD[1:])
    new = lesson(
        cell("First", "first"), *OLD[:2], cell("After", "after setup"), *OLD[2:], cell("End", "end")
    )
    found, said = merged(lesson(*OLD), own, new)
    assert found == [
        "first",
        "# Means",
        "after the title",
        "import csv",
        "after setup",
        "...",
        "test(1)",
        "end",
    ]
    assert said == ["a new cell"] * 3


def test_what_the_author_took_out_goes_unless_it_was_worked_in() -> None:
    old = [*OLD, cell("Extra", "more"), cell("answer-2", "...", {**ANSWER, "grade_id": "two"})]
    own = lesson(*with_(old, **{"answer-2": "my work"}))
    node, changes = merge("a.ipynb", lesson(*old), own, lesson(*OLD))
    assert texts(node) == [each.source for each in OLD] + ["my work"]
    assert "nbgrader" not in node.cells[-1].metadata
    assert [change.look for change in changes] == [False, True]


def test_what_the_learner_deleted_stays_deleted_unless_it_is_needed_or_changed() -> None:
    old = [*OLD, cell("Extra", "more")]
    found, _ = merged(lesson(*old), lesson(OLD[2]), lesson(*with_(old, Extra="more, and new")))
    assert found == ["...", "test(1)", "more, and new"]


def test_the_learners_order_stays_and_the_authors_goes_before_it() -> None:
    a, b, c = (cell(name, name) for name in ("aa", "bb", "cc"))
    own = cell("own", "own")
    assert merged(lesson(a, b, c), lesson(c, own, a, b), lesson(a, b, c))[0] == [
        "cc",
        "own",
        "aa",
        "bb",
    ]
    found, said = merged(lesson(a, b, c), lesson(c, own, a, b), lesson(b, a, c))
    assert found == ["bb", "aa", "cc", "own"]
    assert len(said) == 1


def test_cells_without_ids_are_known_by_their_text() -> None:
    def bare(*sources: str) -> NotebookNode:  # as `course.notebook` reads them
        return lesson(*(cell(f"cell-{n}", source) for n, source in enumerate(sources)))

    found, _ = merged(bare("a", "b", "c"), bare("a", "mine", "b", "c"), bare("new", "a", "B", "c"))
    assert found == ["new", "a", "B", "mine", "c"]


def test_cells_to_which_an_editor_gave_new_ids_are_known_by_their_text() -> None:
    own = lesson(*(cell(f"{each.id}x9", each.source) for each in OLD))
    own.cells[2].metadata["nbgrader"] = dict(ANSWER)
    found, _ = merged(lesson(*OLD), own, lesson(*with_(OLD, Intro="# New")))
    assert found == ["# New", *(each.source for each in OLD[1:])]


def test_when_the_old_version_is_not_known_nothing_of_the_learners_is_taken() -> None:
    own = lesson(*with_(OLD, Intro="# Means?", answer="mine", check="edited"), cell("own", "1"))
    new = lesson(*with_(OLD, answer="stub 2", check="test(2)"))
    node, changes = merge("a.ipynb", None, own, new)
    found = texts(node)
    assert (found[0], found[1].startswith(NEW)) == ("# Means?", True)
    assert found[2:] == ["import csv", "mine", "test(2)", "1"]
    assert changes[0] == Change("a.ipynb, 'Means'", changes[0].text, look=True)


def test_a_second_merge_of_the_same_does_nothing() -> None:
    own = lesson(*with_(OLD, answer="mine"), cell("own", "1"))
    new = lesson(*with_(OLD, Intro="# New"), cell("End", "end"))
    node, _ = merge("a.ipynb", lesson(*OLD), own, new)
    again, changes = merge("a.ipynb", new, node, new)
    assert (again, changes) == (node, [])
