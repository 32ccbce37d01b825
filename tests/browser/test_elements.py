"""Video, sections, progress and reflections in JupyterLab, as a learner meets them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import nbformat
import pytest
from conftest import LESSON, Server, Term, accessible, jupyterlab
from playwright.sync_api import Browser, Page, expect
from test_lesson import choose

from course.study import Study

pytestmark = pytest.mark.thorough

NOTEBOOK = "elements.ipynb"
GATED = "gated.ipynb"
VIDEO = "what-is-a-table.webm"


@pytest.fixture(scope="module")
def lab(term: Term, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on the lesson as dora fetched it, with only the cells that this is about."""
    home = term.learners / "dora"
    home.mkdir()
    folder = Study.join(home, term.course.layout.root, "dora").fetch(LESSON)
    node = nbformat.read(folder / f"{LESSON}.ipynb", 4)
    wanted = ("section-look", "video", "reflect", "progress")
    node.cells = [cell for cell in node.cells if cell.id in wanted]
    node.cells.insert(0, nbformat.v4.new_code_cell("import course"))
    nbformat.write(node, folder / NOTEBOOK)
    gate = 'course.gate(section="look", skip=True)'
    cells = ["import course", 'course.ask("Is <b>this</b> a table?", about="table-facts")']
    node.cells = [nbformat.v4.new_code_cell(cell) for cell in [*cells, gate, "print(6 * 7)"]]
    nbformat.write(node, folder / GATED)
    with jupyterlab(home, tmp_path_factory.mktemp("dora")) as server:
        yield server


@pytest.fixture(scope="module")
def page(lab: Server, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 1060}, locale="en-GB")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    opened.goto(lab.address(f"lab/tree/{LESSON}/{NOTEBOOK}"))
    expect(opened.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=45_000)
    run_all(opened)
    yield opened
    context.close()


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    label = page.locator(".lm-Menu-itemLabel", has_text=re.compile(r"^Run All Cells$"))
    page.locator(".lm-Menu-item").filter(has=label).click()


def recorded(lab: Server, verb: str) -> list[Any]:
    path = lab.folder / LESSON / "record.jsonl"
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [entry for entry in entries if entry["verb"].endswith(verb)]


def test_a_video_stops_for_its_question_and_goes_on_after_the_answer(
    page: Page, lab: Server, picture: Callable[..., None]
) -> None:
    video = page.locator(".course-video video")
    expect(video).to_be_attached()
    video.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.course-video video').readyState >= 1")
    assert video.evaluate("video => video.textTracks[0].kind") == "captions"
    assert video.evaluate("video => Math.round(video.duration)") in range(60, 121)

    page.get_by_text("Transcript").click()
    page.get_by_role("button", name="Each row is one thing").click()
    assert video.evaluate("video => video.currentTime") == pytest.approx(9.9, abs=0.3)
    accessible(page, ".course-video")
    video.evaluate("video => { video.muted = true; video.currentTime = 19; return video.play(); }")

    status = page.locator(".course-video").get_by_role("status")
    expect(status).to_contain_text("A question about what you saw is below")
    assert video.evaluate("video => [video.paused, video.currentTime]") == [True, 21]
    form = page.locator("form").filter(has=page.get_by_role("group", name="What does one row"))
    expect(form).to_be_in_viewport()
    page.mouse.move(2, 500)
    picture(page, "video.png")
    form.get_by_label("one aircraft").check()
    form.get_by_role("button", name="Check answer").click()
    expect(status).to_contain_text("Not right: see why below")
    expect(form.get_by_text("an aircraft flies many times a year")).to_be_in_viewport(ratio=1)
    assert video.evaluate("video => video.paused"), "nobody reads why while it goes on"
    form.get_by_label("one planned departure from New York").check()
    form.get_by_role("button", name="Check answer").click()
    page.wait_for_function("document.querySelector('.course-video video').currentTime > 21.5")
    video.evaluate("video => video.pause()")
    page.wait_for_timeout(500)

    (*_, last) = recorded(lab, "watch")
    assert last["object"] == VIDEO
    assert last["result"]["position"] > 21.5
    seen = last["result"]["segments"]
    assert sum(end - start for start, end in seen) < 10, "what was jumped over was not watched"


