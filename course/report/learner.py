"""The page of a learner: what is open, the lessons, and the evidence behind each objective."""

from course.insight import objectives
from course.insight.columns import as_dicts
from course.insight.frames import Frame
from course.layout import known
from course.report import parts
from course.report.page import Cell, Page, Section, To
from course.report.view import View, counts, number, state
from course.settings import Objective


def page(view: View, who: str) -> Page:
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
