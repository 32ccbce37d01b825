"""The service beside a real JupyterHub: whose token it is, what it may be shown to, and that it is no token of ours."""

from collections.abc import Iterator
from typing import Any

import httpx
import hub as hubs
import pytest

from course.office import joining
from course.office.office import Office

pytestmark = pytest.mark.thorough

COURSE = "pandas-at-work"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.Hub]:
    with hubs.running(tmp_path_factory.mktemp("hub")) as running:
        yield running


def come(hub: hubs.Hub, token: str, **said: str) -> httpx.Response:
    return httpx.post(
        f"{hub.service}/api/hub/join", json=said, headers={"Authorization": f"Bearer {token}"}
    )


def invited(hub: hubs.Hub, **more: Any) -> str:
    with Office(hub.folder / "office") as office:
        return joining.invite(office, COURSE, "test", **more)


def test_the_hub_says_whose_token_it_is(hub: hubs.Hub) -> None:
    told = come(hub, hub.token_of("ana"), invitation=invited(hub))
    assert told.status_code == 201
    assert told.json()["name"] == "ana"
    me = httpx.get(
        f"{hub.service}/api/courses/{COURSE}/me",
        headers={"Authorization": f"Bearer {told.json()['token']}"},
    )
    assert me.json()["name"] == "ana"


def test_who_is_on_the_list_needs_no_invitation(hub: hubs.Hub) -> None:
    refused = come(hub, hub.token_of("ben"))
    assert (refused.status_code, refused.json()["title"]) == (
        403,
        "'ben' is not on this course's list",
    )
    with Office(hub.folder / "office") as office, office.transaction() as connection:
        joining.enrol(connection, COURSE, "ben")
    assert come(hub, hub.token_of("ben"), course=COURSE).json()["name"] == "ben"


def test_who_comes_by_a_link_takes_no_name_of_the_hubs(hub: hubs.Hub) -> None:
    by_link = httpx.post(
        f"{hub.service}/api/join", json={"invitation": invited(hub), "name": "Ana"}
    )
    page = httpx.post(f"{hub.service}/join/{invited(hub)}", data={"name": "Ana"})
    assert (by_link.status_code, page.status_code) == (201, 201)
    theirs = come(hub, hub.token_of("ana"), invitation=invited(hub)).json()["name"]
    assert theirs == "ana"
    assert by_link.json()["name"].startswith("ana-")
    with Office(hub.folder / "office") as office, office.reading() as connection:
        shown = [row.name for row in connection.exec_driver_sql(
            "SELECT name FROM office_member WHERE shown = 'Ana' ORDER BY name")]  # fmt: skip
    assert len(shown) == 2
    assert "ana" not in shown


@pytest.mark.parametrize("token", ["nonsense", "x" * 5000])
def test_a_token_that_is_nobodys_lets_nobody_in(hub: hubs.Hub, token: str) -> None:
    assert come(hub, token, invitation=invited(hub)).status_code == 401


def test_a_token_that_may_not_be_shown_to_the_service_is_refused(hub: hubs.Hub) -> None:
    narrow = hub.token_of("eve", "read:users!user=eve")
    told = come(hub, narrow, invitation=invited(hub))
    assert (told.status_code, "may not be shown to this service" in told.json()["title"]) == (
        403,
        True,
    )


def test_the_hubs_own_token_is_none_of_ours(hub: hubs.Hub) -> None:
    own = {"Authorization": f"Bearer {hub.token_of('ana')}"}
    assert httpx.get(f"{hub.service}/api/courses/{COURSE}/me", headers=own).status_code == 401


def test_without_a_hub_the_door_says_so(house: Any) -> None:
    told = house.client.post("/api/hub/join", json={}, headers={"Authorization": "Bearer x"})
    assert (told.status_code, told.json()["title"]) == (
        404,
        "there is no JupyterHub beside this service",
    )
