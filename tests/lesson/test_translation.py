"""What a learner reads: every text that the source marks has its translation, and it is the one in use."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import course
from course.lesson import language

ROOT = Path(course.__file__).parent
LOCALE = ROOT / "lesson" / "locale"
LANGUAGES = sorted(path.name for path in LOCALE.iterdir() if path.is_dir())
KEYWORDS = {
    "_": None, "_n": (1, 2), "_later": None,
    "MalformedAnswerError": None, "strings": (3,),  # said below lesson/, and translated there
}  # fmt: skip
AGAIN = "write the catalogue again with `make locale`, translate what is new in it, and once more"


def marked() -> Catalog:
    """Return every text that the source marks for translation."""
    found = Catalog(project="course", fuzzy=False)
    methods = [("**.py", "python"), ("**.html", "jinja2")]
    for room in ("lesson", "pacing", "questions", "service"):
        for name, line, message, _comments, context in extract_from_dir(
            ROOT / room, method_map=methods, keywords=KEYWORDS
        ):
            found.add(message, locations=[(f"course/{room}/{name}", line)], context=context)
    return found


def catalogue(language_: str) -> Catalog:
    with (LOCALE / language_ / "LC_MESSAGES" / "course.po").open("rb") as file:
        return read_po(file, locale=language_, domain="course")


def compiled(known: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, known)
    return out.getvalue()


@pytest.mark.skipif("COURSE_WRITE_LOCALE" not in os.environ, reason="only `make locale` writes")
@pytest.mark.parametrize("language_", LANGUAGES)
def test_write_the_catalogue_again(language_: str) -> None:
    known, folder = catalogue(language_), LOCALE / language_ / "LC_MESSAGES"
    known.update(marked(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    with (folder / "course.po").open("wb") as file:
        write_po(file, known, sort_output=True, include_lineno=False, width=100)
    (folder / "course.mo").write_bytes(compiled(catalogue(language_)))


@pytest.mark.parametrize("language_", LANGUAGES)
def test_every_text_is_translated_and_none_is_left_over(language_: str) -> None:
    known = {each.id: each for each in catalogue(language_) if each.id}
    wanted = {each.id for each in marked() if each.id}
    assert wanted - set(known) == set(), AGAIN
    assert set(known) - wanted == set(), AGAIN
    empty = [
        each.id
        for each in known.values()
        if not all([each.string] if isinstance(each.string, str) else each.string)
    ]
    assert empty == [], "translate these in course.po, then: make locale"
    assert [each.id for each in known.values() if each.fuzzy] == []


@pytest.mark.parametrize("language_", LANGUAGES)
def test_a_translation_fills_in_what_its_text_does(language_: str) -> None:
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    wrong = [
        string
        for each in catalogue(language_)
        if each.id
        for string in ([each.string] if isinstance(each.string, str) else each.string)
        if fields(string) != fields(each.id if isinstance(each.id, str) else each.id[-1])
    ]
    assert wrong == []


@pytest.mark.parametrize("language_", LANGUAGES)
def test_the_catalogue_that_is_read_is_the_one_that_was_written(language_: str) -> None:
    compiled_file = LOCALE / language_ / "LC_MESSAGES" / "course.mo"
    assert compiled_file.read_bytes() == compiled(catalogue(language_)), AGAIN


@pytest.mark.parametrize(
    "path", sorted((ROOT / "lesson").rglob("*.js")), ids=lambda path: path.name
)
def test_the_page_has_every_text_that_its_code_asks_for(path: Path) -> None:
    import re

    from course.lesson import words

    asked = set(re.findall(r"\bwords\.(\w+)", path.read_text(encoding="utf-8")))
    assert asked <= set(words.of_the_page())


def test_a_learner_who_reads_german_is_told_in_german() -> None:
    script = (
        "import json; from course.lesson import words; from course.lesson.language import _\n"
        "print(json.dumps([words.of_the_page()['hints'], words.of_worth('graded', 1),"
        " words.of_worth('graded', 2.5), _('Choose an option first.'), _('no such text')]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env=os.environ | {"LANGUAGE": "de"},
    )  # fmt: skip
    assert json.loads(done.stdout) == [
        "Hinweise", "1 Punkt, wird später bewertet", "2.5 Punkte, wird später bewertet",
        "Wählen Sie zuerst eine Antwort aus.", "no such text",
    ]  # fmt: skip


def test_what_a_question_says_is_translated_with_its_figures() -> None:
    """Each answer that is wrong or can't be one, to a question of every kind."""
    script = (
        "import every_kind; from course.lesson import words; from course.questions import *\n"
        "def said(kind, item, raw):\n"
        "    try: return [t for p in kind.grade(item, kind.parse(item, raw), 0).reasons for t in p]\n"
        "    except MalformedAnswerError as error: return [str(error)]\n"
        "own = {t for i in every_kind.ITEMS.values() for o in (*i.options, *i.rules)"
        " for t in (o.text, o.why)}\n"
        "for item in every_kind.ITEMS.values():\n"
        "    kind = kind_of(item); s = kind.samples(item, 0)\n"
        "    for raw in (s['malformed'], [], None, s['wrong'], s.get('partly', s['wrong'])):\n"
        "        for text in said(kind, item, raw):\n"
        "            if '. ' in text + ' ' and words.of_message(text) == text and text not in own:\n"
        "                print(text)\n"
        "print(words.of_message('Line 3: x'), words.of_message('1,234 can mean two numbers. Write 1234 or 1.234.'))"
    )
    path = os.pathsep.join([str(ROOT.parent), str(ROOT.parent / "tests" / "data")])
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env=os.environ | {"LANGUAGE": "de", "PYTHONPATH": path},
    )  # fmt: skip
    assert done.stdout == (
        "Zeile 3: x 1,234 kann zwei Zahlen meinen. Schreiben Sie 1234 oder 1.234.\n"
    )


def test_another_language_is_told_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "xx")
    language._catalogue.cache_clear()
    try:
        assert language._n("one", "many", 2) == "many"
    finally:
        language._catalogue.cache_clear()
