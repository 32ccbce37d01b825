"""Questions as their authors write them: the text of a ``%%quiz`` cell.

%%quiz robust-summary points=2
Which summary resists one very large salary?
- [ ] mean    -- pulled by every value
- [x] median  -- right: half the values lie below it
hint: think of five salaries
"""

import re
import shlex

from course.questions.item import MODES, Item, Option

MAGIC = "%%quiz"
_OPTION = re.compile(r"\s*[-*]\s*\[(?P<mark>[ xX])\]\s*(?P<text>.*?)(?:\s+--\s+(?P<why>.*))?\s*$")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class QuizTextError(ValueError):
    """The text can't be read as a question.

    Attributes:
        problems: pairs of line number in the cell (from 1) and what is wrong with what to do.
    """

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {text}" for line, text in problems))
        self.problems = problems


def is_quiz(source: str) -> bool:
    """Tell whether a cell's source is a question."""
    return source.lstrip().startswith(MAGIC)


def parse(source: str) -> Item:
    """Read the text of a whole cell, its first line included.

    Raises:
        QuizTextError: with every problem of form at once. What the kind itself finds wrong is
            told by `Kind.check`.
    """
    lines = source.strip("\n").splitlines()
    problems: list[tuple[int, str]] = []
    name, settings = _first_line(lines[0], problems)
    options, prompt, hints = _body(lines[1:], problems)
    mode = settings.pop("mode", "graded" if "points" in settings else "practice")
    if mode not in MODES:
        problems.append((1, f"mode={mode} is unknown; use one of {', '.join(MODES)}"))
    points = _points(settings.pop("points", "0"), problems)
    if points and mode == "practice":  # its key travels
        problems.append((1, "mode=practice earns no points; leave out the mode or the points"))
    right = sum(option.right for option in options)
    kind = settings.pop("kind", "multiple" if right > 1 else "single")
    if problems:
        raise QuizTextError(problems)
    return Item(
        name, kind, "\n".join(prompt).strip(), tuple(options), mode, points, tuple(hints),
        tuple(sorted(settings.items())), unlock="never" if mode == "graded" else "pass",
    )  # fmt: skip


def _first_line(line: str, problems: list[tuple[int, str]]) -> tuple[str, dict[str, str]]:
    try:
        words = shlex.split(line)[1:]
    except ValueError as error:
        problems.append((1, f"{error}"))
        return "", {}
    settings = dict(word.split("=", 1) for word in words if "=" in word)
    names = [word for word in words if "=" not in word]
    if len(names) != 1 or not _NAME.fullmatch(names[0]):
        problems.append(
            (1, "one name in small letters is needed, as in: %%quiz robust-summary points=2")
        )
        return "", settings
    return names[0], settings


def _body(
    lines: list[str], problems: list[tuple[int, str]]
) -> tuple[list[Option], list[str], list[str]]:
    options: list[Option] = []
    prompt: list[str] = []
    hints: list[str] = []
    for number, line in enumerate(lines, start=2):
        match = _OPTION.match(line)
        if match and len(options) == len(_LETTERS):
            problems.append((number, "there are more than 26 options; leave some out"))
        elif match:
            why = (match["why"] or "").strip()
            options.append(
                Option(_LETTERS[len(options)], match["text"], match["mark"] in "xX", why)
            )
        elif line.lower().startswith("hint:"):
            hints.append(line[5:].strip())
        elif re.match(r"\s*[-*]\s*\[", line):
            problems.append((number, "an option is written '- [ ] text' or '- [x] text'"))
        elif options and line.strip():
            problems.append(
                (number, "text after the options; put it above them, or start it with 'hint:'")
            )
        else:
            prompt.append(line)
    return options, prompt, hints


def _points(text: str, problems: list[tuple[int, str]]) -> float:
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= 1000:  # noqa: PLR2004  beyond is a slip of the pen
        problems.append((1, f"points={text} is not a number from 0 to 1000"))
        return 0.0
    return points
