"""Same answers marked together in a browser, from the keyboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
import waiting
from conftest import accessible
from playwright.sync_api import Page, expect
from servers import TOKEN, serving

from course.cli.make import lab_command

pytestmark = pytest.mark.thorough

PLACE = f"{waiting.LESSON}/{waiting.LESSON}/{waiting.CODE}"


def test_a_group_is_looked_at_an_answer_taken_out_and_the_others_marked_from_the_keyboard(
    tmp_path: Path, new_page: Callable[..., Page], picture: Callable[..., None]
) -> None:
    course = waiting.course(tmp_path / "course")
    root = course.layout.root
    with serving([*lab_command(root, None), "--DeskApp.grader=Maria"], root, tmp_path) as server:
        page = new_page()
        page.goto(f"{server.url}/course/?token={TOKEN}")
        page.locator(f'a[href$="groups/{PLACE}"]').click()
        accessible(page, "body")
        page.get_by_role("link", name="answered the same").first.click()
        members = page.locator(".members li")
        expect(members).to_have_count(3)
        accessible(page, "body")
        members.nth(2).get_by_role("button", name="Take out").press("Enter")
        expect(page.get_by_role("status")).to_contain_text("Taken out")
        expect(members).to_have_count(2)
        for box in members.get_by_role("checkbox").all():
            box.focus()
            if not box.is_checked():
                page.keyboard.press("Space")
        page.get_by_label("Points").fill("0.5")
        page.get_by_label("Comment for each").fill("Say what happens with **text**.")
        picture(page, "desk-groups.png")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("status")).to_contain_text("2 answers marked")
        members.first.get_by_role("link", name="Open").click()
        expect(page.locator("#same a")).to_have_text(
            "1 other answered the same: mark them together"
        )
        page.get_by_text("Comments used before").press("Enter")
        page.locator("#comment").fill("")
        page.locator("#bank button").click()
        expect(page.locator("#comment")).to_have_value("Say what happens with **text**.")
        accessible(page, "#panels")
    marks = [mark for mark in course.marks(waiting.LESSON) if mark.question == waiting.CODE]
    assert sorted(mark.points for mark in marks if mark.grader == "Maria") == [0.5, 0.5]
