"""The kinds of question, one file each, and nothing about where they are shown or stored.

A kind is five verbs (see `course.questions.item.Kind`). Adding one is adding its file and naming
it here; a package can add one through the entry point group ``course.questions``.
"""

from importlib.metadata import entry_points

from course.questions import choice
from course.questions.item import Answer, Item, Kind, MalformedAnswerError, Option, Result

__all__ = ["Answer", "Item", "Kind", "MalformedAnswerError", "Option", "Result", "kind_of", "kinds"]

_OWN: dict[str, Kind] = {"single": choice.Single(), "multiple": choice.Multiple()}


def kinds() -> dict[str, Kind]:
    """Return every kind by its name, those of installed packages included."""
    found = dict(_OWN)
    for entry in entry_points(group="course.questions"):
        found.setdefault(entry.name, entry.load()())
    return found


def kind_of(item: Item) -> Kind:
    """Return the kind that an item declares.

    Raises:
        KeyError: when no installed kind has that name.
    """
    return _OWN[item.kind] if item.kind in _OWN else kinds()[item.kind]
