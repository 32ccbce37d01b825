"""What was judged and taken back, and the ledger in words. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any


def standing(whys: Sequence[str]) -> list[int]:
    """Return which of an answer's judgements still stand, the oldest first: each undoing takes the last away.

    Args:
        whys: the reason of each judgement, in order.
    """
    stands: list[int] = []
    for number, why in enumerate(whys):
        if why != "undone":
            stands.append(number)
        elif stands:
            stands.pop()
    return stands


def told(line: Mapping[str, Any]) -> str:
    """Return a line of the ledger in words: who did what to whose answer, from what to what, and why.

    Args:
        line: its columns, see ``course_ledger``.
    """
    place = "/".join(part for part in (line["lesson"], line["question"]) if part)
    about = " of ".join(part for part in (place, line["learner"]) if part)
    before, after = line["before"] or {}, line["after"] or {}
    changes = [
        f"{key} {_value(before.get(key))} -> {_value(after.get(key))}"
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key) and key not in ("items", "guide")
    ]
    said = (
        f"{line['actor'] or 'course'} {_DONE.get(line['action'], line['action'])} {about}".rstrip()
    )
    if changes:
        said += ": " + ", ".join(changes)
    return f"{said} ({line['why']})" if line["why"] else said


_DONE = {
    "changed": "changed the mark on", "removed": "removed the mark on", "commented": "changed the comment on",
    "unmarked": "took back the mark on", "named": "asked for the name behind",
    "rubric": "edited the rubric of", "triage": "could not grade",
}  # fmt: skip


def _value(value: Any) -> str:
    if value in (None, ""):
        return "none"
    return f"{value:g}" if isinstance(value, float) else repr(value) if isinstance(value, str) else str(value)  # fmt: skip
