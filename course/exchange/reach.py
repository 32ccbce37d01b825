"""What a learner's machine knows of a course: its exchange, what is out there, and what was handed in from here."""

import datetime as dt
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANNOUNCED = "course.json"


@dataclass(frozen=True, slots=True)
class Reach:
    """What a learner's machine knows of a course: where its exchange is, and who the learner is.

    Attributes:
        root: nbgrader's exchange.
        course_id: the course's name there.
        learner: the learner's id; ``*`` lets nbgrader take the user's name.
        cache: where the learner's own copies of submissions are kept.
        of_service: whether the exchange is this machine's mirror of a course service.
    """

    root: Path
    course_id: str
    learner: str
    cache: Path
    of_service: bool = False

    @property
    def outbound(self) -> Path:
        """The folder of released lessons."""
        return self.root / self.course_id / "outbound"

    def lessons(self) -> list[str]:
        """Return the released lessons, in the course's order where it is announced, then by name."""
        found = self.outbound.iterdir() if self.outbound.is_dir() else []
        order = [each.get("lesson") for each in self.announced().get("lessons", [])]
        return sorted(
            (path.name for path in found if path.is_dir() and not path.name.startswith(".")),
            key=lambda name: (order.index(name) if name in order else len(order), name),
        )

    def announced(self) -> dict[str, Any]:
        """Return what the course announced of itself and its lessons; empty when it did not."""
        path = self.outbound.parent / ANNOUNCED
        try:
            return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}
        except (ValueError, TypeError):
            return {}  # somebody else's file


def handed_in(exchange: Reach) -> dict[str, dt.datetime]:
    """Return when (UTC) a learner last handed in each lesson from here."""
    found: dict[str, dt.datetime] = {}
    for path in (exchange.cache / exchange.course_id).glob(f"{exchange.learner}+*+*"):
        _, lesson, time = path.name.split("+")[:3]
        with suppress(ValueError):  # no folder of nbgrader's
            at = moment(time)
            found[lesson] = max(at, found.get(lesson, at))
    return found


def moment(text: str) -> dt.datetime:
    """Return the moment (UTC) of a timestamp that nbgrader or a person wrote; raises ValueError."""
    plain = text.removesuffix(" UTC")
    if plain != text:
        with suppress(ValueError):  # as nbgrader writes it; people write otherwise
            return dt.datetime.fromisoformat(plain).replace(tzinfo=dt.UTC)
    from nbgrader.utils import parse_utc  # noqa: PLC0415  heavy

    moment: dt.datetime = parse_utc(text)
    return moment.replace(tzinfo=dt.UTC)
