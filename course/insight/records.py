"""Learners' records as one table of events, read many at once.

What counts is what `course.lesson.state` counts: each statement once, in the order of time; what
can't be read is left alone. Large courses are read by several processes:
``python -m course.insight.records`` takes jobs on stdin and writes a file for each.
"""

import datetime as dt
import gc
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
from pyarrow import compute, feather

from course import dates
from course.errors import Unavailable
from course.insight.columns import UNREAD
from course.lesson import record
from course.lesson.state import VERBS

Pair = tuple[str, str]
VERSION = 3
LARGE = 30_000_000
"""Bytes of records above which it pays to start processes."""
_SHORT = {iri: name for name, iri in VERBS.items()}
_MOST, _LONGEST = 200, 2000
_CATEGORY = pa.dictionary(pa.int32(), pa.string())
_TIME = pa.timestamp("us", "UTC")
SCHEMA = pa.schema([
    ("learner", _CATEGORY), ("lesson", _CATEGORY), ("time", _TIME), ("verb", _CATEGORY),
    ("object", _CATEGORY), ("scaled", pa.float64()), ("success", pa.float64()), ("step", pa.float64()),
    ("response", _CATEGORY), ("text", pa.string()), ("id", pa.string()),
])  # fmt: skip
"""``text`` is what was asked or reflected and ``id`` its statement's; null for every other event."""


class _Line(msgspec.Struct, gc=False):
    id: str
    timestamp: str
    verb: str
    object: str
    result: msgspec.Raw


class _Answered(msgspec.Struct, gc=False):
    response: list[str]
    scaled: float | None = None


class _Attempted(msgspec.Struct, gc=False):
    success: bool


class _Hinted(msgspec.Struct, gc=False):
    step: int


class _Said(msgspec.Struct, gc=False):
    response: str


_RESULTS = {
    name: msgspec.json.Decoder(kind).decode for name, kind in (
        ("answered", _Answered), ("attempted", _Attempted), ("hinted", _Hinted), ("asked", _Said), ("reflected", _Said))
}  # fmt: skip
_decode = msgspec.json.Decoder(_Line).decode
Row = tuple[str, str, str, float, float, float, str | None, str | None, str | None]
"""Time, verb, object, scaled, success, step, response, text, id."""


def stamps(*roots: Path) -> dict[Pair, str]:
    """Return, for each submission with a record, its records' names, sizes and times; links are left out.

    Args:
        roots: folders of ``learner/lesson/``; no learner is in two of them.
    """
    found: dict[Pair, str] = {}
    for person in (person for root in roots for person in _folders(root)):
        for work in _folders(person.path):
            with os.scandir(work.path) as files:
                about = sorted(
                    f"{each.name} {(seen := each.stat()).st_size} {seen.st_mtime_ns}" for each in files
                    if each.name.startswith("record") and each.name.endswith(".jsonl") and each.is_file(follow_symlinks=False)
                )  # fmt: skip
            if about:
                found[person.name, work.name] = "\n".join(about)
    return found


def _place(roots: Sequence[Path], learner: str, lesson: str) -> Path:
    places = [root / learner / lesson for root in roots]
    return next((place for place in places if place.is_dir()), places[0])


def _folders(folder: Path | str) -> list[os.DirEntry[str]]:
    if not os.path.isdir(folder):  # noqa: PTH112  as below
        return []
    with os.scandir(folder) as entries:
        return [each for each in entries if each.is_dir(follow_symlinks=False) and not each.name.startswith(".")]  # fmt: skip


def tables(roots: Sequence[Path], wanted: Sequence[Sequence[Pair]]) -> Iterator[pa.Table]:
    """Yield a table of events for each group of submissions, by several processes where there is much to read."""
    much = sum(
        path.stat().st_size for pairs in wanted for who, lesson in pairs
        for path in _place(roots, who, lesson).glob("record*.jsonl")
    )  # fmt: skip
    count = min(len(os.sched_getaffinity(0)), len(wanted))
    if much < LARGE or count < 2:  # noqa: PLR2004  one is this one
        yield from (table(roots, pairs) for pairs in wanted)
        return
    with tempfile.TemporaryDirectory(prefix="course-insight-") as scratch:
        jobs = [(f"{scratch}/{number}.arrow", list(pairs)) for number, pairs in enumerate(wanted)]
        workers = [_start(roots, jobs[number::count]) for number in range(count)]
        try:
            ended = [worker.wait() for worker in workers]
            if any(ended):
                raise Unavailable(
                    "a process that reads records ended", where=str(roots[0]), found=f"exit codes {ended}",
                    hint="what it said stands above; mend it, and run it again: nothing is lost",
                )  # fmt: skip
            yield from (feather.read_table(path, memory_map=True) for path, _ in jobs)
        finally:
            for worker in workers:
                worker.kill()
                worker.wait()


def _start(roots: Sequence[Path], jobs: list[Any]) -> "subprocess.Popen[bytes]":
    worker = subprocess.Popen([sys.executable, "-m", __name__], stdin=subprocess.PIPE)
    assert worker.stdin is not None  # noqa: S101  it was asked for
    with suppress(BrokenPipeError):  # how it ended is told below
        worker.stdin.write(
            json.dumps({"roots": [str(root) for root in roots], "jobs": jobs}).encode()
        )
    with suppress(BrokenPipeError):
        worker.stdin.close()
    return worker


