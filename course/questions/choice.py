"""Single choice and multiple choice."""

from collections.abc import Sequence
from typing import Any

from course.questions.form import shown
from course.questions.item import (
    Answer,
    Item,
    MalformedAnswerError,
    Problem,
    Result,
    shuffled,
    strings,
)
from course.questions.vary import filled, values


class Choice:
    """What choices have in common: options, shown in a shuffled order, answered by their ids."""

    settings: Sequence[str] = ()
    parts: Sequence[str] = ("option",)

    def many(self, item: Item) -> bool:
        """Tell whether more than one may be chosen."""
        raise NotImplementedError

    def check(self, item: Item) -> list[str]:
        problems: list[str] = []
        if len(item.options) < 2:  # noqa: PLR2004  a choice
            problems.append(
                "a choice needs two options at least, each on a line such as '- [ ] text'"
            )
        seen = set[str]()
        for option in item.options:
            if not option.text:
                problems.append(Problem(f"option '{option.id}' is empty", option.line))
            elif option.text in seen:
                problems.append(Problem(f"the option '{option.text}' stands twice", option.line))
            seen.add(option.text)
        return problems + self._check_key(item)

    def _check_key(self, item: Item) -> list[str]:
        if not any(option.right for option in item.options):
            return ["no option is right; mark it with '- [x]', or ask an opinion with kind=poll"]
        return []

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        known = values(item, seed)
        options = [
            {"id": option.id, "text": filled(option.text, known)}
            for option in shuffled(item.options, seed)
        ]
        form = "choose-many" if self.many(item) else "choose-one"
        return shown(item, seed, form, options=options)

    def parse(self, item: Item, raw: object) -> Answer:
        known = [option.id for option in item.options]
        chosen = strings(raw, len(known) * 2, "Choose from the options.")
        if any(one not in known for one in chosen):
            raise MalformedAnswerError("This is not one of the options.")
        if not chosen:
            raise MalformedAnswerError("Choose an option first.")
        chosen = sorted(set(chosen), key=known.index)
        if len(chosen) > 1 and not self.many(item):
            raise MalformedAnswerError("Choose one option only.")
        return tuple(chosen)

    def _reasons(self, item: Item, answer: Answer, seed: int) -> tuple[tuple[str, str], ...]:
        known = values(item, seed)
        return tuple(
            (filled(option.text, known), filled(option.why, known))
            for option in item.options
            if option.id in answer
        )


class Single(Choice):
    """One right option of several."""

    def many(self, item: Item) -> bool:  # noqa: ARG002  whatever the item
        """Never."""
        return False

    def _check_key(self, item: Item) -> list[str]:
        right = sum(option.right for option in item.options)
        more = ["a single choice has one right option; use kind=multiple"] if right > 1 else []
        return super()._check_key(item) + more

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        right = {option.id for option in item.options if option.right}
        return Result(float(set(answer) == right), self._reasons(item, answer, seed))

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        return {
            "correct": [option.id for option in item.options if option.right][:1],
            "wrong": [option.id for option in item.options if not option.right][:1],
            "malformed": ["no such option"],
        }


class Multiple(Choice):
    """Several options, of which one or more are right.

    ``credit=all`` (the default) asks for exactly the right set; ``credit=each`` gives the share
    of right options chosen, less the share of wrong ones, never below zero.
    """

    settings = ("credit",)

    def many(self, item: Item) -> bool:  # noqa: ARG002  whatever the item
        """Always."""
        return True

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        right = {option.id for option in item.options if option.right}
        wrong = {option.id for option in item.options} - right
        chosen = set(answer)
        reasons = self._reasons(item, answer, seed)
        if item.setting("credit", "all") == "all":
            return Result(float(chosen == right), reasons)
        share = len(chosen & right) / len(right) - len(chosen & wrong) / max(len(wrong), 1)
        return Result(max(0.0, round(share, 6)), reasons)

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        right = [option.id for option in item.options if option.right]
        wrong = [option.id for option in item.options if not option.right]
        return {
            "correct": right, "partly": right[:1] if len(right) > 1 else right + wrong[:1],
            "wrong": wrong[:1] or right[:1], "malformed": ["zz"],
        }  # fmt: skip
