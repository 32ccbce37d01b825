"""Signing in with a browser at a real JupyterHub, behind its proxy: in, where one wanted to be, and out again."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import hub as hubs
import pytest
from conftest import accessible
from playwright.sync_api import Browser, BrowserContext, Page, expect

from course.office import joining
from course.office.office import Office

pytestmark = pytest.mark.thorough

COURSE, PLACE = "pandas-at-work", "/services/course"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.Hub]:
    with hubs.running(tmp_path_factory.mktemp("hub")) as running:
        with Office(running.folder / "office") as office, office.transaction() as connection:
            joining.enrol(connection, COURSE, "ana", shown="Ana Kovač")
            joining.enrol(connection, COURSE, "grace", shown="Grace", role="grader")
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()


def sign_in(page: Page, hub: hubs.Hub, name: str, place: str = f"{PLACE}/") -> None:
    page.goto(hub.public + place)
    if page.get_by_role("link", name="Sign in with the JupyterHub").is_visible():
        page.get_by_role("link", name="Sign in with the JupyterHub").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("open sesame")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Authorize").click()


def test_who_is_on_the_list_signs_in_lands_on_their_page_and_signs_out(
    hub: hubs.Hub, context: BrowserContext
) -> None:
    page = context.new_page()
    sign_in(page, hub, "ana")
    expect(page.get_by_role("heading", name=COURSE)).to_be_visible()
    expect(page.get_by_text("Ana Kovač, learner")).to_be_visible()
    assert page.url == f"{hub.public}{PLACE}/courses/{COURSE}"
    accessible(page, "body")
    (cookie,) = [each for each in context.cookies() if each["name"] == "course-session"]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    accessible(page, "body")
    assert not [each for each in context.cookies() if each["name"] == "course-session"]
    old = httpx.get(
        page.url.removesuffix("/leave") + "/questions", cookies={"course-session": cookie["value"]}
    )
    assert (old.status_code, "token was revoked" in old.text) == (401, True)
    page.get_by_role("link", name="Sign out there, too").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_who_wanted_a_page_is_led_there(hub: hubs.Hub, context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, hub, "grace", f"{PLACE}/courses/{COURSE}/live")
    expect(page.get_by_role("heading", name="Live", exact=True)).to_be_visible()
    expect(page.get_by_text("Grace, grader")).to_be_visible()


def test_who_is_on_no_list_is_told_what_to_do(hub: hubs.Hub, context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, hub, "eve")
    expect(page.get_by_role("heading", name="'eve' is on no course's list here")).to_be_visible()
    expect(page.get_by_text("ask your instructor for a link")).to_be_visible()
    accessible(page, "body")


def test_with_two_courses_one_chooses(hub: hubs.Hub, context: BrowserContext) -> None:
    with Office(hub.folder / "office") as office:
        office.open_course("statistics")
        with office.transaction() as connection:
            joining.enrol(connection, COURSE, "dora")
            joining.enrol(connection, "statistics", "dora")
    page = context.new_page()
    sign_in(page, hub, "dora")
    expect(page.get_by_role("heading", name="You are signed in as dora")).to_be_visible()
    accessible(page, "body")
    for course in ("statistics", COURSE):
        page.goto(f"{hub.public}{PLACE}/")
        page.get_by_role("link", name=course).click()
        expect(page.get_by_text("dora, learner")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{hub.public}{PLACE}/courses/statistics/questions")
    expect(page.get_by_role("heading", name="This browser is not signed in")).to_be_visible()


def test_a_sign_in_that_another_browser_began_lets_nobody_in(hub: hubs.Hub) -> None:
    with httpx.Client(base_url=hub.service) as victim, httpx.Client(base_url=hub.service) as eve:
        begun = eve.get("/sign-in")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert asked["code_challenge_method"] == ["S256"]
        (state,) = asked["state"]
        back = f"/oauth_callback?code=abc&state={state}"
        for client, says in (
            (victim, "this sign-in was not begun in this browser"),
            (eve, "the JupyterHub does not confirm who you are"),
            (eve, "this sign-in is too old, or was used"),
        ):
            told = client.get(back)
            assert told.status_code in (403, 503)
            assert says.casefold() in told.text.casefold()
            assert "course-session" not in told.headers.get("set-cookie", "")
        refused = eve.get("/oauth_callback?error=access_denied")
        assert (refused.status_code, "you were not signed in" in refused.text.casefold()) == (
            403,
            True,
        )
        away = eve.get("/sign-in?to=https://evil.example.org/courses/")
        assert not re.search("evil", away.headers["location"])
