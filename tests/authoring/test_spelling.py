"""Words of the prose are looked up in the dictionaries that are installed; everything else is left alone."""

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from course.authoring.draft import Draft
from course.authoring.rules import spelling
from course.errors import Invalid
from course.settings import parse

TEXT = """# The typcial Delay

A delay is the difference between two times, the flights' own
and the *plan's*. Write `typcial` with $medain$, and see
[the docs](https://example.org/typcial). Oslo and typcial delays, don't mind pandas.
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A small dictionary of a language of its own, in the place where the system keeps them."""
    known = """a and between delay delays difference docs don't flights is its mind of own plan's see
               the times two with write"""
    words = known.split()
    (tmp_path / "xx_TEST.dic").write_text("\n".join([str(len(words)), *words]) + "\n")
    (tmp_path / "xx_TEST.aff").write_text("SET UTF-8\nWORDCHARS '\n")
    monkeypatch.setattr(spelling, "PLACES", (tmp_path,))
    spelling.installed.cache_clear()
    yield
    spelling.installed.cache_clear()


def found(language: str, *own: str) -> list[tuple[str, int]]:
    cell = nbformat.v4.new_markdown_cell(TEXT, id="intro")
    node = nbformat.v4.new_notebook(cells=[cell, nbformat.v4.new_code_cell("# typcial")])
    about = (
        f'id = "c"\ntitle = "C"\n[spelling]\nlanguage = "{language}"\nwords = {json.dumps(own)}\n'
    )
    draft = Draft(
        "delays", parse(about, Path("course.toml")), Path(), {"delays": ("d.ipynb", node)}
    )
    return [(each.text.split("'")[1], each.line) for each in spelling.words_are_known(draft)]


@pytest.mark.usefixtures("installed")
def test_a_word_that_no_dictionary_has_is_told_once_with_its_line() -> None:
    assert found("xx") == [("typcial", 1), ("pandas", 5)]


@pytest.mark.usefixtures("installed")
def test_the_courses_own_words_are_right() -> None:
    assert found("xx_TEST", "pandas", "Typcial") == []


@pytest.mark.usefixtures("installed")
def test_without_a_dictionary_nothing_is_said() -> None:
    assert found("yy") == []


def test_a_wrong_setting_is_told() -> None:
    with pytest.raises(Invalid, match=r"spelling\.word: unknown key"):
        parse('id = "c"\ntitle = "C"\n[spelling]\nword = []\n', Path("course.toml"))
