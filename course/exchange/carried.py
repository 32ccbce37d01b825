"""A sealed submission that came by hand: whose it is, by the keys that the course knows."""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path

from course import layout as disk
from course.exchange.reach import moment
from course.layout import Layout
from course.sealed import Sealed

SECRET = "submission_secret.txt"  # noqa: S105  nbgrader's file
UNKNOWN = "taken in, but nobody knows whose key sealed it; ask the learner before you count on it"
_KEYS = Path(".course") / "keys.json"


def keys(layout: Layout) -> dict[str, str]:
    """Return the public key of each learner whose key the course service told."""
    path = layout.root / _KEYS
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}


def keep_keys(layout: Layout, known: Mapping[str, str]) -> None:
    """Keep what the course service tells, for what comes by hand."""
    disk.write(layout.root / _KEYS, json.dumps(dict(known), indent=1))


def fault(
    work: Sealed, layout: Layout, lesson: str, people: set[str], known: Mapping[str, str]
) -> str:
    """Return why a sealed submission is not taken; empty when it is."""
    if work.course != layout.course_id:
        return f"sealed for another course, {work.course}"
    if work.lesson != lesson:
        return f"sealed for another lesson: course collect {work.lesson} --from …"
    if work.learner not in people:
        return f"{work.learner} is not on the list: course learners add {work.learner}"
    if known.get(work.learner, work.key) != work.key:
        return f"signed with a key that is not {work.learner}'s"
    there = _time(layout, work)
    if there is not None and there > work.sealed_at:
        return f"older than what {work.learner} handed in at {there:%Y-%m-%d %H:%M} (UTC)"
    return ""


def is_here(layout: Layout, work: Sealed) -> bool:
    """Tell whether this very submission is in `submitted/` already, by whatever road it came."""
    path = layout.submission(work.learner, work.lesson) / SECRET
    return path.is_file() and not path.is_symlink() and path.read_text("utf-8") == work.nonce


def _time(layout: Layout, work: Sealed) -> dt.datetime | None:
    path = layout.submission(work.learner, work.lesson) / "timestamp.txt"
    if not path.is_file() or path.is_symlink():
        return None
    try:
        return moment(path.read_text("utf-8").strip()[:100])
    except (ValueError, OverflowError):
        return None
