"""What a grader sees of an answer, and what becomes of a judgement."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.lesson import record
from course.review import rubric as rubrics
from course.review.paper import Part, part
from course.review.rubric import Judgement, Rubric
from course.store.asked import Asked
from course.store.standing import Standing


@dataclass(frozen=True, slots=True)
class Answer:
    """One learner's answer to one question, with everything that a grader needs to judge it.

    Attributes:
        id: stands for it in addresses; says nothing of the learner.
        cells: the notebook's cells that belong to the question, with their roles.
        response: what was answered in a quiz, as the record has it; empty for others.
        rubric: how it is marked now.
    """

    id: str
    question: Asked
    standing: Standing
    cells: tuple[tuple[dict[str, Any], Part], ...]
    response: tuple[str, ...]
    asked: tuple[str, ...]
    rubric: Rubric
    version: int


@dataclass(frozen=True, slots=True)
class Marked:
    """A judgement that was written."""

    number: int
    score: float | None
    at: dt.datetime
    token: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A judgement that was not written, because the answer is no longer as its grader saw it."""

    standing: Standing


@dataclass(frozen=True, slots=True)
class Queue:
    """The answers to one question, in the grader's order.

    Attributes:
        answers: id and standing of each.
    """

    question: Asked
    answers: tuple[tuple[str, Standing], ...]

    @property
    def waiting(self) -> int:
        """How many still wait for a person."""
        return sum(standing.waits for _, standing in self.answers)


def judgement(row: Any) -> Judgement:
    """Return a row of the gradebook as the noun of `course.review`."""
    items = tuple(rubrics.Item(**item) for item in row["items"])
    return Judgement(row["grader"], row["score"], items, row["adjustment"], row["comment"], row["why"],
                     row["number"], row["at"].isoformat())  # fmt: skip


def cells(path: Path, question: str) -> tuple[tuple[dict[str, Any], Part], ...]:
    """Return the cells of a graded notebook that belong to a question; none when it is away."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return ()
    for cell in cells:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    return tuple((cells[index], role) for index, role in part(cells, question))


def voice(folder: Path, question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a learner answered in a quiz, and what they asked about the question."""
    state = record.read(folder)
    last = state.answers.get(question)
    asked = tuple(each.text for each in state.asked if each.exercise == question)
    return tuple(last.response) if last else (), asked
