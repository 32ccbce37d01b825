"""What all parts of the desk share: course, grader, gradebook, questions, and ids that name nobody."""

import hmac
import secrets
from functools import cached_property
from typing import Any, Self

from course import layout as disk
from course.desk.answer import Answer, cells, voice
from course.desk.authored import authored
from course.errors import NotFound
from course.model import Place
from course.review import rubric as rubrics
from course.review.rubric import Rubric
from course.store import asked, judging
from course.store.asked import Asked
from course.store.database import Gradebook
from course.store.standing import Standing
from course.term import Course


class Seat:
    """Where a grader sits: the course, its gradebook and what all parts of the desk read. Use it in ``with``.

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

    def questions(self, lesson: str | None = None) -> list[Asked]:
        """Return the graded questions, with how many answers there are and wait."""
        return asked.asked(self.book, lesson)

    def question(self, lesson: str, notebook: str, question: str) -> Asked:
        """Return one question; raise NotFound when there is none."""
        there = asked.asked(self.book, lesson, notebook, question)
        return asked.found(there or self.questions(lesson), lesson, notebook, question)

    def rubric(self, question: Asked) -> tuple[Rubric, int]:
        """Return a question's rubric and its version: as made at the desk, else as its author wrote it."""
        with self.book.reading() as connection:
            return self._rubric(connection, question)

    def _rubric(self, connection: Any, question: Asked) -> tuple[Rubric, int]:
        row = judging.rubric(connection, question)
        if row is not None:
            return rubrics.read(row["rubric"]), row["version"]
        return authored(self.course, question), 0

    def id(self, place: Place) -> str:
        """Return what stands for an answer in addresses: the same at every time, and no name."""
        names = [place.lesson, place.notebook, place.question, place.learner]
        text = "\0".join(names)  # a thousand times for one page
        return hmac.digest(self._secret, text.encode(), "sha256").hex()[:20]

    @cached_property
    def _secret(self) -> bytes:
        path = self.course.layout.root / ".course" / "desk.key"
        if not path.is_file():
            disk.write(path, secrets.token_hex(32), mode=0o600)
        return path.read_bytes()

    def _place(self, question: Asked, learner: str) -> Place:
        return Place(question.lesson, question.notebook, question.question, learner)

    def _is(self, question: Asked, learner: str, answer: str) -> bool:
        return self.id(self._place(question, learner)) == answer

    def place(self, question: Asked, answer: str) -> Place:
        """Return which answer an id stands for; raise NotFound when there is none."""
        with self.book.reading() as connection:
            return self._standing(connection, question, answer).place

    def _standing(self, connection: Any, question: Asked, answer: str) -> Standing:
        for each in judging.learners(connection, question):
            if self._is(question, each, answer):
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
            self.id(place), question, standing, cells(folder / f"{place.notebook}.ipynb", question.question),
            *voice(folder, question.question), rubric, version,
        )  # fmt: skip
