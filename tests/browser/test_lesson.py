"""A learner in JupyterLab: quizzes by mouse and by keyboard, checks, and what is kept on the disk."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import LESSON, Server, Term, accessible, jupyterlab, solve
from playwright.sync_api import Browser, Locator, Page, expect

PRACTICE = "What does one row of flights stand for?"
ONE_CHOICE = "You want the columns origin and dest as a table."
MANY_CHOICES = "Which of these select the flights from JFK"
LAST_CHECK = "boston-evening"


@pytest.fixture(scope="module")
def lab(term: Term, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on carla's folder. Her lesson is filled in, with one mistake."""
    home = term.learners / "carla"

    def mistaken(question: str, text: str) -> str:
        return text.replace(".any(", ".all(") if question == "table-facts-answer" else text

    solve(home / LESSON, term.course, mistaken)
    with jupyterlab(home, tmp_path_factory.mktemp("learner")) as server:
        yield server


@pytest.fixture(scope="module")
def page(lab: Server, browser: Browser) -> Iterator[Page]:
    """The lesson, opened, and all of it run once."""
    context = browser.new_context(viewport={"width": 1280, "height": 1060}, locale="en-GB")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    opened.goto(lab.address(f"lab/tree/{LESSON}/{LESSON}.ipynb"))
    expect(opened.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=45_000)
    choose(opened, "View", "File Browser")  # the lesson has the width to itself
    expect(opened.locator("#filebrowser")).to_be_hidden()
    choose(opened, "Run", "Run All Cells")
    until(opened, lambda: recorded(lab, "attempted", LAST_CHECK))
    yield opened
    context.close()


def choose(page: Page, menu: str, *names: str) -> None:
    """Choose from JupyterLab's menu."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    for place, name in enumerate(names):
        item = page.locator(".lm-Menu-item").filter(
            has=page.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{name}"))
        )
        item.last.hover()
        if place == len(names) - 1:
            item.last.click()


def recorded(lab: Server, verb: str, question: str) -> list[Any]:
    """Return what the record on the disk holds of a question, in order."""
    path = lab.folder / LESSON / "record.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    entries = [json.loads(line) for line in lines]
    return [
        entry["result"].get("response", entry["result"])
        for entry in entries
        if entry["verb"].endswith(verb) and entry["object"] == question
    ]


def until(page: Page, condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something outside of the page, while the page goes on."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        page.wait_for_timeout(50)


def quiz(page: Page, words: str) -> Locator:
    """Return a quiz's form, found as assistive technology finds it: by the name of its group."""
    form = page.locator("form").filter(has=page.get_by_role("group", name=words))
    form.scroll_into_view_if_needed()
    return form


def option(form: Locator, words: str) -> Locator:
    return form.get_by_label(words, exact=True)


def check_result(page: Page, question: str) -> Locator:
    shown = page.get_by_role("status").filter(has_text=re.compile(f"^{question}:"))
    shown.scroll_into_view_if_needed()
    return shown


def focused(page: Page) -> str:
    """Return the text of what has the focus; of an input, of its label."""
    return str(page.evaluate("""() => {
        const here = document.activeElement;
        return (here.labels?.[0] ?? here).textContent;
    }"""))  # fmt: skip


def test_a_practice_quiz_answers_at_once(page: Page, lab: Server) -> None:
    form = quiz(page, PRACTICE)
    said = form.get_by_role("status")
    expect(said).to_have_attribute("aria-live", "polite")
    option(form, "one aircraft").click()
    form.get_by_role("button", name="Check answer").click()
    expect(said).to_contain_text("Not right. Try again.")
    expect(said).to_contain_text("an aircraft flies many times a year")
    option(form, "one planned departure from New York").click()
    expect(said).to_contain_text("Changed.")
    expect(said).not_to_contain_text("Not right")
    form.get_by_role("button", name="Check answer").click()
    expect(said).to_contain_text("Right.")
    assert recorded(lab, "answered", "one-row-is")[-2:] == [["a"], ["c"]]


def test_a_graded_quiz_needs_nothing_but_the_keyboard(page: Page, lab: Server) -> None:
    form = quiz(page, ONE_CHOICE)
    page.locator(".jp-CodeCell").filter(has=form).focus()
    press, controls = page.keyboard.press, form.locator("input, button:visible")
    for _ in range(20):
        press("Tab")
        if form.evaluate("form => form.contains(document.activeElement)"):
            break
    wanted = 'flights[["origin", "dest"]]'
    assert (
        focused(page)
        == option(form, wanted).locator("xpath=../..").locator("label").first.inner_text()
    )
    for _ in range(4):
        if option(form, wanted).is_checked():
            break
        press("ArrowDown")
    expect(option(form, wanted)).to_be_checked()
    assert focused(page) == wanted
    before = (lab.folder / LESSON / f"{LESSON}.ipynb").stat().st_mtime_ns
    press("Control+s")  # JupyterLab's own shortcuts with Ctrl work from here
    until(page, lambda: (lab.folder / LESSON / f"{LESSON}.ipynb").stat().st_mtime_ns != before)
    press("Tab")
    assert focused(page) == "Save answer"
    press("Enter")
    expect(form.get_by_role("status")).to_contain_text(
        "Saved. You will see the result after grading"
    )
    press("Tab")
    press("Space")
    expect(form.get_by_role("listitem")).to_have_text(
        "how many things may stand between the outer brackets?"
    )
    assert focused(page) == "No more hints"  # the focus stays where the person is
    press("Shift+Tab")
    assert focused(page) == "Save answer"
    assert controls.count() == 6
    assert recorded(lab, "answered", "brackets") == [["b"]]


