"""A kind of question from another package: is the number that you type an even one?"""

from course.questions import Answer, Item, MalformedAnswerError, Result
from course.questions.form import shown


class Even:
    """Any even number is right; it brings no front end, since "text" is a form."""

    settings = ("least",)
    parts = ()

    def check(self, item: Item) -> list[str]:
        return [] if item.setting("least", "0").isdecimal() else ["least= is a number"]

    def prepare(self, item: Item, seed: int) -> dict[str, object]:
        return shown(item, seed, "text", size=5)

    def parse(self, item: Item, raw: object) -> Answer:
        if not isinstance(raw, list) or len(raw) != 1 or not str(raw[0])[:9].isdecimal():
            raise MalformedAnswerError("Write a whole number.")
        return (str(raw[0])[:9],)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        return Result(float(int(answer[0]) % 2 == 0))

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:
        return {"correct": ["4"], "wrong": ["5"], "malformed": ["four"]}
