"""What the service keeps of somebody is theirs to see, the instructor's to remove, and nobody else's."""

import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from office_house import COURSE, LESSON, House, Somebody

from course.office import joining, live, personal, tables
from course.office.enrolment import Enrolment


@pytest.fixture
def ana(house: House) -> Somebody:
    """Somebody of whom every table has a row: handed in, asked, voted, was answered and given back to."""
    ana, maria = house.join("ana"), house.join("maria", "instructor")
    assert ana.submit(ana.sealed()).status_code == 201
    (row,) = maria.ask("GET", f"all/{LESSON}/submissions").json()
    zipped = house.office.parcels.get(
        maria.ask("GET", f"lessons/{LESSON}").headers["etag"].strip('"')
    )
    assert (
        maria.ask("POST", f"submissions/{row['number']}/feedback", content=zipped).status_code
        == 204
    )
    request = {"id": "a" * 32, "lesson": LESSON, "learner": "ana", "text": "Look again."}
    assert ana.ask("POST", "requests", json=request).status_code == 204
    for who in (ana, house.join("ben")):
        asked = {"id": str(uuid.uuid4()), "lesson": LESSON, "text": f"I am {who.name}", "asked_at": "2026-03-02T10:00:00+00:00"}  # fmt: skip
        assert who.ask("POST", "questions", json=[asked]).status_code == 201
    teacher = Enrolment.of(house.office, maria.token, COURSE)
    live.start(teacher, "Clear?", ["Yes", "No"])
    own = Enrolment.of(house.office, ana.token, COURSE)
    poll = live.look(own).poll
    assert poll is not None
    live.vote(own, poll.id, 1)
    more = {"lesson": LESSON, "learner": "ana", "until": "2027-01-01T00:00:00Z"}
    assert maria.ask("PUT", "schedule", json={"extensions": [more]}).status_code == 204
    joining.invite(house.office, COURSE, "maria", name="ana")
    assert ana.ask("POST", "tickets").status_code == 201
    return ana


def test_every_table_of_the_office_says_whether_it_holds_a_person() -> None:
    declared = [*personal.OF_MEMBER, *personal.BY_NAME, *personal.NOBODY]
    assert sorted(declared) == sorted(tables.metadata.tables), (
        "a new table: say in course/office/personal.py what becomes of a person's rows"
    )
    naming = {name for name, table in tables.metadata.tables.items() if "member" in table.c}
    assert naming == set(personal.OF_MEMBER)


def test_a_learner_sees_all_of_it_and_no_secret(house: House, ana: Somebody) -> None:
    told = ana.ask("GET", "my-data").json()
    answer = {"office_answer"}  # ana has answered nobody
    assert set(told) == {*personal.OF_MEMBER, *personal.BY_NAME} - answer
    assert [each["text"] for each in told["office_question"]] == ["I am ana"]
    assert {each["action"] for each in told["office_ledger"]} >= {"joined", "submitted", "asked"}
    assert not any("hash" in row for rows in told.values() for row in rows)
    assert house.join("maria2", "instructor").ask("GET", "people/ana/data").json() == told


def test_nobody_else_sees_or_removes_it(house: House, ana: Somebody) -> None:
    for role in ("learner", "grader"):
        other = house.join(f"other-{role}", role)
        assert other.ask("GET", "people/ana/data").status_code == 403
        assert other.ask("DELETE", "people/ana").status_code == 403
    assert "I am ana" not in str(house.join("cem").ask("GET", "my-data").json())
    assert ana.ask("GET", "my-data").status_code == 200, "ana is still there"


def test_who_is_forgotten_is_nowhere_and_the_others_stay(
    house: House, ana: Somebody, tmp_path: Path
) -> None:
    maria = house.join("maria2", "instructor")
    with house.office.transaction() as connection:
        table = tables.question
        key = connection.execute(sa.select(table.c.id).where(table.c.text == "I am ana")).scalar()
        merged = table.update().where(table.c.text == "I am ben")
        connection.execute(merged.values(state="merged", into=key))
    assert maria.ask("DELETE", "people/ana").status_code == 204
    assert maria.ask("GET", "people/ana/data").json() == {}
    assert ana.ask("GET", "my-data").status_code == 401
    assert ana.submit(ana.sealed()).status_code == 401
    with house.office.reading() as connection:
        for table in tables.metadata.tables.values():
            rows = connection.execute(sa.select(table)).all()
            assert not any(
                "'ana'" in str(row) or "I am ana" in str(row) for row in map(tuple, rows)
            ), table.name
        left = connection.execute(sa.select(tables.question.c.text, tables.question.c.state)).all()
        votes = connection.execute(sa.select(sa.func.count()).select_from(tables.vote)).scalar()
    assert [tuple(row) for row in left] == [("I am ben", "open")], "it is to be answered again"
    assert votes == 1, "the poll's figures stay"
    parcels = list((tmp_path / "office" / "parcels").rglob("*.zip"))
    assert len(parcels) == 1, "the release alone"
    assert maria.ask("DELETE", "people/ana").status_code == 204, "twice is the same"


def test_staff_is_not_forgotten_by_accident(house: House) -> None:
    house.join("grace", "grader")
    refused = house.join("maria2", "instructor").ask("DELETE", "people/grace")
    assert refused.status_code == 403
    assert refused.json()["title"] == "only learners can be forgotten"
    assert "course learners revoke grace" in refused.json()["hint"]
