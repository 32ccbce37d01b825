"""A learner's copy of a lesson brought up to date: backed up, merged aside, then exchanged at once.

What was released when the lesson was fetched is kept below ``.course/released``, so that a file or
a cell that only the author changed can be told from one that the learner changed.
"""

import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import psutil

from course import layout as disk
from course import notebook as notebooks
from course.errors import CourseError, Refused
from course.notebook import NotebookNode
from course.update.cells import Change, merge

RELEASED = Path(".course") / "released"
STAGING = Path(".course") / "update"
BACKUPS = "backups"
_CHECKPOINTS = ".ipynb_checkpoints"


@dataclass(frozen=True, slots=True)
class Update:
    """What bringing a lesson up to date came to.

    Attributes:
        changes: what was done, in order; empty when there was nothing to do.
        backup: where the folder is kept as it was; None when nothing was changed.
        known: whether it was known what had been released when it was fetched.
    """

    lesson: str
    changes: tuple[Change, ...] = ()
    backup: Path | None = None
    known: bool = True


@dataclass(slots=True)
class Plan:
    """What to write into the folder, by name: new content, a file to copy, or None to remove it."""

    writes: dict[str, bytes | Path | None] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)


def remember(root: Path, lesson: str, released: Path) -> None:
    """Keep what is released now as what the learner's copy comes from."""
    base, staged = root / RELEASED / lesson, root / STAGING / f"{lesson}.released"
    disk.copy_folder(released, staged)
    if base.exists():
        disk.swap_folders(staged, base)
        disk.remove_folder(staged)
    else:
        base.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(base)


def is_newer(root: Path, lesson: str, released: Path, always: str) -> bool:
    """Tell whether another version is released than the learner's copy comes from."""
    base = root / RELEASED / lesson
    if base.is_dir():
        return disk.digest(base) != disk.digest(released)
    return bool(plan(None, root / lesson, released, lambda _name: False, always).writes)


def update(
    root: Path, lesson: str, released: Path, mine: Callable[[str], bool], always: str
) -> Update:
    """Merge what is released into the learner's folder of a lesson.

    Killed at any moment, it leaves the old folder or the new one; the same again completes it.

    Args:
        root: the learner's folder.
        released: the lesson as it is released now.
        mine: tells of a file's name whether it is the learner's whatever is released.
        always: name of the file that is always the author's.

    Raises:
        Refused: a notebook of the lesson is running.
        Invalid: the release can't be read.
        Unavailable: the disk refuses.
    """
    own, base = root / lesson, root / RELEASED / lesson
    known = base.is_dir()
    if known and disk.digest(base) == disk.digest(released):
        return Update(lesson)
    _refuse_running(own)
    was = disk.digest(own)
    todo = plan(base if known else None, own, released, mine, always)
    backup = None
    if todo.writes:
        backup = _free(root / BACKUPS, lesson)
        staged = root / STAGING / lesson
        try:
            _copy_whole(own, backup)
            _stage(own, staged, todo.writes)
        except (OSError, shutil.Error) as error:
            raise disk.refused(
                own, error if isinstance(error, OSError) else OSError(str(error))
            ) from error
        disk.swap_folders(staged, own)
        if disk.digest(staged) != was:  # saved while we were at work
            late = backup.with_name(f"{backup.name} late")
            staged.rename(late)
            todo.changes.append(
                Change(lesson, f"something was saved meanwhile; it is in {late}", look=True)
            )
        disk.remove_folder(staged)
    remember(root, lesson, released)
    return Update(lesson, tuple(todo.changes), backup, known)


def _free(folder: Path, lesson: str) -> Path:
    """Return a name for a backup that none has."""
    name = f"{lesson} {dt.datetime.now().astimezone():%Y-%m-%d %H.%M.%S}"
    names = itertools.chain([name], (f"{name} ({number})" for number in itertools.count(2)))
    return next(folder / each for each in names if not (folder / each).exists())


def _refuse_running(own: Path) -> None:
    """A running kernel would go on writing into the folder that was replaced."""
    for process in psutil.process_iter(["cwd", "cmdline"]):
        place = process.info["cwd"]
        if place and "ipykernel" in " ".join(process.info["cmdline"] or ()) and (
            own.resolve() in (Path(place), *Path(place).parents)
        ):  # fmt: skip
            raise Refused(
                "a notebook of this lesson is running", where=str(own), found=f"process {process.pid}",
                hint="save it, shut its kernel down, and run the same again; nothing was changed",
            )  # fmt: skip


def _copy_whole(source: Path, target: Path) -> None:
    """Copy a folder with all that is in it, links as links; ``target`` appears whole or not at all."""
    work = target.with_name(f".{target.name}.part")
    disk.remove_folder(work)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, work, symlinks=True)
    work.rename(target)


