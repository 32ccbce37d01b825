"""A question asked at a cell in JupyterLab, answered on the service's page, read at the cell."""

from collections.abc import Callable, Iterator

import nbformat
import pytest
from conftest import Server, accessible, jupyterlab
from offices import Class, classroom, served
from playwright.sync_api import Page, expect

from course import archive
from course.exchange.access import Access
from course.exchange.remote import Remote
from course.lesson import record
from course.office import asking, threads
from course.office.asking import Asked
from course.questions import sheet

pytestmark = pytest.mark.thorough

CODE = "delays = [4, None, 11]\nsum(delays) / 3"
ASK = 'import course\ncourse.ask("Why can I not add up my delays?", about="mean-delay")'
CHECK = 'course.check("mean-delay")'
TESTS = """
from course import public
from course.testing import points

@public
@points("mean-delay", 1)
def test_gaps_are_left_out(mean_delay):
    assert mean_delay == 7.5
"""
ANSWER = "`None` is no number. Leave such gaps out first:\n\n```python\n[each for each in delays if each is not None]\n```"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Class, str]]:
    with (
        classroom(tmp_path_factory.mktemp("office") / "office") as made,
        served(made.office) as url,
    ):
        yield made, url


@pytest.fixture
def lab(course: tuple[Class, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on ana's folder, which joined the service."""
    made, url = course
    home = tmp_path_factory.mktemp("ana")
    Access(home, url, "pandas", "ana", made.tokens["ana"]).keep()
    folder = home / "cleaning"
    folder.mkdir()
    about = {"title": "Cleaning", "minutes": 30}
    (folder / sheet.NAME).write_text(sheet.build("cleaning", [], TESTS, about), encoding="utf-8")
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    node = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    node.cells = [
        nbformat.v4.new_markdown_cell("# Cleaning\n\nAdd up the delays, and divide by how many there are."),
        nbformat.v4.new_code_cell(CODE), nbformat.v4.new_code_cell(ASK),
    ]  # fmt: skip
    nbformat.write(node, folder / "cleaning.ipynb")
    with jupyterlab(home, tmp_path_factory.mktemp("learner")) as server:
        yield server


def enter(page: Page, course: tuple[Class, str], name: str) -> None:
    made, url = course
    with Remote(url, "pandas", made.tokens[name]) as service:
        page.goto(service.ticket())
    page.get_by_role("button", name="Come in").click()
    page.get_by_role("link", name="Questions", exact=True).click()
    expect(page.get_by_role("heading", name="Questions", exact=True)).to_be_visible()


def run_cell(page: Page, words: str) -> None:
    page.locator(".jp-CodeCell .cm-content", has_text=words).click()
    page.keyboard.press("Control+Enter")


def test_an_answer_appears_at_the_cell_where_something_was_asked(
    course: tuple[Class, str],
    lab: Server,
    new_page: Callable[..., Page],
    picture: Callable[..., None],
) -> None:
    made, _url = course
    page = new_page(viewport={"width": 1000, "height": 760})
    page.goto(lab.address("lab/tree/cleaning/cleaning.ipynb"))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=60_000)
    run_cell(page, "delays = [4")
    expect(page.get_by_text("TypeError").first).to_be_visible()
    run_cell(page, "course.ask")
    card = page.locator(".course-card")
    expect(card).to_contain_text("Your instructor has it", timeout=30_000)
    (asked,) = record.read(lab.folder / "cleaning").asked
    (group,) = threads.board(made.own("ivan"))
    assert group[0].question["id"] == asked.id
    assert "sum(delays)" in group[0].question["code"]
    assert group[0].question["error"].startswith("TypeError")

    desk = new_page(viewport={"width": 1000, "height": 900})
    enter(desk, course, "ivan")
    desk.get_by_role("link", name="Why can I not add up").click()
    expect(desk.get_by_text("TypeError")).to_be_visible()
    desk.get_by_label("Your answer").fill(ANSWER)
    desk.get_by_label("Publish").check()
    accessible(desk, "body")
    desk.get_by_role("button", name="Send").click()
    expect(desk.locator(".answer pre")).to_contain_text("is not None")
    accessible(desk, "body")
    picture(desk, "question-thread.png")

    run_cell(page, "course.ask")
    expect(card).to_contain_text("Ivan answers", timeout=30_000)
    expect(card.locator("pre")).to_contain_text("is not None")
    picture(page, "ask.png")


def test_the_list_shows_what_many_ask_and_what_waited_too_long(
    course: tuple[Class, str], new_page: Callable[..., Page], picture: Callable[..., None]
) -> None:
    import datetime as dt
    import uuid

    from course.database import now
    from course.office import tables

    made, _url = course

    def ask(name: str, text: str, **more: str) -> None:
        one = Asked(str(uuid.uuid4()), "grouping", text, "2026-11-30T09:00:00+01:00", **more)
        asking.ask(made.own(name), [one])

    ask("ana", "Do I need to sort before I group?", exercise="by-carrier")
    with made.office.transaction() as connection:
        table = tables.question
        late = table.c.text.contains("sort before")
        connection.execute(table.update().where(late).values(at=now() - dt.timedelta(days=3)))
    ask(
        "ana",
        "Why do I get a KeyError for carrier?",
        exercise="by-carrier",
        error="KeyError: 'carrier'",
    )
    ask(
        "ben",
        "I get a KeyError but carrier is there",
        exercise="by-carrier",
        error="KeyError: 'Carrier'",
    )
    ask("ben", "What is the median for?", exercise="median", test="median is used")
    page = new_page(viewport={"width": 1000, "height": 800})
    enter(page, course, "ivan")
    shown = page.locator(".groups > li")
    expect(shown.first).to_contain_text("waited too long")
    expect(shown.first).to_contain_text("sort before")
    expect(shown.nth(1)).to_contain_text("2 ask this")
    accessible(page, "body")
    picture(page, "question-list.png")
    page.emulate_media(color_scheme="dark")
    accessible(page, "body")
    picture(page, "question-list-dark.png")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.get_by_role("link", name="What is the median for?").click()
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.locator(".mark.closed")).to_be_visible()
    page.get_by_role("link", name="All questions").click()
    expect(page.get_by_text("What is the median for?")).to_have_count(0)


