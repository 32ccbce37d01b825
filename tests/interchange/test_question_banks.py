"""Questions of other tools become questions of a lesson."""

import io
import zipfile
from typing import Any

import pytest
from import_desk import SAMPLES, said

from course.questions import kind_of


def test_moodle_xml_becomes_questions_with_points_hints_and_units(desk: Any) -> None:
    report = desk.bring("bank.moodle.xml", to="warm-up")
    items = desk.course.items("warm-up")
    assert {name: (item.kind, item.points) for name, item in items.items()} == {
        "missing-values": ("single", 2), "primes": ("multiple", 1), "tables-have-rows": ("single", 1),
        "middle": ("text", 1), "mean-price": ("number", 1), "methods": ("matching", 3), "why": ("words", 4),
    }  # fmt: skip
    first = items["missing-values"]
    assert first.prompt == "What does `df.dropna()` do to *rows* with $x_1$ missing?"
    assert first.options[1].why == "That is `fillna`."
    assert first.hints == ("Look at its name.",)
    assert items["mean-price"].setting("unit") == "EUR"
    assert "line 61: 'formula': a question of type 'calculated'" in said(report, "lost")
    assert "It begins with m." in said(report, "lost")


def test_gift_becomes_questions_of_every_kind_that_it_has(desk: Any) -> None:
    report = desk.bring("bank.gift", to="bank")
    items = desk.course.items("bank")
    assert [item.kind for item in items.values()] == [
        "single", "multiple", "single", "text", "number", "number", "number", "matching", "words", "single",
    ]  # fmt: skip
    truth = items["a-table-has-rows"]
    assert [(each.text, each.right, each.why) for each in truth.options] == [
        ("True", True, "Exactly."), ("False", False, "It has."),
    ]  # fmt: skip
    assert (
        items["who-wrote-curly-braces-the-did"].prompt
        == "Who wrote {curly} braces: the _____ did it."
    )
    assert items["even-numbers"].setting("credit") == "each"
    assert "line 39: a text without a question" in said(report, "lost")
    assert "line 41: earned a part of the points, and is wrong now: one" in said(report, "changed")


def test_jupyterquiz_becomes_practice(desk: Any) -> None:
    report = desk.bring("bank.json")
    items = list(desk.course.items("bank").values())
    assert [(item.kind, item.mode) for item in items] == [
        ("multiple", "practice"), ("single", "practice"), ("number", "practice"), ("text", "practice"),
    ]  # fmt: skip
    assert "```python\nprint(2 ** 3)\n```" in items[1].prompt
    assert items[1].options[0].why == "That is 2 * 3 -- a product."
    rounded = kind_of(items[2])
    assert rounded.grade(items[2], ("1.618",), 0).share == 1
    assert rounded.grade(items[2], ("1.63",), 0).share == 0
    assert "question 5: a question of type 'drawing'" in said(report, "lost")


def test_a_canvas_quiz_becomes_questions_with_what_it_says_to_answers(desk: Any) -> None:
    report = desk.bring("canvas.xml")
    items = desk.course.items("canvas")
    best = items["which-summary-resists-one-large-value"]
    assert (best.points, best.prompt) == (2, "Which summary **resists** one large value?")
    assert [(each.text, each.right, each.why) for each in best.options] == [
        ("mean", False, "Pulled by every value."), ("median", True, ""),
    ]  # fmt: skip
    blanks = items["blanks-of-a-loop"]
    assert kind_of(blanks).grade(blanks, ("for", "if"), 0).share == 1
    assert kind_of(blanks).grade(blanks, ("if", "for"), 0).share == 0
    month = items["a-range"]
    assert [kind_of(month).grade(month, (day,), 0).share for day in ("27", "28", "31")] == [0, 1, 1]
    assert "Read it again." in said(report, "lost")
    assert "'upload': a question of type 'file_upload_question'" in said(report, "lost")


def test_a_canvas_package_lists_the_files_that_it_does_not_take(desk: Any) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(SAMPLES / "canvas.xml", "g1/g1.xml")
        archive.writestr("imsmanifest.xml", "<manifest/>")
        archive.writestr("g1/assessment_meta.xml", "<quiz/>")
        archive.writestr("pictures/plot.png", b"\x89PNG")
    report = desk.bring(desk.file("export.zip", packed.getvalue()))
    assert report.format == "qti"
    assert len(desk.course.items("export")) == 3
    assert "export.zip, pictures/plot.png: the file, not known here" in said(report, "lost")
    assert "g1/assessment_meta.xml" in said(report, "lost")


def test_an_imported_quiz_can_be_released_without_its_key(desk: Any) -> None:
    desk.bring("bank.moodle.xml", to="warm-up")
    folder = desk.course.release("warm-up")
    text = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    assert 'course.quiz(\\"missing-values\\")' in text
    assert "leaves them out" in text
    assert "One large value does not move it." not in text


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("= not an answer", "single"), ("hint: none", "single"), ("let n = 3..4", "single"),
        ("- [ ] no option", "single"), ("1. no step", "single"), ("a [[bracket]]", "single"),
        ("```python\n= 3\nhint: in code\n```", "single"), ("- a => b", "matching"), ("! no", "text"),
    ],
)  # fmt: skip
def test_a_prompt_that_looks_like_our_own_marks_stays_a_prompt(line: str, kind: str) -> None:
    from course.interchange.asked import Asked, Choice
    from course.interchange.cell import written
    from course.questions import check
    from course.questions.text import parse

    answers = {
        "single": (Choice("yes"), Choice("no", right=False)), "text": (Choice("yes"),),
        "matching": (Choice("1", left="one"), Choice("2", left="two")),
    }  # fmt: skip
    source, _ = written(Asked("looks", kind, f"Look at this.\n{line}\nWhat is it?", answers[kind]))
    item = parse(source)
    assert check(item) == []
    assert item.kind == kind
    assert "What is it?" in item.prompt
    assert line.rsplit(maxsplit=1)[-1].strip("`]") in item.prompt.replace("\\", "")
    assert not item.hints
    assert not item.variables


def test_an_option_with_dashes_keeps_them() -> None:
    from course.interchange.asked import Asked, Choice
    from course.interchange.cell import written
    from course.questions.text import parse

    source, _ = written(
        Asked("dashes", "single", "Which?", (Choice("a -- b"), Choice("c", right=False)))
    )
    option = parse(source).options[0]
    assert (option.text, option.why) == (r"a \-- b", "")
