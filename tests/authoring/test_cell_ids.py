"""Cells of a text source keep their ids through edits."""

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode

from course.authoring import cell_ids, marks

TEXT = [
    ("markdown", "# Welcome to tables"),
    ("code", "import course"),
    ("markdown", "A table has rows and columns, and each of them has a name."),
    ("code", "table.head()"),
    ("markdown", "Missing values are shown as NaN."),
    ("code", "table.isna().sum()"),
]


def book(cells: list[tuple[str, str]]) -> NotebookNode:
    make = {"code": nbformat.v4.new_code_cell, "markdown": nbformat.v4.new_markdown_cell}
    return nbformat.v4.new_notebook(cells=[make[kind](source) for kind, source in cells])


def ids(cells: list[tuple[str, str]], last: NotebookNode | None = None) -> list[str]:
    node = book(cells)
    cell_ids.give(node, last)
    return [cell.id for cell in node.cells]


def built(cells: list[tuple[str, str]]) -> NotebookNode:
    node = book(cells)
    cell_ids.give(node)
    return node


def test_the_same_text_gives_the_same_ids_anywhere() -> None:
    first = ids(TEXT)
    assert first == ids(TEXT)
    assert first[0] == "welcome-to-tables"
    assert len(set(first)) == len(TEXT)


def test_an_edited_paragraph_keeps_its_id() -> None:
    last = built(TEXT)
    edited = [*TEXT]
    edited[2] = ("markdown", "A table has rows and columns. Every column has a name.")
    edited[0] = ("markdown", "# All about frames")
    assert ids(edited, last) == ids(TEXT)


def test_a_paragraph_that_is_written_anew_in_its_place_keeps_its_id() -> None:
    edited = [*TEXT]
    edited[4] = ("markdown", "xyz")
    assert ids(edited, built(TEXT)) == ids(TEXT)


def test_a_new_cell_changes_no_id_below_it() -> None:
    edited = [*TEXT[:2], ("markdown", "Something new."), *TEXT[2:]]
    now, before = ids(edited, built(TEXT)), ids(TEXT)
    assert [*now[:2], *now[3:]] == before
    assert now[2] not in before


def test_a_removed_cell_changes_no_other_id() -> None:
    assert ids([*TEXT[:3], *TEXT[4:]], built(TEXT)) == [*ids(TEXT)[:3], *ids(TEXT)[4:]]


def test_a_moved_cell_takes_its_id_along() -> None:
    before = ids(TEXT)
    moved = [TEXT[4], *TEXT[:4], TEXT[5]]
    assert ids(moved, built(TEXT)) == [before[4], *before[:4], before[5]]


def test_an_id_that_the_author_wrote_is_taken_and_two_of_one_text_differ() -> None:
    node = book([("code", "1"), ("code", "1"), ("markdown", "x")])
    node.cells[2].metadata["id"] = "mine"
    cell_ids.give(node)
    first, second, own = (cell.id for cell in node.cells)
    assert own == "mine"
    assert second == f"{first}-2"
    assert "id" not in node.cells[2].metadata


def test_ids_of_questions_are_their_names() -> None:
    node = book([
        ("code", "#| exercise: double points=1\nx"), ("code", "%%quiz a.b points=1\nx?\n- [x] a\n- [ ] b"),
        ("markdown", "#| answer: why points=1\nx"), ("code", "#| wrong: sum\nx"),
    ])  # fmt: skip
    cell_ids.give(node)
    assert [cell.id for cell in node.cells] == ["double-answer", "a-b", "why", "wrong-sum"]
    assert marks.own_id(nbformat.v4.new_code_cell("%%quiz Bad Name")) == ""


CELLS = st.lists(
    st.tuples(st.sampled_from(["code", "markdown"]), st.sampled_from("abcdefg")), max_size=12
)


@given(CELLS, CELLS)
def test_ids_are_always_valid_and_never_twice(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    node = book(after)
    cell_ids.give(node, built(before))
    nbformat.validate(node)
    assert len({cell.id for cell in node.cells}) == len(after)
    again = book(after)
    cell_ids.give(again, node)
    assert [cell.id for cell in again.cells] == [cell.id for cell in node.cells]
