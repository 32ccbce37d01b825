"""The agenda of a live hour, and what is kept of it."""

import datetime as dt

import pytest

from course.pacing.session import Answered, Failed, Session, Topic, agenda, read

START = dt.datetime(2026, 12, 1, 10, 0, tzinfo=dt.UTC)
HOUR = Session(
    "cleaning-live", "Cleaning, *live*", START, 60, "https://meet.example.org/a", ("cleaning",)
)


def test_an_agenda_begins_with_what_waits_and_ends_with_what_most_failed() -> None:
    topics = [
        Topic("cleaning", "Answered once", 1, "", waits=False),
        Topic("cleaning", "Asked by many", 4, "KeyError", waits=False, id="b" * 36),
        Topic("cleaning", "Still open", 1, "", waits=True),
        Topic("cleaning", "Open\n# <script> and `asked`", 3, "gaps are left out", waits=True, id="a" * 36),
    ]  # fmt: skip
    failed = [
        Failed("cleaning", "Gaps", 0.25, 8),
        Failed("cleaning", "Types", 1.0, 8),
        Failed("cleaning", "Means", 0.5, 8),
    ]
    text = agenda(HOUR, topics, failed)
    order = ["Questions without an answer", "3 ask it", "[aaaaaaaa]", "Still open", "Asked by many", "KeyError",
             "What went wrong most", "Gaps (cleaning): 25% of the points, 8 answers", "Means"]  # fmt: skip
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert "Answered once" not in text
    assert "Types" not in text
    assert "\n# <script>" not in text, "what somebody wrote is no heading"
    assert "time for what people bring" in agenda(HOUR, [], [])


def test_who_was_there_counts_once_and_all_of_it_is_read_back() -> None:
    made = HOUR.with_record(["ana", "ben"], [Answered("x", "Yes")]).with_record(
        ["ben"], [Answered("x", "Yes")]
    )
    assert made.present == ("ana", "ben")
    assert len(made.answered) == 1
    assert read(made.written()) == made


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"start": "soon"}'])
def test_what_is_no_session_is_told(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read(text)
