"""Predict the output: what does this code print?"""

from collections.abc import Sequence
from typing import Any

from course.questions.form import shown
from course.questions.item import Answer, Item, MalformedAnswerError, Result, strings
from course.questions.vary import filled, values

MOST_LETTERS = 20_000


class Predict:
    """The lines that a program prints; blanks at their ends and empty lines after the last don't count.

    ``credit=each`` gives the share of the lines that are right in their place.
    """

    settings: Sequence[str] = ("credit",)
    parts: Sequence[str] = ("output", "wrong")

    def check(self, item: Item) -> list[str]:
        problems = (
            [] if "```" in item.prompt else ["there is no code; show it between two lines of ```"]
        )
        right = [rule for rule in item.rules if rule.right]
        if len(right) != 1:
            return [
                *problems,
                "give what the code prints once, in a block that begins with ```output",
            ]
        return (
            problems if _lines(right[0].text) else [*problems, "the block of the output is empty"]
        )

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        return shown(item, seed, "block")

    def parse(self, item: Item, raw: object) -> Answer:  # noqa: ARG002  whatever the item
        given = strings(raw, 1, "Write what the code prints.")
        lines = _lines(given[0][: MOST_LETTERS + 1]) if given else []
        if not lines:
            raise MalformedAnswerError("Write what the code prints first.")
        if len(given[0]) > MOST_LETTERS:
            raise MalformedAnswerError(f"This is too long; write {MOST_LETTERS} letters at most.")
        return ("\n".join(lines),)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        known, given = values(item, seed), _lines(answer[0])
        right = next(_lines(filled(rule.text, known)) for rule in item.rules if rule.right)
        if given == right:
            return Result(1.0)
        said = [
            ("", filled(rule.why, known))
            for rule in item.rules
            if not rule.right and _lines(filled(rule.text, known)) == given
        ]
        same = [mine == wanted for mine, wanted in zip(given, right, strict=False)]
        first = same.index(False) if False in same else len(same)
        where = f"Line {first + 1}" + (f": {given[first]}" if first < len(given) else "")
        share = sum(same) / max(len(given), len(right)) if item.setting("credit") == "each" else 0.0
        return Result(
            round(share, 6), tuple(said) or ((where, "This is the first line that differs."),)
        )

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        known = values(item, seed)
        right = next(_lines(filled(rule.text, known)) for rule in item.rules if rule.right)
        off = [f"not {line}" for line in right]
        found = {"correct": ["\n".join(right)], "wrong": ["\n".join(off)], "malformed": [""]}
        return found | ({"partly": ["\n".join([*right[:-1], off[-1]])]} if right[1:] else {})


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines
