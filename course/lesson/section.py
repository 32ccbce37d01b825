"""`course.section` and `course.gate`: where a learner is, and what must come before."""

from functools import partial
from pathlib import Path

from course.lesson import front, plan, record
from course.lesson.card import Card
from course.lesson.language import _
from course.lesson.plan import Plan


class NotYet(Exception):
    """Ends "Run All" at a gate; what to do was shown before."""

    def _render_traceback_(self) -> list[str]:
        return [_("The cells below wait until this is done.")]


def show_section(name: str) -> None:
    """See `course.section`."""
    folder = Path.cwd()
    lesson = front.lesson(folder)
    if lesson is None:
        return
    trouble = begin(folder, lesson, name) if front.cell() else ""
    state = record.read(folder)
    named = [one for one in lesson.sections if one.id]
    titles = {one.id: one.title for one in named}
    said = []
    if name in titles:
        done = sum(plan.is_finished(lesson, state, one) for one in named)
        place = [one.id for one in named].index(name) + 1
        said = [_("Section {n} of {all}, {done} done").format(n=place, all=len(named), done=done)]
    front.show(Card(titles.get(name, name), said, note=trouble))


def begin(folder: Path, lesson: Plan, name: str) -> str:
    """Record that a section was begun, and which others are finished, each once.

    Returns:
        what to tell the learner when it could not be recorded.
    """
    trouble = finish(folder, lesson)
    if not trouble and name not in record.read(folder).sections:
        trouble = front.kept(lambda: record.append(folder, "opened", name, {}))
    return trouble


def finish(folder: Path, lesson: Plan) -> str:
    """Record the sections that are finished by now, each once; returns as `begin` does."""
    state = record.read(folder)
    for one in lesson.sections:
        visit = state.sections.get(one.id)
        new = one.id and one.questions and not (visit and visit.completed)
        if new and plan.is_finished(lesson, state, one):
            trouble = front.kept(partial(record.append, folder, "completed", one.id, {}))
            if trouble:
                return trouble
    return ""


def show_gate(section: str, objective: str, *, skip: bool) -> None:
    """See `course.gate`."""
    folder = Path.cwd()
    lesson = front.lesson(folder)
    if lesson is None:
        return
    state, name = record.read(folder), section or objective
    left = open_at(folder, lesson, section, objective)
    if not left:
        return
    if name in state.skipped:
        front.show(Card(_("You went on without: {names}").format(names=", ".join(left))))
        return
    note = _("Do this first, then run this cell again.")
    front.show(Card(_("First comes: {names}").format(names=", ".join(left)), note=note))
    if not front.cell():
        return
    if skip:
        front.show(_button(folder, name))
    raise NotYet


def open_at(folder: Path, lesson: Plan, section: str, objective: str) -> list[str]:
    """Return what is still to be done before a gate opens.

    An objective counts as shown when any lesson in the learner's folder that has it says so.
    """
    if section:
        found = [one for one in lesson.sections if one.id == section]
        state = record.read(folder)
        return [one.title for one in found if not plan.is_finished(lesson, state, one)]
    there = plan.lessons(folder.parent) | {folder.name: lesson}
    having = {name: one for name, one in there.items() if objective in one.objectives}
    shown = any(
        plan.status(one, record.read(folder.parent / name), objective) == "shown"
        for name, one in having.items()
    )
    texts = [one.objectives[objective] for one in having.values()] or [objective]
    return [] if shown else texts[:1]


def _button(folder: Path, name: str) -> object:
    import ipywidgets  # noqa: PLC0415  heavy, and only here

    button = ipywidgets.Button(
        description=_("Go on without it"), layout=ipywidgets.Layout(width="auto")
    )
    said = ipywidgets.HTML()

    def go(_button: object) -> None:
        trouble = front.kept(lambda: record.append(folder, "skipped", name, {}))
        said.value = trouble or _("Noted. Run this cell again, and go on.")
        button.disabled = not trouble

    button.on_click(go)
    return ipywidgets.VBox([button, said], layout=ipywidgets.Layout(align_items="flex-start"))
