"""Otter-grader's notebooks for ``otter assign``: raw cells around questions, solutions and tests.

After https://otter-grader.readthedocs.io (Otter Assign, notebook format of version 1 and later). A
question becomes a cell with a readable mark, its tests a file in `autograders/`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from course.errors import Invalid
from course.interchange.lesson import Made, cell, notebook
from course.interchange.otter_tests import Question, Test, imports, module, settings, test
from course.interchange.report import Report
from course.layout import safe_name
from course.notebook import NotebookNode

_MARK = re.compile(r"#\s*(BEGIN|END)\s+(QUESTION|PROMPT|SOLUTION|TESTS)\b", re.IGNORECASE)
_CONFIG = re.compile(r"#\s*ASSIGNMENT\s+CONFIG\b", re.IGNORECASE)
_BLOCK = re.compile(r"\s*# BEGIN SOLUTION(?: NO PROMPT)?\s*$")
_LINE = re.compile(r"\s*# ?SOLUTION(?: NO PROMPT)?\s*$")
_PROMPT = re.compile(r'(?m)^\s*(?:"""\s*)?# BEGIN PROMPT\n.*?# END PROMPT\s*\n?', re.DOTALL)
_OWN = re.compile(r"(?m)^.*(?:\bimport otter\b|\bgrader\s*=|\bgrader\.\w+\(|from otter\b).*\n?")
_MOST, _MOST_LETTERS = 1000, 50
_KNOWN = {"name", "manual", "points"}
_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


def is_otter(data: Mapping[str, Any]) -> bool:
    """Tell whether a notebook is in this format."""
    cells = data.get("cells")
    return isinstance(cells, list) and any(
        isinstance(each, Mapping) and each.get("cell_type") == "raw"
        and re.match(r"#\s*BEGIN\s+QUESTION", _source(each).lstrip(), re.IGNORECASE)
        for each in cells
    )  # fmt: skip


def _source(each: Mapping[str, Any]) -> str:
    source = each.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


@dataclass(slots=True)
class _Reading:
    """How far the reading is: where in the notebook, in which blocks, and what was found."""

    report: Report
    path: Path
    where: str = ""
    open: list[str] = field(default_factory=list)
    cells: list[NotebookNode] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    answer: list[NotebookNode] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def question(self) -> Question:
        return self.questions[-1]


def read(node: NotebookNode, name: str, path: Path, report: Report) -> Made:
    """Return the lesson of one notebook.

    Raises:
        Invalid: with the cell, when blocks don't match or a question says too little.
    """
    state = _Reading(report, path)
    for number, each in enumerate(node.cells, start=1):
        state.where = f"{path.name}, cell {number}"
        if each.cell_type == "raw":
            _boundary(each.source.strip(), state)
        else:
            _content(each, state)
    if state.open:
        raise _wrong(f"'# BEGIN {state.open[-1]}' is never ended", "# END " + state.open[-1], state)
    if not any("import course" in code for code in state.code):
        state.cells.insert(0, cell("code", "import course", "Setup"))
    made = Made(name, {name: notebook(_own_ids(state.cells))})
    made.tests = module(state.questions, imports(state.code), report)
    for file in state.files:
        _data(file, made, state)
    return made


def _wrong(what: str, expected: str, state: _Reading) -> Invalid:
    return Invalid(what, where=state.where, expected=expected, hint="mend it in the otter notebook, and import it again")  # fmt: skip


def _boundary(text: str, state: _Reading) -> None:
    match = _MARK.match(text)
    if _CONFIG.match(text):
        _settings(_yaml(text, state), state)
    elif not match:
        state.report.lost(state.where, f"a raw cell: {text[:60]}")
    elif match[1].upper() == "BEGIN":
        _begin(match[2].upper(), text, state)
    else:
        _end(match[2].upper(), state)


