"""What the page says by itself, in the learner's language; and how the rest is said in words."""

import datetime as dt
import errno
import re
from pathlib import Path

from course.lesson import record
from course.lesson.language import _, _later, _n

_SAID_BELOW = (
    _later("A line is missing."),
    _later("Blank {number} is not right."),
    _later("Line {number}"),
    _later("Line {number}: {text}"),
    _later("The number fits, the unit does not."),
    _later("The value is right; give it to {figures} significant figures."),
    _later("This belongs to another."),
    _later("This is not in its place."),
    _later("This is the first line that differs."),
    _later("This line does not belong here."),
    _later("This line is indented otherwise."),
    _later("This line is not in its place."),
    _later("This is too long; write {most} letters at most."),
    _later("Write the number alone."),
    _later("Write the unit: {units}."),
    _later("{body} can mean two numbers. Write {plain} or {point}."),
    _later("{count} words"),
    _later("{least} words at least are asked for."),
    _later("{most} words at most are asked for."),
)
"""What `course.questions` says in English besides its MalformedAnswerErrors without figures."""


def of_the_page() -> dict[str, str]:
    """Return the texts that the page's own code needs; ``{name}`` is filled in there."""
    return {
        "saving": _("Saving…"),
        "asking": _("One moment…"),
        "silent": _(
            "Not saved yet: the kernel has not replied. If it is busy, wait; if it was restarted, "
            "run this cell again."
        ),
        "saved": _("Saved {time}"),
        "changed": _("Changed. Press “{button}” to keep the new answer."),
        "unsaved": _("Not saved yet. Press “{button}” to keep this."),
        "ready": _("You can go on now."),
        "unknown": _(
            "This question needs a newer version of course: its form “{form}” is unknown here."
        ),
        "hints": _("Hints"),
        "solution": _("Solution"),
        "choose": _("Choose …"),
        "number": _("Your number"),
        "unit": _("Unit"),
        "answer": _("Your answer"),
        "blank": _("Blank {n}"),
        "order": _("Your order"),
        "pool": _("Lines to choose from"),
        "program": _("Your program"),
        "empty": _("Nothing here yet"),
        "howOrder": _("Drag, or use the arrows; by keyboard, Alt+↑ and Alt+↓ move."),
        "howArrange": _(
            "Drag lines over, or press Enter on one to take it; Alt+↑ and Alt+↓ move it."
        ),
        "howIndent": _(
            "Drag lines over, or press Enter on one to take it; Alt+↑ and Alt+↓ move it, Alt+← and "
            "Alt+→ indent it."
        ),
        "position": _("{text}: place {n} of {all}"),
        "placed": _("{text}: line {n} of {all}, indented {level} times"),
        "taken": _("{text}: taken out"),
        "up": _("Move up: {text}"),
        "down": _("Move down: {text}"),
        "indent": _("Indent: {text}"),
        "outdent": _("Indent less: {text}"),
        "use": _("Use this line: {text}"),
        "drop": _("Take this line out: {text}"),
    }


def of_worth(mode: str, points: float, kind: str = "") -> str:
    """Say what a question is worth, and how it is judged."""
    number = f"{points:g}"
    worth = _n("{number} point", "{number} points", 1 if points == 1 else 2).format(number=number)
    if mode == "graded":
        return _("{points}, graded later").format(points=worth) if points else _("Graded later")
    if mode == "must-correct":
        return (
            _("{points}, must be answered right").format(points=worth)
            if points
            else _("Must be answered right")
        )
    if kind == "reflection":
        return _("Your own words, no marks")
    return _("Your opinion, no marks") if kind in {"rating", "poll"} else _("Practice")


def of_count(least: int | None, most: int | None) -> str:
    """Say how many words there are (``{n}``, filled in by the page) and should be."""
    if least and most:
        return _("Words: {n} (of {least} to {most})").format(n="{n}", least=least, most=most)
    if least:
        return _("Words: {n} (at least {least})").format(n="{n}", least=least)
    if most:
        return _("Words: {n} (at most {most})").format(n="{n}", most=most)
    return _("Words: {n}")


def of_span(seconds: int) -> str:
    """Say a span of time."""
    if seconds % 60 == 0 and seconds:
        minutes = seconds // 60
        return _n("{n} minute", "{n} minutes", minutes).format(n=minutes)
    return _n("{n} second", "{n} seconds", seconds).format(n=seconds)


def of_due(when: dt.datetime, now: dt.datetime | None = None) -> str:
    """Say when something is due, in the zone of ``now``, by default the computer's.

    Within a week the day of the week stands for the date.
    """
    now = now or dt.datetime.now().astimezone()
    when = when.astimezone(now.tzinfo)
    days, time = (when.date() - now.date()).days, f"{when:%H:%M}"
    if days in (0, 1):
        return (_("{time} today") if days == 0 else _("{time} tomorrow")).format(time=time)
    if 1 < days < 7:  # noqa: PLR2004  days of a week
        return f"{of_weekday(when.date())} {time}"
    return f"{when:%Y-%m-%d} {time} {when.tzname()}"


def of_weekday(day: dt.date) -> str:
    """Say the day of the week."""
    names = (
        _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
    )  # fmt: skip
    return names[day.weekday()]


def of_minutes(minutes: int) -> str:
    """Say how long something takes, as an estimate."""
    if minutes < 100:  # noqa: PLR2004  beyond it nobody counts in minutes
        return _n("about {count} minute", "about {count} minutes", minutes).format(count=minutes)
    hours = f"{round(minutes / 30) / 2:g}"
    return _n("about {count} hour", "about {count} hours", 1 if hours == "1" else 2).format(
        count=hours
    )


def of_time(moment: str) -> str:
    """Say when something was saved, in the local time zone."""
    try:
        return dt.datetime.fromisoformat(moment).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):  # a line edited by hand
        return moment


def of_failure(error: OSError) -> str:
    """Say why something could not be saved, and what to do."""
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("This folder can't be written to. Open your own copy of the lesson's folder.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _("The disk is full, or your share of it. Delete something, then try again.")
    if error.errno == errno.EFBIG:
        return of_unread(record.size(Path(error.filename).parent))
    return _("The system says: {reason}.").format(reason=error.strerror or error)


def of_unread(size: int) -> str:
    """Say that the records of a folder, of so many bytes, are too large to be read, and what to do."""
    return _(
        "Your record, record.jsonl beside this notebook with its copies, is too large to be read: "
        "{found} MB; at most {most} MB. Nothing of it is lost. Move copies that you don't need out of the "
        "folder, and run this cell again. If there are none, hand in as it is, and tell your instructor."
    ).format(found=f"{size / 1e6:.1f}", most=record.MAX_BYTES // 10**6)


def of_message(text: str) -> str:
    """Translate what `course.questions` or an author said; an author's words stay as they are."""
    if not text or _(text) != text:
        return _(text) if text else ""
    for template in _SAID_BELOW:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(template))
        if match := re.fullmatch(pattern, text):
            return _(template).format(**match.groupdict())
    return text
