"""`course demo --live` as a visitor meets it: joined by the link, the lesson opened, asked, voted, left; each page looked at."""

import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import live_demo
import pytest
from classroom import course
from conftest import accessible
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.thorough

SHOTS = Path(os.environ["COURSE_SHOTS"]) if "COURSE_SHOTS" in os.environ else None


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Run the demo; yields its folder and the link by which one joins."""
    with live_demo.running(tmp_path) as log:
        end = time.monotonic() + 300
        while not (found := re.search(r"join in a browser: (\S+)", log.read_text("utf-8"))):
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.2)
        yield tmp_path / "demo", found[1]


def looked_at(page: Page, name: str) -> None:
    """Look at a page in light and dark, wide and on a telephone: accessible, and nothing to scroll sideways."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1000, 360):
            page.set_viewport_size({"width": width, "height": 760})
            accessible(page, "body")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
            if SHOTS:
                page.screenshot(path=SHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1000, "height": 760})


def test_a_visitor_joins_works_asks_votes_and_leaves(  # noqa: PLR0915  one visit from door to door
    demo: tuple[Path, str], new_page: Callable[..., Page]
) -> None:
    folder, link = demo
    page, desk = new_page(), new_page(locale="de-DE")
    page.goto(link)
    looked_at(page, "join")
    page.get_by_label("How others call you").fill("<b>")
    page.get_by_role("button", name="Join the course").click()
    expect(page.get_by_role("alert")).to_contain_text("This is no name")
    looked_at(page, "join-wrong")
    page.get_by_label("How others call you").fill("Ana Kovač")
    page.get_by_role("button", name="Join the course").click()
    expect(page.get_by_role("heading", name="Welcome, Ana Kovač")).to_be_visible(timeout=90_000)
    looked_at(page, "joined")

    inside = page.get_by_role("link", name="Lessons, questions and what is live").get_attribute(
        "href"
    )
    page.get_by_role("link", name="Open the first lesson").click()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=120_000)
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    page.keyboard.type('import course; course.ask("Where do I begin?")')
    page.keyboard.press("Control+Enter")
    expect(page.locator(".course-card").first).to_contain_text(
        "Your instructor has it", timeout=90_000
    )

    page.goto(urljoin(link, inside))  # whoever joined here is signed in
    expect(page.get_by_role("heading", level=1)).to_contain_text("pandas")
    expect(page.get_by_text("A first look at a table")).to_be_visible()
    looked_at(page, "home")
    page.get_by_role("link", name="Questions", exact=True).click()
    looked_at(page, "questions")
    page.get_by_role("link", name="Where do I begin?").click()
    looked_at(page, "thread")

    desk.goto(course("enter", folder / "course").out.split()[-1])
    looked_at(desk, "enter-de")
    desk.get_by_role("button", name="Eintreten").click()
    expect(desk.get_by_role("navigation")).to_contain_text("Fragen")
    looked_at(desk, "home-staff-de")
    desk.get_by_role("link", name="Fragen", exact=True).click()
    desk.get_by_role("link", name="Where do I begin?").click()
    desk.get_by_label("Ihre Antwort").fill("At the **first** cell.")
    desk.get_by_role("button", name="Senden").click()
    expect(desk.locator(".answer strong")).to_have_text("first")
    looked_at(desk, "thread-staff-de")
    desk.get_by_role("link", name="Live", exact=True).click()
    desk.get_by_text("Etwas Eigenes fragen").click()
    desk.get_by_label("Frage", exact=True).fill("Which one do extremes fool?")
    desk.get_by_label("Antworten, eine je Zeile").fill("the mean\nthe median")
    desk.get_by_role("button", name="Umfrage beginnen").click()
    desk.get_by_role("button", name="Der Klasse zeigen").click()

    page.get_by_role("link", name="Live", exact=True).click()
    page.get_by_label("the median").check()
    looked_at(page, "live")
    page.get_by_role("button", name="Vote", exact=True).click()
    expect(page.get_by_role("button", name="Change my vote")).to_be_visible()
    expect(desk.locator("#live")).to_contain_text("1 Stimme", timeout=20_000)
    looked_at(desk, "live-staff-de")
    desk.get_by_role("button", name="Umfrage beenden").click()
    expect(page.get_by_role("progressbar", name="the median: 1 of 1")).to_be_visible(timeout=20_000)
    looked_at(page, "live-over")

    live = page.url
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    looked_at(page, "left")
    page.goto(live)
    expect(page.get_by_role("heading", name="This browser is not signed in")).to_be_visible()
    looked_at(page, "refusal")
