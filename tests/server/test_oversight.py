"""Oversight at the desk: its pages, who sees them, and what is put to rest there."""

import re
from collections.abc import Callable

import httpx
import pytest

PAGES = (
    "oversight",
    "oversight/worklist",
    "oversight/lesson/welcome",
    "oversight/learner/ana",
    "oversight/objective/first-steps",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_served_under_a_strict_policy(client: httpx.Client, page: str) -> None:
    answer = client.get(f"/course/{page}")
    assert answer.status_code == 200
    assert "script-src 'self'; style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert " style=" not in answer.text
    assert re.findall(r"<script(?![^>]*src=)", answer.text) == []
    assert "report.css" in answer.text
    assert (
        client.get(re.search(r'href="([^"]*report\.css[^"]*)"', answer.text)[1]).status_code == 200
    )  # type: ignore[index]


def test_pages_lead_to_one_another_and_keep_the_choice(client: httpx.Client) -> None:
    text = client.get("/course/oversight?since=2020-01-01").text
    links = {
        link for link in re.findall(r'href="(/course/oversight/[^"]+)"', text) if "since=" in link
    }
    assert {link.split("?")[0].split("/")[3] for link in links} == {
        "lesson",
        "learner",
        "objective",
    }
    for link in sorted(links)[:8]:
        assert client.get(link.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(("form", "kind", "begins"), [
    ("pdf", "application/pdf", b"%PDF"), ("html", "text/html", b"<!doctype html>"), ("csv", "text/csv", b"table,"),
])  # fmt: skip
def test_the_same_page_as_a_file(client: httpx.Client, form: str, kind: str, begins: bytes) -> None:
    answer = client.get(f"/course/oversight/lesson/welcome?format={form}")
    assert answer.headers["Content-Type"].startswith(kind)
    assert f'filename="lesson-welcome.{form}"' in answer.headers["Content-Disposition"]
    assert answer.content.lstrip().startswith(begins)


def test_what_is_not_there_is_told(client: httpx.Client) -> None:
    assert client.get("/course/oversight/learner/nobody").status_code == 404
    assert client.get("/course/oversight?group=nobody").status_code == 404
    assert client.get("/course/oversight?since=soon").status_code == 400
    assert client.get("/course/oversight?format=docx").status_code == 400
    assert client.get("/course/oversight?start=-3").status_code == 200


def test_an_observer_reads_and_a_grader_does_not(staffed: Callable[[str], httpx.Client]) -> None:
    entry = {
        "kind": "stuck",
        "learner": "ana",
        "lesson": "welcome",
        "question": "double",
        "trace": "1",
        "reason": "known",
    }
    for page in PAGES:
        assert staffed("Olga").get(f"/course/{page}").status_code == 200
        refused = staffed("Gil").get(f"/course/{page}")
        assert refused.status_code == 403
        assert "may not look at how learners are doing" in refused.text
    assert staffed("Olga").post("/course/api/rest", json=entry).status_code == 403
    assert "data-rest" not in staffed("Olga").get("/course/oversight/worklist").text
    assert staffed("Ada").post("/course/api/rest", json=entry).status_code == 200


def test_rest_takes_nothing_else(client: httpx.Client) -> None:
    assert client.post("/course/api/rest", json={"kind": "nonsense"}).status_code == 404
    assert client.post("/course/api/rest", json={"kind": 3}).status_code == 400
    assert client.post("/course/api/rest", content=b"[").status_code == 400
