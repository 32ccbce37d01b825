r"""Moodle's GIFT, after https://docs.moodle.org/en/GIFT_format.

// a comment
::name::[markdown]Which summary resists one large salary? {
  =median#half of them lie below
  ~mean#pulled by every value
  ####what is said to everybody
}

Of the parsers on PyPI none gives a line to a mistake, and none reads every kind, so this one is ours.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from course.errors import Invalid
from course.interchange.asked import Asked, Choice, named
from course.interchange.markup import markdown
from course.interchange.report import Report
from course.interchange.weights import weighed
from course.questions.number import span
from course.questions.vary import written

_SPECIAL = "~=#{}:"
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
_TAG = re.compile(r"\[(?:id|tag):[^\]]*\]")
_NAME = re.compile(r"::(.*?)::", re.DOTALL)
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{1,8})?)%")
_TRUTH = re.compile(r"(T|TRUE|F|FALSE)\s*(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_HELD = 0xE000
"""Where escaped characters wait meanwhile: code points that no language uses."""


def read(text: str, report: Report) -> list[Asked]:
    """Read questions; what is only text, or can't be read, is in the report.

    Raises:
        Invalid: when the braces of a question don't match, with its line.
    """
    found, taken = list[Asked](), dict[str, int]()
    for line, block in _blocks(text, report):
        where = f"{report.file}, line {line}"
        try:
            asked = _question(block, where, report)
        except ValueError as error:
            report.lost(where, f"the question can't be read: {error}")
            continue
        if asked is not None:
            found.append(named(asked, asked.name, taken))
    return found


def _blocks(text: str, report: Report) -> list[tuple[int, str]]:
    """Return line and text of each question, escaped characters held; comments are left out."""
    blocks: list[tuple[int, list[str]]] = []
    gap, depth = True, 0
    for number, raw in enumerate(text.splitlines(), start=1):
        line = re.sub(rf"\\([{_SPECIAL}\\])", lambda m: chr(_HELD + ord(m[1])), raw)
        if line.lstrip().startswith("//"):
            continue
        if line.strip().startswith("$CATEGORY:"):
            report.lost(
                f"{report.file}, line {number}", f"the category {line.strip()[10:].strip()}"
            )
            gap = True
        elif not line.strip():
            gap = gap or depth <= 0
        else:
            if gap:
                blocks.append((number, []))
                depth = 0
            depth += line.count("{") - line.count("}")
            blocks[-1][1].append(line)
            gap = False
    for number, lines in blocks:
        if _depth(lines):
            raise Invalid(
                "the braces of a question don't match", where=f"{report.file}, line {number}",
                expected="one { and one } around the answers", found=_free(lines[0])[:60],
                hint=r"write a brace of the text itself as \{ or \}",
            )  # fmt: skip
    return [(number, "\n".join(lines)) for number, lines in blocks]


def _depth(lines: list[str]) -> int:
    whole = "\n".join(lines)
    return whole.count("{") - whole.count("}")


def _free(text: str) -> str:
    r"""Return text with what was escaped, and ``\n`` as the end of a line."""
    kept = text.replace("\\n", "\n")
    return "".join(
        chr(ord(c) - _HELD) if _HELD <= ord(c) < _HELD + 128 else c
        for c in kept  # ASCII
    ).strip()


def _question(block: str, where: str, report: Report) -> Asked | None:
    rest = _TAG.sub("", block).strip()
    match = _NAME.match(rest)
    name = _free(match[1]) if match else ""
    rest = rest[match.end() :].strip() if match else rest
    markup = _FORMAT.match(rest)
    kind = markup[1] if markup else "moodle"
    rest = rest[markup.end() :] if markup else rest
    before, brace, after = rest.partition("{")
    if not brace:
        report.lost(where, f"a text without a question: {_free(rest)[:60]}")
        return None
    answers, _, tail = after.partition("}")
    if "{" in tail:
        raise ValueError("it has a second pair of braces, which GIFT allows only once")
    answers, _, general = answers.partition("####")
    prompt = _shown(before, kind)
    if tail.strip():
        prompt = f"{prompt} _____ {_shown(tail, kind)}"
    base = Asked(name, "", prompt, where=where)
    asked = _answered(base, answers.strip(), kind, report)
    if general.strip():
        asked = _told_to_all(asked, _shown(general, kind), report)
    return asked


def _shown(text: str, kind: str) -> str:
    freed = _free(text)
    return markdown(freed) if kind in ("html", "moodle") else freed


def _told_to_all(asked: Asked, said: str, report: Report) -> Asked:
    """Give general feedback to those right answers that say nothing themselves."""
    choices = tuple(replace(c, why=said) if c.right and not c.why else c for c in asked.choices)
    if choices == asked.choices:
        report.lost(asked.where, f"what is said to everybody: {said}")
    else:
        report.changed(asked.where, "what was said to everybody is said to right answers")
    return replace(asked, choices=choices)


def _answered(base: Asked, answers: str, kind: str, report: Report) -> Asked:
    truth = _TRUTH.fullmatch(answers)
    if not answers:
        return replace(base, kind="words")
    if truth:
        return replace(base, kind="single", choices=_truth(truth, kind))
    if answers.startswith("#"):
        return _numeric(base, answers[1:].strip(), kind, report)
    entries = _entries(answers)
    if not entries:
        raise ValueError("no answer begins with = or ~")
    if all(sign == "=" and "->" in text for sign, _, text, _ in entries):
        return replace(base, kind="matching", choices=_pairs(entries, kind), credit="each")
    if all(sign == "=" for sign, *_ in entries):
        if any(weight not in (None, 0.0, 100.0) for _, weight, _, _ in entries):
            report.changed(base.where, "answers that earned a part are right now")
        texts = (Choice(_free(text), weight != 0, _shown(why, kind)) for _, weight, text, why in entries)  # fmt: skip
        return replace(base, kind="text", choices=tuple(texts))
    choices = [
        (Choice(_shown(text, kind), why=_shown(why, kind)),
         100.0 if sign == "=" and weight is None else weight or 0.0)
        for sign, weight, text, why in entries
    ]  # fmt: skip
    return weighed(base, choices, report, many=all(sign == "~" for sign, *_ in entries))


def _truth(match: re.Match[str], kind: str) -> tuple[Choice, ...]:
    """Return the two options; the first feedback is for a wrong answer, the second for a right one."""
    right = match[1].upper().startswith("T")
    wrong_why, _, right_why = (match[2] or "").partition("#")
    why = {True: _shown(right_why, kind), False: _shown(wrong_why, kind)}
    return Choice("True", right, why[right]), Choice("False", not right, why[not right])


def _entries(answers: str) -> list[tuple[str, float | None, str, str]]:
    """Return sign, weight in percent, text and feedback of each answer."""
    found = []
    for sign, entry in re.findall(r"([=~])([^=~]*)", answers):
        text, _, why = entry.partition("#")
        match = _WEIGHT.match(text.strip())
        weight = float(match[1]) if match else None
        found.append((sign, weight, _WEIGHT.sub("", text.strip(), count=1) if match else text, why))
    return found


def _pairs(entries: list[tuple[str, float | None, str, str]], kind: str) -> tuple[Choice, ...]:
    made = []
    for _, _, text, why in entries:
        left, _, right = text.partition("->")
        made.append(Choice(_shown(right, kind), why=_shown(why, kind), left=_shown(left, kind)))
    return tuple(made)


def _numeric(base: Asked, answers: str, kind: str, report: Report) -> Asked:
    if not answers.startswith(("=", "~")):
        answers = f"={answers}"
    choices = []
    for sign, weight, text, why in _entries(answers):
        if sign == "~" and not text.strip():
            report.lost(base.where, f"what is said to any other answer: {_shown(why, kind)}")
            continue
        if sign == "=" and weight not in (None, 0.0, 100.0):
            report.changed(base.where, f"{text.strip()} earned {weight:g} % and is right now")
        choices.append(Choice(_rule(text.strip()), sign == "=" and weight != 0, _shown(why, kind)))
    return replace(base, kind="number", choices=tuple(choices))


def _rule(text: str) -> str:
    low, dots, high = text.partition("..")
    middle, _, off = text.partition(":")
    parts = [low, high] if dots else [middle, *([off] if off else [])]
    if not all(_NUMBER.fullmatch(part.strip()) for part in parts):
        raise ValueError(f"'{_free(text)}' is no number, no 'number:tolerance' and no 'low..high'")
    parts = [f"{part.strip().lstrip('+')}" for part in parts]
    if dots:
        return "..".join(parts)
    return parts[0] if len(parts) == 1 or not float(parts[1]) else " +- ".join(parts)


def write(questions: Sequence[Asked], report: Report) -> str:
    """Return questions in GIFT; what it can't say is in the report."""
    made = []
    for asked in questions:
        answers = _written(asked, report)
        if answers is None:
            report.lost(asked.name, f"GIFT has no question of kind {asked.kind}")
            continue
        made.append(f"::{asked.name}::[markdown]{_held(asked.prompt)} {{\n{answers}}}\n")
        report.taken(asked.name, asked.kind)
        if asked.points:
            report.lost(asked.name, f"its {asked.points:g} points; set them in Moodle")
        for hint in asked.hints:
            report.lost(asked.name, f"the hint: {hint}")
    return "\n".join(made)


