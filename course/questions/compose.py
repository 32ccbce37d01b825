"""From the pieces of a question's text to its options, rules and key."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from course.questions.item import Option, Rule, draw
from course.questions.piece import Piece

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_BLANK = re.compile(r"(?<![\w\])])\[\[(.+?)\]\]")
_CHOICE = re.compile(r"\((?P<mark>[ xX])\)\s*(?P<text>.*?)\s*(?=\([ xX]\)|$)")
_RUN = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")

Problems = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Made:
    """What the pieces give; see `course.questions.Item`."""

    options: tuple[Option, ...] = ()
    rules: tuple[Rule, ...] = ()
    key: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


def made(pieces: Sequence[Piece], settings: dict[str, str], problems: Problems) -> Made:
    """Put the pieces of one question together.

    Args:
        pieces: its answers.
        settings: of its first line and below; what is seen from the pieces is added.
        problems: what is wrong is added to it.
    """
    by = {
        what: [piece for piece in pieces if piece.what == what] for what in {p.what for p in pieces}
    }
    blocks = "wrong rule" not in by and "wrong" in by and "lines" not in by
    any_order = settings.pop("any-order", "")
    make: dict[str, Callable[[], Made]] = {
        "option": lambda: Made(_options(by["option"], problems)),
        "pair": lambda: _pairs(by["pair"]),
        "step": lambda: _steps(by["step"], problems),
        "lines": lambda: _lines(by["lines"], by.get("wrong", []), any_order, settings, problems),
    }
    found = next((make[what]() for what in make if what in by), Made())
    rules = [
        Rule(piece.text, piece.what not in ("wrong", "wrong rule"), piece.why, line=piece.line)
        for piece in pieces
        if piece.what in ("rule", "wrong rule", "output", "model")
        or (blocks and piece.what == "wrong")
    ]
    for piece in pieces:
        if piece.what in ("rule", "wrong rule") and not piece.text:
            problems.append((piece.line, f"there is no answer after '{piece.source.strip()[:1]}'"))
    if any_order and "lines" not in by:
        problems.append(
            (1, "'any-order:' is for lines of code; give things to order the same number")
        )
    return Made(found.options, tuple(rules), found.key, tuple(sorted(settings.items())))


def with_blanks(prompt: str, kind: str) -> tuple[str, Made]:
    """Return a prompt with its blanks numbered, and what is right in them."""
    if kind != "blanks":
        return prompt, Made()
    options: list[Option] = []
    rules: list[Rule] = []
    count = 0

    def number(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        text = match[1].strip()
        if re.match(r"\([ xX]\)", text):
            choices = list(_CHOICE.finditer(text))
            ids = _ids([choice["text"] for choice in choices])
            options.extend(
                Option(one, choice["text"], choice["mark"] in "xX", group=str(count))
                for one, choice in zip(ids, choices, strict=True)
            )
        else:
            whole = text.startswith("=") or (text[0] == text[-1] == "/" and "|/" not in text)
            parts = [text] if whole else _alternatives(text)
            rules.extend(Rule(part, blank=count) for part in parts)
        return f"[[{count}]]"

    return _BLANK.sub(number, prompt), Made(tuple(options), tuple(rules))


def _alternatives(text: str) -> list[str]:
    """Return what stands between bars; a pattern, in slashes, keeps its own."""
    found = re.findall(r"/[^/]+/|[^|]+", text)
    return [part.strip() for part in found if part.strip()]


def _options(pieces: Sequence[Piece], problems: Problems) -> tuple[Option, ...]:
    for piece in pieces[len(_LETTERS) :]:
        problems.append(
            (piece.line, f"there are more than {len(_LETTERS)} options; leave some out")
        )
    return tuple(
        Option(letter, piece.text, piece.right, piece.why, line=piece.line)
        for letter, piece in zip(_LETTERS, pieces, strict=False)
    )


def _ids(texts: Sequence[str]) -> list[str]:
    """Return an id for each text that tells nothing of its place, and stays when others change."""
    found: list[str] = []
    for text, before in zip(texts, _counted(texts), strict=True):
        number = before
        while (made := f"{draw(text, number):012x}"[:4]) in found:
            number += 1
        found.append(made)
    return found


def _counted(texts: Sequence[str]) -> list[int]:
    seen = Counter[str]()
    counts = []
    for text in texts:
        counts.append(seen[text])
        seen[text] += 1
    return counts


def _pairs(pieces: Sequence[Piece]) -> Made:
    left = [piece for piece in pieces if piece.name]
    ids = _ids([piece.name for piece in left])
    texts = list(dict.fromkeys(piece.text for piece in pieces))
    right = dict(zip(texts, _ids(texts), strict=True))
    lines = {piece.text: piece.line for piece in reversed(pieces)}
    options = [
        Option(one, piece.name, why=piece.why, group="left", line=piece.line)
        for one, piece in zip(ids, left, strict=True)
    ] + [Option(one, text, group="right", line=lines[text]) for text, one in right.items()]
    key = tuple(f"{one}={right[piece.text]}" for one, piece in zip(ids, left, strict=True))
    return Made(tuple(options), key=key)


def _steps(pieces: Sequence[Piece], problems: Problems) -> Made:
    ids = _ids([piece.text for piece in pieces])
    ranks = [int(piece.name) for piece in pieces]
    for before, after, piece in zip(ranks, ranks[1:], pieces[1:], strict=False):
        if after < before:
            problems.append(
                (piece.line, f"{after} comes after {before}; write the lines in the right order")
            )
    options = tuple(
        Option(one, piece.text, why=piece.why, line=piece.line)
        for one, piece in zip(ids, pieces, strict=True)
    )
    return Made(options, key=tuple(f"{one}:0:{rank}" for one, rank in zip(ids, ranks, strict=True)))


def _lines(
    blocks: Sequence[Piece], wrong: Sequence[Piece], any_order: str, settings: dict[str, str],
    problems: Problems,
) -> Made:  # fmt: skip
    if len(blocks) > 1:
        problems.append((blocks[1].line, "there is a second block of ```lines; give one"))
    right = _code(blocks[0], problems)
    levels = [level for _, _, level in right]
    if not any(levels):
        settings.setdefault("indent", "no")
    elif settings.get("indent") == "no":
        right, levels = (
            [(n, "    " * level + text, 0) for n, text, level in right],
            [0] * len(right),
        )
    others = [line for block in wrong for line in _wrong_lines(block)]
    ids = _ids([text for _, text, _ in right] + [text for _, text, _ in others])
    options = [
        Option(one, text, right=True, line=n) for one, (n, text, _) in zip(ids, right, strict=False)
    ] + [
        Option(one, text, why=why, line=n)
        for one, (n, text, why) in zip(ids[len(right) :], others, strict=True)
    ]
    ranks = _ranks(any_order, len(right), blocks[0].line, problems)
    key = tuple(f"{one}:{lv}:{rank}" for one, lv, rank in zip(ids, levels, ranks, strict=False))
    return Made(tuple(options), key=key)


def _wrong_lines(block: Piece) -> list[tuple[int, str, str]]:
    """Return line number, text and reason of each line that does not belong there."""
    found = []
    for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
        text, _, why = line.partition(" -- ")
        found += [(number, text.strip(), why.strip())] if text.strip() else []
    return found


def _code(block: Piece, problems: Problems) -> list[tuple[int, str, int]]:
    """Return line number, text without indentation, and level of each line of code."""
    lines = [
        (number, line.expandtabs(4).rstrip())
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1)
        if line.strip()
    ]
    depths = [len(line) - len(line.lstrip()) for _, line in lines]
    least = min(depths, default=0)
    steps = [depth - least for depth in depths if depth > least]
    step = min(steps, default=4)
    for (number, _), depth in zip(lines, depths, strict=True):
        if (depth - least) % step:
            problems.append(
                (number, f"this line is indented by {depth - least} blanks, others by {step}")
            )
    return [
        (n, line.strip(), (depth - least) // step)
        for (n, line), depth in zip(lines, depths, strict=True)
    ]


def _ranks(any_order: str, count: int, line: int, problems: Problems) -> list[int]:
    """Return 1, 2, 3 …, with lines that may be exchanged sharing the lowest of theirs."""
    ranks = list(range(1, count + 1))
    for group in any_order.split(",") if any_order else []:
        match = _RUN.fullmatch(group.strip())
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first < last <= count:
            problems.append(
                (
                    line,
                    f"any-order: {group.strip()} is no run of lines from 1 to {count}, as in 2-4",
                )
            )
            continue
        ranks[first - 1 : last] = [first] * (last - first + 1)
    return ranks
