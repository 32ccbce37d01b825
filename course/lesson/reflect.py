"""`course.reflect`: own words, kept in the record, and shown again at the end."""

from pathlib import Path
from typing import Any

from course.lesson import front, record
from course.lesson.card import Card
from course.lesson.language import _
from course.lesson.sitting import Sitting
from course.lesson.state import State, Try
from course.questions import Item


def show_reflect(name: str, prompt: str) -> None:
    """See `course.reflect`."""
    folder = Path.cwd()
    front.tell_unread(folder)
    front.show(
        form(folder, name, prompt.strip() or name.replace("-", " ")) if name else all_of(folder)
    )


def all_of(folder: Path) -> Card:
    """Return everything that the learner reflected on in a lesson."""
    found = record.read(folder).reflections
    lines = [f"{name.replace('-', ' ')}: {one.text}" for name, one in found.items()]
    note = "" if found else _("You have not written any down in this lesson yet.")
    return Card(_("Your thoughts on this lesson"), lines, note=note)


def form(folder: Path, name: str, prompt: str) -> Any:
    """Return a field for the learner's words, filled with what was kept."""
    from course.lesson.quiz import QuizWidget, learner  # noqa: PLC0415  heavy

    def write(_verb: str, _question: str, result: dict[str, Any], _context: object) -> str:
        return record.append(folder, "reflected", name, {"response": result["response"][0]})

    return QuizWidget(Reflection(name, prompt, learner(), write, record.read(folder)), folder)


class Reflection(Sitting):
    """A learner before a question that nobody marks: it is asked as one in own words is.

    Args:
        name: the reflection's id, `prompt` what to write about; the others as of a `Sitting`.
    """

    def __init__(self, name: str, prompt: str, *others: Any) -> None:
        self.name = name
        super().__init__(Item(f"reflection {name}", "words", prompt), *others)

    def see(self, state: State) -> None:
        """Take in what was kept last."""
        super().see(state)
        kept = state.reflections.get(self.name)
        self.tries = [Try([kept.text], kept.time)] if kept else []

    @property
    def prepared(self) -> dict[str, Any]:
        """The question, by a kind of its own: it is no practice."""
        return {**super().prepared, "kind": "reflection"}

    def answer(self, raw: object) -> None:
        """Keep the words, unless they are the last ones again; raises as a `Sitting` does."""
        if self.last is None or self.last.response != list(self.kind.parse(self.item, raw)):
            super().answer(raw)

    def view(self) -> dict[str, Any]:
        """Return what the page shows besides."""
        return {**super().view(), "submit": _("Keep my words")}

    def _verdict(self, _share: float | None) -> str:
        return _("Kept. Your instructor reads it when you hand in.")
