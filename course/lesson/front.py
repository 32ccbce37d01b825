"""Where a lesson's call stands: its cell, its folder, and whether a person sits before it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from course.lesson import plan, record, words
from course.lesson.card import Card
from course.lesson.language import _
from course.lesson.plan import Plan


class Readable:
    """For widgets that have a text, too: it stands for them where no widget can be shown."""

    def _repr_mimebundle_(self, **options: Any) -> Any:
        bundle = super()._repr_mimebundle_(**options)  # type: ignore[misc]  # the widget's
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = repr(self)
        return bundle


def cell() -> str:
    """Return the id of the running cell; empty where no front end runs it.

    JupyterLab, Notebook and VS Code name the cell with each request; nbgrader, nbconvert and a
    terminal don't. What nobody looks at is nothing that a learner did.
    """
    shell = _shell()
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    found = (parent.get("metadata") or {}).get("cellId", "")
    return found if isinstance(found, str) else ""


def sources() -> list[str]:
    """Return the code of the cells that ran, in order; the running one is the last."""
    return list(_shell().user_ns.get("In", [])) if _shell() is not None else []


def last_error() -> str:
    """Return type and text of the last exception that was shown; empty when there was none."""
    error = getattr(sys, "last_value", None)
    return f"{type(error).__name__}: {error}"[:500] if error is not None else ""


def show(thing: object) -> None:
    """Show something below the running cell."""
    from IPython.display import display  # noqa: PLC0415  a notebook has it already

    display(thing)


def kept(write: Callable[[], Any]) -> str:
    """Do what writes to the record; returns what to tell the learner when that failed."""
    try:
        write()
    except OSError as error:
        said = _("This could not be recorded: {reason} Your work is unharmed.")
        return said.format(reason=words.of_failure(error))
    return ""


def lesson(folder: Path) -> Plan | None:
    """Return what the lesson of a folder consists of; None when that was shown to be away."""
    tell_unread(folder)
    try:
        return plan.read(folder)
    except (OSError, ValueError, KeyError, TypeError):
        show(missing())
        return None


def tell_unread(folder: Path) -> None:
    """Show that the record is too large to be read, if it is: what was answered seems to be away then."""
    if size := record.read(folder).unread:
        show(Card(_("Your answers can't be shown"), note=words.of_unread(size)))


def missing() -> Card:
    """Return what to say when the lesson's sheet is not there, or can't be read."""
    return Card(
        _("This can't be shown"),
        note=_(
            "The file lesson.json beside this notebook is missing or damaged. If you moved the "
            "notebook, move the whole folder, or fetch the lesson again: course fetch LESSON"
        ),
    )


def _shell() -> Any:
    from IPython.core.getipython import get_ipython  # noqa: PLC0415  as in show

    return get_ipython()
