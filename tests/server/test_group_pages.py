"""Groups of same answers over HTTP."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from waiting import CODE, LESSON

PLACE = f"{LESSON}/{LESSON}/{CODE}"


@pytest.fixture
def group(client: httpx.Client) -> Iterator[dict[str, Any]]:
    """The largest group; what was marked in it is undone."""
    found = client.get(f"/course/api/groups/{PLACE}").json()["groups"]
    yield found[0]
    for answer in found[0]["members"]:
        told = standing(client, answer)
        if told["judgement"] and told["judgement"]["why"] == "group":
            body = {"request": f"undo-{answer}", "token": told["token"]}
            assert client.post(f"/course/api/undo/{PLACE}/{answer}", json=body).status_code == 200
        client.delete(f"/course/api/answer/{PLACE}/{answer}")


def standing(client: httpx.Client, answer: str) -> dict[str, Any]:
    told: dict[str, Any] = client.get(f"/course/api/answer/{PLACE}/{answer}").json()["answer"][
        "standing"
    ]
    return told


def test_the_pages_show_the_group_and_all_its_members(
    client: httpx.Client, group: dict[str, Any]
) -> None:
    assert f'href="/course/groups/{PLACE}"' in client.get("/course/").text
    listed = client.get(f"/course/groups/{PLACE}")
    assert listed.status_code == 200
    assert f"{len(group['members'])} answered the same" in listed.text
    page = client.get(f"/course/groups/{PLACE}/{group['key']}").text
    for answer in group["members"]:
        assert f'data-id="{answer}"' in page
    for name in ("ana", "ben", "mallory"):
        assert name not in page.lower()


def test_one_judgement_reaches_all_that_were_sent_and_is_written_once(
    client: httpx.Client, group: dict[str, Any]
) -> None:
    tokens = {answer: standing(client, answer)["token"] for answer in group["members"]}
    body = {
        "request": "http-1",
        "tokens": tokens,
        "items": [],
        "adjustment": 0.5,
        "comment": "Same",
    }
    address = f"/course/api/group/{PLACE}/{group['key']}"
    first, second = client.post(address, json=body), client.post(address, json=body)
    assert first.status_code == 200, first.text
    assert {*first.json()["marked"]} == {*group["members"]}
    assert first.json() == second.json()
    assert {standing(client, answer)["points"] for answer in tokens} == {0.5}
    bank = client.get(f"/course/api/comments/{PLACE}", params={"typed": "sam"}).json()["comments"]
    assert bank == [{"text": "Same", "uses": len(tokens)}]


def test_an_answer_is_taken_out_and_let_in_again(
    client: httpx.Client, group: dict[str, Any]
) -> None:
    answer, address = group["members"][0], f"/course/groups/{PLACE}/{group['key']}"
    apart = f"/course/api/apart/{PLACE}/{group['key']}/{answer}"
    assert client.post(apart, json={"out": True}).status_code == 200
    assert f'data-in="{answer}"' in client.get(address).text
    assert client.post(apart, json={"out": False}).status_code == 200
    assert f'data-out="{answer}"' in client.get(address).text


@pytest.mark.parametrize(("body", "words"), [
    ({"tokens": 3}, "tokens: an object of texts is expected"),
    ({"tokens": {}, "items": "a"}, "items: a list of texts is expected"),
    ({"tokens": {}, "adjustment": "1"}, "adjustment: a number is expected"),
])  # fmt: skip
def test_a_judgement_of_a_wrong_shape_is_refused(
    client: httpx.Client, group: dict[str, Any], body: dict[str, Any], words: str
) -> None:
    answer = client.post(f"/course/api/group/{PLACE}/{group['key']}", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    out = client.post(f"/course/api/apart/{PLACE}/{group['key']}/{group['members'][0]}", json={})
    assert out.json() == {"error": "out: true or false is expected"}


def test_an_observer_sees_the_group_and_no_buttons(
    group: dict[str, Any], staffed: Callable[[str], httpx.Client]
) -> None:
    page = staffed("Olga").get(f"/course/groups/{PLACE}/{group['key']}").text
    assert "Answer 1" in page
    assert "data-out" not in page
    assert "judgement" not in page
