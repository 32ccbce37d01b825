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
    marks, events, plan, tasks = (
        frame[frame["learner"] == who]
        for frame in (frames.marks, frames.events, frames.plan, frames.time_on_task)
    )
    rows = [
        _work(view, each.folder, *(part[part["lesson"] == each.folder] for part in (marks, plan, works, tasks)))
        for each in frames.file.lessons
    ]  # fmt: skip
    table = view.table(
        "lessons", ["lesson", "due", "handed in", "points", "of", "wait", "minutes"], rows
    )
    found_out = objectives.evidence(
        who, frames.objectives, frames.questions, frames.attempts, marks, events
    )
    sections = [
        parts.entries(view, own, "To look after", "Nothing today."), Section("Lessons", (), None, table),
        *(_evidence(view, each, mine, found_out) for each in frames.file.objectives),
        parts.reckoned(view, [each.id for each in frames.file.objectives]),
    ]  # fmt: skip
    group = str(frames.learners[frames.learners["learner"] == who]["group"].iloc[0])
    return view.page(
        "learner", (who,), view.names[who], f"Group {group}." if group else "", facts, sections
    )


def _work(view: View, name: str, marks: Frame, plan: Frame, works: Frame, tasks: Frame) -> list[Cell]:  # fmt: skip
    """Return a learner's row of a lesson."""
    known_points = marks["points"].notna().any()
    return [
        Cell(view.title(name), to=To("lesson", (name,))), view.day(plan["due"].iloc[0] if len(plan) else None),
        view.day(works["submitted"].iloc[0] if len(works) else None),
        number(marks["points"].sum(), 2) if known_points else Cell(None), number(marks["maximum"].sum(), 2) if len(marks) else Cell(None),
        Cell(int(marks["points"].isna().sum())) if len(marks) else Cell(None), number(tasks["minutes"].sum()) if len(tasks) else Cell(None),
    ]  # fmt: skip


def _evidence(view: View, aim: Objective, standing: Frame, evidence: Frame) -> Section:
    """Return how somebody stands with an objective, and on what that rests."""
    row = standing[standing["objective"] == aim.id].iloc[0]
    found = evidence[evidence["objective"] == aim.id]
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
