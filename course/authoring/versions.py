"""A lesson's versions: what a release consists of, its number and its hash, kept between releases.

The last released version of each lesson lies in `versions/<lesson>.json` of the course, with what
the next one is compared with. It holds solutions and keys, and never travels.
"""

import ast
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from course import layout as disk
from course.authoring import build
from course.authoring.marks import apply
from course.authoring.source import Sources
from course.errors import Invalid
from course.layout import Layout
from course.model import Kind
from course.notebook import NotebookNode, marks
from course.questions.text import QuizTextError, is_quiz, parse

FOLDER = "versions"
SHORT = 8
"""How many digits of a hash are shown."""

Facts = dict[str, Any]
"""What a version consists of, as JSON:

questions: id -> notebook, kind, points, title, and the lines of its text or solution.
tests: name -> question, points, public, and the hash of its code without comments.
shared: hash of what stands beside the tests in their file.
sections: "notebook: heading" -> its lines; questions and answers are left out.
files: name -> hash of each data file.
"""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of a lesson's content.

    Attributes:
        number: 1 for the first release, then one more for each that differs.
        hash: SHA-256 of its facts; outputs, cell ids and the tests' comments don't count.
        released: time of its release in UTC, ISO 8601.
        facts: what it consists of.
    """

    number: int
    hash: str
    released: str
    facts: Facts

    def about(self) -> dict[str, Any]:
        """Return what a learner's `lesson.json` says of it."""
        return {"version": self.number, "hash": self.hash, "released": self.released}

    def __str__(self) -> str:
        return f"version {self.number} ({self.hash[:SHORT]})"


def place(layout: Layout, lesson: str) -> Path:
    """Return the file of a lesson's last released version; it need not exist."""
    return layout.root / FOLDER / f"{disk.safe_name(lesson, 'lesson')}.json"


def last(layout: Layout, lesson: str) -> Version | None:
    """Return a lesson's last released version; None when there was none.

    Raises:
        Invalid: when its file is damaged.
    """
    path = place(layout, lesson)
    if not path.is_file():
        return None
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        version = Version(
            int(data["number"]), str(data["hash"]), str(data["released"]), data["facts"]
        )
        if digest(version.facts) != version.hash:
            raise ValueError("the hash is another one")  # noqa: TRY301  as what can't be read
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid(
            "the last version can't be read", where=str(path), found=f"{type(error).__name__}: {error}",
            hint="take it back from your version control; without the file, counting begins at 1",
        ) from error  # fmt: skip
    return version


def current(sources: Sources, lesson: str) -> Version:
    """Return the version that a release would be now: the last one while nothing changed.

    A mistake in the lesson's marks does not keep it from having a version.

    Raises:
        Invalid: when a source, or the last version, can't be read.
    """
    layout, folder = sources.layout, sources.layout.source / lesson
    tests, written = layout.tests(lesson), disk.sources(folder)
    nodes = [(path.stem, apply(node)[0]) for path, node in sources.raw(lesson)]
    files = {
        name: disk.file_digest(path) for name, path in disk.files_below(folder)
        if path not in written and not any(part.startswith((".", "__")) for part in Path(name).parts)
    }  # fmt: skip
    known = facts(nodes, tests.read_text(encoding="utf-8") if tests.is_file() else "", files)
    before, now = last(layout, lesson), dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    if before is not None and before.hash == digest(known):
        return before
    return Version(before.number + 1 if before else 1, digest(known), now, known)


def keep(layout: Layout, lesson: str, version: Version) -> None:
    """Write a version down as the last released one."""
    text = json.dumps(asdict(version), indent=1, sort_keys=True, ensure_ascii=False)
    disk.write(place(layout, lesson), text + "\n")


