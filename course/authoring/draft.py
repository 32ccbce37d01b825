"""A lesson as its rules see it: everything that was read of it, once. Pure."""

import ast
import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from course.authoring import build
from course.authoring.finding import Finding
from course.authoring.reviews import Standing
from course.model import Question
from course.notebook import NotebookNode, marks
from course.questions import Item
from course.questions.text import QuizTextError, is_quiz, parse
from course.settings import CourseFile, Lesson


@dataclass(frozen=True, slots=True)
class Wrong:
    """A wrong answer that the author wrote down to try the tests with.

    Attributes:
        notebook: where it stands.
        cell: its id.
        answer: id of the exercise's answer cell.
        slip: its name.
        says: what a learner who gives it must be told; empty when anything will do.
        code: the answer.
        skipped: how many lines of marks stand above it in its cell.
    """

    notebook: str
    cell: str
    answer: str
    slip: str
    says: str
    code: str
    skipped: int = 1


@dataclass(frozen=True)
class Draft:
    """One lesson, read.

    Attributes:
        name: the lesson's folder.
        course: the whole of `course.toml`.
        folder: the lesson's folder on the disk.
        notebooks: name without suffix -> its file from the course's root, and its cells.
        tests: text of the lesson's tests; empty when there are none.
        tests_file: its name from the course's root.
        wrong: the author's wrong answers.
        mistakes: what is wrong with the marks in the source: file, cell, line, text and hint.
        unclear: names of the questions whose marks have mistakes.
        skipped: file and cell -> how many lines of marks its source began with.
        rows: file and cell -> the line of the file that the cell begins on, in sources that are texts.
        made: file and cell of what stands in no source: the check cells that marks gave.
        release: the built release's files, name -> content; empty when it can't be built.
        before: the last released version's notebooks, name -> cells.
        review: how it stands with its reviewers; None when that was not looked up.
    """

    name: str
    course: CourseFile
    folder: Path
    notebooks: Mapping[str, tuple[str, NotebookNode]]
    tests: str = ""
    tests_file: str = ""
    wrong: tuple[Wrong, ...] = ()
    mistakes: tuple[tuple[str, str, int, str, str], ...] = ()
    unclear: frozenset[str] = frozenset()
    skipped: Mapping[tuple[str, str], int] = field(default_factory=dict)
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    made: frozenset[tuple[str, str]] = frozenset()
    release: Mapping[str, bytes] = field(default_factory=dict)
    before: Mapping[str, NotebookNode] = field(default_factory=dict)
    review: Standing | None = None

    @property
    def about(self) -> Lesson:
        """Return what `course.toml` says of the lesson."""
        return self.course.lesson(self.name)

    @cached_property
    def questions(self) -> list[Question]:
        """Return the graded questions, in order."""
        return [
            q for name, (_, node) in self.notebooks.items() for q in build.questions(name, node)
        ]

    @cached_property
    def items(self) -> dict[str, Item]:
        """Return the quiz questions that can be read, by id."""
        found = {}
        for _, cell in self.cells("code"):
            if is_quiz(cell.source):
                try:
                    item = parse(cell.source)
                except QuizTextError:
                    continue  # a rule of its own tells
                found[item.id] = item
        return found

    @cached_property
    def travelling(self) -> list[tuple[str, str]]:
        """Return name and text of every file of the release; of JSON also the texts in it."""
        found = []
        for name, content in self.release.items():
            text = content.decode("utf-8", "replace")
            if name.endswith((".ipynb", ".json")):  # where quotes and line ends are escaped
                with suppress(ValueError):  # a file of the author's that only is called so
                    text += "\n" + "\n".join(_strings(json.loads(text)))
            found.append((name, text))
        return found

    def cells(self, kind: str = "") -> Iterator[tuple[str, NotebookNode]]:
        """Yield the file and each cell, of one cell type if it is given."""
        for file, node in self.notebooks.values():
            for cell in node.cells:
                if not kind or cell.cell_type == kind:
                    yield file, cell

    def place(self, question: str) -> tuple[str, str]:
        """Return the file and the id of the cell that a graded question has in its source."""
        above = ""
        for file, cell in self.cells():
            about = marks(cell)
            if about.get("grade_id") == question:
                return file, above if (file, cell.id) in self.made else cell.id
            above = cell.id if about.get("solution") else above
        return self.tests_file, ""

    def at(
        self, rule: str, level: str, cell: tuple[str, NotebookNode], text: str, hint: str = "",
        line: int = 0,
    ) -> Finding:  # fmt: skip
        """Return a finding about a cell that `cells` gave."""
        file, one = cell
        return Finding(rule, level, file, text, hint, one.id, self.line(file, one.id, line))

    def line(self, file: str, cell: str, line: int) -> int:
        """Return the line of a cell as its author sees it; 0 stays 0."""
        return line + self.skipped.get((file, cell), 0) if line else 0

    def located(self, finding: Finding) -> Finding:
        """Return a finding of `at` with the line of its file, where the source is a text."""
        begin = self.rows.get((finding.file, finding.cell))
        return replace(finding, line=begin + max(finding.line, 1) - 1) if begin else finding

    def is_python(self, cell: str) -> bool:
        """Return whether a code cell can be read; what it then does is another matter."""
        return all(one.id != cell or tree(one.source) is not None for _, one in self.cells("code"))

    def about_file(self, rule: str, level: str, text: str, hint: str = "") -> Finding:
        """Return a finding about the lesson's entry in `course.toml`."""
        return Finding(rule, level, "course.toml", text, hint)


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            if key.startswith(("text/", "image/svg")):
                yield _attached(value)
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)


def _attached(value: object) -> str:
    """Return the text of an attachment, which is kept in base 64; empty when it is none."""
    try:
        return base64.b64decode("".join(_strings(value)), validate=True).decode("utf-8", "replace")
    except ValueError:
        return ""


def tree(source: str) -> ast.Module | None:
    """Return a cell's syntax tree, without magics and shell commands; None when it is no Python."""
    lines = source.splitlines()
    if lines and lines[0].startswith("%%"):
        return None
    plain = ["" if line.lstrip().startswith(("%", "!", "?")) else line for line in lines]
    try:
        return ast.parse("\n".join(plain))
    except (SyntaxError, ValueError):
        return None
