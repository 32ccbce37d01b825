"""A failed test in words: all of them for who grades, and those that are fit for the learner.

From when a hidden test hands a value to the learner's code, whatever this process says may hold that value:
the text or the class's name of an exception, what a function returns, an error of a later cell. So nothing of
it is quoted to the learner then but built-in names of exceptions, lengths, and single numbers.
"""

import ast
from numbers import Number
from pathlib import Path
from typing import Any

from course.grading.learner import (
    LearnerError,
    MissingNameError,
    Proxy,
    StruckError,
    UnfitError,
    built_in,
)
from course.model import Outcome
from course.sandbox import CellRun, Strike

OUTCOMES = {
    Strike.ERROR: Outcome.ERROR, Strike.TIMEOUT: Outcome.TIMEOUT, Strike.MEMORY: Outcome.MEMORY,
    Strike.CRASH: Outcome.CRASH, Strike.OUTPUT: Outcome.FAILED, Strike.PROTOCOL: Outcome.FAILED,
}  # fmt: skip
_LIMITS = {
    Strike.TIMEOUT: "It took too long.", Strike.MEMORY: "It used too much memory.",
    Strike.CRASH: "The notebook's process died.", Strike.OUTPUT: "It had too much output.",
    Strike.PROTOCOL: "What came is not a value.",
}  # fmt: skip
_LONGEST_NUMBER = 30
"""Characters; more could spell out what a test handed over."""


def say(  # noqa: PLR0911  a table of cases
    error: BaseException, compared: tuple[str, Any, Any] | None, tests: Path, *, quoting: bool
) -> tuple[Outcome, str]:
    """Put a failed test into words that give values, and nothing of the test's source.

    Args:
        error: what ended the test.
        compared: operator, left and right side of the comparison that did not hold.
        tests: the folder of the lesson's tests; a message raised in its files is its author's.
        quoting: whether to quote what came from the learner's process.
    """
    if isinstance(error, StruckError):
        return OUTCOMES[error.strike], str(error) if quoting else _LIMITS[error.strike]
    if isinstance(error, MissingNameError):
        return Outcome.NOT_REACHED, f"{error}."
    if isinstance(error, UnfitError):
        return Outcome.FAILED, f"{error}." if quoting else "What came can't be used like that."
    if isinstance(error, LearnerError):
        return Outcome.ERROR, f"Your code raised {error if quoting else f'{error.kind}.'}"
    if type(error).__name__ == "Failed":  # pytest.fail and pytest.raises
        return Outcome.FAILED, str(error)
    if not isinstance(error, AssertionError):
        said = f"{type(error).__name__}: {error}" if quoting else type(error).__name__
        return Outcome.FAILED, f"What came could not be used ({said})"
    text = str(error).strip()
    own = "" if text.startswith("assert ") else text.partition("\nassert ")[0].strip()
    if own and not quoting and not _raised_in(tests, error):
        own = "What came is not what was expected."
    if compared is None:
        return Outcome.FAILED, own or "It did not hold."
    op, *sides = compared
    left, right = map(_short if quoting else _kind, sides)
    said = f"expected {right}; came {left}" if op == "==" else f"came {left}, which is not {op} {right}"  # fmt: skip
    return Outcome.FAILED, f"{own}: {said}" if own else said


def of_cell(run: CellRun, tests: str = "") -> str:
    """Return what ended a cell in words that quote nothing but what the author of its tests wrote.

    Args:
        tests: the cell's source, if it is the lesson's own: what its assertions say and its names are known.
    """
    if run.strike is not Strike.ERROR:
        return _LIMITS.get(run.strike, "")
    name, _, text = run.error.partition(": ")
    if (name, text) in _known(tests):
        return run.error
    return f"{built_in([name])}."


def _known(source: str) -> set[tuple[str, str]]:
    """Return the exceptions, by name and text, that a cell itself may end in and whose words are its author's."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:  # a magic
        return set()
    said = [node.msg for node in nodes if isinstance(node, ast.Assert)]
    return {
        *(("AssertionError", str(each.value)) for each in said if isinstance(each, ast.Constant)),
        *(("NameError", f"name '{node.id}' is not defined") for node in nodes if isinstance(node, ast.Name)),
    }  # fmt: skip


def _raised_in(folder: Path, error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and Path(trace.tb_frame.f_code.co_filename).is_relative_to(folder)


def _short(value: object) -> str:
    try:
        text = repr(value)
    except ValueError:  # a number of more digits than Python writes
        return f"a {type(value).__name__} too long to be shown"
    return text if len(text) <= 200 else text[:200] + " …"  # noqa: PLR2004  a line or two


def _kind(value: object) -> str:
    """Return a single number as it is, and what kind of thing anything else is."""
    number = value.expected if type(value).__name__ == "ApproxScalar" else value  # type: ignore[attr-defined]
    if number is None or isinstance(number, Number):
        text = _short(value)
        return text if len(text) <= _LONGEST_NUMBER else "a number of many digits"
    if isinstance(value, Proxy):
        return "an object of the notebook"
    name = "text" if isinstance(value, str) else type(value).__name__
    article = "an" if name[:1].lower() in "aeiou" else "a"
    size = f" of length {len(value)}" if hasattr(type(value), "__len__") else ""  # type: ignore[arg-type]
    return f"{article} {name}{size}"
