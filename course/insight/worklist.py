"""What somebody should look after today, and why. Pure: frames and rules in, entries out.

Nobody is ranked: entries are in the order of how long they have waited.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import pandas as pd

from course.insight.columns import UNREAD, as_dicts, each_row
from course.model import Outcome
from course.settings import Oversight
from course.store.personal import PREFIX

Frame = pd.DataFrame
Kind = Literal["inactive", "stuck", "must-correct", "waiting", "unread", "request", "asked"]
KINDS: Mapping[str, str] = {
    "inactive": "Nothing handed in, and behind their own plan",
    "stuck": "May be stuck",
    "must-correct": "A must-correct question is open",
    "waiting": "Answers wait for a person",
    "unread": "A record could not be read",
    "request": "A mark is asked about",
    "asked": "A question was asked",
}
_LONG = 200
_QUESTION = ["lesson", "notebook", "question"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to look after.

    Attributes:
        learner: whom it is about; empty where it is about several.
        question: its id; empty where it is about a whole lesson.
        reason: why, in words.
        action: the one thing to do next, in words.
        since: since when it waits, in UTC.
        trace: another text as soon as something new has happened, so that what was put to rest comes again.
        notebook: where the question stands, if it is graded.
    """

    kind: Kind
    learner: str
    lesson: str
    question: str
    reason: str
    action: str
    since: dt.datetime
    trace: str
    notebook: str = ""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is about, whatever happened since: kind, learner, lesson, question."""
        return self.kind, self.learner, self.lesson, self.question


class Frames(Protocol):
    """The frames that are looked at, see `course.insight.columns`."""

    @property
    def learners(self) -> Frame: ...  # noqa: D102
    @property
    def plan(self) -> Frame: ...  # noqa: D102
    @property
    def questions(self) -> Frame: ...  # noqa: D102
    @property
    def attempts(self) -> Frame: ...  # noqa: D102
    @property
    def marks(self) -> Frame: ...  # noqa: D102
    @property
    def events(self) -> Frame: ...  # noqa: D102
    @property
    def time_on_task(self) -> Frame: ...  # noqa: D102
    @property
    def voices(self) -> Frame: ...  # noqa: D102
    @property
    def requests(self) -> Frame: ...  # noqa: D102


def entries(
    frames: Frames, rules: Oversight, now: dt.datetime, rest: Mapping[tuple[str, ...], str],
    settled: Collection[str] = (),
) -> list[Entry]:  # fmt: skip
    """Return what is to be looked after, what waits longest first.

    Args:
        now: with its zone.
        rest: the trace with which an entry was put to rest, by its key.
        settled: ids of the questions that were answered where learners ask, or closed there.
    """
    found: Iterable[Entry] = (
        *_inactive(frames, rules, now), *_stuck(frames, rules), *_must_correct(frames),
        *_waiting(frames, rules, now), *_unread(frames), *_requests(frames), *_asked(frames, settled),
    )  # fmt: skip
    return sorted(
        (
            each
            for each in found
            if rest.get(each.key) != each.trace and not each.learner.startswith(PREFIX)
        ),
        key=lambda each: (each.since, each.key),
    )


def _inactive(frames: Frames, rules: Oversight, now: dt.datetime) -> Iterator[Entry]:
    """Who handed in nothing for long, and has a lesson that is due or will be before they are asked again."""
    done = {(str(a), str(b)) for a, b in zip(frames.attempts["learner"], frames.attempts["lesson"], strict=True)}  # fmt: skip
    last = _last_seen(frames)
    soon = pd.Timestamp(now + rules.inactive)
    plan = frames.plan[frames.plan["due"].notna() & (frames.plan["due"] <= soon)]
    open_ones: dict[str, tuple[pd.Timestamp, str]] = {}
    for row in each_row(plan):
        who, lesson = str(row.learner), str(row.lesson)
        if (who, lesson) not in done:
            open_ones[who] = min(open_ones.get(who, (row.due, lesson)), (row.due, lesson))
    for who, (due, lesson) in open_ones.items():
        seen = last.get(who)
        if seen is None or now - seen < rules.inactive:
            continue
        days, late = (now - seen).days, due <= pd.Timestamp(now)
        yield Entry(
            "inactive", who, lesson, "",
            f"Nothing came for {days} days, and {lesson} {'was' if late else 'is'} due on {due:%-d %B}.",
            f"Write; if they need longer: course extend {lesson} --learner {who} --until DATE", seen,
            f"{seen:%Y-%m-%d} {lesson}",
        )  # fmt: skip


def _last_seen(frames: Frames) -> dict[str, dt.datetime]:
    """Return when there was last a sign of each learner: an event, something handed in, or their start."""
    parts = [
        frames.learners[["learner", "start"]].set_axis(["learner", "time"], axis=1),
        frames.attempts[["learner", "submitted"]].set_axis(["learner", "time"], axis=1),
        frames.events[["learner", "time"]].groupby("learner", observed=True, as_index=False).max(),
    ]
    data = pd.concat([part.astype({"learner": str}) for part in parts]).dropna()
    return {
        str(who): at.to_pydatetime() for who, at in data.groupby("learner")["time"].max().items()
    }


def _stuck(frames: Frames, rules: Oversight) -> Iterator[Entry]:
    """Who failed a question again and again, took many hints or was long at it, and did not get it right."""
    events = frames.events[frames.events["verb"].isin(["answered", "attempted", "hinted"])]
    if events.empty:
        return
    score = events["scaled"].fillna(events["success"])
    judged = events.assign(right=score == 1, wrong=score < 1, step=events["step"].fillna(0))
    group = judged.groupby(["learner", "lesson", "object"], observed=True, sort=False)
    found = group.agg(right=("right", "any"), wrong=("wrong", "sum"), step=("step", "max"), time=("time", "max")).reset_index()  # fmt: skip
    tasks = frames.time_on_task[["learner", "lesson", "object", "minutes"]]
    names = ["learner", "lesson", "object"]
    found = found[~found["right"]].astype(dict.fromkeys(names, str))
    long = tasks[tasks["minutes"] >= rules.stuck_minutes].astype(dict.fromkeys(names, str))
    found = found.merge(long, on=names, how="left").fillna({"minutes": 0.0})
    signs = (found["wrong"] >= rules.stuck_tries) | (found["step"] >= rules.stuck_hints) | (found["minutes"] > 0)  # fmt: skip
    places = {
        (str(row.lesson), str(row.question)): str(row.notebook)
        for row in each_row(frames.questions)
    }
    flagged = found[signs]
    marks = frames.marks
    settled = _settled(
        marks[marks["learner"].isin(flagged["learner"]) & marks["question"].isin(flagged["object"])]
    )
    for row in as_dicts(flagged):
        if (row["learner"], row["lesson"], row["object"]) in settled:
            continue
        reasons = [
            f"{int(row['wrong'])} failures and no success" if row["wrong"] >= rules.stuck_tries else "",
            f"{int(row['step'])} hints" if row["step"] >= rules.stuck_hints else "",
            f"{row['minutes']:.0f} minutes at it" if row["minutes"] else "",
        ]  # fmt: skip
        place = places.get((row["lesson"], row["object"]), "")
        yield Entry(
            "stuck", row["learner"], row["lesson"], row["object"],
            f"{row['object']}: {', '.join(filter(None, reasons))}.", "Look at their answer, and write",
            row["time"].to_pydatetime(), f"{int(row['wrong'])} {int(row['step'])} {row['time']}", place,
        )  # fmt: skip


def _settled(marks: Frame) -> set[tuple[str, str, str]]:
    """Return who has full marks for what."""
    full = marks[marks["points"] >= marks["maximum"]]
    return {
        (str(a), str(b), str(c))
        for a, b, c in zip(full["learner"], full["lesson"], full["question"], strict=True)
    }


def _must_correct(frames: Frames) -> Iterator[Entry]:
    """Who handed a lesson in, with a question that must be answered right and was not."""
    asked = frames.questions[frames.questions["mode"] == "must-correct"]
    answered = frames.events[frames.events["verb"] == "answered"]
    names = [{str(each) for each in asked["lesson"]}, {str(each) for each in asked["question"]}]
    answered = answered[answered["lesson"].isin(names[0]) & answered["object"].isin(names[1])]
    tried: dict[tuple[str, str, str], list[float]] = {}
    for row in each_row(answered):
        tried.setdefault((str(row.learner), str(row.lesson), str(row.object)), []).append(
            float(row.scaled)
        )
    must: dict[str, list[str]] = {}
    for row in each_row(asked):
        must.setdefault(str(row.lesson), []).append(str(row.question))
    stands = frames.attempts[frames.attempts["stands"] & frames.attempts["lesson"].isin(list(must))]
    for row in each_row(stands):
        who, lesson = str(row.learner), str(row.lesson)
        since = row.graded if pd.isna(row.submitted) else row.submitted
        for question in must[lesson]:
            tries = tried.get((who, lesson, question), [])
            if 1.0 not in tries:
                times = "once" if len(tries) == 1 else f"{len(tries)} times"
                said = f"answered wrong {times}" if tries else "not answered"
                yield Entry(
                    "must-correct", who, lesson, question, f"{question} must be answered right, and was {said}.",
                    f"Ask them to answer it, and to hand {lesson} in again", since.to_pydatetime(),
                    f"{row.digest}",
                )  # fmt: skip


def _waiting(frames: Frames, rules: Oversight, now: dt.datetime) -> Iterator[Entry]:
    """Questions with answers that have waited for a person longer than was promised."""
    waits = frames.marks[frames.marks["state"] == Outcome.NEEDS_PERSON.value]
    stands = frames.attempts[frames.attempts["stands"]]
    came = stands.assign(came=stands["submitted"].fillna(stands["graded"]))[
        ["learner", "lesson", "came"]
    ]
    data = waits.astype(dict.fromkeys(["learner", *_QUESTION], str)).merge(
        came.astype({"learner": str, "lesson": str}), on=["learner", "lesson"])  # fmt: skip
    data = data[data["came"] < pd.Timestamp(now - rules.answer_within)]
    promised = rules.answer_within.days
    for key, part in data.groupby(_QUESTION):
        lesson, notebook, question = (str(each) for each in key)
        count, oldest = len(part), part["came"].min()
        yield Entry(
            "waiting", "", lesson, question,
            f"{count} {'answer has' if count == 1 else 'answers have'} waited for a person for more than "
            f"{promised} days; the oldest came on {oldest:%-d %B}.",
            "Mark the oldest", oldest.to_pydatetime(), f"{count} {oldest}", notebook,
        )  # fmt: skip


def _unread(frames: Frames) -> Iterator[Entry]:
    """Records that are too large: what is said of these learners leaves out what they did."""
    for row in each_row(frames.events[frames.events["verb"] == UNREAD]):
        yield Entry(
            "unread", str(row.learner), str(row.lesson), "", f"It is too large, so what they did is not counted: {row.object}.",
            "Put aside what does not belong to it, and grade again", row.time.to_pydatetime(), f"{row.time}",
        )  # fmt: skip


def _requests(frames: Frames) -> Iterator[Entry]:
    """Marks that learners asked about, and nobody answered."""
    for row in each_row(frames.requests[frames.requests["answered"].isna()]):
        yield Entry(
            "request", str(row.learner), str(row.lesson), str(row.question),
            f"They ask to have the mark of {row.question} looked at again.", "Answer the request",
            row.time.to_pydatetime(), f"{row.time}", str(row.notebook),
        )  # fmt: skip


def _asked(frames: Frames, settled: Collection[str]) -> Iterator[Entry]:
    """What learners asked while they worked, until it is answered or put to rest."""
    asked = frames.voices[frames.voices["kind"] == "asked"]
    for row in each_row(asked[~asked["id"].isin(settled)]):
        seen = "".join(
            each if each.isprintable() else " " for each in str(row.text)
        )  # no terminal obeys it
        text = " ".join(seen.split())
        short = text if len(text) <= _LONG else f"{text[:_LONG]}…"
        yield Entry(
            "asked", str(row.learner), str(row.lesson), str(row.about), f"About {row.about}: “{short}”",
            "Answer it where it was asked, or write and put this to rest", row.time.to_pydatetime(), f"{row.time}",
        )  # fmt: skip


def table(found: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return entries as plain rows."""
    return [
        {"kind": each.kind, "learner": each.learner, "lesson": each.lesson, "question": each.question,
         "since": each.since.isoformat(), "reason": each.reason, "next": each.action}
        for each in found
    ]  # fmt: skip