def _yaml(text: str, state: _Reading) -> dict[str, Any]:
    lines = text.splitlines()[1:]
    try:
        found = settings("\n".join(re.sub(r"^# ?", "", line) if line.startswith("# ") else line for line in lines))  # fmt: skip
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 2}" if mark else ""
        raise Invalid("the settings of this cell are not YAML", where=state.where + line,
                      found=str(getattr(error, "problem", error)), expected="lines such as: name: q1") from error  # fmt: skip
    if found is not None and not isinstance(found, dict):
        raise _wrong(
            "the settings of this cell are no names with values", "lines such as: name: q1", state
        )
    return found or {}


def _settings(found: dict[str, Any], state: _Reading) -> None:
    for key, value in found.items():
        if key == "files" and isinstance(value, list):
            state.files = [str(each) for each in value]
        else:
            state.report.lost(state.where, f"the assignment's setting {key}: {value}"[:120])


def _begin(what: str, text: str, state: _Reading) -> None:
    inside = state.open[-1] if state.open else ""
    if (what == "QUESTION") == bool(inside) or inside not in ("", "QUESTION"):
        raise _wrong(f"'# BEGIN {what}' stands in {inside.lower() or 'no question'}", "a question of its own for each '# BEGIN QUESTION'", state)  # fmt: skip
    state.open.append(what)
    if what == "QUESTION":
        _question(_yaml(text, state), state)


def _question(found: dict[str, Any], state: _Reading) -> None:
    if not isinstance(found.get("name"), str):
        raise _wrong("a question has no name", "a line such as: name: q1", state)
    name = (
        re.sub(r"[^a-z0-9_]+", "-", found["name"].lower()).strip("-_")[:_MOST_LETTERS] or "question"
    )
    if not _is_points(found.get("points")):
        raise _wrong(
            f"points: {found['points']} can't be read",
            "points: 2, a list of numbers, or each: 2",
            state,
        )
    if name in {each.name for each in state.questions}:
        raise _wrong(f"there are two questions '{name}'", "a name of its own for each", state)
    if name != found["name"]:
        state.report.changed(state.where, f"'{found['name']}' is called {name} now")
    state.questions.append(
        Question(name, bool(found.get("manual")), found.get("points"), state.where)
    )
    state.answer = []
    for key, value in found.items():
        if key not in _KNOWN:
            state.report.lost(state.where, f"the question's setting {key}: {value}")


def _is_points(points: object) -> bool:
    if isinstance(points, dict):
        return set(points) == {"each"} and _is_points(points["each"]) and points["each"] is not None
    if isinstance(points, list):
        return all(not isinstance(each, list | dict) and _is_points(each) for each in points)
    fine = isinstance(points, int | float) and not isinstance(points, bool) and 0 <= points <= _MOST
    return points is None or fine


def _end(what: str, state: _Reading) -> None:
    if what in state.open[:-1]:
        inner = state.open[-1]
        raise _wrong(
            f"'# BEGIN {inner}' is never ended before '# END {what}'", f"# END {inner}", state
        )
    if not state.open or state.open[-1] != what:
        raise _wrong(f"'# END {what}' has no beginning", f"# BEGIN {what}", state)
    state.open.pop()
    if what == "QUESTION":
        _answer(state)


def _content(each: NotebookNode, state: _Reading) -> None:
    within = state.open[-1] if state.open else ""
    if re.match(r"\s*##\s*ignore\s*##", each.source, re.IGNORECASE):
        state.report.lost(state.where, "a cell that otter ignores")
    elif within == "TESTS" and each.cell_type == "code":
        made: Test | None = test(each, state.where, state.report)
        if made:
            state.question.tests.append(made)
    elif within == "PROMPT":
        state.report.lost(state.where, f"what learners found in their answer: {each.source[:60]}")
    elif within == "SOLUTION" or (
        within == "QUESTION" and each.cell_type == "code" and _solved(each.source)
    ):
        state.answer.append(each)
    else:
        _kept(each, state)


def _solved(source: str) -> bool:
    return any(_BLOCK.match(line) or _LINE.search(line) for line in source.splitlines())


