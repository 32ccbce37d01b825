"""The pages: one for the course, a lesson, a learner, an objective, and today's worklist."""

from collections.abc import Callable, Sequence

import pandas as pd

from course.errors import Invalid
from course.insight.columns import each_row
from course.insight.frames import Frame
from course.layout import known
from course.report import charts, learner, lesson, parts
from course.report.page import Cell, Page, Section, To
from course.report.view import TONES, View, counts, number, percent

__all__ = ["PAGES", "make"]


def make(view: View, kind: str, names: Sequence[str] = ()) -> Page:
    """Return a page.

    Args:
        kind: one of PAGES.
        names: of what it is about: a lesson's folder, a learner's id, an objective's.

    Raises:
        NotFound: there is no such thing.
    """
    known(kind, list(PAGES), "page")
    return PAGES[kind](view, *names)


def course(view: View) -> Page:
    """Return the page of the whole course."""
    lessons = [each.folder for each in view.frames.file.lessons]
    people, waiting = len(view.learners), _waits(view)
    facts = [(f"{people}", "learners"), (f"{len(view.attempts)}", "submissions"),
             (f"{len(waiting)}", "answers wait for a person"), (f"{len(view.worklist)}", "to look after today")]  # fmt: skip
    rows = _lesson_rows(view, lessons, waiting)
    table = view.table(
        "lessons",
        ["lesson", "handed in", "of learners", "points, mean", "wait", "minutes, median"],
        rows,
    )
    sections = [
        parts.objective_states(view), parts.grid(view), Section("Lessons", (), None, table), *parts.graders(view),
        parts.reckoned(view, [each.id for each in view.frames.file.objectives]),
    ]  # fmt: skip
    return view.page(
        "course",
        (),
        view.frames.file.title,
        "How far everybody is, and what is shown.",
        facts,
        sections,
    )


def _waits(view: View) -> Frame:
    marks = view.frames.marks
    return _handed_in(view, view.mine(marks[marks["state"] == "needs a person"]))


def _handed_in(view: View, found: Frame) -> Frame:
    """Return the rows about what is looked at: lessons that the chosen learners handed in, in the chosen time."""
    if not view.handed_in:
        return found[:0]
    known_ones = pd.MultiIndex.from_tuples(sorted(view.handed_in), names=["learner", "lesson"])
    codes = [found[name].cat for name in known_ones.names]
    wanted = [set(zip(*(each.categories.get_indexer(known_ones.get_level_values(place))
                        for place, each in enumerate(codes)), strict=True))]  # fmt: skip
    keys = pd.MultiIndex.from_arrays([each.codes for each in codes])
    return found[keys.isin(list(wanted[0]))]


def _lesson_rows(view: View, lessons: Sequence[str], waiting: Frame) -> list[list[Cell]]:
    shares = lesson.shares(_handed_in(view, view.mine(view.frames.marks)))
    means = shares.groupby("lesson", observed=True).mean()
    tasks = view.mine(view.frames.time_on_task)
    minutes = tasks.groupby(["lesson", "learner"], observed=True)["minutes"].sum()
    medians = minutes.groupby("lesson", observed=True).median()
    counts_of, waits = (frame["lesson"].astype(str).value_counts() for frame in (view.attempts, waiting))  # fmt: skip
    people = len(view.learners)
    return [
        [Cell(view.title(name), to=To("lesson", (name,))), Cell(int(counts_of.get(name, 0))),
         percent(counts_of.get(name, 0) / people if people else None), percent(means.get(name)),
         Cell(int(waits.get(name, 0))), number(medians.get(name))]
        for name in lessons
    ]  # fmt: skip


def objective(view: View, name: str) -> Page:
    """Return the page of an objective; raise NotFound when there is none."""
    file = view.frames.file
    texts = {each.id: each.text for each in file.objectives}
    known(name, list(texts), "objective")
    data = view.mine(view.frames.standing)
    found = counts(data[data["objective"] == name]["state"])
    facts = [(f"{found[each]}", each) for each in TONES if found[each] or each == "shown"]
    people = view.learners
    by_group = []
    for group in [each for each in view.groups if each in set(people["group"].astype(str))] or [""]:
        ours = people[people["group"] == group]["learner"] if group else people["learner"]
        mine = data[(data["objective"] == name) & data["learner"].isin(ours)]
        by_group.append((group or "all", counts(mine["state"])))
    chart = charts.states("How many have shown it, by group", by_group, TONES)
    groups = view.table(
        "groups",
        ["group", *TONES],
        [[Cell(group), *(Cell(states[each]) for each in TONES)] for group, states in by_group],
    )
    columns = ["learner", "state", "points", "must-correct, open", "since", "until"]
    lessons = [each.folder for each in file.lessons if name in each.objectives]
    asked = view.frames.objectives[view.frames.objectives["objective"] == name]
    questions = [
        [Cell(str(row.question)), Cell(view.title(str(row.lesson)), to=To("lesson", (str(row.lesson),))),
         Cell("yes" if row.declared else "no; it is one of its lesson's")] for row in each_row(asked)
    ]  # fmt: skip
    sections = [
        Section("By group", (), chart, groups),
        Section("People", (), None, view.table("people", columns, parts.people_of(view, name))),
        Section("Questions that show it", (), None, view.table("questions", ["question", "lesson", "names it"], questions)),
        parts.reckoned(view, [name]),
    ]  # fmt: skip
    taught = ", ".join(view.title(each) for each in lessons)
    return view.page(
        "objective",
        (name,),
        texts[name],
        f"Taught in {taught}." if taught else "No lesson teaches it.",
        facts,
        sections,
    )


def worklist(view: View) -> Page:
    """Return what is to be looked after today."""
    kinds: dict[str, int] = {}
    for each in view.worklist:
        kinds[each.kind] = kinds.get(each.kind, 0) + 1
    facts = [(f"{len(view.worklist)}", "to look after")]
    rules = view.frames.file.oversight
    text = (
        f"Behind their own plan: nothing was handed in for {rules.inactive.days} days, and a lesson is due by then. "
        f"May be stuck: {rules.stuck_tries} failures at one question, {rules.stuck_hints} hints or {rules.stuck_minutes} minutes at it, and no success. "
        f"Promised: a person looks within {rules.answer_within.days} days. What waits longest stands first; nobody is ranked."
    )
    section = parts.entries(view, view.worklist, "Today", "Nothing waits.")
    return view.page(
        "worklist",
        (),
        "To look after",
        view.frames.file.title,
        facts,
        [section, Section("How this is found", (text,))],
    )


PAGES: dict[str, Callable[..., Page]] = {
    "course": course, "worklist": worklist, "lesson": lesson.page, "learner": learner.page, "objective": objective,
}  # fmt: skip


def asked(
    lesson: str, learner: str, objective: str, *, worklist: bool
) -> tuple[str, tuple[str, ...]]:
    """Return which page some options ask for; raise Invalid when they ask for several."""
    given: list[tuple[str, tuple[str, ...]]] = [(kind, (name,)) for kind, name in (("lesson", lesson), ("learner", learner), ("objective", objective)) if name]  # fmt: skip
    given += [("worklist", ())] if worklist else []
    if len(given) > 1:
        raise Invalid("one page at a time", expected="one of --lesson, --learner, --objective, --worklist",
                      found=", ".join(f"--{kind}" for kind, _ in given))  # fmt: skip
    return given[0] if given else ("course", ())
