"""`course.video`: a local video with captions, a transcript, and questions on the way."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets

from course.lesson import captions, front, record
from course.lesson.card import Card
from course.lesson.language import _, spoken
from course.lesson.state import merged
from course.questions import sheet

_STATIC = Path(__file__).parent / "static"
_PIECE = 256 * 1024
"""Bytes of the video that go in one message, where the page can't fetch the file itself."""


class VideoWidget(anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types for its base
    """A video element with its transcript.

    The page sends ``{"does": "watched", "position": s, "segments": [[s, s]], "length": s}`` at a
    pause, at the end and every 15 s; ``{"does": "piece", "number": n}`` for bytes of the file; and
    ``{"does": "reached", "number": n}`` at the n-th question.
    """

    _esm = _STATIC / "video.js"
    _css = _STATIC / "video.css"
    about = traitlets.Dict().tag(sync=True)
    waiting = traitlets.List().tag(sync=True)
    wrong = traitlets.Bool(default_value=False).tag(sync=True)  # the last answer below
    trouble = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, path: Path, questions: list[tuple[float, str]], below: ipywidgets.VBox
    ) -> None:
        self.path, self.questions, self.below = path, questions, below
        self.captions, self.language = _captions(path)
        self.cues = captions.cues(self.captions)
        before = record.read(path.parent).watched.get(path.name)
        super().__init__(
            about=self._about(before.position if before else 0.0), waiting=self._open()
        )
        self.on_msg(self._heard)

    def _about(self, position: float) -> dict[str, Any]:
        return {
            "label": _("Video: {name}").format(name=self.path.stem.replace("-", " ")),
            "url": _url(self.path), "size": self.path.stat().st_size, "piece": _PIECE,
            "type": f"video/{self.path.suffix[1:].replace('ogv', 'ogg')}", "position": position,
            "captions": self.captions if self.cues else "", "language": self.language,
            "cues": [[cue.start, captions.clock(cue.start), cue.text] for cue in self.cues],
            "texts": {
                "captions": _("Captions"), "transcript": _("Transcript"),
                "resume": _("You stopped at {time}; the video goes on from there."),
                "question": _("A question about what you saw is below; the video goes on after it."),
                "wrong": _("Not right: see why below, and try again. Or press play to go on."),
                "failed": _("The video can't be played here. Its transcript is below."),
                "loading": _("Loading the video …"),
            },
        }  # fmt: skip

    def _open(self) -> list[float]:
        """Return the times of the questions that were not answered yet; -1 for those that were."""
        answers = record.read(self.path.parent).answers
        return [-1.0 if name in answers else at for at, name in self.questions]

    def _heard(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        does = content.get("does")
        if does == "watched":
            self.trouble = self.watched(content)
        elif does == "piece":
            self._send_piece(int(content.get("number", 0)))
        elif does == "reached":
            self.ask(int(content.get("number", -1)))

    def watched(self, content: dict[str, Any]) -> str:
        """Record what was seen, if any of it is new; returns what to tell when that failed."""
        before = record.read(self.path.parent).watched.get(self.path.name)
        seen = [(float(start), float(end)) for start, end in content["segments"]]
        known = before.segments if before else ()
        moved = before is None or abs(before.position - content["position"]) >= 1
        if merged([*known, *seen]) == known and not moved:
            return ""
        result = {
            "position": round(content["position"], 2), "length": round(content["length"], 2),
            "segments": [[round(start, 2), round(end, 2)] for start, end in merged(seen)],
        }  # fmt: skip
        return front.kept(
            lambda: record.append(self.path.parent, "watched", self.path.name, result)
        )

    def ask(self, number: int) -> None:
        """Show the quiz that stands at a time below the video, until it is answered."""
        from course.lesson.quiz import QuizWidget, sitting  # noqa: PLC0415  heavy

        self.waiting = self._open()  # it may have been answered in its own cell meanwhile
        if not 0 <= number < len(self.questions) or self.waiting[number] < 0:
            return
        folder, name = self.path.parent, self.questions[number][1]
        items = sheet.items((folder / sheet.NAME).read_text(encoding="utf-8"))
        quiz = QuizWidget(sitting(folder, items[name]), folder)

        def answered(_change: object) -> None:
            last = quiz.sitting.last
            with self.hold_sync():  # all of it reaches the screen together
                self.wrong = bool(last and last.scaled is not None and last.scaled < 1)
                self.waiting = self._open()

        quiz.observe(answered, names="state")
        self.below.children = [quiz]

    def _send_piece(self, number: int) -> None:
        with self.path.open("rb") as file:
            file.seek(number * _PIECE)
            self.send({"piece": number}, buffers=[file.read(_PIECE)])


class Video(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """A video and the question below it; as text, the file's name and the transcript."""

    def __init__(self, path: Path, questions: list[tuple[float, str]]) -> None:
        below = ipywidgets.VBox()
        self.video = VideoWidget(path, questions, below)
        super().__init__([self.video, below])

    def __repr__(self) -> str:
        if not hasattr(self, "video"):
            return super().__repr__()  # type: ignore[no-any-return]
        said = [f"  {captions.clock(cue.start):>5}  {cue.text}" for cue in self.video.cues]
        return "\n".join([self.video.about["label"] + f" ({self.video.path.name})", *said])


def show_video(file: str, questions: Mapping[str, str]) -> None:
    """See `course.video`."""
    folder = Path.cwd()
    trouble, timed = check(folder, file, questions)
    if trouble:
        front.show(Card(_("The video {name} can't be shown").format(name=file), trouble))
        return
    front.show(Video(folder / file, timed))


def check(
    folder: Path, file: str, questions: Mapping[str, str]
) -> tuple[list[str], list[tuple[float, str]]]:
    """Return what stands in the way of showing a video, and its questions by their time."""
    trouble, timed = [], []
    if not (folder / file).is_file():
        trouble.append(
            _("The file is not beside this notebook; fetch the lesson again: course fetch LESSON")
        )
    try:
        names = (
            set(sheet.items((folder / sheet.NAME).read_text(encoding="utf-8")))
            if questions
            else set()
        )
    except (OSError, ValueError, KeyError, TypeError):
        names, questions = set(), {}  # the video can be seen without its questions
    for at, name in questions.items():
        try:
            timed.append((captions.seconds(at), name))
        except ValueError as error:
            trouble.append(str(error))
        if name not in names:
            trouble.append(_("This lesson has no question '{name}'").format(name=name))
    return trouble, sorted(timed)


def _captions(path: Path) -> tuple[str, str]:
    found = captions.beside(path, spoken())
    return (found[0].read_text(encoding="utf-8"), found[1]) if found else ("", "")


def _url(path: Path) -> str:
    """Return where Jupyter serves the file: its path as of the server's root; empty if unknown.

    jupyter_server names the notebook to its kernel in JPY_SESSION_NAME, below a root that the
    page knows. Every tail of the path is tried there.
    """
    session = os.environ.get("JPY_SESSION_NAME", "")
    return str(Path(session).parent / path.name) if session else ""
