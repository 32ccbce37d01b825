"""The tests of `autograders/<lesson>.py`: collected once by pytest, run on many notebooks.

pytest owns the process while its loop lasts; `with_tests` lends that loop to a body which runs
the tests of one question at a time, with the names of one learner's notebook as fixtures.
"""

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, Literal

import pytest

from course.errors import Invalid
from course.grading.learner import Notebook
from course.grading.words import say
from course.limit import Limit, OverTime
from course.model import Note, Outcome
from course.testing import About, about, tangle

_PYTEST_NAMES = {
    "request", "monkeypatch", "tmp_path", "tmp_path_factory", "capsys", "capfd", "caplog",
    "recwarn", "record_property", "pytestconfig", "subtests", "doctest_namespace",
}  # fmt: skip
_MAX_TEXT = 600
SECONDS = 60.0
"""How long one test may take on this side, when nothing else is said."""


class Tests:
    """A lesson's tests, by question. An empty lesson has none.

    Raises:
        Invalid: when tests need one another in a circle, or one that is not there.
    """

    def __init__(self, loop: "_Loop | None" = None) -> None:
        self._loop = loop
        self._items: dict[str, list[pytest.Item]] = {}
        self._cases: dict[str, list[pytest.Item]] = {}  # by the test's function
        for item in loop.items if loop else []:
            self._items.setdefault(_about(item).question, []).append(item)
            self._cases.setdefault(item.function.__name__, []).append(item)  # type: ignore[attr-defined]
        wanted = {name: _about(cases[0]).needs for name, cases in self._cases.items()}
        if loop and (problem := tangle(wanted)):
            raise Invalid(
                "the tests wait for one another in vain", where=str(loop.items[0].path),
                found=problem, hint="see @needs(...) there",
            )  # fmt: skip

    def questions(self) -> list[str]:
        """Return the questions that have tests."""
        return [name for name in self._items if name]

    def run(self, question: str, notebook: Notebook, seconds: float = SECONDS) -> list[Note]:
        """Run the tests of one question on a notebook; one note per test, in order.

        A test that needs others is tried when all of them passed, which may belong to another
        question; they are then run here for this.

        Args:
            seconds: how long one test may take on this side; the learner's code has its own limits.
        """
        done: dict[str, Note] = {}

        def note(item: pytest.Item) -> Note:
            if item.name not in done:
                waits_for = (case for name in _about(item).needs for case in self._cases[name])
                cause = next(
                    (each for case in waits_for if (each := note(case)).outcome != Outcome.PASSED),
                    None,
                )
                done[item.name] = (
                    self._loop.run(item, notebook, seconds)  # type: ignore[union-attr]
                    if cause is None
                    else _not_tried(item, cause)
                )
            return done[item.name]

        return [note(item) for item in self._items.get(question, [])]


def _about(item: pytest.Item) -> About:
    return about(item.function)  # type: ignore[attr-defined]


def _title(item: pytest.Item) -> str:
    """Return a test's name for people; pytest would name a hidden test's case by its values."""
    name = item.function.__name__  # type: ignore[attr-defined]
    cases = [each for each in item.session.items if each.function is item.function]  # type: ignore[attr-defined]
    if _about(item).public or not hasattr(item, "callspec"):
        name = item.name
    else:
        name = f"{name}, case {cases.index(item) + 1}"
    return name.removeprefix("test_").replace("_", " ")


def _not_tried(item: pytest.Item, cause: Note) -> Note:
    top = _about(item).points
    if cause.outcome is Outcome.NEEDS_PERSON:
        text = f"Not tried yet, because '{cause.test}' could not be judged."
        return Note(_title(item), Outcome.NEEDS_PERSON, 0.0, top, text)
    text = f"Not tried, because '{cause.test}' did not pass."
    return Note(_title(item), Outcome.NOT_TRIED, 0.0, top, text)


def with_tests(path: Path, body: Callable[[Tests], None]) -> None:
    """Collect the tests of a file and call ``body`` with them, once, inside pytest's loop.

    Raises:
        Invalid: when the file can't be read as tests, with pytest's reason.
    """
    if not path.is_file():
        body(Tests())
        return
    loop = _make_loop(path, body)
    arguments = [
        # a lesson may be called "random": its tests are then autograders.random, and no other module
        str(path), "-c", os.devnull, "--rootdir", str(path.parents[1]), "--import-mode=importlib",
        "--noconftest", "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:junitxml",
        "-p", "no:logging", "-p", "no:warnings", "-p", "no:faulthandler", "--assert=rewrite",
        "-p", "no:unraisableexception", "-p", "no:threadexception",
        "-o", "python_files=autograders/*.py",  # "*.py" rewrites asserts in pandas too, for seconds
    ]  # fmt: skip
    nowhere = open(os.devnull, "w")  # noqa: PTH123, SIM115  a device
    with nowhere, redirect_stdout(nowhere), _importable(path.parent):
        pytest.main(arguments, plugins=[loop])
    if loop.failure is not None:
        raise loop.failure
    if not loop.ran:
        raise Invalid(
            "the tests can't be collected", where=f"{path}{loop.line}",
            found=loop.trouble or "no test function",
            expected="functions named test_..., decorated with @points(..., question=...)",
        )  # fmt: skip


@contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let tests import what lies beside them, after all that Python has, and forget it afterwards."""
    sys.path.append(str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").parent == folder:
                del sys.modules[name]


def _make_loop(path: Path, body: Callable[[Tests], None]) -> "_Loop":
    """Return a plugin that has one fixture per name that a test asks of the notebook."""

    def fixture_for(name: str) -> Any:
        @pytest.fixture(name=name)
        def value(self: _Loop) -> Any:
            assert self.notebook is not None  # noqa: S101  set by run
            return self.notebook.value(name)

        return value

    fixtures = {f"learner_{name}": fixture_for(name) for name in _names_asked(path)}
    return type("_LessonLoop", (_Loop,), fixtures)(body)  # type: ignore[no-any-return]


def _names_asked(path: Path) -> set[str]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise Invalid(
            "the tests are not valid Python", where=str(path), found=str(error)
        ) from error
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    fixtures = {
        f.name for f in functions if any("fixture" in ast.unparse(d) for d in f.decorator_list)
    }
    asked = {
        argument.arg for function in functions
        if function.name.startswith("test") or function.name in fixtures
        for argument in function.args.args
    }  # fmt: skip
    return asked - fixtures - _PYTEST_NAMES


class _Loop:
    """pytest's loop in our hands."""

    def __init__(self, body: Callable[[Tests], None]) -> None:
        self.body = body
        self.items: list[pytest.Item] = []
        self.notebook: Notebook | None = None
        self.raised: BaseException | None = None
        self.compared: tuple[str, Any, Any] | None = None
        self.ran = False
        self.trouble = self.line = ""
        self.failure: BaseException | None = None

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            lines = [line for line in str(report.longrepr).strip().splitlines() if line.strip()]
            self.trouble = lines[-1].removeprefix("E").strip() if lines else "unknown"
            self.line = next(iter(re.findall(r"\.py(:\d+): in <module>", "\n".join(lines))), "")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed or not session.items:
            return True
        self.items, self.ran = session.items, True
        try:
            self.body(Tests(self))
        except BaseException as error:  # noqa: BLE001  carried out of pytest, which would print it
            self.failure = error
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Keep what was raised; pytest's own report would format a traceback that nobody sees."""
        failed = call.excinfo is not None
        if call.excinfo is not None and self.raised is None:
            self.raised = call.excinfo.value
        state: Literal["failed", "passed"] = "failed" if failed else "passed"
        when: Any = call.when  # never "collect" here
        return pytest.TestReport(item.nodeid, item.location, {}, state, None, when)

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> None:
        self.compared = (op, left, right)

    def run(self, item: pytest.Item, notebook: Notebook, seconds: float) -> Note:
        """Run one test on one notebook."""
        self.notebook, self.raised, self.compared = notebook, None, None
        notebook.hidden = not _about(item).public
        try:
            with Limit(seconds, notebook.last) as limit:
                notebook.waiting = limit.pause
                item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
                return self._note(item, notebook, seconds)
        except OverTime:
            return _over_time(item, seconds)

    def _note(self, item: pytest.Item, notebook: Notebook, seconds: float) -> Note:
        declared, title = _about(item), _title(item)
        raised: BaseException | None = self.raised  # set by the hook above
        if raised is None:
            return Note(title, Outcome.PASSED, declared.points, declared.points)
        if isinstance(raised, OverTime):
            return _over_time(item, seconds)
        if isinstance(raised, pytest.skip.Exception):
            return Note(title, Outcome.NOT_REACHED, 0.0, 0.0, str(raised))
        tests, free = item.path.parent, not notebook.told  # before a wrong idea's `when` tells more
        outcome, text = say(raised, self.compared, tests, quoting=free)
        aside = "" if free else say(raised, self.compared, tests, quoting=True)[1]
        text = f"{_misconception(declared, notebook)}\n{text}".strip()
        return Note(
            title, outcome, 0.0, declared.points, text[:_MAX_TEXT],
            aside[:_MAX_TEXT] if aside != text else "",
        )  # fmt: skip


def _over_time(item: pytest.Item, seconds: float) -> Note:
    """A test that does not end is its author's to mend; the learner's mark waits."""
    text = (
        f"This test of your trainer's did not end within {seconds:g} s and was stopped. "
        "That is no fault of yours: your mark waits until it can be told."
    )
    return Note(_title(item), Outcome.NEEDS_PERSON, 0.0, _about(item).points, text)


def _misconception(declared: About, notebook: Notebook) -> str:
    for wrong_idea in declared.misconceptions:
        try:
            code = wrong_idea.when.__code__
            names = {name: notebook.value(name) for name in code.co_varnames[: code.co_argcount]}
            if bool(wrong_idea.when(**names)):
                return str(wrong_idea)
        except Exception:  # noqa: BLE001, S112  it does not apply then
            continue
    return ""
