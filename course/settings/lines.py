"""Where in a text of TOML each key stands: `tomllib` tells values, but not their lines. Pure."""

import tomllib
from collections.abc import Iterator, Sequence

Keys = tuple[str | int, ...]


def line(text: str, keys: Sequence[str | int]) -> int:
    """Return the line, from 1, where the value of some keys begins, or that of the table it is missing in.

    Args:
        text: valid TOML.
        keys: names of tables and keys, and numbers, from 0, of the tables of a list.
    """
    found = dict[Keys, int]()
    for known, number in _places(text):
        found.setdefault(known, number)
    return next((found[at] for end in range(len(keys), 0, -1) if (at := tuple(keys[:end])) in found), 1)  # fmt: skip


def _places(text: str) -> Iterator[tuple[Keys, int]]:
    """Yield each head of a table and each key with its line; a statement is what TOML reads by itself."""
    table, lists, statement, first = Keys(), dict[Keys, int](), "", 1
    for number, row in enumerate(text.splitlines(keepends=True), 1):
        statement += row
        try:
            data = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # a value of several lines
        head = statement.lstrip().startswith("[")
        at = Keys() if head else table
        for name, of_list in _names(data):
            at = (*at, name)
            if head and of_list:
                lists[at] = lists.get(at, -1) + 1
            if head and at in lists:
                at = (*at, lists[at])
            yield at, first
        table, statement, first = at if head else table, "", number + 1


def _names(data: object) -> Iterator[tuple[str, bool]]:
    """Yield the names that a statement goes through, and whether a list of tables begins there."""
    while isinstance(data, dict) and data:
        name, data = next(iter(data.items()))
        yield name, isinstance(data, list)
