"""The pages: one for the course, a lesson, a learner, an objective, and today's worklist."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from course.errors import Invalid
from course.insight import objectives
from course.insight.columns import as_dicts, each_row
from course.insight.frames import Frame
from course.layout import known
from course.report import charts, parts
from course.report.page import Cell, Page, Section, To
from course.report.view import TONES, View, counts, number, percent, state
from course.settings import Objective

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
    rows = [_lesson_row(view, name, waiting) for name in lessons]
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
    found = view.mine(marks[marks["state"] == "needs a person"])
    known_ones = pd.MultiIndex.from_tuples(sorted(view.handed_in), names=["learner", "lesson"])
    places = pd.MultiIndex.from_arrays([found["learner"].astype(str), found["lesson"].astype(str)])
    return found[places.isin(known_ones)] if len(view.handed_in) else found[:0]


def _lesson_row(view: View, name: str, waiting: Frame) -> list[Cell]:
    count = int((view.attempts["lesson"] == name).sum())
    shares = _shares(view, name)
    tasks = view.mine(view.frames.time_on_task)
    minutes = tasks[tasks["lesson"] == name].groupby("learner", observed=True)["minutes"].sum()
    return [
        Cell(view.title(name), to=To("lesson", (name,))), Cell(count),
        percent(count / len(view.learners) if len(view.learners) else None), percent(shares.mean()),
        Cell(int((waiting["lesson"] == name).sum())), number(minutes.median()),
    ]  # fmt: skip


def _shares(view: View, lesson: str) -> "pd.Series[float]":
    """Return the share of a lesson's points by learner, of those who have nothing waiting; lateness left out."""
    mine = _marks(view, lesson)
    sums = mine.assign(open=mine["points"].isna()).groupby("learner", observed=True).agg(
        points=("points", "sum"), maximum=("maximum", "sum"), open=("open", "any"))  # fmt: skip
    done = sums[~sums["open"] & (sums["maximum"] > 0)]
    return done["points"] / done["maximum"]


def _marks(view: View, lesson: str) -> Frame:
    marks = view.frames.marks
    mine = view.mine(marks[marks["lesson"] == lesson])
    came = view.attempts[view.attempts["lesson"] == lesson]["learner"]
    return mine[mine["learner"].isin(came)]


def lesson(view: View, name: str) -> Page:
    """Return the page of a lesson; raise NotFound when there is none."""
    file = view.frames.file
    known(name, [each.folder for each in file.lessons], "lesson")
    marks, shares = _marks(view, name), _shares(view, name)
    waiting = int((marks["state"] == "needs a person").sum())
    facts = [(f"{(view.attempts['lesson'] == name).sum()} of {len(view.learners)}", "handed in"),
             (percent(shares.mean()).shown or "no", "of the points, mean"), (f"{waiting}", "answers wait for a person")]  # fmt: skip
    about = file.lesson(name)
    chart = charts.spread("Shares of the points", [float(each) for each in shares], "learners")
    texts = {each.id: each.text for each in file.objectives}
    aims = ", ".join(texts[each] for each in about.objectives)
    sections = [
        Section("Points", ("Of those whose answers are all judged; what lateness costs is left out.",), chart, _who(view, name, marks)),
        Section("Questions", (), *_questions(view, name, marks)),
        parts.reckoned(view, about.objectives),
    ]  # fmt: skip
    return view.page(
        "lesson", (name,), view.title(name), f"Objectives: {aims}." if aims else "", facts, sections
    )


def _who(view: View, name: str, marks: Frame) -> Any:
    """Return who handed a lesson in, when, and with what points."""
    came = {
        str(row.learner): row for row in each_row(view.attempts[view.attempts["lesson"] == name])
    }
    due = view.frames.plan[view.frames.plan["lesson"] == name].set_index("learner")["due"]
    group = marks.assign(open=marks["points"].isna()).groupby("learner", observed=True)
    sums = group.agg(points=("points", "sum"), maximum=("maximum", "sum"), open=("open", "sum"))
    rows = []
    known_sums: dict[str, Any] = {str(who): one for who, one in sums.iterrows()}
    for who in view.learners["learner"].astype(str):
        row, mine = came.get(who), known_sums.get(who)
        triage = row is not None and row.state != "graded"
        rows.append([
            view.person(who), view.day(row.submitted if row is not None else None), view.day(due.get(who)),
            Cell("not graded", tone="wait") if triage else number(mine["points"], 2) if mine is not None else Cell(None),
            number(mine["maximum"], 2) if mine is not None else Cell(None),
            Cell(int(mine["open"])) if mine is not None else Cell(None),
        ])  # fmt: skip
    return view.table("learners", ["learner", "handed in", "due", "points", "of", "wait"], rows)


def _questions(view: View, name: str, marks: Frame) -> tuple[Any, Any]:
    """Return a chart and a table of a lesson's questions."""
    asked = view.frames.questions[view.frames.questions["lesson"] == name]
    tasks = view.mine(view.frames.time_on_task)
    minutes = tasks[tasks["lesson"] == name].groupby("object", observed=True)["minutes"].median()
    rows, bars = [], []
    for one in each_row(asked):
        if one.mode == "must-correct":
            rows.append(_must_row(view, name, str(one.question)))
            continue
        mine = marks[(marks["question"] == one.question) & (marks["notebook"] == one.notebook)]
        share = (
            mine["points"].mean() / one.maximum
            if one.maximum and mine["points"].notna().any()
            else None
        )
        if share is not None:
            bars.append((str(one.question), float(share)))
        rows.append([
            Cell(str(one.title) or str(one.question), to=To("mark", (name, str(one.notebook), str(one.question))) if len(mine) else None),
            Cell(str(one.question)), number(one.maximum, 2), Cell(len(mine)), percent(share),
            Cell(int((mine["state"] == "needs a person").sum())), number(minutes.get(one.question)),
        ])  # fmt: skip
    chart = (
        charts.bars("Mean share of the points, by question", bars, "share of the points", 1.0)
        if bars
        else None
    )
    columns = ["question", "id", "points", "answers", "mean", "wait", "minutes, median"]
    return chart, view.table("questions", columns, rows)


