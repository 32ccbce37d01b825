"""One cell's outputs, collected in the learner's process as nbformat has them.

What arrives are the messages that ipykernel sends to a front end; what is done with them is what
nbclient does. The trusted side relies on none of this.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from jupyter_client.session import Session

_PER_OUTPUT = 64


class Outputs(Session):  # type: ignore[misc]  # untyped base
    """Stands where ipykernel's session stands, and keeps the messages instead of sending them.

    Args:
        overflow: called when a cell has more output than it may. Must not return: an exception
            could be caught by the cell.
    """

    def __init__(self, overflow: Callable[[], NoReturn]) -> None:
        super().__init__()
        self.overflow = overflow
        self.begin(0)

    def begin(self, most: int) -> None:
        """Forget everything, for a cell that may have ``most`` characters of output."""
        self.left = most
        self.cell: list[dict[str, Any]] = []
        # an Output widget that is entered takes over; the last one entered is the one that counts
        self.widgets: list[tuple[str, list[dict[str, Any]]]] = []
        self.shown: dict[str, list[dict[str, Any]]] = {}
        self.clear_first = False

    def msg(self, msg_type: str, content: Any = None, **_: Any) -> dict[str, Any]:
        """Make a message, without the parts that nobody reads here."""
        return {"header": {"msg_type": msg_type}, "msg_type": msg_type, "content": content or {}}

    def send(self, _socket: Any, message: Any, content: Any = None, *_: Any, **__: Any) -> None:
        """Take a message, either whole or as type and content."""
        kind = message if isinstance(message, str) else message["msg_type"]
        content = content if isinstance(message, str) else message["content"]
        if kind == "clear_output":
            self.clear(wait=bool(content.get("wait")))
        elif kind == "comm_msg":
            self._follow_widget(content)
        elif kind == "update_display_data":
            self._update(content)
        elif kind in ("display_data", "execute_result", "error"):
            self._add(kind, content)

    def clear(self, *, wait: bool) -> None:
        """Drop what the cell has shown, now or before the next output."""
        self.clear_first = wait
        if not wait:
            self._target().clear()

    def write(self, name: str, text: str) -> None:
        """Append to a stream; neighbours on the same stream become one output."""
        target = self._open_target()
        whole, text = len(text), text[: self.left]
        if target and target[-1].get("name") == name:
            target[-1]["text"].append(text)
        elif text:
            target.append({"output_type": "stream", "name": name, "text": [text]})
            whole += _PER_OUTPUT
        self._spend(whole)

    def collected(self) -> list[dict[str, Any]]:
        """Return the cell's outputs."""
        return [_joined(output) for output in self.cell]

    def _target(self) -> list[dict[str, Any]]:
        return self.widgets[-1][1] if self.widgets else self.cell

    def _open_target(self) -> list[dict[str, Any]]:
        if self.clear_first:
            self.clear(wait=False)
        return self._target()

    def _add(self, kind: str, content: dict[str, Any]) -> None:
        transient = content.get("transient") or {}
        output = {"output_type": kind, **content}
        output.pop("transient", None)
        self._spend(_size(output))
        self._open_target().append(output)
        if transient.get("display_id"):
            self.shown.setdefault(str(transient["display_id"]), []).append(output)

    def _update(self, content: dict[str, Any]) -> None:
        self._spend(_size(content))
        name = str((content.get("transient") or {}).get("display_id"))
        for output in self.shown.get(name, []):
            output.update(data=content["data"], metadata=content["metadata"])

    def _follow_widget(self, content: dict[str, Any]) -> None:
        state = (content.get("data") or {}).get("state") or {}
        if "msg_id" not in state:
            return
        if state["msg_id"]:
            self.widgets.append((content["comm_id"], []))
        elif self.widgets:
            self.widgets.pop()

    def _spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            self.overflow()


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    return {**output, "text": "".join(output["text"])} if "text" in output else output


def _size(data: Any) -> int:
    if isinstance(data, str):
        return len(data) + 2
    if isinstance(data, dict):
        return sum(_size(key) + _size(value) for key, value in data.items()) + _PER_OUTPUT
    if isinstance(data, (list, tuple)):
        return sum(map(_size, data)) + 2
    return 8
