"""`course.reflect`: own words, kept in the record, and shown again at the end."""

from pathlib import Path

from course.lesson import front, record, words
from course.lesson.card import Card
from course.lesson.language import _


def show_reflect(name: str, prompt: str) -> None:
    """See `course.reflect`."""
    folder = Path.cwd()
    if not name:
        front.show(all_of(folder))
        return
    front.show(form(folder, name, prompt or name.replace("-", " ")))


def all_of(folder: Path) -> Card:
    """Return everything that the learner reflected on in a lesson."""
    found = record.read(folder).reflections
    lines = [f"{name.replace('-', ' ')}: {one.text}" for name, one in found.items()]
    note = "" if found else _("You have not written any down in this lesson yet.")
    return Card(_("Your thoughts on this lesson"), lines, note=note)


def keep(folder: Path, name: str, text: str) -> str:
    """Keep the learner's words unless they are the last ones again.

    Returns:
        what to tell the learner.
    """
    before = record.read(folder).reflections.get(name)
    if not text.strip() or (before and before.text == text.strip()):
        return _("Nothing new to keep.")
    result = {"response": text.strip()}
    trouble = front.kept(lambda: record.append(folder, "reflected", name, result))
    return trouble or _("Kept. Your instructor reads it when you hand in.")


def form(folder: Path, name: str, prompt: str) -> object:
    """Return a field for the learner's words, filled with what was kept."""
    import ipywidgets  # noqa: PLC0415  heavy, and only here

    before = record.read(folder).reflections.get(name)
    field = ipywidgets.Textarea(
        value=before.text if before else "", description=prompt, rows=4,
        style={"description_width": "initial"},
        layout=ipywidgets.Layout(width="100%", max_width="46rem", flex_flow="column", height="auto"),
    )  # fmt: skip
    button = ipywidgets.Button(description=_("Keep my words"))
    saved = _("Saved {time}").format(time=words.of_time(before.time)) if before else ""
    said = ipywidgets.Label(saved)

    def go(_button: object) -> None:
        said.value = keep(folder, name, field.value)

    button.on_click(go)
    return _Form(prompt, before.text if before else "", [field, button, said])


def _Form(prompt: str, text: str, parts: list[object]) -> object:  # noqa: N802  makes a class
    import ipywidgets  # noqa: PLC0415  as above

    class Form(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
        """A box that says something without a front end, too."""

        def __repr__(self) -> str:
            return f"{prompt}\n  {text or '________'}"

    return Form(parts)
