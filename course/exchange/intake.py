"""Work that came as files: a folder or zip that a learning platform exported, or an e-mail."""

import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from course import sealed
from course.archive import unpack
from course.errors import CourseError, NotFound
from course.exchange import carried
from course.exchange.mirror import nbgraders_time
from course.layout import Layout, copy_folder, digest, files_below, safe_name
from course.model import Learner
from course.sealed import SUFFIX, Sealed

EARLIER = Path(".course") / "earlier"  # what newer files took the place of


@dataclass(slots=True)
class Taken:
    """What came of some files.

    Attributes:
        learners: whose work was taken.
        left_out: file, and why it was not taken.
        look: learner, and what a person should know about work that was taken.
    """

    learners: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    look: list[tuple[str, str]] = field(default_factory=list)


Took = Callable[[Sealed, bytes], object]
"""Is told of each sealed submission that is in `submitted/` now, also of one that was there before, with its file."""


def take(
    source: Path, layout: Layout, lesson: str, notebooks: Sequence[str], people: Sequence[Learner],
    took: Took = lambda _work, _file: None,
) -> Taken:  # fmt: skip
    """Bring files into `submitted/`; a newer file of the same learner replaces the older one.

    A learner is recognised by the first folder's name or by the file's name, which begins with
    the id, the e-mail address or the name, as Moodle and Canvas write them. A sealed submission says
    itself whose it is (`course.exchange.carried`).

    Raises:
        NotFound: there is no such file or folder.
        Refused: a zip that climbs out, holds links, or is a bomb.
    """
    if not source.exists():
        raise NotFound("no such file or folder", where=str(source))
    with tempfile.TemporaryDirectory(prefix="course-") as scratch:
        folder = source
        if source.name.endswith(SUFFIX):
            folder = Path(scratch)
            shutil.copyfile(source, folder / source.name)
        elif source.is_file():
            folder = Path(scratch)
            unpack(source, folder)
        files = list(files_below(folder))
        plain = [each for each in files if not each[0].endswith(SUFFIX)]
        whose, left_out = _sort(plain, layout, lesson, notebooks, people)
        found = Taken(whose, left_out)
        carried = [each for each in files if each[0].endswith(SUFFIX)]
        _take_sealed(carried, layout, lesson, {person.id for person in people}, found, took)
        found.learners = sorted(set(found.learners))
        return found


def _take_sealed(
    files: Sequence[tuple[str, Path]], layout: Layout, lesson: str, people: set[str], found: Taken,
    took: Took,
) -> None:  # fmt: skip
    works = []
    for name, path in files:
        try:
            works.append((name, sealed.read(path), path))
        except CourseError as error:
            found.left_out.append((name, error.what))
    keys = carried.keys(layout)
    for name, work, path in sorted(works, key=lambda each: each[1].sealed_at):
        wrong = carried.fault(work, layout, lesson, people, keys)
        if wrong:
            found.left_out.append((name, wrong))
            continue
        if carried.is_here(layout, work):
            took(work, path.read_bytes())
            continue
        seals = {
            "timestamp.txt": nbgraders_time(work).encode(),
            carried.SECRET: work.nonce.encode(),
        }
        _put(layout, lesson, work.learner, {**work.files, **seals})
        found.learners.append(work.learner)
        took(work, path.read_bytes())
        if work.learner not in keys:
            found.look.append((work.learner, carried.UNKNOWN))


def _sort(
    files: Sequence[tuple[str, Path]],
    layout: Layout,
    lesson: str,
    notebooks: Sequence[str],
    people: Sequence[Learner],
) -> tuple[list[str], list[tuple[str, str]]]:
    work: dict[str, list[tuple[str, Path]]] = {}
    left_out: list[tuple[str, str]] = []
    for name, path in files:
        head, _, rest = name.partition("/")
        learner = _whose(head, people)
        if learner is None:
            left_out.append((name, "not one learner's id, e-mail or name at its beginning"))
        elif rest:
            work.setdefault(learner, []).append((rest, path))
        else:
            own = (
                notebooks[0] + ".ipynb" if path.suffix == ".ipynb" and len(notebooks) == 1 else name
            )
            work.setdefault(learner, []).append((_own_name(own, notebooks), path))
    for learner, own_files in work.items():
        _place(layout, lesson, learner, own_files)
    return sorted(work), left_out


def _own_name(name: str, notebooks: Sequence[str]) -> str:
    """Return the lesson's notebook that a platform's longer file name ends with."""
    fitting = [book for book in notebooks if Path(name).stem.endswith(book)]
    return f"{max(fitting, key=len)}.ipynb" if fitting and name.endswith(".ipynb") else name


def _whose(text: str, people: Sequence[Learner]) -> str | None:
    """Return the learner whom a file's or folder's name begins with; None when it may be two.

    An id or an address counts as it is written, the longest first. A name counts by its letters
    alone: Moodle writes ``First Last_4711_assignsubmission_file``, Canvas ``lastfirst_4711``.
    """
    ids = [
        (len(key), person.id)
        for person in people
        for key in (person.id, person.email)
        if key and text.lower().startswith(key.lower()) and not text[len(key) :][:1].isalnum()
    ]
    head = _letters(text.partition("_")[0].removesuffix(".ipynb"))
    named = {
        person.id
        for person in people
        for name in (
            f"{person.first_name}{person.last_name}",
            f"{person.last_name}{person.first_name}",
        )
        if head and head == _letters(name)
    }
    longest, whose = max(ids, default=(0, None))
    if whose is not None and (not named or longest >= len(head)):
        return whose  # "anna first" is anna's, "Anna Schmidt" is not
    return named.pop() if len(named) == 1 else None


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text).casefold() if c.isalnum())


def _place(layout: Layout, lesson: str, learner: str, files: Sequence[tuple[str, Path]]) -> None:
    _put(layout, lesson, learner, {name: path.read_bytes() for name, path in files})


def _put(layout: Layout, lesson: str, learner: str, files: Mapping[str, bytes]) -> None:
    """Lay files into `submitted/`; what they take the place of is kept."""
    target = layout.submission(safe_name(learner, "learner"), lesson)
    with tempfile.TemporaryDirectory(prefix="course-") as scratch:
        for name, content in files.items():
            place = Path(scratch) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        if target.exists() and digest(target) != digest(Path(scratch)):
            kept = layout.root / EARLIER / learner / lesson / digest(target)[:16]
            copy_folder(target, kept)
        copy_folder(Path(scratch), target)
