"""`course.live`: where the class is and what it is asked, for a class in one room.

What is live lies in the learner's folder, ``.course/live.json``, brought by a process of its own
(`course.attending`) that asks the course service once for each line that it is sent, or votes, and ends
with the kernel. The page asks every few seconds while somebody can see it.
"""

import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from course import layout
from course.lesson import front, replies
from course.lesson.card import Card
from course.lesson.language import _, _n
from course.lesson.plan import Plan

NAME = Path(".course") / "live.json"
_STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, slots=True)
class Place:
    """The section that the class is at."""

    lesson: str
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Poll:
    """What the class is asked; `course.office.live.Poll` says what each of it means."""

    id: str
    text: str
    options: tuple[str, ...]
    open: bool
    votes: int
    counts: tuple[int, ...]
    mine: int | None
    lesson: str
    question: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Live:
    """What is live, as this machine knows it.

    Attributes:
        away: whether the service could not be asked just now.
        seen: id of the poll that was seen last, and the time of the learner's answer to it that counts.
    """

    at: Place | None = None
    poll: Poll | None = None
    away: bool = False
    seen: tuple[str, str] = ("", "")


def read(home: Path) -> Live | None:
    """Return what is live; None before it was asked for, or when it can't be read."""
    try:
        data = json.loads((home / NAME).read_text(encoding="utf-8"))
        poll, answered = data["seen"]
        return parse(data, away=data["away"] is True, seen=(str(poll), str(answered)))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def parse(data: dict[str, Any], *, away: bool = False, seen: tuple[str, str] = ("", "")) -> Live:
    """Return what the service said; raises KeyError, TypeError or ValueError for something else."""
    at, poll = data["at"], data["poll"]
    place = Place(**{name: str(at[name]) for name in ("lesson", "id", "title")}) if at else None
    if not poll:
        return Live(place, None, away, seen)
    asked = Poll(
        str(poll["id"]), str(poll["text"]), tuple(map(str, poll["options"])), poll["open"] is True,
        int(poll["votes"]), tuple(map(int, poll["counts"])), None if poll["mine"] is None else int(poll["mine"]),
        str(poll["lesson"]), str(poll["question"]), tuple(map(str, poll["keys"])),
    )  # fmt: skip
    return Live(place, asked, away, seen)


def keep(home: Path, now: Live) -> None:
    """Keep what is live, in the place of what was before."""
    at = {name: getattr(now.at, name) for name in Place.__slots__} if now.at else None
    poll = {name: getattr(now.poll, name) for name in Poll.__slots__} if now.poll else None
    said = {"at": at, "poll": poll, "away": now.away, "seen": now.seen}
    layout.write(home / NAME, json.dumps(said, ensure_ascii=False, indent=1))


@dataclass
class Follower:
    """The process that asks the course service for a learner's folder; started when it is first needed."""

    home: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def ask(self, vote: str = "") -> None:
        """Let it ask once more, or vote first: "poll option"; what comes is in the file a moment later."""
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-P", "-m", "course.attending", str(self.home)]
            quiet = subprocess.DEVNULL
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet, start_new_session=True)  # fmt: skip
        assert self._process.stdin is not None  # noqa: S101  it was asked for
        with suppress(OSError):  # it has just ended: the next turn starts another
            self._process.stdin.write(f"{vote}\n".encode())
            self._process.stdin.flush()


class LiveWidget(front.Readable, anywidget.AnyWidget):  # type: ignore[misc]  # anywidget ships no types for its base
    """Where the class is and what it is asked.

    The page sends ``{"does": "look"}`` every few seconds, and ``{"does": "vote", "choice": n}`` for the n-th
    option of a poll that no lesson has.
    """

    _esm = _STATIC / "live.js"
    _css = _STATIC / "live.css"
    shown = traitlets.List().tag(sync=True)
    turn = traitlets.Int(0).tag(sync=True)

    def __init__(self, home: Path, lesson: Plan) -> None:
        self.home, self.lesson, self.follower = home, lesson, Follower(home)
        super().__init__(shown=view(lesson, None))
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        now, choice = read(self.home), content.get("choice")
        voted = content.get("does") == "vote" and isinstance(choice, int) and now and now.poll
        self.follower.ask(f"{now.poll.id} {choice}" if voted and now and now.poll else "")
        with self.hold_sync():
            self.shown = view(self.lesson, now)
            self.turn += 1

    def __repr__(self) -> str:
        return "\n".join(
            text for part in self.shown for text in (part["head"], *part["lines"]) if text
        )