def test_the_same_reply_twice_is_shown_twice(page: Page, lab: Server) -> None:
    form = quiz(page, MANY_CHOICES)
    for box in form.get_by_role("checkbox").all():
        box.uncheck()
    known = len(recorded(lab, "answered", "mask-and"))
    for _ in range(2):
        form.get_by_role("button", name="Save answer").click()
        expect(form.get_by_role("alert")).to_contain_text("Choose")
    assert len(recorded(lab, "answered", "mask-and")) == known


def test_a_restart_shows_the_saved_answer_and_records_nothing_twice(
    page: Page, lab: Server
) -> None:
    def boxes() -> list[Locator]:
        return [quiz(page, MANY_CHOICES).locator(f'input[value="{letter}"]') for letter in "abcd"]

    for box, wanted in zip(boxes(), (True, False, False, True), strict=True):
        box.set_checked(wanted)
    quiz(page, MANY_CHOICES).get_by_role("button", name="Save answer").click()
    until(page, lambda: recorded(lab, "answered", "mask-and")[-1:] == [["a", "d"]])
    questions = ("one-row-is", "brackets", "mask-and")
    before = [recorded(lab, "answered", question) for question in questions]
    checked = recorded(lab, "attempted", LAST_CHECK)

    choose(page, "Kernel", "Restart Kernel and Run All Cells")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    running = page.locator(".jp-InputPrompt", has_text="[*]")
    expect(running.first).to_be_visible()
    expect(running).to_have_count(0, timeout=45_000)

    form = quiz(page, MANY_CHOICES)
    expect(form.get_by_role("status")).to_contain_text(
        "Saved. You will see the result after grading"
    )
    assert [box.is_checked() for box in boxes()] == [True, False, False, True]
    assert [recorded(lab, "answered", question) for question in questions] == before
    assert recorded(lab, "attempted", LAST_CHECK) == checked
    boxes()[1].check()
    form.get_by_role("button", name="Save answer").click()  # and it is no dead picture
    until(page, lambda: recorded(lab, "answered", "mask-and") == [*before[2], ["a", "b", "d"]])


def test_a_check_says_what_was_expected_and_what_came(page: Page) -> None:
    shown = check_result(page, "table-facts")
    expect(shown).to_contain_text("0 of 1 checks passed")
    expect(shown).to_contain_text("facts['incomplete'] gave 0; expected 2.")
    expect(check_result(page, "late-from")).to_contain_text("the check passed")
    page.get_by_role("button", name="Hint 1 of 2").click()
    expect(page.get_by_role("list").filter(has_text="table.shape holds two")).to_be_visible()
    accessible(page, ".course-card")
    accessible(page, ".widget-vbox:has(ol)")


@pytest.mark.parametrize(("theme", "name"), [("Dark", "lesson-dark.png"), ("Light", "lesson.png")])
def test_it_is_accessible_and_looks_well(
    page: Page, picture: Callable[..., None], theme: str, name: str
) -> None:
    choose(page, "Settings", "Theme", f"JupyterLab {theme}$")
    dark = "true" if theme == "Dark" else "false"
    page.wait_for_function(f"""() => {{
        const back = getComputedStyle(document.querySelector("form.course-quiz")).backgroundColor;
        const bright = Number(back.match(/\\d+/)[0]) > 127;
        return document.body.dataset.jpThemeName === "JupyterLab {theme}" && bright !== {dark};
    }}""")
    form = quiz(page, PRACTICE)
    option(form, "one planned departure from New York").check()
    form.get_by_role("button", name="Check answer").click()
    expect(form.get_by_role("status")).to_contain_text("Right.")
    for words in (PRACTICE, ONE_CHOICE, MANY_CHOICES):
        quiz(page, words)
    accessible(page, "form.course-quiz")
    cell = page.locator(".jp-CodeCell").filter(has=form)
    cell.evaluate("cell => { cell.scrollIntoView(); document.activeElement.blur(); }")
    page.mouse.move(2, 500)
    expect(page.get_by_role("status").filter(has_text="table-facts:")).to_be_in_viewport(ratio=1)
    picture(page, name)
