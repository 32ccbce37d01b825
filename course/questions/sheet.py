"""`lesson.json`: what travels beside a released notebook so that it can ask and check by itself.

The keys of practice and must-correct questions travel sealed, so that nobody meets an answer by
accident. That is no secret: whoever wants to can open the seal. The keys of graded questions do
not travel at all, and what could tell them (the order of what is to be put in order) neither.

Format 2 holds an item's public fields by name, with ``sealed`` for all of them; format 1, of the
first releases, knew choices only and is a part of it.
"""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from course.questions.item import Item, Option, Rule

FORMAT = 2
NAME = "lesson.json"


def build(lesson: str, items: Iterable[Item], checks: str, about: dict[str, Any]) -> str:
    """Return the text of a lesson's sheet, the same for the same input.

    Args:
        lesson: the lesson's id.
        items: its questions, keys included.
        checks: source of the public tests.
        about: title, minutes, objectives and the like, for the learner to see.
    """
    data = {
        "format": FORMAT, "lesson": lesson, "about": about,
        "questions": [_pack(item) for item in items], "checks": checks,
    }  # fmt: skip
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _pack(item: Item) -> dict[str, Any]:
    public = _plain(item.without_key())
    return public if item.mode == "graded" else {**public, "sealed": _seal(_plain(item))}


def items(text: str) -> dict[str, Item]:
    """Read a sheet's questions by id; of a graded one the key is not there.

    Raises:
        ValueError: when the text is not a sheet, or of a newer format.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") not in range(1, FORMAT + 1):
        raise ValueError(f"lesson.json of another format than {FORMAT}")
    return {entry["id"]: _unpack(entry) for entry in data["questions"]}


def checks(text: str) -> str:
    """Return the source of the public tests of a sheet."""
    return str(json.loads(text)["checks"])


def about(text: str) -> dict[str, Any]:
    """Return what a sheet says of its lesson: title, minutes, objectives, sections and the like."""
    found = json.loads(text)["about"]
    if not isinstance(found, dict):
        raise TypeError("what lesson.json says of the lesson is no table")
    return found


def _plain(item: Item | Option | Rule) -> dict[str, Any]:
    """Return an item without what is as by default; the line in its cell concerns nobody here."""
    return {
        each.name: [_plain(part) for part in value] if each.name in ("options", "rules") else value
        for each in fields(item)
        if each.name != "line" and (value := getattr(item, each.name)) != each.default
    }


def _unpack(entry: dict[str, Any]) -> Item:
    full = _open(entry["sealed"]) if "sealed" in entry else entry
    known = {each.name for each in fields(Item)}
    data = {name: _frozen(value) for name, value in full.items() if name in known}
    data["options"] = tuple(Option(**option) for option in data.get("options", ()))
    data["rules"] = tuple(Rule(**rule) for rule in data.get("rules", ()))
    return Item(**data)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _seal(data: dict[str, Any]) -> str:
    return base64.b85encode(zlib.compress(json.dumps(data, sort_keys=True).encode(), 9)).decode()


def _open(text: str) -> dict[str, Any]:
    return json.loads(zlib.decompress(base64.b85decode(text)))  # type: ignore[no-any-return]
