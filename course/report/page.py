"""What a page consists of, whichever way it is shown: sections with tables and charts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

STATIC = Path(__file__).parent / "static"
"""What a page looks like."""
Tone = Literal["", "good", "part", "bad", "wait", "dim"]
Kind = Literal["course", "lesson", "learner", "objective", "worklist"]


@dataclass(frozen=True, slots=True)
class To:
    """Another page, or an answer at the desk: lesson, notebook, question."""

    kind: Kind | Literal["mark"]
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a table.

    Attributes:
        value: what it is; None is empty.
        text: how it is shown; by default as a number is written, or as it is.
        to: where it leads.
        sign: said before the text, and not read aloud.
    """

    value: Any
    text: str | None = None
    tone: Tone = ""
    to: To | None = None
    sign: str = ""

    @property
    def shown(self) -> str:
        """The text that is shown."""
        if self.text is not None:
            return self.text
        if self.value is None:
            return ""
        if isinstance(self.value, float):
            return f"{self.value:.2f}".rstrip("0").rstrip(".")
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under headings; the first cell of a row is its name.

    Attributes:
        whole: how many rows there would be, where not all are shown.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    whole: int = 0


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with its words.

    Attributes:
        svg: without scripts or styles of its own.
        about: what it shows, for those who don't see it; the table behind it says all.
    """

    title: str
    about: str
    svg: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page."""

    title: str
    text: tuple[str, ...] = ()
    chart: Chart | None = None
    table: Table | None = None
    entries: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at.

    Attributes:
        group: of learners; empty: all.
        since: a day, ISO 8601; empty: from the beginning.
        start: from which row on a long table is shown.
    """

    group: str = ""
    since: str = ""
    start: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        names: of what it is about, such as a lesson's folder.
        facts: numbers at its head, as pairs of value and what it counts.
        groups: from which one can be chosen.
    """

    kind: Kind
    names: tuple[str, ...]
    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    choice: Choice
    groups: tuple[str, ...]
    at: str

    def tables(self) -> Sequence[Table]:
        """Return all tables."""
        return [each.table for each in self.sections if each.table is not None]
