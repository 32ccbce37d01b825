"""A question as other tools know it: what lies between their formats and our `Item`."""

import re
import unicodedata
from dataclasses import dataclass, replace

from course.questions import Item
from course.questions.pattern import is_pattern

KINDS = ("single", "multiple", "number", "text", "matching", "blanks", "words")
"""The kinds that some other format has as well."""
_MOST_LETTERS = 50
_WORDS = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of an answer.

    Attributes:
        text: Markdown of an option; a typed answer; a number with its tolerance.
        right: whether it earns the points.
        why: what to say to somebody who gave it.
        left: in a matching question, what it belongs to; empty for one more on the right.
        blank: in a text with blanks, the number of the blank; 0 is any.
        pick: in a text with blanks, whether it is chosen rather than typed.
    """

    text: str
    right: bool = True
    why: str = ""
    left: str = ""
    blank: int = 0
    pick: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes:
        kind: one of `KINDS`.
        prompt: Markdown; blanks are ``[[1]]``, ``[[2]]`` and so on.
        points: the maximum; 0 for practice.
        credit: "each" for a part of the points for a part of the answer, else "".
        case: whether small and capital letters differ.
        model: a model answer of own words.
        where: its place in the file that it came from.
    """

    name: str
    kind: str
    prompt: str
    choices: tuple[Choice, ...] = ()
    points: float = 0.0
    hints: tuple[str, ...] = ()
    credit: str = ""
    case: bool = False
    unit: str = ""
    model: str = ""
    where: str = ""


def of(item: Item) -> tuple[Asked | None, list[str]]:
    """Return an item as other tools know it, or None, and what can't be said of it elsewhere."""
    if item.kind not in KINDS:
        return None, [f"there is no question of kind {item.kind} in other formats"]
    if item.variables:
        return None, ["its numbers vary from learner to learner, which other formats can't say"]
    if item.setting("units") or item.setting("figures"):
        return None, ["a choice of units or significant figures can't be said in other formats"]
    lost = [f"mode {item.mode}"] if item.mode == "must-correct" else []
    lost += [f"{item.tries} tries"] if item.tries else []
    lost += [f"the rule about its solution (after {item.unlock})"] if item.unlock not in ("pass", "never") else []  # fmt: skip
    lost += [f"its objective {item.objective}"] if item.objective else []
    lost += [f"{name}: {item.setting(name)}" for name in ("least", "most") if item.setting(name)]
    patterns = [rule.text for rule in item.rules if is_pattern(rule.text)]
    lost += [f"the pattern {text}" for text in patterns]
    model = item.rules[0].text if item.kind == "words" and item.rules else ""
    made = Asked(
        item.id, item.kind, item.prompt, _choices(item), item.points, item.hints,
        item.setting("credit").replace("all", ""), item.setting("case") == "keep",
        item.setting("unit"), model, item.id,
    )  # fmt: skip
    return made, lost


def _choices(item: Item) -> tuple[Choice, ...]:
    if item.kind in ("single", "multiple"):
        return tuple(Choice(each.text, each.right, each.why) for each in item.options)
    if item.kind == "matching":
        options = {each.id: each for each in item.options}
        pairs = [entry.split("=") for entry in item.key]
        found = [Choice(options[right].text, why=options[left].why, left=options[left].text)
                 for left, right in pairs]  # fmt: skip
        used = {right for _, right in pairs}
        return (*found, *(Choice(each.text) for each in item.options
                          if each.group == "right" and each.id not in used))  # fmt: skip
    if item.kind == "words":
        return ()
    picks = [Choice(each.text, each.right, blank=int(each.group), pick=True) for each in item.options]  # fmt: skip
    typed = [
        Choice(rule.text, rule.right, rule.why, blank=rule.blank)
        for rule in item.rules
        if not is_pattern(rule.text)
    ]
    return (*picks, *typed)


def named(asked: Asked, wanted: str, taken: dict[str, int]) -> Asked:
    """Return a question with a name of its own, from ``wanted`` or its prompt's first words.

    Args:
        taken: name -> the last number that was put behind it; gets this one as well.
    """
    plain = unicodedata.normalize("NFKD", wanted or asked.prompt).encode("ascii", "ignore").decode()
    fine = re.fullmatch(r"[a-z0-9][a-z0-9_-]*", plain)
    words = [plain] if fine else re.findall(r"[a-z0-9]+", plain.lower())[:_WORDS]
    base = "-".join(words)[:_MOST_LETTERS].strip("-_") or "question"
    name, number = base, taken.get(base, 1)
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken[base] = number
    taken.setdefault(name, 1)
    return replace(asked, name=name)
