"""What the frames say, against a plain and slow reading of the same: `store.reading` and `lesson.state`."""

import datetime as dt
import os
import random
import shutil
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import records
from hypothesis import given, settings
from hypothesis import strategies as st

import course.insight
from course.errors import Unavailable
from course.insight import pace, shelf
from course.insight import records as bulk
from course.insight.columns import shaped
from course.lesson import record
from course.model import ManualMark
from course.term import Course

PLACE = ["learner", "lesson", "notebook", "question"]


def test_marks_are_those_of_the_gradebook(graded: Course) -> None:
    frame = course.insight.open(graded.layout.root).marks
    plain = {
        (m.learner, m.lesson, m.notebook, m.question): (
            m.points,
            m.maximum,
            m.state,
            m.grader,
            m.at,
        )
        for m in graded.marks()
        if m.state != "missing"
    }
    found = {
        tuple(row[:4]): (
            None if pd.isna(row[4]) else row[4],
            row[5],
            row[6],
            row[7],
            None if pd.isna(row[8]) else row[8],
        )
        for row in frame.itertuples(index=False)
    }
    assert found == plain
    assert {row[2] for row in plain.values()} >= {"passed", "marked", "needs a person", "triage"}


def test_tests_are_the_notes_of_the_verdicts(graded: Course) -> None:
    frame = course.insight.open(graded.layout.root).tests
    plain = [
        (
            m.learner,
            m.lesson,
            m.notebook,
            m.question,
            n.test,
            n.outcome.value,
            n.score,
            n.maximum,
            n.text[:200],
        )
        for m in graded.marks()
        for n in m.notes
    ]
    assert sorted(map(tuple, frame.itertuples(index=False))) == sorted(plain)
    assert plain


def test_a_mark_that_changes_is_seen_at_the_next_look(tmp_path: Path, graded: Course) -> None:
    root = shutil.copytree(graded.layout.root, tmp_path / "course")
    mine = Course.open(root)
    assert course.insight.open(root).marks["points"].isna().sum() > 1
    mine.mark([ManualMark("welcome", "ben", "wish", 0.5, "", "Maria")])
    frame = course.insight.open(root).marks
    row = frame[(frame["learner"] == "ben") & (frame["question"] == "wish")].iloc[0]
    assert (row["points"], row["state"], row["grader"]) == (0.5, "marked", "Maria")
    assert len(frame) == len(course.insight.open(graded.layout.root).marks)


# events ------------------------------------------------------------------------------------------

_RESULTS = {
    "opened": st.just({}),
    "answered": st.fixed_dictionaries({"response": st.lists(st.sampled_from("abc"), max_size=2)},
                                      optional={"scaled": st.sampled_from([0, 0.5, 1, None])}),
    "attempted": st.fixed_dictionaries({"success": st.booleans()}),
    "hinted": st.fixed_dictionaries({"step": st.integers(1, 4)}),
    "asked": st.fixed_dictionaries({"response": st.text(max_size=9)}),
}  # fmt: skip


@st.composite
def histories(draw: Any) -> list[records.Event]:
    """Draw some events, some of them twice, as a merge of two machines' records has them."""
    count = draw(st.integers(0, 12))
    events = []
    for number in range(count):
        verb = draw(st.sampled_from(sorted(_RESULTS)))
        events.append(
            (
                f"id{number}",
                draw(st.integers(0, 9000)) + number / 100,
                verb,
                draw(st.sampled_from("pq")),
                draw(_RESULTS[verb]),
            )
        )
    return events


def frame_of(folder: Path) -> pd.DataFrame:
    return shaped("events", bulk.table([folder], [("ada", "one")]).drop_columns("text").to_pandas())


