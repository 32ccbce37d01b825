"""Questions as their authors write them: the text of a ``%%quiz`` cell.

%%quiz robust-summary points=2
Which summary resists one very large salary?
- [ ] mean -- pulled by every value
- [x] median -- right: half the values lie below it
hint: think of five salaries

The text is read in pieces (`course.questions.piece`). What they mean depends on the kind, which is
declared by ``kind=`` or seen from the pieces (docs/questions.md shows each); what a kind isn't
written with stays part of the prompt.
"""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from course.errors import nearest
from course.questions import compose, kind_of
from course.questions.item import MODES, Item
from course.questions.number import span
from course.questions.piece import Piece, read
from course.questions.vary import problem, values

MAGIC = "%%quiz"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_DELAY = re.compile(r"(\d+)\s*(second|minute|hour)s?")
_UNLOCK = re.compile(
    r"after\s+(?P<rule>pass|due)|after\s+(?P<tries>[1-9]\d?)\s+tr(?:y|ies)|(?P<never>never)"
)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}

Problems = list[tuple[int, str]]


class QuizTextError(ValueError):
    """The text can't be read as a question.

    Attributes:
        problems: pairs of line number in the cell (from 1) and what is wrong with what to do.
    """

    def __init__(self, problems: Problems) -> None:
        super().__init__("; ".join(f"line {line}: {text}" for line, text in problems))
        self.problems = problems


def is_quiz(source: str) -> bool:
    """Tell whether a cell's source is a question."""
    return source.lstrip().startswith(MAGIC)


def parse(source: str) -> Item:
    """Read the text of a whole cell, its first line included.

    Raises:
        QuizTextError: with every problem of form at once. What the kind itself finds wrong is
            told by `course.questions.check`.
    """
    lines = source.splitlines()
    first = next(number for number, line in enumerate(lines) if line.strip())
    problems: Problems = []
    name, settings = _first_line(lines[first], first + 1, problems)
    pieces = read(lines[first + 1 :], first + 2, problems)
    kind = settings.pop("kind", "") or _seen(pieces)
    mode = settings.pop("mode", "graded" if "points" in settings else "practice")
    if mode not in MODES:
        problems.append((first + 1, f"mode={mode} is unknown; use one of {', '.join(MODES)}"))
    points = _points(settings.pop("points", "0"), first + 1, problems)
    if points and mode == "practice":  # its key travels
        problems.append(
            (first + 1, "mode=practice earns no points; leave out the mode or the points")
        )
    tries = settings.pop("tries", "0")
    if not tries.isdecimal():
        problems.append(
            (first + 1, f"tries={tries} is not a number; leave it out for any number of tries")
        )
    body = _body(kind, settings, pieces, problems)
    made = compose.made(body.answers, settings | body.settings, problems)
    if problems:
        raise QuizTextError(sorted(problems))
    prompt, blanks = compose.with_blanks(body.prompt, kind)
    if blanks.rules or blanks.options:
        made = compose.Made(blanks.options, (*blanks.rules, *made.rules), (), made.settings)
    return Item(
        name, kind, prompt, made.options, mode, points, tuple(body.hints), made.settings,
        made.rules, made.key, tuple(body.variables), tries=int(tries),
        **{"unlock": "never" if mode == "graded" else "pass", **body.rules},
    )  # fmt: skip


def _first_line(line: str, number: int, problems: Problems) -> tuple[str, dict[str, str]]:
    try:
        words = shlex.split(line)[1:]
    except ValueError as error:
        problems.append((number, f"{error}"))
        return "", {}
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    names = [word for word in words if "=" not in word]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        problems.append(
            (number, "one name in small letters is needed, as in: %%quiz robust-summary points=2")
        )
        return "", settings
    return names[0], settings


def _points(text: str, number: int, problems: Problems) -> float:
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= 1000:  # noqa: PLR2004  beyond is a slip of the pen
        problems.append((number, f"points={text} is not a number from 0 to 1000"))
        return 0.0
    return points


