"""The page of a lesson: who handed it in, with what points, and how its questions went."""

from typing import Any

import pandas as pd

from course.insight.columns import each_row
from course.insight.frames import Frame
from course.layout import known
from course.report import charts, parts
from course.report.page import Cell, Page, Section, To
from course.report.view import View, number, percent


def shares(marks: Frame) -> "pd.Series[float]":
    """Return the share of a lesson's points by lesson and learner, of those who have nothing waiting; lateness left out."""
    data = marks[["lesson", "learner", "points", "maximum"]].assign(open=marks["points"].isna())
    sums = data.groupby(["lesson", "learner"], observed=True).sum()
    done = sums[(sums["open"] == 0) & (sums["maximum"] > 0)]
    return done["points"] / done["maximum"]


def _marks(view: View, lesson: str) -> Frame:
    marks = view.frames.marks
    mine = view.mine(marks[marks["lesson"] == lesson])
    came = view.attempts[view.attempts["lesson"] == lesson]["learner"]
    return mine[mine["learner"].isin(came)]


def page(view: View, name: str) -> Page:
    """Return the page of a lesson; raise NotFound when there is none."""
    file = view.frames.file
    known(name, [each.folder for each in file.lessons], "lesson")
    marks = _marks(view, name)
    found = shares(marks)
    waiting = int((marks["state"] == "needs a person").sum())
    facts = [(f"{(view.attempts['lesson'] == name).sum()} of {len(view.learners)}", "handed in"),
             (percent(found.mean()).shown or "none yet", "of the points, mean"), (f"{waiting}", "answers wait for a person")]  # fmt: skip
    about = file.lesson(name)
    chart = charts.spread("Shares of the points", [float(each) for each in found], "learners")
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
    answers = {
        (str(notebook), str(question)): part
        for (notebook, question), part in marks.groupby(["notebook", "question"], observed=True)
    }
    rows, bars = [], []
    for one in each_row(asked):
        if one.mode == "must-correct":
            rows.append(_must_row(view, name, str(one.question)))
            continue
        mine = answers.get((str(one.notebook), str(one.question)), marks[:0])
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