def table(roots: Sequence[Path], pairs: Sequence[Pair]) -> pa.Table:
    """Return the events of some submissions, each one's in the order of time."""
    columns: list[list[Any]] = [[] for _ in range(9)]
    counts = []
    for learner, lesson in pairs:
        rows = _rows(_place(roots, learner, lesson))
        counts.append(len(rows))
        for column, values in zip(columns, zip(*rows, strict=True) if rows else (), strict=False):
            column.extend(values)
    whose = np.repeat(np.arange(len(pairs)), counts)
    times = _moments(columns[0])
    known = np.flatnonzero(times.is_valid().to_numpy(zero_copy_only=False))
    clock = times.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    order = pa.array(known[np.lexsort((clock[known], whose[known]))])
    who = [pa.DictionaryArray.from_arrays(pa.array(whose, pa.int32()), pa.array([pair[place] for pair in pairs], pa.string()))
           for place in (0, 1)]  # fmt: skip
    arrays = [pa.array(columns[1], pa.string()), pa.array(columns[2], pa.string())]
    numbers = [pa.array(np.array(values, dtype=float)) for values in columns[3:6]]
    texts = [pa.array(values, pa.string()) for values in columns[6:]]
    data = [*(_merged(each) for each in who), times, *(each.dictionary_encode() for each in arrays), *numbers,
            texts[0].dictionary_encode(), *texts[1:]]  # fmt: skip
    return pa.table(data, names=SCHEMA.names).cast(SCHEMA).take(order)


def _merged(encoded: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the same values, each once in the dictionary."""
    words = encoded.dictionary.dictionary_encode()
    return pa.DictionaryArray.from_arrays(words.indices.take(encoded.indices), words.dictionary)


def _rows(folder: Path) -> list[Row]:
    """Return the statements of a submission, each once; one of our own where its records are too large to be read."""
    paths = sorted(
        folder.glob("record*.jsonl"), key=lambda path: (path.name != record.NAME, path.name)
    )
    paths = [path for path in paths if path.is_file() and not path.is_symlink()]
    much = sum(path.stat().st_size for path in paths)
    if much > record.MAX_BYTES:
        changed = dt.datetime.fromtimestamp(max(path.stat().st_mtime for path in paths), dt.UTC)
        what = f"{record.NAME}: {much / 1e6:.1f} MB, at most {record.MAX_BYTES // 10**6} MB"
        time = changed.isoformat(timespec="microseconds")
        return [(time, UNREAD, what, math.nan, math.nan, math.nan, None, None, None)]
    seen, rows = set[str](), list[Row]()
    for path in paths:
        for line in path.read_bytes().split(b"\n"):
            try:
                said = _decode(line) if line else None
                if said is not None and said.id not in seen:
                    seen.add(said.id)
                    rows.append(_row(said))
            except (
                ValueError,
                TypeError,
            ):  # msgspec's are ValueErrors: not a statement, or an impossible one
                continue
    return rows


def _row(said: _Line) -> Row:
    verb, time = _SHORT.get(said.verb, ""), said.timestamp
    if not _is_plain(time):
        time = dates.exact(time).isoformat(timespec="microseconds")
    decode = _RESULTS.get(verb)
    if decode is None:
        return time, verb, said.object, math.nan, math.nan, math.nan, None, None, None
    result: Any = decode(said.result)
    if verb == "answered":
        scaled = math.nan if result.scaled is None else result.scaled
        if scaled < 0 or scaled > 1:
            raise ValueError(scaled)
        return time, verb, said.object, scaled, math.nan, math.nan, " | ".join(result.response)[:_MOST], None, None  # fmt: skip
    if verb == "attempted":
        return time, verb, said.object, math.nan, float(result.success), math.nan, None, None, None
    if verb == "hinted":
        return time, verb, said.object, math.nan, math.nan, float(result.step), None, None, None
    return (
        time,
        verb,
        said.object,
        math.nan,
        math.nan,
        math.nan,
        None,
        result.response[:_LONGEST],
        said.id,
    )


def _is_plain(time: str) -> bool:
    """Tell whether Arrow will read a time: as every record of ours is written, 2026-01-02T10:00:00.000000+00:00."""
    return len(time) == 32 and time[10] == "T" and time[26] in "+-"  # noqa: PLR2004  see above


def _moments(times: list[str]) -> pa.Array:
    """Return times as Arrow has them, at once; one by one where one of them is no time, which is then null."""
    try:
        return compute.cast(pa.array(times, pa.string()), _TIME)
    except pa.ArrowInvalid:
        found: list[dt.datetime | None] = []
        for time in times:
            try:
                found.append(dt.datetime.fromisoformat(time))
            except ValueError:
                found.append(None)
        return pa.array(found, _TIME)


def _main() -> None:
    gc.disable()  # it would look for circles among millions of tuples, and there are none
    asked = json.load(sys.stdin)
    roots = [Path(root) for root in asked["roots"]]
    for path, pairs in asked["jobs"]:
        feather.write_feather(table(roots, [(who, lesson) for who, lesson in pairs]), path, "lz4")


if __name__ == "__main__":
    _main()
