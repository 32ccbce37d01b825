"""From reasons to points, from lateness to penalties."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.model import Note, Outcome
from course.scoring import Attempt, counting, due_date, judge, late_penalty, late_share


def note(score: float, maximum: float = 1.0, outcome: Outcome | None = None) -> Note:
    kind = Outcome.PASSED if score >= maximum else Outcome.FAILED
    return Note("t", outcome or kind, score, maximum)


@pytest.mark.parametrize(
    ("notes", "score", "outcome"),
    [
        ([note(1), note(1)], 4, Outcome.PASSED),
        ([note(1), note(0)], 2, Outcome.PARTLY),
        ([note(0), note(0)], 0, Outcome.FAILED),
        ([note(0, 1, Outcome.TIMEOUT)], 0, Outcome.TIMEOUT),
        ([note(0, 1, Outcome.ERROR), note(0, 1, Outcome.MEMORY)], 0, Outcome.ERROR),
        ([note(0, 1, Outcome.ERROR), note(0)], 0, Outcome.FAILED),
        ([note(1), note(0, 1, Outcome.CRASH)], 2, Outcome.PARTLY),
        ([note(0, 1, Outcome.ERROR), note(0, 1, Outcome.NOT_TRIED)], 0, Outcome.ERROR),
        ([note(0), note(0, 1, Outcome.NOT_TRIED)], 0, Outcome.FAILED),
        ([note(0, 1, Outcome.NOT_TRIED)], 0, Outcome.NOT_TRIED),
        ([note(3, 3), note(0, 1)], 3, Outcome.PARTLY),
        ([note(2, 1)], 4, Outcome.PASSED),
        ([note(-2, 1)], 0, Outcome.FAILED),
    ],
)
def test_the_earned_share_is_scaled_to_the_questions_points(
    notes: list[Note], score: float, outcome: Outcome
) -> None:
    verdict = judge("q", 4.0, notes)

    assert (verdict.question, verdict.score, verdict.maximum) == ("q", score, 4.0)
    assert verdict.outcome is outcome
    assert verdict.notes == tuple(notes)


@pytest.mark.parametrize("notes", [[], [note(0, 0)], [note(1), note(0, 1, Outcome.NEEDS_PERSON)]])
def test_without_a_note_that_could_earn_nobody_can_tell_and_it_is_no_zero(
    notes: list[Note],
) -> None:
    verdict = judge("q", 4.0, notes)
    assert (verdict.outcome, verdict.score, verdict.passed) == (Outcome.NEEDS_PERSON, None, None)


def test_passed_means_full_marks() -> None:
    assert judge("q", 4.0, [note(1)]).passed is True
    assert judge("q", 4.0, [note(1), note(0)]).passed is False


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 100)), min_size=1, max_size=6),
    st.floats(0, 100),
)
def test_a_score_is_never_outside_the_questions_range(
    earned: list[tuple[float, float]], maximum: float
) -> None:
    verdict = judge("q", maximum, [note(share * top, top) for share, top in earned])
    assert verdict.score is None or 0 <= verdict.score <= maximum
    assert (verdict.outcome is Outcome.PASSED) <= (verdict.passed is True)


HOUR, DAY, NO = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta()


@pytest.mark.parametrize(
    ("rule", "late", "grace", "off"),
    [
        ("none", 9 * DAY, NO, 0),
        ("zero", NO, NO, 0),
        ("zero", -DAY, NO, 0),
        ("zero", HOUR, NO, 10),
        ("zero", HOUR, HOUR, 0),
        ("zero", HOUR + dt.timedelta(microseconds=1), HOUR, 10),
        ("per-day", HOUR, NO, 1),
        ("per-day", DAY, NO, 1),
        ("per-day", DAY + HOUR, NO, 2),
        ("per-day", 3 * DAY, HOUR, 3),
        ("per-day", 99 * DAY, NO, 10),
        ("per-day", dt.timedelta(minutes=30), HOUR, 0),
    ],
)
def test_lateness_costs_what_the_rule_says(
    rule: object, late: dt.timedelta, grace: dt.timedelta, off: float
) -> None:
    assert late_penalty(10.0, late_share(late, rule, 0.1, grace)) == off  # type: ignore[arg-type]


def test_nothing_is_taken_from_nothing() -> None:
    assert late_penalty(0.0, late_share(9 * DAY, "zero", 1.0, NO)) == 0


@given(st.floats(0, 1e6), st.timedeltas(), st.sampled_from(["none", "zero", "per-day"]),
       st.floats(0, 1))  # fmt: skip
def test_a_penalty_is_never_negative_and_never_more_than_the_score(
    score: float, late: dt.timedelta, rule: object, per_day: float
) -> None:
    assert 0 <= late_penalty(score, late_share(late, rule, per_day, HOUR)) <= score  # type: ignore[arg-type]


START = dt.date(2026, 1, 31)


def test_a_relative_due_date_counts_from_the_midnight_of_the_start() -> None:
    assert due_date(dt.timedelta(days=14), START) == dt.datetime(2026, 2, 14, tzinfo=dt.UTC)


def test_a_relative_due_date_without_a_start_is_none() -> None:
    assert due_date(dt.timedelta(days=14), None) is None


@pytest.mark.parametrize("due", [None, dt.datetime(2026, 3, 1, tzinfo=dt.UTC)])
@pytest.mark.parametrize("start", [None, START])
def test_an_absolute_due_date_is_the_same_for_everybody(
    due: dt.datetime | None, start: dt.date | None
) -> None:
    assert due_date(due, start) == due


LJUBLJANA = ZoneInfo("Europe/Ljubljana")


def test_a_relative_due_date_is_midnight_in_the_courses_zone_on_both_sides_of_summer_time() -> None:
    begin = dt.date(2026, 3, 20)  # summer time begins on the 29th
    due = due_date(dt.timedelta(days=14), begin, LJUBLJANA)
    assert due == dt.datetime(2026, 4, 2, 22, tzinfo=dt.UTC)
    assert due.astimezone(LJUBLJANA).strftime("%d %H:%M %Z") == "03 00:00 CEST"


DUE = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("extended", "due"),
    [([], DUE), ([DUE + DAY], DUE + DAY), ([DUE + DAY, DUE + 2 * DAY], DUE + 2 * DAY), ([DUE - DAY], DUE)],
)  # fmt: skip
def test_an_extension_gives_time_and_never_takes_any(
    extended: list[dt.datetime], due: dt.datetime
) -> None:
    assert due_date(DUE, None, extended=extended) == due


def test_who_can_not_be_late_is_not_made_late_by_an_extension() -> None:
    assert due_date(None, START, extended=[DUE]) is None
    assert due_date(dt.timedelta(days=7), None, extended=[DUE]) is None


@pytest.mark.parametrize(
    ("points", "last_waits", "counts"),
    [
        ([3.0], False, 0),
        ([3.0, 2.0], False, 0),
        ([3.0, 3.0], False, 1),
        ([1.0, 3.0, 2.0], False, 1),
        ([3.0, 2.0], True, 1),
    ],
)
def test_of_several_attempts_the_best_counts_where_the_course_says_so(
    points: list[float], last_waits: bool, counts: int
) -> None:
    last = len(points) - 1
    attempts = [Attempt(each, last_waits and n == last) for n, each in enumerate(points)]
    assert counting(attempts, "best") == counts
    assert counting(attempts, "last") == last


@pytest.mark.parametrize(
    ("marked", "counts"),
    [((), 2), ((0,), 0), ((0, 1), 1), ((2,), 2)],
    ids=["none", "first", "second", "last"],
)
def test_the_last_attempt_that_a_person_marked_counts(marked: tuple[int, ...], counts: int) -> None:
    attempts = [Attempt(points=number, marked=number in marked) for number in range(3)]
    assert counting(attempts, "marked") == counts
