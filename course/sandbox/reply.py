"""The learner's side of the conversation, taken for hostile and turned into our own types."""

import math
from typing import Any

from course.sandbox.session import CellRun, Reply, Strike
from course.sandbox.wire import MalformedError

MAX_DEPTH = 60
MAX_LINE = 2000

_STRIKES = (Strike.OK, Strike.ERROR, Strike.MEMORY, Strike.OUTPUT)


def read_reply(data: Any) -> Reply:
    """Turn the agent's reply into ours; anything else than a reply is a PROTOCOL strike."""
    if isinstance(data, dict) and "ok" in data:
        return Reply(Strike.OK, data["ok"])
    if isinstance(data, dict) and isinstance(data.get("raised"), str):
        bases = data.get("bases")
        names = [str(name)[:200] for name in bases[:20]] if isinstance(bases, list) else []
        strike = Strike.MEMORY if data["raised"] == "MemoryError" else Strike.ERROR
        return Reply(strike, names, f"{data['raised'][:200]}: {str(data.get('text'))[:MAX_LINE]}")
    if isinstance(data, dict) and isinstance(data.get("missing"), str):
        text = f"NameError: name '{data['missing'][:200]}' is not defined"
        return Reply(Strike.ERROR, ["NameError"], text)
    return Reply(Strike.PROTOCOL, error="the notebook's process sent something else than an answer")


def read_run(data: dict[str, Any], most: float) -> CellRun:
    """Turn what the shell sent after a cell into ours.

    Args:
        data: the decoded message.
        most: how many characters the outputs may have altogether.

    Raises:
        MalformedError: it isn't what the shell sends.
    """
    strike, outputs, error = data.get("strike"), data.get("outputs"), data.get("error")
    if strike not in _STRIKES or not isinstance(outputs, list) or not isinstance(error, str):
        raise MalformedError("no cell's result")
    bound = _Bound(most)
    clean = tuple(_output(output, bound) for output in outputs)
    return CellRun(Strike(strike), clean, error[:MAX_LINE])


class _Bound:
    """Counts down what one message may hold."""

    def __init__(self, most: float) -> None:
        self.left = most

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise MalformedError("more output than was agreed")


def _output(data: Any, bound: _Bound) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise MalformedError("no output")
    bound.spend(len(_SMALLEST))
    kind = data.get("output_type")
    if kind == "stream" and data.get("name") in ("stdout", "stderr"):
        return {"output_type": kind, "name": data["name"], "text": _text(data.get("text"), bound)}
    if kind == "error":
        lines = _list(data.get("traceback"))
        return {
            "output_type": kind, "ename": _text(data.get("ename"), bound),
            "evalue": _text(data.get("evalue"), bound),
            "traceback": [_text(line, bound) for line in lines],
        }  # fmt: skip
    if kind in ("display_data", "execute_result"):
        shown = {
            "output_type": kind, "data": _mapping(data.get("data"), bound),
            "metadata": _mapping(data.get("metadata"), bound),
        }  # fmt: skip
        return shown if kind == "display_data" else {**shown, "execution_count": _count(data)}
    raise MalformedError("no output")


_SMALLEST = '{"output_type":""}'


def _text(value: Any, bound: _Bound) -> str:
    if not isinstance(value, str):
        raise MalformedError("no text")
    bound.spend(len(value))
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise MalformedError("no list")
    return value


def _count(data: dict[str, Any]) -> int | None:
    count = data.get("execution_count")
    return count if type(count) is int and 0 <= count < 2**31 else None


def _mapping(value: Any, bound: _Bound) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MalformedError("no mapping")
    return {_text(key, bound): _plain(item, bound, MAX_DEPTH) for key, item in value.items()}


def _plain(value: Any, bound: _Bound, depth: int) -> Any:
    """Copy JSON-like data, bounded in size and depth, and without numbers that JSON can't hold."""
    bound.spend(1)
    if depth < 0:
        raise MalformedError("too deep")
    if isinstance(value, str):
        return _text(value, bound)
    if isinstance(value, list):
        return [_plain(item, bound, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_text(key, bound): _plain(item, bound, depth - 1) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
