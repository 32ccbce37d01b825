"""A live hour: what it is about, and the agenda that questions and failures write. Pure."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that was answered live.

    Attributes:
        question: its id at the office; empty for one that was asked there and then.
    """

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """A live hour.

    Attributes:
        id: "2026-12-01-cleaning".
        start: with its zone.
        link: where it is held, an address of the web.
        lessons: that it is about.
        present: learners who were there.
        recording: the video's file name in the lesson; empty before it is there.
    """

    id: str
    title: str
    start: dt.datetime
    minutes: int
    link: str = ""
    lessons: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()
    recording: str = ""

    def written(self) -> str:
        """Return it as JSON."""
        return json.dumps(
            {**asdict(self), "start": self.start.isoformat()}, indent=1, ensure_ascii=False
        )

    def with_record(self, present: Sequence[str], answered: Sequence[Answered]) -> "Session":
        """Return it with more people and answers; who is there already counts once."""
        people = dict.fromkeys([*self.present, *present])
        said = dict.fromkeys([*self.answered, *answered])
        return replace(self, present=tuple(people), answered=tuple(said))


def read(text: str) -> Session:
    """Return the session that some JSON holds; raises ValueError, KeyError or TypeError for none."""
    data: dict[str, Any] = json.loads(text)
    data["start"] = dt.datetime.fromisoformat(data["start"])
    data["answered"] = tuple(Answered(**each) for each in data["answered"])
    data |= {key: tuple(data[key]) for key in ("lessons", "present")}
    return Session(**data)


@dataclass(frozen=True, slots=True)
class Topic:
    """A question of the agenda.

    Attributes:
        asked: how many ask it.
        failed: the test or kind of error that it is about; empty for none.
        waits: whether it has no answer.
        id: of its first question at the office; empty where there is none.
    """

    lesson: str
    text: str
    asked: int
    failed: str
    waits: bool
    id: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A graded question that many did not get right.

    Attributes:
        share: of the points that were earned, 0 to 1.
        answers: by how many it was told.
    """

    lesson: str
    title: str
    share: float
    answers: int


def agenda(
    session: Session, topics: Sequence[Topic], failed: Sequence[Failed], most: int = 5
) -> str:
    """Return the agenda of a live hour, as Markdown: what waits, what many asked, what most failed.

    Args:
        most: how many of each.
    """
    waiting = sorted((one for one in topics if one.waits), key=lambda one: -one.asked)
    repeated = [one for one in topics if not one.waits and one.asked > 1]
    worst = sorted((one for one in failed if one.share < 1), key=lambda one: one.share)[:most]
    start = f"{session.start:%Y-%m-%d %H:%M} {session.start.tzname()}"
    lines = [f"# {_plain(session.title)}", "", f"{start}, {session.minutes} minutes"
             + (f": <{session.link}>" if session.link else ""), ""]  # fmt: skip
    lines += _part("Questions without an answer", [_topic(one) for one in waiting[:most]])
    lines += _part("Asked by many", [_topic(one) for one in repeated[:most]])
    lines += _part("What went wrong most", [
        f"{_plain(one.title)} ({one.lesson}): {one.share:.0%} of the points, {one.answers} answers" for one in worst
    ])  # fmt: skip
    if not (waiting or repeated or worst):
        lines += ["Nothing is open: time for what people bring.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _part(title: str, items: Sequence[str]) -> list[str]:
    return (
        [f"## {title}", "", *(f"{n}. {item}" for n, item in enumerate(items, 1)), ""]
        if items
        else []
    )


def _topic(one: Topic) -> str:
    many = f"; {one.asked} ask it" if one.asked > 1 else ""
    failed = f"; `{one.failed.replace('`', '')}`" if one.failed else ""
    key = f" [{one.id[:8]}]" if one.id else ""
    return f"{_plain(one.text)} ({one.lesson}{many}{failed}){key}"


def _plain(text: str) -> str:
    """Return what somebody wrote as one line in which no mark of Markdown means anything."""
    line = " ".join(text.split())[:300]
    return "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|!$" else letter for letter in line)
