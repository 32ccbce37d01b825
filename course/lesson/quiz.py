"""`course.quiz`: one question as a widget, or as text where no widget can be shown."""

import os
from functools import lru_cache
from getpass import getuser
from pathlib import Path
from typing import Any
from weakref import WeakSet

import ipywidgets
import traitlets

from course.lesson import front, page, plain, plan, record, words
from course.lesson.language import _
from course.lesson.sitting import Sitting
from course.questions import Item, MalformedAnswerError, sheet

_shown: WeakSet["QuizWidget"] = WeakSet()
_DOES = {"answer", "hint", "reveal", "again"}


class QuizWidget(front.Readable, ipywidgets.Box):  # type: ignore[misc]  # ipywidgets ships no types
    """A question on the screen: a box in which the page draws it, see `page.Page`.

    Its folder is where the record lies; without one nothing is kept, as in an author's preview.

    ``item`` is the question as it is asked now, ``state`` what is known of the answer (see
    `Sitting.view`), ``turn`` counts the replies. The page sends ``{"does": "answer", "response":
    [...]}``, or "hint", "reveal" and "again".
    """

    layout = traitlets.Any().tag(sync=True)  # none: it would be a model, and a view for each view
    item = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    turn = traitlets.Int(0).tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)  # what the page keeps unsaved answers under

    def __init__(self, sitting: Sitting, folder: Path | None = None) -> None:
        self.sitting, self.folder = sitting, folder
        super().__init__(
            [page.page()],
            item=page.drawn(sitting.prepared, sitting.variant),
            state=sitting.view(),
            place=f"{sitting.learner}{folder}" if folder else "",
        )
        self.on_msg(self._heard)
        _shown.add(self)

    def _heard(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        with self.hold_sync():  # all of it reaches the screen together
            self.act(content)
            self.turn += 1
        for other in list(_shown):
            if other is not self and other.same == self.same and other.comm is not None:
                other.see()

    @property
    def same(self) -> tuple[Path | None, str, int]:
        """What two places that show the same question have in common."""
        return self.folder, self.sitting.item.id, self.sitting.variant

    def see(self) -> None:
        """Show what was answered elsewhere in the meantime."""
        with self.hold_sync():
            self._renew()
            self.state = self.sitting.view()
            self.turn += 1

    def _renew(self) -> None:
        if self.folder is not None:
            self.sitting.see(record.read(self.folder))

    def act(self, content: dict[str, Any]) -> None:
        """Do what the page asks for, and say what came of it."""
        does, before = content.get("does"), self.sitting.variant
        said: dict[str, Any] = {}
        self._renew()
        try:
            if does == "answer":
                self.sitting.answer(content.get("response"))
            elif does in _DOES:
                getattr(self.sitting, does)()
        except MalformedAnswerError as error:
            said = {
                "tone": "problem",
                "message": "",
                "field": words.of_message(str(error)),
                "reasons": [],
            }
        except OSError as error:
            kept = _("Not saved. {reason} Your answer is still here.")
            said = {
                "tone": "problem",
                "message": kept.format(reason=words.of_failure(error)),
                "reasons": [],
            }
        if self.sitting.variant != before:
            self.item = page.drawn(self.sitting.prepared, self.sitting.variant)
        self.state = {**self.sitting.view(), **said}

    def __repr__(self) -> str:
        last = self.sitting.last
        return plain.text(
            self.sitting.prepared, last.response if last else (), last.time if last else ""
        )


def show_quiz(question: str) -> None:
    """See `course.quiz`."""
    from IPython.display import display  # noqa: PLC0415  a notebook has it already

    folder = Path.cwd()
    try:
        about = (folder / sheet.NAME).stat()
        items = _items(folder / sheet.NAME, about.st_mtime_ns, about.st_size)
    except FileNotFoundError:
        _say(
            _(
                "'{name}' can't be shown: lesson.json is not beside this notebook. If you moved "
                "the notebook, move the whole folder, or fetch the lesson again: course fetch LESSON"
            ).format(name=question)
        )
        return
    except (ValueError, KeyError, TypeError):
        _say(
            _(
                "'{name}' can't be shown: lesson.json beside this notebook is damaged. Delete it, "
                "and fetch the lesson again: course fetch LESSON. Your notebook stays as it is."
            ).format(name=question)
        )
        return
    if question not in items:
        _say(
            _("This lesson has no question '{name}'; it has: {names}").format(
                name=question, names=", ".join(items)
            )
        )
        return
    front.tell_unread(folder)
    try:
        display(QuizWidget(sitting(folder, items[question]), folder))
    except KeyError:  # of a plugin that is not here, or of a later version
        _say(
            _(
                "'{name}' can't be shown: its kind '{kind}' needs a newer course, or a plugin."
            ).format(name=question, kind=items[question].kind)
        )


def sitting(folder: Path, item: Item) -> Sitting:
    """Return the learner's sitting of a question, as the record of a folder has it."""
    due = plan.read(folder).moment if item.unlock == "due" else None

    def write(
        verb: str, question: str, result: dict[str, Any], context: dict[str, Any] | None
    ) -> str:
        return record.append(folder, verb, question, result, context)

    return Sitting(item, learner(), write, record.read(folder), due)


def learner() -> str:
    """Return who learns here: the hub's name where there is one, else the system's."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getuser()
    except (KeyError, OSError):  # a container's user without a name
        return str(os.getuid())


@lru_cache(maxsize=4)  # a notebook of sixty questions reads it sixty times
def _items(path: Path, _changed: int, _size: int) -> dict[str, Item]:
    return sheet.items(path.read_text(encoding="utf-8"))


def _say(text: str) -> None:
    print(text)  # noqa: T201  the learner's notebook is where this is read
