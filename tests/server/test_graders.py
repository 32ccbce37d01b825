"""The page about those who mark: for instructors, with the agreement of two who read the same."""

from collections.abc import Callable

import httpx
import waiting
from conftest import OWNER, Here

from course.desk import Desk, Marked
from course.review.rubric import Item, Rubric
from course.term import Course

PLACE = f"{waiting.LESSON}/{waiting.LESSON}/{waiting.WRITTEN}"


def test_two_read_the_same_and_the_page_tells_how_far_they_agree(
    here: Here, client: httpx.Client
) -> None:
    file = here.course.layout.root / "course.toml"
    before = file.read_text()
    page = client.get(f"/course/graders/{waiting.LESSON}").text
    assert "Nothing is read twice." in page
    file.write_text(before + "\n[calibration]\nshare = 1\n")
    try:
        with Desk(Course.open(here.course.layout.root), "Hana") as hana:
            question = hana.question(waiting.LESSON, waiting.LESSON, waiting.WRITTEN)
            rubric, version = hana.rubric(question)
            mine = Rubric((*rubric.items, Item("clear", 1, "Is **clear**")))
            hana.edit_rubric(question, mine, version, apply=True)
            (id_, standing), *_ = hana.queue(question).answers
            marked = hana.mark(question, id_, token=standing.token, request="hana", items=["clear"])
            assert isinstance(marked, Marked)
            page = client.get(f"/course/answers/{PLACE}").text
            assert "1 of the answers that others marked" in page
            told = client.get(f"/course/api/next/{PLACE}?again=1").json()
            assert (told["answer"]["id"], told["answer"]["standing"]["judgement"]) == (id_, None)
            assert told["question"]["waiting"] == 1
            token = told["answer"]["standing"]["token"]
            body = {
                "request": "again-1",
                "token": token,
                "items": [],
                "adjustment": 0,
                "comment": "",
            }
            done = client.post(f"/course/api/again/{PLACE}/{id_}", json=body)
            assert (done.status_code, done.json()["score"]) == (200, 0)
            page = client.get(f"/course/graders/{waiting.LESSON}").text
            assert "1 read twice" in page
            assert "Is <strong>clear</strong>" in page
            assert ">1 and 0</a>" in page
            assert "Hana" in page
            now = hana.queue(question).answers
            hana.undo(question, id_, token=dict(now)[id_].token, request="undone")
            hana.edit_rubric(question, rubric, hana.rubric(question)[1], apply=True)
    finally:
        file.write_text(before)


def test_only_an_instructor_compares_graders(staffed: Callable[[str], httpx.Client]) -> None:
    place = f"/course/graders/{waiting.LESSON}"
    assert [staffed(who).get(place).status_code for who in ("Ada", "Gil", "Olga")] == [
        200,
        403,
        403,
    ]
    assert staffed("Ada").get("/course/graders/nothing").status_code == 404
    assert OWNER not in staffed("Ada").get(place).text
