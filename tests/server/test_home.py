"""Home over real HTTP: what it counts, the autograder started and watched, and triage put right."""

import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import waiting
from conftest import OWNER, Here
from waiting import CODE, LESSON, WRITTEN

from course.store import tables
from course.term import returning

pytestmark = pytest.mark.thorough

PLACE = f"{LESSON}/{LESSON}/{WRITTEN}"
Until = Callable[[Callable[[], Any]], Any]


def words(page: str) -> str:
    """What a person reads of a page, in one line."""
    text = re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def ledger(here: Here) -> list[tuple[str, str, str, Any]]:
    """Who did what about whom, as the ledger has it."""
    with here.course.book() as book, book.reading() as connection:
        rows = connection.execute(
            tables.ledger.select().order_by(tables.ledger.c.number)
        ).mappings()
        return [(row["actor"], row["action"], row["learner"], row["after"]) for row in rows]


def see_to(client: httpx.Client, learner: str, do: str, text: str = "") -> httpx.Response:
    return client.post(f"/course/api/triage/{LESSON}/{learner}", json={"do": do, "text": text})


def graded(client: httpx.Client) -> Callable[[], bool]:
    return lambda: not client.get("/course/api/progress").json()["lessons"]


def stuck(here: Here) -> set[str]:
    return {learner for _, learner, _ in here.course.triage()}


def test_home_counts_what_waits_and_leads_to_it(client: httpx.Client) -> None:
    page = client.get("/course/")
    told = words(page.text)
    assert "3 answers wait for a person. The oldest is to In your own words in welcome" in told
    assert f'href="/course/mark/{PLACE}"' in page.text
    assert re.search(r"Welcome welcome 6 3 Mark 3 of Welcome", told), told
    assert "Xenia Novak welcome, tried" in told
    assert client.get(f"/course/mark/{PLACE}").status_code == 200


def test_a_grader_gets_no_triage_and_no_autograder_and_an_observer_nothing_to_press(
    staffed: Callable[[str], httpx.Client],
) -> None:
    gil, olga = staffed("Gil").get("/course/").text, staffed("Olga").get("/course/").text
    for page in (gil, olga):
        assert "Xenia" not in page
        assert "data-grade=" not in page
    assert "/course/mark/" in gil
    assert "/course/mark/" not in olga
    answer = staffed("Olga").get(f"/course/mark/{PLACE}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/course/answers/{PLACE}")


def test_answers_are_chosen_by_state_points_and_who_marked_them(client: httpx.Client) -> None:
    address = f"/course/answers/{LESSON}/{LESSON}"
    everything = client.get(f"{address}/{CODE}").text
    first = re.search(
        rf"/course/mark/{LESSON}/{LESSON}/{CODE}\?answer=([0-9a-f]{{20}})", everything
    )
    assert first

    def count(query: str, question: str = CODE) -> int:
        return client.get(f"{address}/{question}?{query}").text.count("?answer=")

    assert count("show=done") == count("least=3") == count("least=0&most=3") == 3
    assert count("most=2.5") == count("show=flagged") == count("show=mine") == 0
    assert count("show=waiting", WRITTEN) >= 3
    assert count("show=done", WRITTEN) == 0
    assert "None of the answers is like that" in client.get(f"{address}/{CODE}?show=flagged").text
    flag = f"/course/api/flag/{LESSON}/{LESSON}/{CODE}/{first[1]}"
    client.post(flag, json={"text": "odd"})
    assert count("show=flagged") == 1
    client.post(flag, json={"text": None})
    assert count("show=flagged") == 0
    assert count("least=nonsense&show=nonsense") == count("")


def test_progress_of_a_command_that_grades_is_seen_and_ends_with_it(
    here: Here, client: httpx.Client
) -> None:
    def look() -> Any:
        return client.get("/course/api/progress").json()["lessons"]

    with here.course.turn(LESSON) as advance:
        assert look() == {LESSON: {"done": 0, "of": 0}}
        advance(3, 10)
        assert look() == {LESSON: {"done": 3, "of": 10}}
        assert "3 of 10" in words(client.get("/course/").text)
    assert look() == {}
    left_over = here.course.layout.root / ".course" / "grading" / LESSON
    left_over.write_text('{"who": "process 1 that was killed", "done": 1, "of": 2}')
    assert look() == {}


def test_the_autograder_is_started_from_home_and_grades_what_came(
    here: Here, client: httpx.Client, until: Until
) -> None:
    before = here.course.layout.submission("ben", LESSON) / f"{LESSON}.ipynb"
    before.write_text(before.read_text().replace("2 * number", "3 * number"))
    assert client.post("/course/api/autograde", json={"lesson": LESSON}).status_code == 200
    assert LESSON in client.get("/course/api/progress").json()["lessons"]
    twice = client.post("/course/api/autograde", json={"lesson": LESSON})
    assert twice.status_code == 400
    assert "being graded already" in twice.json()["error"]
    until(graded(client))
    (mark,) = [m for m in here.course.marks(LESSON, "ben") if m.question == CODE]
    assert mark.points is not None
    assert mark.points < 3
    assert (OWNER, "autograde", "", None) in ledger(here)
    waiting.hand_in(here.course, "ben")


