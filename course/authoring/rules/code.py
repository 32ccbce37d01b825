"""What a lesson's code would meet on a learner's machine."""

import ast
import re
from collections.abc import Iterator

from course.authoring.draft import Draft, tree
from course.authoring.finding import Finding
from course.questions.text import is_quiz

_PATH = re.compile(r"(?:/home/|/Users/|/root/|/mnt/|/media/)[\w.-]+|\b[A-Za-z]:\\\\?\w+")
_PIP = re.compile(r"^\s*[%!]\s*(?:pip3?|conda|mamba|uv pip)\s+install\s+(.*)$", re.MULTILINE)
_OPENS = {
    "open",
    "read_csv",
    "read_table",
    "read_json",
    "read_excel",
    "read_parquet",
    "imread",
    "loadtxt",
}
_WRITES = {"savefig", "to_csv", "to_json", "to_excel", "to_parquet", "to_html", "savetxt", "save"}
_NETWORK = {"requests", "urllib", "httpx", "aiohttp", "socket", "ftplib", "smtplib"}
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|lorem ipsum)\b", re.IGNORECASE)


def code_is_python(draft: Draft) -> Iterator[Finding]:
    """Every code cell can be read as Python."""
    for file, cell in draft.cells("code"):
        text = cell.source
        if is_quiz(text) or text.lstrip().startswith("%%") or tree(text) is not None:
            continue
        line, said = _wrong_in(text)
        yield draft.at("syntax", "error", (file, cell), f"this is no Python: {said}",
                        "mend it; in a .md file, look whether a ``` is missing above", line)  # fmt: skip


def _wrong_in(source: str) -> tuple[int, str]:
    """Return the line at which a source stops being Python, and what Python says."""
    rows = ["" if row.lstrip()[:1] in ("%", "!", "?") else row for row in source.splitlines()]
    try:
        ast.parse("\n".join(rows))
    except SyntaxError as error:
        return error.lineno or 0, error.msg
    except ValueError as error:
        return 0, str(error)
    return 0, "it can't be read"


def no_path_of_one_machine(draft: Draft) -> Iterator[Finding]:
    """No file is named by a place that only the author's machine has."""
    for file, cell in draft.cells():
        if match := _PATH.search(cell.source):
            line = cell.source.count("\n", 0, match.start()) + 1
            yield draft.at("machine-path", "error" if cell.cell_type == "code" else "warning",
                            (file, cell), f"'{match[0]}' is a place on one machine",
                            "put the file into the lesson's folder and name it from there",
                            line)  # fmt: skip


def files_are_there(draft: Draft) -> Iterator[Finding]:
    """Every file that a cell reads comes with the lesson, or was written by a cell."""
    calls = [(place, call) for place in draft.cells("code") for call in _calls(place[1].source)]
    written = {
        path for _, (name, path, mode) in calls if name in _WRITES or mode[:1] in ("w", "x", "a")
    }
    for place, (name, path, mode) in calls:
        if name not in _OPENS or mode[:1] in ("w", "x", "a") or path in written:
            continue
        if "://" not in path and not path.startswith("/") and not (draft.folder / path).exists():
            line = next(n for n, text in enumerate(place[1].source.splitlines(), 1) if path in text)
            yield draft.at("file-missing", "error", place, f"there is no file {path}",
                           "put it into the lesson's folder", line)  # fmt: skip


def _calls(source: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, first argument and second one of every call with a text as the first."""
    for node in ast.walk(tree(source) or ast.Module([], [])):
        if isinstance(node, ast.Call) and node.args:
            texts = [a.value if isinstance(a, ast.Constant) and isinstance(a.value, str) else ""
                     for a in [*node.args, ast.Constant("")][:2]]  # fmt: skip
            if texts[0]:
                yield ast.unparse(node.func).rpartition(".")[2], texts[0], texts[1]


def network_is_declared(draft: Draft) -> Iterator[Finding]:
    """A lesson works without a network, unless `course.toml` says that it needs one."""
    if draft.about.network:
        return
    for file, cell in draft.cells("code"):
        for node in ast.walk(tree(cell.source) or ast.Module([], [])):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            used = sorted({name.partition(".")[0] for name in modules} & _NETWORK)
            url = (isinstance(node, ast.Constant) and isinstance(node.value, str)
                   and re.match(r"(?:https?|ftp|s3)://", node.value))  # fmt: skip
            if used or url:
                what = used[0] if used else node.value  # type: ignore[attr-defined]
                yield draft.at("network", "warning", (file, cell), f"{what} needs a network, which "
                                "learners may not have and the grader never has",
                                "bring the data along, or declare network = true for the lesson",
                                node.lineno)  # type: ignore[attr-defined]  # fmt: skip


def packages_are_pinned(draft: Draft) -> Iterator[Finding]:
    """What a cell installs has a version."""
    for file, cell in draft.cells("code"):
        for match in _PIP.finditer(cell.source):
            loose = [
                word for word in match[1].split() if not word.startswith("-") and "==" not in word
            ]
            if loose:
                line = cell.source.count("\n", 0, match.start()) + 1
                yield draft.at("unpinned", "warning", (file, cell), f"{loose[0]} has no version",
                                f"write {loose[0]}==…: next year's version may differ",
                                line)  # fmt: skip


def outputs_are_cleared(draft: Draft) -> Iterator[Finding]:
    """The source keeps no outputs: they show solutions, and make diffs long."""
    for file, cell in draft.cells("code"):
        if cell.get("outputs") or cell.get("execution_count"):
            yield draft.at("outputs", "warning", (file, cell), "the cell has saved outputs",
                            "clear all outputs before saving")  # fmt: skip


def nothing_is_unfinished(draft: Draft) -> Iterator[Finding]:
    """No note of the author's to the author is left."""
    for file, cell in draft.cells():
        if match := _UNFINISHED.search(cell.source):
            line = cell.source.count("\n", 0, match.start()) + 1
            yield draft.at("unfinished", "warning", (file, cell), f"'{match[0]}' was left here",
                            "finish it, or take it out", line)  # fmt: skip


def wrong_answers_are_python(draft: Draft) -> Iterator[Finding]:
    """A wrong answer can be run."""
    for wrong in draft.wrong:
        if tree(wrong.code) is None:
            file, _ = draft.notebooks[wrong.notebook]
            line, said = _wrong_in(wrong.code)
            yield Finding("wrong-answer", "error", file,
                          f"the wrong answer '{wrong.slip}' is no Python: {said}",
                          "a learner's would not run either: write one that does", wrong.cell,
                          line + wrong.skipped)  # fmt: skip


RULES = (
    code_is_python, no_path_of_one_machine, files_are_there, network_is_declared, packages_are_pinned,
    outputs_are_cleared, nothing_is_unfinished, wrong_answers_are_python,
)  # fmt: skip
