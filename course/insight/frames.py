"""What happened in a course, as pandas frames; their columns are declared in `course.insight.columns`."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from course.deadline import Deadline
from course.insight import columns, marking, objectives, pace, records
from course.insight.columns import FRAMES, shaped
from course.insight.shelf import Pair, Shelf, Stamps
from course.layout import Layout
from course.lesson import plan as plans
from course.lesson.plan import Plan
from course.settings import CourseFile
from course.store import bulk
from course.store.database import Gradebook
from course.store.extensions import extensions
from course.store.roster import learners

__all__ = ["FRAMES", "Frames"]

Frame = pd.DataFrame
PSEUDONYMOUS = Path(".course") / "pseudonymous"
"""Where the records of those lie of whom figures are kept and nothing else."""
_UNDONE = ("rubric", "undone")


@dataclass(frozen=True)
class Frames:
    """A course's frames, each read when it is first asked for and the same from then on.

    A row for a mark is there for what was handed in: who handed in nothing has none, and what nobody has
    judged has no points.

    Attributes:
        file: `course.toml`.
        layout: where the course's parts lie.
        now: the moment for which they are told, in UTC.
    """

    file: CourseFile
    layout: Layout
    _book: Callable[[], Gradebook] = field(repr=False)
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

    def read(self) -> "Frames":
        """Read marks and events now, side by side: only these take their time in a large course."""
        with ThreadPoolExecutor(1) as pool:
            events = pool.submit(lambda: self._happened)
            _ = self.marks
            events.result()
        return self

    @cached_property
    def learners(self) -> Frame:
        """Who takes the course."""
        rows = [
            {"learner": each.id, "name": each.name, "group": each.group,
             "start": dt.datetime.combine(each.start, dt.time(), self.file.zone) if each.start else None}
            for each in self._people
        ]  # fmt: skip
        return shaped("learners", rows)

    @cached_property
    def plan(self) -> Frame:
        """When each lesson of `course.toml` is due for each learner, and what lateness costs."""
        with self._book() as book:
            late, given = bulk.late(book), extensions(book)
        people = {each.id: each for each in self._people}
        rows = []
        for lesson in self.file.lessons:
            more = [each for each in given if each.lesson == lesson.folder]
            deadline = Deadline(self.file, lesson.folder, people, more)
            rows += [
                {"learner": who, "lesson": lesson.folder, "due": deadline.due(who), "late": late.get((who, lesson.folder), 0.0)}
                for who in people
            ]  # fmt: skip
        return shaped("plan", rows)

    @cached_property
    def questions(self) -> Frame:
        """What is graded or must be right, in each lesson's order."""
        with self._book() as book:
            rows = [{**row, "mode": "graded"} for row in bulk.questions(book)]
        there = {(row["lesson"], row["question"]) for row in rows}
        rows += [
            {"lesson": lesson, "notebook": "", "question": item.id, "position": 10_000 + place, "title": "",
             "kind": "quiz", "mode": item.mode, "maximum": 0.0}
            for lesson, released in self._released.items() for place, item in enumerate(released.items.values())
            if item.mode == "must-correct" and (lesson, item.id) not in there
        ]  # fmt: skip
        data = shaped("questions", rows)
        order = data["lesson"].astype(str)
        return data.assign(
            position=data.groupby(order)["position"].rank(method="first").sub(1).astype("int32")
        )

    @cached_property
    def objectives(self) -> Frame:
        """Which questions show which objective; a lesson's rule is that of `course.lesson.plan`."""
        texts = {each.id: each.text for each in self.file.objectives}
        rows = []
        for lesson in self.file.lessons:
            asked = self.questions[self.questions["lesson"] == lesson.folder]
            named = self._named(lesson.folder)
            pairs = [
                *zip(asked["notebook"].astype(str), asked["question"].astype(str), strict=True)
            ]
            rest = [pair for pair in pairs if not named.get(pair[1])]
            for objective in lesson.objectives:
                own = [pair for pair in pairs if objective in named.get(pair[1], ())]
                rows += [
                    {"objective": objective, "text": texts[objective], "lesson": lesson.folder,
                     "notebook": notebook, "question": question, "declared": bool(own)}
                    for notebook, question in own or rest
                ]  # fmt: skip
        return shaped("objectives", rows)

    def _named(self, lesson: str) -> dict[str, tuple[str, ...]]:
        """Return the objectives that questions or their sections name."""
        released = self._released.get(lesson)
        if released is None:
            return {}
        named = {name: part.objectives for part in released.sections for name in part.questions}
        return named | {
            item.id: (item.objective,) for item in released.items.values() if item.objective
        }

    @cached_property
    def attempts(self) -> Frame:
        """What was handed in and graded; those that do not stand any more included."""
        with self._book() as book:
            return shaped("attempts", bulk.attempts(book))

    @cached_property
    def marks(self) -> Frame:
        """One row for each question of each submission."""
        data = self._kept("marks", marking.VERSION, marking.MARKS, marking.marks)
        place = ["lesson", "notebook", "question"]
        asked = self.questions.set_index([self.questions[name].astype(str) for name in place])[
            "maximum"
        ]
        words = [data[name].cat.categories for name in place]
        shape = [max(len(each), 1) for each in words]
        codes = [data[name].cat.codes.to_numpy("int64") for name in place]
        where, known = pd.factorize(
            np.ravel_multi_index(codes, shape)
        )  # each place once, by number
        names = [
            tuple(each[code] for each, code in zip(words, row, strict=True))
            for row in zip(*np.unravel_index(known, shape), strict=True)
        ]
        worth = np.array([asked.get(name, np.nan) for name in names], dtype=float)
        return shaped("marks", data.assign(maximum=worth[where] if len(worth) else np.nan))

    @cached_property
    def tests(self) -> Frame:
        """One row for each test of each question that the autograder judged."""
        return shaped("tests", self._kept("tests", marking.VERSION, marking.TESTS, marking.tests))

    def _kept(self, name: str, version: int, schema: pa.Schema, make: Any) -> Frame:
        with self._book() as book:
            stamps = bulk.stamps(book)
            table = self._shelf(name, version).table(
                stamps, lambda wanted: make(book, wanted), schema.empty_table()
            )
        return _pandas(table)

    def _shelf(self, name: str, version: int) -> Shelf:
        return Shelf(self.layout.root / ".course" / "insight", name, version)

    @cached_property
    def _happened(self) -> Frame:
        table = self._shelf("events", records.VERSION).table(
            self._stamps,
            lambda wanted: records.tables(self._roots, wanted),
            records.SCHEMA.empty_table(),
        )
        return _pandas(table)

    @property
    def _roots(self) -> tuple[Path, Path]:
        return self.layout.submitted, self.layout.root / PSEUDONYMOUS

    @cached_property
    def _stamps(self) -> Stamps:
        return records.stamps(*self._roots)

    @cached_property
    def events(self) -> Frame:
        """What the records that were handed in tell; the rows of a submission stand together, in order of time."""
        return shaped("events", self._happened.drop(columns=["text", "id"]))

    @cached_property
    def voices(self) -> Frame:
        """What learners asked and wrote by themselves, in the records that they handed in."""
        said = self._happened[self._happened["text"].notna()]
        return shaped("voices", said.assign(kind=said["verb"], about=said["object"]))

    @cached_property
    def sessions(self) -> Frame:
        """When learners were at it, see `course.insight.pace`."""
        return self._paced("sessions", pace.sessions)

    @cached_property
    def time_on_task(self) -> Frame:
        """How long they were at what, see `course.insight.pace`."""
        return self._paced("time_on_task", pace.time_on_task)

    def _paced(self, name: str, reckon: Callable[[Frame], Frame]) -> Frame:
        """Return what is reckoned from each submission's events by itself, and kept as they are."""
        schema = columns.schema(name)

        def make(wanted: Sequence[Sequence[Pair]]) -> Iterator[pa.Table]:
            for part in pace.dealt(self.events, wanted) if wanted else ():
                yield pa.Table.from_pandas(reckon(part), schema, preserve_index=False)

        kept = self._shelf(name, pace.VERSION).table(self._stamps, make, schema.empty_table())
        return shaped(name, _pandas(kept))

    @cached_property
    def by_lesson(self) -> Frame:
        """How everybody stands with each objective in each lesson about it, as of now."""
        return objectives.by_lesson(
            self.learners, self.objectives, self.questions, self.attempts, self.marks, self.events,
            self.file.shown_at, self.file.holds, self.now,
        )  # fmt: skip

    @cached_property
    def standing(self) -> Frame:
        """How everybody stands with each objective, as of now."""
        return objectives.standing(self.by_lesson)

    @cached_property
    def judgements(self) -> Frame:
        """What was marked at the grading desk; what an edit of a rubric or an undoing wrote is left out."""
        place = ("learner", "lesson", "notebook", "question")
        worth = {
            tuple(map(str, row[:3])): row[3]
            for row in self.questions[[*place[1:], "maximum"]].itertuples(index=False)
        }
        with self._book() as book:
            made = bulk.judgements(book)
        rows, seen = [], set[tuple[str, ...]]()
        for row in made:
            maximum = worth.get((row["lesson"], row["notebook"], row["question"]), 0.0)
            if row["score"] is None or row["why"] in _UNDONE or not maximum:
                continue
            key = (*(row[name] for name in place), row["grader"])
            waited = (
                (row["at"] - row["submitted"]).total_seconds() / 3600 if row["submitted"] else None
            )
            rows.append({
                **{name: row[name] for name in (*place, "grader", "submitted")}, "time": row["at"], "hours": waited,
                "share": row["score"] / maximum, "items": ",".join(sorted(str(each["id"]) for each in row["items"])),
                "first": key not in seen,
            })  # fmt: skip
            seen.add(key)
        return shaped("judgements", rows)

    @cached_property
    def requests(self) -> Frame:
        """What learners asked about their marks, and whether it was answered."""
        with self._book() as book:
            made = bulk.requests(book)
        rows: list[dict[str, Any]] = []
        for row in made:
            key = [row[name] for name in ("learner", "lesson", "notebook", "question")]
            if row["what"] == "asked":
                rows.append({**row, "time": row["at"], "answered": None})
                continue
            for mine in rows:
                if (
                    mine["answered"] is None
                    and [mine[name] for name in ("learner", "lesson", "notebook", "question")]
                    == key
                ):
                    mine["answered"] = row["at"]
        return shaped("requests", rows)

    @cached_property
    def _people(self) -> list[Any]:
        with self._book() as book:
            return learners(book)

    @cached_property
    def _released(self) -> dict[str, Plan]:
        """What the lessons' releases say of themselves; a lesson of nbgrader's alone has nothing to say."""
        found = {}
        for lesson in self.file.lessons:
            with suppress(OSError, ValueError, KeyError, TypeError):
                found[lesson.folder] = plans.read(Path(self.layout.release) / lesson.folder)
        return found


def _pandas(table: pa.Table) -> Frame:
    data: Frame = table.to_pandas(split_blocks=True, self_destruct=True)
    return data
