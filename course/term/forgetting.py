"""What is kept about one person, in one readable whole, and how they are forgotten."""

import io
import json
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import layout as disk
from course.insight.frames import PSEUDONYMOUS
from course.layout import Layout
from course.lesson.state import VERBS
from course.store import personal
from course.term import Course, serving, traces

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
        mentions: files that name them among others.
        service: rows of the course service, by table; empty where there is none.
    """

    learner: str
    rows: dict[str, list[dict[str, Any]]]
    folders: tuple[Path, ...]
    files: tuple[Path, ...]
    mentions: tuple[traces.Mention, ...]
    service: dict[str, list[dict[str, Any]]]

    def counted(self) -> list[tuple[str, int]]:
        """Return what there is of which kind."""
        files = sum(1 for folder in self.folders for _ in disk.files_below(folder)) + len(
            self.files
        )
        rows = [*sorted(self.rows.items()), *sorted(self.service.items())]
        return [*((name, len(found)) for name, found in rows), ("files", files),
                *((f"lines of {each.path.name}", len(each.about)) for each in self.mentions)]  # fmt: skip


def kept(course: Course, learner: str) -> Kept:
    """Return everything that is kept about somebody; raise NotFound for a stranger."""
    disk.known(learner, [person.id for person in course.learners()], "learner")
    layout = course.layout
    with course.book() as book:
        rows = personal.kept(book, learner)
    files = traces.files(layout, learner, course.file.post.folder)
    service = serving.data_of(course, learner)
    return Kept(learner, rows, tuple(traces.folders(layout, learner)), tuple(files),
                tuple(traces.mentions(layout, learner)), service)  # fmt: skip


def bundle(course: Course, found: Kept) -> bytes:
    """Return all of it as a zip: `my-data.json` to read, and every file as it is kept."""
    out, root = io.BytesIO(), course.layout.root
    about = {
        "learner": found.learner, "course": course.file.title,
        "about": "Everything that this course keeps about you. 'gradebook' has the rows of its tables, 'files' what lies "
        "in this archive beside this file, 'records' what your notebooks noted while you worked, 'mentions' what files about many say of "
        "you, 'service' what the course service keeps.",
        "gradebook": found.rows, "service": found.service,
        "mentions": {each.path.relative_to(root).as_posix() if each.path.is_relative_to(root) else each.path.name: each.about for each in found.mentions}, "files": [name for name, _ in _files(root, found)],
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

    Raises:
        Unavailable: the course service is away; nothing was forgotten then.
    """
    serving.forget(course, found.learner)
    name = personal.pseudonym() if pseudonymise else ""
    layout = course.layout
    if name:
        _keep_records(layout, found.learner, name)
    for folder in found.folders:
        disk.remove_folder(folder)
    for path in found.files:
        path.unlink(missing_ok=True)
    for each in traces.mentions(layout, found.learner):  # as they are now
        disk.write(each.path, each.rest, stat.S_IMODE(each.path.stat().st_mode))
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
