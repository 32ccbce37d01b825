"""`lesson.json`: nothing of a graded key travels, a practice key travels sealed."""

import json
import re

import pytest

from course.questions import kind_of, sheet
from course.questions.text import parse

GRADED = parse("""%%quiz graded-one points=2
Which planet is the largest?
- [ ] Mars -- WHYMARS
- [x] Jupiter -- WHYJUPITER
hint: not the red one
""")
PRACTICE = parse("""%%quiz practice-one kind=multiple credit=each
Which are moons?
- [x] Io -- WHYIO
- [x] Titan -- WHYTITAN
- [ ] Venus -- WHYVENUS
""")
MUST = parse("""%%quiz must-one mode=must-correct
Is it round?
- [x] yes -- WHYYES
- [ ] no
""")
ABOUT = {"title": "Größen & Maße", "minutes": 20}


def text() -> str:
    return sheet.build("planets", [GRADED, PRACTICE, MUST], "def test_a(): ...\n", ABOUT)


def opened(node: object) -> str:
    """Return everything that somebody who opens all seals of the sheet can read."""
    found = json.dumps(node, ensure_ascii=False)
    for sealed in re.findall(r'"sealed": "((?:[^"\\]|\\.)*)"', found):
        found += json.dumps(sheet._open(json.loads(f'"{sealed}"')))
    return found


def test_a_graded_key_stands_nowhere_in_the_sheet_even_with_all_seals_open() -> None:
    everything = opened(json.loads(text()))
    graded = next(q for q in json.loads(text())["questions"] if q["id"] == "graded-one")

    assert "WHYIO" in everything, "the seals were opened"
    assert "WHYMARS" not in everything
    assert "WHYJUPITER" not in everything
    assert "sealed" not in graded
    assert "right" not in json.dumps(graded)


def test_a_practice_key_is_not_readable_by_accident() -> None:
    assert "WHY" not in text()
    assert '"right"' not in text()


@pytest.mark.parametrize("item", [PRACTICE, MUST], ids=lambda item: item.id)
def test_a_sealed_question_comes_back_as_it_was(item: object) -> None:
    assert item in sheet.items(text()).values()


def test_a_graded_question_comes_back_to_be_asked_but_not_judged() -> None:
    item = sheet.items(text())["graded-one"]

    assert kind_of(item).prepare(item, 1) == kind_of(GRADED).prepare(GRADED, 1)
    assert not any(option.right or option.why for option in item.options)


def test_the_same_lesson_gives_the_same_bytes() -> None:
    assert text() == text()
    assert "Größen & Maße" in text()


def test_the_checks_of_a_sheet_are_the_public_tests() -> None:
    assert sheet.checks(text()) == "def test_a(): ...\n"


@pytest.mark.parametrize("content", ["[]", "{}", '{"format": 99, "questions": []}'])
def test_a_sheet_of_another_format_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r"lesson\.json of another format than 2"):
        sheet.items(content)


@pytest.mark.parametrize("content", ["", "{", "no json"])
def test_a_torn_sheet_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match="Expecting"):
        sheet.items(content)


def test_a_sheet_of_the_first_releases_is_still_read() -> None:
    first = {"id": "old", "kind": "single", "mode": "practice", "points": 0.0, "prompt": "Which?", "hints": ["h"],
             "options": [{"id": "a", "text": "x", "right": True, "why": "w"}, {"id": "b", "text": "y", "right": False, "why": ""}],
             "settings": []}  # fmt: skip
    graded = {**first, "id": "new", "mode": "graded", "points": 1.0,
              "options": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]}  # fmt: skip
    old = {"format": 1, "lesson": "l", "about": {}, "checks": "", "questions": [
        {**graded, "id": "old", "sealed": sheet._seal(first)}, graded]}  # fmt: skip

    found = sheet.items(json.dumps(old))

    assert kind_of(found["old"]).grade(found["old"], ("a",), 1).share == 1
    assert not found["new"].keyed


def test_what_a_newer_version_adds_to_a_question_is_left_alone() -> None:
    data = json.loads(text())
    for question in data["questions"]:
        question["colour"] = "blue"
    assert set(sheet.items(json.dumps(data))) == {"graded-one", "practice-one", "must-one"}
