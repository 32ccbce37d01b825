"""Matching: what on the left belongs to what on the right."""

from collections.abc import Sequence
from typing import Any

from course.questions.form import shown
from course.questions.item import (
    Answer,
    Item,
    MalformedAnswerError,
    Option,
    Problem,
    Result,
    shuffled,
    strings,
)
from course.questions.vary import filled, values


class Matching:
    """Each entry of the left gets one of the right, of which more may be there than needed.

    The key is a right response. ``credit=each`` gives the share of the entries that are right.
    """

    settings: Sequence[str] = ("credit",)
    parts: Sequence[str] = ("pair",)

    def check(self, item: Item) -> list[str]:
        problems: list[str] = []
        left, right = _sides(item)
        if len(left) < 2:  # noqa: PLR2004  else there is nothing to tell apart
            problems.append(
                "matching needs two pairs at least, each on a line such as '- left => right'"
            )
        elif len(right) < 2:  # noqa: PLR2004  as above
            problems.append("everything on the left belongs to the same; add another on the right")
        seen = set[str]()
        for option in left:
            if option.text in seen:
                problems.append(Problem(f"'{option.text}' stands twice on the left", option.line))
            seen.add(option.text)
        return problems + [
            Problem("there is nothing on the right of '=>'", option.line)
            for option in right if not option.text
        ]  # fmt: skip

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        known = values(item, seed)
        left, right = (
            [{"id": each.id, "text": filled(each.text, known)} for each in shuffled(side, seed)]
            for side in _sides(item)
        )
        return shown(item, seed, "match", left=left, right=right)

    def parse(self, item: Item, raw: object) -> Answer:
        left, right = ([option.id for option in side] for side in _sides(item))
        pairs = [
            pair.split("=") for pair in strings(raw, len(left), "Match every entry on the left.")
        ]
        if any(len(pair) != 2 or pair[0] not in left or pair[1] not in right for pair in pairs):  # noqa: PLR2004  a pair
            raise MalformedAnswerError("This is not one of the entries.")
        chosen = dict(pairs)
        if len(chosen) != len(pairs):
            raise MalformedAnswerError("Match every entry on the left once.")
        if len(chosen) < len(left):
            raise MalformedAnswerError("Match every entry on the left.")
        return tuple(f"{one}={chosen[one]}" for one in sorted(left))

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        known = values(item, seed)
        left, right = ({option.id: option for option in side} for side in _sides(item))
        reasons = []
        for pair in answer:
            one, other = pair.split("=")
            why = "" if pair in item.key else left[one].why or "This belongs to another."
            text = f"{left[one].text} → {right[other].text}"
            reasons.append((filled(text, known), filled(why, known)))
        share = len(set(answer) & set(item.key)) / len(left)
        whole = share == 1 or item.setting("credit") == "each"
        return Result(round(share, 6) if whole else 0.0, tuple(reasons))

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        right = [option.id for option in _sides(item)[1]]
        wrong = []
        for pair in item.key:
            one, _, other = pair.partition("=")
            wrong.append(f"{one}={next(each for each in right if each != other)}")
        return {"correct": list(item.key), "partly": [*item.key[:-1], wrong[-1]], "wrong": wrong,
                "malformed": list(item.key[:-1])}  # fmt: skip


def _sides(item: Item) -> tuple[list[Option], list[Option]]:
    left = [option for option in item.options if option.group == "left"]
    return left, [option for option in item.options if option.group == "right"]
