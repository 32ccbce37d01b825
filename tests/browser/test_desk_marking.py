"""The grading desk's marking page: graders with a keyboard, with each other, and without a connection."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
import waiting
from conftest import IMAGE, LINK, SCRIPT, accessible
from playwright.sync_api import Error, Page, expect
from servers import TOKEN, Server, serving

from course import layout as disk
from course import notebook as notebooks
from course.authoring import skeleton
from course.desk import Desk
from course.model import Learner
from course.review.rubric import Item, Rubric
from course.store import judging
from course.term import Course

pytestmark = pytest.mark.thorough

PEOPLE = ("ana", "ben", "chloe", "dario", "elif", "farid", "mallory")
RUBRIC = Rubric((
    Item("goal", 1, "Names a **goal**", "any goal at work will do"),
    Item("why", 1, "Says why it matters"),
    Item("vague", -0.5, "Stays vague"),
))  # fmt: skip
OF_CODE = Rubric((
    Item("all", 2, "Doubles **every** number"),
    Item("says", 1, "Says what the function does", "a docstring or a comment"),
    Item("negative", -1, "Leaves negative numbers as they are"),
))  # fmt: skip
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>window.hacked = 1; fetch("https://evil.example/svg")</script></svg>'
EVIL = f"""{SCRIPT} {IMAGE} {LINK} {SVG}

<iframe src="https://evil.example/frame"></iframe> ![picture](https://evil.example/pixel.png)
<div style="background: url(https://evil.example/css.png)">red</div>"""
HOSTILE = f"""
from IPython.display import HTML, SVG, display
display(HTML({EVIL!r}))
display(SVG({SVG!r}))
print("\\x1b[31mred\\x1b[0m \\x1b]8;;https://evil.example/\\x07link\\x1b]8;;\\x07")
print("many words " * 40000)
def double(number):
    return number
"""

PLAN = """Every month I copy numbers from four spreadsheets into one, by hand. I want a program that reads
them and adds them up, so that nobody has to check my sums.

After the course I would like to explain to my colleagues how it works."""
CODE = """def double(number):
    \"\"\"Return twice a number.\"\"\"
    if number < 0:
        return number  # negative numbers stay
    return 2 * number

print([double(each) for each in (-2, 0, 1, 2.5)])"""


@dataclass(frozen=True)
class Room:
    """A course whose desk two graders have open, each on a server of their own."""

    course: Course
    gita: Server
    hans: Server

    def address(self, server: Server, question: str = waiting.WRITTEN, answer: str = "") -> str:
        path = f"course/mark/{waiting.LESSON}/{waiting.LESSON}/{question}"
        return f"{server.url}/{path}?token={TOKEN}" + (f"&answer={answer}" if answer else "")

    def marks(self) -> dict[str, tuple[float | None, str]]:
        """Points and comment of each learner's words, as the gradebook has them."""
        return {mark.learner: (mark.points, mark.comment) for mark in self.course.marks(waiting.LESSON)
                if mark.question == waiting.WRITTEN}  # fmt: skip

    def judgements(self) -> list[str]:
        """The comments of all judgements that were made, in order, those of the clean-up left out."""
        with Desk(self.course, "test") as desk, desk.book.reading() as connection:
            question = desk.question(waiting.LESSON, waiting.LESSON, waiting.WRITTEN)
            rows = [row for _, each in desk.queue(question).answers
                    for row in judging.judgements(connection, each.place)]  # fmt: skip
        rows.sort(key=lambda row: int(row["number"]))
        last = max((i for i, row in enumerate(rows) if row["grader"] == "clean-up"), default=-1)
        return [str(row["comment"]) for row in rows[last + 1 :]]


def write(course: Course, name: str, words: str, code: str) -> None:
    """Let a learner answer in other words, and with other code."""
    path = course.layout.submission(name, waiting.LESSON) / f"{waiting.LESSON}.ipynb"
    node, _ = notebooks.read(path)
    for cell in node.cells:
        about = notebooks.marks(cell)
        if about.get("grade_id") == waiting.WRITTEN:
            cell.source = words
        elif about.get("solution"):
            cell.source = code
    disk.write(path, notebooks.write_text(node))


def server_of(root: Path, grader: str) -> list[str]:
    command = [sys.executable, "-m", "jupyter_server", f"--ServerApp.root_dir={root}", f"--DeskApp.grader={grader}",
               "--ServerApp.jpserver_extensions=course.server=True"]  # fmt: skip
    return command + (["--allow-root"] if os.geteuid() == 0 else [])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    base = tmp_path_factory.mktemp("marking")
    root = base / "course"
    skeleton.make(root, "Working safely with data")
    course = Course.open(root)
    course.enrol([Learner(name, name.title(), "Example") for name in PEOPLE])
    course.release(waiting.LESSON)
    for name in PEOPLE:
        waiting.hand_in(course, name)
    write(course, "mallory", EVIL, HOSTILE)
    write(course, "ben", PLAN, CODE)
    write(
        course, "dario", PLAN, "def double(number):\n    raise ValueError(f'no idea of {number}')"
    )
    prepared = course.prepare(waiting.LESSON)
    work, _ = course.todo(prepared)
    assert [each.reason for each in course.autograde(prepared, work)] == [""] * len(PEOPLE)
    (base / "gita").mkdir()
    (base / "hans").mkdir()
    with serving(server_of(root, "gita"), root, base / "gita") as gita, \
            serving(server_of(root, "hans"), root, base / "hans") as hans:  # fmt: skip
        yield Room(course, gita, hans)


@pytest.fixture
def room(served: Room) -> Room:
    """Everybody's words wait, nobody has them on the screen, and the rubric has three items."""
    with Desk(served.course, "clean-up") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.WRITTEN)
        answers = desk.queue(question).answers
        with desk.book.transaction() as connection:
            for _, each in answers:
                judging.judge(connection, each.place, grader="clean-up", score=None, items=(), adjustment=0,
                              comment="", why="undone", request=token_hex(8))  # fmt: skip
                judging.flag(connection, each.place, "clean-up", None)
        desk.edit_rubric(question, RUBRIC, desk.rubric(question)[1], apply=True)
    return served


