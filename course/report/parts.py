"""Parts that several pages have: objectives, the worklist, who marked how, and how it is reckoned."""

from collections.abc import Iterable, Sequence

from course.insight import graders as marking
from course.insight import objectives, pace
from course.insight.columns import each_row
from course.insight.worklist import KINDS, Entry
from course.report import charts
from course.report.page import Cell, Section, To
from course.report.view import TONES, View, counts, number, percent, state

SINCE = "Only what was handed in since then is counted; how people stand with objectives is told as of now."


def rule(view: View, objective: str) -> str:
    """Return the rule for an objective in words."""
    file = view.frames.file
    lessons = [each.folder for each in file.lessons if objective in each.objectives]
    return objectives.rule(
        {view.title(name): file.shown_at(objective, name) for name in lessons},
        file.holds(objective),
    )


def objective_states(view: View) -> Section:
    """Return how many stand how with each objective."""
    data = view.mine(view.frames.standing)
    texts = {each.id: each.text for each in view.frames.file.objectives}
    states = {name: counts(data[data["objective"] == name]["state"]) for name in texts}
    chart = charts.states(
        "How many have shown what", [(texts[name], states[name]) for name in texts], TONES
    )
    rows = [
        [Cell(texts[name], to=To("objective", (name,))), *(Cell(states[name][each]) for each in TONES)] for name in texts
    ]  # fmt: skip
    return Section("Objectives", (), chart, view.table("objectives", ["objective", *TONES], rows))


def grid(view: View) -> Section:
    """Return objectives by people."""
    data = view.mine(view.frames.standing)
    names = [each.id for each in view.frames.file.objectives]
    found = {
        (str(row.learner), str(row.objective)): str(row.state) for row in each_row(data)
    }  # fmt: skip
    texts = {each.id: each.text for each in view.frames.file.objectives}
    rows = [
        [view.person(who), *(state(found.get((who, name), "not started"), To("learner", (who,))) for name in names)]
        for who in view.learners["learner"].astype(str)
    ]  # fmt: skip
    text = "✓ shown, ◐ learning, ○ not started, ↺ lapsed. The page of a learner has the evidence behind each state."
    return Section(
        "Objectives and people",
        (text,),
        None,
        view.table("people", ["learner", *(texts[n] for n in names)], rows),
    )


def people_of(view: View, objective: str) -> list[list[Cell]]:
    """Return rows of how each of the chosen learners stands with an objective."""
    data = view.mine(view.frames.standing)
    return [
        [view.person(str(row.learner)), state(str(row.state)), percent(row.share), Cell(int(row.open)),
         view.day(row.since), view.day(row.until)]
        for row in each_row(data[data["objective"] == objective])
    ]  # fmt: skip


def entries(view: View, found: Iterable[Entry], title: str, empty: str) -> Section:
    """Return entries of the worklist, what waits longest first."""
    rows = list(found)
    part = rows if view.whole else rows[view.choice.start : view.choice.start + 100]
    table = view.table("worklist", ["about", "what", "why", "next", "since"], [
        [Cell(_whom(view, each)), Cell(KINDS[each.kind]),
         Cell(each.reason), Cell(each.action), view.day(each.since)] for each in rows])  # fmt: skip
    return Section(
        title,
        () if rows else (empty,),
        None,
        table if rows else None,
        tuple((each, _whom(view, each)) for each in part),
    )


def _whom(view: View, entry: Entry) -> str:
    """Return whom an entry is about, and where."""
    lesson = view.title(entry.lesson)
    return f"{view.names.get(entry.learner, entry.learner)}, {lesson}" if entry.learner else lesson


def graders(view: View) -> list[Section]:
    """Return what can be said of those who mark."""
    frames = view.frames
    found = marking.graders(
        view.mine(frames.judgements, "time"), view.mine(frames.marks, "time"), view.attempts
    )
    rows = [
        [Cell(each.name), Cell(each.marked), number(each.severity, 3),
         number(each.turnaround.total_seconds() / 3600 if each.turnaround else None)]
        for each in found
    ]  # fmt: skip
    text = (
        "Severity is by how much of a question's points a grader is below the mean of all marks on the same questions; "
        "a negative one is milder. Half of the answers waited no longer than the hours shown."
    )
    sections = [
        Section(
            "Graders",
            (text,),
            None,
            view.table("graders", ["grader", "marked", "severity", "hours until marked"], rows),
        )
    ]
    pairs = [
        [Cell(f"{each.one} and {each.other}"), Cell(each.answers), percent(each.apart), number(each.kappa, 2)]
        for each in marking.together(view.mine(frames.judgements, "time"))
    ]  # fmt: skip
    if pairs:
        more = "Answers that two graders marked: how far apart their marks are on average, and Cohen's kappa over the rubric items that anybody found in answers to the same questions (1 is full agreement, 0 is no more than chance)."
        sections.append(
            Section(
                "Agreement",
                (more,),
                None,
                view.table(
                    "agreement", ["graders", "answers", "apart, of the points", "kappa"], pairs
                ),
            )
        )
    return sections if rows else []


def reckoned(view: View, names: Sequence[str]) -> Section:
    """Return how the figures came about, in words."""
    texts = {each.id: each.text for each in view.frames.file.objectives}
    minutes = pace.PAUSE.total_seconds() / 60
    rules: dict[str, list[str]] = {}
    for name in names:
        rules.setdefault(rule(view, name), []).append(texts[name])
    said = [
        f"{'; '.join(about)}. {text}" if len(rules) > 1 else text for text, about in rules.items()
    ]
    shared = [
        each.id for each in view.frames.file.objectives
        if each.id in names and not view.frames.objectives[view.frames.objectives["objective"] == each.id]["declared"].all()
    ]  # fmt: skip
    if shared:
        said.append("Questions that name no objective, such as exercises outside a section with one, count for all objectives of their lesson that no question names.")  # fmt: skip
    return Section("How this is reckoned", (
        *said,
        "Whether a must-correct question was answered right is taken from the learner's record; a certificate judges the answer again.",
        f"Minutes are between one event of a learner's record and the next; a pause of more than {minutes:.0f} minutes counts nothing. Records come with what is handed in, so nobody is seen before.",
        *([SINCE] if view.choice.since else []),
    ))  # fmt: skip