def _kept(each: NotebookNode, state: _Reading) -> None:
    if each.cell_type == "code":
        state.code.append(each.source)
        each.source = _OWN.sub("", each.source).strip()
        if not each.source:
            state.report.changed(state.where, "a cell that only spoke to otter is gone")
            return
    kept = cell(each.cell_type, each.source, each.id)  # only what a cell can hold, and no output
    kept.metadata = each.metadata
    if each.cell_type == "markdown" and "attachments" in each:
        kept.attachments = each.attachments
    state.cells.append(kept)


def _answer(state: _Reading) -> None:
    """Write the cell of a finished question's answer, with its mark."""
    asked = state.question
    if not state.answer:
        raise _wrong(f"question '{asked.name}' has no solution", "a cell between '# BEGIN SOLUTION' and '# END SOLUTION'", state)  # fmt: skip
    if len({each.cell_type for each in state.answer}) > 1 or len(state.answer) > 1:
        state.report.changed(
            asked.where, f"the {len(state.answer)} cells of its solution are one now"
        )
    kind = "code" if all(each.cell_type == "code" for each in state.answer) else "markdown"
    source = "\n\n".join(each.source for each in state.answer)
    points = asked.worth
    if asked.points == 0:
        state.report.changed(asked.where, f"'{asked.name}' earned nothing, and earns 1 now")
    if asked.manual or kind == "markdown":
        if kind == "code":
            source = _marked(source, asked, state)
        text = f"#| answer: {asked.name} points={points:g}\n{source}"
        state.cells.append(cell(kind, text, asked.name))
        state.report.taken(asked.where, f"'{asked.name}', {points:g} points, marked by a person")
        if asked.tests:
            state.report.lost(
                asked.where, f"the {len(asked.tests)} tests of a question that a person marks"
            )
            asked.tests = []
        return
    text = f"#| exercise: {asked.name} points={points:g}\n{_marked(source, asked, state)}"
    state.cells.append(cell("code", text, f"{asked.name}-answer"))
    state.report.taken(asked.where, f"'{asked.name}', {points:g} points, {len(asked.tests)} tests, "
                       f"{sum(each.hidden for each in asked.tests)} of them hidden")  # fmt: skip


def _marked(source: str, asked: Question, state: _Reading) -> str:
    """Return code with nbgrader's marks around its solution, in place of otter's."""
    if _PROMPT.search(source):
        state.report.lost(asked.where, "what learners found in place of the solution")
    lines, stubs = list[str](), 0
    for line in _PROMPT.sub("", source).splitlines():
        blank = line[: len(line) - len(line.lstrip())]
        if _BLOCK.match(line):
            lines.append(blank + _BEGIN)
        elif line.strip() == "# END SOLUTION":
            lines.append(blank + _END)
        elif _LINE.search(line):
            stubs += 1
            if lines and lines[-1] == blank + _END:  # one run of lines is one solution
                lines.pop()
            else:
                lines.append(blank + _BEGIN)
            lines += [_LINE.sub("", line), blank + _END]
        else:
            lines.append(line)
    if any(line.rstrip().endswith("# SEED") for line in lines):
        state.report.changed(asked.where, "learners see the line that ends with '# SEED', too")
    if stubs:
        state.report.changed(asked.where, f"{stubs} lines had '...' in place of the solution; learners get nbgrader's stub")  # fmt: skip
    text = "\n".join(lines).strip("\n")
    return text if _BEGIN in text else f"{_BEGIN}\n{text}\n{_END}"


def _own_ids(cells: list[NotebookNode]) -> list[NotebookNode]:
    seen = set[str]()
    for number, each in enumerate(cells):
        if each.id in seen:
            each.id = f"{each.id[:50]}-{number}"
        seen.add(each.id)
    return cells


def _data(file: str, made: Made, state: _Reading) -> None:
    path = state.path.parent / file
    inside = path.resolve().is_relative_to(state.path.parent.resolve())
    if inside and path.is_file() and not path.is_symlink():
        for part in Path(file).parts:
            safe_name(part, "file")
        made.files[Path(file).as_posix()] = path
        state.report.taken(file, "a file that travels with the lesson")
    else:
        state.report.lost(file, "a file that is not beside the notebook")
