"""What is exported and imported again is the same, where both sides can say it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from import_desk import said

from course.errors import Invalid
from course.interchange import gift, jupyterquiz, qti, qti_write
from course.interchange.asked import Asked, of
from course.interchange.cell import written
from course.interchange.give import give
from course.interchange.report import Report
from course.questions.text import parse

CELLS = {
    "single": "%%quiz robust points=2\nWhich summary *resists* `x` = 3 {or} $a_1$?\n\n- a list\n\n"
    "- [ ] mean -- pulled: by ~ every # value\n- [x] `median` -- right = half\n",
    "code": "%%quiz prints\nWhat does it print?\n\n```python\nfor n in [1]:\n    print(n ** 2)\n```\n- [x] 1\n- [ ] 2",
    "multiple": "%%quiz primes points=3\nWhich are prime?\n- [x] 2\n- [x] 3\n- [ ] 4 -- two times two",
    "parts": "%%quiz evens points=3 credit=each\nWhich are even?\n- [x] 2\n- [x] 4\n- [x] 6\n- [ ] 5\n- [ ] 7",
    "number": "%%quiz price points=1\nThe mean?\n= 115 +- 0.5 -- right\n! 345 -- you forgot to divide",
    "exact": "%%quiz days\nHow many days has a week?\n= 7",
    "range": "%%quiz month\nHow many days has a month?\n= 28..31 -- right",
    "text": "%%quiz middle points=1\nWhat lies in the middle?\n= median -- right\n= the median\n! mean -- it need not",
    "matching": "%%quiz methods points=2 credit=each\nWhich does what?\n- `head` => first\n- tail => last\n- => all",
    "blanks": "%%quiz loops points=2 credit=each\nA [[loop|for]] repeats, an [[if]] chooses.",
    "picks": "%%quiz moved points=1 credit=each\nIt moves the [[(x) mean ( ) median]] `x`.",
    "words": "%%quiz why kind=words points=4\nWhy the median?",
}
FORMATS = {
    "jupyterquiz": ["single", "code", "multiple", "exact", "range", "text"],
    "gift": ["single", "code", "parts", "number", "exact", "range", "text", "matching", "words"],
    "qti": [
        "single",
        "code",
        "multiple",
        "number",
        "exact",
        "range",
        "text",
        "matching",
        "words",
        "blanks",
        "picks",
    ],
}


def there_and_back(name: str, asked: Asked) -> Asked:
    report = Report(name, "file")
    if name == "qti":
        return qti.read(qti_write.write("quiz", [asked], report), report)[0]
    module: Any = {"gift": gift, "jupyterquiz": jupyterquiz}[name]
    return module.read(module.write([asked], report), report)[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("name", "cell"), [(n, c) for n, cells in FORMATS.items() for c in cells])
def test_a_question_comes_back_as_it_went(name: str, cell: str) -> None:
    asked, lost = of(parse(CELLS[cell]))
    assert asked is not None
    assert lost == []
    back = there_and_back(name, asked)
    meant = replace(asked, where=back.where, points=asked.points if name == "qti" else 0)
    assert sorted(map(repr, back.choices)) == sorted(map(repr, meant.choices))
    assert replace(back, choices=()) == replace(meant, choices=())


@pytest.mark.parametrize("cell", CELLS)
def test_a_question_is_written_as_a_cell_that_reads_the_same(cell: str) -> None:
    asked, _ = of(parse(CELLS[cell]))
    assert asked is not None
    source, changed = written(asked)
    again, _ = of(parse(source))
    assert again == asked
    assert changed == []


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_lists_what_the_format_can_not_say(name: str, tmp_path: Path) -> None:
    items = [
        parse(CELLS["single"] + "hint: think of five"),
        parse("%%quiz steps\nOrder these.\n1. one\n2. two"),
        parse("%%quiz off\n{n} plus one?\nlet n = 1..5\n= {n} + 1"),
        parse("%%quiz open mode=must-correct\nWhich?\n- [x] a\n- [ ] b"),
        parse("%%quiz gap\nA [[loop]] repeats."),
    ]
    report = give("cleaning", items, name, tmp_path / "out")
    lost = said(report, "lost")
    assert "robust: the hint: think of five" in lost
    assert "steps: there is no question of kind ordering in other formats" in lost
    assert "off: its numbers vary" in lost
    assert "open: mode must-correct" in lost
    assert ("gap: " in lost) == (name != "qti")
    assert {note.where for note in report.notes if note.what == "taken"} == {
        "robust",
        "open",
        *(["gap"] if name == "qti" else []),
    }


def test_an_export_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(Invalid, match="something there already"):
        give("cleaning", [parse(CELLS["single"])], "gift", tmp_path / "out")
    assert (tmp_path / "out").read_text() == "mine"


def test_an_export_of_nothing_that_can_be_said_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="no question of kind ordering"):
        give("cleaning", [parse("%%quiz steps\nOrder.\n1. one\n2. two")], "gift", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_is_the_same_every_time(tmp_path: Path) -> None:
    items = [parse(CELLS["single"])]
    give("cleaning", items, "qti", tmp_path / "one")
    give("cleaning", items, "qti", tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
