"""What a lesson's code would meet on a learner's machine."""

import ast
import re
from collections.abc import Iterator

from course.authoring.finding import Finding
from course.authoring.source import Source, is_wrong, tree
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
_NETWORK = {"requests", "urllib", "httpx", "aiohttp", "socket", "ftplib", "smtplib"}
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|TBD|lorem ipsum)\b", re.IGNORECASE)


def code_is_python(source: Source) -> Iterator[Finding]:
    """Every code cell can be read as Python."""
    for file, cell in source.cells("code"):
        text = cell.source
        if is_quiz(text) or text.lstrip().startswith("%%") or tree(text) is not None:
            continue
        line, said = 0, "it can't be read"
        try:
            ast.parse("\n".join("" if row.lstrip()[:1] in ("%", "!", "?") else row
                                for row in text.splitlines()))  # fmt: skip
        except SyntaxError as error:
            line, said = error.lineno or 0, error.msg
        except ValueError as error:
            said = str(error)
        yield source.at("syntax", "error", (file, cell), f"this is no Python: {said}", line=line)


def no_path_of_one_machine(source: Source) -> Iterator[Finding]:
    """No file is named by a place that only the author's machine has."""
    for file, cell in source.cells():
        if match := _PATH.search(cell.source):
            line = cell.source.count("\n", 0, match.start()) + 1
            yield source.at("machine-path", "error" if cell.cell_type == "code" else "warning",
                            (file, cell), f"'{match[0]}' is a place on one machine",
                            "put the file into the lesson's folder and name it from there",
                            line)  # fmt: skip


def files_are_there(source: Source) -> Iterator[Finding]:
    """Every file that a cell reads comes with the lesson."""
    written = {
        node.value for _, cell in source.cells("code") for node in ast.walk(tree(cell.source) or ast.Module([], []))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and re.search(rf"(?:to_\w+|savefig|dump|write\w*)\([^)]*{re.escape(node.value)!s}|open\([^)]*{re.escape(node.value)}['\"],\s*['\"][wax]", cell.source)
    }  # fmt: skip
    for file, cell in source.cells("code"):
        for node in ast.walk(tree(cell.source) or ast.Module([], [])):
            if not (isinstance(node, ast.Call) and node.args):
                continue
            name = ast.unparse(node.func).rpartition(".")[2]
            first = node.args[0]
            if name in _OPENS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                path = first.value
                if "://" in path or path.startswith("/") or path in written:
                    continue
                if not (source.folder / path).exists():
                    yield source.at("file-missing", "error", (file, cell), f"there is no file {path}",
                                    "put it into the lesson's folder", node.lineno)  # fmt: skip


def network_is_declared(source: Source) -> Iterator[Finding]:
    """A lesson works without a network, unless `course.toml` says that it needs one."""
    if source.about.network:
        return
    for file, cell in source.cells("code"):
        for node in ast.walk(tree(cell.source) or ast.Module([], [])):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            used = sorted({name.partition(".")[0] for name in modules} & _NETWORK)
            url = (isinstance(node, ast.Constant) and isinstance(node.value, str)
                   and re.match(r"(?:https?|ftp|s3)://", node.value))  # fmt: skip
            if used or url:
                what = used[0] if used else node.value  # type: ignore[attr-defined]
                yield source.at("network", "warning", (file, cell), f"{what} needs a network, which "
                                "learners may not have and the grader never has",
                                "bring the data along, or declare network = true for the lesson",
                                node.lineno)  # type: ignore[attr-defined]  # fmt: skip


def packages_are_pinned(source: Source) -> Iterator[Finding]:
    """What a cell installs has a version."""
    for file, cell in source.cells("code"):
        for match in _PIP.finditer(cell.source):
            loose = [
                word for word in match[1].split() if not word.startswith("-") and "==" not in word
            ]
            if loose:
                line = cell.source.count("\n", 0, match.start()) + 1
                yield source.at("unpinned", "warning", (file, cell), f"{loose[0]} has no version",
                                f"write {loose[0]}==…: next year's version may differ",
                                line)  # fmt: skip


def outputs_are_cleared(source: Source) -> Iterator[Finding]:
    """The source keeps no outputs: they show solutions, and make diffs long."""
    for file, cell in source.cells("code"):
        if cell.get("outputs") or cell.get("execution_count"):
            yield source.at("outputs", "warning", (file, cell), "the cell has saved outputs",
                            "clear all outputs before saving")  # fmt: skip


def nothing_is_unfinished(source: Source) -> Iterator[Finding]:
    """No note of the author's to the author is left."""
    for file, cell in source.cells():
        if match := _UNFINISHED.search(cell.source):
            line = cell.source.count("\n", 0, match.start()) + 1
            yield source.at("unfinished", "warning", (file, cell), f"'{match[0]}' was left here",
                            "finish it, or take it out", line)  # fmt: skip


def wrong_answers_differ(source: Source) -> Iterator[Finding]:
    """A wrong answer is Python."""
    for file, cell in source.cells("code"):
        if is_wrong(cell) and tree(cell.source) is None:
            yield source.at("wrong-answer", "error", (file, cell), "the wrong answer is no Python")


RULES = (
    code_is_python, no_path_of_one_machine, files_are_there, network_is_declared, packages_are_pinned,
    outputs_are_cleared, nothing_is_unfinished, wrong_answers_differ,
)  # fmt: skip
