"""What an import or export says: taken, changed or lost, each with its place."""

from dataclasses import asdict, dataclass, field

WHAT = ("taken", "changed", "lost")


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that happened to what was given.

    Attributes:
        what: "taken" as it was; "changed", when it means or looks a little different now; "lost".
        where: file, question and, where the format has lines, the line.
        text: what it is about, in a sentence.
    """

    what: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.what:<8} {self.where}: {self.text}"


@dataclass(slots=True)
class Report:
    """What is said of one import or export, in the order in which it happened.

    Attributes:
        format: the name of the format that was read or written.
        file: what was read or is written.
        lessons: the lessons that were made.
    """

    format: str = ""
    file: str = ""
    lessons: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def taken(self, where: str, text: str) -> None:
        """Note what came as it was."""
        self.notes.append(Note("taken", where, text))

    def changed(self, where: str, text: str) -> None:
        """Note what is a little different now."""
        self.notes.append(Note("changed", where, text))

    def lost(self, where: str, text: str) -> None:
        """Note what did not come."""
        self.notes.append(Note("lost", where, text))

    def count(self, what: str) -> int:
        """Return how many notes are of one sort."""
        return sum(note.what == what for note in self.notes)

    def data(self) -> dict[str, object]:
        """Return the report as plain data."""
        return asdict(self)
