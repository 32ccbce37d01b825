"""Moodle's XML, after https://docs.moodle.org/en/Moodle_XML_format."""

import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree.ElementTree import Element

from course.errors import Invalid
from course.interchange import tree
from course.interchange.asked import Asked, Choice, named
from course.interchange.markup import markdown
from course.interchange.report import Report
from course.interchange.weights import weighed

_LEFT = {"file": "a file in it", "tags": "its tags", "idnumber": "its id number"}


def read(text: bytes, report: Report) -> list[Asked]:
    """Read questions; what is of another kind is in the report.

    Raises:
        Invalid: when the text is not Moodle's XML, with the line.
        Refused: when it is hostile XML.
    """
    root = tree.parse(text, report.file)
    if root.tag != "quiz":
        raise Invalid("this is not Moodle's XML", where=report.file, expected="<quiz>", found=f"<{root.tag}>")  # fmt: skip
    found, taken = list[Asked](), dict[str, int]()
    for element in root:
        kind, where = element.get("type", ""), f"{report.file}, line {tree.line(element)}"
        if kind == "category":
            report.lost(where, f"the category {tree.text(element, 'category/text')}")
            continue
        name = tree.text(element, "name/text")
        if element.tag != "question" or kind not in _KINDS:
            report.lost(where, f"'{name}': a question of type '{kind or element.tag}', which is not known here")  # fmt: skip
            continue
        try:
            asked = _question(element, _KINDS[kind], where, report)
        except ValueError as error:
            report.lost(where, f"'{name}' can't be read: {error}")
            continue
        found.append(named(asked, name, taken))
    return found


_Read = Callable[[Element, Asked, Report], Asked]


def _question(element: Element, read_kind: _Read, where: str, report: Report) -> Asked:
    hints = tuple(shown for hint in element.findall("hint") if (shown := _shown(hint)))
    points = tree.number(tree.text(element, "defaultgrade", "1"), "defaultgrade")
    base = Asked("", "", _shown(element.find("questiontext")), points=float(points), hints=hints, where=where)  # fmt: skip
    asked = read_kind(element, base, report)
    general = _shown(element.find("generalfeedback"))
    if general:
        choices = tuple(replace(c, why=general) if c.right and not c.why else c for c in asked.choices)  # fmt: skip
        if choices == asked.choices:
            report.lost(where, f"what is said to everybody: {general}")
        else:
            report.changed(where, "what was said to everybody is said to right answers")
        asked = replace(asked, choices=choices)
    for tag, what in _LEFT.items():
        if any(tree.text(each) for each in element.iter(tag)):
            report.lost(where, what)
    if tree.number(tree.text(element, "penalty", "0"), "penalty") and hints:
        report.lost(where, "the penalty for another try")
    return asked


def _shown(element: Element | None) -> str:
    if element is None:
        return ""
    text = tree.text(element, "text")
    return text if element.get("format") in ("markdown", "plain_text") else markdown(text)


def _weight(answer: Element) -> float:
    return float(tree.number(answer.get("fraction", "0"), "fraction"))


def _why(answer: Element) -> str:
    return _shown(answer.find("feedback"))


def _choice(element: Element, base: Asked, report: Report) -> Asked:
    answers = [
        (Choice(_shown(answer), why=_why(answer)), _weight(answer))
        for answer in element.findall("answer")
    ]
    many = tree.text(element, "single", "true") in ("false", "0")
    if tree.text(element, "shuffleanswers", "1") in ("0", "false"):
        report.changed(base.where, "its options are shuffled now")
    return weighed(base, answers, report, many=many)


def _truth(element: Element, base: Asked, report: Report) -> Asked:  # noqa: ARG001  as every kind
    choices = tuple(
        Choice(tree.text(answer, "text").capitalize(), _weight(answer) > 0, _why(answer))
        for answer in element.findall("answer")
    )
    return replace(base, kind="single", choices=choices)


def _short(element: Element, base: Asked, report: Report) -> Asked:
    choices = []
    for answer in element.findall("answer"):
        text, weight = tree.text(answer, "text"), _weight(answer)
        if "*" in re.sub(r"\\\*", "", text):
            said = f"; it said: {_why(answer)}" if _why(answer) else ""
            report.lost(base.where, f"the answer '{text}', in which * stands for anything{said}")
            continue
        if 0 < weight < 100:  # noqa: PLR2004  percent
            report.changed(base.where, f"'{text}' earned {weight:g} % and is right now")
        choices.append(Choice(text.replace(r"\*", "*"), weight > 0, _why(answer)))
    case = tree.text(element, "usecase") == "1"
    return replace(base, kind="text", choices=tuple(choices), case=case)


def _numeric(element: Element, base: Asked, report: Report) -> Asked:
    choices = []
    for answer in element.findall("answer"):
        text, weight = tree.text(answer, "text"), _weight(answer)
        if text == "*":
            report.lost(base.where, f"what is said to any other answer: {_why(answer)}")
            continue
        if 0 < weight < 100:  # noqa: PLR2004  percent
            report.changed(base.where, f"{text} earned {weight:g} % and is right now")
        off = tree.number(tree.text(answer, "tolerance", "0") or "0", "tolerance")
        rule = f"{tree.number(text, 'the answer'):f}" + (f" +- {off:f}" if off else "")
        choices.append(Choice(rule, weight > 0, _why(answer)))
    names = [tree.text(unit, "unit_name") for unit in element.iter("unit")]
    if len(names) > 1:
        report.lost(base.where, f"the units {', '.join(names[1:])}")
    return replace(base, kind="number", choices=tuple(choices), unit=names[0] if names else "")


def _matching(element: Element, base: Asked, report: Report) -> Asked:  # noqa: ARG001  as every kind
    pairs = tuple(
        Choice(tree.text(pair, "answer/text"), left=_shown(pair))
        for pair in element.findall("subquestion")
    )
    return replace(base, kind="matching", choices=pairs, credit="each")


def _essay(element: Element, base: Asked, report: Report) -> Asked:
    info = _shown(element.find("graderinfo"))
    if tree.text(element, "responsetemplate/text") or tree.text(element, "responsetemplate"):
        report.lost(base.where, "the text that the answer begins with")
    if info:
        report.changed(base.where, "the information for graders is the model answer")
    return replace(base, kind="words", model=info)


_KINDS: dict[str, _Read] = {
    "multichoice": _choice, "truefalse": _truth, "shortanswer": _short, "numerical": _numeric,
    "matching": _matching, "essay": _essay,
}  # fmt: skip
