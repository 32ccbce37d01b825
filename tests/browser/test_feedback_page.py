"""The feedback page in a browser: readable everywhere, and nothing on it runs."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LESSON, Term, accessible
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.thorough

LIGHT_AND_DARK = pytest.mark.parametrize("scheme", ["light", "dark"])


def returned(term: Term, learner: str) -> Path:
    """Return the page as `course return` wrote it."""
    return term.course.layout.feedback / learner / LESSON / f"{LESSON}.html"


def show(page: Page, term: Term, learner: str) -> None:
    page.goto(returned(term, learner).as_uri())


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_the_page_says_what_was_right_what_was_not_and_what_a_person_wrote(
    term: Term, new_page: Callable[..., Page], picture: Callable[..., None]
) -> None:
    page = new_page(viewport={"width": 820, "height": 1180})
    show(page, term, "ben")
    expect(page.get_by_role("heading", level=1)).to_have_text("Feedback: A first look at a table")
    expect(page.get_by_text("You joined the conditions with | (or).").first).to_be_visible()
    expect(page.get_by_text("what one row stands for")).to_have_css("font-weight", "700")
    expect(page.locator("code", has_text='flights["origin", "dest"]')).to_be_visible()
    picture(page, "feedback.png")


@LIGHT_AND_DARK
@pytest.mark.parametrize("learner", ["ana", "ben", "mallory"])
def test_axe_finds_nothing_grave(
    term: Term, new_page: Callable[..., Page], scheme: str, learner: str
) -> None:
    page = new_page(color_scheme=scheme)
    show(page, term, learner)
    accessible(page, "html")


@LIGHT_AND_DARK
@pytest.mark.parametrize("learner", ["ben", "mallory"])
def test_a_phone_needs_no_scrolling_sideways(
    term: Term, new_page: Callable[..., Page], tmp_path: Path, scheme: str, learner: str
) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    show(page, term, learner)
    assert not scrolls_sideways(page)
    page.screenshot(path=tmp_path / "phone.png", full_page=True)


def test_dark_is_dark_and_paper_is_light(
    term: Term, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    def brightness(page: Page) -> float:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return float(colour.removeprefix("rgb(").split(",")[0])

    page = new_page(color_scheme="dark")
    show(page, term, "ben")
    assert brightness(page) < 60
    page.screenshot(path=tmp_path / "dark.png", full_page=True)
    page.emulate_media(media="print", color_scheme="dark")
    assert brightness(page) == 255
    assert not scrolls_sideways(page)
    page.screenshot(path=tmp_path / "print.png", full_page=True)
    expect(page.locator("section").first).to_have_css("break-inside", "avoid")


@pytest.mark.parametrize("learner", ["ana", "ben", "mallory"])
def test_nothing_on_the_page_runs_or_is_loaded(
    term: Term, new_page: Callable[..., Page], learner: str
) -> None:
    page, dialogs, requests = new_page(), [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))
    show(page, term, learner)
    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content")
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    for selector in ("script", "img", "iframe", "[onerror]", '[href^="javascript" i]'):
        assert page.locator(selector).count() == 0, selector
    for link in page.get_by_text("read this").all():
        link.click()
    assert page.evaluate("window.hacked") is None
    assert dialogs == []
    assert [url for url in requests if not url.startswith("file:")] == []


def test_what_a_hostile_learner_wrote_is_shown_as_text(
    term: Term, new_page: Callable[..., Page]
) -> None:
    """So the test above is not about a page on which these texts don't stand at all."""
    page = new_page()
    show(page, term, "mallory")
    text = page.locator("body").inner_text()
    assert text.count("<script>window.hacked = 1; alert(1)</script>") >= 2  # name, comment
    assert text.count("onerror=") >= 2
