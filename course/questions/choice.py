"""Single choice and multiple choice."""

from typing import Any

from course.errors import nearest
from course.questions.item import Answer, Item, MalformedAnswerError, Result, shuffled


class _Choice:
    """What both have in common: options, shown in a shuffled order, answered by their ids."""

    many: bool
    settings: tuple[str, ...] = ()

    def check(self, item: Item) -> list[str]:
        problems = []
        if not item.prompt:
            problems.append("the question has no text; write it below the first line")
        if len(item.options) < 2:  # noqa: PLR2004  a choice
            problems.append(
                "a choice needs two options at least, each on a line such as '- [ ] text'"
            )
        if not any(option.right for option in item.options):
            problems.append("no option is right; mark it with '- [x]'")
        texts = [option.text for option in item.options]
        problems += [
            f"the option '{text}' stands twice" for text in {t for t in texts if texts.count(t) > 1}
        ]
        problems += [f"option '{option.id}' is empty" for option in item.options if not option.text]
        for name, _ in item.settings:
            if name not in self.settings:
                known = nearest(name, (*self.settings, "points", "mode", "kind"))
                problems.append(f"the setting '{name}' is unknown{'; ' + known if known else ''}")
        return problems + self._check_more(item)

    def _check_more(self, item: Item) -> list[str]:
        raise NotImplementedError

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        options = shuffled(item.options, seed)
        return {
            "id": item.id, "kind": item.kind, "mode": item.mode, "points": item.points,
            "prompt": item.prompt, "hints": list(item.hints),
            "options": [{"id": option.id, "text": option.text} for option in options],
        }  # fmt: skip

    def parse(self, item: Item, raw: object) -> Answer:
        chosen = [raw] if isinstance(raw, str) else raw
        known = [option.id for option in item.options]
        if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
            raise MalformedAnswerError("Choose from the options.")
        if any(one not in known for one in chosen):
            raise MalformedAnswerError("This is not one of the options.")
        if not chosen:
            raise MalformedAnswerError("Choose an option first.")
        if len(chosen) > 1 and not self.many:
            raise MalformedAnswerError("Choose one option only.")
        return tuple(sorted(set(chosen), key=known.index))

    def _reasons(self, item: Item, answer: Answer) -> tuple[tuple[str, str], ...]:
        return tuple((option.text, option.why) for option in item.options if option.id in answer)


class Single(_Choice):
    """One right option of several."""

    many = False

    def _check_more(self, item: Item) -> list[str]:
        right = sum(option.right for option in item.options)
        return ["a single choice has one right option; use kind=multiple"] if right > 1 else []

    def grade(self, item: Item, answer: Answer) -> Result:
        right = {option.id for option in item.options if option.right}
        return Result(float(set(answer) == right), self._reasons(item, answer))

    def samples(self, item: Item) -> dict[str, object]:
        return {
            "correct": [option.id for option in item.options if option.right][:1],
            "wrong": [option.id for option in item.options if not option.right][:1],
            "malformed": ["no such option"],
        }


class Multiple(_Choice):
    """Several options, of which one or more are right.

    ``credit=all`` (the default) asks for exactly the right set; ``credit=each`` gives the share
    of right options chosen, less the share of wrong ones, never below zero.
    """

    many = True
    settings = ("credit",)

    def _check_more(self, item: Item) -> list[str]:
        rule = item.setting("credit", "all")
        return [] if rule in ("all", "each") else [f"credit={rule} is unknown; use 'all' or 'each'"]

    def grade(self, item: Item, answer: Answer) -> Result:
        right = {option.id for option in item.options if option.right}
        wrong = {option.id for option in item.options} - right
        chosen = set(answer)
        reasons = self._reasons(item, answer)
        if item.setting("credit", "all") == "all":
            return Result(float(chosen == right), reasons)
        share = len(chosen & right) / len(right) - len(chosen & wrong) / max(len(wrong), 1)
        return Result(max(0.0, round(share, 6)), reasons)

    def samples(self, item: Item) -> dict[str, object]:
        right = [option.id for option in item.options if option.right]
        wrong = [option.id for option in item.options if not option.right]
        return {
            "correct": right, "partly": right[:1] if len(right) > 1 else right + wrong[:1],
            "wrong": wrong[:1] or right[:1], "malformed": "zz",
        }  # fmt: skip
