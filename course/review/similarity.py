"""Which answers to one exercise are similar, beyond what all of them share. Pure.

Each answer becomes a row of tokens: for code those of its syntax tree without names that it gives
itself, comments and docstrings, else its words. Every run of K tokens has a hash; of these, winnowing
keeps a few that any two texts with T tokens in common share surely (Schleimer, Wilkerson & Aiken
2003, "Winnowing: local algorithms for document fingerprinting"). What stands in the starter code, and what
many answers have, is no sign of anything and is left out.

Similar is all that this can say. Why two answers are, only people know.
"""

import ast
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from course.review import syntax
from course.review.alike import MOST_CODE

K = 8
"""Tokens in a run: fewer in common are chance."""
T = 14
"""Tokens in common from which on it is always seen."""
FEW = 10
"""Answers that may have a run before it counts as common; half of a small class; COMMON of a large one."""
COMMON = 0.05
LEAST = 4
"""Marks in common below which nothing is said."""

Token = tuple[str, int]
Marks = dict[int, tuple[int, ...]]
"""Hashes of an answer, each with the lines on which its runs stand."""

_WORD = re.compile(r"\w+|[^\w\s]")
_PIECES = 60
"""Characters of a constant that count."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Two answers that are similar.

    Attributes:
        learners: whose, sorted.
        share: how much of what the shorter has of its own stands in the other, 0 to 1.
        common: how many marks they share.
        lines: in each of the two, the lines concerned, from 1.
    """

    learners: tuple[str, str]
    share: float
    common: int
    lines: tuple[tuple[int, ...], tuple[int, ...]]


def similar(answers: Mapping[str, str], starter: str = "", least: float = 0.5) -> list[Similar]:
    """Return the pairs of similar answers, the most similar first.

    Args:
        answers: texts by learner.
        starter: what everybody was given.
        least: share from which on a pair is told, 0 to 1.
    """
    given = {hash_ for hash_, _ in _runs(tokens(starter))}
    marks = {who: _marks(text, given) for who, text in answers.items()}
    seen: dict[int, list[str]] = defaultdict(list)
    for who in sorted(marks):
        for each in marks[who]:
            seen[each].append(who)
    most = max(2, min(FEW, len(answers) // 2), int(len(answers) * COMMON))
    rare = {each for each, who in seen.items() if len(who) <= most}
    own = {who: sum(each in rare for each in mine) for who, mine in marks.items()}
    shared = Counter(pair for each in rare for pair in combinations(seen[each], 2))
    found = [
        Similar(pair, count / min(own[pair[0]], own[pair[1]]), count,
                _lines(marks[pair[0]], marks[pair[1]], rare))
        for pair, count in shared.items()
        if count >= LEAST and count >= least * min(own[pair[0]], own[pair[1]])
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.share, -one.common, one.learners))


def tokens(text: str) -> list[Token]:
    """Return the tokens of an answer, each with its line from 1."""
    if len(text) <= MOST_CODE:
        try:
            tree = syntax.normal(ast.parse(text))
            return list(_tree(tree, _given_names(tree)))
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # words, or a mistake
            pass
    return [
        (word.casefold(), number)
        for number, line in enumerate(text[:MOST_CODE].split("\n"), 1)
        for word in _WORD.findall(line)
    ]


def _given_names(tree: ast.Module) -> set[str]:
    """Return the names that code gives itself; others could be chosen as well."""
    return {
        node.id for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }  # fmt: skip


def _tree(node: ast.AST, own: set[str], line: int = 1) -> Iterator[Token]:
    """Yield the tokens of a tree as it is read; what is imported says nothing."""
    line = getattr(node, "lineno", line)
    match node:
        case ast.Import() | ast.ImportFrom() | ast.expr_context():
            return
        case ast.Module() | ast.Expr():
            pass
        case ast.Name():
            yield ("·" if node.id in own or node.id.startswith("·") else node.id), line
        case ast.Attribute():
            yield f".{node.attr}", line
        case ast.Constant():
            yield repr(node.value)[:_PIECES], line
        case ast.keyword():
            yield f"{node.arg}=", line
        case _:
            yield type(node).__name__, line
    for child in ast.iter_child_nodes(node):
        yield from _tree(child, own, line)


def _runs(some: Sequence[Token]) -> list[tuple[int, int]]:
    """Return hash and first token's number of every run of K tokens."""
    numbers = [zlib.crc32(text.encode("utf-8", "surrogatepass")) for text, _ in some]
    # a tuple of numbers hashes the same in every process, which one of texts does not
    return [
        (hash(tuple(numbers[start : start + K])), start) for start in range(len(numbers) - K + 1)
    ]


def _marks(text: str, given: set[int]) -> Marks:
    some = tokens(text)
    found: dict[int, set[int]] = defaultdict(set)
    for hash_, start in _winnowed(_runs(some)):
        if hash_ not in given:
            found[hash_].update(line for _, line in some[start : start + K])
    return {hash_: tuple(sorted(lines)) for hash_, lines in found.items()}


def _winnowed(runs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the least of every window of T - K + 1 runs, of equal ones the last."""
    wide = T - K + 1
    windows = (runs[start : start + wide] for start in range(max(len(runs) - wide, 0) + 1))
    return {min(window, key=lambda run: (run[0], -run[1])) for window in windows if window}


def _lines(one: Marks, other: Marks, rare: set[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    both = one.keys() & other.keys() & rare
    first, second = ({line for each in both for line in marks[each]} for marks in (one, other))
    return tuple(sorted(first)), tuple(sorted(second))
