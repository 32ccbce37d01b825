"""Readable marks in a lesson's source, and the nbgrader metadata that they stand for. Pure.

#| exercise: mean-salary points=4          a code cell with its solution between nbgrader's marks
#| wrong: used-sum                         a plausible wrong answer to the exercise above
#| answer: why-median points=3             own words (or code), marked by a person
#| rubric: one point for the reason        below it, for whoever marks; as many lines as needed
%%quiz robust-summary points=2             a question, see `course.questions.text`
"""

import copy
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from course.authoring.build import call_of
from course.errors import nearest
from course.notebook import NotebookNode, marks
from course.questions.text import QuizTextError, is_quiz, parse

SETTINGS = {"exercise": ("points",), "answer": ("points", "rubric"), "wrong": ("of", "says")}
_LINE = re.compile(r"#\|\s*([A-Za-z_-]+)\s*:(?:\s+(.*?))?\s*$")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,55}")
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake of an author.

    Attributes:
        cell: the cell's id.
        line: in the cell, from 1.
        text: what is wrong.
        hint: what to write instead.
    """

    cell: str
    line: int
    text: str
    hint: str


@dataclass(slots=True)
class Mark:
    """What stands at the top of a cell.

    Attributes:
        word: "exercise", "answer" or "wrong".
        name: the question's name, or the wrong answer's.
        settings: what else the line says, by name.
        rubric: lines for whoever marks.
        rest: the cell's source without its marks.
    """

    word: str = ""
    name: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    rubric: list[str] = field(default_factory=list)
    rest: str = ""
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def points(self) -> float:
        """The points as written; 0 when there are none that can be read."""
        try:
            points = float(self.settings.get("points", ""))
        except ValueError:
            return 0.0
        return points if 0 < points <= _MOST else 0.0


def read(source: str) -> Mark:
    """Read the marks of one cell; a cell without any has no word, and is its own rest."""
    mark, lines = Mark(rest=source), source.splitlines()
    top = next((n for n, line in enumerate(lines) if not line.startswith("#|")), len(lines))
    kept = []
    for number, line in enumerate(lines[:top], 1):
        match = _LINE.match(line)
        word, text = (match[1], match[2] or "") if match else ("", "")
        if word == "rubric" and mark.word == "answer":
            mark.rubric.append(text)
        elif word in SETTINGS and not mark.word:
            mark.word = word
            _first(mark, number, text)
        elif word in SETTINGS:
            mark.problems.append(
                (number, f"a second mark in one cell: {line}", "give it a cell of its own")
            )
        else:
            kept.append(line)  # of another tool, such as Quarto
            meant = nearest(word, [*SETTINGS, "rubric"]) if word and not mark.word else ""
            if meant and _looks_like_ours(text):
                mark.problems.append((number, f"there is no mark '{word}'", meant))
    for number, line in enumerate(lines[top:], top + 1):
        match = _LINE.match(line)
        if match and match[1] in SETTINGS:
            mark.problems.append((number, f"the mark is not at the top of its cell: {line.strip()}",
                                  "begin a new cell with it (in a .md file, put a line '+++' above it)"))  # fmt: skip
    if mark.word:
        mark.rest = "\n".join([*kept, *lines[top:]])
    return mark


def _looks_like_ours(text: str) -> bool:
    return "points=" in text


def _first(mark: Mark, number: int, text: str) -> None:
    """Read what stands after ``#| exercise:``."""
    sample = f"#| {mark.word}: " + ("used-sum" if mark.word == "wrong" else "mean-salary points=4")
    try:
        words = shlex.split(text)
    except ValueError:
        mark.problems.append(
            (number, "a quotation mark is not closed", 'write text as in rubric="a reason"')
        )
        return
    names = [word for word in words if "=" not in word]
    mark.settings = dict(word.split("=", 1) for word in words if "=" in word)
    if len(names) == 1 and _NAME.fullmatch(names[0]):
        mark.name = names[0]
    else:
        found = " ".join(names) or "none"
        mark.problems.append(
            (number, f"one name in small letters is needed; found: {found}", f"write: {sample}")
        )
    for key in sorted(set(mark.settings) - {*SETTINGS[mark.word]}):
        hint = nearest(key, SETTINGS[mark.word]) or f"use {', '.join(SETTINGS[mark.word])}"
        mark.problems.append((number, f"'{key}=' means nothing here", hint))
    if mark.word != "wrong" and not mark.points:
        said = mark.settings.get("points")
        text = (
            f"points={said} is not a number above 0, up to {_MOST}"
            if said
            else "the points are missing"
        )
        mark.problems.append((number, text, f"write: {sample}"))
    if "rubric" in mark.settings:
        mark.rubric.append(mark.settings["rubric"])