def answer(page: Page) -> str:
    """The id of the answer on the screen."""
    return page.url.rpartition("answer=")[2]


def until(page: Page, holds: str) -> None:
    """Wait until an expression holds; the page's policy lets Playwright evaluate it, but not poll it."""
    for _ in range(300):
        if page.evaluate(holds):
            return
        page.wait_for_timeout(30)
    pytest.fail(f"never came: {holds}")


def after(page: Page, key: str) -> str:
    """Press a key and wait until another answer is there; returns its id."""
    before = answer(page)
    page.keyboard.press(key)
    until(page, f"!location.href.endsWith('{before}') && !document.querySelector('[aria-busy]')")
    return answer(page)


def everything_is_sent(page: Page) -> None:
    """Wait until the browser keeps nothing that the server has not."""
    until(page, "Object.keys(localStorage).every(key => !key.includes('outbox'))")


def opened(page: Page, address: str) -> Page:
    page.goto(address)
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    return page


def test_a_grader_marks_a_whole_question_from_the_keyboard(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(), room.address(room.gita))
    expect(page.locator("#left")).to_have_text("7 of 7 answers wait")
    page.keyboard.press(
        "Enter"
    )  # nobody chose anything: nothing is saved, least of all zero points
    expect(page.get_by_text("Not saved: choose an item, or 0 if none applies.")).to_be_visible()
    first = answer(page)
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("-")
    expect(page.locator("#score")).to_have_text("1.5")
    page.keyboard.press("c")
    page.keyboard.type("Good: $x^2$ and **more**.")
    expect(page.locator("#preview math msup")).to_be_visible()
    expect(page.locator("#preview strong")).to_have_text("more")
    page.keyboard.press("Escape")
    second = after(page, "Enter")
    expect(page.locator("#saved")).to_have_text(re.compile(r"^saved \d\d:\d\d$"))
    assert after(page, "p") == first
    expect(page.get_by_label("Comment")).to_have_value("Good: $x^2$ and **more**.")
    expect(page.locator("#score")).to_have_text("1.5")
    assert after(page, "n") == second
    for _ in range(5):
        page.keyboard.press("1")
        after(page, "Enter")
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("Why?")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="All of it is marked")).to_be_visible()
    expect(page.locator("#left")).to_have_text("0 of 7 answers wait")
    everything_is_sent(page)
    points = sorted((points or 0, said) for points, said in room.marks().values())
    assert points == [(1, "")] * 5 + [(1, "Why?"), (1.5, "Good: $x^2$ and **more**.")]


