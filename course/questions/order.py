"""Ordering, and Parsons problems: code whose lines are to be put in order, with their indentation.

The key has "id:level:rank" for each thing that belongs there; equal ranks may be exchanged. For
Parsons problems see D. Parsons and P. Haden, "Parson's programming puzzles" (2006).
"""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from course.questions.form import shown
from course.questions.item import (
    Answer,
    Item,
    MalformedAnswerError,
    Option,
    Result,
    shuffled,
    strings,
)
from course.questions.vary import filled, values

MOST_LEVEL = 12


def in_order(ranks: Sequence[int]) -> list[int]:
    """Return the places of the longest row of numbers that never goes down (patience sorting)."""
    tops: list[int] = []
    piles: list[int] = []
    before: list[int] = []
    for place, rank in enumerate(ranks):
        pile = bisect_right(tops, rank)
        before.append(piles[pile - 1] if pile else -1)
        tops[pile : pile + 1], piles[pile : pile + 1] = [rank], [place]
    row, place = [], piles[-1] if piles else -1
    while place >= 0:
        row.append(place)
        place = before[place]
    return row[::-1]


def _share(item: Item, kept: int, astray: int) -> float:
    """Return the points' share: for ``credit=each``, of steps that follow one another rightly.

    Args:
        kept: how many stand in the longest row that is in order; any order at all has as many as
            may be exchanged for one another, so these earn nothing.
        astray: how many don't belong there.
    """
    if kept == len(item.key) and not astray:
        return 1.0
    if item.setting("credit") != "each":
        return 0.0
    ranks = [entry.split(":")[2] for entry in item.key]
    free = max(map(ranks.count, ranks))
    return (
        round(max(0, kept - free - astray) / (len(ranks) - free), 6) if free < len(ranks) else 0.0
    )


class Ordering:
    """Things to put in order; those with the same number may be exchanged.

    ``credit=each`` gives, for n things of which the longest row in order has k, (k-1)/(n-1); if m of
    them may be exchanged for one another, (k-m)/(n-m).
    """

    settings: Sequence[str] = ("credit",)
    parts: Sequence[str] = ("step",)

    def check(self, item: Item) -> list[str]:
        if len(item.options) < 2:  # noqa: PLR2004  an order
            return ["an order needs two things at least, each on a line such as '1. text'"]
        problems: list[str] = []
        if len({entry.split(":")[2] for entry in item.key}) < 2:  # noqa: PLR2004  as above
            problems.append(
                "all lines have the same number, so that any order is right; count them up"
            )
        texts = [option.text for option in item.options]
        twice = sorted({text for text in texts if texts.count(text) > 1})
        return problems + [f"'{text}' stands twice" for text in twice]

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        known = values(item, seed)
        options = [
            {"id": each.id, "text": filled(each.text, known)}
            for each in shuffled(item.options, seed)
        ]
        return shown(item, seed, "order", options=options)

    def parse(self, item: Item, raw: object) -> Answer:
        known = {option.id for option in item.options}
        given = strings(raw, len(known), "Put all of them in order.")
        if set(given) != known or len(given) != len(known):
            raise MalformedAnswerError("Put all of them in order.")
        return tuple(given)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        ranks = {one: int(rank) for one, _, rank in (each.split(":") for each in item.key)}
        row = in_order([ranks[one] for one in answer])
        known, texts = values(item, seed), {option.id: option for option in item.options}
        reasons = tuple(
            (filled(texts[one].text, known), filled(texts[one].why, known) or "This is not in its place.")
            for place, one in enumerate(answer) if place not in row
        )  # fmt: skip
        return Result(_share(item, len(row), 0), reasons)

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        right = [each.split(":")[0] for each in item.key]
        found = {"correct": right, "wrong": right[::-1], "malformed": right[:-1]}
        return found | ({"partly": [right[-1], *right[:-1]]} if right[2:] else {})


