"""Suggested tests: what was seen of a solution, as tests for the author to edit. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from course.authoring.literals import literal

_IMPORTS = {
    "datetime": "import datetime", "decimal": "import decimal", "fractions": "import fractions",
    "np": "import numpy as np", "pd": "import pandas as pd", "pytest": "import pytest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing to test of an exercise.

    Attributes:
        exercise: its id.
        name: of the test function.
        argument: the name of the notebook that it looks at.
        remark: where the author should look.
        body: lines of the test.
    """

    exercise: str
    name: str
    argument: str
    remark: str
    body: tuple[str, ...]

    @property
    def title(self) -> str:
        """The test's name as a verdict's notes give it."""
        return self.name.removeprefix("test_").replace("_", " ")


def identifier(*words: str) -> str:
    """Return words as one name of Python."""
    text = re.sub(r"\W+", "_", "_".join(words)).strip("_").lower()
    return text if text and not text[0].isdigit() else f"n{text}"


def table(value: Any) -> str:
    """Return the code of a table with one column a line.

    Raises:
        NoLiteralError: when its values can't be written down.
    """
    lines = [
        f"    {literal(column)}: {literal(value[column].tolist())},\n" for column in value.columns
    ]
    return f"pd.DataFrame({{\n{''.join(lines)}}})"


def unique(name: str, taken: Iterable[str]) -> str:
    """Return a name that is not taken, with a number behind it where it is."""
    known, number = set(taken), 2
    if name not in known:
        return name
    while f"{name}_{number}" in known:
        number += 1
    return f"{name}_{number}"


def shares(points: float, count: int) -> list[float]:
    """Return an exercise's points in as many parts: whole or quarter points, the first ones larger."""
    step = 1.0 if points >= count and points == int(points) else 0.25
    units, rest = divmod(int(points / step), count)
    parts = [(units + (number < rest)) * step for number in range(count)]
    parts[0] += points - sum(parts)
    return parts


def write(
    lesson: str, aspects: Sequence[Aspect], worth: dict[str, float], constants: dict[str, str],
    present: str = "",
) -> str:  # fmt: skip
    """Return the text of suggested tests.

    Args:
        lesson: what the lesson is called.
        aspects: in order; the first one of each exercise becomes public.
        worth: exercise -> points.
        constants: name -> code of what the tests share.
        present: text of the tests that are there; imports of it are not written again.
    """
    parts, share = list[str](), {
        name: shares(points, sum(one.exercise == name for one in aspects))
        for name, points in worth.items() if any(one.exercise == name for one in aspects)
    }  # fmt: skip
    seen = set[str]()
    for one in aspects:
        first = one.exercise not in seen
        seen.add(one.exercise)
        lines = ["@public"] * first
        lines += [f'@points({share[one.exercise].pop(0):g}, question="{one.exercise}")']
        lines += [f"def {one.name}({one.argument}):", f"    # {one.remark}"]
        parts.append("\n".join([*lines, *(f"    {line}" for line in one.body)]))
    body = "\n\n\n".join(parts)
    shared = [f"{name} = {code}" for name, code in constants.items()
              if re.search(rf"\b{name}\b", body)]  # fmt: skip
    used = "\n".join([*shared, body])
    imports = [line for name, line in _IMPORTS.items() if re.search(rf"(?<!\w){name}\.", used)]
    imports += (
        ["", "from course import points, public"]
        if imports
        else ["from course import points, public"]
    )
    imports = [line for line in imports if not line or line not in present]
    head = (
        []
        if present
        else [f'"""Tests of the lesson "{lesson}", suggested from its solution: edit them."""']
    )
    top = ["\n".join(imports).strip(), *shared] if imports else shared
    return "\n\n".join([part for part in [*head, *top] if part]) + f"\n\n\n{body}\n"
