"""Who is told what and when: each thing once, and no reminder of what waits for a grader."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from course.pacing import letters
from course.pacing.letters import Desk, Overview, Pile, Reader, Work
from course.settings import Reminders

ZONE = ZoneInfo("Europe/Vienna")
MONDAY = dt.datetime(2026, 11, 30, 8, 0, tzinfo=dt.UTC)
ANA = Reader("ana", "Ana", "ana@example.org")
DUE = dt.datetime(2026, 12, 3, 22, 59, tzinfo=dt.UTC)
WORK = Work("cleaning", "Cleaning", 30, DUE, grace=60)


def desk(now: dt.datetime, told: tuple[str, ...] = ()) -> Desk:
    return Desk("Pandas", Reminders(), ZONE, now, frozenset(told))


def run(work: Work, moments: list[dt.datetime], told: tuple[str, ...] = ()) -> list[str]:
    """Run the reminders at some moments, with a memory; returns the subjects."""
    said = []
    for now in moments:
        letter = letters.reminder(desk(now, told), ANA, [work])
        if letter:
            said.append(letter.subject)
            told += letter.keys
    return said


def test_a_date_is_reminded_of_at_each_step_once_and_when_it_is_over() -> None:
    hours = [MONDAY + dt.timedelta(hours=number) for number in range(24 * 14)]
    assert run(WORK, hours) == [
        "Cleaning: due Thursday 23:59", "Cleaning: due 23:59 today", "1 lesson is due",
    ]  # fmt: skip


def test_a_date_that_moved_is_told_anew() -> None:
    now = DUE - dt.timedelta(hours=20)
    first = letters.reminder(desk(now), ANA, [WORK])
    assert first is not None
    moved = replace(WORK, due=DUE + dt.timedelta(days=7))
    assert letters.reminder(desk(now, first.keys), ANA, [moved]) is None, "it is far away again"
    again = letters.reminder(desk(now + dt.timedelta(days=7), first.keys), ANA, [moved])
    assert again is not None


def test_reminders_end_when_the_work_waits_for_a_grader_and_the_next_letter_says_so() -> None:
    now = DUE - dt.timedelta(hours=20)
    waiting = replace(WORK, standing="waiting", handed_in=now - dt.timedelta(days=1))
    assert letters.reminder(desk(now), ANA, [waiting]) is None
    other = replace(WORK, lesson="grouping", title="Grouping")
    letter = letters.reminder(desk(now), ANA, [waiting, other])
    assert letter is not None
    assert "Cleaning: handed in 2026-12-02 03:59 CET; it waits for a grader, nothing is left for you to do" in (
        letter.text()
    )  # fmt: skip
    assert letter.text().count("Cleaning") == 1
    assert letters.reminder(desk(now), ANA, [replace(waiting, standing="returned")]) is None


def test_in_the_grace_a_letter_says_that_it_still_costs_nothing() -> None:
    letter = letters.reminder(desk(DUE + dt.timedelta(minutes=30)), ANA, [WORK])
    assert letter is not None
    assert "until 00:59" in letter.text()
    after = letters.reminder(desk(DUE + dt.timedelta(hours=2)), ANA, [WORK])
    assert after is not None
    assert "hand in what you have" in after.text()


def test_a_digest_comes_once_a_week_on_its_day_or_as_soon_as_somebody_runs_it() -> None:
    tuesday = MONDAY + dt.timedelta(days=1)
    letter = letters.digest(
        desk(tuesday), ANA, [WORK, replace(WORK, title="Old", standing="returned")]
    )
    assert letter is not None, "nobody ran it on Monday"
    assert letter.subject == "Your week: about 30 minutes left"
    assert "Old: the feedback is there" in letter.text()
    assert letters.digest(desk(tuesday + dt.timedelta(days=2), letter.keys), ANA, [WORK]) is None
    sunday = MONDAY - dt.timedelta(days=1)
    wednesdays = Desk("Pandas", Reminders(digest="wednesday"), ZONE, MONDAY)
    assert letters.digest(wednesdays, ANA, [WORK]) is None
    assert letters.digest(desk(sunday), ANA, [WORK]) is not None
    never = Desk("Pandas", Reminders(digest="never"), ZONE, MONDAY)
    assert letters.digest(never, ANA, [WORK]) is None
    assert letters.digest(desk(MONDAY), ANA, [replace(WORK, standing="returned")]) is None


def test_a_grader_is_told_what_waits_and_nothing_when_nothing_does() -> None:
    piles = [Pile("Cleaning", 3, MONDAY - dt.timedelta(days=9)), Pile("Grouping", 0)]
    letter = letters.for_grader(desk(MONDAY), ANA, piles)
    assert letter is not None
    assert letter.subject == "3 answers wait for you"
    assert "Cleaning: 3, the oldest since 2026-11-21 09:00 CET" in letter.text()
    assert letters.for_grader(desk(MONDAY), ANA, piles[1:]) is None


def test_an_instructor_is_told_how_the_course_stands() -> None:
    letter = letters.for_instructor(desk(MONDAY), ANA, [Overview("Cleaning", 12, 3, 1, 2)])
    assert letter is not None
    assert ("Cleaning: 12 handed in, 3 answers wait for a person, 1 could not be graded, 2 overdue and not "
            "handed in") in letter.text()  # fmt: skip


@pytest.mark.parametrize("name", ["<b>Ana</b>", 'Ana"'])
def test_a_name_is_text_in_a_letter(name: str) -> None:
    from course.pacing.post import message

    letter = letters.digest(desk(MONDAY), Reader("ana", name, ANA.email), [WORK])
    assert letter is not None
    mail = message(letter, "course@example.org", MONDAY)
    plain, page = mail.iter_parts()
    assert name in plain.get_content()
    assert "<b>" not in page.get_content()
