"""Whether a release gives away what learners are to find out: every file of it is searched."""

import ast
import json
import re
from collections.abc import Iterator

from course.authoring import build
from course.authoring.draft import Draft
from course.authoring.finding import Finding
from course.authoring.rubric import rubrics
from course.authoring.rules.structure import BEGIN, END
from course.errors import Invalid
from course.notebook import marks

_MARKS = (BEGIN, END, "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS", "=== BEGIN MARK SCHEME ===")
_ODD = re.compile(r"(?:^|/)(?:\.git/|\.ipynb_checkpoints/|__pycache__/|.*(?:~|\.bak|\.orig|\.swp)$|"
                  r"[^/]*(?:solution|loesung|answer[-_ ]?key)[^/]*$)", re.IGNORECASE)  # fmt: skip
_LEAST = 12
"""Letters of a line from which on it is no common one such as ``return x``."""


def no_solution_travels(draft: Draft) -> Iterator[Finding]:
    """No line of a solution stands in the release, in any cell, output, attachment or file."""
    for file, cell in draft.cells("code"):
        if not marks(cell).get("solution"):
            continue
        for number, line in _hidden_lines(cell.source):
            for name, text in draft.travelling:
                if line in text and not _shown_elsewhere(draft, cell.id, line):
                    yield draft.at("solution-leaks", "error", (file, cell),
                                    f"a line of the solution stands in the release, in {name}: '{line}'",
                                    "take it out of the release, or change the exercise",
                                    number)  # fmt: skip


def _hidden_lines(text: str) -> Iterator[tuple[int, str]]:
    inside = False
    for number, line in enumerate(text.splitlines(), 1):
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside and len(line.strip()) >= _LEAST and not line.strip().startswith("#"):
            yield number, line.strip()


def _shown_elsewhere(draft: Draft, cell_id: str, line: str) -> bool:
    """Whether the author shows the same line on purpose, in an example say."""
    return any(
        line in cell.source for _, cell in draft.cells()
        if cell.id != cell_id and not marks(cell).get("solution")
    )  # fmt: skip


def no_mark_is_left(draft: Draft) -> Iterator[Finding]:
    """Nbgrader's marks are gone from the release, and what stood between them."""
    for name, text in draft.travelling:
        for mark in _MARKS:
            if mark in text:
                yield Finding("mark-leaks", "error", f"release/{draft.name}/{name}",
                              f"'{mark}' stands in the release",
                              "the cell is not marked as nbgrader expects")  # fmt: skip


def no_rubric_travels(draft: Draft) -> Iterator[Finding]:
    """What is meant for those who mark stands in no cell's metadata and in no text of the release."""
    nodes = ((name, node) for name, (_, node) in draft.notebooks.items())
    for (_, question), rubric in rubrics(nodes).items():
        lines = [*rubric.text.splitlines(), *(item.text for item in rubric.items)]
        for line in (line.strip() for line in lines if len(line.strip()) >= _LEAST):
            for name, text in draft.travelling:
                if line in text:
                    file, cell = draft.place(question)
                    yield Finding("rubric-leaks", "error", file,
                                  f"a line of the rubric of '{question}' stands in the release, in "
                                  f"{name}: '{line}'", "say it in other words there", cell)  # fmt: skip


def no_key_travels(draft: Draft) -> Iterator[Finding]:
    """What tells the right answer of a graded question stands in no file of the release."""
    for file, cell in draft.cells("code"):
        item = draft.items.get(str(marks(cell).get("grade_id")))
        if item is None or not item.points:
            continue
        rows = cell.source.splitlines()
        told = [
            (n, row.strip()) for n, row in enumerate(rows, 1) if row.startswith(("- [x]", "= "))
        ]
        told += [(each.line, each.why) for each in item.options]
        told += [(each.line, each.why) for each in item.rules]
        for line, secret in told:
            for name, text in draft.travelling:
                if (
                    len(secret) >= _LEAST
                    and secret in text
                    and not _shown_elsewhere(draft, cell.id, secret)
                ):
                    yield draft.at("key-leaks", "error", (file, cell),
                                    f"a line of the key of '{item.id}' stands in the release, in "
                                    f"{name}: '{secret}'", "take it out of there", line)  # fmt: skip


def no_hidden_test_travels(draft: Draft) -> Iterator[Finding]:
    """No hidden test of the tests file stands in the release."""
    try:
        tree = ast.parse(draft.tests)
        public = build.public_tests(draft.tests, draft.tests_file)
    except (SyntaxError, Invalid):
        return
    for node in tree.body:
        if not (isinstance(node, ast.FunctionDef) and node.name.startswith("test")):
            continue
        for statement in node.body:
            line = ast.unparse(statement)
            if len(line) < 2 * _LEAST or line in public:
                continue
            for name, text in draft.travelling:
                if line in text:
                    yield Finding("test-leaks", "error", draft.tests_file,
                                  f"the hidden test {node.name} stands in the release, in {name}",
                                  "a test travels only if it is @public", line=statement.lineno)  # fmt: skip


def no_odd_file_travels(draft: Draft) -> Iterator[Finding]:
    """Nothing lies in the lesson's folder that learners should not have."""
    for name in draft.release:
        if _ODD.search(name):
            yield Finding("odd-file", "error", f"release/{draft.name}/{name}",
                          "this looks like a file that learners should not have",
                          f"move it out of notebooks/{draft.name}/")  # fmt: skip
    for name, content in draft.release.items():
        if len(content) > 20_000_000:  # noqa: PLR2004  bytes; a slow line takes minutes
            yield Finding("large-file", "warning", f"release/{draft.name}/{name}",
                          f"{len(content) / 1e6:.0f} MB for every learner to fetch",
                          "make it smaller")  # fmt: skip


def nothing_rides_along(draft: Draft) -> Iterator[Finding]:
    """The release's notebooks carry no outputs and no attachments of answer cells."""
    for name, content in draft.release.items():
        if not name.endswith(".ipynb"):
            continue
        for cell in json.loads(content)["cells"]:
            about = cell.get("metadata", {}).get("nbgrader", {})
            carries = "outputs" if cell.get("outputs") else "attachments" if (
                about.get("solution") and cell.get("attachments")) else ""  # fmt: skip
            if carries:
                yield Finding("rides-along", "error", f"release/{draft.name}/{name}",
                              f"the released cell has {carries}", "clear them in the source",
                              cell.get("id", ""))  # fmt: skip


RULES = (
    no_solution_travels, no_key_travels, no_mark_is_left, no_rubric_travels, no_hidden_test_travels, no_odd_file_travels,
    nothing_rides_along,
)  # fmt: skip
