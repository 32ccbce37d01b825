"""The instructor's side: `course lab` with nbgrader's formgrader on the course's folders."""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import LESSON, Server, Term, serving
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def lab(term: Term, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real command, started elsewhere than in the course's folder."""
    program = str(Path(sys.executable).parent / "course")
    base = tmp_path_factory.mktemp("teacher")
    command = [program, "lab", "--course", str(term.course.layout.root)]
    with serving(command, base, base) as server:
        yield server


def test_the_menu_of_jupyterlab_opens_the_formgrader(
    lab: Server, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(lab.address("lab"))
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    page.get_by_role("menuitem", name="Formgrader", exact=True).click()
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("link", name=LESSON, exact=True)).to_be_visible()


def test_the_lessons_stand_there_with_their_submissions(
    lab: Server, term: Term, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(lab.address("formgrader"))
    handed_in = {"first-look": "3", "cleaning": "1", "grouping": "1", "personal-data": "1"}
    assert set(handed_in) == set(term.course.lessons())
    for lesson, count in handed_in.items():
        row = row_of(page, lesson)
        expect(row.get_by_text("released", exact=True)).to_be_visible()
        expect(row.get_by_role("link", name=count, exact=True)).to_be_visible()


def test_the_marks_are_those_that_autograde_wrote(
    lab: Server, term: Term, new_page: Callable[..., Page], picture: Callable[..., None]
) -> None:
    page = new_page()
    page.goto(lab.address("formgrader"))
    row_of(page, LESSON).get_by_role("link", name="3", exact=True).click()
    for learner, name in (("ana", "Horvat, Ana"), ("ben", "Okafor, Ben")):
        marks = term.course.marks(LESSON, learner)
        score = sum(mark.points or 0 for mark in marks)
        assert 0 < score < 17
        expect(row_of(page, name)).to_contain_text(f"{score:g} / 17")
    expect(row_of(page, "Horvat, Ana")).to_contain_text("needs manual grading")
    expect(row_of(page, "Okafor, Ben")).to_contain_text("graded")
    page.set_viewport_size({"width": 1280, "height": 520})
    picture(page, "formgrader.png")


def test_a_submission_opens_with_its_scores(
    lab: Server, term: Term, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.goto(lab.address("formgrader"))
    page.get_by_role("link", name="Manual Grading").click()
    row_of(page, LESSON).get_by_role("link", name=LESSON, exact=True).click()
    page.wait_for_url(f"**/gradebook/{LESSON}")
    row_of(page, LESSON).get_by_role("link", name=LESSON, exact=True).click()
    row = page.locator("tr").filter(has_text="Okafor, Ben")  # nbgrader hides the names at first
    row.get_by_role("link", name=re.compile("Submission #")).click()
    marks = {mark.question: mark for mark in term.course.marks(LESSON, "ben")}
    assert marks["late-from"].points == 0
    boxes = page.locator("input.score")
    expect(boxes).to_have_count(len(marks))
    for box, mark in zip(boxes.all(), marks.values(), strict=True):
        shown = re.compile(f"^{mark.points:g}(\\.0)?$")
        automatic = mark.grader == "autograder"
        if automatic:
            expect(box).to_have_attribute("placeholder", shown)
        else:
            expect(box).to_have_value(shown)


def test_what_a_learner_wrote_is_shown_and_does_not_run(
    lab: Server, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(lab.address("formgrader"))
    page.get_by_role("link", name="Manual Grading").click()
    row_of(page, LESSON).get_by_role("link", name=LESSON, exact=True).click()
    page.wait_for_url(f"**/gradebook/{LESSON}")
    row_of(page, LESSON).get_by_role("link", name=LESSON, exact=True).click()
    row = page.locator("tr").filter(has_text="Quinn, Mallory")
    row.get_by_role("link", name=re.compile("Submission #")).click()
    expect(page.locator("input.score").first).to_be_visible()
    expect(page.get_by_text("window.hacked = 1").first).to_be_visible()
    assert page.evaluate("window.hacked") is None
    assert dialogs == []


def row_of(page: Page, words: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=words, exact=True))


def test_the_servers_log_holds_no_traceback(lab: Server) -> None:
    """Last in this file: it is about all of the above."""
    text = lab.log.read_text(encoding="utf-8")
    assert "Jupyter Server" in text
    assert "Traceback" not in text, text
    assert re.findall(r"^\[[EC] .*$", text, re.MULTILINE) == []
