"""What a lesson consists of and how far its learner is: a comparison of its sheet and its record.

A section is finished when its quizzes are answered (those that must be right, rightly) and its
checks hold. An objective is *shown* when all its questions are settled like that and none that
could be judged was last answered wrong, in a review too, *practising* when one of them was tried, else *not
started*. Answers in own words stand in the notebook, not in the record, and don't count here.
"""

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from course.lesson import dates
from course.lesson.dates import Own
from course.lesson.state import State
from course.questions import Item, sheet

Status = Literal["not started", "practising", "shown"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a lesson; the one before the first `course.section` has no id.

    Attributes:
        objectives: ids of the objectives that its questions are about.
        questions: ids of its quizzes and exercises, in order.
    """

    id: str
    title: str
    objectives: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a lesson consists of.

    Attributes:
        minutes: the author's estimate for all of it.
        due: ISO 8601, or text such as "7 days" after the learner's start; empty for never.
        own: the learner's own date, where it is known; it goes before ``due``.
        workbook: whether it is worked on during a live event.
        objectives: id -> text.
        items: its quizzes by id; every other question is an exercise with a check.
    """

    lesson: str
    title: str
    minutes: int
    due: str
    objectives: dict[str, str]
    sections: tuple[Section, ...]
    items: dict[str, Item]
    own: Own | None = None
    workbook: bool = False

    @property
    def moment(self) -> dt.datetime | None:
        """When the lesson is due; None when that hangs on the learner's start, or for never."""
        if self.own is not None:
            return self.own.due.astimezone()
        try:
            return dt.datetime.fromisoformat(self.due).astimezone()
        except ValueError:
            return None

    def questions(self) -> list[str]:
        """Return all questions, in order."""
        return [question for section in self.sections for question in section.questions]

    def about(self, objective: str) -> list[str]:
        """Return the questions of an objective: as declared, else all that declare none."""
        named = [q for s in self.sections for q in s.questions if objective in self._named(q, s)]
        return named or [q for s in self.sections for q in s.questions if not self._named(q, s)]

    def _named(self, question: str, section: Section) -> tuple[str, ...]:
        item = self.items.get(question)
        return (item.objective,) if item is not None and item.objective else section.objectives


def read(folder: Path) -> Plan:
    """Read the plan of the lesson in a folder.

    Raises:
        OSError, ValueError, KeyError, TypeError: when its sheet is missing or damaged.
    """
    text = (folder / sheet.NAME).read_text(encoding="utf-8")
    about, items = sheet.about(text), sheet.items(text)
    sections = [
        Section(one["id"], one["title"], tuple(one["objectives"]), tuple(one["questions"]))
        for one in about.get("sections", ())
    ]
    objectives = [
        one if isinstance(one, dict) else {"id": one, "text": one}
        for one in about.get("objectives", ())
    ]
    due = str(about.get("due", ""))
    return Plan(
        folder.name, str(about.get("title", folder.name)), int(about.get("minutes", 0)), due,
        {one["id"]: one["text"] for one in objectives},
        tuple(sections) or (Section("", "", (), tuple(items)),), items,
        dates.read(folder.parent).of(folder.name, due), about.get("mode") == "workbook",
    )  # fmt: skip


def is_settled(plan: Plan, state: State, question: str) -> bool:
    """Tell whether nothing is left to do in a question."""
    item = plan.items.get(question)
    if item is None:
        return question in state.checks and state.checks[question].success
    if item.mode == "must-correct":
        return any(each.scaled == 1 for each in state.tries.get(question, ()))
    return question in state.answers


def is_finished(plan: Plan, state: State, section: Section) -> bool:
    """Tell whether a section was finished, now or before."""
    visit = state.sections.get(section.id)
    if visit is not None and visit.completed:
        return True
    begun = bool(section.questions) or visit is not None
    return begun and all(is_settled(plan, state, question) for question in section.questions)


def status(plan: Plan, state: State, objective: str) -> Status:
    """Return how far a learner is with an objective."""
    about = plan.about(objective)
    tried = [each for each in about if each in state.answers or each in state.checks]
    if not tried:
        return "not started"
    wrong = [each for each in about if each in state.answers and _is_wrong(state, each)]
    done = all(is_settled(plan, state, each) for each in about)
    return "shown" if done and not wrong else "practising"


def _is_wrong(state: State, question: str) -> bool:
    answers = [state.answers[question], *state.reviews.get(question, ())]
    scaled = max(answers, key=lambda one: dt.datetime.fromisoformat(one.time)).scaled
    return scaled is not None and scaled < 1


def minutes_left(plan: Plan, state: State) -> int:
    """Return the author's minutes, less the share of questions that are settled."""
    questions = plan.questions()
    still = [each for each in questions if not is_settled(plan, state, each)]
    return math.ceil(plan.minutes * len(still) / len(questions)) if questions else plan.minutes


def must_still(plan: Plan, state: State) -> list[str]:
    """Return the questions that must be right and are not yet."""
    return [
        name for name, item in plan.items.items()
        if item.mode == "must-correct" and not is_settled(plan, state, name)
    ]  # fmt: skip


def next_section(plan: Plan, state: State) -> Section | None:
    """Return the first section that is not finished; None when all are."""
    return next((one for one in plan.sections if not _passed(plan, state, one)), None)


def _passed(plan: Plan, state: State, section: Section) -> bool:
    return is_finished(plan, state, section) or (not section.questions and not section.id)


def done(plan: Plan, state: State) -> tuple[int, int]:
    """Return how many sections are finished, and how many there are.

    One without a name counts only when it has questions.
    """
    counted = [one for one in plan.sections if one.id or one.questions]
    return sum(is_finished(plan, state, one) for one in counted), len(counted)


def lessons(home: Path) -> dict[str, Plan]:
    """Return the plans of the lessons that lie in a learner's folder, by folder name.

    Damaged ones are left out.
    """
    found: dict[str, Plan] = {}
    for path in sorted(home.glob(f"*/{sheet.NAME}")):
        try:
            found[path.parent.name] = read(path.parent)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found