def _held(text: str) -> str:
    escaped = re.sub(rf"([{_SPECIAL}\\])", r"\\\1", text)
    return escaped.replace("\n", "\\n")


def _said(choice: Choice) -> str:
    return f"#{_held(choice.why)}" if choice.why else ""


def _written(asked: Asked, report: Report) -> str | None:
    """Return what stands between the braces; None for a kind that GIFT doesn't have."""
    write_kind = _WRITERS.get(asked.kind)
    if write_kind is None:
        return None
    for what, there in (("what is said to its pairs", asked.kind == "matching" and any(c.why for c in asked.choices)),
                        ("the model answer", asked.model), (f"the unit {asked.unit}", asked.unit),
                        ("that capital letters matter", asked.case)):  # fmt: skip
        if there:
            report.lost(asked.name, what)
    if asked.kind in ("multiple", "matching") and asked.credit != "each":
        report.changed(asked.name, "earns parts of its points in Moodle")
    start = "#\n" if asked.kind == "number" else ""
    return start + "".join(f"  {line}\n" for line in write_kind(asked))


def _options(asked: Asked) -> list[str]:
    right = sum(choice.right for choice in asked.choices)
    wrong = max(len(asked.choices) - right, 1)
    lines = []
    for choice in asked.choices:
        sign = "=" if choice.right else "~"
        if asked.kind == "multiple":  # wrong ones cost what right ones earn together
            sign = f"~%{100 / right:.5g}%" if choice.right else f"~%{-100 / wrong:.5g}%"
        lines.append(f"{sign}{_held(choice.text)}{_said(choice)}")
    return lines


def _texts(asked: Asked) -> list[str]:
    return [f"={'' if c.right else '%0%'}{_held(c.text)}{_said(c)}" for c in asked.choices]


def _arrows(asked: Asked) -> list[str]:
    return [f"={_held(c.left)} -> {_held(c.text)}" for c in asked.choices]


def _number(choice: Choice) -> str:
    low, high = span(choice.text, {})
    weight = "" if choice.right else "%0%"
    if ".." in choice.text:
        return f"={weight}{written(low)}..{written(high)}{_said(choice)}"
    off = written((high - low) / 2)
    return f"={weight}{written((low + high) / 2)}:{off}{_said(choice)}"


_WRITERS: dict[str, Callable[[Asked], list[str]]] = {
    "single": _options, "multiple": _options, "text": _texts, "matching": _arrows,
    "number": lambda asked: [_number(choice) for choice in asked.choices], "words": lambda _: [],
}  # fmt: skip
