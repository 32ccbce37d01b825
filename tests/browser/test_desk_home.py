"""The desk's home in a real browser: what an instructor sees first, and how the desk is found from JupyterLab."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import LESSON, Server, Term, accessible, jupyterlab, serving
from playwright.sync_api import Page, expect

from course.cli.make import lab_command
from course.term import Course

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def desk(term: Term, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, Server]]:
    """The class of all browser tests, in which carla's file was cut off on its way."""
    base = tmp_path_factory.mktemp("desk-home")
    root = base / "course"
    shutil.copytree(term.course.layout.root, root, symlinks=True)
    course = Course.open(root)
    work = course.layout.submission("carla", LESSON)
    shutil.copytree(course.layout.release / LESSON, work)
    path = work / f"{LESSON}.ipynb"
    path.write_text(path.read_text(encoding="utf-8")[:-2000], encoding="utf-8")
    prepared = course.prepare(LESSON)
    (graded,) = course.autograde(prepared, course.todo(prepared)[0])
    assert graded.reason
    with serving([*lab_command(root, None), "--DeskApp.grader=Maria"], root, base) as server:
        yield course, server


def test_home_looks_good_by_day_by_night_and_at_400_percent(
    desk: tuple[Course, Server], new_page: Callable[..., Page], picture: Callable[..., None]
) -> None:
    _, server = desk
    for scheme in ("dark", "light"):
        page = new_page(color_scheme=scheme)
        page.goto(server.address("course/"))
        expect(page.get_by_role("heading", name="Could not be graded")).to_be_visible()
        accessible(page, "body")
    picture(page, "desk-home.png")
    narrow = new_page(viewport={"width": 320, "height": 800})  # 1280 at 400 %
    narrow.goto(server.address("course/"))
    accessible(narrow, "body")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320
    narrow.goto(narrow.get_by_role("link", name="answers to").first.evaluate("link => link.href"))
    expect(narrow.get_by_role("button", name="Show")).to_be_visible()
    accessible(narrow, "body")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 320


def test_by_keys_alone_a_learner_is_asked_and_a_broken_file_is_read_and_graded(
    desk: tuple[Course, Server], new_page: Callable[..., Page]
) -> None:
    course, server = desk
    page = new_page()
    page.goto(server.address("course/"))
    page.locator("summary", has_text="Ask the learner").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Which program saved this file?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    status = page.locator("#said")
    expect(status).to_contain_text("The question is kept")
    expect(page.locator(".reason")).to_contain_text("asks: Which program saved this file?")
    page.get_by_role("button", name="Read the cells that are whole").focus()
    page.keyboard.press("Enter")
    expect(status).to_contain_text("whole cells of")
    # the autograder runs, and home shows its end by itself
    expect(page.get_by_text("Every submission was graded.")).to_be_visible(timeout=60_000)
    expect(status).to_contain_text(f"The autograder is done with {LESSON}")
    assert course.triage() == []


def test_the_autograder_is_started_by_its_button_and_its_end_is_told(
    desk: tuple[Course, Server], new_page: Callable[..., Page]
) -> None:
    _, server = desk
    page = new_page()
    page.goto(server.address("course/"))
    page.locator(f'tr[data-lesson="{LESSON}"]').get_by_role("button", name="Autograde").click()
    expect(page.locator(f'tr[data-lesson="{LESSON}"] progress')).to_be_visible()
    expect(page.locator("#said")).to_contain_text("is done", timeout=60_000)
    expect(page.locator(f'tr[data-lesson="{LESSON}"] progress')).to_have_count(0)


def test_jupyterlab_leads_to_the_desk_from_launcher_and_menu_where_there_is_a_course(
    desk: tuple[Course, Server], new_page: Callable[..., Page]
) -> None:
    _, server = desk
    page = new_page()
    page.goto(server.address("lab"))
    card = page.locator(".jp-LauncherCard", has_text="Grading desk")
    with page.context.expect_page() as opened:
        card.click(timeout=60_000)
    expect(opened.value.get_by_role("heading", name="Lessons")).to_be_visible()
    page.get_by_role("menuitem", name="File", exact=True).click()
    item = page.get_by_role("menuitem", name="Grading desk")
    with page.context.expect_page() as again:
        item.click()
    expect(again.value).to_have_url(f"{server.url}/course/")


def test_a_learner_s_jupyterlab_says_nothing_of_a_desk(
    tmp_path: Path, new_page: Callable[..., Page]
) -> None:
    (tmp_path / "home").mkdir()
    with jupyterlab(tmp_path / "home", tmp_path) as server:
        page = new_page()
        page.goto(server.address("lab"))
        expect(page.locator(".jp-LauncherCard").first).to_be_visible(timeout=60_000)
        expect(page.locator(".jp-LauncherCard", has_text="Grading desk")).to_have_count(0)
        missing = page.goto(server.address("course/"))
        assert missing is not None
        assert missing.status == 404
