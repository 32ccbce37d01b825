"""The pieces that a question's text is made of, before anybody knows its kind.

- [ ] text -- why          option         = answer -- why       rule
- left => right -- why     pair           ! answer -- why       wrong rule
1. text -- why             step           [[answer|other]]      blank
let n = 10..20             let            name: value           directive
```output, lines, wrong, model … ```      a block of that name
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WHY = r"(?:\s+--\s+(?P<why>.*?))?\s*"
_PIECES = {
    "option": re.compile(rf"\s*[-*]\s*\[(?P<mark>[ xX])\]\s*(?P<text>.*?){_WHY}"),
    "pair": re.compile(rf"\s*[-*]\s+(?P<name>.*?)\s*=>\s*(?P<text>.*?){_WHY}"),
    "step": re.compile(rf"\s*(?P<name>\d{{1,3}})\.\s+(?P<text>.*?){_WHY}"),
    "rule": re.compile(rf"=\s+(?P<text>.*?){_WHY}"),
    "wrong rule": re.compile(rf"!\s+(?P<text>.*?){_WHY}"),
    "let": re.compile(r"let\s+(?P<name>\S+)\s*=\s*(?P<text>.*?)\s*"),
    "directive": re.compile(r"(?P<name>[a-z]+(?:-[a-z]+)*|(?i:hint)):\s*(?P<text>.*?)\s*"),
    "blank": re.compile(r"(?P<text>.*(?<![\w\])])\[\[.+?\]\].*)"),
}
_BLOCK = re.compile(rf"```(?P<name>output|lines|wrong|model){_WHY}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One line, or one block of lines.

    Attributes:
        what: "text", or one of the names above; a block has its own name.
        line: where it begins in the cell, from 1.
        source: as it was written.
        name: the left of a pair, the number of a step, the name of a variable or directive.
        right: whether an option is marked as right.
    """

    what: str
    line: int
    source: str
    text: str = ""
    name: str = ""
    why: str = ""
    right: bool = False


def read(lines: Sequence[str], first: int, problems: list[tuple[int, str]]) -> list[Piece]:
    """Cut lines into pieces; what is no piece is text.

    Args:
        first: the number of the first line.
        problems: what is wrong is added to it.
    """
    found: list[Piece] = []
    place = 0
    while place < len(lines):
        if lines[place].lstrip().startswith("```"):
            end = next((n for n in range(place + 1, len(lines)) if lines[n].strip() == "```"), 0)
            if not end:
                problems.append(
                    (first + place, "the block is not closed; end it with a line of ```")
                )
                return found
            found += _block(lines[place : end + 1], first + place)
            place = end + 1
        else:
            found.append(_line(lines[place], first + place, problems))
            place += 1
    return found


def _block(lines: Sequence[str], number: int) -> list[Piece]:
    match = _BLOCK.fullmatch(lines[0].strip())
    if not match:
        code = "\n".join(lines)
        what = "blank" if _PIECES["blank"].search(code) else "text"
        return [Piece(what, number, code, code)]
    text, why = "\n".join(lines[1:-1]), (match["why"] or "").strip()
    return [Piece(match["name"], number, "\n".join(lines), text, why=why)]


def _line(line: str, number: int, problems: list[tuple[int, str]]) -> Piece:
    for what, pattern in _PIECES.items():
        match = pattern.fullmatch(line)
        if match:
            parts = match.groupdict()
            name = parts.get("name") or ""
            return Piece(
                what, number, line, parts["text"], name.lower() if what == "directive" else name,
                (parts.get("why") or "").strip(), (parts.get("mark") or " ") in "xX",
            )  # fmt: skip
    if re.match(r"\s*[-*]\s*\[", line):
        problems.append((number, "an option is written '- [ ] text' or '- [x] text'"))
    return Piece("text", number, line, line)