@settings(max_examples=25, deadline=None)
@given(events=histories(), seed=st.integers(0, 9))
def test_neither_order_nor_merging_of_records_changes_an_event(
    tmp_path_factory: pytest.TempPathFactory, events: list[records.Event], seed: int
) -> None:
    base = tmp_path_factory.mktemp("records")
    records.write(base / "a" / "ada" / "one", events)
    mixed = events[:]
    random.Random(seed).shuffle(mixed)  # noqa: S311  no secret
    records.write(base / "b" / "ada" / "one", mixed)
    records.write(base / "b" / "ada" / "one", mixed[: len(mixed) // 2], "record-home.jsonl")
    pd.testing.assert_frame_equal(
        frame_of(base / "a"), frame_of(base / "b"), check_categorical=False
    )


@settings(max_examples=25, deadline=None)
@given(events=histories())
def test_events_are_what_the_lesson_itself_reads(
    tmp_path_factory: pytest.TempPathFactory, events: list[records.Event]
) -> None:
    folder = tmp_path_factory.mktemp("records")
    records.write(folder / "ada" / "one", events)
    frame, state = frame_of(folder), record.read(folder / "ada" / "one")
    answered = frame[frame["verb"] == "answered"]
    tries = {
        name: [(" | ".join(each.response), each.scaled) for each in tried]
        for name, tried in state.tries.items()
    }
    found: dict[str, Any] = defaultdict(list)
    for row in answered.itertuples():
        found[row.object].append((row.response, None if pd.isna(row.scaled) else row.scaled))
    assert dict(found) == tries
    assert (
        frame[frame["verb"] == "hinted"].groupby("object", observed=True)["step"].max().to_dict()
        == state.hints
    )
    assert len(frame[frame["verb"] == "asked"]) == len(state.asked)
    assert list(frame["time"]) == sorted(frame["time"])


def test_what_cannot_be_read_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "ada" / "one"
    good = ("a", 1, "answered", "p", {"response": ["x"]})
    lines = [
        records.line(good), "{", "", "[1]", '{"id": 1}', records.line(("b", 2, "answered", "p", {"response": "x"})),
        records.line(("c", 3, "answered", "p", {"response": [], "scaled": 7})),
        records.line(("d", 4, "opened", "p", {})).replace("2026-03-02", "2026-13-02"),
        records.line(("e", 5, "opened", "p", {})).replace("+00:00", ""),
        records.line(("f", 6, "http://a.newer/verb", "p", {})),
        '{"id": "g", "timestamp": "2026-03-02T12:00:00Z", "verb": "' + record.VERBS["opened"] + '", "object": "z", "result": {}}',
    ]  # fmt: skip
    folder.mkdir(parents=True)
    (folder / "record.jsonl").write_bytes("\n".join(lines).encode() + b"\n\xff\xfe\n")
    frame = frame_of(tmp_path)
    assert list(zip(frame["verb"], frame["object"], strict=True)) == [
        ("answered", "p"),
        ("", "p"),
        ("opened", "z"),
    ]


def test_a_record_that_is_too_large_is_no_empty_one(tmp_path: Path) -> None:
    records.write(tmp_path / "ada" / "one", [("a", 1, "answered", "p", {"response": ["x"]})])
    os.truncate(tmp_path / "ada" / "one" / record.NAME, record.MAX_BYTES + 1)
    (row,) = frame_of(tmp_path).itertuples()
    assert (row.learner, row.lesson, row.verb) == ("ada", "one", "unread")
    assert row.object == "record.jsonl: 50.0 MB, at most 50 MB"


def test_processes_read_the_same_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        records.write(
            tmp_path / f"l{number}" / "one",
            [(f"i{n}", n, "answered", "q", {"response": [str(n)]}) for n in range(9)],
        )
    wanted = [[(f"l{number}", "one")] for number in range(6)]
    alone = pa.concat_tables(bulk.tables([tmp_path], wanted)).unify_dictionaries().to_pandas()
    monkeypatch.setattr(bulk, "LARGE", 0)
    monkeypatch.setattr(bulk.os, "sched_getaffinity", lambda _who: {0, 1})
    beside = pa.concat_tables(bulk.tables([tmp_path], wanted)).unify_dictionaries().to_pandas()
    pd.testing.assert_frame_equal(beside, alone)


def test_a_reader_that_ends_early_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        records.write(tmp_path / f"l{number}" / "one", [("i", 0, "opened", "q", {})])
    monkeypatch.setattr(bulk, "LARGE", 0)
    monkeypatch.setattr(bulk.os, "sched_getaffinity", lambda _who: {0, 1})
    monkeypatch.setattr(bulk.sys, "executable", shutil.which("false"))
    with pytest.raises(Unavailable, match="a process that reads records ended") as caught:
        list(bulk.tables([tmp_path], [[("l0", "one")], [("l1", "one")]]))
    assert caught.value.found == "exit codes [1, 1]"


# the cache ---------------------------------------------------------------------------------------


def test_only_what_changed_is_made_again(tmp_path: Path) -> None:
    asked: list[list[tuple[str, str]]] = []

    def make(wanted: Any) -> Any:
        for pairs in wanted:
            asked.append(list(pairs))
            yield pa.table(
                {
                    "learner": [p[0] for p in pairs],
                    "lesson": [p[1] for p in pairs],
                    "x": [stamps[p] for p in pairs],
                }
            )

    empty = pa.table(
        {
            "learner": pa.array([], pa.string()),
            "lesson": pa.array([], pa.string()),
            "x": pa.array([], pa.string()),
        }
    )
    stamps = {(f"l{n}", "one"): "1" for n in range(100)}
    kept = shelf.Shelf(tmp_path, "t", 1)
    first = kept.table(stamps, make, empty)
    assert len(first) == 100
    assert sum(map(len, asked)) == 100
    asked.clear()
    assert kept.table(stamps, make, empty).equals(first)
    assert asked == []
    stamps["l7", "one"] = "2"
    del stamps["l8", "one"]
    stamps["l5", "two"] = "1"
    again = kept.table(stamps, make, empty)
    assert sorted(pair for pairs in asked for pair in pairs) == [("l5", "two"), ("l7", "one")]
    assert {(r["learner"], r["lesson"]): r["x"] for r in again.to_pylist()} == stamps
    groups = [path.name.split("-")[1] for path in tmp_path.glob("*.arrow")]
    assert len(groups) == len({*groups}), "what was made before is not kept for ever"
    asked.clear()
    assert len(shelf.Shelf(tmp_path, "t", 2).table(stamps, make, empty)) == 100
    assert sum(map(len, asked)) == 100, "rows that were made in another way are made again"


def test_a_damaged_file_of_the_cache_is_made_again(graded: Course) -> None:
    folder = graded.layout.root / ".course" / "insight"
    before = course.insight.open(graded.layout.root).marks
    for path in folder.glob("marks-*.arrow"):
        path.write_bytes(path.read_bytes()[:100])
    after = course.insight.open(graded.layout.root).marks
    pd.testing.assert_frame_equal(
        *(f.sort_values(PLACE).reset_index(drop=True).astype(str) for f in (before, after))
    )


# time --------------------------------------------------------------------------------------------


def test_sessions_end_with_a_pause_of_more_than_half_an_hour(tmp_path: Path) -> None:
    seconds = [0, 60, 1860, 3661, 3700]  # half an hour exactly, then a second more
    records.write(
        tmp_path / "ada" / "one",
        [(f"i{n}", s, "opened", "p" if n % 2 else "q", {}) for n, s in enumerate(seconds)],
    )
    events = frame_of(tmp_path)
    found = pace.sessions(events)
    assert list(found["minutes"]) == pytest.approx([31, 39 / 60])
    assert list(found["events"]) == [3, 2]
    assert found["began"].iloc[0] == records.BEGIN
    tasks = pace.time_on_task(events).set_index("object")["minutes"]
    assert tasks["p"] == pytest.approx(1)
    assert tasks["q"] == pytest.approx(30 + 39 / 60)


@settings(max_examples=25, deadline=None)
@given(events=histories())
def test_time_on_task_adds_up_to_the_sessions_and_to_a_plain_sum(
    tmp_path_factory: pytest.TempPathFactory, events: list[records.Event]
) -> None:
    folder = tmp_path_factory.mktemp("records")
    records.write(folder / "ada" / "one", events)
    frame = frame_of(folder)
    moments = sorted(dt.timedelta(seconds=event[1]) for event in events)
    plain = sum((b - a).total_seconds() / 60 for a, b in pairwise(moments) if b - a <= pace.PAUSE)
    assert pace.sessions(frame)["minutes"].sum() == pytest.approx(plain, abs=1e-3)
    assert pace.time_on_task(frame)["minutes"].sum() == pytest.approx(plain, abs=1e-3)
    assert pace.sessions(frame)["events"].sum() == len(events)
