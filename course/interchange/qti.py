"""QTI 1.2 as Canvas and Common Cartridge write it: reading. `course.interchange.qti_write` writes.

After the IMS QTI 1.2 ASI specification, and what Canvas exports in ``question_type``. Where that is
missing, the kind is seen from the responses.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from xml.etree.ElementTree import Element

from course.errors import Invalid
from course.interchange import package, tree
from course.interchange.asked import Asked, Choice, named
from course.interchange.markup import markdown
from course.interchange.report import Report
from course.interchange.weights import weighed

_ALL = 99.0
_GENERAL = ("general", "correct_fb")
"""What the feedback is called that is not for one answer."""


def read(data: bytes, report: Report) -> list[Asked]:
    """Read the questions of a package, or of one XML file.

    Raises:
        Invalid: when it can't be read, with the line.
        Refused: when it is hostile.
    """
    zipped = data.startswith(b"PK")
    texts = package.files(data, report) if zipped else iter([("", data)])
    found, taken = list[Asked](), dict[str, int]()
    for name, text in texts:
        place = f"{report.file}, {name}" if name else report.file
        root = tree.parse(text, place)
        if root.tag != "questestinterop":
            if not zipped:
                raise Invalid("this is not QTI 1.2", where=place, expected="<questestinterop>", found=f"<{root.tag}>")  # fmt: skip
            report.lost(place, f"the file, which holds <{root.tag}> and no questions")
            continue
        for item in root.iter("item"):
            where = f"{place}, line {tree.line(item)}"
            try:
                asked = _question(item, where, report)
            except ValueError as error:
                report.lost(where, f"'{item.get('title', '')}' can't be read: {error}")
                continue
            if asked is not None:
                title = item.get("title", "")
                found.append(named(asked, title if title != "Question" else "", taken))  # fmt: skip
    return found


def _question(item: Element, where: str, report: Report) -> Asked | None:
    about = {tree.text(f, "fieldlabel"): tree.text(f, "fieldentry") for f in item.iter("qtimetadatafield")}  # fmt: skip
    kind = about.get("question_type") or _seen(item)
    if kind not in _KINDS:
        report.lost(where, f"'{item.get('title', '')}': a question of type '{kind}', which is not known here")  # fmt: skip
        return None
    points = about.get("points_possible") or about.get("cc_weighting")
    if not points:
        report.changed(where, "it says no points, and has 1 now")
    presentation = item.find("presentation")
    if presentation is None:
        raise ValueError("it has no <presentation>")
    materials = [each for each in presentation.iter("material")
                 if not any(each in list(r.iter("material")) for r in _responses(item))]  # fmt: skip
    prompt = "\n\n".join(filter(None, map(_shown, materials)))
    base = Asked(
        "", "", prompt, points=float(tree.number(points or "1", "points_possible")), where=where
    )
    for source in re.findall(r"\$IMS-CC-FILEBASE\$[^\s\")]*", prompt):
        report.lost(where, f"the file {source} that it shows")
    asked = _KINDS[kind](item, base, report)
    return _told(item, asked, report)


def _responses(item: Element) -> list[Element]:
    return [each for each in item.iter() if each.tag in ("response_lid", "response_str", "response_num")]  # fmt: skip


def _seen(item: Element) -> str:
    """Return Canvas's name for the kind of a question that doesn't say it."""
    responses = _responses(item)
    if not responses:
        return "text_only_question"
    if responses[0].tag == "response_lid":
        many = responses[0].get("rcardinality", "Single").lower() == "multiple"
        return "matching_question" if len(responses) > 1 else (
            "multiple_answers_question" if many else "multiple_choice_question")  # fmt: skip
    kinds = {each.get("fibtype", "").lower() for each in item.iter("render_fib")}
    if responses[0].tag == "response_num" or kinds & {"decimal", "integer"}:
        return "numerical_question"
    return "short_answer_question" if next(item.iter("varequal"), None) is not None else "essay_question"  # fmt: skip


def _shown(material: Element) -> str:
    parts = []
    for text in material.iter("mattext"):
        said = tree.text(text)
        parts.append(said if text.get("texttype") == "text/plain" else markdown(said))
    return "\n\n".join(parts)


def _labels(response: Element) -> dict[str, str]:
    return {label.get("ident", ""): _shown(label) for label in response.iter("response_label")}


def _scores(item: Element) -> list[tuple[Element, float, str]]:
    """Return condition, points in percent, and how they count, of each rule that gives points."""
    found = []
    for rule in item.iter("respcondition"):
        given, condition = rule.find("setvar"), rule.find("conditionvar")
        if given is not None and condition is not None:
            found.append((condition, float(tree.number(tree.text(given) or "0", "setvar")), given.get("action", "Set")))  # fmt: skip
    return found


def _texts(item: Element) -> dict[str, str]:
    """Return what may be said to answers, by its ident."""
    return {each.get("ident", ""): "\n\n".join(filter(None, map(_shown, each.iter("material"))))
            for each in item.iter("itemfeedback")}  # fmt: skip


def _feedback(item: Element) -> Iterator[tuple[Element, str]]:
    """Yield each condition on which something is said, and what is said."""
    texts = _texts(item)
    for rule in item.iter("respcondition"):
        link, condition = rule.find("displayfeedback"), rule.find("conditionvar")
        if link is None or condition is None or link.get("linkrefid", "").startswith(_GENERAL):
            continue
        if said := texts.get(link.get("linkrefid", "")):
            yield condition, said


def _reasons(item: Element) -> dict[tuple[str, str], str]:
    """Return what is said to an answer, by response and answer."""
    return {(each.get("respident", ""), tree.text(each)): said
            for condition, said in _feedback(item) for each in condition.findall("varequal")}  # fmt: skip


def _told(item: Element, asked: Asked, report: Report) -> Asked:
    """Place the feedback that is for everybody, or for right and wrong answers."""
    said = _texts(item)
    right = "\n\n".join(said[name] for name in ("correct_fb", "general_fb") if said.get(name))
    if right:
        choices = tuple(replace(c, why=right) if c.right and not c.why else c for c in asked.choices)  # fmt: skip
        if choices == asked.choices:
            report.lost(asked.where, f"what is said to everybody: {right}")
        elif "general_fb" in said:
            report.changed(asked.where, "what was said to everybody is said to right answers")
        asked = replace(asked, choices=choices)
    if said.get("general_incorrect_fb"):
        report.lost(
            asked.where, f"what is said to any wrong answer: {said['general_incorrect_fb']}"
        )
    return asked


def _choice(item: Element, base: Asked, report: Report) -> Asked:
    response = _responses(item)[0]
    name, labels, why = response.get("ident", ""), _labels(response), _reasons(item)
    weights = dict.fromkeys(labels, 0.0)
    for condition, given, action in _scores(item):
        for one in [tree.text(each) for each in condition.iter("varequal")]:
            before = weights.get(one, 0.0) if action == "Add" else 0.0
            weights[one] = before + given
    choices = [(Choice(text, why=why.get((name, one), "")), weights[one]) for one, text in labels.items()]  # fmt: skip
    return weighed(base, choices, report, many=False)


def _answers(item: Element, base: Asked, report: Report) -> Asked:
    response = _responses(item)[0]
    name, labels, why = response.get("ident", ""), _labels(response), _reasons(item)
    scores = [(condition, given) for condition, given, _ in _scores(item) if given > 0]
    if len(scores) != 1:
        report.changed(
            base.where, "earned parts of the points by rules of its own; now all or nothing"
        )
    right = set[str]()
    for condition, _ in scores:
        denied = {tree.text(each) for no in condition.iter("not") for each in no.iter("varequal")}
        right |= {tree.text(each) for each in condition.iter("varequal")} - denied
    choices = tuple(Choice(text, one in right, why.get((name, one), "")) for one, text in labels.items())  # fmt: skip
    return replace(base, kind="multiple", choices=choices)


def _short(item: Element, base: Asked, report: Report) -> Asked:
    why, found = _reasons(item), list[Choice]()
    for condition, given, _ in _scores(item):
        for each in condition.iter("varequal"):
            if 0 < given < _ALL:
                report.changed(
                    base.where, f"'{tree.text(each)}' earned {given:g} % and is right now"
                )
            reason = why.get((each.get("respident", ""), tree.text(each)), "")
            found.append(Choice(tree.text(each), given > 0, reason))
    case = any(each.get("case", "No").lower() == "yes" for each in item.iter("varequal"))
    return replace(base, kind="text", choices=tuple(found), case=case)


_Ends = tuple[Decimal, Decimal, Decimal | None]


def _ends(condition: Element) -> _Ends:
    """Return the least and the greatest number that a condition means, and the one that it names."""
    found = {tag: tree.number(tree.text(each), tag) for tag in ("vargte", "vargt", "varlte", "varlt", "varequal")
             if (each := next(condition.iter(tag), None)) is not None}  # fmt: skip
    middle = found.get("varequal")
    low, high = found.get("vargte", found.get("vargt")), found.get("varlte", found.get("varlt"))
    if low is not None and high is not None:
        return low, high, middle
    if middle is None:
        raise ValueError("its numbers have no two ends")
    return middle, middle, middle


def _numeric(item: Element, base: Asked, report: Report) -> Asked:
    said = dict[tuple[Decimal, Decimal], str]()
    for condition, text in _feedback(item):
        if next(condition.iter("other"), None) is None and len(condition):
            low, high, _ = _ends(condition)
            said[low, high] = text
    found = []
    for condition, given, _ in _scores(item):
        low, high, middle = _ends(condition)
        if middle is None and (next(condition.iter("vargt"), None) is not None
                               or next(condition.iter("varlt"), None) is not None):  # fmt: skip
            report.changed(base.where, "the ends of its range are right now")
        rule = f"{low:f}..{high:f}"
        if middle is not None and high - middle == middle - low:
            rule = f"{middle:f} +- {high - middle:f}" if high > low else f"{middle:f}"
        why = said.get((low, high)) or (
            said.get((middle, middle), "") if middle is not None else ""
        )
        found.append(Choice(rule, given > 0, why))
    return replace(base, kind="number", choices=tuple(found))


def _parts(item: Element) -> dict[str, set[str]]:
    """Return the right answers of each response of a question that has several."""
    right: dict[str, set[str]] = {}
    for condition, given, _ in _scores(item):
        for each in condition.iter("varequal") if given > 0 else ():
            right.setdefault(each.get("respident", ""), set()).add(tree.text(each))
    return right


def _matching(item: Element, base: Asked, report: Report) -> Asked:  # noqa: ARG001  as every kind
    right, pairs, others = _parts(item), list[Choice](), dict[str, None]()
    for response in _responses(item):
        labels = _labels(response)
        left = "\n\n".join(map(_shown, response.findall("material")))
        others |= dict.fromkeys(labels.values())
        pairs += [Choice(labels[one], left=left) for one in sorted(right.get(response.get("ident", ""), ())) if one in labels]  # fmt: skip
    spare = [Choice(text) for text in others if text not in {pair.text for pair in pairs}]
    return replace(base, kind="matching", choices=(*pairs, *spare), credit="each")


def _blanks(item: Element, base: Asked, report: Report) -> Asked:
    pick = any(tree.text(f, "fieldentry") == "multiple_dropdowns_question" for f in item.iter("qtimetadatafield"))  # fmt: skip
    right, prompt, found = _parts(item), base.prompt, list[Choice]()
    for number, response in enumerate(_responses(item), start=1):
        name = tree.text(response, "material")
        plain = prompt.replace(f"\\[{name}\\]", f"[{name}]")
        if f"[{name}]" not in plain:
            raise ValueError(f"its text has no [{name}]")
        prompt = plain.replace(f"[{name}]", f" [[{number}]]" if not re.search(rf"(^|\s)\[{re.escape(name)}\]", plain) else f"[[{number}]]", 1)  # fmt: skip
        good = right.get(response.get("ident", ""), set())
        found += [Choice(text, one in good, blank=number, pick=pick)
                  for one, text in _labels(response).items() if pick or one in good]  # fmt: skip
    report.changed(base.where, "its blanks are written into the text")
    return replace(base, kind="blanks", prompt=prompt, choices=tuple(found), credit="each")


def _essay(item: Element, base: Asked, report: Report) -> Asked:  # noqa: ARG001  as every kind
    return replace(base, kind="words")


_KINDS: dict[str, Callable[[Element, Asked, Report], Asked]] = {
    "multiple_choice_question": _choice, "true_false_question": _choice,
    "multiple_answers_question": _answers, "short_answer_question": _short,
    "numerical_question": _numeric, "matching_question": _matching, "essay_question": _essay,
    "fill_in_multiple_blanks_question": _blanks, "multiple_dropdowns_question": _blanks,
}  # fmt: skip
