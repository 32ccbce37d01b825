"""Marking: which answer comes next, and what is written of it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from course.desk.answer import Answer, Conflict, Marked, Queue
from course.desk.seat import Seat
from course.errors import Invalid, NotFound
from course.review.order import Waiting, following, shuffled
from course.review.rubric import Item
from course.store import judging
from course.store.asked import Asked
from course.store.database import note, now


class Marking(Seat):
    """A seat from which answers are marked."""

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
            chosen, score = self._scored(connection, question, items, adjustment)
            number = judging.judge(
                connection, standing.place, grader=self.grader, score=score,
                items=[asdict(item) for item in chosen], adjustment=adjustment, comment=comment, why=why,
                request=request,
            )  # fmt: skip
            after = self._standing(connection, question, answer)
        return Marked(number, score, now(), after.token)

    def _scored(
        self, connection: Any, question: Asked, items: Sequence[str], adjustment: float
    ) -> tuple[tuple[Item, ...], float]:
        """Return the rubric's items of a judgement, and its points."""
        rubric, _ = self._rubric(connection, question)
        chosen = rubric.chosen(items)
        if not -question.maximum <= adjustment <= question.maximum:
            raise Invalid(
                "an adjustment outside the question's points", where=question.question,
                expected=f"between {-question.maximum:g} and {question.maximum:g}", found=f"{adjustment:g}",
            )  # fmt: skip
        return chosen, rubric.score(chosen, adjustment, question.maximum)

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
