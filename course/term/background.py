"""What a grader may want to know beside an answer: how it was asked, and earlier attempts."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from course import markup
from course.exchange.intake import EARLIER
from course.exchange.reach import moment
from course.lesson import plain, record
from course.model import Place
from course.questions import Item, kind_of, seed, sheet
from course.review.paper import part
from course.term import Course

MOST = 5
"""How many earlier attempts are shown, the newest first."""
_MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """An answer that a later one took the place of.

    Attributes:
        at: ISO time; empty where nobody noted it.
        cells: what the learner wrote in a notebook.
        response: what was answered in a quiz.
    """

    at: str
    cells: tuple[dict[str, Any], ...] = ()
    response: tuple[str, ...] = ()


def prompt(course: Course, place: Place) -> str:
    """Return the HTML of a quiz question, as released; empty for what is no quiz."""
    item = _item(course, place)
    return markup.block(item.prompt) if item else ""


def response(course: Course, place: Place) -> str:
    """Return what was chosen in a quiz, with what there was to choose from, as text; empty for own words."""
    item = _item(course, place)
    state = record.read(course.layout.autograded / place.learner / place.lesson)
    last = state.answers.get(place.question)
    if item is None or item.kind == "words" or last is None:
        return ""
    known = seed(place.learner, item.id, last.variant) if last.seed is None else last.seed
    with suppress(KeyError, ValueError, IndexError, TypeError):  # a learner can write any answer
        about = kind_of(item).prepare(item, known) | {"prompt": ""}
        return "\n".join(plain.text(about, last.response).splitlines()[2:])
    return ""


def earlier(course: Course, place: Place) -> list[Attempt]:
    """Return what the learner answered before, the newest first and at most `MOST`."""
    state = record.read(course.layout.autograded / place.learner / place.lesson)
    tries = state.tries.get(place.question, [])[:-1]
    found = [Attempt(each.time, response=tuple(each.response)) for each in tries]
    path = f"{place.notebook}.ipynb"
    latest = _written(course.layout.submission(place.learner, place.lesson) / path, place.question)
    seen = [_sources(latest)]
    for at, folder in _folders(course, place):
        cells = _written(folder / path, place.question)
        if cells and _sources(cells) not in seen:
            seen.append(_sources(cells))
            found.append(Attempt(at, cells))
    return sorted(found, key=lambda each: each.at, reverse=True)[:MOST]


def _folders(course: Course, place: Place) -> Iterator[tuple[str, Path]]:
    """Yield time and folder of what was handed in before: on the exchange, or replaced from a file."""
    layout = course.layout
    inbound = layout.exchange / layout.course_id / "inbound"
    with suppress(OSError):  # an exchange that is away, or not for this account
        for at, name in _inbound(inbound, inbound.stat().st_mtime_ns).get(
            (place.learner, place.lesson), ()
        ):
            yield at, inbound / name
    for folder in (layout.root / EARLIER / place.learner / place.lesson).glob("*"):
        stamp = folder / "timestamp.txt"
        yield _iso(stamp.read_text(encoding="utf-8")) if stamp.is_file() else "", folder


@lru_cache(maxsize=2)  # thousands of names, and one more answer every few seconds
def _inbound(folder: Path, _changed: int) -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for path in folder.iterdir():
        learner, lesson, at, *_ = [*path.name.split("+"), "", "", ""]
        found.setdefault((learner, lesson), []).append((_iso(at), path.name))
    return found


def _iso(text: str) -> str:
    with suppress(ValueError):
        return moment(text.strip()).isoformat()
    return ""


def _written(path: Path, question: str) -> tuple[dict[str, Any], ...]:
    """Return the cells of a notebook that a learner answered a question in; none when it is unreadable."""
    try:
        if path.is_symlink() or path.stat().st_size > _MOST_BYTES:
            return ()
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"])
        return tuple(cells[index] for index, role in part(cells, question) if role == "answer")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def _sources(cells: tuple[dict[str, Any], ...]) -> str:
    return "\n".join(str(cell["source"]).strip() for cell in cells)


def _item(course: Course, place: Place) -> Item | None:
    path = course.layout.release / place.lesson / sheet.NAME
    with suppress(OSError, ValueError, KeyError, TypeError):  # nbgrader's own lessons have none
        return sheet.items(path.read_text(encoding="utf-8")).get(place.question)
    return None
