"""`course.quiz`: one question as a widget, or as text where no widget can be shown."""

import os
import zlib
from collections.abc import Callable
from getpass import getuser
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course.lesson import record
from course.questions import Item, MalformedAnswerError, kind_of, sheet

_STATIC = Path(__file__).parent / "static"

Save = Callable[[str, list[str]], str]
"""Keeps an answer to a question for good; returns the time. May raise OSError."""


class QuizWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types for its base
    """A question on the screen.

    ``item`` is what the learner may see, ``state`` what is known of the answer: ``answer`` (ids),
    ``saved`` (time or empty), ``tone`` ("", "right", "wrong", "saved" or "problem"), ``message``
    and ``reasons`` (pairs of option text and explanation). ``turn`` counts the replies.
    """

    _esm = _STATIC / "quiz.js"
    _css = _STATIC / "quiz.css"
    item = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    turn = traitlets.Int(0).tag(sync=True)

    def __init__(self, item: Item, save: Save, saved: tuple[list[str], str] | None = None) -> None:
        self.question, self.save = item, save
        shown = kind_of(item).prepare(item, _seed(item.id))
        super().__init__(
            item=shown, state={"answer": [], "saved": "", "tone": "", "message": "", "reasons": []}
        )
        if saved is not None:
            self.state = {
                **self.state,
                **self._feedback(saved[0]),
                "answer": saved[0],
                "saved": saved[1],
            }
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        with self.hold_sync():  # state and turn reach the screen together
            self.answer(content.get("answer"))
            self.turn += 1

    def answer(self, raw: object) -> None:
        """Take an answer from the screen: save it, then say what can be said now."""
        try:
            answer = list(kind_of(self.question).parse(self.question, raw))
            saved = self.save(self.question.id, answer)
        except MalformedAnswerError as error:
            self.state = {**self.state, "tone": "problem", "message": str(error)}
        except OSError as error:
            message = f"Not saved: {error.strerror}. Your choice is still here; try again."
            self.state = {**self.state, "tone": "problem", "message": message, "saved": ""}
        else:
            self.state = {"answer": answer, "saved": saved, **self._feedback(answer)}

    def _feedback(self, answer: list[str]) -> dict[str, Any]:
        if self.question.mode == "graded":
            text = "Saved. You will see the result after grading; you can still change it."
            return {"tone": "saved", "message": text, "reasons": []}
        result = kind_of(self.question).grade(self.question, tuple(answer))
        reasons = [list(pair) for pair in result.reasons]
        if result.share == 1:
            return {"tone": "right", "message": "Right.", "reasons": reasons}
        text = "Partly right. Try again." if result.share else "Not right. Try again."
        return {"tone": "wrong", "message": text, "reasons": reasons}

    def __repr__(self) -> str:
        return as_text(self.item) if self.item else super().__repr__()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if data is not None:
            data["text/plain"] = as_text(self.item)
        return bundle


def as_text(item: dict[str, Any]) -> str:
    """Return a question as plain text, for a terminal or a printed page."""
    mark = "( )" if item["kind"] == "single" else "[ ]"
    return "\n".join(
        [item["prompt"], *(f"  {mark} {option['text']}" for option in item["options"])]
    )


def show_quiz(question: str) -> None:
    """See `course.quiz`."""
    from IPython.display import display  # noqa: PLC0415  a notebook has it already

    folder = Path.cwd()
    try:
        items = sheet.items((folder / sheet.NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        print(  # noqa: T201  the learner's notebook is where this is read
            f"'{question}' can't be shown: lesson.json is not beside this notebook. If you moved "
            "the notebook, move the whole folder, or fetch the lesson again: course fetch LESSON"
        )
        return
    except (ValueError, KeyError, TypeError):
        print(  # noqa: T201  as above
            f"'{question}' can't be shown: lesson.json beside this notebook is damaged. Delete it, "
            "and fetch the lesson again: course fetch LESSON. Your notebook stays as it is."
        )
        return
    if question not in items:
        print(f"This lesson has no question '{question}'; it has: {', '.join(items)}")  # noqa: T201  as above
        return
    answers = record.read(folder).answers
    saved = answers.get(question)
    display(QuizWidget(items[question], _saver(folder), _known(items[question], saved)))


def _saver(folder: Path) -> Save:
    return lambda question, answer: record.append(
        folder, "answered", question, {"response": answer}
    )


def _known(item: Item, saved: record.Try | None) -> tuple[list[str], str] | None:
    """Return the saved answer if it still is one; a new version may have other options."""
    if saved is None:
        return None
    try:
        return list(kind_of(item).parse(item, saved.response)), saved.time
    except MalformedAnswerError:
        return None


def _seed(question: str) -> int:
    """Return a number that stays the same for one person and one question."""
    try:
        person = getuser()
    except (KeyError, OSError):  # a container's user without a name
        person = str(os.getuid())
    return zlib.crc32(f"{person}/{question}".encode())
