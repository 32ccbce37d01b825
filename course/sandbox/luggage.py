"""A folder's files, carried into a room without giving the room any way back to the folder.

The trusted side packs ordinary files into one nameless file in memory; the room unpacks it.
Links, devices, pipes and sockets are left behind: a link could point at what the room must not
have.
"""

import errno
import json
import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

from course.errors import Invalid

_COPY = 1 << 20
_HEAD = struct.Struct("QQ")
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class UnfitFolderError(Invalid):
    """A folder that no room can hold: that is about the folder, and never about the walls."""


def pack(folder: Path, without: str = "") -> tuple[int, int]:
    """Pack the ordinary files below ``folder``, but for those whose names end with ``without``.

    Returns:
        A descriptor, to be closed by the caller, and how many bytes it holds.

    Raises:
        OSError: the folder or a file in it can't be read.
    """
    bag = os.memfd_create("luggage", os.MFD_CLOEXEC)
    try:
        os.lseek(bag, _HEAD.size, os.SEEK_SET)
        files = list(_copied(str(folder.resolve(strict=True)), bag, without))
        end = os.lseek(bag, 0, os.SEEK_CUR)
        listing = json.dumps(files).encode()
        os.pwrite(bag, listing, end)
        os.pwrite(bag, _HEAD.pack(end, len(listing)), 0)
    except BaseException:
        os.close(bag)
        raise
    return bag, end + len(listing)


def _copied(top: str, bag: int, without: str) -> Iterator[tuple[str, int]]:
    """Copy the files into ``bag``; yield relative names with sizes in bytes, -1 for a folder."""
    for root, folders, files, here in os.fwalk(top):
        inside = os.path.relpath(root, top)
        for name in folders:
            if stat.S_ISDIR(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode):
                yield f"{inside}/{name}", -1
        for name in files:
            if without and name.endswith(without):
                continue
            if stat.S_ISREG(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode):
                yield f"{inside}/{name}", _copy(name, here, bag)


def _copy(name: str, here: int, bag: int) -> int:
    source, size = os.open(name, _OPEN, dir_fd=here), 0
    try:
        # it may have been swapped for something else since it was looked at
        if stat.S_ISREG(os.fstat(source).st_mode):
            while copied := os.sendfile(bag, source, None, _COPY):
                size += copied
    finally:
        os.close(source)
    return size


def unpack(bag: int, folder: str) -> None:
    """Write the files in a descriptor that `pack` made below ``folder``.

    Raises:
        UnfitFolderError: there are too many of them, or their names are too long.
    """
    try:
        _unpack(bag, folder)
    except OSError as error:
        many = error.errno == errno.ENOSPC
        raise UnfitFolderError(
            "too many files and folders" if many else "a name is too long, or can't stand here",
            found=error.strerror or str(error),
        ) from error


def _unpack(bag: int, folder: str) -> None:
    end, length = _HEAD.unpack(os.pread(bag, _HEAD.size, 0))
    offset = _HEAD.size
    for name, size in json.loads(os.pread(bag, length, end)):
        target = f"{folder}/{name}"
        if size < 0:
            os.mkdir(target)  # noqa: PTH102  not worth pathlib in the fast path
            continue
        file = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        stop = offset + size
        while offset < stop:
            # os.sendfile moves no offset that others share
            offset += os.sendfile(file, bag, offset, min(_COPY, stop - offset))
        os.close(file)
