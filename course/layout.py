"""Where things lie on the disk, which names are safe there, and writing without halves."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path, PurePosixPath

from course.errors import NotFound, Refused, Unavailable, nearest

COURSE_FILE = "course.toml"
NBGRADER_FILE = "nbgrader_config.py"
LEARNER_FILE = "learner.toml"
"""Beside the exchange's folders of a course: what it is called, and which lessons are out, in order."""

_SAFE_NAME = re.compile(r"[A-Za-z0-9_@][A-Za-z0-9_.@ -]{0,99}")


@dataclass(frozen=True, slots=True)
class Layout:
    """The folders of one course, nbgrader's own names included."""

    root: Path
    source: Path
    release: Path
    submitted: Path
    autograded: Path
    feedback: Path
    autograders: Path
    exchange: Path
    db_url: str
    course_id: str

    def submission(self, learner: str, lesson: str) -> Path:
        """Return the folder of one learner's submission."""
        return self.submitted / safe_name(learner, "learner") / safe_name(lesson, "lesson")

    def lessons(self) -> list[str]:
        """Return the folders of the source directory that hold a lesson's source, sorted."""
        folders = self.source.iterdir() if self.source.is_dir() else ()
        return sorted(path.name for path in folders if sources(path))

    def tests(self, lesson: str) -> Path:
        """Return the file of a lesson's tests; it need not exist."""
        return self.autograders / f"{safe_name(lesson, 'lesson')}.py"


def sources(folder: Path) -> list[Path]:
    """Return the files of a folder that a lesson is written in, by notebook's name.

    These are notebooks, and ``.md`` and ``.py`` files that begin as jupytext writes them or, in a
    folder without a notebook, are called like the folder. Any other file is the lesson's data.
    """
    if not folder.is_dir() or folder.name.startswith("."):
        return []
    files = [path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")]
    books = [path for path in files if path.suffix == ".ipynb"]
    texts = [
        path for path in files if path.suffix in (".md", ".py")
        and (_is_jupytext(path) or (not books and path.stem == folder.name))
    ]  # fmt: skip
    return sorted([*books, *texts], key=lambda path: (path.stem, path.suffix))


def _is_jupytext(path: Path) -> bool:
    """Tell whether a file begins with jupytext's header, in Markdown or as a comment."""
    with path.open("rb") as file:
        lines = file.read(4096).decode("utf-8-sig", "replace").splitlines()
    plain = [line.removeprefix("#").removeprefix(" ") for line in lines]
    if not plain or plain[0].strip() != "---":
        return False
    head = "\n".join(takewhile(lambda line: line.strip() != "---", plain[1:]))
    return bool(re.search(r"^(jupyter|jupytext|kernelspec):", head, re.MULTILINE))


def find_course(start: Path | None = None) -> Path:
    """Return the nearest folder at or above ``start`` that is a course.

    Raises:
        NotFound: when there is none.
    """
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / LEARNER_FILE).is_file():
            break
        if (folder / COURSE_FILE).is_file() or (folder / NBGRADER_FILE).is_file():
            return folder
    raise NotFound(
        "no course here",
        where=str(here),
        expected=f"a folder with {COURSE_FILE} or {NBGRADER_FILE}, here or above",
        hint="go to the course's folder, give --course DIR, or make one with: course new DIR",
    )


def safe_name(name: str, what: str) -> str:
    """Return ``name`` if it can stand as one folder's name everywhere.

    Raises:
        Refused: for a path, a hidden name, or characters that some disk or nbgrader refuses.
    """
    if not _SAFE_NAME.fullmatch(name) or name != name.strip() or ".." in name:
        raise Refused(
            f"not a usable name for a {what}",
            expected="up to 100 letters, digits, '.', '_', '-', '@' or spaces, and no path",
            found=repr(name),
        )
    return name


def known(name: str, names: list[str], what: str, where: str = "") -> str:
    """Return ``name`` if it is among ``names``; raise NotFound with the nearest otherwise."""
    if name in names:
        return name
    listing = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")  # noqa: PLR2004  a line
    raise NotFound(
        f"no {what} '{name}'",
        where=where,
        expected=f"one of: {listing}" if names else f"a {what}, and there is none yet",
        hint=nearest(name, names),
    )