def _seen(pieces: list[Piece]) -> str:
    """Return the kind that a text without ``kind=`` is written as."""
    there = {piece.what for piece in pieces}
    if "option" in there:
        right = sum(piece.right for piece in pieces if piece.what == "option")
        return "multiple" if right > 1 else "single"
    if "rule" in there:
        variables = tuple((p.name, p.text) for p in pieces if p.what == "let")
        rules = [piece.text for piece in pieces if piece.what == "rule"]
        return "number" if all(_numeric(rule, variables) for rule in rules) else "text"
    named = {piece.name for piece in pieces if piece.what == "directive"}
    for part, kind in (
        ("lines", "parsons"), ("output", "predict"), ("pair", "matching"), ("blank", "blanks"),
        ("step", "ordering"), ("model", "words"),
    ):  # fmt: skip
        if part in there:
            return kind
    return "rating" if "scale" in named else "words" if named & {"least", "most"} else "single"


def _numeric(rule: str, variables: tuple[tuple[str, str], ...]) -> bool:
    try:
        known = values(Item("", "", "", variables=variables), 0)
        span(rule, known)
    except ValueError:
        return bool(re.match(r"-?\d", rule) and re.search(r"\+-|±|\.\.", rule))
    return True


@dataclass(slots=True)
class _Body:
    prompt: str = ""
    answers: list[Piece] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    variables: list[tuple[str, str]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)


def _body(kind: str, settings: dict[str, str], pieces: list[Piece], problems: Problems) -> _Body:
    """Sort the pieces by what they are for in a question of this kind."""
    try:
        known = kind_of(Item("", kind, ""))
        parts, names = known.parts, known.settings
    except KeyError:  # which is told by the check
        parts, names = ("option", "rule"), tuple(settings)
    found, prompt = _Body(), list[str]()
    for piece in pieces:
        if piece.what == "let":
            before = values(Item("", "", "", variables=tuple(found.variables)), 0)
            if said := problem(piece.name, piece.text, before):
                problems.append((piece.line, said))
            else:
                found.variables.append((piece.name, piece.text))
        elif piece.what == "directive" and (piece.name in _DIRECTIVES or piece.name in names):
            _direct(piece, found, problems)
        elif piece.what in parts and piece.what != "blank":
            found.answers.append(piece)
        elif piece.what == "option":
            problems.append(
                (piece.line, f"a question of kind {kind} has no options; leave out kind={kind}")
            )
        elif found.answers and piece.source.strip():
            close = nearest(piece.name, (*_DIRECTIVES, *names)) if piece.what == "directive" else ""
            problems.append((
                piece.line,
                f"'{piece.name}:' is unknown; {close}" if close else
                "text after the answers; put it above them, or start it with 'hint:'",
            ))  # fmt: skip
        else:
            prompt.append(piece.source)
    found.prompt = "\n".join(prompt).strip()
    return found


def _direct(piece: Piece, body: _Body, problems: Problems) -> None:
    act = _DIRECTIVES.get(piece.name)
    if act is None:
        body.settings[piece.name] = piece.text
    elif said := act(piece.text, body):
        problems.append((piece.line, said))


def _solution(text: str, body: _Body) -> str:
    match = _UNLOCK.fullmatch(text)
    if not match:
        return f"solution: {text} is unknown; use 'after pass', 'after 3 tries', 'after due' or 'never'"
    body.rules["unlock"] = match["rule"] or match["tries"] or match["never"]
    return ""


def _delay(text: str, body: _Body) -> str:
    match = _DELAY.fullmatch(text)
    if not match:
        return f"delay: {text} is no time; write it as '30 seconds', '10 minutes' or '1 hour'"
    body.rules["delay"] = int(match[1]) * _SECONDS[match[2]]
    return ""


def _hint(text: str, body: _Body) -> str:
    body.hints.append(text)
    return "" if text else "the hint is empty"


def _objective(text: str, body: _Body) -> str:
    body.rules["objective"] = text
    return "" if text else "the objective is empty; give one of course.toml"


def _any_order(text: str, body: _Body) -> str:
    body.settings["any-order"] = text
    return ""


_DIRECTIVES: dict[str, Callable[[str, _Body], str]] = {
    "hint": _hint, "solution": _solution, "delay": _delay, "objective": _objective,
    "any-order": _any_order,
}  # fmt: skip
