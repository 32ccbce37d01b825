"""Questions over the network: from a learner's folder to the instructor's page and back to the cell."""

import contextlib
import datetime as dt
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from offices import Class, classroom, served

from course import asking
from course.errors import Unavailable
from course.exchange.access import Access
from course.lesson import dates, plan, record, replies
from course.lesson.ask import answers_card, others_card
from course.office import answering, schedule
from course.office.schedule import Due, Schedule
from course.office.threads import board
from course.questions import sheet


@pytest.fixture(scope="module")
def place(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[tuple[Class, str]]:
    """Return a class and the address of its service."""
    with (
        classroom(tmp_path_factory.mktemp("office") / "office", new_database()) as made,
        served(made.office) as url,
    ):
        yield made, url


def home_of(folder: Path, name: str, made: Class, url: str) -> Path:
    """Return a learner's folder with a lesson in it, joined to the service."""
    Access(folder, url, "pandas", name, made.tokens[name]).keep()
    (folder / "cleaning").mkdir()
    about = {"title": "Cleaning", "minutes": 30, "due": "7 days"}
    (folder / "cleaning" / sheet.NAME).write_text(
        sheet.build("cleaning", [], "", about), encoding="utf-8"
    )
    return folder


def say(home: Path, text: str, **more: Any) -> None:
    context = {
        "cell": "c1",
        "code": "df.mean()",
        "error": "KeyError: 'x'",
        "test": "gaps are left out",
        "attempts": 3,
    }
    record.append(home / "cleaning", "asked", "mean-delay", {"response": text}, {**context, **more})


@contextlib.contextmanager
def browser(url: str, token: str) -> Iterator[httpx.Client]:
    """Lend a browser that was let in."""
    with httpx.Client(base_url=url, follow_redirects=True) as client:
        headers = {"Authorization": f"Bearer {token}"}
        link = client.post("/api/courses/pandas/tickets", headers=headers).json()["link"]
        assert "holds once" in client.get(link).text
        assert client.post(link).status_code == 200
        yield client


def proof_in(page: str) -> str:
    found = re.search(r'name="proof" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_a_question_is_asked_once_answered_and_read_at_the_cell_by_all_who_meet_the_same(
    place: tuple[Class, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    made, url = place
    ana = home_of(tmp_path_factory.mktemp("ana"), "ana", made, url)
    ben = home_of(tmp_path_factory.mktemp("ben"), "ben", made, url)
    schedule.declare(made.teaching(), Schedule(lessons=[Due(lesson="cleaning", days=7, grace=60)]))
    say(ana, "Why is my mean nan?")
    assert asking.exchange(ana).sent == 1
    assert asking.exchange(ana).sent == 0, "once"
    (ana / replies.NAME).unlink()
    assert asking.exchange(ana).sent == 0, (
        "the office knows it by its id, though this machine forgot"
    )
    assert dates.read(ana).said["cleaning"].grace == 60
    assert plan.read(ana / "cleaning").moment is not None, "the date is her own now"
    (group,) = board(made.own("ivan"))
    question = group[0].question
    assert (question["test"], question["attempts"], question["code"]) == (
        "gaps are left out",
        3,
        "df.mean()",
    )

    answering.answer(made.own("ivan"), question["id"], "Leave gaps out: `skipna`.", publish=True)
    assert [one.text for one in asking.exchange(ana).fresh] == ["Why is my mean nan?"]
    state = record.read(ana / "cleaning")
    told = repr(answers_card(state, replies.read(ana)))
    assert "Leave gaps out" in told
    assert "Ivan answers" in told
    assert "<code>skipna</code>" in answers_card(state, replies.read(ana))._repr_html_()

    asking.exchange(ben)
    card = others_card(ben / "cleaning", "mean-delay", ["gaps are left out"])
    assert card is not None
    assert "Why is my mean nan?" in repr(card)
    brought = (ben / replies.NAME).read_text(encoding="utf-8")
    assert not [word for word in ("Ana", "df.mean()", "KeyError: 'x'") if word in brought], (
        "her code is hers"
    )
    assert others_card(ben / "cleaning", "mean-delay", ["another test"]) is None


def test_without_a_network_a_question_waits_and_goes_later_with_its_own_time(
    place: tuple[Class, str], tmp_path: Path
) -> None:
    made, url = place
    home = home_of(tmp_path, "ben", made, url)
    access = Access.of(home)
    Access(home, "http://127.0.0.1:1", "pandas", "ben", access.token).keep()
    say(home, "Is anybody there?", nameless=True)
    before = dt.datetime.now(dt.UTC)
    with pytest.raises(Unavailable, match="can't be reached"):
        asking.exchange(home)
    replies.exchange(home)  # what course.ask does: it must not raise, nor wait for long
    access.keep()
    replies.exchange(home)
    (mine,) = [one for one in replies.read(home).own.values() if one.text == "Is anybody there?"]
    assert mine.state == "open"
    (row,) = [
        one.question
        for group in board(made.own("ivan"))
        for one in group
        if one.question["id"] == mine.id
    ]
    assert row["asked_at"].replace(tzinfo=dt.UTC) < before, "its own time, not that of the network"
    assert row["nameless"]


def test_a_page_shows_escapes_and_answers_and_takes_no_form_that_is_not_its_own(
    place: tuple[Class, str], tmp_path: Path
) -> None:
    made, url = place
    home = home_of(tmp_path, "ana", made, url)
    say(home, "<script>alert(1)</script> & why?", test="")
    asking.exchange(home)
    key = next(one.id for one in replies.read(home).own.values() if "script" in one.text)
    with browser(url, made.tokens["ivan"]) as ivan:
        listed = ivan.get("/courses/pandas/questions")
        assert "&lt;script&gt;alert(1)" in listed.text
        assert "<script>alert" not in listed.text
        assert "script-src 'self'" in listed.headers["content-security-policy"]
        assert "unsafe" not in listed.headers["content-security-policy"]
        address = f"/courses/pandas/questions/{key}"
        page = ivan.get(address)
        text = "**Right**: <img src=x onerror=alert(1)> [here](javascript:alert(1))"
        wanted = {"deed": "answer", "text": text, "proof": proof_in(page.text)}
        refused = ivan.post(address, data={**wanted, "proof": "0" * 64})
        assert (refused.status_code, "not from our own page" in refused.text) == (403, True)
        foreign = ivan.post(address, data=wanted, headers={"Origin": "https://evil.example.org"})
        assert foreign.status_code == 403
        answered = ivan.post(address, data=wanted)
        assert answered.status_code == 200
        assert "<strong>Right</strong>" in answered.text
        assert "<img" not in answered.text
        assert "javascript:" not in re.findall(r'href="([^"]*)"', answered.text)
        empty = ivan.post(address, data={**wanted, "text": " "})
        assert (empty.status_code, "an answer needs words" in empty.text.casefold()) == (422, True)
    cookie = httpx.get(f"{url}/courses/pandas/questions")
    assert (cookie.status_code, "course enter" in cookie.text) == (401, True)


def test_a_learner_sees_no_other_learners_question_on_any_page(
    place: tuple[Class, str], tmp_path: Path
) -> None:
    made, url = place
    home = home_of(tmp_path, "ana", made, url)
    say(home, "Only between us", test="")
    asking.exchange(home)
    key = next(one.id for one in replies.read(home).own.values() if one.text == "Only between us")
    headers = {"Authorization": f"Bearer {made.tokens['ben']}"}
    with browser(url, made.tokens["ben"]) as ben:
        assert "Only between us" not in ben.get("/courses/pandas/questions?show=all").text
        page = ben.get(f"/courses/pandas/questions/{key}")
        assert (page.status_code, "Only between us" in page.text) == (404, False)
        for path in (f"/all/questions/{key}/answers", f"/all/questions/{key}/deeds"):
            body = {"text": "x"} if path.endswith("answers") else {"deed": "hide"}
            assert (
                ben.post(f"/api/courses/pandas{path}", json=body, headers=headers).status_code
                == 403
            )
        assert ben.get("/api/courses/pandas/all/questions", headers=headers).status_code == 403
        assert ben.put("/api/courses/pandas/schedule", json={}, headers=headers).status_code == 403
        assert ben.get("/courses/other/questions").status_code in (401, 403)
        assert (
            "Only between us" not in ben.get("/api/courses/pandas/questions", headers=headers).text
        )


def test_who_signs_out_is_out_and_the_old_session_lets_nobody_in(place: tuple[Class, str]) -> None:
    made, url = place
    address = "/courses/pandas/questions"
    with browser(url, made.tokens["ben"]) as ben:
        session = ben.cookies["course-session"]
        page = ben.get(address).text
        assert ben.post("/courses/pandas/leave", data={"proof": "0" * 64}).status_code == 403
        assert ben.get(address).status_code == 200, "no other site signs anybody out"
        left = ben.post("/courses/pandas/leave", data={"proof": proof_in(page)})
        assert (left.status_code, "You are signed out" in left.text) == (200, True)
        assert not ben.cookies
    old = httpx.get(url + address, cookies={"course-session": session})
    assert (old.status_code, "token was revoked" in old.text) == (401, True)
    home = httpx.get(f"{url}/")
    assert (home.status_code, "course enter" in home.text) == (200, True)
    nowhere = httpx.get(f"{url}/sign-in")
    assert (nowhere.status_code, "There is no JupyterHub" in nowhere.text) == (404, True)
