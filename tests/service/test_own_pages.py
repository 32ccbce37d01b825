"""The pages of a browser that came in: in its language, with the times of its person, until it leaves."""

import datetime as dt
import re
from typing import Any

import pytest
from office_house import COURSE, LESSON, House, Somebody

from course.office import entering, joining
from course.office.enrolment import Enrolment
from course.service.language import accepted

HOME = f"/courses/{COURSE}"


def come_in(house: House, who: Somebody) -> None:
    """Let the client in as somebody's browser."""
    own = Enrolment.of(house.office, who.token, COURSE)
    secret = entering.ticket(house.office, own.member)
    assert house.client.post(f"/enter/{secret}", follow_redirects=False).status_code == 303


def shown(house: House, path: str = HOME, **headers: str) -> str:
    answer = house.client.get(path, headers={key.replace("_", "-"): text for key, text in headers.items()})  # fmt: skip
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize(("header", "language"), [
    ("de", "de"), ("de-AT,en;q=0.5", "de"), ("fr, de;q=0.3, en;q=0.8", "en"), ("en-GB,de", "en"),
    ("fr", ""), ("", ""), ("de;q=0, en;q=0.1", "en"), ("*;q=1, de" + ",x" * 10_000, "de"), (";;;,q=de", ""),
])  # fmt: skip
def test_a_browser_is_spoken_to_in_the_first_of_its_languages_that_is_ours(
    header: str, language: str
) -> None:
    assert accepted(header) == language


def test_pages_are_in_the_browsers_language_else_in_the_courses(house: House) -> None:
    ana, maria = house.join("Ana"), house.join("Mia", "instructor")
    come_in(house, ana)
    german = shown(house, accept_language="de-CH")
    assert '<html lang="de">' in german
    assert ">Abmelden</button>" in german
    assert "Lektionen" in german
    assert ">Sign out</button>" in shown(house, accept_language="en")
    assert ">Sign out</button>" in shown(house, accept_language="fr")
    about: dict[str, Any] = {"title": "Pandas", "language": "de_AT", "lessons": [
        {"lesson": LESSON, "title": "First look", "minutes": 20}]}  # fmt: skip
    assert maria.ask("PUT", "about", json=about).status_code == 204
    told = shown(house, accept_language="fr")
    assert "Abmelden" in told
    assert "First look" in told
    assert "etwa 20 Minuten" in told
    refused = house.client.get("/join/nonsense", headers={"Accept-Language": "de"}).text
    assert "diese Einladung gibt es nicht" in refused


def test_a_learner_reads_times_of_the_own_zone_and_what_was_handed_in(house: House) -> None:
    ana, maria = house.join("Ana"), house.join("Mia", "instructor")
    due = dt.datetime(2026, 12, 1, 11, 0, tzinfo=dt.UTC)
    schedule = {"lessons": [{"lesson": LESSON, "at": due.isoformat()}]}
    assert maria.ask("PUT", "schedule", json=schedule).status_code == 204
    assert ana.submit(ana.sealed()).status_code == 201
    come_in(house, ana)
    assert "due: 2026-12-01 11:00 UTC" in shown(house), "while nobody knows where she is"
    with house.office.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE office_member SET zone = 'Pacific/Auckland' WHERE name = 'ana'"
        )
    told = shown(house)
    assert "due: 2026-12-02 00:00 NZDT" in told
    assert re.search(r"handed in \d{4}-\d\d-\d\d \d\d:\d\d NZ", told)


def test_who_leaves_is_let_in_no_more_and_only_ones_own_page_can_say_so(house: House) -> None:
    come_in(house, house.join("Ana"))
    cookie = house.client.cookies["course-session"]
    assert house.client.post(f"{HOME}/leave", content="proof=nonsense").status_code == 403
    proof = re.findall(r'name="proof" value="(\w+)"', shown(house))[0]
    page = house.client.post(f"{HOME}/leave", content=f"proof={proof}")
    assert "You are signed out" in page.text
    assert "course-session" not in house.client.cookies
    assert house.client.get(HOME).status_code == 401
    again = house.client.get(HOME, headers={"Cookie": f"course-session={cookie}"})
    assert again.status_code == 401, "what was the browser's key opens nothing any more"
    assert "This token was revoked" in again.text


def test_who_joined_in_a_browser_is_known_by_the_zone_of_the_machine_that_joins_later(
    house: House,
) -> None:
    secret = joining.invite(house.office, COURSE, "test")
    page = house.client.post(f"/join/{secret}", content="name=Aroha").text
    own = re.findall(r"/join/([\w-]+)", page)[-1]
    said = {"invitation": own, "name": "Aroha", "zone": "Pacific/Auckland"}
    token = house.client.post("/api/join", json=said).json()["token"]
    assert house.office.member_of(token)["zone"] == "Pacific/Auckland"


def test_the_browser_that_joined_is_signed_in_as_who_joined(house: House) -> None:
    secret = joining.invite(house.office, COURSE, "test")
    page = house.client.post(f"/join/{secret}", content="name=Ben")
    assert f'href="{HOME}"' in page.text
    assert "Ben, learner" in shown(house)
