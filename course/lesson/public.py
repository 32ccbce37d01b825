"""An exercise's public tests, run on a learner's objects in this process."""

import ast
import inspect
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from course.lesson.language import _
from course.limit import Limit, OverTime
from course.testing import about

SECONDS = 10.0
"""How long all tests of one exercise may take together; an endless loop ends then."""
_FILE = "<public tests>"


@dataclass(frozen=True, slots=True)
class Tried:
    """How one public test went.

    Attributes:
        name: the test's name in words.
        passed: whether it held.
        text: what was expected and what came; the misconception's text first, if one fits.
    """

    name: str
    passed: bool
    text: str = ""


def run(source: str, question: str, names: dict[str, Any], seconds: float = SECONDS) -> list[Tried]:
    """Run the public tests of one question on the given names, in the order of the file.

    A test that needs another is tried only when that passed. What takes longer than ``seconds``
    altogether is stopped, and what is left is not tried.
    """
    tests = _tests(source)
    until, done = time.monotonic() + seconds, dict[str, list[Tried]]()

    def results(name: str) -> list[Tried]:
        if name not in done:
            test = tests[name]
            needed = (each for need in about(test).needs for each in results(need))
            cause = next((each for each in needed if not each.passed), None)
            done[name] = [
                _in_time(test, case, names, source, until, seconds) if cause is None
                else Tried(_title(test, case), passed=False, text=_(
                    "Not tried, because '{name}' did not pass.").format(name=cause.name))
                for case in _cases(test)
            ]  # fmt: skip
        return done[name]

    return [
        each
        for name, test in tests.items()
        if about(test).question == question
        for each in results(name)
    ]


def hints(source: str, question: str) -> list[str]:
    """Return the hints of a question, in steps."""
    tests = _tests(source).values()
    return [
        text for test in tests if about(test).question == question for text in about(test).hints
    ]


def wanted(source: str, question: str) -> list[str]:
    """Return the names of the notebook that a question's tests ask for, sorted."""
    return sorted({
        name
        for test in _tests(source).values()
        if about(test).question == question
        for name in inspect.signature(test).parameters
        if all(name not in case for case in _cases(test))
    })  # fmt: skip


def _tests(source: str) -> dict[str, Callable[..., Any]]:
    space: dict[str, Any] = {"__name__": "public_tests"}
    exec(compile(source, _FILE, "exec"), space)  # noqa: S102  the author's own tests
    return {
        name: value
        for name, value in space.items()
        if inspect.isfunction(value)
        and name.startswith("test")
        and value.__module__ == "public_tests"
    }


def _in_time(
    test: Callable[..., Any], case: dict[str, Any], names: dict[str, Any], source: str,
    until: float, seconds: float,
) -> Tried:  # fmt: skip
    left = until - time.monotonic()
    try:
        if left > 0:
            with Limit(left):
                return _try(test, case, names, source)
        text = _("Not tried: the check had taken {seconds:g} s already.")
    except OverTime:
        text = _("Stopped after {seconds:g} s. Is there a loop that never ends?")
    return Tried(_title(test, case), passed=False, text=text.format(seconds=seconds))


def _title(test: Callable[..., Any], case: dict[str, Any]) -> str:
    title = test.__name__.removeprefix("test_").replace("_", " ")
    return title + (f" ({', '.join(f'{k}={v!r}' for k, v in case.items())})" if case else "")


def _cases(test: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Yield the arguments of each case of pytest's parametrize; one empty case without it."""
    marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
    choices = []
    for mark in marks:
        keys = mark.args[0]
        keys = [key.strip() for key in keys.split(",")] if isinstance(keys, str) else list(keys)
        choices.append([dict(zip(keys, _row(row, keys), strict=True)) for row in mark.args[1]])
    for combination in itertools.product(*choices):
        yield {key: value for case in combination for key, value in case.items()}


def _row(row: Any, keys: list[str]) -> Any:
    if type(row).__name__ == "ParameterSet":  # pytest.param(...)
        return row.values
    return row if len(keys) > 1 else [row]


def _try(
    test: Callable[..., Any], case: dict[str, Any], names: dict[str, Any], source: str
) -> Tried:
    asked = [name for name in inspect.signature(test).parameters if name not in case]
    title = _title(test, case)
    missing = [name for name in asked if name not in names]
    if missing:
        return Tried(
            title,
            passed=False,
            text=_("There is no '{name}' yet: run the cell that defines it.").format(
                name=missing[0]
            ),
        )
    try:
        test(**{name: names[name] for name in asked}, **case)
    except (KeyboardInterrupt, OverTime):
        raise
    except BaseException as error:  # noqa: BLE001  exit() and pytest.fail too are answers
        said = ""
        with suppress(OverTime):  # what failed is known all the same
            said = _misconception(test, names)
        return Tried(title, passed=False, text=f"{said}\n{explain(error, source)}".strip())
    return Tried(title, passed=True)


def _misconception(test: Callable[..., Any], names: dict[str, Any]) -> str:
    for wrong_idea in about(test).misconceptions:
        asked = inspect.signature(wrong_idea.when).parameters
        try:
            if bool(wrong_idea.when(**{name: names[name] for name in asked})):
                return str(wrong_idea)
        except Exception:  # noqa: BLE001, S112  it does not apply then
            continue
    return ""


def explain(error: BaseException, source: str) -> str:
    """Say what a failed test expected and what came, from the assert statement that failed."""
    frames = [step for step in _steps(error) if step[0].f_code.co_filename == _FILE]
    if not isinstance(error, AssertionError) or not frames or str(error):
        text = str(error).strip()
        if isinstance(error, NotImplementedError) and not text:
            return _(
                "Your code is still to come: put it in the place of raise NotImplementedError()."
            )
        name = "" if isinstance(error, AssertionError) else type(error).__name__
        return ": ".join(filter(None, [name, text]))
    frame, line = frames[-1]
    statement = next(
        (node for node in ast.walk(ast.parse(source))
         if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or line)), None,
    )  # fmt: skip
    if statement is None:
        return _("The check did not hold.")
    said = ast.unparse(statement.test)
    if isinstance(statement.test, ast.Compare) and len(statement.test.ops) == 1:
        came, expected = (
            _again(side, frame) for side in (statement.test.left, statement.test.comparators[0])
        )
        text = (
            _("{what} gave {came}; expected {expected}.")
            if isinstance(statement.test.ops[0], ast.Eq)
            else _("{what} gave {came}; compared with {expected}.")
        )
        what = ast.unparse(statement.test.left)
        return text.format(what=what, came=came, expected=expected)
    return _("Expected: {what}.").format(what=said)


def _steps(error: BaseException) -> Iterator[tuple[Any, int]]:
    step = error.__traceback__
    while step is not None:
        yield step.tb_frame, step.tb_lineno
        step = step.tb_next


def _again(node: ast.expr, frame: Any) -> str:
    code = compile(ast.Expression(node), _FILE, "eval")
    try:
        text = repr(eval(code, frame.f_globals, frame.f_locals))  # noqa: S307  the author's own test
    except Exception as error:  # noqa: BLE001  then the error is what came
        text = type(error).__name__
    return text if len(text) <= 300 else text[:300] + " …"  # noqa: PLR2004  a few lines
