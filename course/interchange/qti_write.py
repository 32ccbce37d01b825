"""QTI 1.2 as Canvas reads it: a package with one quiz."""

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from course.interchange import package
from course.interchange.asked import Asked, Choice
from course.interchange.markup import as_html
from course.interchange.report import Report
from course.questions.number import span
from course.questions.vary import written

_QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
_CP = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
_TYPES = {
    "single": "multiple_choice_question", "multiple": "multiple_answers_question",
    "text": "short_answer_question", "number": "numerical_question",
    "matching": "matching_question", "words": "essay_question",
}  # fmt: skip


def write(title: str, questions: Sequence[Asked], report: Report) -> bytes:
    """Return questions as a zip file; what QTI can't say is in the report."""
    root = Element("questestinterop", xmlns=_QTI)
    quiz = SubElement(root, "assessment", ident=f"course-{title}", title=title)
    section = SubElement(quiz, "section", ident="root_section")
    for asked in questions:
        if not _type(asked):
            report.lost(
                asked.name, "Canvas has no blanks with numbers, or both typed and chosen ones"
            )
            continue
        _item(section, asked)
        report.taken(asked.name, asked.kind)
        _say(asked, report)
    manifest = Element("manifest", xmlns=_CP, identifier=f"course-{title}-package")
    resources = SubElement(manifest, "resources")
    name = f"{title}/{title}.xml"
    resource = SubElement(
        resources, "resource", identifier=f"course-{title}", type="imsqti_xmlv1p2"
    )
    SubElement(resource, "file", href=name)
    return package.packed({"imsmanifest.xml": _text(manifest), name: _text(root)})


def _type(asked: Asked) -> str:
    """Return Canvas's name for a question's kind; empty when it has none."""
    if asked.kind != "blanks":
        return _TYPES[asked.kind]
    blanks = [each for each in asked.choices if each.blank]
    picks = {each.pick for each in blanks}
    if len(picks) != 1 or any(each.text.startswith("=") for each in blanks):
        return ""
    return "multiple_dropdowns_question" if True in picks else "fill_in_multiple_blanks_question"


def _text(root: Element) -> str:
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _say(asked: Asked, report: Report) -> None:
    for hint in asked.hints:
        report.lost(asked.name, f"the hint: {hint}")
    parts = asked.kind in ("matching", "blanks")
    if asked.credit and not parts:
        report.lost(asked.name, "parts of the points for parts of the answer, as written here")
    if parts and not asked.credit:
        report.changed(asked.name, "earns parts of its points in Canvas")
    if parts and any(each.why for each in asked.choices):
        report.lost(asked.name, "what is said to its answers")
    if asked.unit:
        report.changed(asked.name, f"the unit {asked.unit} stands in the question")
    if asked.case:
        report.lost(asked.name, "that capital letters matter; Canvas ignores them")
    if asked.model:
        report.lost(asked.name, "the model answer")