class Parsons:
    """Lines of code to put in order and to indent, with lines among them that don't belong there.

    ``any-order: 2-4`` lets lines stand in one another's places. ``credit=each`` gives what it
    gives for an order, and takes one step off for each line that does not belong there.
    """

    settings: Sequence[str] = ("credit", "indent")
    parts: Sequence[str] = ("lines", "wrong")

    def check(self, item: Item) -> list[str]:
        problems = []
        if len(item.key) < 2:  # noqa: PLR2004  an order
            problems.append("give two lines of code at least, in a block that begins with ```lines")
        if item.setting("indent", "no") not in ("yes", "no"):
            problems.append(f"indent={item.setting('indent')} is unknown; use yes or no")
        right = {option.text for option in item.options if option.right}
        wrong = [option for option in item.options if not option.right and option.text in right]
        return problems + [
            f"'{each.text}' stands among the right lines and the wrong ones" for each in wrong
        ]

    def prepare(self, item: Item, seed: int) -> dict[str, Any]:
        known = values(item, seed)
        lines = [
            {"id": each.id, "text": filled(each.text, known)}
            for each in shuffled(item.options, seed)
        ]
        return shown(item, seed, "arrange", lines=lines, indent=item.setting("indent") != "no")

    def parse(self, item: Item, raw: object) -> Answer:
        known = {option.id for option in item.options}
        given = strings(raw, len(known), "Use every line once at most.")
        lines = [line.split(":") for line in given]
        if not lines:
            raise MalformedAnswerError("Put lines in order first.")
        levels = {str(level) for level in range(MOST_LEVEL + 1)}
        if any(len(each) != 2 or each[0] not in known or each[1] not in levels for each in lines):  # noqa: PLR2004  a pair
            raise MalformedAnswerError("This is not one of the lines.")
        if len({one for one, _ in lines}) < len(lines):
            raise MalformedAnswerError("Use every line once at most.")
        return tuple(given)

    def grade(self, item: Item, answer: Answer, seed: int) -> Result:
        known, options = values(item, seed), {option.id: option for option in item.options}
        places, reasons = _places(item, answer, options)
        row = in_order([rank for _, rank in places])
        kept = {places[place][0] for place in row}
        astray = sum(not options[line.split(":")[0]].right for line in answer)
        for number, line in enumerate(answer):
            option = options[line.split(":")[0]]
            if number not in kept and number not in reasons:
                reasons[number] = option.why or "This line is not in its place."
        if len(kept) + astray == len(answer) < len(item.key) + astray:
            reasons[len(answer)] = "A line is missing."
        said = tuple(
            (filled(options[answer[number].split(":")[0]].text, known) if number < len(answer) else "",
             filled(why, known))
            for number, why in sorted(reasons.items())
        )  # fmt: skip
        return Result(_share(item, len(row), astray), said)

    def samples(self, item: Item, seed: int) -> dict[str, list[str]]:  # noqa: ARG002  any variant
        right = [each.rpartition(":")[0] for each in item.key]
        astray = [f"{option.id}:0" for option in item.options if not option.right]
        found = {"correct": right, "wrong": astray[:1] or right[-1:], "malformed": ["no line"]}
        return found | ({"partly": right[:-1]} if right[2:] else {})


def _places(
    item: Item, answer: Answer, options: dict[str, Option]
) -> tuple[list[tuple[int, int]], dict[int, str]]:
    """Return (number in the answer, rank) of each line that belongs there, and what is wrong with others.

    Lines of the same text and level are the same line, whichever of them was taken.
    """
    free: dict[tuple[str, str], list[int]] = {}
    texts = set[str]()
    for one, level, rank in (each.split(":") for each in item.key):
        free.setdefault((options[one].text, level), []).append(int(rank))
        texts.add(options[one].text)
    places, wrong = [], {}
    for number, line in enumerate(answer):
        one, level = line.split(":")
        ranks = free.get((options[one].text, level))
        if ranks:
            places.append((number, ranks.pop(0)))
        elif options[one].text in texts:
            wrong[number] = "This line is indented otherwise."
        else:
            wrong[number] = options[one].why or "This line does not belong here."
    return places, wrong