def digest(known: Facts) -> str:
    """Return the SHA-256 of facts."""
    text = json.dumps(known, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def facts(
    sources: Iterable[tuple[str, NotebookNode]], tests: str, files: Mapping[str, str]
) -> Facts:
    """Return what a version consists of.

    Args:
        sources: name and cells of the lesson's notebooks.
        tests: text of the lesson's tests.
        files: name and hash of the lesson's other files.
    """
    questions, sections = dict[str, Any](), dict[str, list[str]]()
    for name, node in sources:
        questions |= _questions(name, node)
        for heading, lines in _sections(node):
            sections.setdefault(f"{name}: {heading}" if heading else name, []).extend(lines)
    found, shared = _tests(tests)
    return {"questions": questions, "tests": found, "shared": shared, "sections": sections,
            "files": dict(files)}  # fmt: skip


def _questions(name: str, node: NotebookNode) -> dict[str, Any]:
    graded = {q.id: q for q in build.questions(name, node)}
    found, answers, title = dict[str, Any](), list[str](), ""
    for cell in node.cells:
        about = marks(cell)
        own = about.get("grade_id", "")
        if cell.cell_type == "markdown" and not about:
            title = _heading(cell.source) or title
        if (quiz := _quiz(cell)) and quiz not in graded:
            found[quiz] = {"notebook": name, "kind": "practice", "points": 0.0, "title": title,
                           "text": _lines(cell.source)}  # fmt: skip
        elif about.get("grade") and own in graded:
            one = graded[own]
            text = _lines(cell.source) if build.call_of(cell.source) == ("", "") else []
            text += _lines(str(cell.metadata.get("course", {}).get("rubric", "")))
            found[own] = {"notebook": name, "kind": str(one.kind), "points": one.points,
                          "title": one.title, "text": [*answers, *text]}  # fmt: skip
            answers = []
        elif about.get("solution"):
            answers += _lines(cell.source)
    return found


def _quiz(cell: NotebookNode) -> str:
    try:
        return parse(cell.source).id if is_quiz(cell.source) else ""
    except QuizTextError:
        return ""  # course check tells


def _sections(node: NotebookNode) -> Iterator[tuple[str, list[str]]]:
    """Yield heading and lines of each cell that is no question and no answer to one."""
    heading = ""
    for cell in node.cells:
        about = marks(cell)
        if cell.cell_type == "markdown" and not about.get("solution"):
            heading = _heading(cell.source) or heading
        if not about.get("grade") and not about.get("solution") and not _quiz(cell):
            pictures = [digest(dict(cell["attachments"]))] if cell.get("attachments") else []
            yield heading, [*_lines(cell.source), *pictures]


def _heading(source: str) -> str:
    """Return the first heading of a Markdown text; empty when it has none."""
    fenced = False
    for line in source.splitlines():
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced and line.startswith("#"):
            return line.lstrip("#").strip()
    return ""


def _lines(source: str) -> list[str]:
    return [line.rstrip() for line in source.strip().splitlines()]


def _tests(source: str) -> tuple[dict[str, Any], str]:
    """Return what is declared of each test, and the hash of the rest of their file."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}, digest({"": source})
    found, rest = dict[str, Any](), list[str]()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            found[node.name] = {**declared(node), "hash": digest({"": _plain(node)})}
        else:
            rest.append(ast.unparse(node))
    return found, digest({"": rest})


def _plain(test: ast.FunctionDef) -> str:
    """Return a test's code without what `declared` says of it: other points are no other test."""
    kept = [
        each for each in test.decorator_list if name_of(each) not in ("points", "public", "hint")
    ]
    return "\n".join(
        [*map(ast.unparse, kept), ast.unparse(test.args), *map(ast.unparse, test.body)]
    )


def declared(test: ast.FunctionDef) -> dict[str, Any]:
    """Return "question", "points" and "public" of a test, as its decorators say; see `course.testing`."""
    about: dict[str, Any] = {"question": "", "points": 0.0, "public": False}
    for each in test.decorator_list:
        if name_of(each) == "public":
            about["public"] = True
        if isinstance(each, ast.Call) and name_of(each) == "points":
            values: dict[str | None, ast.expr | None] = {
                "points": each.args[0] if each.args else None
            }
            values |= {word.arg: word.value for word in each.keywords}
            about |= {
                str(name): value.value for name, value in values.items()
                if name in ("points", "question") and isinstance(value, ast.Constant)
            }  # fmt: skip
    return about


def name_of(decorator: ast.expr) -> str:
    """Return the name of a decorator, without the module that it is taken from."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(called).rpartition(".")[2]


def is_code(question: Mapping[str, Any]) -> bool:
    """Whether a question's facts are those of an exercise that tests judge."""
    return question["kind"] in (Kind.CODE, Kind.TESTS)
