"""Work that came as files: a folder or zip that a learning platform exported, or an e-mail."""

import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from course.errors import Invalid, NotFound, Refused
from course.layout import Layout, copy_folder, files_below, safe_name
from course.model import Learner

MAX_TOTAL = 200_000_000
MAX_FILES = 2_000
MAX_RATIO = 100


def take(
    source: Path, layout: Layout, lesson: str, notebooks: Sequence[str], people: Sequence[Learner]
) -> tuple[list[str], list[tuple[str, str]]]:
    """Bring files into `submitted/`; a newer file of the same learner replaces the older one.

    A learner is recognised by the first folder's name or by the file's name, which begins with
    the id, the e-mail address or the name, as Moodle and Canvas write them.

    Returns:
        the learners whose work was taken, and pairs of file and reason for what was not.

    Raises:
        NotFound: there is no such file or folder.
        Refused: a zip that climbs out, holds links, or is a bomb.
    """
    if not source.exists():
        raise NotFound("no such file or folder", where=str(source))
    with tempfile.TemporaryDirectory(prefix="course-") as scratch:
        folder = source
        if source.is_file():
            folder = Path(scratch)
            unpack(source, folder)
        return _sort(folder, layout, lesson, notebooks, people)


def unpack(archive: Path, target: Path) -> None:
    """Unpack a zip whose every member is a plain file below ``target``, within bounds.

    Raises:
        Invalid: it is not a zip.
        Refused: a member climbs out, is a link or device, or the whole is too large.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            members = [member for member in file.infolist() if not member.is_dir()]
            _check(archive, members)
            for member in members:
                place = target / member.filename
                place.parent.mkdir(parents=True, exist_ok=True)
                with file.open(member) as inside, place.open("wb") as outside:
                    _copy_bounded(inside, outside, member, archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Invalid(
            "this is not a zip that can be read", where=str(archive), found=str(error)
        ) from error


def _check(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if len(members) > MAX_FILES or total > MAX_TOTAL or total / packed > MAX_RATIO:
        raise Refused(
            "the zip is larger inside than a class's work can be", where=str(archive),
            expected=f"at most {MAX_FILES} files, {MAX_TOTAL // 1_000_000} MB, {MAX_RATIO} times its size",
            found=f"{len(members)} files, {total // 1_000_000} MB, {total // packed} times its size",
        )  # fmt: skip
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        kind = stat.S_IFMT(member.external_attr >> 16)
        if (
            member.filename.startswith(("/", "\\"))
            or ".." in parts
            or ":" in parts[0]
            or "\0" in member.filename
        ):
            raise Refused(
                "a file of the zip climbs out of its folder",
                where=str(archive),
                found=member.filename,
            )
        if kind not in (0, stat.S_IFREG):
            raise Refused(
                "the zip holds a link or a device", where=str(archive), found=member.filename
            )


def _copy_bounded(inside: object, outside: object, member: zipfile.ZipInfo, archive: Path) -> None:
    """Copy what a member declares, no more: the declared size may be a lie."""
    left = member.file_size
    while chunk := inside.read(min(left + 1, 1 << 20)):  # type: ignore[attr-defined]
        left -= len(chunk)
        if left < 0:
            raise Refused(
                "a file of the zip is larger than it says",
                where=str(archive),
                found=member.filename,
            )
        outside.write(chunk)  # type: ignore[attr-defined]


def _sort(
    folder: Path, layout: Layout, lesson: str, notebooks: Sequence[str], people: Sequence[Learner]
) -> tuple[list[str], list[tuple[str, str]]]:
    work: dict[str, list[tuple[str, Path]]] = {}
    left_out: list[tuple[str, str]] = []
    for name, path in files_below(folder):
        head, _, rest = name.partition("/")
        learner = _whose(head, people)
        if learner is None:
            left_out.append((name, "no learner's id, e-mail or name at its beginning"))
        elif rest:
            work.setdefault(learner, []).append((rest, path))
        else:
            own = (
                notebooks[0] + ".ipynb" if path.suffix == ".ipynb" and len(notebooks) == 1 else name
            )
            work.setdefault(learner, []).append((_own_name(own, notebooks), path))
    for learner, files in work.items():
        _place(layout, lesson, learner, files)
    return sorted(work), left_out


def _own_name(name: str, notebooks: Sequence[str]) -> str:
    """Return the lesson's notebook that a platform's longer file name ends with."""
    fitting = [book for book in notebooks if Path(name).stem.endswith(book)]
    return f"{max(fitting, key=len)}.ipynb" if fitting and name.endswith(".ipynb") else name


def _whose(text: str, people: Sequence[Learner]) -> str | None:
    """Return the learner whom a file's name begins with; the longest fitting one counts."""
    plain = _letters(text)
    fitting = [
        (len(key), person.id)
        for person in people
        for key in {_letters(k) for k in (
            person.id, person.email, f"{person.first_name}{person.last_name}",
            f"{person.last_name}{person.first_name}")}
        if key and plain.startswith(key) and not plain[len(key):][:1].isalnum()
    ]  # fmt: skip
    exact = [person.id for person in people if text.startswith(person.id)]
    if fitting:
        return max(fitting)[1]
    return (
        max(exact, key=len)
        if exact and not text[len(max(exact, key=len)) :][:1].isalnum()
        else None
    )


def _letters(text: str) -> str:
    """Return lower-case letters and digits; a run of anything else inside becomes one space."""
    first, *rest = re.split(r"_|\.ipynb|\+", text.lower(), maxsplit=1)
    return "".join(c for c in first if c.isalnum()) + (" " if rest else "")


def _place(layout: Layout, lesson: str, learner: str, files: Sequence[tuple[str, Path]]) -> None:
    target = layout.submission(safe_name(learner, "learner"), lesson)
    with tempfile.TemporaryDirectory(prefix="course-") as scratch:
        for name, path in files:
            place = Path(scratch) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        copy_folder(Path(scratch), target)
