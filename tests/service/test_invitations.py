"""Coming in by a link: it expires, is used up, is revoked; names stay apart; secrets are not kept."""

import datetime as dt

import pytest
import sqlalchemy as sa
from office_house import COURSE, House

from course.office import joining, tables
from course.office.office import hashed

pytestmark = pytest.mark.usefixtures("house")


def test_the_link_lets_a_person_in_with_nothing_but_a_name(house: House) -> None:
    maria = house.join("Maria B", "instructor")
    link = maria.ask("POST", "invitations", json={"group": "spring", "days": 14}).json()["link"]
    secret = link.rpartition("/")[2]
    told = house.client.post("/api/join", json={"invitation": secret, "name": "Ana Kovač"})
    assert told.status_code == 201
    assert (told.json()["name"], told.json()["group"], told.json()["role"]) == (
        "ana-kovac",
        "spring",
        "learner",
    )


def test_two_of_one_name_are_two(house: House) -> None:
    assert [house.join("Ana").name, house.join("Ana").name, house.join("李").name[:8]] == [
        "ana",
        "ana-2",
        "learner-",
    ]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        ({"expires_at": dt.datetime(2020, 1, 1)}, "this invitation has expired"),  # noqa: DTZ001  as it is kept
        ({"uses": 1, "used": 1}, "this invitation is used up"),
        ({"revoked_at": dt.datetime(2020, 1, 1)}, "this invitation was revoked"),  # noqa: DTZ001
        ({"hash": "another"}, "there is no such invitation"),
    ],
)
def test_an_invitation_that_does_not_hold_lets_nobody_in(
    house: House, spoil: dict[str, object], says: str
) -> None:
    secret = joining.invite(house.office, COURSE, "test")
    own = tables.invitation
    newest = own.update().where(own.c.hash == hashed(secret))
    with house.office.transaction() as connection:
        connection.execute(newest.values(**spoil))
    told = house.client.post("/api/join", json={"invitation": secret, "name": "Ana"})
    assert told.status_code == 403
    assert told.json()["title"] == says
    assert told.json()["hint"] == "ask your instructor for a new one" or says.startswith(
        "there is no"
    )
    assert house.client.get("/health").status_code == 200


def test_an_invitation_for_one_use_lets_one_in(house: House) -> None:
    secret = joining.invite(house.office, COURSE, "test", uses=1)
    codes = [
        house.client.post("/api/join", json={"invitation": secret, "name": name}).status_code
        for name in ("Ana", "Ben")
    ]
    assert codes == [201, 403]


def test_a_revoked_token_is_told_so_and_a_new_link_lets_the_same_person_in_again(
    house: House,
) -> None:
    ana, maria = house.join("Ana"), house.join("Maria B", "instructor")
    assert maria.ask("DELETE", "people/ana/tokens").json() == {"revoked": 1}
    told = ana.ask("GET", "me")
    assert (told.status_code, told.json()["title"]) == (401, "this token was revoked")
    assert "your outbox stay" in told.json()["hint"]
    link = maria.ask("POST", "invitations", json={"name": "ana", "uses": 1}).json()["link"]
    again = house.client.post(
        "/api/join", json={"invitation": link.rpartition("/")[2], "name": "Ana"}
    ).json()
    assert again["name"] == "ana"


@pytest.mark.parametrize("name", ["", "   ", "<b>Ana</b>", "A" * 81, "Ana\x00"])
def test_what_is_no_name_is_refused(house: House, name: str) -> None:
    secret = joining.invite(house.office, COURSE, "test")
    told = house.client.post("/api/join", json={"invitation": secret, "name": name})
    assert told.status_code == 422
    assert told.json()["title"] == "not a name"


def test_the_office_keeps_no_secret(house: House) -> None:
    secret = joining.invite(house.office, COURSE, "test")
    ana = house.join("Ana")
    ticket = ana.ask("POST", "tickets").json()["link"].rpartition("/")[2]
    with house.office.reading() as connection:
        rows = [
            row
            for table in tables.metadata.tables.values()
            for row in connection.execute(sa.select(table))
        ]
    assert len(rows) > 6
    house.office.close()
    files = [path.read_bytes() for path in house.office.folder.rglob("*") if path.is_file()]
    for kept in (repr(rows).encode(), *files):
        for word in (secret, ana.token, ticket):
            assert word.encode() not in kept
    assert (house.office.folder / "office.key").stat().st_mode & 0o077 == 0
