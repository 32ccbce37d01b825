"""The grading desk: what its pages call. One grader, one course; the rules are in `course.review`."""

import datetime as dt
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from course import layout as disk
from course.errors import Invalid, NotFound
from course.lesson import record
from course.model import Place
from course.review import rubric as rubrics
from course.review.order import Waiting, following, shuffled
from course.review.paper import Part, part
from course.review.rubric import Judgement, Rubric
from course.store import judging
from course.store.database import Gradebook, note, now
from course.store.judging import Asked, Standing
from course.term import Course

__all__ = ["Answer", "Conflict", "Desk", "Marked", "Queue"]


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


class Desk:
    """A grader's place at a course's answers. Close it, or use it in ``with``.

    Args:
        course: the course.
        grader: who marks; stands in every mark and in the ledger.
        book: the course's gradebook where it is open already.
    """

    def __init__(self, course: Course, grader: str, book: Gradebook | None = None) -> None:
        self.course, self.grader = course, grader
        self.book = book or course.book()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the gradebook back."""
        self.book.close()

    # what there is ------------------------------------------------------------------------------

    def questions(self, lesson: str | None = None) -> list[Asked]:
        """Return the graded questions, with how many answers there are and wait."""
        return judging.asked(self.book, lesson)

    def question(self, lesson: str, notebook: str, question: str) -> Asked:
        """Return one question; raise NotFound when there is none."""
        return judging.found(self.questions(lesson), lesson, notebook, question)

    def queue(self, question: Asked) -> Queue:
        """Return all answers to a question, in this grader's own order."""
        with self.book.reading() as connection:
            by_learner = {
                each.place.learner: each for each in judging.standings(connection, question)
            }
        order = shuffled(by_learner, self.grader, question.cell)
        return Queue(
            question, tuple((self.id(by_learner[who].place), by_learner[who]) for who in order)
        )

    def next(self, question: Asked, after: str = "") -> Answer | None:
        """Return the next answer that waits and that nobody else has, and claim it.

        Args:
            after: id of the answer at hand, which is given back; empty at the beginning.
        """
        with self.book.transaction() as connection:
            there = {each.place.learner: each for each in judging.standings(connection, question)}
            queue = [
                Waiting(who, there[who].waits, there[who].claimed_by, there[who].until)
                for who in shuffled(there, self.grader, question.cell)
            ]
            at = next((who for who in there if after and self.id(there[who].place) == after), "")
            who = following(queue, self.grader, now(), at)
            if at and there[at].claimed_by == self.grader:
                judging.release(connection, there[at].place)
            if who is None:
                return None
            judging.claim(connection, there[who].place, self.grader)
        return self._answer(question, there[who])

    def answer(self, question: Asked, answer: str, *, claim: bool = True) -> Answer:
        """Return one answer by its id, claimed for this grader if nobody else has it.

        Args:
            claim: False for somebody who only reads.

        Raises:
            NotFound: when there is none.
        """
        with self.book.transaction() as connection:
            standing = self._standing(connection, question, answer)
            mine = Waiting("", standing.waits, standing.claimed_by, standing.until)
            if claim and mine.free_for(self.grader, now()):
                judging.claim(connection, standing.place, self.grader)
        return self._answer(question, standing)

    def rubric(self, question: Asked) -> tuple[Rubric, int]:
        """Return a question's rubric and its version: as made at the desk, else as its author wrote it."""
        with self.book.reading() as connection:
            return self._rubric(connection, question)

    # marking ------------------------------------------------------------------------------------

    def mark(
        self, question: Asked, answer: str, *, token: str, request: str, items: Sequence[str] = (),
        adjustment: float = 0.0, comment: str = "", why: str = "marked",
    ) -> Marked | Conflict:  # fmt: skip
        """Write a judgement of an answer, unless it changed since this grader saw it.

        Args:
            token: of the standing that the grader saw.
            request: made by who asks, once for each judgement: the same one again writes nothing.
            items: ids of the rubric's items that apply.
            adjustment: points beside them.

        Raises:
            NotFound: no such answer or item.
            Invalid: an adjustment that is no number.
        """
        with self.book.transaction() as connection:
            standing = self._standing(connection, question, answer)
            if (before := judging.judged_by(connection, request)) is not None:
                return Marked(before["number"], before["score"], before["at"], standing.token)
            if standing.token != token:
                return Conflict(standing)
            rubric, _ = self._rubric(connection, question)
            chosen = rubric.chosen(items)
            if not -question.maximum <= adjustment <= question.maximum:
                raise Invalid(
                    "an adjustment outside the question's points", where=question.question,
                    expected=f"between {-question.maximum:g} and {question.maximum:g}", found=f"{adjustment:g}",
                )  # fmt: skip
            score = rubric.score(chosen, adjustment, question.maximum)
            number = judging.judge(
                connection, standing.place, grader=self.grader, score=score,
                items=[asdict(item) for item in chosen], adjustment=adjustment, comment=comment, why=why,
                request=request,
            )  # fmt: skip
            after = self._standing(connection, question, answer)
        return Marked(number, score, now(), after.token)

    def undo(self, question: Asked, answer: str, *, token: str, request: str) -> Marked | Conflict:
        """Take this grader's last judgement of an answer back: what stood before stands again."""
        with self.book.transaction() as connection:
            standing = self._standing(connection, question, answer)
            if (before := judging.judged_by(connection, request)) is not None:
                return Marked(before["number"], before["score"], before["at"], standing.token)
            if standing.token != token:
                return Conflict(standing)
            earlier = judging.judgements(connection, standing.place)
            if not earlier:
                raise NotFound("nothing to undo: this answer was never marked here")
            old = earlier[-2] if len(earlier) > 1 else None
            score = old["score"] if old else None
            number = judging.judge(
                connection, standing.place, grader=self.grader, score=score,
                items=old["items"] if old else (), adjustment=old["adjustment"] if old else 0.0,
                comment=old["comment"] if old else "", why="undone", request=request,
            )  # fmt: skip
            after = self._standing(connection, question, answer)
        return Marked(number, score, now(), after.token)

    def flag(self, question: Asked, answer: str, text: str | None) -> None:
        """Flag an answer with a reason, or take the flag away with None."""
        with self.book.transaction() as connection:
            place = self._standing(connection, question, answer).place
            judging.flag(connection, place, self.grader, text)

    def reveal(self, question: Asked, answer: str) -> str:
        """Return the learner's name; the ledger notes who asked for it."""
        people = {person.id: person.name for person in self.course.learners()}
        with self.book.transaction() as connection:
            place = self._standing(connection, question, answer).place
            note(connection, self.grader, "named", lesson=place.lesson, learner=place.learner,
                 question=place.question)  # fmt: skip
        return people.get(place.learner, place.learner)

    def give_back(self, question: Asked, answer: str) -> None:
        """Let others have an answer that this grader has on the screen."""
        with self.book.transaction() as connection:
            standing = self._standing(connection, question, answer)
            if standing.claimed_by == self.grader:
                judging.release(connection, standing.place)

    # rubrics ------------------------------------------------------------------------------------

    def edit_rubric(
        self, question: Asked, rubric: Rubric, version: int, *, apply: bool
    ) -> tuple[tuple[rubrics.Move, ...], int | None]:
        """Return whose marks a new rubric would change; with ``apply`` write it and change them.

        Args:
            version: of the rubric that the grader saw.

        Returns:
            the moves, and the version written; None when nothing was.

        Raises:
            Invalid: somebody else edited the rubric since.
        """
        with self.book.transaction() as connection:
            _, standing = self._rubric(connection, question)
            if standing != version:
                raise Invalid(
                    "somebody else edited this rubric meanwhile", where=question.question,
                    expected=f"version {standing}", found=f"version {version}",
                    hint="load it again, and make your edit there",
                )  # fmt: skip
            there = {each.place.learner: each for each in judging.standings(connection, question)}
            judged = {who: judgement(each.judgement) for who, each in there.items()
                      if each.judgement is not None and each.marked_by != "formgrader"}  # fmt: skip
            moves = rubrics.moves(rubric, judged, question.maximum)
            if not apply:
                return moves, None
            written = judging.save_rubric(connection, question, rubric.plain(), self.grader)
            for move in moves:
                old = judged[move.learner]
                judging.judge(
                    connection, there[move.learner].place, grader=self.grader, score=move.after,
                    items=[asdict(item) for item in move.items], adjustment=old.adjustment,
                    comment=old.comment, why="rubric", request=secrets.token_hex(16),
                )  # fmt: skip
        return moves, written

    def _rubric(self, connection: Any, question: Asked) -> tuple[Rubric, int]:
        row = judging.rubric(connection, question)
        if row is not None:
            return rubrics.read(row["rubric"]), row["version"]
        return Rubric(), 0

    # the answer itself --------------------------------------------------------------------------

    def id(self, place: Place) -> str:
        """Return what stands for an answer in addresses: the same at every time, and no name."""
        text = "\0".join(asdict(place).values())
        return hmac.new(self._secret, text.encode(), sha256).hexdigest()[:20]

    @cached_property
    def _secret(self) -> bytes:
        path = self.course.layout.root / ".course" / "desk.key"
        if not path.is_file():
            disk.write(path, secrets.token_hex(32), mode=0o600)
        return path.read_bytes()

    def place(self, question: Asked, answer: str) -> Place:
        """Return which answer an id stands for; raise NotFound when there is none."""
        with self.book.reading() as connection:
            return self._standing(connection, question, answer).place

    def _standing(self, connection: Any, question: Asked, answer: str) -> Standing:
        for each in judging.learners(connection, question):
            if (
                self.id(Place(question.lesson, question.notebook, question.question, each))
                == answer
            ):
                return judging.standings(connection, question, each)[0]
        raise NotFound(
            "this answer is not there", where=f"{question.lesson}/{question.question}", found=answer,
            hint="load the list of answers again",
        )  # fmt: skip

    def _answer(self, question: Asked, standing: Standing) -> Answer:
        rubric, version = self.rubric(question)
        place = standing.place
        folder = self.course.layout.autograded / place.learner / place.lesson
        return Answer(
            self.id(place), question, standing, _cells(folder / f"{place.notebook}.ipynb", question.question),
            *_voice(folder, question.question), rubric, version,
        )  # fmt: skip


def judgement(row: Any) -> Judgement:
    """Return a row of the gradebook as the noun of `course.review`."""
    items = tuple(rubrics.Item(**item) for item in row["items"])
    return Judgement(row["grader"], row["score"], items, row["adjustment"], row["comment"], row["why"],
                     row["number"], row["at"].isoformat())  # fmt: skip


def _cells(path: Path, question: str) -> tuple[tuple[dict[str, Any], Part], ...]:
    """Return the cells of a graded notebook that belong to a question; none when it is away."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError):
        return ()
    for cell in cells:
        if isinstance(cell["source"], list):
            cell["source"] = "".join(cell["source"])
    return tuple((cells[index], role) for index, role in part(cells, question))


def _voice(folder: Path, question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    state = record.read(folder)
    last = state.answers.get(question)
    asked = tuple(each.text for each in state.asked if each.exercise == question)
    return tuple(last.response) if last else (), asked
