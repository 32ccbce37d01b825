"""Otter's tests as the functions that a file in `autograders/` holds. Nothing is run."""

import ast
import builtins
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from course.interchange.report import Report
from course.notebook import NotebookNode

_CONFIG = re.compile(r'"""\s*#\s*BEGIN\s*TEST\s*CONFIG\n(.*?)\n?"""\s*#\s*END\s*TEST\s*CONFIG\s*\n?',
                     re.IGNORECASE | re.DOTALL)  # fmt: skip
_HIDDEN = re.compile(r"\s*#.*\bhidden\b.*\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Test:
    """One test: its statements, the names of the learner's notebook that it needs, and its points."""

    __test__ = False  # not one of pytest's

    body: tuple[str, ...]
    needs: tuple[str, ...]
    hidden: bool
    points: float | None
    where: str


@dataclass(slots=True)
class Question:
    """A question as otter's cells describe it.

    Attributes:
        points: as written: a number, a list of numbers for its tests, or {"each": number}.
    """

    name: str
    manual: bool
    points: Any
    where: str
    tests: list[Test] = field(default_factory=list)

    @property
    def worth(self) -> float:
        """The maximum: what its tests add up to, or what it says, or 1."""
        if isinstance(self.points, list):
            return sum(float(each or 0) for each in self.points) or 1.0
        if isinstance(self.points, dict):
            return float(self.points.get("each") or 1) * max(len(self.tests), 1)
        if isinstance(self.points, int | float) and not isinstance(self.points, bool):
            return float(self.points) or 1.0
        given = [each.points for each in self.tests]
        return sum(float(each or 0) for each in given) or 1.0

    def shares(self) -> list[float]:
        """Return the points of each test; they add up to `worth`."""
        given: list[Any] = [each.points for each in self.tests]
        if isinstance(self.points, list):
            given = [*self.points, *[None] * len(given)][: len(given)]
        said = sum(float(each) for each in given if each is not None)
        free = sum(each is None for each in given)
        rest = max(self.worth - said, 0.0) / free if free else 0.0
        return [rest if each is None else float(each) for each in given]


def imports(code: Sequence[str]) -> dict[str, str]:
    """Return the imports of a notebook: the name that each gives, and its line."""
    found: dict[str, str] = {}
    for source in code:
        try:
            tree = ast.parse(re.sub(r"(?m)^\s*[%!].*$", "", source))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                for alias in node.names:
                    one = ast.copy_location(type(node)(**{**vars(node), "names": [alias]}), node)
                    found[(alias.asname or alias.name).split(".")[0]] = ast.unparse(one)
    return {name: line for name, line in found.items() if "otter" not in line}


def settings(text: str) -> Any:
    """Return what YAML says, without references: a few lines of them can mean gigabytes.

    Raises:
        yaml.YAMLError: when it is none, refers to parts of itself, or is nested too deeply.
    """
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            raise yaml.YAMLError("the settings refer to parts of themselves with *")
        return yaml.safe_load(text)
    except RecursionError as error:
        raise yaml.YAMLError("the settings are nested too deeply") from error


def test(cell: NotebookNode, where: str, report: Report) -> Test | None:
    """Read one cell of tests; one that can't be said here is in the report."""
    config: dict[str, Any] = {}
    source = cell.source
    hidden = bool(_HIDDEN.match(source + "\n"))
    if match := _CONFIG.match(source.lstrip()):
        try:
            read = settings(match[1])
            config = read if isinstance(read, dict) else {}
        except yaml.YAMLError:
            report.lost(where, "the settings of a test, which are not YAML")
        source = source.lstrip()[match.end() :]
    for key in sorted(set(config) - {"hidden", "points"}):
        report.lost(where, f"the test's {key}: {config[key]}")
    points = config.get("points")
    try:
        tree = ast.parse(source)
        body, extra = _body(tree, _output(cell), where, report)
    except (SyntaxError, ValueError) as error:
        report.lost(where, f"a test that can't be read: {error}")
        return None
    if not any(isinstance(node, ast.Assert) for each in body for node in ast.walk(each)):
        report.lost(where, f"a test that asserts nothing: {source.strip()[:60]}")
        return None
    lines = [line for each in body for line in ast.unparse(each).splitlines()]
    needs = [*extra, *_free(body)]
    return Test(tuple(lines), tuple(dict.fromkeys(needs)), bool(config.get("hidden", hidden)),
                float(points) if isinstance(points, int | float) else None, where)  # fmt: skip


test.__test__ = False  # type: ignore[attr-defined]  # not one of pytest's


def _output(cell: NotebookNode) -> str:
    texts = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        texts.append(output.get("text", "") or data.get("text/plain", ""))
    return "".join("".join(text) if isinstance(text, list) else str(text) for text in texts).strip()


def _body(
    tree: ast.Module, output: str, where: str, report: Report
) -> tuple[list[ast.stmt], list[str]]:
    """Return a test's statements, in which what the notebook showed is asserted."""
    body = tree.body
    if body and isinstance(body[0], ast.FunctionDef) and len(body) <= 2:  # noqa: PLR2004  a function and its call
        function = body[0]
        names = [each.arg for each in function.args.args]
        if len(body) == 1 or isinstance(body[1], ast.Expr):
            return _without_env(function.body, names, where, report)
    if body and isinstance(body[-1], ast.Expr):
        shown = body[-1].value
        body = [*body[:-1], _asserted(shown, output, where, report)]
    elif output:
        report.lost(where, f"that the test prints {output[:60]!r}")
    return body, []


def _asserted(shown: ast.expr, output: str, where: str, report: Report) -> ast.stmt:
    if isinstance(shown, ast.Call) and ast.unparse(shown.func) == "print":
        raise ValueError(f"it compares what is printed: {ast.unparse(shown)[:60]}")
    if output in ("", "True"):
        if not output:
            report.changed(where, f"must be true now: {ast.unparse(shown)[:60]}")
        return ast.Assert(shown, None)
    text = ast.Constant(output)
    return ast.Assert(
        ast.Compare(ast.Call(ast.Name("repr", ast.Load()), [shown], []), [ast.Eq()], [text]), None
    )


class _Env(ast.NodeTransformer):
    """Turns ``env["name"]`` into the name."""

    def __init__(self, env: str) -> None:
        self.env = env

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Replace one look into the notebook's names."""
        self.generic_visit(node)
        match node:
            case ast.Subscript(ast.Name(id=name), ast.Constant(str(wanted))) if name == self.env:
                return ast.Name(wanted, ast.Load())
        return node


def _without_env(
    body: list[ast.stmt], names: list[str], where: str, report: Report
) -> tuple[list[ast.stmt], list[str]]:
    if "env" in names:
        body = [ast.fix_missing_locations(_Env("env").visit(each)) for each in body]
        if any(isinstance(n, ast.Name) and n.id == "env" for each in body for n in ast.walk(each)):
            report.changed(where, "uses env in a way of its own; mend it in the tests")
    return body, [name for name in names if name != "env"]


def _free(body: Sequence[ast.stmt]) -> list[str]:
    """Return the names that statements use and don't make, in order."""
    made, used = set[str](), list[str]()
    for each in body:
        for node in ast.walk(each):
            if isinstance(node, ast.Name):
                if isinstance(node.ctx, ast.Load):
                    used.append(node.id)
                else:
                    made.add(node.id)
            elif isinstance(node, ast.arg):
                made.add(node.arg)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                made.add(node.name)
            elif isinstance(node, ast.alias):
                made.add((node.asname or node.name).split(".")[0])
            elif isinstance(node, ast.ExceptHandler) and node.name:
                made.add(node.name)
    return [
        name for name in dict.fromkeys(used) if name not in made and not hasattr(builtins, name)
    ]


def module(questions: Sequence[Question], imported: dict[str, str], report: Report) -> str:
    """Return the text of a file of tests; empty when there is no test."""
    functions, titles, used = list[str](), list[str](), dict[str, str]()
    for asked in questions:
        title = asked.name.replace("-", "_")
        title += "_again" * titles.count(title)
        titles.append(title)
        for number, (each, share) in enumerate(
            zip(asked.tests, asked.shares(), strict=True), start=1
        ):
            if not share:
                report.changed(each.where, "earned no points; its points are 1 of 100 now")
            used |= {name: imported[name] for name in each.needs if name in imported}
            needs = [name for name in each.needs if name not in imported]
            lines = ["" if each.hidden else "@public\n", f'@points({share or 0.01:g}, question="{asked.name}")\n',
                     f"def test_{title}_{number}({', '.join(needs)}):\n", *(f"    {line}\n" for line in each.body)]  # fmt: skip
            functions.append("".join(lines))
        if not asked.tests and not asked.manual:
            report.changed(
                asked.where, f"'{asked.name}' has no test yet; write one before the release"
            )
    if not functions:
        return ""
    names = "points, public" if any(line.startswith("@public") for line in functions) else "points"
    top = "\n".join([*sorted(set(used.values())), ""] if used else [])
    return f"{top}{chr(10) if top else ''}from course import {names}\n\n\n" + "\n\n".join(functions)