def own_id(cell: NotebookNode) -> str:
    """Return the id that a cell's marks give it; empty for a cell without marks."""
    mark = read(cell.source)
    if mark.word and mark.name:
        return {"exercise": f"{mark.name}-answer", "answer": mark.name}.get(
            mark.word, f"wrong-{mark.name}"
        )
    if cell.cell_type == "code" and is_quiz(cell.source):
        try:
            return parse(cell.source).id.replace(".", "-")
        except QuizTextError:
            return ""
    kind, question = call_of(cell.source) if cell.cell_type == "code" else ("", "")
    return question if kind == "course.check" else ""


def about(
    cell_type: str, name: str, points: float | None, *, solution: bool = False
) -> dict[str, Any]:
    """Return nbgrader's metadata (schema 3) of one cell; without points it earns none."""
    found: dict[str, Any] = {
        "cell_type": cell_type, "grade": points is not None, "grade_id": name,
        "locked": not solution, "schema_version": 3, "solution": solution, "task": False,
    }  # fmt: skip
    if points is not None:
        found["points"] = int(points) if points == int(points) else points
    return found


def apply(node: NotebookNode) -> tuple[NotebookNode, list[Problem]]:
    """Return a copy of a notebook in which marks have become nbgrader's metadata, and all mistakes.

    The lines of the marks are gone, wrong answers are gone, each exercise has its locked check
    cell, and rubrics stand in ``metadata.course.rubric`` (`without_rubrics` takes them out).
    Metadata that an author has already is kept; where a mark says otherwise, that is a mistake.
    """
    node, problems, above = copy.deepcopy(node), list[Problem](), ""
    imported = any(_imports_course(cell) for cell in node.cells)
    for cell in list(node.cells):
        mark = read(cell.source)
        problems += [Problem(_id(cell), *problem) for problem in mark.problems]
        if mark.word:
            above = mark.name if mark.word == "exercise" else above
            found = [*_misplaced(cell, mark, above, imported=imported)]
            problems += [Problem(_id(cell), *each) for each in found]
            cell.source = mark.rest
            if mark.name and not found and mark.word != "wrong":
                problems += _write(node, cell, mark)
        elif cell.cell_type == "code" and is_quiz(cell.source) and not marks(cell):
            _write_quiz(cell)
        if mark.word == "wrong":
            node.cells.remove(cell)
    return node, [*problems, *_twice(node)]


def _id(cell: NotebookNode) -> str:
    """Return a cell's id; before notebook format 4.5 there are none."""
    return str(cell.get("id", ""))


