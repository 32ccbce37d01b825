"""What learners say by themselves: their questions and reflections, from the records they handed in."""

import re
from collections.abc import Iterable
from typing import Any

from course.lesson import record
from course.model import Submission

_UNSEEN = re.compile(r"[^\S\n]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MOST = 2000


def voices(work: Iterable[Submission]) -> list[dict[str, Any]]:
    """Return one row per question or reflection, by learner and time.

    What a terminal would obey is left out of every text, and no text is longer than 2,000
    characters: all of it was written by somebody else.

    Returns:
        rows with ``learner``, ``kind`` ("asked" or "reflected"), ``about``, ``text``, ``time``,
        ``code`` and ``error``.
    """
    rows = []
    for each in work:
        state = record.read(each.folder)
        rows += [
            _row(each.learner, "asked", one.exercise, one.text, one.time, one.code, one.error)
            for one in state.asked
        ]
        rows += [
            _row(each.learner, "reflected", name, one.text, one.time)
            for name, one in state.reflections.items()
        ]
    return sorted(rows, key=lambda row: (row["learner"], row["time"]))


def _row(
    learner: str, kind: str, about: str, text: str, time: str, code: str = "", error: str = ""
) -> dict[str, Any]:
    said = {"about": about, "text": text, "time": time, "code": code, "error": error}
    return {"learner": learner, "kind": kind} | {
        key: _UNSEEN.sub(" ", value)[:_MOST] for key, value in said.items()
    }
