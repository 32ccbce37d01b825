"""The learner's record: one line of JSON per thing that happened, appended and flushed to disk.

A line is a small xAPI-like statement: ``id``, ``timestamp`` (with the time zone), ``verb`` (the
IRI of ADL's verb), ``object`` (the question's id) and ``result``. The state of a lesson is a fold
over the lines; a line that can't be read is counted and left alone.
"""

import datetime as dt
import json
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

NAME = "record.jsonl"
VERBS = {
    "answered": "http://adlnet.gov/expapi/verbs/answered",
    "attempted": "http://adlnet.gov/expapi/verbs/attempted",
}
MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class State:
    """What the lines add up to.

    Attributes:
        answers: the last raw answer per question, with its time.
        unreadable: how many lines could not be read.
    """

    answers: dict[str, tuple[Any, str]] = field(default_factory=dict)
    unreadable: int = 0


def append(folder: Path, verb: str, question: str, result: dict[str, Any]) -> str:
    """Add one line, on the disk before this returns; returns its timestamp.

    Raises:
        OSError: when it can't be written; nothing that was there is harmed.
    """
    now = dt.datetime.now().astimezone().isoformat(timespec="milliseconds")
    line = {
        "id": str(uuid.uuid4()), "timestamp": now, "verb": VERBS[verb],
        "object": question, "result": result,
    }  # fmt: skip
    data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
    path = folder / NAME
    torn = path.exists() and path.stat().st_size > 0 and not path.read_bytes().endswith(b"\n")
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(
            number, b"\n" + data if torn else data
        )  # one write: lines of two kernels don't mix
        os.fsync(number)
    finally:
        os.close(number)
    return now


def read(folder: Path) -> State:
    """Fold the record of a folder; an absent one is empty. Links are not followed."""
    path = folder / NAME
    if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return State()
    return fold(path.read_bytes().splitlines())


def fold(lines: Iterable[bytes]) -> State:
    """Fold lines in order; of two answers to one question the later one counts."""
    state, unreadable = State(), 0
    for line in lines:
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            question, verb, when = entry["object"], entry["verb"], entry["timestamp"]
            if verb == VERBS["answered"] and isinstance(question, str) and isinstance(when, str):
                state.answers[question] = (entry["result"]["response"], when)
        except (ValueError, TypeError, KeyError, RecursionError):
            unreadable += 1
    return State(state.answers, unreadable)