def test_a_learner_reads_all_in_a_narrow_window(
    course: tuple[Class, str], new_page: Callable[..., Page]
) -> None:
    page = new_page(viewport={"width": 320, "height": 640})
    enter(page, course, "ben")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 320, "nothing has to be scrolled sideways"
    expect(page.get_by_text("Ivan, instructor")).to_have_count(0)


def test_a_class_in_one_room_votes_and_follows_its_instructor(
    course: tuple[Class, str], new_page: Callable[..., Page]
) -> None:
    made, _url = course
    sections = [{"id": "gaps", "title": "Find the gaps", "objectives": [], "questions": []}]
    text = sheet.build("cleaning", [], "", {"title": "Cleaning", "sections": sections})
    book = nbformat.writes(nbformat.v4.new_notebook()).encode()
    made.teaching().publish(
        "cleaning", archive.pack({"cleaning.ipynb": book, sheet.NAME: text.encode()})
    )
    ivan, ben = (
        new_page(viewport={"width": 1000, "height": 1000}),
        new_page(viewport={"width": 600, "height": 800}),
    )
    enter(ivan, course, "ivan")
    enter(ben, course, "ben")
    for page in (ivan, ben):
        page.get_by_role("link", name="Live").click()
    expect(ben.get_by_text("Nothing is live just now")).to_be_visible()
    ivan.get_by_role("button", name="Show to the class").click()
    ivan.get_by_label("Question").fill("Which one do extremes fool?")
    ivan.get_by_label("Options").fill("the mean\nthe median")
    ivan.get_by_role("button", name="Begin the poll").click()
    expect(ben.get_by_text("Find the gaps")).to_be_visible(
        timeout=10_000
    )  # without loading it again
    ben.get_by_label("the mean").check()
    accessible(ben, "body")
    ben.get_by_role("button", name="Vote").click()
    expect(ben.get_by_role("button", name="Change my vote")).to_be_visible()
    expect(ben.get_by_role("progressbar")).to_have_count(0)
    expect(ivan.locator("#live").get_by_text("1 vote", exact=True)).to_be_visible(timeout=10_000)
    accessible(ivan, "body")
    ivan.get_by_role("button", name="End the poll").click()
    expect(ben.get_by_role("progressbar", name="the mean: 1 of 1")).to_be_visible(timeout=10_000)
