"""Calibration: a seeded sample of what is marked is read once more, by another grader who sees no first mark."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from statistics import fmean
from typing import Any

from course.desk.answer import Answer, Conflict, Marked
from course.desk.marking import Marking
from course.errors import Invalid
from course.review import agreement
from course.review.agreement import Agreement
from course.review.order import Waiting, following, shuffled
from course.store import judging, readings
from course.store.asked import Asked
from course.store.database import now
from course.store.judging import Standing


@dataclass(frozen=True, slots=True)
class Calibrated:
    """How far two readings of the answers to one question agree.

    Attributes:
        answers: how many were read twice.
        waiting: how many of the sample are marked once, and wait for a second grader.
        apart: by how many points the two scores differ on average; None without answers.
        items: item of the rubric as it is now, and the agreement on it.
        differ: id of each answer with two different scores, and both.
    """

    question: Asked
    answers: int
    waiting: int
    apart: float | None
    items: tuple[tuple[str, Agreement], ...]
    differ: tuple[tuple[str, float, float], ...]


class Calibration(Marking):
    """A seat from which marked answers are read a second time."""

    def next_again(self, question: Asked, after: str = "") -> Answer | None:
        """Return the next answer that this grader is to read again, claimed, with nothing of the first mark."""
        with self.book.transaction() as connection:
            judging.turn(connection, question)
            sample = {each.place.learner: each for each in self._sample(connection, question)}
            order = shuffled(sample, self.grader, question.cell)
            queue = [Waiting(who, True, sample[who].claimed_by, sample[who].until) for who in order]  # noqa: FBT003
            at = self._whose(question, queue, after)
            if at and sample[at].claimed_by == self.grader:
                judging.release(connection, sample[at].place)
            found = self._claimed(connection, question, following(queue, self.grader, now(), at))
        return self._answer(question, unmarked(found[0])) if found else None

    def answer_again(self, question: Asked, answer: str) -> Answer:
        """Return one answer by its id with nothing of the first mark."""
        found = self.answer(question, answer)
        return replace(found, standing=unmarked(found.standing))

    def again(self, question: Asked) -> int:
        """Return how many answers this grader may read a second time."""
        if not self.course.file.calibration.share:
            return 0
        with self.book.reading() as connection:
            return len(self._sample(connection, question))

    def read_again(
        self, question: Asked, answer: str, *, token: str, request: str, items: Sequence[str] = (),
        adjustment: float = 0.0, comment: str = "",
    ) -> Marked | Conflict:  # fmt: skip
        """Write a second reading. The mark stays as it is. Arguments and errors as of `mark`.

        Raises:
            Invalid: the answer is not among those that this grader is to read again.
        """
        with self.book.transaction() as connection:
            standing = self._turn(connection, question, answer)
            if (done := readings.read_by(connection, request)) is not None:
                return Marked(done["number"], done["score"], done["at"], standing.token)
            if standing.token != token:
                return Conflict(unmarked(standing))
            sample = [each.place for each in self._sample(connection, question)]
            if standing.place not in sample:
                raise Invalid("this answer is not yours to read again", where=question.question,
                              hint="it was read twice already, is not marked, is not in the sample, or you marked it")  # fmt: skip
            chosen, score = self._scored(connection, question, items, adjustment)
            first = standing.judgement["number"] if standing.judgement else 0
            number = readings.read(
                connection, standing.place, grader=self.grader, score=score, comment=comment, first=first,
                items=[asdict(item) for item in chosen], request=request,
            )  # fmt: skip
            judging.release(connection, standing.place)
        return Marked(number, score, now(), standing.token)

    def calibration(self, lesson: str) -> list[Calibrated]:
        """Return how far two readings agree, for each question of a lesson that has any or waits for some."""
        with self.book.reading() as connection:
            rows = readings.of_lesson(connection, lesson)
        found = []
        for question in self.questions(lesson):
            twice = [row for row in rows if (row["notebook"], row["question"]) == (question.notebook, question.question)]  # fmt: skip
            with self.book.reading() as connection:
                waiting = len(self._sample(connection, question, anybody=True))
            if not twice and not waiting:
                continue
            rubric, _ = self.rubric(question)
            pairs = [([i["id"] for i in row["first_items"]], [i["id"] for i in row["items"]]) for row in twice]  # fmt: skip
            told = agreement.agreement([item.id for item in rubric.items], pairs)
            gaps = [abs(row["first_score"] - row["score"]) for row in twice]
            found.append(Calibrated(
                question, len(twice), waiting, fmean(gaps) if gaps else None,
                tuple(zip((item.text for item in rubric.items), told, strict=True)),
                tuple((self.id(self._place(question, row["learner"])), row["first_score"], row["score"])
                      for row in twice if row["first_score"] != row["score"]),
            ))  # fmt: skip
        return found

    def _sample(self, connection: Any, question: Asked, *, anybody: bool = False) -> list[Standing]:
        """Return the answers of the sample that are marked here, and were not read twice.

        Args:
            anybody: those that this grader marked, too.
        """
        rule = self.course.file.calibration
        if not rule.share:
            return []
        done = readings.readers(connection, question)
        return [
            each
            for each in judging.standings(connection, question)
            if each.stands
            and each.place.learner not in done
            and (anybody or each.judgement is None or each.judgement["grader"] != self.grader)
            and agreement.sampled("\0".join(asdict(each.place).values()), rule.share, rule.seed)
        ]


def unmarked(standing: Standing) -> Standing:
    """Return how an answer would stand if nobody had marked it; its token stays."""
    return replace(
        standing, points=None, manual=None, waits=True, comment="", judgement=None, marked_by=""
    )
