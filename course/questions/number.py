"""A number: with a tolerance, a range, units, significant figures, as people write numbers."""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from course.questions.form import shown
from course.questions.item import Answer, Item, MalformedAnswerError, Problem, Result, Rule, strings
from course.questions.vary import Values, evaluate, filled, values, written

_MOST_LETTERS = 100
_SAME = str.maketrans({
    "\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{MIDDLE DOT}": "x", "\N{MULTIPLICATION SIGN}": "x", "*": "x",
    "\N{NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " ",
})  # fmt: skip
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?(?P<body>[0-9][0-9., '_]*|[.,][0-9]+)"
    r"(?: ?(?:[eE]|x ?10 ?(?:\^|xx) ?)(?P<power>[+-]?[0-9]{1,3})(?![0-9]))?"
    r"(?P<rest>(?:[^0-9].*)?)"
)
_DECIMAL = re.compile(r"[0-9]*\.?[0-9]*")


def read(text: str) -> tuple[str, str]:
    """Return a number as Python writes it, and the unit that follows it in the text.

    A decimal comma is taken, and thousands set apart by spaces, apostrophes, or the sign that is
    not the decimal one. "1,234" can be either, so we ask instead of guessing.

    Raises:
        MalformedAnswerError: with what to write instead.
    """
    match = _NUMBER.fullmatch(" ".join(text.translate(_SAME).split()))
    if len(text) > _MOST_LETTERS or not match:
        raise MalformedAnswerError("Write one number, such as 3.5.")
    body = _one_point(match["body"].rstrip(" "))
    whole, point, decimals = body.partition(".")
    body = f"{whole or '0'}{point if decimals else ''}{decimals}"
    sign = "-" if match["sign"] == "-" else ""
    return sign + body + (f"e{int(match['power'])}" if match["power"] else ""), match[
        "rest"
    ].strip()


def _one_point(body: str) -> str:
    if re.fullmatch(r"[1-9][0-9]{0,2},[0-9]{3}", body):
        plain, point = body.replace(",", ""), body.replace(",", ".")
        raise MalformedAnswerError(f"{body} can mean two numbers. Write {plain} or {point}.")
    for apart, decimal in (("[ '_]", "[.,]"), (",", r"\."), (r"\.", ",")):
        least = 1 if decimal == "[.,]" else 2
        if re.fullmatch(
            rf"[0-9]{{1,3}}(?:{apart}[0-9]{{3}})+{decimal}[0-9]*", body
        ) or re.fullmatch(rf"[0-9]{{1,3}}(?:{apart}[0-9]{{3}}){{{least},}}", body):
            body = re.sub(apart, "", body)
            break
    body = body.replace(",", ".") if body.count(",") == 1 else body
    if not _DECIMAL.fullmatch(body):
        raise MalformedAnswerError("Write one number, such as 3.5; thousands without any sign.")
    return body


def span(text: str, known: Values) -> tuple[Fraction, Fraction]:
    """Return the least and the largest number that an author's rule means.

    Args:
        text: ``42.5``, ``42.5 +- 0.5``, ``42.5 +- 2%`` or ``40..45``, or arithmetic in their place.

    Raises:
        ValueError: with what is wrong, for the author.
    """
    if ".." in text:
        low, high = (evaluate(side, known) for side in text.split("..", 1))
        if low > high:
            raise ValueError(f"'{text}' is no range: it goes up, as in 40..45")
        return low, high
    centre, _, off = text.replace("±", "+-").partition("+-")
    middle = evaluate(centre, known)
    if off.strip().endswith("%"):
        width = abs(middle) * evaluate(off.strip()[:-1], known) / 100
    else:
        width = evaluate(off, known) if off.strip() else Fraction(0)
    if width < 0:
        raise ValueError(f"'{text}' has a tolerance below zero")
    return middle - width, middle + width


def rounded(value: Fraction, figures: int) -> Fraction:
    """Return a number with so many significant figures, halves away from zero."""
    with localcontext(prec=figures, rounding=ROUND_HALF_UP):
        return Fraction(Decimal(value.numerator) / Decimal(value.denominator))


def has_figures(number: str, figures: int) -> bool:
    """Tell whether a number is written with so many significant figures.

    Zeros at the end of a whole number may count or not.
    """
    digits = number.partition("e")[0].lstrip("-")
    plain = digits.replace(".", "").lstrip("0")
    least = len(plain) if "." in digits else len(plain.rstrip("0"))
    return max(least, 1) <= figures <= max(len(plain), 1)


class Number:
    """A number, compared exactly unless the author gives a tolerance.

    ``figures: 3`` also asks for three significant figures; with ``credit=each`` a right number in
    another precision earns half.
    """

    settings: Sequence[str] = ("unit", "units", "figures", "credit")
    parts: Sequence[str] = ("rule", "wrong rule")

    def check(self, item: Item) -> list[str]:
        problems: list[str] = []
        if not any(rule.right for rule in item.rules):
            problems.append("no answer is right; write one such as '= 42.5 +- 0.5'")
        if item.setting("unit") and item.setting("units"):
            problems.append("there are 'unit:' and 'units:'; keep the one that is meant")
        figures = item.setting("figures", "1")
        if not (figures.isdecimal() and 1 <= int(figures) <= 15):  # noqa: PLR2004  a float's figures
            problems.append(f"figures: {figures} is not a number from 1 to 15")
        try:
            _units(item)
        except ValueError as error:
            problems.append(f"units: {error}; write them as in: kg = 1, g = 0.001")
        return problems or list(self._check_rules(item))

    def _check_rules(self, item: Item) -> Iterator[str]:
        known = values(item, 0)
        for rule in item.rules:
            try:
                low, high = span(rule.text, known)
            except ValueError as error:
                yield Problem(str(error), rule.line)
                continue
            endless = low == high and Fraction(written(low)) != low
            if endless and rule.right and not item.setting("figures"):
                yield Problem(
                    f"'{rule.text}' never ends as a decimal number; give a tolerance, as in "
                    f"= {rule.text} +- 0.01, or figures: 3", rule.line,
                )  # fmt: skip

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        units = list(_units(item))
        fields: dict[str, Any] = {"unit": units[0]} if len(units) == 1 else {}
        return shown(item, seed, "number", **({"units": units} if len(units) > 1 else fields))

    def parse(self, item: Item, raw: object) -> Answer:
        given = strings(raw, 2, "Write one number, such as 3.5.")
        if not given or not given[0].strip():
            raise MalformedAnswerError("Write a number first.")
        number, rest = read(given[0])
        units = list(_units(item))
        unit = rest or (given[1] if given[1:] else "")
        if not unit:
            if len(units) > 1:
                raise MalformedAnswerError("Choose a unit.")
            return (number,)
        if unit not in units:
            asked = f"the unit: {', '.join(units)}" if units else "the number alone"
            raise MalformedAnswerError(f"Write {asked}.")
        return (number, unit) if len(units) > 1 else (number,)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        units = _units(item)
        number, said = Fraction(answer[0]), " ".join(answer)
        value = number * (units[answer[1]] if answer[1:] else 1)
        known, figures = values(item, seed), int(item.setting("figures", "0"))
        rule = _rule(item, value, known)
        why = filled(rule.why, known) if rule else ""
        if rule and rule.right and figures and not has_figures(answer[0], figures):
            share = 0.5 if item.setting("credit") == "each" else 0.0
            return Result(share, ((said, f"The value is right; give it to {figures} significant figures."),))  # fmt: skip
        if rule:
            return Result(float(rule.right), ((said, why),))
        others = (_rule(item, number * factor, known) for factor in units.values())
        if len(units) > 1 and any(other and other.right for other in others):
            return Result(0.0, ((said, "The number fits, the unit does not."),))
        return Result(0.0, ((said, ""),))

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        known, figures = values(item, seed), int(item.setting("figures", "0"))
        spans = [span(rule.text, known) for rule in item.rules]
        low, high = next(s for s, rule in zip(spans, item.rules, strict=True) if rule.right)
        middle = (low + high) / 2
        far = 10 * max(abs(side) for pair in spans for side in pair) + 7
        unit = list(_units(item))[:1] if item.setting("units") else []
        found = {"correct": [written(middle), *unit], "wrong": [written(far), *unit],
                 "malformed": ["about ten", *unit]}  # fmt: skip
        if figures:
            exact = Decimal(f"{float(rounded(middle, figures)):.{figures - 1}e}")
            found["correct"] = [f"{exact:f}", *unit]
            found["partly"] = [f"{float(middle):.{figures}e}", *unit]
        return found


def _units(item: Item) -> dict[str, Fraction]:
    """Return the units with their factors to the first, which the rules are given in."""
    if item.setting("unit"):
        return {item.setting("unit"): Fraction(1)}
    found = {}
    for part in item.setting("units").split(",") if item.setting("units") else []:
        name, sign, factor = part.partition("=")
        if not sign or not name.strip() or not evaluate(factor, {}) > 0:
            raise ValueError(f"'{part.strip()}' has no factor")
        found[name.strip()] = evaluate(factor, {})
    if found and next(iter(found.values())) != 1:
        raise ValueError("the first unit is the one that the answers are in, with the factor 1")
    return found


def _rule(item: Item, value: Fraction, known: Values) -> Rule | None:
    """Return the rule that a value meets, a right one first; a wrong one has the tolerance of it."""
    right = [rule for rule in item.rules if rule.right]
    low, high = span(right[0].text, known)
    figures = int(item.setting("figures", "0"))
    for rule in sorted(item.rules, key=lambda rule: not rule.right):
        least, most = span(rule.text, known)
        if not rule.right and least == most:
            least, most = least - (high - low) / 2, most + (high - low) / 2
        if figures:
            least, most = rounded(least, figures), rounded(most, figures)
            if least <= rounded(value, figures) <= most:
                return rule
        elif least <= value <= most:
            return rule
    return None