def test_a_run_that_fails_says_why_on_home(here: Here, client: httpx.Client, until: Until) -> None:
    tests = here.course.layout.tests(LESSON)
    before = tests.read_text()
    tests.write_text("def test_(:\n")
    try:
        client.post("/course/api/autograde", json={"lesson": LESSON})
        until(graded(client))
        failed = client.get("/course/api/progress").json()["failed"]
        assert "the tests are not valid Python" in failed[LESSON]
        assert "the tests are not valid Python" in client.get("/course/").text
    finally:
        tests.write_text(before)


def test_of_a_file_that_was_cut_off_the_whole_cells_are_graded_and_it_is_kept_as_it_came(
    here: Here, client: httpx.Client, until: Until
) -> None:
    folder = here.course.layout.submission("xenia", LESSON)
    raw = (folder / f"{LESSON}.ipynb").read_bytes()
    assert "Read the cells that are whole" in client.get("/course/").text
    answer = see_to(client, "xenia", "repair")
    assert answer.status_code == 200, answer.text
    assert re.match(r"\d+ whole cells of welcome.ipynb were taken", answer.json()["said"])
    assert (folder / f"{LESSON}.ipynb.handed-in").read_bytes() == raw
    until(graded(client))
    assert "xenia" not in stuck(here)
    assert [m.points for m in here.course.marks(LESSON, "xenia") if m.question == CODE] == [3.0]
    assert [each for each in ledger(here) if each[:3] == (OWNER, "repaired", "xenia")]


def test_a_notebook_of_another_name_is_copied_to_the_lessons(
    here: Here, client: httpx.Client, until: Until
) -> None:
    folder = here.course.layout.submission("yara", LESSON)
    assert see_to(client, "yara", "repair").json()["said"].startswith("welcome (1).ipynb was taken")
    assert {"welcome (1).ipynb", "welcome.ipynb", "scrap.ipynb"} <= {
        path.name for path in folder.iterdir()
    }
    until(graded(client))
    assert "yara" not in stuck(here)


def test_what_can_not_be_read_is_asked_about_then_left_ungraded_with_a_reason(
    here: Here, client: httpx.Client, until: Until
) -> None:
    refused = see_to(client, "zoe", "repair")
    assert refused.status_code == 400
    assert "nothing of this submission can be put right" in refused.json()["error"]
    assert see_to(client, "zoe", "again").status_code == 200
    until(graded(client))
    assert "zoe" in stuck(here)

    assert see_to(client, "zoe", "ask", " ").json()["error"].startswith("nothing is said")
    assert see_to(client, "zoe", "ask", "Which file did you mean?").status_code == 200
    returning.give_back(here.course, LESSON)
    page = here.course.layout.feedback / "zoe" / LESSON / f"{LESSON}.html"
    assert f"{OWNER} asks: Which file did you mean?" in page.read_text()
    assert "Which file did you mean?" in client.get("/course/").text

    assert (
        see_to(
            client, "zoe", "accept", "Handed in by e-mail; she takes part again in May."
        ).status_code
        == 200
    )
    assert "zoe" not in stuck(here)
    returning.give_back(here.course, LESSON)
    assert "she takes part again in May" in page.read_text()
    assert {m.points for m in here.course.marks(LESSON, "zoe")} == {None}
    mended = {"grade again", "asked", "accepted", "repaired"}
    done = [each[1] for each in ledger(here) if each[2] == "zoe" and each[1] in mended]
    assert done == ["grade again", "asked", "accepted"]
    gone = see_to(client, "zoe", "accept", "again")
    assert gone.status_code == 404
    assert "not on the triage list" in gone.json()["error"]


def test_a_link_in_a_submission_is_not_followed_when_it_is_repaired(
    here: Here, tmp_path: Path
) -> None:
    from course.term import triage

    released = here.course.layout.release / LESSON / f"{LESSON}.ipynb"
    secret, folder = tmp_path / "secret.ipynb", tmp_path / "work"
    secret.write_bytes(released.read_bytes())
    folder.mkdir()
    (folder / "other.ipynb").symlink_to(secret)
    assert triage._mended(folder, released, [released.name]) == ""
    (folder / released.name).symlink_to(tmp_path / "nowhere")
    assert triage._mended(folder, released, [released.name]) == ""
    (folder / "other.ipynb").unlink()
    (folder / released.name).unlink()
    (folder / "other.ipynb").write_bytes(released.read_bytes())
    assert triage._mended(folder, released, [released.name]) != ""


@pytest.mark.parametrize(("address", "body", "status"), [
    ("autograde", {"lesson": "nothing"}, 404), ("autograde", {"lesson": "../welcome"}, 404), ("autograde", {}, 404),
    (f"triage/{LESSON}/ana", {"do": "again"}, 404), (f"triage/{LESSON}/ana", {"do": "delete"}, 404),
    ("triage/..%2f..%2fetc/passwd", {"do": "repair"}, 404), (f"triage/{LESSON}/%2e%2e", {"do": "repair"}, 404),
])  # fmt: skip
def test_what_is_not_known_is_not_started_or_mended(
    client: httpx.Client, address: str, body: dict[str, str], status: int
) -> None:
    assert client.post(f"/course/api/{address}", json=body).status_code == status
