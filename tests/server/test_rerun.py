"""A learner's code run again from the desk: behind the walls, shown inert, and without a trace."""

from collections.abc import Callable

import httpx
import waiting
from conftest import Here

from course.desk import Desk
from course.sandbox.walls import LADDER

PLACE = f"{waiting.LESSON}/{waiting.LESSON}/{waiting.CODE}"


def address(here: Here, learner: str = "ana") -> str:
    with Desk(here.course, "test") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.CODE)
        ids = {each.place.learner: id_ for id_, each in desk.queue(question).answers}
    return f"/course/api/run/{PLACE}/{ids[learner]}"


def test_a_graders_cell_runs_on_what_the_learner_made_and_nothing_is_written(
    here: Here, client: httpx.Client
) -> None:
    before = here.course.marks(waiting.LESSON)
    told = client.post(
        address(here), json={"source": "print(double(21))\nopen('trace', 'w')"}
    ).json()
    assert "42" in told["own"]
    assert told["isolation"] in LADDER[:-1]
    assert told["before"] == []
    assert len(told["cells"]) == 1
    again = client.post(address(here), json={"source": "import os; print(os.path.exists('trace'))"})
    assert "False" in again.json()["own"]
    assert here.course.marks(waiting.LESSON) == before
    assert not list(here.course.layout.root.rglob("trace"))


def test_the_answer_alone_is_run_again_and_an_error_is_shown_as_text(
    here: Here, client: httpx.Client
) -> None:
    told = client.post(address(here), json={"source": " "}).json()
    assert told["own"] is None
    told = client.post(address(here), json={"source": "raise ValueError('<script>window.hacked = 1</script>')"}).json()  # fmt: skip
    assert "ValueError: &lt;script&gt;" in told["own"]
    assert "<script" not in told["own"]


def test_what_can_not_be_run_is_told(here: Here, client: httpx.Client) -> None:
    long = client.post(address(here), json={"source": "#" * 60_000})
    assert (long.status_code, "too long" in long.json()["error"]) == (400, True)
    path = here.course.layout.autograded / "ana" / waiting.LESSON / f"{waiting.LESSON}.ipynb"
    away = path.rename(path.with_suffix(".away"))
    gone = client.post(address(here), json={"source": ""})
    away.rename(path)
    assert (gone.status_code, "grade the submission again" in gone.json()["error"]) == (404, True)


def test_an_observer_runs_nothing(here: Here, staffed: Callable[[str], httpx.Client]) -> None:
    refused = staffed("Olga").post(address(here), json={"source": "1"})
    assert (refused.status_code, "may not mark answers" in refused.json()["error"]) == (403, True)