def test_words_of_ones_own_are_kept_and_a_second_run_records_nothing(
    page: Page, lab: Server, picture: Callable[..., None]
) -> None:
    form = page.locator("form").filter(
        has=page.get_by_role("group", name="What surprised you in this lesson?")
    )
    field = form.get_by_label("Your answer")
    field.fill("That a cancelled")
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.dataset.old = '' })")
    run_all(page)
    expect(page.locator("form[data-old]")).to_have_count(0)
    expect(field).to_have_value("That a cancelled")  # not kept yet, and not lost
    expect(form).to_contain_text("Press “Keep my words” to keep this.")
    field.fill("That a cancelled flight has a row.")
    page.get_by_role("button", name="Keep my words").click()
    expect(page.get_by_text("Kept. Your instructor reads it")).to_be_visible()
    before = (lab.folder / LESSON / "record.jsonl").read_text()

    run_all(page)

    expect(page.locator(".course-card").last).to_contain_text(
        "What is in the table? (cells-of-a-table)"
    )
    expect(page.locator(".course-video").get_by_role("status")).to_contain_text(
        "You stopped at 0:2"
    )
    expect(field).to_have_value("That a cancelled flight has a row.")
    accessible(page, ".course-card")
    page.locator(".course-card").last.scroll_into_view_if_needed()
    picture(page, "progress.png")
    assert (lab.folder / LESSON / "record.jsonl").read_text() == before


def test_a_question_is_kept_and_a_gate_lets_pass_whom_the_author_lets(
    page: Page, lab: Server
) -> None:
    # by itself: the menu would be about the notebook that was open before, for a while
    page.goto(lab.address(f"lab/tree/{LESSON}/{GATED}") + "&reset")
    shown = page.locator(".jp-Notebook:visible")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=45_000)
    run_all(page)
    expect(shown.get_by_text("Your question is in your record.")).to_be_visible(timeout=30_000)
    (asked,) = recorded(lab, "asked")
    assert asked["result"]["response"] == "Is <b>this</b> a table?"
    assert asked["object"] == "table-facts"
    expect(shown.get_by_text("Do this first, then run this cell again.")).to_be_visible()

    shown.get_by_role("button", name="Go on without it").press("Enter")
    expect(shown.get_by_text("Noted. Run this cell again, and go on.")).to_be_visible()
    assert [each["object"] for each in recorded(lab, "skipped")] == ["look"]
    expect(shown.get_by_text("42", exact=True)).to_be_hidden()  # "Run All" ended at the gate

    run_all(page)
    expect(shown.get_by_text("You went on without")).to_be_visible()
    expect(shown.get_by_text("42", exact=True)).to_be_visible()
    assert len(recorded(lab, "asked")) == len(recorded(lab, "skipped")) == 1


def test_notebook_7_shows_the_elements_in_the_dark_and_the_video_without_its_server(
    page: Page, lab: Server
) -> None:
    page.goto(lab.address(f"notebooks/{LESSON}/{NOTEBOOK}"))
    expect(page.locator(".jp-Notebook")).to_be_visible(timeout=45_000)
    choose(page, "Settings", "Theme", "JupyterLab Dark$")
    # as in a front end that is no page of Jupyter's: the film comes through the kernel
    page.evaluate("document.getElementById('jupyter-config-data').remove()")
    run_all(page)
    expect(page.locator(".course-card").last).to_contain_text("What you can show", timeout=30_000)
    page.wait_for_function("document.querySelector('.course-video video').readyState >= 1")
    source = page.locator(".course-video video").evaluate("video => video.src")
    assert source.startswith("blob:")
    expect(page.get_by_role("group", name="What surprised you in this lesson?")).to_be_visible()
    accessible(page, ".course-card")