def test_a_key_pressed_while_the_next_answer_is_coming_changes_nothing(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(
        "**/api/ahead/**", lambda route: route.abort()
    )  # each is asked for when it is wanted
    opened(page, room.address(room.gita))
    first = answer(page)
    page.keyboard.press("1")
    page.route("**/api/next/**", hold)
    page.keyboard.press("Enter")
    expect(page.locator("#saved")).to_have_text(re.compile("saved"))
    until(page, "document.querySelector('[aria-busy]') !== null")
    for key in ("2", "+", "u", "p", "c", "x", "3"):
        page.keyboard.press(key)
    with pytest.raises(Error, match="Timeout"):  # nor does the mouse
        page.get_by_role("button", name="Half a point more").click(timeout=300)
    expect(page.locator("#saved")).to_contain_text("still on its way")
    expect(page.locator("#score")).to_have_text("1")
    assert "draft" not in " ".join(page.evaluate("Object.keys(localStorage)"))
    assert answer(page) == first
    while not held:
        page.wait_for_timeout(30)
    page.unroute("**/api/next/**")
    held[0].continue_()
    expect(page.locator("#score")).to_have_text("\N{EN DASH}")
    expect(page.locator("#saved")).to_be_empty()
    assert answer(page) != first
    page.keyboard.press("2")  # now it is for this one
    after(page, "Enter")
    everything_is_sent(page)
    points = sorted(points for points, _ in room.marks().values() if points is not None)
    assert points == [1, 1]
    assert room.judgements() == ["", ""]


def test_the_keys_act_again_when_the_next_answer_could_not_come(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    page.route("**/api/ahead/**", lambda route: route.abort())
    opened(page, room.address(room.gita))
    page.route("**/api/next/**", lambda route: route.abort(), times=1)
    page.keyboard.press("n")
    expect(page.locator("#saved")).to_contain_text("The next answer can't be fetched now")
    page.keyboard.press("1")
    expect(page.locator("#score")).to_have_text("1")
    after(page, "Enter")


def test_skip_undo_flag_and_the_list_of_keys_are_keys_too(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(), room.address(room.gita))
    skipped = answer(page)
    second = after(page, "s")
    page.keyboard.press("0")
    after(page, "Enter")
    assert after(page, "u") == second
    expect(page.locator("#score")).to_have_text("\N{EN DASH}")
    expect(page.locator("#left")).to_have_text("7 of 7 answers wait")
    page.keyboard.press("f")
    page.keyboard.type("copied?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("⚑ Flagged: copied?")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    for _ in range(5):
        page.keyboard.press("1")
        after(page, "Enter")
    page.keyboard.press("1")
    assert after(page, "Enter") == skipped
    expect(page.get_by_text("Only answers that you skipped are left.")).to_be_visible()
    page.keyboard.press("n")
    expect(page.get_by_text("1 answer waits still")).to_be_visible()
    page.get_by_role("button", name="Look again").press("Enter")
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    assert answer(page) == skipped


def test_a_reload_comes_back_to_the_answer_with_what_was_not_saved_yet(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(), room.address(room.gita))
    after(page, "s")
    here = answer(page)
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("half a thou")
    opened(page, page.url)
    assert answer(page) == here
    expect(page.get_by_label("Comment")).to_have_value("half a thou")
    expect(page.locator("#score")).to_have_text("1")
    expect(page.get_by_text("This is your draft from before")).to_be_visible()


def test_two_graders_side_by_side_get_different_answers_and_see_both_when_they_meet(
    room: Room, new_page: Callable[..., Page]
) -> None:
    gita = opened(new_page(), room.address(room.gita))
    hans = opened(new_page(), room.address(room.hans))
    here = answer(gita)
    assert answer(hans) != here
    opened(hans, room.address(room.hans, answer=here))  # on purpose, by its address
    expect(hans.get_by_text("gita has this answer on the screen now")).to_be_visible()
    gita.keyboard.press("1")
    gita.keyboard.press("c")
    gita.keyboard.type("from Gita")
    gita.keyboard.press("Control+Enter")
    expect(gita.locator("#saved")).to_have_text(re.compile("saved"))
    hans.keyboard.press("2")
    hans.keyboard.press("3")
    hans.keyboard.press("Enter")
    both = hans.get_by_role("dialog", name="Somebody was here before you")
    expect(both.get_by_text("0.5 points")).to_be_visible()
    expect(both.get_by_text("from Gita")).to_be_visible()
    expect(both.get_by_text("+1 Says why it matters")).to_be_visible()
    accessible(hans, "#conflict")
    hans.keyboard.press(
        "Enter"
    )  # goes to the title: no key that was meant for another answer decides
    expect(both).to_be_visible()
    assert (1, "from Gita") in room.marks().values()
    both.get_by_role("button", name="Let mine count").press("Enter")
    expect(hans.locator("#saved")).to_have_text(re.compile("saved"))
    expect(hans.locator("#decide")).to_have_count(0)
    assert (0.5, "") in room.marks().values()
    assert room.judgements() == ["from Gita", ""]


def test_marks_made_without_a_connection_arrive_once_each_also_after_a_reload(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(), room.address(room.gita))
    page.wait_for_load_state("networkidle")  # the next two are here
    page.context.set_offline(True)
    for text in ("first", "second"):
        page.keyboard.press("1")
        page.keyboard.press("c")
        page.keyboard.type(text)
        page.keyboard.press("Escape")
        after(page, "Enter")
    expect(page.locator("#unsent")).to_contain_text("not sent yet: 2")
    page.context.set_offline(False)
    lost = []

    def lose(route: Any) -> None:  # the server has it, and its answer gets lost on the way
        route.fetch()
        lost.append(route.request.post_data_json["request"])
        route.abort()

    page.route("**/api/mark/**", lose, times=1)
    opened(page, room.address(room.gita))
    expect(page.locator("#unsent")).to_be_empty()
    expect(page.locator("#saved")).to_have_text(re.compile("saved"))
    everything_is_sent(page)
    assert len(lost) == 1
    assert room.judgements() == ["first", "second"]
    expect(page.locator("#left")).to_have_text("5 of 7 answers wait")


def test_what_was_marked_and_undone_without_a_connection_ends_as_it_was(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(), room.address(room.gita))
    page.wait_for_load_state("networkidle")
    first = answer(page)
    page.context.set_offline(True)
    page.keyboard.press("1")
    after(page, "Enter")
    assert after(page, "u") == first
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("at last")
    page.keyboard.press("Escape")
    after(page, "Enter")
    expect(page.locator("#unsent")).to_contain_text("not sent yet: 3")
    page.context.set_offline(False)
    expect(page.locator("#unsent")).to_be_empty()
    expect(page.locator("#decide")).to_have_count(0)
    everything_is_sent(page)
    assert room.judgements() == ["", "", "at last"]
    assert (1, "at last") in room.marks().values()


def test_the_rubric_is_edited_while_marking_and_who_changes_is_shown_before(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = opened(new_page(), room.address(room.gita))
    page.keyboard.press("1")
    after(page, "Enter")
    page.keyboard.press("a")
    page.keyboard.type("Thinks of **colleagues**")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The rubric is saved.")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("Thinks of colleagues"))).to_be_visible()
    page.keyboard.press("e")
    row = page.locator("#editor-items > li").first
    row.get_by_label("Points").fill("1.5")
    row.get_by_role("button", name="Move down").click()
    page.locator("#editor-items > li").nth(2).get_by_role("button", name="Remove").click()
    accessible(page, "#editor")
    page.keyboard.press("Control+Enter")
    shown = page.get_by_role("dialog", name="Who changes")
    expect(
        shown.get_by_text("1 answer was marked with what you changed; 1 gets another score.")
    ).to_be_visible()
    assert (1, "") in room.marks().values()
    shown.get_by_role("button", name="Change them").click()
    expect(page.get_by_text("The rubric is saved; 1 mark changed.")).to_be_visible()
    assert (1.5, "") in room.marks().values()
    expect(page.locator("#rubric li")).to_have_count(3)
    expect(page.locator("#rubric li").first).to_contain_text("Says why it matters")


def test_a_grader_reads_what_the_feedback_keeps_back_of_a_hidden_test(
    room: Room, new_page: Callable[..., Page]
) -> None:
    with Desk(room.course, "gita") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.CODE)
        ids = {each.place.learner: id_ for id_, each in desk.queue(question).answers}
    page = opened(new_page(), room.address(room.gita, waiting.CODE, ids["dario"]))
    hidden = page.locator("#tests li", has_text="other numbers")
    expect(hidden.locator(".said").first).to_have_text("Your code raised ValueError.")
    expect(hidden.locator(".aside")).to_have_text(
        "For you only: Your code raised ValueError: no idea of 3"
    )
    public = page.locator("#tests li", has_text="small number")
    expect(public).to_contain_text("no idea of")
    expect(public.locator(".aside")).to_have_count(0)
    accessible(page, "main")


def test_a_line_is_commented_and_the_answer_run_again_from_the_keyboard(
    room: Room, new_page: Callable[..., Page]
) -> None:
    with Desk(room.course, "gita") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.CODE)
        ids = {each.place.learner: id_ for id_, each in desk.queue(question).answers}
    page = opened(new_page(), room.address(room.gita, waiting.CODE, ids["ben"]))
    page.keyboard.press("l")
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type("What of -2?")
    quoted = "> Line 3: `if number < 0:`\n\nWhat of -2?"
    expect(page.get_by_label("Comment", exact=True)).to_have_value(quoted)
    expect(page.locator("#answer .row").nth(2).locator(".remark")).to_have_text("What of -2?")
    expect(page.locator("#preview blockquote code")).to_have_text("if number < 0:")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.keyboard.type("print(double(21), double(-2))")
    page.keyboard.press("Shift+Enter")
    expect(page.locator("#run-came")).to_contain_text("42 -2")
    expect(page.locator("#run-came")).to_contain_text("[-2, 0, 2, 5.0]")  # the answer itself
    accessible(page, "main")
    page.set_viewport_size({"width": 320, "height": 256})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_tests_choose_items_and_a_key_confirms_or_changes_them(
    room: Room, new_page: Callable[..., Page]
) -> None:
    rubric = Rubric((Item("all", 2, "Doubles every number", when="passed"),
                     Item("negative", 1, "Only what is positive", when="failed: other numbers")))  # fmt: skip
    with Desk(room.course, "gita") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, waiting.CODE)
        desk.edit_rubric(question, rubric, desk.rubric(question)[1], apply=True)
        ids = {each.place.learner: id_ for id_, each in desk.queue(question).answers}
    page = opened(new_page(), room.address(room.gita, waiting.CODE, ids["ben"]))
    expect(page.get_by_role("checkbox", name=re.compile("Only what is positive"))).to_be_checked()
    expect(page.get_by_role("checkbox", name=re.compile("Doubles every"))).not_to_be_checked()
    expect(page.locator("#score")).to_have_text("1")
    page.keyboard.press("e")
    second = page.locator("#editor-items > li").nth(1)
    expect(second.get_by_label("Chosen by")).to_have_value("failed: other numbers")
    accessible(page, "#editor")


def test_nothing_of_a_hostile_submission_runs_or_leaves(
    room: Room, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (asked.append(f"dialog {dialog.message}"), dialog.dismiss()))
    ids = {}
    with Desk(room.course, "gita") as desk:
        for name in (waiting.WRITTEN, waiting.CODE):
            question = desk.question(waiting.LESSON, waiting.LESSON, name)
            ids[name] = next(
                id_ for id_, each in desk.queue(question).answers if each.place.learner == "mallory"
            )
    for name, id_ in ids.items():
        opened(page, room.address(room.gita, name, id_))
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.hacked") is None
        assert (
            page.locator(
                "#paper script, #paper iframe, #paper svg, #paper [style], #paper [onerror]"
            ).count()
            == 0
        )
        assert page.locator('#paper a[href^="javascript"]').count() == 0
        accessible(page, "main")
    expect(
        page.locator("#paper pre.output", has_text="red")
    ).to_be_visible()  # the last: code, what it printed
    assert "\x1b" not in page.locator("#paper").inner_text()
    assert [url for url in asked if not url.startswith((room.gita.url, "data:"))] == []
    page.get_by_role("button", name="Show the learner's name").click()
    expect(page.locator("#learner")).to_have_text("Mallory Example")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_accessible_looks_well_and_fits_at_four_hundred_per_cent(
    room: Room, new_page: Callable[..., Page], picture: Callable[..., None], scheme: str
) -> None:
    name = waiting.WRITTEN if scheme == "light" else waiting.CODE
    with Desk(room.course, "gita") as desk:
        question = desk.question(waiting.LESSON, waiting.LESSON, name)
        rubric = RUBRIC if name == waiting.WRITTEN else OF_CODE
        desk.edit_rubric(question, rubric, desk.rubric(question)[1], apply=True)
        ids = {each.place.learner: id_ for id_, each in desk.queue(question).answers}
    page = opened(new_page(color_scheme=scheme), room.address(room.gita, name, ids["ben"]))
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("c")
    page.keyboard.type("**Start small**: with $n$ sheets you save $\\frac{n}{2}$ hours a month.")
    expect(page.locator("#preview math").last).to_be_visible()
    page.keyboard.press("Escape")
    accessible(page, "html")
    picture(page, "desk-mark.png" if scheme == "light" else "desk-mark-dark.png")
    page.keyboard.press("?")
    accessible(page, "#keys")
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
