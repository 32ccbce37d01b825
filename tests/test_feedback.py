"""The page that a learner gets back."""

import datetime as dt
import html.parser
import re
from dataclasses import replace
from typing import Any

import pytest

from course.feedback import markdown, number, page
from course.model import Learner, Mark, Note, Outcome, Repair
from course.settings import CourseFile, Lesson

EVIL = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'&{{7*7}}"
ADA = Learner("ada", "Ada", "Lovelace")
COURSE = CourseFile(id="stats", title="Statistics")
LESSON = Lesson(folder="first", title="First things", pass_mark=0.5)
ATTEMPT = {
    "state": "graded", "reason": "", "repairs": [],
    "submitted_at": dt.datetime(2026, 1, 2, 10, 30, tzinfo=dt.UTC),
}  # fmt: skip


def mark(points: float | None = 2.0, **more: Any) -> Mark:
    known = {"question": "q1", "maximum": 4.0, "state": "partly", "kind": "code", "title": "Means"}
    return Mark(learner="ada", lesson="first", points=points, **(known | more))


def text(*marks: Mark, late: float = 0.0, lesson: Lesson = LESSON, **attempt: Any) -> str:
    return page(COURSE, lesson, ADA, marks, ATTEMPT | attempt, late)


class Reader(html.parser.HTMLParser):
    """What a browser makes of a page: its elements, attributes and words."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["style"]:
            self.words.append(data)

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.words).split())


def said(*marks: Mark, **more: Any) -> str:
    return Reader(text(*marks, **more)).said


# -- what it says -----------------------------------------------------------------------------


def test_the_page_says_who_what_when_and_how_much() -> None:
    words = said(mark(), mark(1.5, question="q2", maximum=2.0))
    for part in (
        "Statistics",
        "Feedback: First things",
        "for Ada Lovelace",
        "02 January 2026, 10:30 UTC",
        "3.5 of 6 points",
        "2 of 4 points",
        "1.5 of 2",
    ):
        assert part in words  # fmt: skip


def test_the_reasons_are_there_each_with_its_outcome() -> None:
    notes = (
        Note("small numbers", Outcome.PASSED, 1, 1),
        Note("gaps", Outcome.FAILED, 0, 1, "expected 3; came 4"),
    )
    words = said(mark(notes=notes))
    assert "✓ small numbers : right" in words
    assert "✗ gaps : not right yet expected 3; came 4" in words


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_its_words_and_a_sign_beside_the_colour(outcome: Outcome) -> None:
    source = text(mark(state=outcome.value, notes=(Note("t", outcome, 0, 1, "x"),)))
    assert re.search(r'<section class="(good|part|bad|wait)"', source)
    assert f"> {outcome.value} <" not in source, "our own word is not a learner's"
    assert re.search(r"[✓◐✗…]", Reader(source).said)


@pytest.mark.parametrize("state", ["marked", "autograded", "triage", "missing"])
def test_every_other_state_has_its_words(state: str) -> None:
    points = None if state in ("triage", "missing") else 2.0
    words = {"marked": "Marked by a person", "autograded": "Graded", "triage": "Not graded yet",
             "missing": "Not handed in"}  # fmt: skip
    assert words[state] in said(mark(points, state=state))


@pytest.mark.parametrize(("points", "tone"), [(4.0, "good"), (2.0, "part"), (0.0, "bad")])
def test_a_persons_mark_has_the_colour_of_its_points(points: float, tone: str) -> None:
    assert f'<section class="{tone}"' in text(mark(points, state="marked"))


# -- passed or not ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "waiting", "verdict"),
    [
        ([4.0], 0, "✓ passed"),
        ([2.0], 0, "✓ passed"),
        ([1.9], 0, "✗ not passed yet"),
        ([4.0, None], 1, "✓ passed"),
        ([1.0, None], 1, ""),
        ([None, None], 2, ""),
    ],
)
def test_passed_is_said_when_it_is_sure_and_not_before(
    points: list[float | None], waiting: int, verdict: str
) -> None:
    words = said(*(mark(each, question=f"q{n}") for n, each in enumerate(points)))
    assert ("passed" in words) == bool(verdict)
    assert verdict in words
    assert (f"{waiting} answer" in words) == bool(waiting)
    assert ("1 answer waits for a person" in words) == (waiting == 1)
    assert ("2 answers wait for a person" in words) == (waiting == 2)


def test_what_is_not_graded_shows_no_zero() -> None:
    section = text(mark(None, state="needs a person")).partition("<section")[2]
    words = Reader("<section" + section).said
    assert words.startswith("Means 4 points")
    assert "A person will look at this" in words
    assert "0" not in words


def test_lateness_is_taken_off_and_said() -> None:
    words = said(mark(3.0), late=1.5)
    assert "1.5 of 4 points" in words
    assert "1.5 points were taken off because it came late" in words
    assert "✗ not passed yet" in words


def test_a_penalty_larger_than_the_score_leaves_nothing_and_no_less() -> None:
    assert "0 of 4 points" in said(mark(1.0), late=9.0)


def test_a_lesson_without_points_is_neither_passed_nor_failed() -> None:
    assert "passed" not in said()


def test_work_that_could_not_be_graded_says_why_and_that_it_is_no_zero() -> None:
    words = said(mark(None, state="triage"), state="triage", reason="the file is not JSON")
    assert "This could not be graded yet" in words
    assert "has not been marked zero" in words
    assert "the file is not JSON" in words


def test_repairs_are_told_with_the_promise_that_the_work_is_untouched() -> None:
    repairs = [{"where": "q1", "text": "put back"}, Repair("kernel", "was 'ir'")]
    words = said(mark(), repairs=repairs)
    assert "What was put right before grading" in words
    assert "Nothing that you handed in was changed" in words
    assert "q1 : put back" in words
    assert "kernel : was 'ir'" in words
    assert "What was put right" not in said(mark())


def test_a_comment_is_shown_with_who_wrote_it() -> None:
    words = said(mark(state="marked", comment="Well *done*.", grader="Grace"))
    assert "Grace wrote: Well done ." in words


# -- nobody gets in ---------------------------------------------------------------------------


def test_hostile_text_in_every_field_stays_text() -> None:
    evil_mark = mark(
        question=EVIL, title=EVIL, state=EVIL, grader=EVIL, comment=EVIL, kind=EVIL,
        notes=(Note(EVIL, Outcome.FAILED, 0, 1, EVIL), Note("b", Outcome.PASSED, 1, 1)),
    )  # fmt: skip
    source = page(
        CourseFile.model_construct(id="x", title=EVIL),
        Lesson.model_construct(folder=EVIL, title=EVIL, pass_mark=0.5),
        Learner("ada", EVIL, EVIL), [evil_mark, replace(evil_mark, title="")],
        ATTEMPT | {"state": "triage", "reason": EVIL, "repairs": [{"where": EVIL, "text": EVIL}]},
        0.0,
    )  # fmt: skip
    reader = Reader(source)
    assert "script" not in reader.tags
    assert "img" not in reader.tags
    assert not [name for name, _ in reader.attributes if name.startswith("on")]
    assert "49" not in reader.said
    assert reader.said.count("<script>alert(1)</script>") >= 12, "all of it is shown, as text"


def test_the_page_needs_nothing_from_elsewhere_and_allows_no_script() -> None:
    reader = Reader(text(mark(comment="![x](http://evil.example/x.png) [l](http://a.example)")))
    policy = [value for name, value in reader.attributes if value.startswith("default-src")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]
    assert not {"script", "link", "iframe", "object", "form"} & set(reader.tags)


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        "[x](javascript:alert(1))",
        "![x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n\n[x]",
        "<style>body{display:none}</style>",
        "```html\n</code></pre><script>alert(1)</script>\n```",
        '[x](http://a.example "\\" onmouseover=\\"alert(1)")',
    ],
)
def test_a_comments_markdown_can_do_no_harm(evil: str) -> None:
    reader = Reader(str(markdown(evil)))
    assert not {"script", "style", "iframe"} & set(reader.tags)
    for name, value in reader.attributes:
        assert not name.startswith("on")
        assert not value.lower().startswith(("javascript:", "data:"))


def test_a_comments_markdown_is_rendered() -> None:
    html = markdown("**Good** `x`\n\n- one\n\n|a|b|\n|-|-|\n|1|2|\n")
    for part in ("<strong>Good</strong>", "<code>x</code>", "<li>one</li>", "<td>1</td>"):
        assert part in html


# -- always the same --------------------------------------------------------------------------


def test_the_same_marks_give_the_same_bytes() -> None:
    marks = [mark(comment="[a](http://a.example)", notes=(Note("t", Outcome.FAILED, 0, 1, "x"),))]
    assert text(*marks).encode() == text(*marks).encode()


@pytest.mark.parametrize(
    ("value", "shown"), [(3.0, "3"), (2.5, "2.5"), (1 / 3, "0.33"), (0.0, "0"), (10.0, "10"),
                         (100.0, "100"), (2.999, "3")]
)  # fmt: skip
def test_points_are_written_as_people_write_them(value: float, shown: str) -> None:
    assert number(value) == shown
