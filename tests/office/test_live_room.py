"""`course.live`: what it says where the class is here, elsewhere, nowhere, and out of reach."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from offices import Class, classroom, served

from course import archive
from course.attending import attend
from course.exchange.access import Access
from course.lesson import record
from course.lesson.live import NAME, Live, Place, Poll, keep, read, view
from course.lesson.plan import Plan
from course.office import live as office
from course.questions import Item, Option, sheet

LESSON = Plan("cleaning", "Cleaning", 30, "", {}, (), {})
ASKED = Poll(
    "p", "Mean or median?", ("mean", "median"), open=True, votes=3, counts=(), mine=None,
    lesson="cleaning", question="trust", keys=("a", "b"),
)  # fmt: skip
BOOK = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def said(now: Live | None) -> str:
    return "\n".join(f"{part['head']} | {' | '.join(part['lines'])} | {part['button']}" for part in view(LESSON, now))  # fmt: skip


@pytest.mark.parametrize(("now", "told"), [
    (None, "One moment"),
    (Live(), "Nothing is live just now"),
    (Live(away=True), "can't be reached just now. The lesson works without it"),
    (Live(Place("cleaning", "gaps", "Find the gaps")), "The class is at: Find the gaps |  | Go there"),
    (Live(Place("other", "gaps", "Find the gaps")), "That is in another lesson, other. | "),
    (Live(poll=ASKED), "Answer it in this notebook: your answer counts at once. | 3 votes | Go to the question"),
    (Live(poll=replace(ASKED, mine=1)), "You said: median | 3 votes"),
    (Live(poll=replace(ASKED, lesson="other")), "in the lesson other."),
    (Live(poll=replace(ASKED, question="")), "Nobody sees who chose what"),
    (Live(poll=replace(ASKED, open=False, counts=(1, 2))),
     "What the class said: Mean or median? | mean: 1 | median: 2 | 3 votes"),
])  # fmt: skip
def test_it_says_where_the_class_is_and_what_it_is_asked(now: Live | None, told: str) -> None:
    assert told in said(now)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"at": 1, "poll": null, "away": false, "seen": ["", ""]}'])  # fmt: skip
def test_a_file_that_cant_be_read_says_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / NAME
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    assert read(tmp_path) is None
    keep(tmp_path, Live(Place("a", "b", "c"), ASKED, away=True, seen=("p", "t")))
    assert read(tmp_path) == Live(Place("a", "b", "c"), ASKED, away=True, seen=("p", "t"))


def learner(made: Class, home: Path, url: str) -> Path:
    """Make ana's folder with a lesson that has a poll and a rating, which is released; returns the lesson's folder."""
    folder = home / "cleaning"
    folder.mkdir(parents=True)
    options = (Option("m", "the *mean*"), Option("d", "the median"))
    items = [
        Item("trust", "poll", "Which?", options=options),
        Item("pace", "rating", "How fast?", settings=(("scale", "1..3"), ("low", "slow"))),
        Item("many", "poll", "Which ones?", options=options, settings=(("choose", "many"),)),
    ]
    text = sheet.build("cleaning", items, "", {"title": "Cleaning"})
    (folder / sheet.NAME).write_text(text, encoding="utf-8")
    made.teaching().publish(
        "cleaning", archive.pack({"cleaning.ipynb": BOOK, sheet.NAME: text.encode()})
    )
    Access(home, url, "pandas", "ana", made.tokens["ana"]).keep()
    return folder


def test_an_answer_to_the_lessons_poll_is_a_vote_and_a_vote_on_the_page_stays(
    tmp_path: Path,
) -> None:
    home = tmp_path / "ana"
    with classroom(tmp_path / "office") as made, served(made.office) as url:
        folder = learner(made, home, url)
        ivan, ana = made.own("ivan"), made.own("ana")
        assert [one.id for one in office.opinions(ivan)] == ["trust", "pace"], "one choice each"
        assert office.opinions(ivan)[0].options == ("the mean", "the median")
        assert office.opinions(ivan)[1].options == ("1: slow", "2", "3")

        def mine() -> int | None:
            poll = office.look(ana).poll
            assert poll is not None
            return poll.mine

        record.append(folder, "answered", "trust", {"response": ["m"]})
        assert attend(home) == Live(), "nothing is asked, so nothing is told"
        office.ask(ivan, "cleaning", "trust")
        attend(home)
        assert mine() == 0, "what was answered before counts"
        poll = office.look(ana).poll
        assert poll is not None
        office.vote(ana, poll.id, 1)
        attend(home)
        assert mine() == 1, "chosen later, on the page"
        record.append(folder, "answered", "trust", {"response": ["m"]})
        attend(home)
        assert mine() == 0, "answered again, later still"
        office.end(ivan)
        record.append(folder, "answered", "trust", {"response": ["d"]})
        attend(home)
        assert mine() == 0, "it is over"
        office.ask(ivan, "cleaning", "pace")
        record.append(folder, "answered", "pace", {"response": ["3"]})
        attend(home)
        assert mine() == 2
        office.start(ivan, "Shall we go on?", ["yes", "no"])
        own = office.look(ana).poll
        assert own is not None
        attend(home, [(own.id, 1), (poll.id, 0)])
        assert mine() == 1, "and the vote for one that is over stops nothing"
    now = attend(home)
    assert now.away, "the service has ended"
    assert now.poll is not None, "what it said last stays"
    assert "can't be reached" in said(now)


def test_the_process_that_follows_ends_with_who_started_it(tmp_path: Path) -> None:
    with classroom(tmp_path / "office") as made, served(made.office) as url:
        learner(made, tmp_path / "ana", url)
        command = [sys.executable, "-m", "course.attending", str(tmp_path / "ana")]
        done = subprocess.run(command, input=b"\n", timeout=60, capture_output=True, check=True)
    assert done.stderr == b""
    assert json.loads((tmp_path / "ana" / NAME).read_text("utf-8"))["away"] is False
