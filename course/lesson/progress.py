"""`course.progress` and `course next`: what is done, what is left, and what comes next."""

import datetime as dt
from pathlib import Path

from course.lesson import front, plan, record, words
from course.lesson.card import Card, Line
from course.lesson.language import _, _n
from course.lesson.plan import Plan
from course.lesson.section import finish
from course.lesson.state import State


def show_progress() -> None:
    """See `course.progress`."""
    folder = Path.cwd()
    lesson = front.lesson(folder)
    if lesson is None:
        return
    trouble = finish(folder, lesson) if front.cell() else ""
    front.show(card(lesson, record.read(folder), trouble))


def card(lesson: Plan, state: State, trouble: str = "") -> Card:
    """Return how far a learner is in one lesson."""
    good, of = plan.done(lesson, state)
    sections = [
        (plan.is_finished(lesson, state, one), one.title or lesson.title)
        for one in lesson.sections
        if one.id or one.questions
    ]
    sections.sort(key=lambda pair: pair[0])  # what is left comes first, in its order
    groups = [
        (_("Sections"), [("✓" if done else "○", title) for done, title in sections]),
        (_("What you can show"), [
            (_MARKS[status], f"{text}: {_words(status)}") for status, text in _objectives(lesson, state)
        ]),
    ]  # fmt: skip
    lines: list[Line] = []
    still = plan.must_still(lesson, state)
    if still:
        lines.append(("!", _("must still be right: {names}").format(names=", ".join(still))))
    lines += [("◷", said) for said in due_lines(lesson)]
    unread = _n(
        "{count} line of the record could not be read and was left alone",
        "{count} lines of the record could not be read and were left alone", state.unreadable,
    ).format(count=state.unreadable)  # fmt: skip
    lines += [("!", unread)] if state.unreadable else []
    share = good / of if of else None
    note = "\n".join(filter(None, [_coming(lesson, state), trouble]))
    return Card(f"{lesson.title}: {_far(lesson, state)}", lines, share, note, groups)


_MARKS = {"not started": "○", "practising": "◐", "shown": "●"}


def _words(status: plan.Status) -> str:
    return {
        "not started": _("not started"), "practising": _("practising"), "shown": _("shown"),
    }[status]  # fmt: skip


def _objectives(lesson: Plan, state: State) -> list[tuple[plan.Status, str]]:
    return [(plan.status(lesson, state, name), text) for name, text in lesson.objectives.items()]


def _far(lesson: Plan, state: State) -> str:
    good, of = plan.done(lesson, state)
    sections = _("{done} of {all} sections done").format(done=good, all=of)
    left = plan.minutes_left(lesson, state)
    rest = _n("about {count} minute left", "about {count} minutes left", left).format(count=left)
    return f"{sections}, {rest}" if left else sections


def _coming(lesson: Plan, state: State) -> str:
    coming = plan.next_section(lesson, state)
    if coming is None:
        return _("Next: hand in with course submit {lesson}").format(lesson=lesson.lesson)
    still = [each for each in coming.questions if not plan.is_settled(lesson, state, each)]
    title = coming.title or lesson.title
    if not still:
        return _("Next: {section}").format(section=title)
    return _("Next: {section} ({question})").format(section=title, question=still[0])


def due_lines(lesson: Plan) -> list[str]:
    """Say when a lesson is due for this learner, and what is special about that."""
    own = lesson.own
    if lesson.workbook:
        return [_("a workbook for a live event: worked on during it, in its order, and never due")]
    if own is None:
        return [_("due: {when}").format(when=due(lesson.due))] if lesson.due else []
    lines = [_("due: {when}").format(when=due(own.due.isoformat()))]
    lines += [_("you were given more time for this lesson")] if own.extended else []
    if own.since:
        counted = _(
            "counted from {day}, when you joined; another start that you agreed on counts instead"
        )
        lines += [counted.format(day=own.since)]
    grace = words.of_span(own.grace * 60)
    lines += [_("{time} after it cost nothing").format(time=grace)] if own.grace else []
    return lines


def due(text: str) -> str:
    """Return a due date in the learner's own time zone; a relative one in words."""
    try:
        when = dt.datetime.fromisoformat(text).astimezone()
    except ValueError:
        number = text.partition(" ")[0]
        days = int(number) if number.isdecimal() else 0
        words = _n("{count} day after your start", "{count} days after your start", days)
        return words.format(count=days)
    return f"{when:%Y-%m-%d %H:%M} {when.tzname()}"


def line(home: Path, order: list[str]) -> str:
    """Return in one line what to do next in the first unfinished lesson of a learner's folder.

    Args:
        home: where the lessons were fetched to.
        order: all released lessons, as the course has them.
    """
    here = plan.lessons(home)
    for name in [*order, *(name for name in here if name not in order)]:
        if not (home / name).is_dir():
            return _("Next: fetch a lesson with course fetch {lesson}").format(lesson=name)
        if name not in here:
            continue
        lesson, state = here[name], record.read(home / name)
        if plan.next_section(lesson, state) is not None:
            said = [f"{lesson.title}: {_far(lesson, state)}"]
            said += due_lines(lesson)[:1]
            return f"{'; '.join(said)}. {_coming(lesson, state)}"
    return _("All your lessons are done. Hand in what is not handed in yet: course submit LESSON")
