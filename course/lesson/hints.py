"""The hints of an exercise, one step at a time: a button below a check that did not hold."""

from collections.abc import Callable
from html import escape
from pathlib import Path

import ipywidgets

from course import markup
from course.lesson import front, record, words
from course.lesson.card import BUTTON, FONT
from course.lesson.language import _


def take(folder: Path, question: str, step: int) -> str:
    """Record that a hint was taken, unless it was before; returns what to say when that fails."""
    if step <= record.read(folder).hints.get(question, 0):
        return ""
    try:
        record.append(folder, "hinted", question, {"step": step})
    except OSError as error:
        said = _("This could not be recorded: {reason} Your work is unharmed.")
        return said.format(reason=words.of_failure(error))
    return ""


class Steps(front.Readable, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types for its base
    """Hints that were taken, and a button for the next one.

    Args:
        texts: all hints of the exercise, in steps.
        shown: how many were taken before.
        taken: called with the step that is taken now, from 1; returns what to say besides.
    """

    def __init__(
        self, question: str, texts: list[str], shown: int, taken: Callable[[int], str]
    ) -> None:
        self.question, self.texts, self.taken = question, texts, taken
        self.shown = min(shown, len(texts))
        self.page, self.button = ipywidgets.HTML(), ipywidgets.Button(layout=BUTTON)
        self.button.on_click(self.next)
        super().__init__(
            [self.page, self.button], layout=ipywidgets.Layout(align_items="flex-start")
        )
        self._draw("")

    def next(self, _button: object = None) -> None:
        """Show one more."""
        if self.shown < len(self.texts):
            self.shown += 1
            self._draw(self.taken(self.shown))

    def _draw(self, problem: str) -> None:
        steps = "".join(f"<li>{markup.line(text)}</li>" for text in self.texts[: self.shown])
        note = f"<p>{escape(problem)}</p>" if problem else ""
        self.page.value = (
            f'<div role="status" style="{FONT}"><ol style="margin:.2rem 0;padding-left:1.6rem">{steps}</ol>{note}</div>'
            if steps else ""
        )  # fmt: skip
        self.button.description = _("Hint {step} of {all}").format(
            step=self.shown + 1, all=len(self.texts)
        )
        self.button.layout.display = "none" if self.shown == len(self.texts) else ""

    def __repr__(self) -> str:
        return as_text(self.question, self.texts, self.shown)


def as_text(question: str, texts: list[str], shown: int) -> str:
    """Return the hints that were taken as text, and how to get the next one without a button."""
    lines = [f"  {number}. {text}" for number, text in enumerate(texts[:shown], 1)]
    if shown < len(texts):
        text = _('Hint {step} of {all}: course.check("{question}", hints={step})')
        lines.append(text.format(step=shown + 1, all=len(texts), question=question))
    return "\n".join(lines)
