"""Rubrics as authors write them above an answer in own words: free text, and items worth points. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from course.notebook import NotebookNode, marks

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_ITEM = re.compile(
    rf"\s*(?:([+\-\N{{MINUS SIGN}}])\s*{_NUMBER}(?:\s*points?\b)?|{_NUMBER}\s*points?\b)\s*:?\s+(\S.*)",
    re.IGNORECASE,
)


class Item(NamedTuple):
    """One line of a rubric.

    Attributes:
        points: what an answer earns that fits; below 0 what it loses.
        text: what is looked for.
    """

    points: float
    text: str


class Rubric(NamedTuple):
    """What an author wrote for those who mark an answer.

    Attributes:
        text: the lines without points, joined by line ends; empty when there are none.
        items: the lines that begin with points, in order.
    """

    text: str
    items: tuple[Item, ...]

    @property
    def reaches(self) -> float:
        """The points of all items together that earn some."""
        return sum(item.points for item in self.items if item.points > 0)


def read(text: str) -> Rubric:
    """Read a rubric; a line is an item if it begins with points: ``+1``, ``-0.5``, ``2 points:``."""
    free, items = [], []
    for line in text.splitlines():
        if match := _ITEM.match(line):
            points = float((match[2] or match[3]).replace(",", "."))
            sign = 1 if match[1] in (None, "+") else -1
            items.append(Item(sign * points, match[4].strip()))
        else:
            free.append(line)
    return Rubric("\n".join(free).strip(), tuple(items))


def rubrics(notebooks: Iterable[tuple[str, NotebookNode]]) -> dict[tuple[str, str], Rubric]:
    """Return the rubrics of a lesson by notebook and question.

    Args:
        notebooks: name and source notebook whose marks have become metadata, as `marks.apply`
            leaves them and `course.authoring.source.Sources.raw` plus `apply` give. A release has none.
    """
    return {
        (name, marks(cell)["grade_id"]): read(text)
        for name, node in notebooks
        for cell in node.cells
        if marks(cell).get("grade_id")
        and isinstance(text := cell.metadata.get("course", {}).get("rubric"), str)
        and text.strip()
    }