def show_live() -> None:
    """See `course.live`."""
    folder = Path.cwd()
    home, lesson = folder.parent, front.lesson(folder)
    if lesson is None:
        return
    if not replies.is_served(home):
        said = _("Your course has no live page, so there is nothing to follow here. The lesson is whole without it.")  # fmt: skip
        front.show(Card(_("Live"), note=said))
    elif not front.cell():
        front.show(Card(_("Live"), note=_("Where the class is stands here when somebody runs this cell.")))  # fmt: skip
    else:
        front.show(LiveWidget(home, lesson))


def view(lesson: Plan, now: Live | None) -> list[dict[str, Any]]:
    """Return what to show as parts: a head, lines, options to choose from, and a button that goes to what ``find`` says.

    ``find`` is the text of a heading or of a question of this notebook; empty for no button. ``mine`` is
    the place of the chosen option; -1 for none.
    """
    if now is None:
        return [_part(_("Live"), [_("One moment…")])]
    parts = []
    if now.at is not None:
        parts.append(_where(lesson, now.at))
    if now.poll is not None:
        parts.append(_asked(lesson, now.poll))
    if not parts and not now.away:
        parts.append(_part(_("Live"), [_("Nothing is live just now. It appears here when something is.")]))  # fmt: skip
    if now.away:
        parts.append(_part("" if parts else _("Live"), [_("The course can't be reached just now. The lesson works without it; this goes on by itself.")]))  # fmt: skip
    return parts


def _part(
    head: str, lines: list[str], find: str = "", button: str = "", missing: str = "",
    options: tuple[str, ...] = (), mine: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    return {"head": head, "lines": lines, "find": find, "button": button, "missing": missing,
            "options": options, "mine": -1 if mine is None else mine}  # fmt: skip


def _where(lesson: Plan, at: Place) -> dict[str, Any]:
    head = _("The class is at: {section}").format(section=at.title)
    if at.lesson != lesson.lesson:
        return _part(head, [_("That is in another lesson, {lesson}.").format(lesson=at.lesson)])
    missing = _("Look for the heading “{section}” in this notebook.").format(section=at.title)
    return _part(head, [], at.title, _("Go there"), missing)


def _asked(lesson: Plan, poll: Poll) -> dict[str, Any]:
    head = _("You are asked: {question}").format(question=poll.text)
    votes = _n("{count} vote", "{count} votes", poll.votes).format(count=poll.votes)
    if not poll.open:
        said = [f"{option}: {number}" for option, number in zip(poll.options, poll.counts, strict=False)]  # fmt: skip
        return _part(
            _("What the class said: {question}").format(question=poll.text), [*said, votes]
        )
    mine = (
        poll.options[poll.mine] if poll.mine is not None and poll.mine < len(poll.options) else ""
    )
    if not poll.question:
        secret = _(
            "Choose one; you can change it while the poll is open. Nobody sees who chose what."
        )
        return _part(head, [secret, votes], options=poll.options, mine=poll.mine)
    lines = [_("You said: {answer}").format(answer=mine)] if mine else []
    if poll.lesson != lesson.lesson:
        there = _("Answer it in the lesson {lesson}.").format(lesson=poll.lesson)
        return _part(head, [*lines, there, votes])
    lines += [] if mine else [_("Answer it in this notebook: your answer counts at once.")]
    missing = _("Look for it further down, and run its cell.")
    return _part(head, [*lines, votes], poll.text, _("Go to the question"), missing)
