"""A short text: one line, compared after white space, letters' case and Unicode forms are evened out."""

from collections.abc import Sequence
from typing import Any

from course.questions import pattern
from course.questions.form import shown
from course.questions.item import Answer, Item, MalformedAnswerError, Problem, Result, strings
from course.questions.vary import filled, values

SIZE = 20
"""Letters that a field shows; the same for all, so that it tells nothing of the answer."""


class Text:
    """One line. ``case=keep`` tells small letters from capital ones."""

    settings: Sequence[str] = ("case", "size")
    parts: Sequence[str] = ("rule", "wrong rule")

    def check(self, item: Item) -> list[str]:
        problems: list[str] = []
        plain = [rule for rule in item.rules if rule.right and not pattern.is_pattern(rule.text)]
        if not plain:
            problems.append(
                "no answer stands in full letters; write one such as '= median', to show as the solution"
            )
        if item.setting("case", "keep") != "keep":
            problems.append(
                f"case={item.setting('case')} is unknown; use case=keep, or leave it out"
            )
        if not item.setting("size", "1").isdecimal():
            problems.append(f"size={item.setting('size')} is not a number of letters")
        return problems + [
            Problem(said, rule.line) for rule in item.rules if (said := pattern.problem(rule.text))
        ]

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        return shown(item, seed, "text", size=int(item.setting("size", str(SIZE))))

    def parse(self, item: Item, raw: object) -> Answer:  # noqa: ARG002  whatever the item
        given = strings(raw, 1, "Write one line.")
        answer = pattern.line(given[0]) if given else ""
        if not answer:
            raise MalformedAnswerError("Write an answer first.")
        return (answer,)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        known, case = values(item, seed), item.setting("case") == "keep"
        for rule in sorted(item.rules, key=lambda rule: not rule.right):
            if pattern.fits(rule.text, answer[0], known, case=case):
                return Result(float(rule.right), ((answer[0], filled(rule.why, known)),))
        return Result(0.0, ((answer[0], ""),))

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        known = values(item, seed)
        plain = [r.text for r in item.rules if r.right and not pattern.is_pattern(r.text)]
        others = ("something else", "0", "zzz", "?!")
        wrong = next((w for w in others if not self.grade(item, (w,), seed).share), others[0])
        return {"correct": [filled(plain[0], known)], "wrong": [wrong], "malformed": [" "]}
