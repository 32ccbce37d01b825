"""What came back to questions: the learner's own threads, and what was published for all.

They lie in the learner's folder, ``.course/replies.json``, brought by ``course answers``. It runs by
itself when something is asked; a notebook waits for it for a moment only, and it goes on alone.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from course import layout

NAME = Path(".course") / "replies.json"
_SECONDS = 5.0
"""How long a cell waits for the course service."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: Markdown, who wrote it (empty without a name), and when."""

    text: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A question and its answers.

    Attributes:
        id: of the statement that asked.
        test: that had failed; empty for none.
        state: "open", "answered", "merged", "hidden" or "closed".
    """

    id: str
    lesson: str
    exercise: str
    text: str
    test: str
    error: str
    state: str
    answers: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Replies:
    """All that came back.

    Attributes:
        own: the learner's own, by id.
        published: for everybody, without names.
    """

    own: dict[str, Thread] = field(default_factory=dict)
    published: tuple[Thread, ...] = ()


def read(home: Path) -> Replies:
    """Return what came back to a learner's folder; nothing where nothing did, or it can't be read."""
    try:
        return parse(json.loads((home / NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return Replies()


def parse(data: dict[str, Any]) -> Replies:
    """Return what the service said; raises KeyError, TypeError or ValueError for something else."""
    own = [_thread(one) for one in data["own"]]
    return Replies({one.id: one for one in own}, tuple(_thread(one) for one in data["published"]))


def keep(home: Path, data: dict[str, Any]) -> None:
    """Keep what the service said, in the place of what it said before."""
    layout.write(home / NAME, json.dumps(data, ensure_ascii=False, indent=1))


def _thread(one: dict[str, Any]) -> Thread:
    answers = tuple(Reply(each["text"], each["by"], each["at"]) for each in one["answers"])
    texts = {
        key: one[key] for key in ("id", "lesson", "exercise", "text", "test", "error", "state")
    }
    every = [*texts.values(), *(text for each in answers for text in (each.text, each.by, each.at))]
    if not all(isinstance(text, str) for text in every):
        raise TypeError(one)
    return Thread(**texts, answers=answers)


def fitting(
    published: Sequence[Thread], lesson: str, exercise: str, tests: Sequence[str], error: str
) -> list[Thread]:
    """Return the published threads that fit a failure: the same test failed, or the same kind of error came."""
    kind = error.partition(":")[0].strip()
    return [
        one for one in published
        if one.answers and one.lesson == lesson and one.exercise in ("", exercise)
        and ((one.test and one.test in tests) or (kind and one.error.partition(":")[0].strip() == kind))
    ]  # fmt: skip


def is_served(home: Path) -> bool:
    """Tell whether a learner's folder was joined to a course service."""
    try:
        text = (home / layout.LEARNER_FILE).read_text(encoding="utf-8")
    except OSError:
        return False
    return any(line.startswith("service") for line in text.splitlines())


def exchange(home: Path) -> None:
    """Let ``course answers`` send and fetch, and wait for it for a moment; it ends by itself."""
    if not is_served(home):
        return
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-m", "course", "answers", "--folder", str(home)]
    process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)  # fmt: skip
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.returncode = 0  # nobody waits for it any more; it has its own limits
