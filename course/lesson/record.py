"""The learner's record: one line of JSON per thing that happened, appended and flushed to disk.

A line is an xAPI statement of one learner, so without its actor: ``id``, ``timestamp`` (with the
time zone), ``verb`` (an IRI of ADL, Activity Streams or the Tin Can registry), ``object`` (the id
of a question, section, video …), ``result`` and, where there is one, ``context``. What a lesson
knows of its learner is a fold over the lines (`course.lesson.state`).

A record of another machine is put beside this one under any name like ``record-home.jsonl`` (as
sync programs name a copy in conflict): all of them are read, and each statement counts once.
"""

import datetime as dt
import errno
import json
import os
import uuid
from functools import lru_cache
from pathlib import Path
from typing import Any

from course.lesson.state import VERBS, State, Try, fold

__all__ = ["NAME", "VERBS", "State", "Try", "append", "read"]

NAME = "record.jsonl"
_ALL = "record*.jsonl"
MAX_BYTES = 50_000_000
"""How large the records of a folder may be together; beyond it none is read, and nothing is added."""


def append(
    folder: Path,
    verb: str,
    object_: str,
    result: dict[str, Any],
    context: dict[str, Any] | None = None,
) -> str:
    """Add one line, on the disk before this returns; returns its timestamp.

    Args:
        folder: the lesson's folder.
        verb: one of VERBS, by its short name.
        object_: what it is about, a question's id for example.
        result: what came of it, see `course.lesson.state`.
        context: what it happened with.

    Raises:
        OSError: when it can't be written; nothing that was there is harmed.
    """
    now = dt.datetime.now().astimezone().isoformat(timespec="microseconds")
    line = {
        "id": str(uuid.uuid4()), "timestamp": now, "verb": VERBS[verb],
        "object": object_, "result": result, **({"context": context} if context else {}),
    }  # fmt: skip
    data = (json.dumps(line, ensure_ascii=False) + "\n").encode(errors="replace")
    if size(folder) + len(data) > MAX_BYTES:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(folder / NAME))
    with (folder / NAME).open("ab+", buffering=0) as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            data = data if file.read(1) == b"\n" else b"\n" + data  # after a torn line
        if file.write(data) != len(data):  # one write: lines of two kernels don't mix
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / NAME))
        os.fsync(file.fileno())
    return now


def read(folder: Path) -> State:
    """Fold the records of a folder; an absent one is empty. Links are not followed.

    Of records that are larger than MAX_BYTES only their size is told, as ``unread``.
    """
    files = _files(folder)
    much = _size(files)
    return _read(files) if much <= MAX_BYTES else State(unread=much)


def size(folder: Path) -> int:
    """Return the bytes of a folder's records."""
    return _size(_files(folder))


def lines(folder: Path) -> list[bytes]:
    """Return the lines of a folder's records as they were written; none where `read` tells only a size."""
    if size(folder) > MAX_BYTES:
        return []
    return [line for path, *_ in _files(folder) for line in path.read_bytes().split(b"\n") if line]


_File = tuple[Path, int, int, int]


def _files(folder: Path) -> tuple[_File, ...]:
    """Return the records of a folder, each with what changes when it does."""
    found = []
    for path in sorted(folder.glob(_ALL), key=lambda path: (path.name != NAME, path.name)):
        if path.is_file() and not path.is_symlink():
            about = path.stat()
            found.append((path, about.st_ino, about.st_size, about.st_mtime_ns))
    return tuple(found)


def _size(files: tuple[_File, ...]) -> int:
    return sum(much for _, _, much, _ in files)


@lru_cache(maxsize=8)  # a notebook of sixty questions reads it sixty times
def _read(files: tuple[_File, ...]) -> State:
    return fold(line for path, *_ in files for line in path.read_bytes().split(b"\n"))
