"""Marks, and marks per test, as large tables from the gradebook's rows."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa

from course.model import AUTOGRADER, Outcome
from course.store import bulk
from course.store.bulk import Pair
from course.store.database import Gradebook

VERSION = 1
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
    verdicts = {row[:4]: row[4:] for row in bulk.verdicts(book, pairs)}
    people = {row[:4]: row[4:] for row in bulk.people(book, pairs)}
    attempts = {(row["learner"], row["lesson"]): row["state"] for row in bulk.attempts(book) if row["stands"]}  # fmt: skip
    found = _dealt(bulk.grades(book, pairs), wanted)
    for rows in found:
        made = [
            (*row[:4], *_mark(row, verdicts.get(row[:4]), people.get(row[:4]), attempts.get((row[0], row[1]))))
            for row in rows
        ]  # fmt: skip
        yield _table(made, MARKS)


def tests(book: Gradebook, wanted: Sequence[Sequence[Pair]]) -> Iterator[pa.Table]:
    """Yield a table of marks per test for each group of submissions."""
    for rows in _dealt(bulk.verdicts(book, _chosen(wanted), notes=True), wanted):
        made = [
            (*row[:4], each["test"], each["outcome"], each["score"], each["maximum"], each["text"][:_MOST])
            for row in rows for each in row[4]
        ]  # fmt: skip
        yield _table(made, TESTS)


def _mark(
    row: tuple[Any, ...], verdict: tuple[Any, ...] | None, person: tuple[Any, ...] | None, attempt: str | None
) -> tuple[float | None, str, str, dt.datetime | None]:  # fmt: skip
    """Return points, state, grader and time of one grade; a person's mark goes before the autograder's."""
    auto, manual, extra, waits = row[4:]
    if attempt is not None and attempt != "graded" and verdict is None:
        return None, "triage", "", None
    if manual is not None:
        state = Outcome.NEEDS_PERSON.value if waits else "marked"
        at = person[1] if person else verdict[2] if verdict else None
        return manual + (extra or 0.0), state, person[0] if person else "formgrader", at
    if auto is None or (waits and verdict is None):
        known = verdict is not None and verdict[1] is None
        return None, verdict[0] if known and verdict else Outcome.NEEDS_PERSON.value, "", None
    return (auto + (extra or 0.0), verdict[0] if verdict else "autograded", AUTOGRADER,
            verdict[2] if verdict else None)  # fmt: skip


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


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    columns = [*zip(*rows, strict=True)] if rows else [()] * len(schema)
    arrays = [
        pa.array(values, pa.string()).dictionary_encode() if field.type == _CATEGORY
        else pa.array(_moments(values) if field.type == _TIME else values, field.type)
        for field, values in zip(schema, columns, strict=True)
    ]  # fmt: skip
    return pa.table(arrays, names=schema.names).cast(schema)


def _moments(values: Sequence[dt.datetime | None]) -> list[dt.datetime | None]:
    return [each.replace(tzinfo=dt.UTC) if each else None for each in values]