def files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield relative name and path of every regular file, sorted; links are not followed."""
    for base, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(
            name
            for name in folders
            if not os.path.islink(Path(base, name))  # noqa: PTH114  fast
        )
        for name in sorted(names):
            path = Path(base, name)
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def laid_over(work: Path, own: Path) -> Iterator[tuple[str, Path]]:
    """Yield the files of ``own``, and those of ``work`` that leave them their names and folders."""
    ours = dict(files_below(own)) if own.is_dir() else {}
    folders = {above.as_posix() for name in ours for above in PurePosixPath(name).parents}
    yield from ours.items()
    for name, path in files_below(work):
        above = (folder.as_posix() for folder in PurePosixPath(name).parents)
        if name not in ours and name not in folders and not any(each in ours for each in above):
            yield name, path


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(folder: Path) -> str:
    """Return the SHA-256 over names and contents of a folder's files, links left out."""
    whole = hashlib.sha256()
    for name, path in files_below(folder):
        whole.update(os.fsencode(name) + f"\0{file_digest(path)}\n".encode())
    return whole.hexdigest()


def write(path: Path, content: bytes | str, mode: int = 0o644) -> None:
    """Write a file whole or not at all: temporary name, fsync, rename.

    Raises:
        Unavailable: when the disk refuses (full, read-only).
    """
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, mode)  # noqa: PTH101  a name, not a Path
            os.replace(temporary, path)  # noqa: PTH105  as above
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise refused(path, error) from error


def replace_folder(new: Path, target: Path) -> None:
    """Put the finished folder ``new`` in the place of ``target``.

    ``new`` must lie on the same disk. A kill between the two renames leaves ``target`` absent and
    both folders whole beside it, so doing the same again completes it.
    """
    try:
        for _, path in files_below(new):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        old = target.parent / f".{target.name}.old"
        remove_folder(old)
        had = target.exists()
        if had:
            target.rename(old)
        try:
            new.rename(target)
        except OSError:
            if had:
                old.rename(target)
            raise
        _sync_folder(target.parent)
        remove_folder(old)
    except OSError as error:
        raise refused(target, error) from error


def swap_folders(new: Path, target: Path) -> None:
    """Let two finished folders of one disk change places, at once where the system can do that.

    Where it can't, a kill may leave ``target`` absent: `settle_folders` then puts it back.
    """
    try:
        for _, path in files_below(new):
            with path.open("rb") as file:
                os.fsync(file.fileno())
        if not _exchange(new, target):
            old = _aside(target)
            target.rename(old)
            new.rename(target)
            old.rename(new)
        _sync_folder(target.parent)
    except OSError as error:
        raise refused(target, error) from error


def settle_folders(folder: Path) -> None:
    """Put back what `swap_folders` was about to replace in a folder when it was killed."""
    for aside in folder.glob(".*.aside"):
        target = folder / aside.name.removeprefix(".").removesuffix(".aside")
        if not target.exists():
            aside.rename(target)


def _aside(target: Path) -> Path:
    return target.parent / f".{target.name}.aside"


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two names as Linux can; returns whether it did. See renameat2(2)."""
    import ctypes  # noqa: PLC0415  only here

    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    rename = getattr(ctypes.CDLL(None), "renameat2", None)
    names = os.fsencode(first), os.fsencode(second)
    return rename is not None and rename(here, names[0], here, names[1], exchange) == 0


def copy_folder(
    source: Path,
    target: Path,
    wanted: Callable[[str, Path], bool] = lambda _name, _path: True,
    before: Callable[[Path], object] = lambda _work: None,
) -> None:
    """Copy a folder's regular files to ``target``, links left out; whole or not at all.

    Args:
        wanted: takes a file's relative name and path, tells whether to copy it.
        before: called with the finished copy before it takes ``target``'s place.
    """
    work = target.parent
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        work.chmod(0o755)
        for name, path in files_below(source):
            if wanted(name, path):
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, work / name)
        before(work)
        replace_folder(work, target)
    except OSError as error:
        raise refused(target, error) from error
    finally:
        if work != target.parent:
            remove_folder(work)


def remove_folder(folder: Path) -> None:
    """Remove a folder and what is in it, read-only files included; none is fine."""
    if not folder.exists():
        return
    for base, _, _ in os.walk(folder):
        Path(base).chmod(0o755)
    shutil.rmtree(folder)


def _sync_folder(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def refused(path: Path, error: OSError) -> Unavailable:
    """Return what to raise when the disk would not take something."""
    return Unavailable(
        "the disk refused",
        where=str(path),
        found=error.strerror or str(error),
        hint="nothing is half-written; make room or mend the permissions, and run it again",
    )
