"""What varies by the seed: ``let n = 10..20`` in a question, ``{n}`` in its texts.

Arithmetic is exact: 0.1 * 3 is 0.3, so that an answer may be compared without a tolerance.
"""

import ast
import keyword
import math
import operator
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from course.questions.item import Item, draw

Value = Fraction | str
Values = Mapping[str, Value]

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*\.\.\s*({_NUMBER})(?:\s+step\s+({_NUMBER}))?")
_NAME = re.compile(r"\{([A-Za-z_]\w*)\}")
MOST_BITS = 10_000
"""How large a number may grow."""
MOST_POWER = 64


def values(item: Item, seed: int) -> dict[str, Value]:
    """Return what each variable of a question is for one seed.

    Raises:
        ValueError: when a variable's range can't be read; `problems` says it to the author.
    """
    found: dict[str, Value] = {}
    for name, spec in item.variables:
        found[name] = _draw(spec, draw(seed, "let", name), found)
    return found


def problem(name: str, spec: str, known: Values) -> str:
    """Say what is wrong with one ``let`` line; empty when all is well."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return f"'{name}' can't be a variable's name; use letters, as in: let n = 10..20"
    if name in known:
        return f"the variable '{name}' is declared twice"
    try:
        _draw(spec, 0, known)
    except ValueError as error:
        return f"let {name} = {spec}: {error}"
    return ""


def _draw(spec: str, number: int, known: Values) -> Value:
    match = _RANGE.fullmatch(spec.strip())
    if match:
        low, high = Fraction(match[1]), Fraction(match[2])
        decimals = max(len(match[n].partition(".")[2]) for n in (1, 2))
        step = Fraction(match[3]) if match[3] else Fraction(1, 10**decimals)
        if low >= high or step <= 0:
            raise ValueError("a range goes up, as in 10..20 or 0.5..2.5 step 0.5")
        return low + step * (number % ((high - low) // step + 1))
    if "{" in spec:
        return evaluate(spec, known)
    choices = [choice.strip() for choice in spec.split(",") if choice.strip()]
    if len(choices) < 2:  # noqa: PLR2004  one does not vary
        raise ValueError("give a range such as 10..20, or several values with commas between them")
    chosen = choices[number % len(choices)]
    return Fraction(chosen) if re.fullmatch(_NUMBER, chosen) else chosen


def filled(text: str, known: Values) -> str:
    """Put the values in the place of ``{name}``; other braces stay as they are."""
    return _NAME.sub(
        lambda match: written(known[match[1]]) if match[1] in known else match[0], text
    )


def written(value: Value) -> str:
    """Return a value as people write it; six figures where its decimals never end."""
    if isinstance(value, str):
        return value
    if value.denominator == 1:
        return str(value.numerator)
    with localcontext(prec=50):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact:f}" if Fraction(exact) == value else f"{float(value):.6g}"


def evaluate(expression: str, known: Values) -> Fraction:
    """Return what an author's arithmetic gives.

    Args:
        expression: numbers, ``{name}``, ``+ - * / // % **``, brackets, and FUNCTIONS.
        known: the variables.

    Raises:
        ValueError: with what is wrong, for the author.
    """
    if len(expression) > 500:  # noqa: PLR2004  no formula is that long
        raise ValueError("this is too long for a formula")
    source = _NAME.sub(r"(v_\1)", expression.strip())
    try:
        return _value(ast.parse(source, mode="eval").body, known)
    except ZeroDivisionError as error:
        raise ValueError(f"'{expression.strip()}' divides by zero") from error
    except (SyntaxError, RecursionError, MemoryError, OverflowError, TypeError) as error:
        raise ValueError(f"'{expression.strip()}' is not a number or a formula") from error


def _root(value: Fraction) -> Fraction:
    if value < 0:
        raise ValueError("there is no square root of a negative number")
    exact = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
    return exact if exact**2 == value else Fraction(repr(math.sqrt(value)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "abs": abs, "max": max, "min": min, "sqrt": _root,
    "round": lambda value, digits=Fraction(0): Fraction(round(value, int(digits))),
}  # fmt: skip
_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip


def _value(node: ast.expr, known: Values) -> Fraction:
    match node:
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            result = Fraction(repr(value))
        case ast.Name(name):
            result = _variable(name, known)
        case ast.UnaryOp(ast.USub(), inner):
            result = -_value(inner, known)
        case ast.UnaryOp(ast.UAdd(), inner):
            result = _value(inner, known)
        case ast.BinOp(left, ast.Pow(), right):
            result = _power(_value(left, known), _value(right, known))
        case ast.BinOp(left, sign, right) if type(sign) in _OPERATIONS:
            result = Fraction(_OPERATIONS[type(sign)](_value(left, known), _value(right, known)))
        case ast.Call(ast.Name(name), arguments, []) if name in FUNCTIONS:
            result = Fraction(FUNCTIONS[name](*(_value(each, known) for each in arguments)))
        case _:
            raise ValueError(
                f"'{ast.unparse(node)}' can't be computed; use + - * / // % **, brackets and "
                + ", ".join(sorted(FUNCTIONS))
            )
    if result.numerator.bit_length() + result.denominator.bit_length() > MOST_BITS:
        raise ValueError("the number grows too large")
    return result


def _variable(name: str, known: Values) -> Fraction:
    value = known.get(name.removeprefix("v_")) if name.startswith("v_") else None
    if value is None:
        bare = name.removeprefix("v_")
        raise ValueError(
            f"'{bare}' is unknown; declare it ('let {bare} = 10..20'), use '{{{bare}}}'"
        )
    if isinstance(value, str):
        raise ValueError(f"'{value}' is a word, not a number")  # noqa: TRY004  the author's mistake
    return value


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    if exponent.denominator != 1:
        return Fraction(repr(float(base) ** float(exponent)))
    if abs(exponent) > MOST_POWER:
        raise ValueError(f"a power is {MOST_POWER} at most")
    return Fraction(base**exponent.numerator)
