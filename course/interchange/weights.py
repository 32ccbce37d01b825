"""Answers that earn parts of the points elsewhere, in percent, and what becomes of them here."""

from collections.abc import Sequence
from dataclasses import replace

from course.interchange.asked import Asked, Choice
from course.interchange.report import Report

_ALL = 99.0
"""From here on an answer is wholly right: thirds add up to 99.99."""
_SAME = 0.6
"""How far weights may be apart and still be the same: platforms round them."""


def weighed(
    base: Asked, choices: Sequence[tuple[Choice, float]], report: Report, *, many: bool
) -> Asked:
    """Return a choice from options with weights.

    ``credit=each`` is written when right options earn equal parts and wrong ones cost equal parts.
    Other rules are changed to the nearest of ours, and the report says so.

    Args:
        choices: options, each with its percents.
        many: whether several may be chosen.
    """
    if not many:
        part = [choice.text for choice, weight in choices if 0 < weight < _ALL]
        if part:
            report.changed(base.where, f"earned a part of the points, and is wrong now: {', '.join(part)}")  # fmt: skip
        made = tuple(replace(choice, right=weight >= _ALL) for choice, weight in choices)
        kind = "multiple" if sum(each.right for each in made) > 1 else "single"
        if kind == "multiple":
            report.changed(base.where, "several options are right, so that several can be chosen")
        return replace(base, kind=kind, choices=made)
    made = tuple(replace(choice, right=weight > 0) for choice, weight in choices)
    right = [weight for _, weight in choices if weight > 0]
    wrong = [weight for _, weight in choices if weight <= 0]
    parts = 100 / max(len(right), 1)
    if any(abs(weight - parts) > _SAME for weight in right):
        report.changed(base.where, "right options earned different parts, and earn equal parts now")
    if any(abs(weight + 100 / len(wrong)) > _SAME for weight in wrong):
        report.changed(base.where, "a wrong option costs an equal part now, as many as there are")
    return replace(base, kind="multiple", choices=made, credit="each")
