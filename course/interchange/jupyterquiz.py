"""jupyterquiz's JSON, after the schemas in its repository (version 2.9).

A range of numbers is half open there, [a, b), and closed here.
"""

import json
import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from course.errors import Invalid
from course.interchange.asked import Asked, Choice, named
from course.interchange.report import Report
from course.questions.number import span

_KNOWN = {
    "question", "type", "answers", "code", "precision", "name", "answer_cols", "input_width", "topic"
}  # fmt: skip


def read(text: str, report: Report) -> list[Asked]:
    """Read questions; what can't be read is in the report.

    Raises:
        Invalid: when the text is not a list of questions.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise Invalid("this is not JSON", where=f"{report.file}, line {line}", found=str(error),
                      hint="check the brackets and commas there") from error  # fmt: skip
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        raise Invalid("this is not a quiz of jupyterquiz", where=report.file,
                      expected="a JSON list of questions, each with question, type and answers")  # fmt: skip
    found, taken = list[Asked](), dict[str, int]()
    for number, entry in enumerate(data, start=1):
        where = f"{report.file}, question {number}"
        try:
            asked = _question(entry, where, report)
        except (KeyError, TypeError, ValueError, ArithmeticError) as error:
            said = f"'{error.args[0]}' is missing" if isinstance(error, KeyError) else str(error)
            report.lost(where, f"the question can't be read: {said}")
            continue
        if asked is not None:
            found.append(named(asked, str(entry.get("name", "")), taken))
        for key in sorted(set(entry) - _KNOWN):
            report.lost(where, f"'{key}', which is not known here")
    return found


def _question(entry: dict[str, Any], where: str, report: Report) -> Asked | None:
    prompt, answers = _text(entry["question"]), entry["answers"]
    if entry.get("code"):
        prompt += f"\n\n```python\n{_text(entry['code'])}\n```"
    if not isinstance(answers, list) or not all(isinstance(each, dict) for each in answers):
        raise ValueError("'answers' is not a list of objects")
    kind = entry.get("type", "")
    if kind in ("multiple_choice", "many_choice"):
        return _choices(kind, prompt, answers, where, report)
    if kind not in ("numeric", "string"):
        report.lost(where, f"a question of type '{kind}', which is not known here")
        return None
    for each in answers:
        if each.get("type") == "default":
            report.lost(where, f"what is said to any other answer: {each.get('feedback', '')}")
    answers = [each for each in answers if each.get("type") != "default"]
    if kind == "string":
        return _strings(prompt, answers, where, report)
    off = f" +- {Decimal(5).scaleb(-int(entry['precision']) - 1):f}" if "precision" in entry else ""
    numbers = tuple(_number(each, off, where, report) for each in answers)
    return Asked("", "number", prompt, numbers, where=where)


def _choices(
    kind: str, prompt: str, answers: list[dict[str, Any]], where: str, report: Report
) -> Asked:
    choices = tuple(_option(each) for each in answers)
    name = "single" if kind == "multiple_choice" else "multiple"
    if name == "single" and sum(each.right for each in choices) > 1:
        name = "multiple"
        report.changed(where, "several answers are right, so that several can be chosen")
    return Asked("", name, prompt, choices, where=where)


def _strings(prompt: str, answers: list[dict[str, Any]], where: str, report: Report) -> Asked:
    cases = {bool(each.get("match_case")) for each in answers}
    if len(cases) > 1:
        report.changed(where, "capital letters matter for all of its answers now")
    for each in answers:
        if each.get("fuzzy_threshold"):
            report.changed(
                where, f"'{each.get('answer')}' must be written exactly; it was compared fuzzily"
            )
    choices = tuple(
        Choice(_text(each["answer"]), _right(each), _text(each.get("feedback", "")))
        for each in answers
    )
    return Asked("", "text", prompt, choices, case=True in cases, where=where)


def _text(value: object) -> str:
    if not isinstance(value, str | int | float):
        raise TypeError(f"text was expected, found {type(value).__name__}")
    return str(value)


def _right(answer: dict[str, Any]) -> bool:
    return answer.get("correct") is True


def _option(answer: dict[str, Any]) -> Choice:
    text = _text(answer.get("answer", ""))
    if answer.get("code"):
        code = " ".join(_text(answer["code"]).split())
        text = f"{text} `{code}`".strip()
    return Choice(text, _right(answer), _text(answer.get("feedback", "")))


def _number(answer: dict[str, Any], off: str, where: str, report: Report) -> Choice:
    why = _text(answer.get("feedback", ""))
    if answer.get("type") == "range":
        low, high = (Decimal(str(end)) for end in answer["range"])
        report.changed(where, f"the range up to {high} includes {high} now")
        return Choice(f"{low:f}..{high:f}", _right(answer), why)
    value = Decimal(str(answer["value"]))
    return Choice(f"{value:f}{off if _right(answer) else ''}", _right(answer), why)


def write(questions: Sequence[Asked], report: Report) -> str:
    """Return questions as jupyterquiz's JSON; what it can't say is in the report."""
    made = []
    for asked in questions:
        entry = _entry(asked, report)
        if entry is not None:
            made.append(entry)
            report.taken(asked.name, asked.kind)
            if asked.points:
                report.lost(asked.name, f"its {asked.points:g} points; jupyterquiz is practice, and its key can be read")  # fmt: skip
            for hint in asked.hints:
                report.lost(asked.name, f"the hint: {hint}")
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _entry(asked: Asked, report: Report) -> dict[str, Any] | None:
    prompt, code = _split(asked.prompt)
    common: dict[str, Any] = {"name": asked.name, "question": prompt}
    common |= {"code": code} if code else {}

    def said(choice: Choice) -> dict[str, Any]:
        return {"correct": choice.right} | ({"feedback": choice.why} if choice.why else {})

    if asked.credit:
        report.lost(asked.name, "parts of the points for parts of the answer")
    if asked.kind in ("single", "multiple"):
        kind = "multiple_choice" if asked.kind == "single" else "many_choice"
        answers = [{"answer": each.text, **said(each)} for each in asked.choices]
        return {**common, "type": kind, "answers": answers}
    if asked.kind == "text":
        answers = [{"answer": each.text, **said(each), "match_case": asked.case} for each in asked.choices]  # fmt: skip
        return {**common, "type": "string", "answers": answers}
    if asked.kind == "number":
        if asked.unit:
            report.changed(asked.name, f"the unit {asked.unit} stands in the question")
            common["question"] += f" (in {asked.unit})"
        return {**common, "type": "numeric", "answers": [_value(each) | said(each) for each in asked.choices]}  # fmt: skip
    report.lost(asked.name, f"jupyterquiz has no question of kind {asked.kind}")
    return None


def _split(prompt: str) -> tuple[str, str]:
    """Return a prompt's text and the block of Python that it ends with, if it does."""
    match = re.fullmatch(r"(.*?)\n+```python\n(.*?)\n```", prompt, re.DOTALL)
    return (match[1].strip(), match[2]) if match and "```" not in match[1] else (prompt, "")


def _value(choice: Choice) -> dict[str, Any]:
    low, high = span(choice.text, {})
    if low == high:
        return {"type": "value", "value": _plain(low)}
    return {"type": "range", "range": [_plain(low), _plain(high)]}


def _plain(number: Fraction) -> int | float:
    return int(number) if number.denominator == 1 else float(number)
