"""What is wrong with a file that a person wrote, in words: pydantic's problems told as ours. Pure."""

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel

from course.errors import Invalid, nearest


class Mistaken(Invalid):
    """A file that a person wrote has mistakes.

    Attributes:
        mistakes: line, from 1, and what is wrong there; 0 is the whole file.
    """

    mistakes: tuple[tuple[int, str], ...] = ()


def mistaken(where: str, mistakes: Sequence[tuple[int, str]]) -> Mistaken:
    """Return the error that tells all mistakes of a file at once."""
    lines = [f"line {line}: {text}" if line else text for line, text in mistakes]
    what = lines[0] if len(lines) == 1 else f"{len(lines)} mistakes\n    " + "\n    ".join(lines)
    error = Mistaken(what, where=where)
    error.mistakes = tuple(mistakes)
    return error


def explain(problem: Any, file: type[BaseModel]) -> str:
    """Return one problem of a file in a line.

    Args:
        problem: one of ``ValidationError.errors()``.
        file: what the whole file is.
    """
    keys = keys_of(problem)
    path = ".".join(str(key) for key in keys) or "the file"
    if problem["type"] == "extra_forbidden":
        hint = nearest(str(keys[-1]), list(_table(file, keys[:-1]).model_fields))
        return f"{path}: unknown key" + (f"; {hint}" if hint else "")
    if problem["type"] == "missing":
        return f"{path}: missing; expected a value here"
    expected = str(problem["msg"]).removeprefix("Value error, ")
    if path == "the file":
        return expected
    return f"{path}: expected: {expected[:1].lower()}{expected[1:]}; found: {problem['input']!r}"


def keys_of(problem: Any) -> list[Any]:
    """Return the keys that lead to a problem's place in the file."""
    return [part for part in problem["loc"] if not _is_type(part)]


def _is_type(part: object) -> bool:
    return isinstance(part, str) and ("[" in part or part in {"datetime", "timedelta"})


def _table(table: type[BaseModel], keys: list[Any]) -> type[BaseModel]:
    """Return the table in which some keys lead to a place."""
    for key in keys:
        field = table.model_fields.get(str(key))
        kinds = [field.annotation, *get_args(field.annotation)] if field is not None else []
        inner = [each for each in kinds if isinstance(each, type) and issubclass(each, BaseModel)]
        table = inner[0] if inner else table
    return table
