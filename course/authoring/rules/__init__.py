"""What is looked for in a lesson without running it: one file per concern, each a generator.

Every rule is a function from a `Draft` to findings. Adding one is writing it and naming it in
its file's `RULES`.
"""

from collections.abc import Iterator

from course.authoring.draft import Draft
from course.authoring.finding import Finding
from course.authoring.rules import code, leaks, objectives, reading, spelling, structure

RULES = (
    *structure.RULES,
    *objectives.RULES,
    *reading.RULES,
    *spelling.RULES,
    *code.RULES,
    *leaks.RULES,
)


def look(draft: Draft) -> Iterator[Finding]:
    """Yield every finding of every rule."""
    for rule in RULES:
        yield from rule(draft)
