"""The page that a learner gets back: one self-contained HTML file per lesson.

Everything on it is escaped, a grader's Markdown is rendered without raw HTML and sanitised, and
the same input gives the same bytes.
"""

import datetime as dt
import functools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from course import markup
from course.model import Kind, Learner, Mark, Outcome
from course.settings import CourseFile, Lesson

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a terminal would obey them
_WORDS = {
    Outcome.PASSED.value: ("good", "✓", "Right"),
    Outcome.PARTLY.value: ("part", "◐", "Partly right"),
    Outcome.FAILED.value: ("bad", "✗", "Not right yet"),
    Outcome.ERROR.value: ("bad", "✗", "Your code stopped with an error"),
    Outcome.TIMEOUT.value: ("bad", "✗", "It took too long and was stopped"),
    Outcome.MEMORY.value: ("bad", "✗", "It used too much memory and was stopped"),
    Outcome.CRASH.value: ("bad", "✗", "The notebook's process ended while it ran"),
    Outcome.NOT_REACHED.value: ("bad", "✗", "What was asked for was not there"),
    Outcome.NOT_TRIED.value: ("bad", "○", "Not tried"),
    Outcome.NEEDS_PERSON.value: ("wait", "…", "A person will look at this"),
    "marked": ("part", "●", "Marked by a person"),
    "autograded": ("part", "●", "Graded"),
    "triage": ("wait", "…", "Not graded yet"),
    "missing": ("wait", "…", "Not handed in"),
    "held": ("wait", "…", "Returned later"),
}


def page(
    course: CourseFile, lesson: Lesson, learner: Learner, marks: Sequence[Mark],
    attempt: Mapping[str, Any], late: float, *, due: dt.datetime | None = None,
    threads: Mapping[str, Sequence[Any]] | None = None, news: Sequence[tuple[str, str]] = (),
    since: dt.datetime | None = None,
) -> str:  # fmt: skip
    """Return the feedback page of one learner on one lesson.

    Args:
        marks: the learner's marks for the lesson, in the lesson's order.
        attempt: the row of ``course_attempt``: submitted_at, reason, repairs.
        late: points taken off for lateness.
        due: by when it was to be handed in.
        threads: NOTEBOOK/QUESTION -> messages of a regrade request (`course.store.disputes`).
        news: title of a question and what is new with it ...
        since: ... since the feedback of this moment.
    """
    known = [mark for mark in marks if mark.points is not None]
    score = max(0.0, sum(mark.points or 0.0 for mark in known) - late)
    maximum = sum(mark.maximum for mark in marks)
    held = sum(mark.state == "held" for mark in marks)
    waiting = len(marks) - len(known) - held

    def when(moment: dt.datetime) -> str:
        """Show a moment in the course's zone; one without a zone is in UTC, as the gradebook has it."""
        known = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return f"{known.astimezone(course.zone):%d %B %Y, %H:%M %Z}"

    made = _template().render(
        course=course, lesson=lesson, learner=learner, attempt=attempt, late=late,
        score=score, maximum=maximum, waiting=waiting, held=held, when=when, due=due, news=news, since=since,
        passed=_passed(score, maximum, waiting + held, lesson),
        questions=[
            _question(mark) | {"thread": [(each, markdown(each.text)) for each in
                                          (threads or {}).get(f"{mark.notebook}/{mark.question}", ())]}
            for mark in marks
        ],
    )  # fmt: skip
    return _CONTROLS.sub("\ufffd", made)


def _passed(score: float, maximum: float, waiting: int, lesson: Lesson) -> bool | None:
    """Return whether the lesson is passed; None while that is open, or without points at all."""
    if not maximum:
        return None
    if score >= lesson.pass_mark * maximum:
        return True
    return None if waiting else False


def _question(mark: Mark) -> dict[str, Any]:
    tone, sign, words = _WORDS.get(mark.state, ("part", "●", mark.state))
    if mark.state == "marked" and mark.points is not None:
        tone = "good" if mark.points >= mark.maximum else "part" if mark.points else "bad"
    notes = [note for note in mark.notes if note.text or len(mark.notes) > 1]
    return {
        "mark": mark, "tone": tone, "sign": sign, "words": words,
        "notes": [(note, *_WORDS[note.outcome.value]) for note in notes],
        # a quiz's reasons are its author's Markdown, one line for each option that was chosen
        "reasons": [
            markdown(line)
            for note in notes
            if mark.kind == Kind.QUIZ.value
            for line in note.text.splitlines()
        ],
        "comment": markdown(mark.comment) if mark.comment else "",
        "found": [(f"{points:+g}".replace("-", "\N{MINUS SIGN}") if points else "0", markdown(text))
                  for points, text in mark.found],
        "name": mark.title or mark.question,
        "written": mark.kind == Kind.WRITTEN.value,
    }  # fmt: skip


def markdown(text: str) -> Markup:
    """Render a person's Markdown to safe HTML: no raw HTML, no scripts, no styles."""
    return Markup(markup.block(text))  # noqa: S704  `course.markup` sanitises


def number(value: float) -> str:
    """Return points as people write them: 3, 2.5."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


@functools.cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["points"] = number
    return environment.get_template("feedback.html")
