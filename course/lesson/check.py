"""`course.check`: an exercise's public tests on the learner's live objects."""

import ast
import html
import inspect
import itertools
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.lesson import record
from course.questions import sheet
from course.testing import about

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


def show_check(question: str) -> None:
    """See `course.check`."""
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  a notebook has it already
    from IPython.display import display  # noqa: PLC0415  as above

    shell = get_ipython()
    names = shell.user_ns if shell is not None else vars(sys.modules["__main__"])
    folder = Path.cwd()
    try:
        source = sheet.checks((folder / sheet.NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        display(_page(f"{question}: no check here", [], _NO_SHEET))
        return
    except (ValueError, KeyError, TypeError):
        display(_page(f"{question}: no check here", [], _DAMAGED_SHEET))
        return
    tried = run(source, question, names)
    failed = [each for each in tried if not each.passed]
    if os.environ.get("NBGRADER_EXECUTION") or os.environ.get("NBGRADER_VALIDATING"):
        if failed:
            raise AssertionError("; ".join(f"{each.name}: {each.text}" for each in failed))
        return
    result = {"success": not failed, "response": {each.name: each.passed for each in tried}}
    try:
        record.append(folder, "attempted", question, result)
        note = "" if tried else "This exercise has no public test; it is graded after you submit."
    except OSError as error:
        note = f"This check could not be recorded ({error.strerror}); your work is unharmed."
    display(_page(_headline(question, tried), tried, note))


_NO_SHEET = (
    "The file lesson.json is not beside this notebook. If you moved the notebook, move the whole "
    "folder, or fetch the lesson again: course fetch LESSON"
)
_DAMAGED_SHEET = (
    "The file lesson.json beside this notebook is damaged. Delete it, and fetch the lesson again: "
    "course fetch LESSON. Your notebook stays as it is."
)


def run(source: str, question: str, names: dict[str, Any]) -> list[Tried]:
    """Run the public tests of one question on the given names, in the order of the file."""
    space: dict[str, Any] = {"__name__": "public_tests"}
    exec(compile(source, _FILE, "exec"), space)  # noqa: S102  the author's own tests
    tests = [
        value
        for value in space.values()
        if inspect.isfunction(value) and about(value).question == question
    ]
    return [_try(test, case, names, source) for test in tests for case in _cases(test)]


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
    wanted = [name for name in inspect.signature(test).parameters if name not in case]
    title = test.__name__.removeprefix("test_").replace("_", " ")
    title += f" ({', '.join(f'{k}={v!r}' for k, v in case.items())})" if case else ""
    missing = [name for name in wanted if name not in names]
    if missing:
        return Tried(
            title,
            passed=False,
            text=f"There is no '{missing[0]}' yet: run the cell that defines it.",
        )
    try:
        test(**{name: names[name] for name in wanted}, **case)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  exit() and pytest.fail too are answers
        said = _misconception(test, names)
        return Tried(title, passed=False, text=f"{said} {explain(error, source)}".strip())
    return Tried(title, passed=True)


def _misconception(test: Callable[..., Any], names: dict[str, Any]) -> str:
    for wrong_idea in about(test).misconceptions:
        wanted = inspect.signature(wrong_idea.when).parameters
        try:
            if bool(wrong_idea.when(**{name: names[name] for name in wanted})):
                return wrong_idea.text
        except Exception:  # noqa: BLE001, S112  it does not apply then
            continue
    return ""


def explain(error: BaseException, source: str) -> str:
    """Say what a failed test expected and what came, from the assert statement that failed."""
    frames = [step for step in _steps(error) if step[0].f_code.co_filename == _FILE]
    if not isinstance(error, AssertionError) or not frames or str(error):
        text = str(error).strip()
        return f"{type(error).__name__}: {text}" if not isinstance(error, AssertionError) else text
    frame, line = frames[-1]
    statement = next(
        (node for node in ast.walk(ast.parse(source))
         if isinstance(node, ast.Assert) and node.lineno <= line <= (node.end_lineno or line)), None,
    )  # fmt: skip
    if statement is None:
        return "The check did not hold."
    said = ast.unparse(statement.test)
    if isinstance(statement.test, ast.Compare) and len(statement.test.ops) == 1:
        came, expected = (
            _again(side, frame) for side in (statement.test.left, statement.test.comparators[0])
        )
        word = "expected" if isinstance(statement.test.ops[0], ast.Eq) else "compared with"
        return f"{ast.unparse(statement.test.left)} gave {came}; {word} {expected}."
    return f"Expected: {said}."


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


def _headline(question: str, tried: list[Tried]) -> str:
    good = sum(each.passed for each in tried)
    if not tried:
        return question
    return (
        f"{question}: all {good} checks passed"
        if good == len(tried)
        else (f"{question}: {good} of {len(tried)} checks passed")
    )


class _page:  # noqa: N801  a value with two forms
    """The result as text and as HTML."""

    def __init__(self, headline: str, tried: list[Tried], note: str) -> None:
        self.headline, self.tried, self.note = headline, tried, note

    def __repr__(self) -> str:
        lines = [self.headline]
        lines += [f"  {'ok ' if t.passed else 'not'} {t.name}" + (f": {t.text}" if t.text else "")
                  for t in self.tried]  # fmt: skip
        return "\n".join([*lines, self.note] if self.note else lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li><b>{'✓ passed' if t.passed else '✗ not yet'}</b> {html.escape(t.name)}"
            + (f"<br><span>{html.escape(t.text)}</span>" if t.text else "") + "</li>"
            for t in self.tried
        )  # fmt: skip
        note = f"<p>{html.escape(self.note)}</p>" if self.note else ""
        return (
            f'<div role="status"><p><strong>{html.escape(self.headline)}</strong></p>'
            f"<ul>{rows}</ul>{note}</div>"
        )
