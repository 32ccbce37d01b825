"""The page behind a link: looking uses nothing up, a name is all it takes, and what is typed stays text."""

import re

import pytest
from office_house import COURSE, House

from course.office import joining


def link(house: House, **more: int) -> str:
    return f"/join/{joining.invite(house.office, COURSE, 'test', **more)}"  # type: ignore[arg-type]


def test_looking_at_a_link_uses_nothing_up(house: House) -> None:
    path = link(house, uses=1)
    assert {house.client.get(path).status_code for _ in range(3)} == {200}
    assert house.client.post(path, content="name=Ana").status_code == 201
    assert house.client.post(path, content="name=Ben").status_code == 403


def test_the_page_gives_a_link_that_is_the_persons_own(house: House) -> None:
    page = house.client.post(link(house), content="name=Ana+Kova%C4%8D").text
    assert "Welcome, Ana Kovač" in page
    secret = re.findall(r"/join/([\w-]+)", page)[-1]
    told = house.client.post("/api/join", json={"invitation": secret, "name": "whoever"}).json()
    assert told["name"] == "ana-kovac"
    again = house.client.post("/api/join", json={"invitation": secret, "name": "whoever"})
    assert again.json()["title"] == "this invitation is used up"


@pytest.mark.parametrize("name", ["", "<script>alert(1)</script>", '"onfocus="alert(1)', "x" * 100])
def test_what_is_typed_stays_text(house: House, name: str) -> None:
    page = house.client.post(link(house), data={"name": name})
    assert "<script>alert" not in page.text
    assert '""onfocus' not in page.text
    if page.status_code == 422:
        assert 'role="alert"' in page.text
        assert 'aria-invalid="true"' in page.text


def test_the_page_runs_no_script_and_tells_nobody_its_address(house: House) -> None:
    answer = house.client.get(link(house))
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_link_that_does_not_hold_says_what_to_do(house: House) -> None:
    page = house.client.get("/join/nonsense")
    assert page.status_code == 403
    assert "there is no such invitation" in page.text
    assert "ask your instructor" in page.text
