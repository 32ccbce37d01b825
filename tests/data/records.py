"""Records of learners for tests: lines as `course.lesson.record` writes them, at given moments."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from course.lesson.state import VERBS

BEGIN = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
Event = tuple[str, float, str, str, dict[str, Any]]
"""Id, seconds since BEGIN, verb, object, result."""


def line(event: Event) -> str:
    id_, seconds, verb, object_, result = event
    time = (BEGIN + dt.timedelta(seconds=seconds)).isoformat(timespec="microseconds")
    return json.dumps(
        {
            "id": id_,
            "timestamp": time,
            "verb": VERBS.get(verb, verb),
            "object": object_,
            "result": result,
        }
    )


def write(folder: Path, events: Sequence[Event], name: str = "record.jsonl") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("".join(f"{line(event)}\n" for event in events), encoding="utf-8")