def _item(section: Element, asked: Asked) -> None:
    item = SubElement(section, "item", ident=asked.name, title=asked.name)
    fields = SubElement(SubElement(item, "itemmetadata"), "qtimetadata")
    for label, entry in (
        ("question_type", _type(asked)),
        ("points_possible", f"{asked.points:g}"),
    ):
        both = SubElement(fields, "qtimetadatafield")
        SubElement(both, "fieldlabel").text, SubElement(both, "fieldentry").text = label, entry
    presentation = SubElement(item, "presentation")
    prompt = f"{asked.prompt} (in {asked.unit})" if asked.unit else asked.prompt
    if asked.kind == "blanks":
        prompt = re.sub(r"\[\[(\d+)\]\]", r"[blank\1]", prompt)
    _material(presentation, prompt)
    processing = SubElement(item, "resprocessing")
    SubElement(SubElement(processing, "outcomes"), "decvar",
               maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")  # fmt: skip
    if asked.kind in ("single", "multiple"):
        _choices(presentation, processing, asked)
    elif asked.kind == "blanks":
        _blanks(presentation, processing, asked)
    elif asked.kind == "matching":
        _matching(presentation, processing, asked)
    else:
        _typed(presentation, processing, asked)
    if asked.kind not in ("matching", "blanks", "words"):
        _reasons(item, processing, asked)


def _material(above: Element, text: str) -> None:
    SubElement(SubElement(above, "material"), "mattext", texttype="text/html").text = as_html(text)


def _condition(processing: Element, score: str, action: str = "Set", more: str = "No") -> Element:
    rule = SubElement(processing, "respcondition", {"continue": more})
    condition = SubElement(rule, "conditionvar")
    SubElement(rule, "setvar", action=action, varname="SCORE").text = score
    return condition


def _equal(condition: Element, response: str, value: str) -> None:
    SubElement(condition, "varequal", respident=response).text = value


def _choices(presentation: Element, processing: Element, asked: Asked) -> None:
    many = asked.kind == "multiple"
    response = SubElement(presentation, "response_lid", ident="response1", rcardinality="Multiple" if many else "Single")  # fmt: skip
    shown = SubElement(response, "render_choice")
    condition = _condition(processing, "100")
    both = SubElement(condition, "and") if many else condition
    for number, choice in enumerate(asked.choices, start=1):
        _material(SubElement(shown, "response_label", ident=f"a{number}"), choice.text)
        if choice.right:
            _equal(both, "response1", f"a{number}")
        elif many:
            _equal(SubElement(both, "not"), "response1", f"a{number}")


def _typed(presentation: Element, processing: Element, asked: Asked) -> None:
    response = SubElement(presentation, "response_str", ident="response1", rcardinality="Single")
    kind = {"fibtype": "Decimal"} if asked.kind == "number" else {}
    SubElement(SubElement(response, "render_fib", kind), "response_label", ident="answer1")
    for choice in asked.choices:
        condition = _condition(processing, "100" if choice.right else "0")
        if asked.kind == "text":
            _equal(condition, "response1", choice.text)
            continue
        either = SubElement(condition, "or")
        if ".." not in choice.text:
            low, high = span(choice.text, {})
            _equal(either, "response1", written((low + high) / 2))
        _between(SubElement(either, "and"), choice)


def _between(condition: Element, choice: Choice) -> None:
    low, high = span(choice.text, {})
    SubElement(condition, "vargte", respident="response1").text = written(low)
    SubElement(condition, "varlte", respident="response1").text = written(high)


def _matching(presentation: Element, processing: Element, asked: Asked) -> None:
    texts = list(dict.fromkeys(choice.text for choice in asked.choices))
    pairs = [choice for choice in asked.choices if choice.left]
    for number, pair in enumerate(pairs, start=1):
        response = SubElement(presentation, "response_lid", ident=f"response_{number}")
        _material(response, pair.left)
        shown = SubElement(response, "render_choice")
        for place, text in enumerate(texts, start=1):
            _material(SubElement(shown, "response_label", ident=f"m{place}"), text)
        condition = _condition(processing, f"{100 / len(pairs):.2f}", "Add", "Yes")
        _equal(condition, f"response_{number}", f"m{texts.index(pair.text) + 1}")


def _blanks(presentation: Element, processing: Element, asked: Asked) -> None:
    numbers = sorted({each.blank for each in asked.choices if each.blank})
    for number in numbers:
        response = SubElement(presentation, "response_lid", ident=f"response_blank{number}")
        SubElement(SubElement(response, "material"), "mattext").text = f"blank{number}"
        shown = SubElement(response, "render_choice")
        here = [each for each in asked.choices if each.blank == number]
        for place, choice in enumerate(here, start=1):
            label = SubElement(shown, "response_label", ident=f"b{number}_{place}")
            said = SubElement(SubElement(label, "material"), "mattext", texttype="text/plain")
            said.text = choice.text
            if choice.right:
                condition = _condition(processing, f"{100 / len(numbers):.2f}", "Add", "Yes")
                _equal(condition, f"response_blank{number}", f"b{number}_{place}")


def _reasons(item: Element, processing: Element, asked: Asked) -> None:
    ahead = 1  # after <outcomes>: a rule with continue="No" would end before the feedback
    for number, choice in enumerate(asked.choices, start=1):
        if not choice.why:
            continue
        rule = Element("respcondition", {"continue": "Yes"})
        condition = SubElement(rule, "conditionvar")
        if asked.kind == "number":
            _between(condition, choice)
        else:
            _equal(condition, "response1", choice.text if asked.kind == "text" else f"a{number}")
        SubElement(rule, "displayfeedback", feedbacktype="Response", linkrefid=f"a{number}_fb")
        processing.insert(ahead, rule)
        ahead += 1
        said = SubElement(SubElement(item, "itemfeedback", ident=f"a{number}_fb"), "flow_mat")
        _material(said, choice.why)
