"""Several attempts at a lesson between two collects: none is lost, and a worse one takes no better one's place unseen."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path

from course import look
from course.exchange import transfer
from course.exchange.intake import EARLIER
from course.exchange.reach import moment
from course.layout import Layout, copy_folder, digest
from course.model import Submission
from course.scoring import CountRule
from course.settings import Policies
from course.store import earlier, reading
from course.store.database import Gradebook

_TOLD: dict[CountRule, str] = {
    "last": "the last one counts", "best": "all of them are graded, and the best counts",
    "marked": "the last that a person marked counts",
}  # fmt: skip


def before(layout: Layout, lesson: str, learner: str) -> list[Path]:
    """Return the folders of what a learner handed in over the exchange before what was collected, the oldest first."""
    last = transfer.submitted_at(layout.submission(learner, lesson))
    found = []
    for path in (layout.exchange / layout.course_id / "inbound").glob(f"{learner}+{lesson}+*"):
        with suppress(ValueError, OverflowError):  # a name that somebody else made
            at = moment(path.name.rsplit("+", 2)[1])
            if last is not None and at < last and path.is_dir() and not path.is_symlink():
                found.append((at, path))
    return [path for _, path in sorted(found)]


def collected(
    layout: Layout, lesson: str, learners: Iterable[str], rules: Policies
) -> list[tuple[str, str]]:
    """Keep what came before what was collected, where the best attempt counts; returns whose last answers less, and how.

    Args:
        learners: whose work was collected.
    """
    found = []
    for learner in learners:
        others, own = before(layout, lesson, learner), layout.submission(learner, lesson)
        if rules.attempts_count == "best":
            for path in others:
                copy_folder(path, _kept(layout, lesson, learner) / digest(path)[:16])
        release = layout.release / lesson
        most = max((look.look_at(release, path).answered for path in others), default=0)
        if most > (now := look.look_at(release, own).answered):
            found.append(
                (
                    learner,
                    f"an attempt before answered {most} questions, the last one {now}; {_TOLD[rules.attempts_count]}",
                )
            )
    return found


def missed(book: Gradebook, layout: Layout, fresh: Sequence[Submission]) -> list[Submission]:
    """Return the attempts that never were graded of those whose last one is to be graded now."""
    found, standing = [], reading.attempts(book, fresh[0].lesson) if fresh else {}
    for last in fresh:
        row = standing.get((last.lesson, last.learner))
        with book.reading() as connection:
            kept = earlier.kept(connection, last.lesson, last.learner).get(last.learner, ())
        known = {last.digest, row["digest"] if row else "", *(each.digest for each in kept)}
        for folder in sorted(_kept(layout, last.lesson, last.learner).glob("*")):
            at, own = transfer.submitted_at(folder), digest(folder)
            if own not in known and at and last.submitted_at and at < last.submitted_at:
                found.append(Submission(last.learner, last.lesson, folder, at, own))
    return found


def in_order(layout: Layout, work: Sequence[Submission]) -> list[list[Submission]]:
    """Return what is to be graded in parts: attempts before the last one first, so that the last stands."""

    def is_last(each: Submission) -> bool:
        return each.folder.is_relative_to(layout.submitted)

    return [list(part) for _, part in groupby(sorted(work, key=is_last), is_last)]


def _kept(layout: Layout, lesson: str, learner: str) -> Path:
    return layout.root / EARLIER / learner / lesson
