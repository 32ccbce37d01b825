"""A rubric: what is looked for in an answer, and what each thing is worth. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from course.errors import Invalid, NotFound, nearest

Start = Literal["zero", "full"]
_OPEN = {"", "needs a person"}
_WHEN = re.compile(r"(passed|failed)(: .+)?")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is looked for.

    Attributes:
        id: unique in its rubric, and never given to another item.
        points: what it adds; negative takes off.
        text: what the learner reads, Markdown.
        note: what only graders read.
        key: the digit that toggles it; empty when it has none.
        when: which outcome of the tests chooses it beforehand: "passed" or "failed" for all of them together,
            "passed: TEST" or "failed: TEST" for one; empty: a grader alone chooses it.
    """

    id: str
    points: float
    text: str
    note: str = ""
    key: str = ""
    when: str = ""

    def suits(self, outcome: str, tests: Collection[tuple[str, str]]) -> bool:
        """Return whether the tests choose it beforehand.

        Args:
            outcome: of the question.
            tests: name and outcome of each.
        """
        word, _, name = self.when.partition(": ")
        found = {came for test, came in tests if test == name} if name else {outcome} - _OPEN
        return bool(word and found) and (found == {"passed"}) == (word == "passed")


@dataclass(frozen=True, slots=True)
class Rubric:
    """How one question is marked.

    Attributes:
        items: in the order in which they are shown.
        start: where counting begins: at zero, or at the question's points.
        least: no score is lower, in points.
        most: no score is higher, in points; None: the question's points.
        guide: what the author says to graders, Markdown.
    """

    items: tuple[Item, ...] = ()
    start: Start = "zero"
    least: float = 0.0
    most: float | None = None
    guide: str = ""

    def chosen(self, ids: Collection[str]) -> tuple[Item, ...]:
        """Return items by id, in the rubric's order.

        Raises:
            NotFound: for an id that the rubric has not.
        """
        known = [item.id for item in self.items]
        for each in ids:
            if each not in known:
                raise NotFound(
                    f"the rubric has no item '{each}'", expected=f"one of: {', '.join(known) or 'none'}",
                    hint=nearest(each, known) or "somebody may have removed it: load the page again",
                )  # fmt: skip
        return tuple(item for item in self.items if item.id in ids)

    def preselected(self, outcome: str, tests: Collection[tuple[str, str]]) -> list[str]:
        """Return the ids of the items that the tests' outcomes choose before a grader does; see `Item.suits`."""
        return [item.id for item in self.items if item.suits(outcome, tests)]

    def score(self, items: Sequence[Item], adjustment: float, maximum: float) -> float:
        """Return the points of an answer: from the start, with items and adjustment, within the bounds.

        Args:
            items: what was found in the answer.
            adjustment: points given or taken beside the items.
            maximum: the question's points.
        """
        most = maximum if self.most is None else min(self.most, maximum)
        start = most if self.start == "full" else 0.0
        total = start + sum(item.points for item in items) + adjustment
        return round(min(max(total, self.least, 0.0), most), 6)

    def plain(self) -> dict[str, Any]:
        """Return the rubric as JSON can hold it."""
        return asdict(self)


def read(data: dict[str, Any]) -> Rubric:
    """Return a rubric from what `Rubric.plain` gave; keys are dealt to items that have none.

    Raises:
        Invalid: with every mistake at once.
    """
    wrong = []
    try:
        items = tuple(
            Item(str(each["id"]), float(each["points"]), str(each["text"]).strip(),
                 str(each.get("note", "")), str(each.get("key", "")), str(each.get("when", "")))
            for each in data.get("items", ())
        )  # fmt: skip
        most = data.get("most")
        made = Rubric(items, data.get("start", "zero"), float(data.get("least", 0)),
                      None if most is None else float(most), str(data.get("guide", "")))  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid("this is no rubric", found=repr(error)) from error
    for what, values in (("id", [i.id for i in items]), ("key", [i.key for i in items if i.key])):
        wrong += [f"two items have the {what} '{v}'" for v in {*values} if values.count(v) > 1]
    wrong += [f"item '{item.id}' says nothing" for item in items if not item.text]
    wrong += [f"item '{item.id}' has the key '{item.key}', which is no digit"
              for item in items if item.key and item.key not in "123456789"]  # fmt: skip
    wrong += [f"item '{item.id}' is chosen when '{item.when}', expected passed, failed, passed: TEST or failed: TEST"
              for item in items if item.when and not _WHEN.fullmatch(item.when)]  # fmt: skip
    if made.start not in ("zero", "full"):
        wrong.append(f"it starts at '{made.start}', expected zero or full")
    if made.most is not None and made.most < made.least:
        wrong.append(f"its most, {made.most:g}, is below its least, {made.least:g}")
    if wrong:
        raise Invalid("this rubric is wrong", found="; ".join(sorted(wrong)))
    return replace(made, items=_with_keys(items))


def _with_keys(items: Sequence[Item]) -> tuple[Item, ...]:
    free = iter([digit for digit in "123456789" if digit not in {item.key for item in items}])
    return tuple(item if item.key else replace(item, key=next(free, "")) for item in items)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one grader said of one answer: a snapshot, which no later edit of the rubric changes.

    Attributes:
        number: in the order in which judgements came; 0 before it is written.
        score: points; None when the answer was given back to be marked again.
        items: the rubric's items as they were then.
        why: "marked", "group", "rubric", "undone", "disputed".
        at: time in UTC, ISO.
    """

    grader: str
    score: float | None
    items: tuple[Item, ...] = ()
    adjustment: float = 0.0
    comment: str = ""
    why: str = "marked"
    number: int = 0
    at: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Move:
    """What an edit of a rubric does to one answer that was marked with it."""

    learner: str
    before: float | None
    after: float
    items: tuple[Item, ...]


def moves(rubric: Rubric, judged: dict[str, Judgement], maximum: float) -> tuple[Move, ...]:
    """Return whose marks a rubric's new wording changes: those whose items are not as they were.

    An item that is gone from the rubric counts no more. Judgements without items stay.
    """
    now = {item.id: item for item in rubric.items}
    found = []
    for learner, old in sorted(judged.items()):
        if not old.items or old.score is None:
            continue
        items = tuple(now[item.id] for item in old.items if item.id in now)
        after = rubric.score(items, old.adjustment, maximum)
        if _said(items) != _said(old.items) or after != old.score:
            found.append(Move(learner, old.score, after, items))
    return tuple(found)


def _said(items: Sequence[Item]) -> list[tuple[str, float, str]]:
    """Return what a learner is told by items; keys and notes are the graders' own."""
    return [(item.id, item.points, item.text) for item in items]
