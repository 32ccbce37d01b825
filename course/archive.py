"""Zips: read within bounds, since anybody may have made them; written so that the same files give the same zip."""

import errno
import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from course.errors import Invalid, Refused, Unavailable

MAX_TOTAL = 200_000_000
MAX_FILES = 2_000
MAX_RATIO = 100

_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, EOFError,
    ValueError, struct.error,
)  # fmt: skip
# bad data has no number; the others are names that no disk takes, or one inside another
_IMPOSSIBLE = (None, errno.ENAMETOOLONG, errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.EINVAL)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
_PLAIN = 0o100644 << 16


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of some files, in their order; the same files give the same bytes."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            member = zipfile.ZipInfo(name, _LONG_AGO)
            member.external_attr, member.compress_type = _PLAIN, zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return data.getvalue()


def unpack(archive: Path, target: Path) -> None:
    """Unpack a zip whose every member is a plain file below ``target``, within bounds.

    Raises:
        Invalid: it is not a zip, or one that no disk could hold.
        Refused: a member climbs out, is a link or device, or the whole is too large.
    """
    with _told(str(archive)), zipfile.ZipFile(archive) as file:
        for member in _checked(str(archive), file):
            place = target / member.filename
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as outside:
                for chunk in _bounded(file, member, str(archive)):
                    outside.write(chunk)


def contents(data: bytes | Path, where: str = "") -> dict[str, bytes]:
    """Return names and contents of a zip's files, in their order, within the bounds of `unpack`.

    Raises:
        Invalid: it is not a zip.
        Refused: as `unpack`; or a name stands in it twice.
    """
    where = where or (str(data) if isinstance(data, Path) else "")
    found: dict[str, bytes] = {}
    with (
        _told(where),
        zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data) as file,
    ):
        for member in _checked(where, file):
            if member.filename in found:
                raise Refused("the zip holds a file twice", where=where, found=member.filename)
            found[member.filename] = b"".join(_bounded(file, member, where))
    return found


@contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        raise Invalid(
            "this is not a zip that can be read", where=where, found=str(error)
        ) from error
    except OSError as error:
        if error.errno not in _IMPOSSIBLE:
            raise Unavailable(
                "the zip can't be unpacked now", where=where, found=str(error.strerror),
                hint="nothing was taken; make room or mend the permissions, and run it again",
            ) from error  # fmt: skip
        raise Invalid(
            "this is not a zip that can be read", where=where, found=str(error)
        ) from error


def _checked(where: str, file: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [member for member in file.infolist() if not member.is_dir()]
    total = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if len(members) > MAX_FILES or total > MAX_TOTAL or total / packed > MAX_RATIO:
        raise Refused(
            "the zip is larger inside than a class's work can be", where=where,
            expected=f"at most {MAX_FILES} files, {MAX_TOTAL // 1_000_000} MB, {MAX_RATIO} times its size",
            found=f"{len(members)} files, {total // 1_000_000} MB, {total // packed} times its size",
        )  # fmt: skip
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        kind = stat.S_IFMT(member.external_attr >> 16)
        climbs = member.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0]
        if climbs or "\0" in member.filename:
            raise Refused(
                "a file of the zip climbs out of its folder", where=where, found=member.filename
            )
        if kind not in (0, stat.S_IFREG):
            raise Refused("the zip holds a link or a device", where=where, found=member.filename)
    return members


def _bounded(file: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> Iterator[bytes]:
    """Yield what a member declares, no more: the declared size may be a lie."""
    left = member.file_size
    with file.open(member) as inside:
        while chunk := inside.read(min(left + 1, 1 << 20)):
            left -= len(chunk)
            if left < 0:
                raise Refused(
                    "a file of the zip is larger than it says", where=where, found=member.filename
                )
            yield chunk
