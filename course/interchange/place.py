"""Putting imported lessons into a course: all of them, or none."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from course.errors import Invalid, Unavailable
from course.interchange.lesson import Made
from course.layout import Layout, digest, file_digest, refused, remove_folder, safe_name, write
from course.notebook import write_text


def place(layout: Layout, lessons: Sequence[Made]) -> list[Path]:
    """Write lessons beside those that are there; returns their folders.

    Everything is written to a folder aside first, and then renamed. If that fails, what was
    renamed already is taken back. A kill in between leaves whole lessons; the same import again
    adds those that are missing.

    Raises:
        Invalid: when there is another lesson of that name, or tests for one; nothing is written.
        Unavailable: when the disk refuses; nothing stays.
    """
    layout.source.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".course-import-", dir=layout.root))
    try:
        moves: list[tuple[Path, Path]] = []
        for made in lessons:
            moves += _staged(made, aside, layout)
        _free(moves)
        _exchange([(new, target) for new, target in moves if not target.exists()])
    except OSError as error:
        raise refused(Path(error.filename or layout.root), error) from error
    finally:
        remove_folder(aside)
    return [layout.source / made.name for made in lessons]


def _staged(made: Made, aside: Path, layout: Layout) -> list[tuple[Path, Path]]:
    """Write one lesson aside; returns what is to be renamed to where, the lesson's folder last."""
    folder = aside / "lessons" / safe_name(made.name, "lesson")
    folder.mkdir(parents=True)
    for name, node in made.notebooks.items():
        write(folder / f"{safe_name(name, 'notebook')}.ipynb", write_text(node))
    for relative, path in made.files.items():
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    moves = []
    if made.tests:
        tests = aside / "tests" / f"{made.name}.py"
        write(tests, made.tests)
        moves.append((tests, layout.tests(made.name)))
    return [*moves, (folder, layout.source / made.name)]


def _free(moves: Sequence[tuple[Path, Path]]) -> None:
    there = [str(target) for new, target in moves if target.exists() and not _same(new, target)]
    if there:
        raise Invalid(
            "there is something there already, and an import never overwrites", where=", ".join(there),
            hint="give the lesson another name with --to, or move away what is there",
        )  # fmt: skip


def _same(new: Path, target: Path) -> bool:
    """Tell whether the same import was here before."""
    if new.is_dir():
        return target.is_dir() and digest(new) == digest(target)
    return target.is_file() and file_digest(new) == file_digest(target)


def _exchange(moves: Sequence[tuple[Path, Path]]) -> None:
    done: list[tuple[Path, Path]] = []
    try:
        for new, target in moves:
            target.parent.mkdir(parents=True, exist_ok=True)
            new.rename(target)
            done.append((new, target))
    except OSError as error:
        for aside, placed in reversed(done):
            placed.rename(aside)
        raise Unavailable(
            "the lessons could not be put in their place", where=str(target),
            found=error.strerror or str(error), hint="nothing was imported; mend it, and run it again",
        ) from error  # fmt: skip
