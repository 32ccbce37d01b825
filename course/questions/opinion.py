"""A rating and a poll: there is no right answer, and nothing to earn."""

import re
from collections.abc import Sequence
from typing import Any

from course.questions.choice import Choice
from course.questions.form import shown
from course.questions.item import Answer, Item, MalformedAnswerError, Result, strings

_SCALE = re.compile(r"(\d{1,3})\s*\.\.\s*(\d{1,3})")
_MOST_STEPS = 11


def _no_marks(item: Item) -> list[str]:
    if item.mode != "practice" or item.points:
        return [f"a {item.kind} has no right answer; leave out points= and mode="]
    return []


class Rating:
    """A place on a scale: ``scale: 1..5``, with words for its ends: ``low: never``, ``high: daily``."""

    settings: Sequence[str] = ("scale", "low", "high")
    parts: Sequence[str] = ()

    def check(self, item: Item) -> list[str]:
        match = _SCALE.fullmatch(item.setting("scale", "1..5"))
        if not match or not 0 < int(match[2]) - int(match[1]) < _MOST_STEPS:
            return [*_no_marks(item), f"the scale has 2 to {_MOST_STEPS} steps, as in: scale: 1..5"]
        return _no_marks(item)

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        least, most = _ends(item)
        ends = {"low": item.setting("low"), "high": item.setting("high")}
        return shown(item, seed, "rate", scale={"least": least, "most": most, **ends})

    def parse(self, item: Item, raw: object) -> Answer:
        given = strings(raw, 1, "Choose one step of the scale.")
        least, most = _ends(item)
        if not given or given[0] not in {str(step) for step in range(least, most + 1)}:
            raise MalformedAnswerError("Choose one step of the scale.")
        return (given[0],)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:  # noqa: ARG002  nothing to judge
        return Result(None)

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        least, most = _ends(item)
        return {"correct": [str(most)], "wrong": [str(least)], "malformed": [str(most + 1)]}


def _ends(item: Item) -> tuple[int, int]:
    match = _SCALE.fullmatch(item.setting("scale", "1..5"))
    return (int(match[1]), int(match[2])) if match else (1, 5)


class Poll(Choice):
    """One of several opinions; ``choose=many`` takes several."""

    settings = ("choose",)

    def many(self, item: Item) -> bool:
        """Tell whether the author allows several."""
        return item.setting("choose") == "many"

    def _check_key(self, item: Item) -> list[str]:
        problems = _no_marks(item)
        if any(option.right for option in item.options):
            problems.append("a poll has no right answer; write every option as '- [ ] text'")
        if item.setting("choose", "many") != "many":
            problems.append(
                f"choose={item.setting('choose')} is unknown; use choose=many, or leave it out"
            )
        return problems

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        return Result(None, self._reasons(item, answer, seed))

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        ids = [option.id for option in item.options]
        return {"correct": ids[:1], "wrong": ids[1:2], "malformed": ["no such option"]}
