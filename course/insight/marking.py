"""Marks, and marks per test, as large tables from the gradebook's rows."""

import datetime as dt
import gc
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa

from course.model import AUTOGRADER, Outcome
from course.store import bulk
from course.store.bulk import Pair
from course.store.database import Gradebook

VERSION = 2
Place = tuple[str, str, str, str]
"""Learner, lesson, notebook, question."""
Rows = Sequence[tuple[Any, ...]]
Known = Mapping[Any, tuple[Any, ...]]
_CATEGORY = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.timestamp("us", "UTC")
_PLACE = [(name, _CATEGORY) for name in ("learner", "lesson", "notebook", "question")]
MARKS = pa.schema([*_PLACE, ("points", pa.float64()), ("state", _CATEGORY), ("grader", _CATEGORY), ("time", _TIME)])  # fmt: skip
TESTS = pa.schema([*_PLACE, ("test", _CATEGORY), ("outcome", _CATEGORY), ("score", pa.float64()),
                   ("maximum", pa.float64()), ("text", _CATEGORY)])  # fmt: skip
_MOST = 200
_ALL = 2000
"""Submissions above which all rows are read at once, and not those of each by its key."""


def marks(book: Gradebook, wanted: Sequence[Sequence[Pair]]) -> Iterator[pa.Table]:
    """Yield a table of marks for each group of submissions; see `course.store.reading.marks` for the rule."""
    pairs = _chosen(wanted)
    with _calm():
        verdicts = {row[:4]: row[4:] for row in bulk.verdicts(book, pairs)}
        people = {row[:4]: row[4:] for row in bulk.people(book, pairs)}
        stands = {(row["learner"], row["lesson"]): row["state"] for row in bulk.attempts(book) if row["stands"]}  # fmt: skip
        for rows in _dealt(bulk.grades(book, pairs), wanted):
            yield _marks(rows, verdicts, people, stands)


def _marks(rows: Rows, verdicts: Known, people: Known, stands: dict[Pair, str]) -> pa.Table:
    """Return a table of marks; a person's goes before the autograder's."""
    keys = [row[:4] for row in rows]
    outcome, score, judged_at = _looked_up(keys, verdicts, 3)
    person, marked_at = _looked_up(keys, people, 2)
    auto, manual, extra = (
        np.array([row[place] for row in rows], dtype=float) for place in (4, 5, 6)
    )
    waits = np.array([bool(row[7]) for row in rows], dtype=bool)
    judged = np.array([each is not None for each in outcome], dtype=bool)
    triage = ~judged & np.array(
        [stands.get(key[:2], "graded") != "graded" for key in keys], dtype=bool
    )
    marked = ~triage & ~np.isnan(manual)
    unknown = ~triage & ~marked & (np.isnan(auto) | (waits & ~judged))
    told = judged & np.isnan(np.array(score, dtype=float))
    needs = Outcome.NEEDS_PERSON.value
    state = np.select(
        [triage, marked & waits, marked, unknown & ~told, judged],
        ["triage", needs, "marked", needs, outcome],
        "autograded",
    )
    grader = np.select([triage | unknown, ~marked, np.array([each is not None for each in person], dtype=bool)],
                       ["", AUTOGRADER, person], "formgrader")  # fmt: skip
    known = np.array([each is not None for each in marked_at], dtype=bool)
    time = np.select([triage | unknown, marked & known], [None, marked_at], judged_at)
    points = np.where(
        triage | unknown, np.nan, np.where(marked, manual, auto) + np.nan_to_num(extra)
    )
    return _table(
        [*zip(*keys, strict=True), list(points), list(state), list(grader), list(time)], MARKS
    )


def _looked_up(keys: Sequence[Place], known: Known, count: int) -> list[Any]:
    """Return for each key what is known of it, by column; None where there is nothing."""
    nothing = (None,) * count
    found = [known.get(key, nothing) for key in keys]
    columns = []
    for place in range(count):
        column = np.empty(len(keys), dtype=object)
        column[:] = [row[place] for row in found]
        columns.append(column)
    return columns


def tests(book: Gradebook, wanted: Sequence[Sequence[Pair]]) -> Iterator[pa.Table]:
    """Yield a table of marks per test for each group of submissions."""
    with _calm():
        for rows in _dealt(bulk.verdicts(book, _chosen(wanted), notes=True), wanted):
            made = [
                (*row[:4], each["test"], each["outcome"], each["score"], each["maximum"], each["text"][:_MOST])
                for row in rows for each in row[4]
            ]  # fmt: skip
            yield _table([*zip(*made, strict=True)], TESTS)


def _chosen(wanted: Sequence[Sequence[Pair]]) -> Collection[Pair] | None:
    pairs = {pair for part in wanted for pair in part}
    return None if len(pairs) > _ALL else pairs


def _dealt(rows: Iterable[tuple[Any, ...]], wanted: Sequence[Sequence[Pair]]) -> list[list[tuple[Any, ...]]]:  # fmt: skip
    """Return the rows of each group of submissions, those of one submission together."""
    whose = {pair: number for number, part in enumerate(wanted) for pair in part}
    found: list[list[tuple[Any, ...]]] = [[] for _ in wanted]
    for row in rows:
        number = whose.get((row[0], row[1]))
        if number is not None:
            found[number].append(row)
    for part in found:
        part.sort(key=lambda row: row[:4])
    return found


def _table(columns: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    arrays = [
        pa.array(values, pa.string()).dictionary_encode() if field.type == _CATEGORY
        else _moments(values) if field.type == _TIME else pa.array(values, field.type)
        for field, values in zip(schema, columns or [()] * len(schema), strict=True)
    ]  # fmt: skip
    return pa.table(arrays, names=schema.names).cast(schema)


def _moments(values: Sequence[dt.datetime | None]) -> pa.Array:
    return pa.array(values, pa.timestamp("us")).cast(
        _TIME
    )  # the database has no zone, and means UTC


@contextmanager
def _calm() -> Iterator[None]:
    """Keep Python from looking for circles among millions of tuples, over and over; there are none."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
