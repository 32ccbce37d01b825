"""The same work in nbgrader's formgrader and at the desk: sixty short answers, every key and page counted."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

import pytest
import waiting
from playwright.sync_api import Page, expect
from servers import TOKEN, serving

from course.authoring import skeleton
from course.cli.make import lab_command
from course.desk import Desk
from course.model import Learner
from course.store import judging
from course.term import Course

HOW_MANY = 60
WELL, WHY, WHAT = (
    "Well said.",
    "Say also why it matters to you.",
    "Name something that you want to be able to do.",
)
REASONS = {2: WELL, 1: WHY, 0: WHAT}
"""What is said with which points: as short as a grader would be, and the same each time."""
MATHJAX = """window.MathJax = {Hub: {Config() {}, Configured() {}, Queue() {}, Register: {StartupHook() {}},
Startup: {signal: {Interest: (heard) => setTimeout(() => heard("End"))}}}};"""
"""The formgrader's keys work once MathJax is there, which comes from a network that tests do not ask."""


def due(number: int) -> int:
    """The points of the n-th answer that comes: 2, 1, 0, 2, …"""
    return 2 - number % 3


@dataclass
class Hand:
    """A grader's hand: counts what the browser itself saw, pages that it loaded and keys that went down."""

    page: Page
    keys: int = 0
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.expose_function("countedKey", self._key)
        self.page.add_init_script(
            "addEventListener('keydown', event => event.isTrusted"
            " && !['Shift', 'Control', 'Alt', 'Meta'].includes(event.key) && countedKey(), true)"
        )
        self.page.on("domcontentloaded", lambda page: self.loads.append(page.url))

    def _key(self) -> None:
        self.keys += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)


def course_of_sixty(root: Path) -> Course:
    """Sixty learners who answered in their own words, graded but for these."""
    skeleton.make(root, "Working safely with data")
    course = Course.open(root)
    names = [f"learner{number:02}" for number in range(HOW_MANY)]
    course.enrol([Learner(name, "Any", name.title()) for name in names])
    course.release(waiting.LESSON)
    for name in names:
        waiting.hand_in(course, name)
    prepared = course.prepare(waiting.LESSON)
    work, _ = course.todo(prepared)
    assert [each.reason for each in course.autograde(prepared, work)] == [""] * HOW_MANY
    return course


def given(course: Course) -> list[tuple[float, str]]:
    """Points of the answers in own words, with the reason that the learner reads; sorted."""
    return sorted((mark.points, mark.comment or "".join(text for _, text in mark.found))
                  for mark in course.marks(waiting.LESSON)
                  if mark.question == waiting.WRITTEN and mark.points is not None)  # fmt: skip


def forget(course: Course) -> None:
    """Let every answer wait again."""
    with Desk(course, "clean-up") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.WRITTEN)
        answers = desk.queue(question).answers
        with desk.book.transaction() as connection:
            for _, each in answers:
                judging.judge(connection, each.place, grader="clean-up", score=None, items=(), adjustment=0,
                              comment="", why="undone", request=token_hex(8))  # fmt: skip


def mark_in_formgrader(hand: Hand, url: str) -> None:
    """From the list of submissions on, as its own help says: digits, Tab to the comment, Ctrl+. to the next."""
    page = hand.page
    page.add_init_script(MATHJAX)
    page.route("**/MathJax.js*", lambda route: route.abort())
    page.goto(f"{url}/formgrader?token={TOKEN}")
    page.goto(f"{url}/formgrader/gradebook/{waiting.LESSON}/{waiting.LESSON}")
    page.get_by_role("link", name=re.compile("Submission #")).first.click()
    for number in range(HOW_MANY):
        expect(page.locator("input.score").last).to_be_visible()
        page.wait_for_load_state("networkidle")  # marks and comments come after the page
        if number == 0:
            page.wait_for_function("document.activeElement.matches('.tabbable')")
            while not page.evaluate(
                "document.activeElement === [...document.querySelectorAll('input.score')].at(-1)"
            ):
                hand.press("Tab")
        page.wait_for_function(
            "document.activeElement === [...document.querySelectorAll('input.score')].at(-1)"
        )
        hand.press(str(due(number)))
        while not page.evaluate("document.activeElement.matches('textarea')"):
            hand.press("Tab")  # over the box for extra credit
        hand.write(REASONS[due(number)])
        before = page.url
        hand.press("Control+.")
        expect(page).not_to_have_url(re.compile(re.escape(before.split("?")[0])))


def mark_at_the_desk(hand: Hand, url: str) -> None:
    """From the list of questions on: the reasons become a rubric once, then a digit and Enter for each answer."""
    page = hand.page
    page.goto(f"{url}/course/?token={TOKEN}")
    page.goto(f"{url}/course/mark/{waiting.LESSON}/{waiting.LESSON}/{waiting.WRITTEN}")
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    hand.press("a")
    for points, reason in ((2, WELL), (1, WHY), (0, WHAT)):
        hand.write(reason)
        hand.press("Tab", "Control+a", str(points))
        if points:
            hand.press(
                *["Tab"] * 7, "Enter"
            )  # over key, note, tests, up, down and remove to "Add an item"
    hand.press("Control+Enter")
    expect(page.get_by_text("The rubric is saved.")).to_be_visible()
    for number in range(HOW_MANY):
        expect(page.locator("#left")).to_contain_text(f"{HOW_MANY - number} of")
        page.locator("#desk:not([aria-busy])").wait_for()
        hand.press(str(3 - due(number)), "Enter")
    expect(page.get_by_role("heading", name="All of it is marked")).to_be_visible()
    expect(page.locator("#unsent")).to_be_empty()


@pytest.mark.thorough
def test_sixty_short_answers_take_a_quarter_of_the_pages_and_keys_at_the_desk(
    tmp_path: Path, new_page: Callable[..., Page]
) -> None:
    """With a reason for each point taken off; `docs/instructor.md` tells the figures."""
    course = course_of_sixty(tmp_path / "course")
    with serving(lab_command(course.layout.root, None), course.layout.root, tmp_path) as server:
        there = Hand(new_page())
        mark_in_formgrader(there, server.url)
        expected = sorted((float(due(n)), REASONS[due(n)]) for n in range(HOW_MANY))
        assert given(course) == expected
        forget(course)
        assert given(course) == []
        here = Hand(new_page())
        mark_at_the_desk(here, server.url)
        deadline = time.monotonic() + 30  # the last mark is on its way when the page says so
        while given(course) != expected and time.monotonic() < deadline:
            time.sleep(0.2)
        assert given(course) == expected
    figures = f"formgrader: {len(there.loads)} pages, {there.keys} keys; desk: {len(here.loads)} pages, {here.keys} keys"
    (tmp_path / "figures.txt").write_text(figures)
    assert there.keys > HOW_MANY < len(there.loads)
    assert 0 < here.keys <= there.keys / 4
    assert 0 < len(here.loads) <= len(there.loads) / 4
