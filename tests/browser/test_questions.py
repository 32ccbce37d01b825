"""Every kind of question in JupyterLab: by mouse and by keyboard, kept, and shown again."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import DOCS, Server, accessible, jupyterlab
from playwright.sync_api import Browser, Locator, Page, expect

from course.lesson import record
from course.questions import kind_of

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import every_kind
from test_lesson import choose, until

ITEMS = {name: item for name, item in every_kind.ITEMS.items() if name != "safety"}
SAFETY = "safety"
RIGHT = {name: kind_of(item).samples(item, 0)["correct"] for name, item in ITEMS.items()}
RIGHT |= {"words": ["I would ask where it comes from, since nobody is that old."]}
OTHER = {name: kind_of(item).samples(item, 0) for name, item in ITEMS.items()}
OTHER = {name: one.get("partly", one["wrong"]) for name, one in OTHER.items()}
OTHER |= {"blanks": ["sortby", "mean"], "words": ["Leave it out."], "text": ["dropna"], "number": ["14.5"]}  # fmt: skip


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """JupyterLab on a lesson with every kind."""
    home = tmp_path_factory.mktemp("home")
    every_kind.write(home / "lesson")
    with jupyterlab(home, tmp_path_factory.mktemp("learner")) as server:
        yield server


@pytest.fixture(scope="module")
def page(lab: Server, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 900, "height": 1000}, locale="en-GB")
    context.set_default_timeout(30_000)
    opened = context.new_page()
    show(opened, lab)
    choose(opened, "View", "File Browser")
    choose(opened, "Run", "Run All Cells")
    expect(question(opened, SAFETY)).to_be_visible()
    yield opened
    context.close()


def show(page: Page, lab: Server) -> None:
    page.goto(lab.address("lab/tree/lesson/every-kind.ipynb"))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=45_000)


def question(page: Page, name: str) -> Locator:
    form = page.locator(f'form[data-question="{name}"]')
    form.scroll_into_view_if_needed()
    return form


def save(page: Page, lab: Server) -> None:
    """Save the notebook with what it shows, so that a reload shows it again."""
    page.keyboard.press("Control+s")
    until(page, lambda: "widget-view" in (lab.folder / "lesson" / "every-kind.ipynb").read_text())


def kept(lab: Server) -> record.State:
    return record.read(lab.folder / "lesson")


def shown(form: Locator) -> list[str]:
    """Return the answer that a form shows, as the record would have it."""
    return list(form.evaluate("""form => {
        const lines = [...form.querySelectorAll(".course-list")].at(-1);
        if (lines && lines.closest(".course-half"))
            return [...lines.children].map(line => `${line.dataset.id}:${getComputedStyle(line).getPropertyValue("--course-level")}`);
        if (lines) return [...lines.children].map(line => line.dataset.id);
        const boxes = [...form.querySelectorAll("[type=radio], [type=checkbox]")];
        if (boxes.length) return boxes.filter(box => box.checked).map(box => box.value).sort();
        return [...form.querySelectorAll("input, select, textarea")].map(field => field.value);
    }"""))  # fmt: skip


def same(form: Locator, response: list[str]) -> bool:
    if response[0].count("="):  # pairs
        return shown(form) == [
            dict(pair.split("=") for pair in response)[left]
            for left in form.evaluate("f => [...f.querySelectorAll('.course-pair select')].map(s => s.name)")
        ]  # fmt: skip
    return shown(form) == response


def pull(page: Page, line: Locator, x: float, y: float) -> None:
    """Drag a line to a place, given by where its own left top is to come."""
    box = line.locator(".course-line").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 6, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(x + 6, y - 12, steps=3)
    page.mouse.move(x + 6, y, steps=3)
    page.mouse.up()


def by_mouse(page: Page, form: Locator, response: list[str]) -> None:
    """Give an answer with the mouse; what is typed is typed."""
    if form.locator(".course-half").count():
        drag_over(page, form, response)
    elif form.locator(".course-list").count():
        drag_in_order(page, form, response)
    elif form.locator(".course-pair").count():
        for pair in response:
            left, right = pair.split("=")
            form.locator(f'select[name="{left}"]').select_option(right)
    elif form.locator("[type=radio], [type=checkbox]").count():
        for box in form.locator("[type=radio], [type=checkbox]").all():
            if (box.get_attribute("value") in response) != box.is_checked():
                form.locator(f'label[for="{box.get_attribute("id")}"]').click()
    else:
        for field, text in zip(
            form.locator("input, select, textarea").all(), response, strict=True
        ):
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(text)
            else:
                field.click(click_count=3)
                page.keyboard.insert_text(text)


def drag_over(page: Page, form: Locator, response: list[str]) -> None:
    goal = form.locator(".course-half .course-list").last
    for entry in response:
        one, level = entry.split(":")
        box, filled = goal.bounding_box(), goal.locator("li")
        last = filled.last.bounding_box() if filled.count() else None
        assert box is not None
        top = last["y"] + last["height"] + 10 if last else box["y"] + 20
        indent = (3 + 2 * int(level)) * 13  # three em from the left edge is level 0
        pull(page, form.locator(f'li[data-id="{one}"]'), box["x"] + indent - 6, top)


def drag_in_order(page: Page, form: Locator, response: list[str]) -> None:
    for place, one in enumerate(response):
        there = form.locator(".course-list li").nth(place)
        box = there.bounding_box()
        assert box is not None
        if there.get_attribute("data-id") != one:
            pull(page, form.locator(f'li[data-id="{one}"]'), box["x"], box["y"] + 3)


def here(page: Page, what: str) -> Any:
    return page.evaluate(f"(() => {{ const it = document.activeElement; return {what}; }})()")


def by_keyboard(page: Page, form: Locator, response: list[str]) -> None:
    """Give an answer from the first control on, with keys alone, and send it."""
    press = page.keyboard.press
    form.locator("input, select, textarea, button:not([tabindex='-1'])").first.focus()
    if form.locator(".course-list").count():
        arrange_by_keyboard(page, form, response)
    elif form.locator("[type=checkbox]").count():
        for box in form.locator("[type=checkbox]").all():
            if (box.get_attribute("value") in response) != box.is_checked():
                press("Space")
            press("Tab")
    elif form.locator("[type=radio]").count():
        press("Space")
        arrow_to(page, response[0])
    else:
        fill_by_keyboard(page, form, response)
    for _ in range(8):
        if here(page, "it.type") == "submit":
            break
        press("Tab")
    press("Enter")


def arrow_to(page: Page, value: str) -> None:
    for _ in range(8):
        if here(page, "it.value") == value:
            break
        page.keyboard.press("ArrowDown")


def fill_by_keyboard(page: Page, form: Locator, response: list[str]) -> None:
    pairs = dict(pair.split("=") for pair in response if "=" in pair)
    for place in range(form.locator("input, select, textarea").count()):
        if place:
            page.keyboard.press("Tab")
        if here(page, "it.tagName") == "SELECT":
            page.keyboard.press("Home")
            arrow_to(page, pairs.get(here(page, "it.name")) or response[place])
        else:
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(response[place])


def arrange_by_keyboard(page: Page, form: Locator, response: list[str]) -> None:
    press, two = page.keyboard.press, bool(form.locator(".course-half").count())

    def go(wanted: str) -> None:
        at = "[...it.closest('form').querySelectorAll('.course-line')]"
        way = here(
            page, f"{at}.findIndex(l => l.parentNode.dataset.id === '{wanted}') - {at}.indexOf(it)"
        )
        for _ in range(abs(way)):
            press("ArrowDown" if way > 0 else "ArrowUp")
        assert here(page, "it.parentNode.dataset.id") == wanted

    if two:  # first all out, the last first
        for entry in reversed(shown(form)):
            go(entry.split(":")[0])
            press("Enter")
    for place, entry in enumerate(response):
        one, _, level = entry.partition(":")
        go(one)
        if two:
            press("Enter")
            now = int(next(e for e in shown(form) if e.startswith(one)).split(":")[1])
            for _ in range(abs(int(level) - now)):
                press("Alt+ArrowRight" if int(level) > now else "Alt+ArrowLeft")
            continue
        while shown(form).index(one) > place:
            press("Alt+ArrowUp")


@pytest.mark.parametrize("name", ITEMS)
def test_a_question_is_answered_with_the_mouse(page: Page, lab: Server, name: str) -> None:
    form, wanted = question(page, name), OTHER[name]
    by_mouse(page, form, wanted)
    form.locator("[type=submit]").click()
    until(page, lambda: name in kept(lab).answers)
    assert kept(lab).answers[name].response == wanted
    expect(form).to_contain_text("Saved")
    if name in ("words", "rating", "poll"):
        expect(form.get_by_role("status").last).to_contain_text("Saved.")
    else:
        expect(form.get_by_role("status").last).to_contain_text("ight. Try again.")
    accessible(page, f'form[data-question="{name}"]')
    picture(page, form, name)


def picture(page: Page, form: Locator, name: str) -> None:
    """Take a picture of a question with a little room around it, for the docs."""
    page.mouse.move(2, 500)
    page.evaluate("document.activeElement.blur()")
    form.evaluate("form => form.scrollIntoView({ block: 'center' })")
    box = form.bounding_box()
    if os.environ.get("COURSE_SCREENSHOTS") == "1" and box is not None:
        clip = {
            "x": box["x"] - 6,
            "y": box["y"] - 6,
            "width": box["width"] + 12,
            "height": box["height"] + 12,
        }
        page.screenshot(path=DOCS / f"question-{name}.png", clip=clip)


@pytest.mark.parametrize("name", ITEMS)
def test_a_question_needs_nothing_but_the_keyboard(page: Page, lab: Server, name: str) -> None:
    form, before = question(page, name), len(kept(lab).tries[name])
    by_keyboard(page, form, RIGHT[name])
    until(page, lambda: len(kept(lab).tries[name]) > before)
    last = kept(lab).answers[name]
    assert last.response == RIGHT[name]
    assert last.scaled in (1, None)
    assert same(form, RIGHT[name])


def test_an_answer_that_cannot_be_one_is_told_at_its_field(page: Page, lab: Server) -> None:
    form, before = question(page, "number"), kept(lab)
    field = form.get_by_label("Your number")
    field.fill("about ten")
    field.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("Write one number")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    accessible(page, 'form[data-question="number"]')
    assert kept(lab) == before
    field.fill("30")
    expect(field).not_to_have_attribute("aria-invalid", "true")


def test_a_hint_and_the_solution_are_shown_when_the_record_has_them(
    page: Page, lab: Server
) -> None:
    form = question(page, "single")
    form.get_by_role("button", name="Hint (2 left)").click()
    expect(form.get_by_role("list", name="Hints").locator("math")).to_be_visible()
    assert kept(lab).hints == {"single": 1}
    form.get_by_role("button", name="Show the solution").click()
    expect(form.locator(".course-solution")).to_contain_text("20")
    assert kept(lab).revealed == {"single"}
    accessible(page, 'form[data-question="single"]')


def test_what_cannot_be_saved_is_told_and_nothing_is_lost(page: Page, lab: Server) -> None:
    form, path = question(page, "text"), lab.folder / "lesson" / record.NAME
    path.rename(path.with_suffix(".away"))
    path.mkdir()
    form.get_by_label("Your answer").fill("fillna()")
    form.get_by_role("button", name="Check answer").click()
    expect(form.get_by_role("status").last).to_contain_text("Not saved.")
    expect(form.get_by_label("Your answer")).to_have_value("fillna()")
    path.rmdir()
    path.with_suffix(".away").rename(path)
    form.get_by_role("button", name="Check answer").click()
    expect(form.get_by_role("status").last).to_contain_text("Right.")
    assert kept(lab).answers["text"].response == ["fillna()"]


def test_what_is_not_saved_yet_outlives_a_hint_a_new_run_and_a_reload(
    page: Page, lab: Server
) -> None:
    form = question(page, "words")
    field, long = form.get_by_label("Your answer"), "A much longer text. " * 5
    field.fill(long)
    expect(form.get_by_role("status").last).to_contain_text("Changed.")
    form.get_by_role("button", name="Hint").click()
    expect(form.get_by_role("list", name="Hints")).to_contain_text("nobody is that old")
    expect(field).to_have_value(long)
    expect(form.get_by_role("status").last).to_contain_text("Changed.")

    page.evaluate("document.querySelectorAll('form').forEach(form => { form.dataset.old = '' })")
    choose(page, "Run", "Run All Cells$")
    expect(page.locator("form[data-old]")).to_have_count(0)
    expect(question(page, "words").get_by_label("Your answer")).to_have_value(long)
    expect(question(page, "words")).to_contain_text("Changed.")
    expect(question(page, SAFETY)).to_be_visible()
    save(page, lab)
    show(page, lab)
    form = question(page, "words")
    expect(form.get_by_label("Your answer")).to_have_value(long)
    form.get_by_label("Your answer").fill(
        "I would ask where it comes from, since nobody is that old."
    )
    form.get_by_role("button", name="Save answer").click()
    expect(form.get_by_role("status").last).to_contain_text("Saved.")
    show(page, lab)
    expect(question(page, "words").get_by_label("Your answer")).to_have_value(
        "I would ask where it comes from, since nobody is that old."
    )
    expect(question(page, "words").get_by_role("status").last).to_contain_text("Saved.")


def test_what_must_be_right_stays_open_until_a_fresh_variant_is(page: Page, lab: Server) -> None:
    form = question(page, SAFETY)
    form.get_by_label("Yes").check()
    form.get_by_role("button", name="Check answer").click()
    said = form.get_by_role("status").last
    expect(said).to_contain_text("it says who somebody is")
    expect(form.get_by_role("timer")).to_contain_text("A fresh variant in 0:0")
    picture(page, form, "must-correct")
    again = form.get_by_role("button", name="Answer a fresh variant")
    expect(again).to_have_attribute("aria-disabled", "true")
    accessible(page, f'form[data-question="{SAFETY}"]')
    expect(said).to_contain_text("You can go on now.")
    again.click()
    expect(said).to_be_empty()
    expect(form.get_by_label("Yes")).not_to_be_checked()
    form.get_by_label("No").check()
    form.get_by_role("button", name="Check answer").click()
    expect(said).to_contain_text("Right. This one is done.")
    spent = form.get_by_role("button", name="Check answer")
    expect(spent).to_have_css("border-top-style", "dashed")  # as what can't be pressed looks
    tries = kept(lab).tries[SAFETY]
    assert [each.scaled for each in tries] == [0, 1]
    assert tries[0].variant < tries[1].variant


def all_there(page: Page, lab: Server) -> None:
    for name, answer in kept(lab).answers.items():
        form = question(page, name)
        expect(form).to_contain_text("Saved")
        assert same(form, answer.response), name


def test_a_restart_and_a_reload_show_what_was_answered_and_record_nothing(
    page: Page, lab: Server
) -> None:
    before = (lab.folder / "lesson" / record.NAME).read_bytes()
    page.evaluate("document.querySelectorAll('form').forEach(form => { form.dataset.old = '' })")
    choose(page, "Kernel", "Restart Kernel and Run All Cells")
    page.locator(".jp-Dialog .jp-mod-accept").click()
    expect(page.locator("form[data-old]")).to_have_count(0)
    expect(question(page, SAFETY)).to_contain_text("Right. This one is done.")
    expect(question(page, "single").get_by_role("list", name="Hints")).not_to_be_empty()
    all_there(page, lab)
    save(page, lab)
    show(page, lab)
    all_there(page, lab)
    assert (lab.folder / "lesson" / record.NAME).read_bytes() == before


def test_without_a_front_end_the_notebook_shows_texts(lab: Server) -> None:
    cells = json.loads((lab.folder / "lesson" / "every-kind.ipynb").read_text())["cells"]
    plain = ["".join(cell["outputs"][0]["data"]["text/plain"]) for cell in cells[1:]]
    assert "(x) 20" in plain[0]
    assert all("Saved 20" in text for text in plain)


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_every_kind_is_accessible(page: Page, theme: str) -> None:
    choose(page, "Settings", "Theme", f"JupyterLab {theme}$")
    page.wait_for_function(
        f'document.body.dataset.jpThemeName === "JupyterLab {theme}" && !document.querySelector("#jupyterlab-splash")'
    )
    for name in every_kind.ITEMS:
        accessible(
            page, f'form[data-question="{question(page, name).get_attribute("data-question")}"]'
        )
    if theme == "Dark":
        picture(page, question(page, "parsons"), "parsons-dark")


def test_at_four_hundred_per_cent_nothing_has_to_be_scrolled_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})  # 1280 pixels wide at 400 %
    for name in every_kind.ITEMS:
        form = question(page, name)
        wide = form.evaluate("""form => [...form.querySelectorAll("*")].filter(node =>
            node.getBoundingClientRect().right > form.getBoundingClientRect().right
            && !node.closest(".course-unseen, math")).map(node => node.outerHTML)""")  # fmt: skip
        assert wide == [], name
        assert form.evaluate("form => form.getBoundingClientRect().right <= innerWidth"), name


def test_notebook_7_keeps_an_answer_as_jupyterlab_does(page: Page, lab: Server) -> None:
    page.set_viewport_size({"width": 900, "height": 1000})
    page.goto(lab.address("notebooks/lesson/every-kind.ipynb"))
    expect(page.locator(".jp-Notebook")).to_be_visible(timeout=45_000)
    choose(page, "Run", "Run All Cells$")
    form, before = question(page, "single"), len(kept(lab).tries["single"])
    by_mouse(page, form, OTHER["single"])
    form.locator("[type=submit]").click()
    until(page, lambda: len(kept(lab).tries["single"]) > before)
    assert kept(lab).answers["single"].response == OTHER["single"]
    expect(form.get_by_role("status").last).to_contain_text("Try again.")
