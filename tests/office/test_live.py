"""A class in one room: one poll at a time, counted and never told; and where the instructor is."""

import pytest
from offices import Class

from course import archive
from course.errors import Invalid, NotFound, Refused
from course.office import live
from course.questions import sheet

SECTIONS = [{"id": "gaps", "title": "Gaps", "objectives": [], "questions": []},
            {"id": "types", "title": "Types", "objectives": [], "questions": []}]  # fmt: skip


def release(there: Class) -> None:
    text = sheet.build("cleaning", [], "", {"title": "Cleaning", "sections": SECTIONS})
    notebook = b'{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    there.teaching().publish(
        "cleaning", archive.pack({"cleaning.ipynb": notebook, sheet.NAME: text.encode()})
    )


def test_a_poll_counts_each_person_once_and_learners_see_the_result_when_it_is_over(
    there: Class,
) -> None:
    ivan, ana, ben = (there.own(name) for name in ("ivan", "ana", "ben"))
    live.start(ivan, "Mean or median?", ["mean", " ", "median"])
    poll = live.look(ana).poll
    assert poll is not None
    assert (poll.options, poll.mine, poll.counts) == (("mean", "median"), None, ())
    live.vote(ana, poll.id, 0)
    live.vote(ana, poll.id, 1)
    live.vote(ben, poll.id, 1)
    seen = live.look(ana).poll
    assert seen is not None
    assert (seen.votes, seen.mine, seen.counts) == (2, 1, ()), "nobody is led by what others chose"
    shown = live.look(ivan).poll
    assert shown is not None
    assert shown.counts == (0, 2)
    live.end(ivan)
    over = live.look(ana).poll
    assert over is not None
    assert (over.open, over.counts) == (False, (0, 2))
    with pytest.raises(Refused, match="is over"):
        live.vote(ana, poll.id, 0)
    live.start(ivan, "Another?", ["yes", "no"])
    assert (live.look(ana).poll or poll).text == "Another?"


def test_what_is_no_poll_or_no_vote_is_refused(there: Class) -> None:
    ivan, ana = there.own("ivan"), there.own("ana")
    for text, options in (("", ["a", "b"]), ("Why?", ["a"]), ("Why?", [str(n) for n in range(9)])):
        with pytest.raises(Invalid, match="not a poll"):
            live.start(ivan, text, options)
    with pytest.raises(Refused, match="your role may not"):
        live.start(ana, "Mine?", ["a", "b"])
    with pytest.raises(Refused, match="your role may not"):
        live.go_to(ana, "cleaning", "gaps")
    live.start(ivan, "Which?", ["a", "b"])
    poll = live.look(ana).poll
    assert poll is not None
    for key, choice in ((poll.id, 2), (poll.id, -1), ("x", 0)):
        with pytest.raises(NotFound):
            live.vote(ana, key, choice)


def test_who_follows_sees_the_section_that_the_instructor_is_at(there: Class) -> None:
    ivan, ana = there.own("ivan"), there.own("ana")
    release(there)
    assert live.look(ana).at is None
    live.go_to(ivan, "cleaning", "types")
    at = live.look(ana).at
    assert at is not None
    assert (at.lesson, at.title) == ("cleaning", "Types")
    with pytest.raises(NotFound, match="did you mean 'cleaning/types'"):
        live.go_to(ivan, "cleaning", "type")
