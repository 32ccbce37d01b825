"""What a learner hands in, on its way: sealed first, sent when there is a network, exactly once.

A sealed file lies in ``outbox/`` until its receipt lies in ``receipts/``. Sent twice, it gives the same receipt.
"""

import datetime as dt
import fnmatch
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import layout, sealed
from course.errors import CourseError, Invalid, Unavailable
from course.exchange import mirror
from course.exchange.access import Access, key_of
from course.exchange.config import IGNORED
from course.sealed import Sealed
from course.signing import is_signed

OUTBOX, RECEIPTS = "outbox", "receipts"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one sealed file.

    Attributes:
        path: the file, which is gone from the outbox when there is a receipt.
        digest: of what was sealed; empty when the file can't be read any more.
        receipt: the office's; None while there is none.
        trouble: why there is none.
    """

    path: Path
    digest: str = ""
    receipt: dict[str, Any] | None = None
    trouble: CourseError | None = None


def seal(
    folder: Path, course: str, learner: str, source: Path, to: Path | None = None
) -> tuple[Sealed, Path]:
    """Seal a lesson's folder as it is now; returns what was sealed and the file, on the disk.

    Args:
        folder: the learner's, where the key lies.
        source: the lesson's.
        to: where the file goes; the outbox by default.
    """
    files = {
        name: path.read_bytes() for name, path in layout.files_below(source)
        if not any(fnmatch.fnmatch(part, glob) for part in Path(name).parts for glob in IGNORED)
    }  # fmt: skip
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    data = sealed.seal(course, source.name, learner, files, key_of(folder), now)
    work = sealed.opened(data, source.name)
    path = (to or folder / OUTBOX) / work.name
    layout.write(path, data)
    return work, path


def hand_in(
    access: Access, source: Path, cache: Path, to: Path | None = None
) -> tuple[Sealed, Path]:
    """Seal a lesson into the outbox, and keep a copy where nbgrader looks for what was handed in."""
    work, path = seal(access.folder, access.course, access.who, source, to)
    mirror.lay_submission(access, work)
    mirror.lay_own(work, cache)
    return work, path


def waiting(folder: Path) -> list[Path]:
    """Return the sealed files that wait to be sent, the oldest first."""
    return sorted(
        (folder / OUTBOX).glob(f"*{sealed.SUFFIX}"),
        key=lambda path: (path.stat().st_mtime, path.name),
    )


def send(access: Access) -> Iterator[Sent]:
    """Send what waits; yields what became of each. Without a network all of it stays, and nothing is raised."""
    paths = waiting(access.folder)
    if not paths:
        return
    with access.remote() as remote:
        for path in paths:
            digest = ""
            try:
                work = sealed.read(path)
                digest = work.digest
                paper = remote.submit(work.lesson, path.read_bytes())
                _fits(paper, work, access)
            except Unavailable as error:
                yield Sent(path, digest, trouble=error)
                return
            except CourseError as error:
                yield Sent(path, digest, trouble=error)
                continue
            text = json.dumps(paper, indent=1, ensure_ascii=False) + "\n"
            layout.write(receipt_path(access.folder, work), text)
            path.unlink()
            yield Sent(path, digest, paper)


def receipt_path(folder: Path, work: Sealed) -> Path:
    """Return where the receipt of a sealed file lies when it came."""
    return folder / RECEIPTS / f"{work.name.removesuffix(sealed.SUFFIX)}.json"


def receipts(folder: Path, lesson: str) -> list[dict[str, Any]]:
    """Return the receipts of a lesson that lie in a learner's folder, the oldest first."""
    found = [
        json.loads(path.read_text("utf-8"))
        for path in (folder / RECEIPTS).glob(f"*+{lesson}+*.json")
    ]
    return sorted(found, key=lambda paper: (paper["sealed_at"], paper["attempt"]))


def _fits(paper: dict[str, Any], work: Sealed, access: Access) -> None:
    """Require that a receipt is of this file, and by the office that this folder joined."""
    whose = paper.get("key") if access.office else ""
    if paper.get("digest") != work.digest or not is_signed(paper) or whose != access.office:
        raise Invalid(
            "the receipt is not of what was sent, or not by the office that you joined", where=access.url,
            hint="your work stays in outbox/; show this to your instructor, then: course sync",
        )  # fmt: skip
