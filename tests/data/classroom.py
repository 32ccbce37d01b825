"""A small class for tests: a course of its own, learners who work, and both command lines."""

import contextlib
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.cli import run
from course.lesson import record

BIN = Path(sys.executable).parent
DATA = Path(__file__).parent

DOUBLE = "def double(number):\n    return 2 * number\n"
SQUARE = "def double(number):\n    return number * number\n"
_RELEASED = re.compile(rb'"released": "[^"]*"')
WISH = "I want to read a table without fear."


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a subprocess: none of this user's own Jupyter settings."""
    home.mkdir(parents=True, exist_ok=True)
    own = {
        name: str(home / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    }
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, **own, "PATH": path}


@dataclass
class Said:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str = ""


def course(command: str, folder: Path, code: int | None = 0) -> Said:
    """Run one of our commands in a folder, in this process; it must end with ``code``, if any."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        ended = run(shlex.split(command))
    assert code in (None, ended), f"course {command}: {ended}\n{out.getvalue()}{err.getvalue()}"
    return Said(ended, out.getvalue(), err.getvalue())


def nbgrader(command: str, folder: Path, code: int | None = 0, seconds: int = 180) -> Said:
    """Run nbgrader's own command line in a folder; it must end with ``code``, if any."""
    done = subprocess.run(
        [str(BIN / "nbgrader"), *shlex.split(command)], cwd=folder, check=False, timeout=seconds,
        env=environment(folder.parent / "home"), capture_output=True, text=True,
    )  # fmt: skip
    assert code in (None, done.returncode), f"nbgrader {command}\n{done.stdout}{done.stderr}"
    return Said(done.returncode, done.stdout, done.stderr)


def new_course(folder: Path) -> Path:
    """Make the small course of `course new`, with its one lesson released."""
    course(f"new {folder.name} --title Small", folder.parent)
    course("release welcome", folder)
    return folder


def join(course_folder: Path, learner: str, lesson: str = "welcome") -> Path:
    """Let a learner join and fetch; returns the learner's folder."""
    home = course_folder.parent / learner
    home.mkdir()
    course(f"join {shlex.quote(str(course_folder))} --as {learner}", home)
    course(f"fetch {lesson}", home)
    return home


def edit(notebook: Path, sources: Mapping[str, str]) -> None:
    """Write new sources into the cells of these grade ids."""
    node = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in node["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in sources:
            cell["source"] = sources[name]
    notebook.write_text(json.dumps(node), encoding="utf-8")


def answer(home: Path, code: str = DOUBLE, wish: str = WISH, key: str = "Shift+Enter") -> None:
    """Work through the lesson "welcome": the function, the written answer and the quiz."""
    edit(home / "welcome" / "welcome.ipynb", {"double-answer": code, "wish": wish})
    if key:
        options = json.loads((home / "welcome" / "lesson.json").read_text(encoding="utf-8"))
        record.append(
            home / "welcome", "answered", "how-to-run", {"response": _choice(options, key)}
        )


def _choice(lesson: Any, text: str) -> Any:
    """Return what the widget would record when the option with this text is picked."""
    (quiz,) = [item for item in lesson["questions"] if item["id"] == "how-to-run"]
    return [option["id"] for option in quiz["options"] if option["text"] == text]


def points(course_folder: Path, lesson: str = "") -> dict[tuple[str, str], float | None]:
    """Return the points that `course grades` gives, by learner and question."""
    only = f" --lesson {lesson}" if lesson else ""
    rows = json.loads(course(f"grades --json{only}", course_folder).out)
    return {(row["learner"], row["question"]): row["points"] for row in rows}


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its content; links with where they point."""
    return {
        str(path.relative_to(folder)): str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
        for path in sorted(folder.rglob("*")) if path.is_symlink() or path.is_file()
    }  # fmt: skip


def gradebook(our: Path) -> dict[str, Any]:
    """Return every row of the gradebook without keys and times."""
    path = our / "gradebook.db"
    if not path.exists():
        return {}
    vague = {"id", "at", "graded_at", "submitted_at", "timestamp", "row", "start", "version_num"}
    with sqlite3.connect(path) as book:
        assert book.execute("pragma integrity_check").fetchall() == [("ok",)]
        tables = [
            row[0] for row in book.execute("select name from sqlite_master where type = 'table'")
        ]
        found = {}
        for table in tables:
            names = [row[1] for row in book.execute(f"pragma table_info({table})")]
            kept = [f'"{name}"' for name in names if name not in vague and not name.endswith("_id")]
            rows = book.execute(f"select {', '.join(kept) or 'count(*)'} from {table}").fetchall()  # noqa: S608
            found[table] = sorted(map(repr, rows)) if table != "course_ledger" else sorted(
                repr(row) for row in book.execute("select actor, action, learner, question, before, after from course_ledger"))  # fmt: skip
    book.close()
    return found


def visible(folder: Path) -> dict[str, bytes]:
    """Return the files that anybody sees: hidden ones, secrets, times of release and handing in left out."""
    return {
        name: _RELEASED.sub(b"", content) for name, content in tree(folder).items()
        if not any(part.startswith(".") for part in Path(name).parts)
        and not name.endswith(("timestamp.txt", "submission_secret.txt")) and "gradebook.db" not in name
        and "/inbound/" not in name
    }  # fmt: skip


def copy(source: Path, target: Path) -> Path:
    """Copy a course, to change it in a test."""
    shutil.copytree(source, target, symlinks=True)
    return target


def digest(content: bytes) -> bytes:
    """Return what stands for a content too large to keep."""
    return hashlib.sha256(content).digest()
