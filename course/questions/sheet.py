"""`lesson.json`: what travels beside a released notebook so that it can ask and check by itself.

The keys of practice and must-correct questions travel sealed, so that nobody meets an answer by
accident. That is no secret: whoever wants to can open the seal. The keys of graded questions do
not travel at all.
"""

import base64
import json
import zlib
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from course.questions.item import Item, Option

FORMAT = 1
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
    public = {
        "id": item.id, "kind": item.kind, "mode": item.mode, "points": item.points,
        "prompt": item.prompt, "hints": list(item.hints),
        "options": [{"id": option.id, "text": option.text} for option in item.options],
    }  # fmt: skip
    if item.mode != "graded":
        public["sealed"] = _seal(asdict(item))
    return public


def items(text: str) -> dict[str, Item]:
    """Read a sheet's questions by id; of a graded one no option is marked right.

    Raises:
        ValueError: when the text is not a sheet of this format.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"lesson.json of another format than {FORMAT}")
    return {entry["id"]: _unpack(entry) for entry in data["questions"]}


def checks(text: str) -> str:
    """Return the source of the public tests of a sheet."""
    return str(json.loads(text)["checks"])


def _unpack(entry: dict[str, Any]) -> Item:
    full = _open(entry["sealed"]) if "sealed" in entry else entry
    return Item(
        full["id"], full["kind"], full["prompt"],
        tuple(Option(**option) for option in full["options"]), full["mode"], full["points"],
        tuple(full["hints"]), tuple((k, v) for k, v in full.get("settings", ())),
    )  # fmt: skip


def _seal(data: dict[str, Any]) -> str:
    return base64.b85encode(zlib.compress(json.dumps(data, sort_keys=True).encode(), 9)).decode()


def _open(text: str) -> dict[str, Any]:
    return json.loads(zlib.decompress(base64.b85decode(text)))  # type: ignore[no-any-return]
