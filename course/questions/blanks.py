"""Fill in the blanks: typed or chosen, in prose or in code."""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from course.questions import pattern
from course.questions.form import shown
from course.questions.item import (
    Answer,
    Item,
    MalformedAnswerError,
    Option,
    Problem,
    Result,
    shuffled,
    strings,
)
from course.questions.number import read, span
from course.questions.vary import Values, filled, values, written

SIZE = 12
"""Letters that a blank shows; the same for all, so that it tells nothing of the answer."""
_BLANK = re.compile(r"\[\[(\d+)\]\]")
_NUMBER = re.compile(r"=(?:\s|-?[\d({])")
_FENCE = re.compile(r"^```[^\n]*\n(?P<code>.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


class Blanks:
    """A text with numbered blanks, ``[[1]]`` and so on once it is read.

    A blank has options to choose from, or rules for what is typed: texts, patterns, or numbers
    that begin with ``= ``. Rules of no blank are known wrong answers to any of them.
    ``credit=each`` gives the share of the blanks that are right.
    """

    settings: Sequence[str] = ("credit", "case", "size")
    parts: Sequence[str] = ("blank", "wrong rule")

    def check(self, item: Item) -> list[str]:
        problems: list[str] = []
        if not _BLANK.search(item.prompt):
            problems.append("there is no blank; write one as [[median|middle value]]")
        if not item.setting("size", "1").isdecimal():
            problems.append(f"size={item.setting('size')} is not a number of letters")
        for number in range(1, _count(item) + 1):
            options = [option for option in item.options if option.group == str(number)]
            right = sum(option.right for option in options)
            if options and (len(options) < 2 or right != 1):  # noqa: PLR2004  a choice
                problems.append(Problem(
                    f"blank {number} needs two choices at least, one of them right: [[(x) a ( ) b]]",
                    options[0].line,
                ))  # fmt: skip
        for rule in item.rules:
            try:
                said = pattern.problem(rule.text)
                if _NUMBER.match(rule.text):
                    span(rule.text[1:], values(item, 0))
            except ValueError as error:
                said = str(error)
            problems += [Problem(said, rule.line)] if said else []
            if rule.right and all(map(pattern.is_pattern, _rules(item, rule.blank))):
                problems.append(Problem(
                    f"blank {rule.blank} has a pattern alone; put a plain answer first, as the solution: "
                    f"[[answer|{rule.text}]]", rule.line,
                ))  # fmt: skip
        return problems

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        known = values(item, seed)
        before, text, code = _split(item.prompt)
        parts: list[Any] = []
        for place, piece in enumerate(_BLANK.split(text)):
            if place % 2 == 0:
                parts += [filled(piece, known)] if piece else []
                continue
            options = [option for option in item.options if option.group == piece]
            choices = [filled(option.text, known) for option in shuffled(options, seed)]
            about = (
                {"choices": choices} if choices else {"size": int(item.setting("size", str(SIZE)))}
            )
            parts.append({"blank": int(piece) - 1, **about})
        made = shown(item, seed, "blanks", parts=parts, code=code)
        return made | {"prompt": filled(before, known)}

    def parse(self, item: Item, raw: object) -> Answer:
        count = _count(item)
        given = strings(raw, count, "Fill in every blank.")
        if len(given) != count or not any(each.strip() for each in given):
            raise MalformedAnswerError("Fill in the blanks first.")
        return tuple(pattern.line(each) for each in given)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        known = values(item, seed)
        results = [
            _judge(item, number, given, known) for number, given in enumerate(answer, start=1)
        ]
        share = sum(right for right, _ in results) / len(results)
        whole = share == 1 or item.setting("credit") == "each"
        reasons = tuple(
            (given or "…", filled(why, known) or ("" if right else f"Blank {number} is not right."))
            for number, (given, (right, why)) in enumerate(
                zip(answer, results, strict=True), start=1
            )
        )
        return Result(round(share, 6) if whole else 0.0, reasons)

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        known = values(item, seed)
        right = [_right(item, number, known) for number in range(1, _count(item) + 1)]
        others = ("something else", "-987654321", "zzz")
        wrong = [
            next((o for o in others if not _judge(item, number, o, known)[0]), others[0])
            for number in range(1, _count(item) + 1)
        ]
        found = {"correct": right, "wrong": wrong, "malformed": [""] * len(right)}
        return found | ({"partly": [*right[:-1], wrong[-1]]} if right[1:] else {})


def _count(item: Item) -> int:
    return len(_BLANK.findall(item.prompt))


def _split(prompt: str) -> tuple[str, str, bool]:
    """Return the text before the blanks, the text with them, and whether that is code."""
    for fence in _FENCE.finditer(prompt):
        if _BLANK.search(fence["code"]):
            around = f"{prompt[: fence.start()].strip()}\n\n{prompt[fence.end() :].strip()}"
            return around.strip(), fence["code"].rstrip("\n"), True
    paragraphs = prompt.split("\n\n")
    first = next((n for n, text in enumerate(paragraphs) if _BLANK.search(text)), len(paragraphs))
    before = "\n\n".join(paragraphs[:first])
    return before or "Fill in the blanks.", "\n\n".join(paragraphs[first:]), False


def _rules(item: Item, blank: int) -> list[str]:
    return [rule.text for rule in item.rules if rule.right and rule.blank == blank]


def _judge(item: Item, number: int, given: str, known: Values) -> tuple[bool, str]:
    """Tell whether what stands in a blank is right, and what is to be said to it."""
    case = item.setting("case") == "keep"
    for option in item.options:
        if option.group == str(number) and pattern.fits(option.text, given, known, case=True):
            return option.right, option.why
    for rule in sorted(item.rules, key=lambda rule: not rule.right):
        if rule.blank in (0, number) and _fits(rule.text, given, known, case=case):
            return rule.right, rule.why
    return False, ""


def _fits(rule: str, given: str, known: Values, *, case: bool) -> bool:
    if not _NUMBER.match(rule):
        return pattern.fits(rule, given, known, case=case)
    try:
        number, rest = read(given)
    except MalformedAnswerError:
        return False
    low, high = span(rule[1:], known)
    return not rest and low <= Fraction(number) <= high


def _right(item: Item, number: int, known: Values) -> str:
    options: list[Option] = [o for o in item.options if o.group == str(number) and o.right]
    if options:
        return filled(options[0].text, known)
    rule = next(text for text in _rules(item, number) if not pattern.is_pattern(text))
    if _NUMBER.match(rule):
        low, high = span(rule[1:], known)
        return written((low + high) / 2)
    return filled(rule, known)
