"""A lesson and a submission as plain values that hold their files, to be judged on another machine."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from course.errors import Unavailable
from course.grading.prepared import Prepared
from course.layout import files_below
from course.model import Submission

Files = tuple[tuple[str, bytes], ...]
"""Relative names with contents. A name that is no UTF-8 holds surrogates, as everywhere in Python."""


@dataclass(frozen=True, slots=True)
class SentLesson:
    """A lesson on its way: its own files without notebooks, and the folder of its tests."""

    lesson: Prepared
    files: Files
    tests: Files

    def unpack(self, folder: Path) -> Prepared:
        """Lay it out below an empty folder; returns the lesson as it is there."""
        _write(folder / "files", self.files)
        # the folder's name is in the name of the tests' module, which must be new for new tests
        tests = folder / f"tests-{folder.name}"
        _write(tests, self.tests)
        return replace(self.lesson, files=folder / "files", tests=tests / self.lesson.tests.name)


@dataclass(frozen=True, slots=True)
class SentWork:
    """A submission on its way."""

    work: Submission
    files: Files

    def unpack(self, folder: Path) -> Submission:
        """Lay it out in an empty folder; returns the submission as it is there."""
        _write(folder, self.files)
        return replace(self.work, folder=folder)


def lesson(prepared: Prepared) -> SentLesson:
    """Read what a lesson's judge needs.

    Raises:
        Unavailable: a file can't be read.
    """
    own = files_below(prepared.files) if prepared.files.is_dir() else ()
    beside = files_below(prepared.tests.parent) if prepared.tests.is_file() else ()
    return SentLesson(
        prepared,
        _read((name, path) for name, path in own if path.suffix != ".ipynb"),
        _read((name, path) for name, path in beside if "__pycache__" not in name),
    )


def work(submission: Submission) -> SentWork:
    """Read a submission.

    Raises:
        Unavailable: a file can't be read.
    """
    return SentWork(submission, _read(files_below(submission.folder)))


def _read(found: Iterable[tuple[str, Path]]) -> Files:
    try:
        return tuple((name, path.read_bytes()) for name, path in found)
    except OSError as error:
        raise Unavailable(
            "a file can't be read to be sent", where=os.fspath(error.filename or ""),
            found=error.strerror or str(error), hint="mend its permissions, and run it again",
        ) from error  # fmt: skip


def _write(folder: Path, files: Files) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
