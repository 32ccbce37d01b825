"""Which comments a grader is offered first."""

import datetime as dt

from course.review.bank import Used, ranked

NOW = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)


def used(text: str, *days: float) -> list[Used]:
    return [Used(text, NOW - dt.timedelta(days=each)) for each in days]


def test_a_comment_that_is_used_more_often_comes_first_and_each_comes_once() -> None:
    found = ranked([*used("Say why.", 1), *used("Name the unit.", 1, 2, 3)], NOW)
    assert [(each.text, each.uses) for each in found] == [("Name the unit.", 3), ("Say why.", 1)]


def test_what_was_used_lately_goes_before_what_was_used_long_ago() -> None:
    found = ranked([*used("Say why.", 0), *used("Name the unit.", 90, 91, 92)], NOW)
    assert [each.text for each in found] == ["Say why.", "Name the unit."]


def test_only_what_matches_the_typing_comes_and_never_what_stands_there_already() -> None:
    every = [*used("Name the unit of the result.", 5), *used("Say why it is robust.", 1, 1)]
    assert [each.text for each in ranked(every, NOW, "nam the un")] == [
        "Name the unit of the result."
    ]
    assert ranked(every, NOW, "Say why it is robust.") == ()
    assert ranked(every, NOW, "zzzz") == ()


def test_blank_comments_are_left_out_and_the_list_is_short() -> None:
    every = [Used("  ", NOW)] + [Used(f"Comment {n}", NOW) for n in range(30)]
    assert len(ranked(every, NOW)) == 10
