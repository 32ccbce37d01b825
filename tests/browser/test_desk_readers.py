"""The desk as its readers see it: a second reading, what a learner did before and asked, and names of any kind."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
import waiting
from conftest import IMAGE, SCRIPT, accessible, solve
from playwright.sync_api import Page, expect
from servers import TOKEN, Server, serving

from course import layout as disk
from course.authoring import skeleton
from course.cli.make import lab_command
from course.desk import Desk
from course.lesson import record
from course.model import Learner, Place
from course.store import disputes
from course.study import Study
from course.term import Course

pytestmark = pytest.mark.thorough

MARKUP = (f"Bobby {IMAGE}", SCRIPT)
TURNED = ("\u202egnisaelp", "\u0644\u064a\u0644\u0649 \u05d0\u05d1\u05d9\u05d1")
LONG = ("Wolfeschlegelsteinhausenbergerdorff" * 5, "Adolph Blaine Charles David " * 4)
NAMES = {"markup": MARKUP, "turned": TURNED, "long": LONG}
QUESTION = f"May it be a float? {IMAGE} {SCRIPT}"
FIRST = "The first grader said this."
PLACE = f"{waiting.LESSON}/{waiting.LESSON}"


@dataclass(frozen=True)
class Room:
    """A course whose desk gita has open; what hans marked is read a second time."""

    course: Course
    server: Server
    ids: dict[tuple[str, str], str]

    def address(self, path: str, **query: str) -> str:
        more = "".join(f"&{key}={value}" for key, value in query.items())
        return f"{self.server.url}/course/{path}?token={TOKEN}{more}"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    base = tmp_path_factory.mktemp("readers")
    root = base / "course"
    skeleton.make(root, "Working safely with data")
    with (root / disk.COURSE_FILE).open("a", encoding="utf-8") as file:
        file.write("\n[calibration]\nshare = 1.0\n")
    course = Course.open(root)
    spoilt = {f"{id_}-cut": name for id_, name in NAMES.items()}
    course.enrol([Learner("ana", "Ana", "Horvat"), *(Learner(id_, *name) for id_, name in (NAMES | spoilt).items())])  # fmt: skip
    course.release(waiting.LESSON)
    _hand_in_twice(course, base / "ana")
    for id_ in NAMES | spoilt:
        waiting.hand_in(course, id_)
    for id_ in spoilt:
        path = course.layout.submission(id_, waiting.LESSON) / f"{waiting.LESSON}.ipynb"
        path.write_text("see my e-mail", encoding="utf-8")
    prepared = course.prepare(waiting.LESSON)
    list(course.autograde(prepared, course.todo(prepared)[0]))
    assert len(course.triage()) == len(spoilt)
    with course.book() as book, book.transaction() as connection:
        said = disputes.Message("markup", disputes.ASKED, f"Look again {IMAGE}", disputes.moment())
        place = Place(waiting.LESSON, waiting.LESSON, waiting.WRITTEN, "markup")
        disputes.say(connection, place, said, token_hex(8))
    with Desk(course, IMAGE) as desk:
        ids = {(name, each.place.learner): id_ for name in (waiting.WRITTEN, waiting.CODE)
               for id_, each in desk.queue(desk.question(waiting.LESSON, waiting.LESSON, name)).answers}  # fmt: skip
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.WRITTEN)
        for who, points in (("ana", 0.5), ("markup", 1.5)):
            token = desk.answer(question, ids[waiting.WRITTEN, who]).standing.token
            desk.mark(question, ids[waiting.WRITTEN, who], token=token, request=token_hex(8), adjustment=points, comment=FIRST)  # fmt: skip
    with serving([*lab_command(root, None), "--DeskApp.grader=gita"], root, base) as server:
        yield Room(course, server, ids)


def _hand_in_twice(course: Course, home: Path) -> None:
    """Ana's first answer takes no negative numbers; she asks, and hands in a better one."""
    home.mkdir()
    study = Study.join(home, course.layout.root, "ana")
    folder = study.fetch(waiting.LESSON)
    record.append(folder, "asked", waiting.CODE, {"response": QUESTION})
    for body in ("return number + abs(number)  # at first", "return 2 * number"):
        code = f"def double(number):\n    {body}"
        solve(
            folder, course, lambda id_, _, code=code: code if "double" in id_ else "Less copying."
        )
        study.submit(waiting.LESSON)
        course.collect(waiting.LESSON)
        time.sleep(1.1)  # nbgrader tells attempts apart by their second


@pytest.fixture
def page(room: Room, new_page: Callable[..., Page]) -> Iterator[Page]:
    """A page of which nothing runs that a person wrote, and from which nothing leaves."""
    opened, strange = new_page(), list[str]()
    opened.on("request", lambda one: strange.append(one.url) if not one.url.startswith((room.server.url, "data:")) else None)  # fmt: skip
    opened.on("dialog", lambda dialog: (strange.append(dialog.message), dialog.dismiss()))
    yield opened
    assert strange == []
    assert opened.evaluate("window.hacked") is None


