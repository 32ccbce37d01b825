"""What is kept about one person, in one readable whole, and how they are forgotten."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import layout as disk
from course.certificate import FOLDER
from course.exchange import requests
from course.insight.frames import PSEUDONYMOUS
from course.layout import Layout
from course.lesson.state import VERBS
from course.store import personal
from course.term import Course

_TELLING = (
    "opened",
    "answered",
    "reviewed",
    "attempted",
    "hinted",
    "revealed",
    "completed",
    "skipped",
    "watched",
)
_CODE = re.compile(r"[A-Za-z0-9.,:+-]{1,12}")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept about somebody.

    Attributes:
        rows: of the gradebook, by table.
        folders: of theirs, such as submissions.
        files: of theirs that lie among those of others.
    """

    learner: str
    rows: dict[str, list[dict[str, Any]]]
    folders: tuple[Path, ...]
    files: tuple[Path, ...]

    def counted(self) -> list[tuple[str, int]]:
        """Return what there is of which kind."""
        files = sum(1 for folder in self.folders for _ in disk.files_below(folder)) + len(
            self.files
        )
        return [*((name, len(rows)) for name, rows in sorted(self.rows.items())), ("files", files)]


def kept(course: Course, learner: str) -> Kept:
    """Return everything that is kept about somebody; raise NotFound for a stranger."""
    disk.known(learner, [person.id for person in course.learners()], "learner")
    layout = course.layout
    with course.book() as book:
        rows, pages = personal.kept(book, learner), personal.pages(book, learner)
    steps = (
        layout.submitted,
        layout.autograded,
        layout.feedback,
        layout.root / ".course" / "attempts",
        layout.root / FOLDER,
    )
    exchange = layout.exchange / layout.course_id
    folders = [step / learner for step in steps if (step / learner).is_dir()]
    folders += [
        each
        for each in sorted((exchange / "inbound").glob("*+*+*"))
        if each.name.split("+")[0] == learner
    ]
    files = [
        each for each in sorted((exchange / "feedback").glob("*.html")) if _digest(each) in pages
    ]
    return Kept(learner, rows, tuple(folders), (*files, *requests.sent_by(layout, learner)))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def bundle(course: Course, found: Kept) -> bytes:
    """Return all of it as a zip: `my-data.json` to read, and every file as it is kept."""
    out, root = io.BytesIO(), course.layout.root
    about = {
        "learner": found.learner, "course": course.file.title,
        "about": "Everything that this course keeps about you. 'gradebook' has the rows of its tables, 'files' what lies "
        "in this archive beside this file, 'records' what your notebooks noted while you worked.",
        "gradebook": found.rows, "files": [name for name, _ in _files(root, found)],
        "records": {name: _lines(path) for name, path in _files(root, found) if path.name.startswith("record") and path.suffix == ".jsonl"},
    }  # fmt: skip
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "my-data.json", json.dumps(about, indent=1, default=str, ensure_ascii=False)
        )
        for name, path in _files(root, found):
            archive.write(path, f"files/{name}")
    return out.getvalue()


def _files(root: Path, found: Kept) -> Iterator[tuple[str, Path]]:
    for path in [path for folder in found.folders for _, path in disk.files_below(folder)] + list(
        found.files
    ):
        yield (path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name), path


def _lines(path: Path) -> list[Any]:
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            found.append(line)  # theirs, too
    return found


def forget(course: Course, found: Kept, actor: str, *, pseudonymise: bool) -> str:
    """Remove all that is kept about somebody, or keep figures under a pseudonym; returns that, or nothing.

    The gradebook comes last: whoever is stopped before does it again, and nothing is left over.
    """
    name = personal.pseudonym() if pseudonymise else ""
    layout = course.layout
    if name:
        _keep_records(layout, found.learner, name)
    for folder in found.folders:
        disk.remove_folder(folder)
    for path in found.files:
        path.unlink(missing_ok=True)
    disk.remove_folder(layout.root / ".course" / "insight")  # a cache, with names in it
    with course.book() as book:
        personal.forget(book, found.learner, name, actor)
    return name


def _keep_records(layout: Layout, learner: str, name: str) -> None:
    """Keep what happened when, without a word of theirs."""
    for path in sorted((layout.submitted / learner).glob("*/record*.jsonl")):
        if path.is_file() and not path.is_symlink():
            bare = [text for line in path.read_bytes().splitlines() if (text := _bare(line))]
            disk.write(
                layout.root / PSEUDONYMOUS / name / path.parent.name / path.name, "".join(bare)
            )


def _bare(line: bytes) -> str:
    """Return a statement without what somebody wrote; empty for one that is nothing else."""
    try:
        said = json.loads(line)
        if said["verb"] not in {VERBS[each] for each in _TELLING}:
            return ""
        result = {
            key: value
            for key, value in said["result"].items()
            if isinstance(value, bool | int | float) or key == "segments"
        }
        response = said["result"].get("response")
        if isinstance(response, list) and all(
            isinstance(each, str) and _CODE.fullmatch(each) for each in response
        ):
            result["response"] = response  # an option or a number
        elif response is not None:
            result["response"] = []
        return (
            json.dumps(
                {
                    **{key: said[key] for key in ("id", "timestamp", "verb", "object")},
                    "result": result,
                }
            )
            + "\n"
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""