def _must_row(view: View, lesson: str, question: str) -> list[Cell]:
    """Return the row of a question that must be answered right: how many of those who handed in did so."""
    events = view.frames.events
    tried = events[
        (events["verb"] == "answered")
        & (events["lesson"] == lesson)
        & (events["object"] == question)
    ]
    came = {who for who, name in view.handed_in if name == lesson}
    answered = {str(each) for each in tried["learner"]} & came
    right = {str(each) for each in tried[tried["scaled"] == 1]["learner"]} & came
    share = len(right) / len(came) if came else None
    return [
        Cell(f"{question} (must be right)"),
        Cell(question),
        Cell(None),
        Cell(len(answered)),
        percent(share),
        Cell(None),
        Cell(None),
    ]


def learner(view: View, who: str) -> Page:
    """Return the page of a learner; raise NotFound when there is none."""
    frames = view.frames
    known(who, list(view.names), "learner")
    mine = frames.standing[frames.standing["learner"] == who]
    found = counts(mine["state"])
    facts = [(f"{found['shown']} of {len(mine)}", "objectives shown")]
    facts += [(f"{found['lapsed']}", "lapsed")] if found["lapsed"] else []
    works = frames.attempts[(frames.attempts["learner"] == who) & frames.attempts["stands"]]
    facts.append((f"{len(works)} of {len(frames.file.lessons)}", "lessons handed in"))
    own = [each for each in view.entries if each.learner == who]
    rows = [_work(view, who, each.folder) for each in frames.file.lessons]
    table = view.table(
        "lessons", ["lesson", "due", "handed in", "points", "of", "wait", "minutes"], rows
    )
    marks, events = (
        frames.marks[frames.marks["learner"] == who],
        frames.events[frames.events["learner"] == who],
    )
    sections = [
        parts.entries(view, own, "To look after", "Nothing today."), Section("Lessons", (), None, table),
        *(_evidence(view, who, each, marks, events) for each in frames.file.objectives),
        parts.reckoned(view, [each.id for each in frames.file.objectives]),
    ]  # fmt: skip
    group = str(frames.learners[frames.learners["learner"] == who]["group"].iloc[0])
    return view.page(
        "learner", (who,), view.names[who], f"Group {group}." if group else "", facts, sections
    )


def _work(view: View, who: str, name: str) -> list[Cell]:
    frames = view.frames

    def mine(frame: Frame) -> Frame:
        return frame[(frame["learner"] == who) & (frame["lesson"] == name)]

    marks, plan = mine(frames.marks), mine(frames.plan)
    works = mine(frames.attempts)
    works = works[works["stands"]]
    tasks = mine(frames.time_on_task)
    known_points = marks["points"].notna().any()
    return [
        Cell(view.title(name), to=To("lesson", (name,))), view.day(plan["due"].iloc[0] if len(plan) else None),
        view.day(works["submitted"].iloc[0] if len(works) else None),
        number(marks["points"].sum(), 2) if known_points else Cell(None), number(marks["maximum"].sum(), 2) if len(marks) else Cell(None),
        Cell(int(marks["points"].isna().sum())) if len(marks) else Cell(None), number(tasks["minutes"].sum()) if len(tasks) else Cell(None),
    ]  # fmt: skip


def _evidence(view: View, who: str, aim: Objective, marks: Frame, events: Frame) -> Section:
    """Return how somebody stands with an objective, and on what that rests."""
    frames = view.frames
    row = frames.standing[
        (frames.standing["learner"] == who) & (frames.standing["objective"] == aim.id)
    ].iloc[0]
    found = objectives.evidence(
        who, aim.id, frames.objectives, frames.questions, frames.attempts, marks, events
    )
    rows = [
        [Cell(each["title"] or each["question"], to=To("mark", (each["lesson"], each["notebook"], each["question"])) if each["notebook"] and each["state"] else None),
         Cell(view.title(each["lesson"])), number(each["points"], 2), number(each["maximum"] or None, 2), Cell(each["state"]),
         Cell(each["by"]), view.day(each["time"]), Cell(each["digest"] if isinstance(each["digest"], str) else None,
                                                        each["digest"][:12] if isinstance(each["digest"], str) else None)]
        for each in as_dicts(found)
    ]  # fmt: skip
    stands = state(str(row["state"]))
    since, until = view.day(row["since"]).shown, view.day(row["until"]).shown
    said = f"{stands.sign} {stands.shown}" + (f" since {since}" if since else "") + (f", until {until}" if until else "") + "."  # fmt: skip
    columns = ["question", "lesson", "points", "of", "how", "by", "when", "submission"]
    return Section(aim.text, (said,), None, view.table(aim.id, columns, rows) if rows else None)


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
        f"May be stuck: {rules.stuck_tries} wrong answers to one question, {rules.stuck_hints} hints or {rules.stuck_minutes} minutes at it, and no right one. "
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
    "course": course, "worklist": worklist, "lesson": lesson, "learner": learner, "objective": objective,
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
