"""The part that lives in the learner's process and answers requests for values.

It is the learner's: nothing here is trusted, and no rule of grading stands here. Requests:

    {"op": "get", "name": N}                               the value of a name
    {"op": "call", "target": ID or N, "args": [...], "kwargs": {...}}
    {"op": "attr", "target": ID or N, "name": N}
    {"op": "special", "name": N, "args": [...]}            what Python does for `len`, say

Replies: {"ok": value, "printed": text}, {"missing": N, "known": [...]}, or
{"raised": type name, "bases": [type names], "text": message, "printed": text}.
"""

import contextlib
import io
import operator
from collections.abc import Callable, Iterator
from typing import Any

from course.sandbox import values

MAX_PRINTED = 10_000
MAX_KEPT = 10_000


def _next(items: Iterator[object]) -> list[object]:
    """Return the next item in a list; an empty one at the end."""
    for item in items:
        return [item]
    return []


SPECIAL: dict[str, Callable[..., Any]] = {
    "__len__": len, "__iter__": iter, "__next__": _next, "__getitem__": operator.getitem,
    "__str__": str, "__int__": int, "__float__": float,
}  # fmt: skip
"""Special methods that a test may use on a learner's object, and what calls each of them. None that
decides (`__eq__`, `__lt__`, `__contains__`) or that is handed what is expected (`x - 4`)."""


class Agent:
    """Answers requests about one namespace.

    Args:
        namespace: the dictionary that the notebook's cells run in.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.kept: list[object] = []

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request; what the learner's code raises becomes part of the reply."""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
                reply = self._carry_out(request)
        except BaseException as error:  # noqa: BLE001  SystemExit too is the learner's
            reply = {
                "raised": type(error).__name__,
                "bases": [base.__name__ for base in type(error).__mro__],
                "text": _text(error),
            }
        return {**reply, "printed": printed.getvalue()[:MAX_PRINTED]}

    def _carry_out(self, request: dict[str, Any]) -> dict[str, Any]:
        if request["op"] == "get" and request["name"] not in self.namespace:
            known = [name for name in self.namespace if not name.startswith("_")]
            return {"missing": request["name"], "known": known[:500]}
        if request["op"] == "get":
            value = self.namespace[request["name"]]
        elif request["op"] == "attr":
            value = getattr(self._target(request["target"]), request["name"])
        elif request["op"] == "special":
            value = SPECIAL[request["name"]](*values.decode(request["args"], self._resolve))
        else:
            args = values.decode(request["args"], self._resolve)
            kwargs = values.decode(request["kwargs"], self._resolve)
            value = self._target(request["target"])(*args, **kwargs)
        return {"ok": values.encode(value, self._keep)}

    def _target(self, target: int | str) -> Any:
        return self.namespace[target] if isinstance(target, str) else self.kept[target]

    def _resolve(self, handle: values.Handle) -> object:
        return self.kept[handle.id]

    def _keep(self, value: object) -> dict[str, Any]:
        if len(self.kept) >= MAX_KEPT:
            raise values.UnencodableError("too many objects were asked for")
        self.kept.append(value)
        return {
            "$": "handle", "id": len(self.kept) - 1, "type": type(value).__name__,
            "callable": callable(value), "facts": values.encode(_facts(value)),
            "special": [name for name in SPECIAL if _has(value, name)],
        }  # fmt: skip


def _text(error: BaseException) -> str:
    try:
        return str(error)[:2000]
    except Exception:  # noqa: BLE001  a learner's __str__ may do anything
        return ""


def _has(value: object, name: str) -> bool:
    """Whether a class brings a special method of its own."""
    return getattr(type(value), name, None) not in (None, getattr(object, name, None))


def _facts(value: Any) -> object:
    """Describe a matplotlib figure or axes as plain data; None for everything else."""
    if type(value).__module__.partition(".")[0] != "matplotlib":
        return None
    axes = getattr(value, "axes", None)
    found = axes if isinstance(axes, list) else [value] if hasattr(value, "get_title") else []
    return [
        {
            "title": each.get_title(), "xlabel": each.get_xlabel(), "ylabel": each.get_ylabel(),
            "lines": [[list(map(float, line.get_xdata())), list(map(float, line.get_ydata()))]
                      for line in each.get_lines()],
            "bars": [float(patch.get_height()) for patch in each.patches if hasattr(patch, "get_height")],
            "labels": [label.get_text() for label in each.get_xticklabels()],
        }
        for each in found
    ]  # fmt: skip
