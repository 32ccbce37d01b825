"""Broken notebook files, and what can still be read of them."""

import json

import pytest

from course.grading.salvage import salvage

CELLS = [{"cell_type": "markdown", "metadata": {}, "source": f"cell {i}, {{ [ é"} for i in range(3)]
WHOLE = json.dumps(
    {"cells": CELLS, "metadata": {"a": 1}, "nbformat": 4}, indent=1, ensure_ascii=False
)


def test_of_a_file_that_was_cut_off_the_whole_cells_are_kept_wherever_the_cut_is() -> None:
    seen = set()
    for end in range(len(WHOLE)):
        found = salvage(WHOLE[:end].encode())
        count = len(found["cells"]) if found else 0
        assert found is None or found["cells"] == CELLS[:count]
        seen.add(count)
    assert seen == {0, 1, 2, 3}


def test_what_comes_after_a_whole_notebook_does_no_harm() -> None:
    found = salvage((WHOLE + WHOLE[40:]).encode())
    assert found is not None
    assert found["metadata"] == {"a": 1}


def test_letters_as_windows_writes_them_are_read() -> None:
    found = salvage(WHOLE.encode("cp1252"))
    assert found is not None
    assert found["cells"] == CELLS


def test_reading_ends_where_a_conflict_of_versions_begins() -> None:
    text = json.dumps({"cells": CELLS}, indent=1)
    at = text.index("cell 1")
    found = salvage((text[:at] + "\n<<<<<<< HEAD\n" + text[at:]).encode())
    assert found is not None
    assert found["cells"] == [CELLS[0]]


@pytest.mark.parametrize("raw", [
    b"", b"see my e-mail", b"[1, 2]", b'{"cells": 3}', b'{"cells": [', b'{"cells": [3, 4', b"{" * 100_000,
    b'{"cells": ' + b"[" * 100_000, b"\xff\xfe\x00",
])  # fmt: skip
def test_what_is_no_notebook_gives_none(raw: bytes) -> None:
    assert salvage(raw) is None
