"""A class in one room, in its notebooks: where the class is, and a poll that is answered in the lesson."""

from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import Server, accessible, jupyterlab
from offices import Class, classroom, served
from playwright.sync_api import Page, expect

from course import archive
from course.exchange.access import Access
from course.exchange.remote import Remote
from course.office import live
from course.questions import Item, Option, sheet

pytestmark = pytest.mark.thorough

POLL = "Which summary would you trust?"
FAR = "\n\n".join("A paragraph to read on the way." for _ in range(60))


def items() -> list[Item]:
    options = (Option("m", "the mean"), Option("d", "the median"))
    return [Item("trust", "poll", POLL, mode="practice", options=options)]


def lesson(folder: Path) -> None:
    """Write a lesson with `course.live`, two sections far apart, and a poll."""
    folder.mkdir(parents=True)
    sections = [
        {"id": "gaps", "title": "Find the gaps", "objectives": [], "questions": []},
        {"id": "types", "title": "Mend the types", "objectives": [], "questions": ["trust"]},
    ]
    about = {"title": "Cleaning", "minutes": 30, "sections": sections}
    (folder / sheet.NAME).write_text(sheet.build("cleaning", items(), "", about), encoding="utf-8")
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    node = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    text, code = nbformat.v4.new_markdown_cell, nbformat.v4.new_code_cell
    node.cells = [
        text("# Cleaning"), code("import course\ncourse.live()"), text(f"## Find the gaps\n\n{FAR}"),
        text("## Mend the types"), code('course.quiz("trust")'),
    ]  # fmt: skip
    nbformat.write(node, folder / "cleaning.ipynb")


@pytest.fixture
def course(tmp_path: Path) -> Iterator[tuple[Class, str, Path]]:
    """Return a class, its service, and the folder of ana, who joined it; the service is away at the end."""
    with classroom(tmp_path / "office") as made, served(made.office) as url:
        home = tmp_path / "ana"
        lesson(home / "cleaning")
        Access(home, url, "pandas", "ana", made.tokens["ana"]).keep()
        files = {path.name: path.read_bytes() for path in (home / "cleaning").iterdir()}
        made.teaching().publish("cleaning", archive.pack(files))
        yield made, url, home


@pytest.fixture
def lab(course: tuple[Class, str, Path], tmp_path: Path) -> Iterator[Server]:
    base = tmp_path / "learner"
    base.mkdir()
    with jupyterlab(course[2], base) as server:
        yield server


def test_a_notebook_shows_where_the_class_is_and_its_quiz_is_a_vote(  # noqa: PLR0915  one hour in one room
    course: tuple[Class, str, Path],
    lab: Server,
    new_page: Callable[..., Page],
    picture: Callable[..., None],
) -> None:
    made, url, _home = course
    page = new_page(viewport={"width": 1000, "height": 760})
    page.goto(lab.address("lab/tree/cleaning/cleaning.ipynb"))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=90_000)
    page.get_by_text("Run", exact=True).first.click()
    page.get_by_text("Run All Cells", exact=True).click()
    card = page.locator(".course-live")
    expect(card).to_contain_text("Nothing is live just now", timeout=60_000)

    desk = new_page(viewport={"width": 1000, "height": 900})
    with Remote(url, "pandas", made.tokens["ivan"]) as service:
        desk.goto(service.ticket())
    desk.get_by_role("button", name="Come in").click()
    desk.get_by_role("link", name="Live", exact=True).click()
    desk.get_by_label("We are at").select_option("cleaning/types")
    desk.get_by_role("button", name="Show to the class").click()
    desk.get_by_role("button", name="Ask the class now").click()
    expect(desk.locator("#live")).to_contain_text("This is “trust” of cleaning")
    accessible(desk, "body")
    picture(desk, "live.png")

    expect(card).to_contain_text("The class is at: Mend the types", timeout=30_000)
    expect(card).to_contain_text(POLL)
    card.scroll_into_view_if_needed()
    accessible(page, ".course-live")
    picture(page, "live-notebook.png")
    heading = page.locator(".jp-MarkdownOutput h2", has_text="Mend the types")
    expect(heading).not_to_be_in_viewport()
    card.get_by_role("button", name="Go there").click()
    expect(heading).to_be_in_viewport()

    page.locator(".course-quiz").get_by_label("the median").check()
    page.locator(".course-quiz").get_by_role("button").first.click()
    expect(desk.locator("#live")).to_contain_text("1 vote", timeout=30_000)
    assert live.look(made.own("ana")).poll.mine == 1  # type: ignore[union-attr]
    page.locator(".course-quiz").get_by_label("the mean").check()
    page.locator(".course-quiz").get_by_role("button").first.click()
    expect(desk.get_by_role("progressbar", name="the mean: 1 of 1")).to_be_visible(timeout=30_000)
    desk.get_by_role("button", name="End the poll").click()
    card.scroll_into_view_if_needed()
    expect(card).to_contain_text("What the class said", timeout=30_000)
    expect(card).to_contain_text("the mean: 1")

    desk.get_by_text("Ask something of your own").click()
    desk.get_by_label("Question", exact=True).fill("Shall we go on?")
    desk.get_by_label("Options").fill("yes\nno")
    desk.get_by_role("button", name="Begin the poll").click()
    yes = card.get_by_role("button", name="yes")
    yes.click(timeout=30_000)
    expect(card.locator("button[aria-pressed=true]")).to_have_text("yes", timeout=30_000)
    expect(yes).to_be_focused()
    accessible(page, ".course-live")
    expect(desk.locator("#live")).to_contain_text("1 vote", timeout=30_000)

    with Remote(url, "pandas", made.tokens["ivan"]) as service:
        service.revoke_tokens("ana")  # as good as no network: the service answers her no more
    expect(card).to_contain_text("can't be reached just now", timeout=30_000)