def looks_right(page: Page) -> None:
    """Assert that nothing of a name became markup, and that the page fits and is accessible."""
    assert page.locator("main [onerror], main script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    assert "\u202e" not in page.content()
    accessible(page, "body")


def test_what_the_learner_handed_in_before_and_asked_stands_below_the_answer(
    room: Room, page: Page
) -> None:
    page.goto(room.address(f"mark/{PLACE}/{waiting.CODE}", answer=room.ids[waiting.CODE, "ana"]))
    expect(page.locator("#answer")).to_contain_text("return 2 * number")
    before = page.locator("#earlier")
    expect(before.locator("section")).to_be_hidden()
    before.get_by_text("1 earlier attempt").press("Enter")
    expect(before.get_by_role("heading")).to_have_text(re.compile(r"\d"))
    expect(before).to_contain_text("return number + abs(number)  # at first")
    asked = page.get_by_role("region", name="The learner asked")
    expect(asked.locator("blockquote")).to_have_text([QUESTION])
    looks_right(page)
    page.keyboard.press("n")  # nothing of it stays with another's answer
    expect(page.get_by_role("heading", name="All of it is marked")).to_be_visible()
    page.goto(room.address(f"mark/{PLACE}/{waiting.CODE}", answer=room.ids[waiting.CODE, "turned"]))
    expect(page.locator("#answer")).to_contain_text("return 2 * number")
    expect(page.locator("#earlier, #voice")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", [
    "", "disputes", "feedback/welcome", f"answers/{PLACE}/{waiting.WRITTEN}", f"groups/{PLACE}/{waiting.CODE}",
    "graders/welcome", "oversight", "oversight/worklist", "oversight/lesson/welcome", "oversight/objective/first-steps",
    *(f"oversight/learner/{id_}" for id_ in NAMES),
])  # fmt: skip
def test_a_name_of_any_kind_is_only_text_on_every_page(
    room: Room, page: Page, path: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(room.address(path))
    expect(page.locator("h1")).to_be_visible()
    looks_right(page)
    if path == "":
        names = [each.strip() for each in page.locator(".stuck h3 bdi").all_inner_texts()]
        assert names == [" ".join(LONG).strip(), " ".join(MARKUP), " ".join(TURNED)[1:]]
        name, more = (page.locator(f".stuck li:last-child h3 {each}").bounding_box() for each in ("bdi", ".dim"))  # fmt: skip
        assert name is not None
        assert more is not None
        assert name["x"] + name["width"] <= more["x"], "what follows a name is not turned round"
    if path == "feedback/welcome" and width > 1000:
        expect(page.get_by_role("columnheader", name="What is new")).to_be_in_viewport()
        page.get_by_role("link", name=" ".join(MARKUP)).first.click()
        inside = page.frame_locator("iframe.preview")
        expect(inside.locator("header p").last).to_contain_text(" ".join(MARKUP))
    if path == "oversight" and width > 1000:
        expect(page.locator("table.people tbody td").first).to_be_in_viewport()
    if path == "graders/welcome":
        expect(page.get_by_role("rowheader", name=IMAGE)).to_be_visible()


@pytest.mark.parametrize("who", NAMES)
def test_a_name_that_is_asked_for_is_only_text(room: Room, page: Page, who: str) -> None:
    page.goto(room.address(f"mark/{PLACE}/{waiting.WRITTEN}", answer=room.ids[waiting.WRITTEN, who]))  # fmt: skip
    expect(page.locator("#answer")).to_contain_text("I want less copying.")
    page.get_by_role("button", name="Show the learner's name").click()
    expect(page.locator("#learner")).to_have_text(" ".join(NAMES[who]).removeprefix("\u202e").strip())  # fmt: skip
    looks_right(page)


def test_a_second_reading_shows_nothing_of_the_first_and_changes_no_mark(
    room: Room, page: Page
) -> None:
    before = _marks(room.course)
    assert sorted(points for points, _, grader in before.values() if grader == IMAGE) == [0.5, 1.5]
    page.goto(room.address(f"answers/{PLACE}/{waiting.WRITTEN}"))
    expect(page.get_by_text("2 of the answers that others marked wait for a second reading")).to_be_visible()  # fmt: skip
    page.get_by_role("link", name="Read the next").click()
    expect(page.get_by_text("second reading: no mark changes")).to_be_visible()
    for _ in range(2):
        expect(page.locator("#answer")).to_contain_text(re.compile("less copying", re.IGNORECASE))
        expect(page.locator("#score")).to_have_text("\N{EN DASH}")
        expect(page.get_by_label("Comment", exact=True)).to_have_value("")
        page.wait_for_load_state("networkidle")  # what comes late must show nothing either
        assert FIRST not in page.content()
        assert "onerror" not in page.locator("#desk").inner_text(), "nor who the first grader was"
        here = page.url
        page.keyboard.press("2")
        page.keyboard.press("c")
        page.keyboard.type("I read it again.")
        page.keyboard.press("Escape")
        expect(page.locator("#score")).to_have_text("2")
        looks_right(page)
        page.keyboard.press("Enter")
        expect(page).not_to_have_url(here)
    expect(page.get_by_role("heading", name="All of it is read twice")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#saved")).to_have_text("A second reading is not taken back.")
    assert _marks(room.course) == before
    page.goto(room.address("graders/welcome"))
    card = page.get_by_role("region", name="In your own words")
    expect(card).to_contain_text("2 read twice. The two scores are 1 of 2 points apart on average.")
    expect(card.get_by_role("link", name=re.compile("and 2"))).to_have_count(2)
    looks_right(page)


def _marks(course: Course) -> dict[str, tuple[float | None, str, str]]:
    return {mark.learner: (mark.points, mark.comment, mark.grader) for mark in course.marks(waiting.LESSON)
            if mark.question == waiting.WRITTEN}  # fmt: skip
