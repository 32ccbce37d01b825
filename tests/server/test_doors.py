"""Who is let in at the desk, and what is asked of a request before anything is done for it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from conftest import OWNER, Here
from hypothesis import find
from hypothesis import strategies as st
from jupyter_server.base.handlers import JupyterHandler
from waiting import LESSON, WRITTEN

from course.review.roles import MAY, Deed, Role
from course.server.app import ROUTES
from course.server.handler import POLICY, Handler

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PLACE = f"{LESSON}/{LESSON}/{WRITTEN}"


def answered() -> Iterator[tuple[str, str, type[Handler]]]:
    """Yield method, an address and the handler of everything that the desk answers."""
    for pattern, handler in ROUTES:
        address = find(st.from_regex(pattern, fullmatch=True), lambda text: text.isascii())
        for method in METHODS:
            if getattr(handler, method.lower()) is not getattr(JupyterHandler, method.lower()):
                yield method, address, handler


ALL = list(answered())
NAMES = [f"{method} {handler.__name__}" for method, _, handler in ALL]


@pytest.mark.parametrize(("method", "address", "handler"), ALL, ids=NAMES)
def test_nobody_comes_in_without_the_token(
    here: Here, method: str, address: str, handler: type[Handler]
) -> None:
    answer = httpx.request(
        method, here.server.url + address, headers={"X-Name": "Ada", "X-XSRFToken": "x"}
    )
    if method == "GET" and "/api/" not in address:
        assert answer.status_code == 302, handler
        assert answer.headers["Location"].startswith("/login?next=")
    else:
        assert answer.status_code == 403, handler
    assert "wish" not in answer.text


@pytest.mark.parametrize(
    ("method", "address", "handler"), [each for each in ALL if each[0] != "GET"],
    ids=[name for name in NAMES if not name.startswith("GET")],
)  # fmt: skip
def test_no_write_is_done_that_another_site_could_have_sent(
    client: httpx.Client, method: str, address: str, handler: type[Handler]
) -> None:
    del client.headers["X-XSRFToken"]
    answer = client.request(method, address, json={})
    assert answer.status_code == 403, handler
    assert "XSRF" in answer.text or "_xsrf" in answer.text


@pytest.mark.parametrize(
    ("name", "role"), [("Ada", Role.INSTRUCTOR), ("Gil", Role.GRADER), ("Olga", Role.OBSERVER)]
)
def test_every_role_may_do_what_the_one_table_says(
    staffed: Callable[[str], httpx.Client], name: str, role: Role
) -> None:
    for method, address, handler in ALL:
        deed = handler.deeds.get(method, Deed.SEE if method == "GET" else Deed.MARK)
        answer = staffed(name).request(method, address, json={} if method != "GET" else None)
        if deed in MAY[role]:
            assert answer.status_code != 403, (address, answer.text)
        else:
            assert answer.status_code == 403, (address, answer.text)
            assert f"{name} is here as {role}, who may not {deed}" in answer.text


def test_an_observer_changes_nothing(here: Here, staffed: Callable[[str], httpx.Client]) -> None:
    olga = staffed("Olga")
    with here.course.book() as book:
        from course.store import tables

        def rows() -> list[Any]:
            with book.reading() as connection:
                return [
                    connection.execute(table.select()).all()
                    for table in tables.metadata.sorted_tables
                ]

        before = rows()
        for method, address, _ in ALL:
            olga.request(
                method, address.replace("0/0/0", PLACE), json={} if method != "GET" else None
            )
        assert rows() == before


def test_a_grader_does_not_reach_the_course_beside_the_desk_where_the_server_says_so(
    staffed: Callable[[str], httpx.Client],
) -> None:
    for address in (
        "/api/contents/course.toml",
        "/files/course.toml",
        "/api/kernels",
        "/api/terminals",
    ):
        assert staffed("Ada").get(address).status_code == 200, address
        for name in ("Gil", "Olga", "Zoe"):
            assert staffed(name).get(address).status_code == 403, (name, address)
    body = {"type": "file", "format": "text", "content": ""}
    assert staffed("Gil").put("/api/contents/course.toml", json=body).status_code == 403
    assert staffed("Gil").get("/course/").status_code == 200


def test_a_stranger_is_told_what_to_do(staffed: Callable[[str], httpx.Client]) -> None:
    answer = staffed("Zoe").get("/course/")
    assert answer.status_code == 403
    assert "Zoe is not among [[staff]] in this course&#39;s course.toml" in answer.text


def test_whoever_runs_the_server_is_an_instructor_where_nobody_is_declared(
    client: httpx.Client,
) -> None:
    page = client.get("/course/")
    assert f"{OWNER}, instructor" in page.text
    assert 'data-may="compare grade mark mend oversee release rubric see tend"' in page.text


def test_a_mark_is_made_in_the_name_that_the_identity_provider_knows(
    staffed: Callable[[str], httpx.Client],
) -> None:
    gil = staffed("Gil")
    answer = gil.get(f"/course/api/next/{PLACE}").json()["answer"]
    body = {"request": "gil-1", "token": answer["standing"]["token"], "items": [], "adjustment": 1}
    done = gil.post(f"/course/api/mark/{PLACE}/{answer['id']}", json=body)
    assert done.status_code == 200, done.text
    told = gil.get(f"/course/api/answer/{PLACE}/{answer['id']}").json()["answer"]["standing"]
    assert told["judgement"]["grader"] == "Gil"
    undo = gil.post(
        f"/course/api/undo/{PLACE}/{answer['id']}",
        json={"request": "gil-2", "token": told["token"]},
    )
    assert undo.status_code == 200
    gil.delete(f"/course/api/answer/{PLACE}/{answer['id']}")


ODD = ["..", "%2e%2e", "..%2f..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "welcome%00", "%ff", "con%3a",
       "..%5c..", "wish'%20or%201=1--", "%F0%9F%A6%86", "a" * 3000]  # fmt: skip


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_name_that_the_gradebook_does_not_know_leads_nowhere(
    here: Here, client: httpx.Client, place: int
) -> None:
    def files() -> list[Path]:
        found = here.course.layout.root.rglob("*")
        return sorted(p for p in found if "gradebook" not in p.name and "insight" not in p.parts)

    before = files()
    patterns = [pattern for pattern, _ in ROUTES if pattern.count("([^/]+)") == 3]
    assert len(patterns) > 5
    for odd in ODD:
        names = [LESSON, LESSON, WRITTEN]
        names[place] = odd
        for pattern in patterns:
            address = pattern.replace("([^/]+)/([^/]+)/([^/]+)", "/".join(names))
            address = address.replace("([0-9a-f]{20})", "0" * 20).removesuffix("/?")
            raw = httpx.URL(here.server.url).copy_with(raw_path=address.encode())
            answer = client.get(raw)
            assert answer.status_code in {400, 404, 405}, (address, answer.status_code)
            assert "root:" not in answer.text
    assert before == files()


def test_a_request_that_is_too_large_or_no_object_is_refused_in_words(client: httpx.Client) -> None:
    large = client.post("/course/api/markdown", json={"text": "x" * 300_000})
    assert large.status_code == 413
    assert large.json() == {"error": "more than 200000 bytes"}
    for body, words in (("[1]", "a JSON object is expected"), ("{", "this is no JSON"),
                        (json.dumps({"text": 3}), "text: a text is expected")):  # fmt: skip
        answer = client.post("/course/api/markdown", content=body)
        assert (answer.status_code, answer.json()["error"]) == (400, words)


@pytest.mark.parametrize("address", ["/course/", f"/course/answers/{PLACE}", f"/course/api/rubric/{PLACE}",
                                     "/course/answers/a/b/c", "/course/api/next/a/b/c"])  # fmt: skip
def test_every_answer_keeps_browsers_from_loading_guessing_and_keeping(
    client: httpx.Client, address: str
) -> None:
    headers = client.get(address).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_a_script_that_stands_in_a_name_stays_text(client: httpx.Client) -> None:
    answer = client.get("/course/answers/" + quote("<script>alert(1)</script>", safe="") + "/b/c")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_mistake_in_the_course_file_is_told_and_its_mending_is_seen_at_once(
    here: Here, client: httpx.Client
) -> None:
    file = here.course.layout.root / "course.toml"
    before = file.read_text()
    file.write_text(before + "\n[[staff]]\nname = 3\n")
    try:
        answer = client.get("/course/")
        assert answer.status_code == 400
        assert "staff.0.name" in answer.text
    finally:
        file.write_text(before)
    assert client.get("/course/").status_code == 200