def _imports_course(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(
        re.search(r"^\s*(import|from)\s+course\b", cell.source, re.MULTILINE)
    )


def _misplaced(
    cell: NotebookNode, mark: Mark, above: str, *, imported: bool
) -> Iterator[tuple[int, str, str]]:
    """Yield what is wrong with where a mark stands, each with its line."""
    if mark.word != "answer" and cell.cell_type != "code":
        yield 1, f"#| {mark.word} stands in a {cell.cell_type} cell", "make it a code cell"
    elif mark.word == "exercise":
        begin, end = cell.source.count("### BEGIN SOLUTION"), cell.source.count("### END SOLUTION")
        if not begin or begin != end:
            line = next(
                (n for n, row in enumerate(cell.source.splitlines(), 1) if "SOLUTION" in row), 1
            )
            yield (line, f"the solution is not marked: {begin} begin, {end} end",
                   "put it between the lines '### BEGIN SOLUTION' and '### END SOLUTION'")  # fmt: skip
        if not imported:
            yield (
                1,
                "the notebook never imports course, so that its check can't run",
                "add to its first code cell: import course",
            )
    elif mark.word == "wrong" and not (mark.settings.get("of") or above):
        yield (
            1,
            "a wrong answer stands above every exercise",
            "put it below its exercise, or add of=EXERCISE",
        )


def _write(node: NotebookNode, cell: NotebookNode, mark: Mark) -> list[Problem]:
    """Give a marked cell, and the check cell of an exercise, their metadata."""
    if mark.word == "answer":
        if mark.rubric:
            cell.metadata["course"] = {
                **cell.metadata.get("course", {}),
                "rubric": "\n".join(mark.rubric),
            }
        return _settle(cell, about(cell.cell_type, mark.name, mark.points, solution=True), mark)
    own = about("code", marks(cell).get("grade_id", f"{mark.name}-answer"), None, solution=True)
    return _settle(cell, own, mark) + _settle(
        _check(node, cell, mark.name), about("code", mark.name, mark.points), mark
    )


def _check(node: NotebookNode, cell: NotebookNode, name: str) -> NotebookNode:
    """Return the check cell of an exercise; makes one below it when the author wrote none."""
    for other in node.cells:
        if other.cell_type == "code" and call_of(other.source) == ("course.check", name):
            return other
    made: NotebookNode = type(cell)(
        cell_type="code", execution_count=None, id=free(name, [_id(each) for each in node.cells]),
        metadata=type(cell)(), outputs=[], source=f'course.check("{name}")',
    )  # fmt: skip
    node.cells.insert(node.cells.index(cell) + 1, made)
    return made


def _settle(cell: NotebookNode, wanted: dict[str, Any], mark: Mark) -> list[Problem]:
    """Write metadata where there is none; say where there is other."""
    there = marks(cell)
    if not there:
        cell.metadata["nbgrader"] = type(cell)(wanted)
        return []
    return [
        Problem(_id(cell), 1, f"'#| {mark.word}: {mark.name}' says {key}={value}, nbgrader's metadata says "
                f"{key}={there.get(key)}", "change one of them, or remove the metadata: the mark is enough")
        for key, value in wanted.items()
        if key not in ("schema_version", "cell_type", "locked") and (there.get(key) or 0) != value
    ]  # fmt: skip


def _write_quiz(cell: NotebookNode) -> None:
    try:
        item = parse(cell.source)
    except QuizTextError:
        return  # `build.quizzes` tells of it, with the lines
    cell.metadata["nbgrader"] = type(cell)(about("code", item.id, item.points or None))


def _twice(node: NotebookNode) -> Iterator[Problem]:
    seen = dict[str, str]()
    for cell in node.cells:
        name = marks(cell).get("grade_id", "")
        if name in seen and not is_quiz(cell.source):  # of quizzes, `build.quizzes` tells
            yield Problem(
                _id(cell),
                1,
                f"the name '{name}' is taken by cell '{seen[name]}'",
                "give it another name",
            )
        if name:
            seen.setdefault(name, _id(cell))


def free(wanted: str, taken: list[str]) -> str:
    """Return ``wanted`` as the id of a cell, with a number after it if it is taken."""
    wanted = re.sub(r"[^A-Za-z0-9_-]+", "-", wanted)[:60].strip("-") or "cell"
    number, name = 2, wanted
    while name in taken:
        number, name = number + 1, f"{wanted}-{number}"
    return name


def without_rubrics(node: NotebookNode) -> None:
    """Take out, in place, what is meant for those who mark: it doesn't travel."""
    for cell in node.cells:
        own = cell.metadata.get("course")
        if isinstance(own, dict) and own.pop("rubric", None) is not None and not own:
            del cell.metadata["course"]
