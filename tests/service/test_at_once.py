"""Many at once, on SQLite and on PostgreSQL: one thing that happened is written once, in order, for each."""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from office_house import COURSE, LESSON, notebook

from course import archive, sealed
from course.errors import CourseError, Refused
from course.look import look_by_digest
from course.office import joining, tables
from course.office.enrolment import Enrolment
from course.office.office import Office
from course.office.teaching import Teaching
from course.signing import Key


@pytest.fixture
def office(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[Office]:
    with Office(tmp_path / "office", new_database()) as made:
        yield opened(made)


def opened(office: Office) -> Office:
    office.open_course(COURSE)
    maria = joining.join(office, joining.invite(office, COURSE, "test", role="instructor"), "Maria")
    teaching = Teaching.of(office, maria.token, COURSE, "instructor")
    teaching.publish(LESSON, archive.pack({"first.ipynb": notebook()}))
    return office


def came(office: Office, name: str) -> tuple[Enrolment, Key]:
    key = Key.new()
    joined = joining.join(office, joining.invite(office, COURSE, "test"), name, key.public)
    return Enrolment.of(office, joined.token, COURSE), key


def seal(name: str, key: Key, answer: str) -> bytes:
    return sealed.seal(
        COURSE, LESSON, name, {"first.ipynb": notebook(answer)}, key, dt.datetime.now(dt.UTC)
    )


def test_one_file_sent_by_many_roads_at_once_is_one_submission(office: Office) -> None:
    ana, key = came(office, "Ana")
    data = seal("ana", key, "1")
    with ThreadPoolExecutor(8) as roads:
        told = list(roads.map(lambda _: ana.submit(LESSON, data, look_by_digest), range(8)))
    assert sum(new for _, new in told) == 1
    assert len({paper["signature"] for paper, _ in told}) == 1
    assert len(ana.submissions(LESSON)) == 1


def test_different_work_at_once_gets_a_number_each(office: Office) -> None:
    ana, key = came(office, "Ana")
    works = [seal("ana", key, str(number)) for number in range(8)]
    with ThreadPoolExecutor(8) as roads:
        papers = list(roads.map(lambda data: ana.submit(LESSON, data, look_by_digest)[0], works))
    assert sorted(paper["attempt"] for paper in papers) == list(range(1, 9))


def test_an_invitation_for_three_lets_three_of_ten_in(office: Office) -> None:
    secret = joining.invite(office, COURSE, "test", uses=3)

    def come(number: int) -> bool:
        try:
            joining.join(office, secret, f"Learner {number}")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(10) as people:
        assert sum(people.map(come, range(10))) == 3


def test_ten_of_one_name_at_once_are_ten(office: Office) -> None:
    secret = joining.invite(office, COURSE, "test")

    def come(_: int) -> str:
        for _again in range(10):  # who comes second by a hair is refused whole, and asks again
            try:
                return joining.join(office, secret, "Ana").name
            except CourseError:
                continue
        return ""

    with ThreadPoolExecutor(10) as people:
        names = list(people.map(come, range(10)))
    assert len({*names}) == 10
    with office.reading() as connection:
        used = connection.execute(
            sa.select(tables.invitation.c.used).order_by(tables.invitation.c.used.desc())
        ).scalar()
    assert used == 10
