"""Own words: a person marks them."""

from collections.abc import Sequence
from typing import Any

from course.questions.form import shown
from course.questions.item import Answer, Item, MalformedAnswerError, Result, strings
from course.questions.vary import filled, values

MOST_LETTERS = 20_000


class Words:
    """Own words. ``least: 20`` and ``most: 200`` say how many; an answer out of them is kept as well."""

    settings: Sequence[str] = ("least", "most")
    parts: Sequence[str] = ("model",)

    def check(self, item: Item) -> list[str]:
        problems = []
        if item.mode == "must-correct":
            problems.append("own words are marked by a person, later; they can't be must-correct")
        bounds = [item.setting("least", "1"), item.setting("most", "100000")]
        if not all(bound.isdecimal() for bound in bounds):
            problems.append("'least:' and 'most:' are numbers of words, as in: least: 20")
        elif not 0 < int(bounds[0]) <= int(bounds[1]):
            problems.append("'least:' is more than 'most:'; exchange them")
        elif item.rules and self.grade(item, (item.rules[0].text,), 0).reasons:
            problems.append("the model answer has too few or too many words itself")
        return problems

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        bounds = {name: int(value) for name, value in item.settings if name in self.settings}
        return shown(item, seed, "words", **bounds)

    def parse(self, item: Item, raw: object) -> Answer:  # noqa: ARG002  whatever the item
        given = strings(raw, 1, "Write your answer as text.")
        if not given or not given[0].strip():
            raise MalformedAnswerError("Write your answer first.")
        if len(given[0]) > MOST_LETTERS:
            raise MalformedAnswerError(f"This is too long; write {MOST_LETTERS} letters at most.")
        return (given[0].strip(),)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:  # noqa: ARG002  any variant
        count = len(answer[0].split())
        least, most = (int(item.setting(name, "0")) for name in self.settings)
        if count < least:
            return Result(None, ((f"{count} words", f"{least} words at least are asked for."),))
        if most and count > most:
            return Result(None, ((f"{count} words", f"{most} words at most are asked for."),))
        return Result(None)

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        model = item.rules[0].text if item.rules else "Words of my own. " * 30
        said = filled(model, values(item, seed))
        return {"correct": [said], "wrong": ["No idea."], "malformed": [" \n"]}
