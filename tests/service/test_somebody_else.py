"""Every route, tried as nobody, as another learner, as another course's member, and with too small a role."""

from typing import Any

import pytest
from office_house import COURSE, LESSON, House, Somebody

from course import archive

OPEN = {
    ("post", "/api/join"),
    ("post", "/api/hub/join"),  # the JupyterHub is asked whose token it is: test_hub.py
    ("get", "/health"),
    ("get", "/join/{secret}"),
    ("post", "/join/{secret}"),
}
"""What anybody may call: an invitation's secret is asked for in it, or nothing of anybody's is in it."""

STAFF = {
    ("put", "/api/courses/{course}/lessons/{lesson}"), ("put", "/api/courses/{course}/about"),
    ("get", "/api/courses/{course}/all/{lesson}/submissions"), ("post", "/api/courses/{course}/all/{lesson}/submissions"), ("get", "/api/courses/{course}/all/{lesson}/requests"),
    ("get", "/api/courses/{course}/submissions/{number}"), ("post", "/api/courses/{course}/submissions/{number}/feedback"),
    ("post", "/api/courses/{course}/invitations"), ("get", "/api/courses/{course}/invitations"),
    ("delete", "/api/courses/{course}/invitations/{key}"), ("get", "/api/courses/{course}/people"),
    ("put", "/api/courses/{course}/people"), ("delete", "/api/courses/{course}/people/{name}/tokens"),
    ("put", "/api/courses/{course}/schedule"), ("get", "/api/courses/{course}/all/questions"),
    ("get", "/api/courses/{course}/all/questions/settled"),
    ("post", "/api/courses/{course}/all/questions/{key}/answers"),
    ("post", "/api/courses/{course}/all/questions/{key}/deeds"),
}  # fmt: skip
GRADERS = {
    each
    for each in STAFF
    if (each[0] == "get" and "invitations" not in each[1]) or "/all/" in each[1]
}


def routes(house: House) -> list[tuple[str, str]]:
    paths = house.client.get("/openapi.json").json()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods]


def filled(path: str, course: str = COURSE) -> str:
    values = {"course": course, "lesson": LESSON, "number": "1", "key": "abcd", "name": "ana"}
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return path


def call(house: House, method: str, path: str, token: str = "", course: str = COURSE) -> Any:
    own = {"Authorization": f"Bearer {token}"} if token else {}
    return house.client.request(method, filled(path, course), headers=own, content=b"{}")


def guarded(house: House) -> list[tuple[str, str]]:
    found = [each for each in routes(house) if each not in OPEN]
    assert len(found) > 15
    return found


def test_nobody_gets_past_a_door_that_is_not_for_everybody(house: House) -> None:
    for method, path in guarded(house):
        for token in ("", "x" * 43):
            told = call(house, method, path, token)
            assert told.status_code == 401, (method, path)
            assert told.headers["content-type"] == "application/problem+json"
            assert "join" in told.json()["hint"]


def test_a_token_opens_no_other_course(house: House) -> None:
    house.office.open_course("other")
    for who in (house.join("Eve", course="other"), house.join("Eva", "instructor", course="other")):
        for method, path in guarded(house):
            told = call(house, method, path, who.token)
            assert told.status_code == 403, (method, path)
            assert told.json()["title"] == "this token is for another course"


def test_what_the_staff_may_do_is_for_the_staff(house: House) -> None:
    ana, greg = house.join("Ana"), house.join("Greg", "grader")
    assert set(routes(house)) >= STAFF
    for method, path in STAFF:
        assert call(house, method, path, ana.token).status_code == 403, (method, path)
        expected = (method, path) in GRADERS
        assert (call(house, method, path, greg.token).status_code != 403) == expected, (
            method,
            path,
        )


@pytest.fixture
def handed_in(house: House) -> tuple[Somebody, Somebody]:
    """Two learners, of whom the first handed in and has feedback."""
    ana, ben, maria = house.join("Ana"), house.join("Ben"), house.join("Maria B", "instructor")
    assert ana.submit(ana.sealed()).status_code == 201
    pages = archive.pack({"first.html": b"<p>For Ana alone</p>"})
    assert maria.ask("POST", "submissions/1/feedback", content=pages).status_code == 204
    return ana, ben


def test_a_learner_finds_nothing_of_another(
    house: House, handed_in: tuple[Somebody, Somebody]
) -> None:
    ana, ben = handed_in
    assert ana.ask("GET", "feedback/1").status_code == 200
    for method, path in guarded(house):
        told = call(house, method, path, ben.token)
        assert b"ana" not in told.content.lower().replace(b'"where":"ana"', b""), (method, path)
    assert ben.ask("GET", "feedback/1").status_code == 404
    assert ben.ask("GET", f"lessons/{LESSON}/submissions").json() == []
    assert ben.ask("GET", f"lessons/{LESSON}/feedback").json() == []


def test_a_learner_hands_in_for_nobody_else(handed_in: tuple[Somebody, Somebody]) -> None:
    ana, ben = handed_in
    told = ben.submit(ana.sealed())
    assert (told.status_code, told.json()["title"]) == (403, "sealed for another learner")
    forged = Somebody("ana", ben.token, ben.key, ben.client)
    told = ana.submit(forged.sealed())
    assert (told.status_code, told.json()["title"]) == (
        403,
        "signed with a key that is not this learner's",
    )
    body = {"id": "0" * 32, "learner": "ana", "lesson": LESSON}
    assert ben.ask("POST", "requests", json=body).json()["title"] == "somebody else's request"
    assert len(ana.ask("GET", f"lessons/{LESSON}/submissions").json()) == 1
