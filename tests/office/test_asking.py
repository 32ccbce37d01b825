"""Questions: asked once, answered, published without a name, moderated; and who sees what."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

import pytest
from offices import Class

from course.errors import Invalid, NotFound, Refused
from course.office import answering, asking, threads
from course.office.asking import Asked
from course.office.similar import Question, grouped, ordered

NOW = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)


def asked(text: str = "Why is the mean nan?", **more: Any) -> Asked:
    return Asked(str(uuid.uuid4()), "cleaning", text, "2026-11-30T09:00:00+01:00", exercise="mean-delay",
                 test="the mean leaves gaps out", code="df.mean()", **more)  # fmt: skip


def test_a_question_that_is_sent_twice_is_asked_once(there: Class) -> None:
    one = asked()
    assert asking.ask(there.own("ana"), [one]) == 1
    assert asking.ask(there.own("ana"), [one, asked("Another thing?")]) == 1
    assert asking.ask(there.own("ben"), [replace(one, text="taken over")]) == 0, (
        "an id is its first owner's"
    )
    assert [each.question["text"] for each in threads.mine(there.own("ana"))] == [
        one.text,
        "Another thing?",
    ]
    assert threads.mine(there.own("ben")) == []


def test_what_was_announced_in_another_way_and_odd_letters_stop_nobody(there: Class) -> None:
    there.teaching().announce({"questions": {"from a later version": 1}})
    asking.ask(there.own("ana"), [asked("a\0b")])
    (group,) = threads.board(there.own("ivan"))
    assert group[0].question["text"] == "ab"


def test_others_see_a_published_question_without_its_name_and_nothing_else(there: Class) -> None:
    one, other = asked(), asked("How do I hand in?")
    asking.ask(there.own("ana"), [one, other])
    with pytest.raises(NotFound):
        threads.thread(there.own("ben"), one.id)
    with pytest.raises(NotFound):
        answering.answer(there.own("ben"), one.id, "I know!")
    answering.answer(there.own("ivan"), one.id, "Use **skipna**.", publish=True)
    answering.answer(there.own("ana"), one.id, "Ana thanks you")
    answering.answer(there.own("ivan"), one.id, "You're welcome.")
    (seen,) = threads.published(there.own("ben"))
    plain = repr(seen.plain())
    assert "Use **skipna**." in plain
    assert "ivan" in plain.casefold()
    assert seen.by == ""
    assert [each.by for each in seen.answers] == ["Ivan", "", "Ivan"], (
        "who asked stays without a name"
    )
    assert [len(group) for group in threads.board(there.own("ben"))] == [1]
    assert len(threads.board(there.own("ivan"))) == 2
    (mine, _) = threads.mine(there.own("ana"))
    assert (mine.mine, mine.by, len(mine.answers)) == (True, "Ana", 3)


def test_where_learners_answer_each_other_a_name_is_told_unless_asked_without(there: Class) -> None:
    there.teaching().announce({"questions": {"learners_answer": True}})
    open_, nameless = asked(), asked("Is this asked by nobody?", nameless=True)
    asking.ask(there.own("ana"), [open_, nameless])
    assert threads.thread(there.own("ben"), open_.id).by == "Ana"
    assert threads.thread(there.own("ben"), nameless.id).by == ""
    assert threads.thread(there.own("ivan"), nameless.id).by == "Ana"
    answering.answer(there.own("ben"), open_.id, "Try skipna.")
    assert threads.thread(there.own("ana"), open_.id).answers[0].by == "Ben"
    assert threads.thread(there.own("ana"), open_.id).question["state"] == "answered"
    with pytest.raises(Refused, match="your role may not do this"):
        answering.moderate(there.own("ben"), open_.id, "hide")


def test_moderation_hides_closes_and_merges_and_who_asked_still_reads_the_answer(
    there: Class,
) -> None:
    one, same = asked(), asked("Why is my mean nan??")
    asking.ask(there.own("ana"), [one])
    asking.ask(there.own("ben"), [same])
    (group,) = threads.board(there.own("ivan"))
    assert len(group) == 2, "they ask the same"
    ivan = there.own("ivan")
    answering.moderate(ivan, same.id, "merge", into=one.id)
    answering.answer(ivan, one.id, "Use skipna.")
    (ben,) = threads.mine(there.own("ben"))
    assert [each.text for each in ben.answers] == ["Use skipna."]
    number = threads.thread(ivan, one.id).answers[0].number
    answering.moderate(ivan, one.id, "hide answer", number=number)
    assert threads.mine(there.own("ben"))[0].answers == ()
    answering.moderate(ivan, one.id, "publish")
    answering.moderate(ivan, one.id, "hide")
    assert threads.published(there.own("ben")) == []
    assert threads.mine(there.own("ana"))[0].question["state"] == "hidden", (
        "her own is not kept from her"
    )
    answering.moderate(ivan, one.id, "show")
    answering.moderate(ivan, one.id, "close")
    assert [each.question["state"] for each in threads.published(there.own("ben"))] == ["closed"]
    with pytest.raises(Invalid, match="can't be merged"):
        answering.moderate(ivan, one.id, "merge", into=one.id)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"text": "  "}, "1 to 4000"), ({"text": "x" * 5000}, "1 to 4000"), ({"id": "../x"}, "UUID"),
     ({"asked_at": "soon"}, "ISO 8601"), ({"asked_at": "2026-11-30T09:00:00"}, "with its zone"), ({"lesson": "../x"}, "not a usable name")],
)  # fmt: skip
def test_what_is_no_question_is_refused_with_all_that_came_with_it(
    there: Class, wrong: dict[str, str], told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        asking.ask(there.own("ana"), [asked(), replace(asked(), **wrong)])
    assert threads.mine(there.own("ana")) == []


def question(name: str, text: str, hours: float, **more: Any) -> Question:
    about = {"exercise": "mean-delay", "test": "", "error": "", **more}
    return Question(name, "cleaning", text=text, at=NOW - dt.timedelta(hours=hours), **about)


def test_questions_are_alike_by_their_words_or_by_how_they_failed_and_near_words() -> None:
    alike = [
        question("a", "Why do I get a KeyError for delay?", 5, error="KeyError: 'delay'"),
        question("b", "I get a KeyError but the delay is there", 4, error="KeyError: 'Delay'"),
        question("c", "How do I hand in?", 3, error="KeyError: 'delay'"),
        question("d", "how do i hand in", 2),
        question("e", "Why do I get a KeyError for delay?", 1, error="", exercise="other"),
    ]  # fmt: skip
    found = [[each.id for each in group.questions] for group in grouped(alike)]
    assert found == [["a", "b", "e"], ["c", "d"]]


def test_who_waited_too_long_comes_first_then_what_most_ask_and_the_answered_last() -> None:
    groups = grouped([
        question("one", "Something alone", 10), question("many", "How do I hand in?", 9),
        question("many too", "how do I hand in", 8), question("late", "Quite another matter here", 50),
        question("done", "Is there a break on Friday", 99, open=False),
    ])  # fmt: skip
    found = ordered(groups, NOW, dt.timedelta(hours=48))
    assert [group.questions[0].id for group in found] == ["late", "many", "one", "done"]
