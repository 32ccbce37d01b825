"""What the gradebook keeps of a learner, as the page that goes out beside their feedback, and read back from it.

It travels as feedback does, so that only who handed the work in finds it.
"""

import datetime as dt
import functools
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from course.model import Learner
from course.settings import CourseFile

NAME = "course-my-data"
"""The page's name among those of a lesson's notebooks."""
TITLES = {
    "student": "Who you are", "course_learner": "Your group and your start", "course_account": "What learning platforms call you",
    "submitted_assignment": "What you handed in", "submitted_notebook": "Its notebooks",
    "course_attempt": "What grading made of what you handed in", "course_verdict": "What the tests and keys said",
    "grade": "Points", "comment": "Comments", "course_remark": "Comments on whole answers",
    "course_manual": "Who marked you last", "course_judgement": "What people said of your answers",
    "course_reading": "What second readers said of your answers", "course_earlier": "Earlier attempts",
    "course_lateness": "What lateness costs", "course_extension": "More time that you were given",
    "course_feedback": "Feedback that you were given", "course_dispute": "What you asked to be looked at again",
    "course_flag": "Answers that somebody wanted another look at", "course_claim": "Answers that somebody has open now",
    "course_outlier": "Answers that were taken out of a group of same ones",
    "course_rest": "Reminders about you that were put to rest", "course_evidence": "Evidence of what you have shown",
    "course_ledger": "The ledger: what was done to your marks",
}  # fmt: skip
"""Table of the gradebook -> what it says, in the order of the page."""
_LONG = 160
"""Characters of a cell from which on it is folded."""
_CARRIED = re.compile(r'<script type="application/json" id="kept">(.*?)</script>', re.DOTALL)

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def page(
    course: CourseFile, learner: Learner, rows: Rows, held: Mapping[str, int], at: dt.datetime
) -> str:
    """Return the page: tables to read, and the same as JSON in it.

    Args:
        rows: by table of the gradebook.
        held: lesson -> how many rows wait until its feedback is returned.
        at: when they were read, with its zone.
    """
    plain: dict[str, Any] = json.loads(json.dumps(rows, default=str))
    data = {"learner": learner.id, "course": course.id, "at": at.isoformat(timespec="seconds"),
            "gradebook": plain, "not yet returned": dict(held)}  # fmt: skip
    return _template().render(
        course=course, learner=learner, at=f"{at.astimezone(course.zone):%-d %B %Y, %H:%M %Z}",
        tables=[(TITLES[name], *_table(plain[name])) for name in TITLES if name in plain],
        held={course.lesson(name).title or name: count for name, count in held.items() if name},
        # nothing in it ends the element
        long=_LONG,
        carried=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    )  # fmt: skip


def read(html: str) -> dict[str, Any] | None:
    """Return what a page carries: learner, course, at, gradebook and what is not yet returned; None for another page."""
    found = _CARRIED.search(html)
    try:
        data = json.loads(found.group(1)) if found else None
    except ValueError:
        return None
    return data if isinstance(data, dict) and "gradebook" in data else None


def _table(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[str]]]:
    """Return the columns that say anything, and their cells."""
    columns = [key for key in rows[0] if any(row[key] not in (None, "", [], {}) for row in rows)]
    return columns, [[_cell(row[key]) for key in columns] for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@functools.cache
def _template() -> jinja2.Template:
    text = (Path(__file__).parent / "templates" / "kept.html").read_text(encoding="utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(text)
