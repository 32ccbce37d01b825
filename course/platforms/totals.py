"""Totals per learner and lesson as CSV, in the forms that platforms and spreadsheets take. Pure.

Not graded is not zero: a lesson that is not handed in, or of which an answer still waits for somebody, has no
grade in any form. Canvas takes an empty field for that, and takes away a grade that stood there. In Moodle it is
a dash: an empty field of a column that becomes a new grade item is stored as 0 there.

Sources: Canvas, `lib/gradebook_importer.rb` (the columns Student, ID, SIS User ID, SIS Login ID and Section, then
assignments, with "Points Possible" in a row below; "TITLE (NUMBER)" is the assignment of that number, columns of
one name are read as the first of them, and some names are no assignment's). Moodle,
`grade/import/csv/classes/load_data.php` and `normalise_value` of its databases: any columns, of which one names
the person (username, ID number or e-mail address) and is matched to Moodle's own when the file comes in.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from course.model import Learner, Mark

Format = Literal["canvas", "moodle", "csv"]
Totals = Mapping[tuple[str, str], float | None]
"""Points by learner and lesson; None while they are not known."""

_ACTS = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would carry out."""
_TAKEN = re.compile(
    r".*\s\(\d+\)|.*(Current|Final|Override) (Score|Points|Grade|Status).*"
    r"|Student|LastName|FirstName|ID|SIS User ID|SIS Login ID|Section|Integration ID|Root Account"
)
"""Names of columns that Canvas does not take for an assignment of that name."""


def totals(
    marks: Sequence[Mark], late: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float | None]:
    """Return each learner's points of each lesson, what lateness costs taken off; None while an answer waits.

    Args:
        late: points taken off, by learner and lesson.
    """
    found: dict[tuple[str, str], float | None] = {}
    for mark in marks:
        key = (mark.learner, mark.lesson)
        before = found.get(key, 0.0)
        found[key] = None if before is None or mark.points is None else before + mark.points
    return {
        key: None if points is None else max(0.0, points - late.get(key, 0.0))
        for key, points in found.items()
    }


def sheet(
    form: Format,
    people: Sequence[Learner],
    lessons: Sequence[tuple[str, str, float]],
    points: Totals,
) -> str:
    """Return the text of a CSV file, one row per learner.

    Args:
        lessons: id, title and maximum of each. The title heads its column; where it is another's, too, or means
            something else to Canvas, the id does.
    """
    titles = Counter(title for _, title, _ in lessons)
    lessons = [
        (lesson, title if titles[title] == 1 and not _TAKEN.fullmatch(title) else lesson, maximum)
        for lesson, title, maximum in lessons
    ]
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerows(
        {"canvas": _canvas, "moodle": _moodle, "csv": _plain}[form](people, lessons, points)
    )
    return file.getvalue()


def _canvas(
    people: Sequence[Learner], lessons: Sequence[tuple[str, str, float]], points: Totals
) -> list[list[str]]:
    names = [title for _, title, _ in lessons]
    return [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *names],
        ["    Points Possible", "", "", "", "", *(_number(maximum) for _, _, maximum in lessons)],
        *([f"{one.last_name}, {one.first_name}" if one.last_name else one.name, "", "", one.id, one.group,
           *(_number(points.get((one.id, lesson))) for lesson, _, _ in lessons)] for one in people),
    ]  # fmt: skip


def _moodle(
    people: Sequence[Learner], lessons: Sequence[tuple[str, str, float]], points: Totals
) -> list[list[str]]:
    head = [
        "First name",
        "Last name",
        "Username",
        "Email address",
        *(title for _, title, _ in lessons),
    ]
    return [
        head,
        *([one.first_name, one.last_name, one.id, one.email,
           *(_number(points.get((one.id, lesson))) or "-" for lesson, _, _ in lessons)] for one in people),
    ]  # fmt: skip


def _plain(
    people: Sequence[Learner], lessons: Sequence[tuple[str, str, float]], points: Totals
) -> list[list[str]]:
    head = [
        "id",
        "name",
        "group",
        *(f"{title} (of {_number(maximum)})" for _, title, maximum in lessons),
    ]
    return [
        [_harmless(each) for each in head],
        *([_harmless(one.id), _harmless(one.name), _harmless(one.group),
           *(_number(points.get((one.id, lesson))) for lesson, _, _ in lessons)] for one in people),
    ]  # fmt: skip


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_ACTS) else text


def _number(points: float | None) -> str:
    if points is None:
        return ""
    return f"{points:.4f}".rstrip("0").rstrip(".")  # never 1e+06, which no platform reads
