"""On both databases: only who is forgotten leaves the ledger and the judgements, and the ledger tells it."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from course.errors import CourseError
from course.model import ManualMark
from course.store import ledger, personal, tables
from course.term import Course

WHO = "ana"


def numbers(course: Course, learner: str) -> list[int]:
    with course.book() as book:
        return [line["number"] for line in ledger.lines(book, learner=learner)]


@pytest.mark.parametrize("pseudonym", ["", "forgotten-1"])
def test_the_ledger_lets_go_of_one_person_and_of_nobody_else(root: Path, pseudonym: str) -> None:
    course = Course.open(root)
    course.mark([ManualMark("welcome", WHO, "wish", 1.0, "Well, Ana.", "Maria")])
    mine, others = numbers(course, WHO), numbers(course, "ben")
    assert mine
    with course.book() as book:
        personal.forget(book, WHO, pseudonym, "Maria")
        assert personal.kept(book, WHO) == {}
        last = ledger.lines(book)[-1]
    assert (last["action"], last["actor"], last["learner"]) == ("forgotten", "Maria", pseudonym)
    assert numbers(course, WHO) == []
    assert numbers(course, "ben") == others
    if pseudonym:
        assert numbers(course, pseudonym)[: len(mine)] == mine
        points = {mark.question: mark.points for mark in course.marks(learner=pseudonym)}
        assert points["wish"] == 1.0
    else:
        assert WHO not in {person.id for person in course.learners()}


def test_forgetting_one_opens_nothing_of_another(root: Path) -> None:
    course = Course.open(root)
    begin = tables.forgetting.insert().values(actor="x", learner=WHO, pseudonym="")
    for change in (
        tables.ledger.delete().where(tables.ledger.c.learner == "ben"),
        tables.ledger.update().where(tables.ledger.c.learner == WHO).values(actor="somebody else"),
        tables.ledger.update().where(tables.ledger.c.learner == "ben").values(learner=WHO),
    ):
        with course.book() as book, pytest.raises((CourseError, sa.exc.SQLAlchemyError)):  # noqa: PT012, SIM117  one transaction
            with book.transaction() as connection:
                connection.execute(begin)
                connection.execute(change)
