"""Grades on a disk that is full, then frees it and grades again: for a process of its own.

It takes one order as JSON, and prints what both runs said. The disk is mounted for this process and
its children only: whoever asks finds what came of it in the folder ``kept``.
"""

import contextlib
import io
import json
import os
import shutil
import sys
from pathlib import Path

from course.cli import run
from course.sandbox import linux

NO_SOCKETS = shutil.ignore_patterns("listener-*")
ROOMY = "size=64m,nr_inodes=9000"


def main() -> None:
    """Mount the disk, fill it, grade, free it, grade again."""
    order = json.loads(sys.argv[1])
    our, place, kept = Path(order["our"]), Path(order["place"]), Path(order["kept"])
    _mount(place)
    _leave(place, **order["left"])
    said = [_run(order["command"], our)]
    shutil.copytree(our, kept / "full", ignore=NO_SOCKETS)
    _mount_again(place, ROOMY)
    said.append(_run(order["command"], our))
    shutil.copytree(our, kept / "freed", ignore=NO_SOCKETS)
    sys.stdout.write(json.dumps(said))


def _mount(place: Path) -> None:
    content = {
        path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()
    }
    try:
        linux.unshare(linux.CLONE_NEWNS)
        linux.mount(None, "/", "", linux.MS_REC | linux.MS_PRIVATE)
        linux.mount("tmpfs", str(place), "tmpfs", 0, ROOMY)
    except OSError as error:
        sys.exit(f"no disk: {error}")
    for name, data in content.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)


def _mount_again(place: Path, options: str) -> None:
    linux.mount("tmpfs", str(place), "tmpfs", linux.MS_REMOUNT, options)


def _leave(place: Path, room: int | None = None, files: int | None = None) -> None:
    """Leave so many bytes, or so many files."""
    disk = os.statvfs(place)
    if room is not None:
        used = (disk.f_blocks - disk.f_bfree) * disk.f_bsize
        _mount_again(place, f"size={used + room}")
    if files is not None:
        _mount_again(place, f"nr_inodes={disk.f_files - disk.f_ffree + files}")


def _run(command: str, folder: Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(command.split())
    return code, out.getvalue(), err.getvalue()


if __name__ == "__main__":  # worker processes import this module again
    main()
