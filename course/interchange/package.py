"""A QTI package: a zip of XML files, from anybody."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from course.errors import Invalid, Refused
from course.interchange.report import Report

MOST_FILES = 2000
MOST_BYTES = 50_000_000
_TELLING = {"imsmanifest.xml", "assessment_meta.xml"}
"""About the quizzes, without a question: what they tell has no place in a lesson."""
_STAMP = (1980, 1, 1, 0, 0, 0)


def files(data: bytes, report: Report) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of the XML files that may hold questions; the others are in the report.

    Raises:
        Invalid: when it is no zip file, or a broken one.
        Refused: when it would unpack to very much, or names a place outside of it.
    """
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
            _bounded(entries, report)
            for entry in entries:
                _inside(entry, report)
            for entry in entries:
                name = PurePosixPath(entry.filename).name
                if not name.lower().endswith(".xml") or name in _TELLING:
                    why = "about the quiz, which is for its platform" if name in _TELLING else "not known here"  # fmt: skip
                    report.lost(f"{report.file}, {entry.filename}", f"the file, {why}")
                    continue
                with archive.open(entry) as file:
                    content = file.read(left + 1)  # what a header says of its size may be a lie
                left = _less(left, content, report)
                yield entry.filename, content
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Invalid("this zip file is broken or locked", where=report.file, found=str(error),
                      hint="export it again, without a password") from error  # fmt: skip


def _too_much(report: Report) -> Refused:
    return Refused(
        "this package unpacks to more than a quiz can be", where=report.file,
        expected=f"at most {MOST_FILES} files and {MOST_BYTES // 1_000_000} MB",
        hint="export fewer quizzes at once",
    )  # fmt: skip


def _less(left: int, content: bytes, report: Report) -> int:
    if len(content) > left:
        raise _too_much(report)
    return left - len(content)


def _bounded(entries: list[zipfile.ZipInfo], report: Report) -> None:
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _too_much(report)


def _inside(entry: zipfile.ZipInfo, report: Report) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    link = stat.S_ISLNK(entry.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0] or link:
        raise Refused(
            "this package names a place outside of it", where=report.file, found=repr(entry.filename),
            expected="files inside the package", hint="don't use this file; ask where it comes from",
        )  # fmt: skip


def packed(contents: dict[str, str]) -> bytes:
    """Return a zip file, the same for the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), text, zipfile.ZIP_DEFLATED)
    return out.getvalue()
