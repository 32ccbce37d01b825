"""Marking: which answer comes next, and what is written of it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from course.desk.answer import Answer, Conflict, Marked, Queue
from course.desk.seat import Seat
from course.errors import Invalid, NotFound
from course.review import share
from course.review.history import standing as standings
from course.review.order import Waiting, following, shuffled
from course.review.rubric import Item
from course.store import judging
from course.store.asked import Asked
from course.store.database import note, now
from course.store.judging import Standing


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
            judging.turn(connection, question)
            queue = self._waiting(connection, question)
            at = self._whose(question, queue, after)
            if any(each.learner == at and each.claimed_by == self.grader for each in queue):
                judging.release(connection, self._place(question, at))
            found = self._claimed(connection, question, following(queue, self.grader, now(), at))
        return self._answer(question, found[0]) if found else None

    def ahead(self, question: Asked, after: str, count: int) -> list[Answer]:
        """Return the answers that come after one, claimed: a grader can go on while the server is away."""
        with self.book.transaction() as connection:
            judging.turn(connection, question)
            queue = self._waiting(connection, question)
            at = self._whose(question, queue, after)
            coming = following(queue, self.grader, now(), at, count)
            found = self._claimed(connection, question, coming)
        return [self._answer(question, each) for each in found]

    def _waiting(self, connection: Any, question: Asked) -> list[Waiting]:
        """Return the queue of a question in this grader's order; others' share does not wait here."""
        there = {row.learner: row for row in judging.queued(connection, question)}
        return [
            Waiting(
                who,
                there[who].waits and self._is_mine(question, there[who]),
                there[who].claimed_by,
                there[who].until,
            )
            for who in shuffled(there, self.grader, question.cell)
        ]

    def _whose(self, question: Asked, queue: Sequence[Waiting], answer: str) -> str:
        if not answer:
            return ""
        return next((w.learner for w in queue if self._is(question, w.learner, answer)), "")

    def _claimed(self, connection: Any, question: Asked, learners: Sequence[str]) -> list[Standing]:
        for who in learners:
            judging.claim(connection, self._place(question, who), self.grader)
        return [judging.standings(connection, question, who)[0] for who in learners]

    def answer(self, question: Asked, answer: str, *, claim: bool = True) -> Answer:
        """Return one answer by its id, claimed for this grader if nobody else has it.

        Args:
            claim: False for somebody who only reads.

        Raises:
            NotFound: when there is none.
        """
        with self.book.transaction() as connection:
            judging.turn(connection, question)
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
            standing = self._turn(connection, question, answer)
            if (done := self._done(connection, standing, request)) is not None:
                return done
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
            standing = self._turn(connection, question, answer)
            if (done := self._done(connection, standing, request)) is not None:
                return done
            if standing.token != token:
                return Conflict(standing)
            score, number = self._take_back(connection, standing, request)
            after = self._standing(connection, question, answer)
        return Marked(number, score, now(), after.token)

    def _is_mine(self, question: Asked, row: Any) -> bool:
        place = self._place(question, row.learner)
        return share.is_for(self.grader, place, row.group, self.course.file.assignments)

    def _take_back(
        self, connection: Any, standing: Standing, request: str
    ) -> tuple[float | None, int]:
        made = judging.judgements(connection, standing.place)
        stands = [made[number] for number in standings([row["why"] for row in made])]
        if not stands:
            raise NotFound("nothing to undo: this answer was never marked here")
        last, old = stands[-1], stands[-2] if stands[1:] else None
        if last["score"] != standing.manual:
            raise Invalid(
                "this mark was changed elsewhere since", where=standing.place.question,
                expected=f"{last['score']:g}, as it was marked here" if last["score"] is not None else "no mark",
                found=f"{standing.manual}, by {standing.marked_by or 'nobody'}", hint="mark the answer again",
            )  # fmt: skip
        before = last["before"] or {}
        score = before.get("score")
        again = old is not None and old["score"] == score
        number = judging.judge(
            connection, standing.place, grader=self.grader, score=score,
            items=old["items"] if old and again else (), adjustment=old["adjustment"] if old and again else 0.0,
            comment=before.get("comment") or "", why="undone", request=request, waits=before.get("waits", True),
        )  # fmt: skip
        return score, number

    def _turn(self, connection: Any, question: Asked, answer: str) -> Standing:
        """Return how an answer stands; nobody else marks this question until the transaction ends."""
        judging.turn(connection, question)
        return self._standing(connection, question, answer)

    def _done(self, connection: Any, standing: Standing, request: str) -> Marked | None:
        """Return what a request wrote when it came before: a browser that lost the answer asks again."""
        before = judging.judged_by(connection, request)
        if before is None:
            return None
        if any(before[key] != value for key, value in asdict(standing.place).items()):
            raise Invalid("this request marked another answer", found=request, hint="load the page again")  # fmt: skip
        return Marked(before["number"], before["score"], before["at"], standing.token)

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
