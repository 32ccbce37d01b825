"""Feedback at the desk: looked at before it goes out, returned now or at a time; requests answered."""

import datetime as dt
from collections.abc import Callable

import httpx
import pytest
from conftest import Here
from waiting import LESSON, PEOPLE, WRITTEN

from course.model import ManualMark, Place
from course.store import disputes
from course.store.disputes import ASKED, Message
from course.term import returning

PLACE = f"{LESSON}/{LESSON}/{WRITTEN}"


@pytest.fixture(scope="module", autouse=True)
def marked(here: Here) -> None:
    comment = "Good. <script>window.hacked = 1</script> **Start small.**"
    here.course.mark([ManualMark(LESSON, "ana", WRITTEN, 1.0, comment, "Ada")])


def post(client: httpx.Client, **form: str) -> httpx.Response:
    """Send the form of the feedback page; XSRF's token goes as a field, as a browser sends it."""
    form["_xsrf"] = client.headers["X-XSRFToken"]
    return client.post(f"/course/feedback/{LESSON}", data=form)


def test_the_page_is_seen_before_it_goes_out_and_nothing_in_it_can_run(
    client: httpx.Client,
) -> None:
    listing = client.get(f"/course/feedback/{LESSON}?learner=ana")
    assert listing.status_code == 200
    assert "Ana Horvat" in listing.text
    assert f"{len(PEOPLE)} of {len(PEOPLE)} pages are new or changed" in listing.text
    assert f'<iframe class="preview" sandbox title="Feedback as the learner would get it" src="/course/feedback/{LESSON}/ana/page">' in listing.text  # fmt: skip
    assert "frame-src 'self'" in listing.headers["Content-Security-Policy"]

    page = client.get(f"/course/feedback/{LESSON}/ana/page")
    assert "<strong>Start small.</strong>" in page.text
    assert "<script" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script-src" not in policy


def test_who_is_not_there_has_no_page(client: httpx.Client) -> None:
    assert client.get(f"/course/feedback/{LESSON}/nobody/page").status_code == 404
    assert client.get("/course/feedback/nothing").status_code == 404


def test_feedback_goes_out_now_or_at_a_time_and_the_page_says_so(
    here: Here, client: httpx.Client
) -> None:
    odd = post(client, what="later", at="soon")
    assert odd.status_code == 400
    assert "not a time" in odd.text
    assert post(client, what="burn").status_code == 400

    assert post(client, what="later", at="2099-12-01 08:00").status_code == 303
    assert "Goes out 2099-12-01 08:00 UTC" in client.get(f"/course/feedback/{LESSON}").text
    post(client, what="never")
    assert "Goes out" not in client.get(f"/course/feedback/{LESSON}").text

    done = post(client, what="now", question=f"{LESSON}/{WRITTEN}")
    assert done.status_code == 303
    assert f"Returned to {len(PEOPLE)} learners." in client.get(done.headers["Location"]).text
    page = here.course.layout.feedback / "ana" / LESSON / f"{LESSON}.html"
    assert "Returned later" in page.read_text(encoding="utf-8")
    rest = client.get(f"/course/feedback/{LESSON}").text
    assert f"{len(PEOPLE)} of {len(PEOPLE)} pages are new" in rest, "the rest waits"
    post(client, what="now")
    listing = client.get(f"/course/feedback/{LESSON}?learner=ana").text
    assert f"0 of {len(PEOPLE)} pages are new" in listing
    assert "Version 1: superseded" in listing
    assert "Version 2: released" in listing


def test_the_server_returns_what_is_due_while_it_runs(here: Here) -> None:
    from course.server.room import Room

    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    returning.schedule(here.course, LESSON, past, [], "Ada")
    room = Room(here.course.layout.root)
    told = room.return_due()
    room.close()
    assert all(line.startswith(f"feedback on {LESSON} was to go out by now") for line in told)
    assert returning.scheduled(here.course) == [], "by this call or by the running server"


@pytest.fixture
def asked(here: Here) -> str:
    """A learner asks to look again; returns where that thread is."""
    place = Place(LESSON, LESSON, WRITTEN, "ana")
    with here.course.book() as book, book.transaction() as connection:
        told = Message("ana", ASKED, "Look *again* <img src=x onerror=alert(1)>", disputes.moment())
        disputes.say(connection, place, told, f"request-{dt.datetime.now(dt.UTC).timestamp()}")
    from course.desk import Desk

    with Desk(here.course, "Ada") as desk:
        return f"/course/api/thread/{PLACE}/{desk.id(place)}"


def test_a_request_is_listed_without_a_name_and_its_answer_stays_in_the_thread(
    here: Here, client: httpx.Client, asked: str
) -> None:
    assert "to look at a mark again" in client.get("/course/").text
    listed = client.get("/course/disputes").text
    assert "Look *again* &lt;img" in listed
    assert f"mark/{PLACE}?answer={asked.rsplit('/', 1)[1]}" in listed
    assert "Ana" not in listed
    assert "ana" not in listed.replace("answer", "")

    thread = client.get(asked).json()
    assert thread["open"] is True
    assert "<em>again</em>" in thread["messages"][0]["html"]
    assert "<img" not in thread["messages"][0]["html"]

    body = {"text": "Right, I **will**.", "reopen": True, "request": "one"}
    for _ in range(2):  # the same request, sent twice after a lost connection
        told = client.post(asked, json=body).json()
    assert [each["what"] for each in told["messages"]] == ["asked", "reopened"]
    assert told["open"] is False
    answer = client.get(asked.replace("/thread/", "/answer/")).json()["answer"]
    assert answer["standing"]["waits"] is True
    assert answer["standing"]["points"] == 1.0, "the mark stands until it is made again"
    assert "to look at a mark again" not in client.get("/course/").text
    (draft,) = returning.drafts(here.course, LESSON, learner="ana")
    assert "will mark it again" in draft.html


def test_an_answer_without_words_is_refused(client: httpx.Client, asked: str) -> None:
    told = client.post(asked, json={"text": " ", "reopen": False, "request": "two"})
    assert told.status_code == 400
    assert "an answer needs words" in told.json()["error"]


def test_an_observer_reads_requests_and_answers_none(
    staffed: Callable[[str], httpx.Client], asked: str
) -> None:
    olga = staffed("Olga")
    assert olga.get(asked).json()["open"] is True
    assert olga.post(asked, json={"text": "No.", "request": "three"}).status_code == 403
    assert staffed("Gil").get(f"/course/feedback/{LESSON}").status_code == 403
