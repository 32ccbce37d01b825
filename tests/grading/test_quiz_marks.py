"""Quiz answers of the record become marks: of the variant that the learner saw, or of a person."""

import json
import os
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from nbconvert import HTMLExporter

from course.grading.quiz import judge_quiz
from course.lesson import record
from course.lesson.record import Try
from course.model import Kind, Outcome, Question, Verdict
from course.questions import kind_of, seed
from course.questions.text import parse

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from classroom import course, join, new_course, points

AREA = """%%quiz area points=3
How large is a field of {n} m by 12 m?
let n = 10..60
= {n} * 12 -- right, **length** times width
! {n} + 12 -- this is half of the way around
unit: m²
"""
WORDS = """%%quiz why kind=words points=4
Say why.
least: 3
```model
SECRETMODEL answer of the author
```
"""


def judged(source: str, response: list[str], number: int | None = 5, variant: int = 0) -> Any:
    item = parse(source)
    saved = Try(response, "2030-01-01T10:00:00+00:00", None, number, variant)
    return judge_quiz(Question(item.id, "n", Kind.QUIZ, item.points), item, saved, "ana")


def mark(source: str, response: list[str], number: int | None = 5, variant: int = 0) -> Verdict:
    verdict, _ = judged(source, response, number, variant)
    assert isinstance(verdict, Verdict)
    return verdict


def area(number: int) -> str:
    item = parse(AREA)
    return kind_of(item).samples(item, number)["correct"][0]


def test_an_answer_is_judged_by_the_variant_that_the_learner_saw() -> None:
    assert area(5) != area(6)
    assert mark(AREA, [area(5)], 5).score == 3
    assert mark(AREA, [area(6)], 5).score == 0


def test_without_a_seed_in_the_record_the_variant_grows_from_learner_and_question() -> None:
    first, later = (area(seed("ana", "area", variant)) for variant in (0, 3))
    assert mark(AREA, [first], None).score == 3
    assert mark(AREA, [later], None, variant=3).score == 3


def test_a_known_wrong_answer_is_told_with_its_reason() -> None:
    wrong = str(Fraction(area(5)) / 12 + 12)
    assert mark(AREA, [wrong]).notes[0].text == f"`{wrong}`: this is half of the way around"


def test_own_words_wait_for_a_person_and_are_never_zero() -> None:
    verdict, text = judged(WORDS, ["Because <b>I</b> say so."])
    assert (verdict.outcome, verdict.score) == (Outcome.NEEDS_PERSON, None)
    assert text == "Because <b>I</b> say so."
    assert "SECRETMODEL" not in repr(verdict)


def test_too_few_words_are_kept_and_the_marker_is_told() -> None:
    verdict, _ = judged(WORDS, ["No idea."])
    assert verdict.score is None
    assert verdict.notes[0].text == "`2 words`: 3 words at least are asked for."


@pytest.mark.parametrize("response", [["many"], [], ["1", "2", "3"], ["9" * 10_000], ["1e9999"]])
def test_what_is_no_answer_earns_nothing_and_is_told(response: list[str]) -> None:
    verdict, text = judged(AREA, response)
    assert (verdict.outcome, verdict.score) == (Outcome.FAILED, 0)
    assert verdict.notes[0].text.startswith("Not an answer: ")
    assert len(text) <= 1000


def test_a_learners_letters_are_no_markdown_in_the_feedback() -> None:
    item = "%%quiz q points=1\nWhat?\n= this\n"
    text = mark(item, ["![x](http://example.org/x.png) `code`"]).notes[0].text
    assert text == "`![x](http://example.org/x.png) 'code'`"


def lesson(folder: Path) -> Path:
    """Return a course whose lesson has a question in own words, and one that varies."""
    cells = [
        {"cell_type": "code", "id": name, "source": source, "outputs": [], "execution_count": None,
         "metadata": {"nbgrader": {"grade_id": name, "grade": True, "solution": False, "locked": True,
                                   "task": False, "points": points, "schema_version": 3}}}
        for name, source, points in (("why", WORDS, 4), ("area", AREA, 3))
    ]  # fmt: skip
    node = {"nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": {"kernelspec": {
        "name": "python3", "display_name": "Python 3", "language": "python"}}}  # fmt: skip
    place = folder / "notebooks" / "welcome"
    (folder / "autograders" / "welcome.py").unlink()
    about = (folder / "course.toml").read_text(encoding="utf-8")
    (folder / "course.toml").write_text(about.replace("points = 6", "points = 7"), encoding="utf-8")
    (place / "welcome.ipynb").write_text(json.dumps(node), encoding="utf-8")
    return folder


def test_own_words_reach_the_marker_as_text_and_wait_in_the_gradebook(tmp_path: Path) -> None:
    our = lesson(new_course(tmp_path / "our"))
    course("release welcome", our)
    home = join(our, "ana")
    said = "Because of <script>alert(1)</script> & more."
    record.append(home / "welcome", "answered", "why", {"response": [said]})
    place = {"seed": 17, "variant": 0}
    record.append(home / "welcome", "answered", "area", {"response": [area(17)]}, place)
    course("submit welcome", home)
    course("collect welcome", our)
    course("autograde welcome", our)

    assert points(our) == {("ana", "why"): None, ("ana", "area"): 3}
    page, _ = HTMLExporter(template_name="classic").from_filename(
        our / "autograded" / "ana" / "welcome" / "welcome.ipynb"
    )
    assert "Because of &lt;script&gt;alert(1)&lt;/script&gt; &amp; more." in page
    assert "<script>alert(1)" not in page
    assert "SECRETMODEL" not in page

    course("mark welcome ana why --points 3", our)
    course("autograde welcome --force", our)
    assert points(our)["ana", "why"] == 3


def test_answers_in_a_record_that_is_too_large_wait_for_a_person_and_are_not_zero(
    tmp_path: Path,
) -> None:
    our = lesson(new_course(tmp_path / "our"))
    course("release welcome", our)
    home = join(our, "ana")
    record.append(home / "welcome", "answered", "area", {"response": [area(17)]}, {"seed": 17})
    os.truncate(home / "welcome" / record.NAME, record.MAX_BYTES + 1)
    course("submit welcome", home)
    course("collect welcome", our)
    course("autograde welcome", our)

    assert points(our) == {("ana", "why"): None, ("ana", "area"): None}
    book = (our / "autograded" / "ana" / "welcome" / "welcome.ipynb").read_text(encoding="utf-8")
    assert "the record of answers is too large to be read: 50.0 MB, at most 50 MB" in book
    assert "grade again, or mark by hand" in book