def _stage(own: Path, staged: Path, writes: Mapping[str, bytes | Path | None]) -> None:
    disk.remove_folder(staged)
    staged.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(own, staged, symlinks=True)
    for name, content in writes.items():
        path = staged / name
        if content is None:
            path.unlink()
        else:
            disk.write(path, content.read_bytes() if isinstance(content, Path) else content)


def plan(
    before: Path | None, own: Path, new: Path, mine: Callable[[str], bool], always: str
) -> Plan:
    """Decide on every file of a lesson; nothing is written. The arguments are those of `update`."""
    todo, (old, have, get) = Plan(), (_files(each) for each in (before, own, new))
    names = _renamed(old, get)
    for name in sorted({*old, *get}):
        path = PurePosixPath(name)
        if mine(name) or _CHECKPOINTS in path.parts:
            continue
        if any((own / above).is_symlink() for above in [path, *path.parents]):
            todo.changes.append(
                Change(name, "a link stands in its place here; left alone", look=True)
            )
        elif name.endswith(".ipynb") and name in get:
            _notebook(todo, name, names.get(name, name), (old, have, get))
        elif name not in names.values():
            _file(todo, name, (old, have, get), always=name == always)
    return todo


_Sides = tuple[dict[str, Path], dict[str, Path], dict[str, Path]]
"""Files by name: as released before, as the learner has them, as released now."""


def _files(folder: Path | None) -> dict[str, Path]:
    return dict(disk.files_below(folder)) if folder is not None else {}


def _renamed(old: Mapping[str, Path], get: Mapping[str, Path]) -> dict[str, str]:
    """Return new name -> old name of notebooks that share most of their cells."""
    found: dict[str, str] = {}
    for name in (name for name in get if name.endswith(".ipynb") and name not in old):
        new = _cells(get[name])
        for other in (n for n in old if n.endswith(".ipynb") and n not in get):
            was = _cells(old[other])
            if other not in found.values() and len(was & new) * 2 > max(len(was), len(new)):
                found[name] = other
                break
    return found


def _cells(path: Path) -> set[str]:
    node = _read(path)
    return (
        {cell.source for cell in node.cells} | {cell.id for cell in node.cells} if node else set()
    )


def _read(path: Path | None) -> NotebookNode | None:
    try:
        return notebooks.read(path)[0] if path is not None else None
    except CourseError:
        return None


def _notebook(todo: Plan, name: str, was: str, sides: _Sides) -> None:
    old, have, get = sides
    untouched = name in have and disk.file_digest(have[name]) == disk.file_digest(get[name])
    there = was if was in have and (untouched or name not in have) else name
    if there not in have:
        _file(todo, name, sides, always=False)
        return
    new, _ = notebooks.read(get[name])
    try:
        own, _ = notebooks.read(have[there])
    except CourseError as error:
        _beside(todo, name, sides, f"can't be read ({error.what}) and stays as it is")
        return
    merged, changes = merge(name, _read(old.get(was)), own, new)
    if there != name:
        changes.insert(0, Change(name, f"is the new name of {there}; your work is in it"))
        todo.writes[there] = None
    if there != name or notebooks.write_text(merged) != notebooks.write_text(own):
        todo.writes[name] = notebooks.write_text(merged).encode()
        todo.changes += changes


def _file(todo: Plan, name: str, sides: _Sides, *, always: bool) -> None:
    """Decide on a file that has no cells: whoever changed it last has it, the learner first."""
    old, have, get = (
        {n: disk.file_digest(p)} if (p := side.get(n)) else {}
        for side, n in zip(sides, [name] * 3, strict=True)
    )
    before, own, new = old.get(name), have.get(name), get.get(name)
    if own == new or (own is not None and new == before and not always):
        return
    if own is None:
        todo.writes[name] = sides[2][name]
        todo.changes.append(
            Change(name, "was missing here and is back" if before else "a new file")
        )
    elif new is None and own == before:
        todo.writes[name] = None
        todo.changes.append(Change(name, "is no longer in the lesson and was removed"))
    elif new is None:
        todo.changes.append(
            Change(name, "is no longer in the lesson; you have changed it, so it stays", look=True)
        )
    elif always or own == before:
        todo.writes[name] = sides[2][name]
        todo.changes.append(Change(name, "was renewed"))
    else:
        _beside(todo, name, sides, "was changed here and in the new version; yours stays")


def _beside(todo: Plan, name: str, sides: _Sides, why: str) -> None:
    """Put the author's file beside the learner's, under a name that is free."""
    path, own = PurePosixPath(name), sides[1]
    number = 1
    while True:
        free = str(path.with_name(f"{path.stem}.new{number if number > 1 else ''}{path.suffix}"))
        if free not in own:
            todo.writes[free] = sides[2][name]
            break
        if disk.file_digest(own[free]) == disk.file_digest(sides[2][name]):
            break
        number += 1
    todo.changes.append(Change(name, f"{why}; the new one is beside it as {free}", look=True))
