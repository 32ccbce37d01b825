"""The pages of oversight as people see them: light, dark, narrow; with a keyboard, and by axe-core."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import TOKEN, Server, Term, accessible, serving
from playwright.sync_api import Page, expect
from rich.console import Console

from course.cli.make import lab_command
from course.demo.play import play
from course.lesson import record
from course.report import render
from course.report.page import Choice
from course.term.overseeing import Oversight

pytestmark = pytest.mark.thorough

NewPage = Callable[..., Page]


@pytest.fixture(scope="module")
def desk(term: Term, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = term.course.layout.submission("ben", "first-look")
    for number in range(6):
        record.append(
            folder,
            "attempted",
            "late-from",
            {"success": False, "passed": 0, "of": 2},
            {"digest": f"{number}"},
        )
    record.append(folder, "asked", "late-from", {"response": "Why does it say <b>False</b>?"})
    root = term.course.layout.root
    with serving(
        [*lab_command(root, None), "--DeskApp.grader=Maria"], root, tmp_path_factory.mktemp("home")
    ) as server:
        yield server


@pytest.mark.parametrize(
    "look",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 390, "height": 844}}],
    ids=["light", "dark", "narrow"],
)
@pytest.mark.parametrize(
    "place", ["", "/worklist", "/lesson/first-look", "/learner/ben", "/objective/select"]
)
def test_every_page_is_accessible_and_fits(
    desk: Server, new_page: NewPage, place: str, look: dict[str, object]
) -> None:
    page = new_page(**look)
    page.goto(f"{desk.url}/course/oversight{place}?token={TOKEN}")
    expect(page.locator("h1")).to_be_visible()
    accessible(page, "main")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"
    assert page.evaluate("window.hacked") is None


def test_an_entry_is_put_to_rest_with_the_keyboard(desk: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{desk.url}/course/oversight/worklist?token={TOKEN}")
    entry = page.locator('.entry[data-kind="asked"]')
    expect(entry).to_contain_text("Why does it say <b>False</b>?")
    entry.locator("summary").focus()
    page.keyboard.press("Enter")
    entry.locator("input").fill("answered by mail")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_have_text("It rests until something new happens.")
    expect(entry).to_have_count(0)
    page.reload()
    expect(page.locator(".entry").first).to_be_visible()
    expect(entry).to_have_count(0)


def test_a_name_leads_to_the_evidence_and_on_to_the_answer(desk: Server, new_page: NewPage) -> None:
    page = new_page()
    page.goto(f"{desk.url}/course/oversight?token={TOKEN}")
    page.get_by_role("link", name="Ben Okafor").click()
    expect(page.locator("h1")).to_have_text("Ben Okafor")
    expect(page.locator("table.select")).to_contain_text("autograder")
    page.locator("table.select a").first.click()
    expect(page.locator("#paper")).to_be_visible()


LIGHT = {"viewport": {"width": 1100, "height": 1000}}


@pytest.mark.thorough
def test_the_demos_report_is_worth_looking_at(
    tmp_path: Path, new_page: NewPage, picture: Callable[..., None]
) -> None:
    course = play(tmp_path / "demo", Console(file=io.StringIO()))
    oversight = Oversight(course)
    alone = tmp_path / "demo" / "report.html"
    for name, look, kind, names in (
        ("course", LIGHT, "course", ()),
        ("dark", LIGHT | {"color_scheme": "dark"}, "lesson", ("personal-data",)),
        ("narrow", {"viewport": {"width": 390, "height": 844}}, "worklist", ()),
        ("learner", LIGHT, "learner", ("chloe",)),
        ("paper", {"viewport": {"width": 794, "height": 1123}}, "objective", ("clean-types",)),
    ):
        if kind != "course":
            alone.write_text(render.html(oversight.page(kind, names, Choice())), encoding="utf-8")
        page = new_page(**look)
        if name == "paper":
            page.emulate_media(media="print")
        page.goto(f"file://{alone}")
        accessible(page, "main")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            "nothing sticks out"
        )
        picture(page, f"oversight-{name}.png")
    assert render.pdf(oversight.page("course", (), Choice())).startswith(b"%PDF")
