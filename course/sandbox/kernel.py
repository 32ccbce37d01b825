"""Any Jupyter kernel as a session: the slow and general way, for every language.

The kernel is an ordinary process of this user: `isolation` is "none".
"""

import ast
import asyncio
import base64
import json
import tempfile
import time
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course.sandbox.session import CellRun, Place, Reply, Strike

_AGENT = (
    "from course.sandbox.agent import Agent as __course_agent__\n"
    "import json as __course_json__, base64 as __course_b64__\n"
    "def __course_ask__(text, agent=__course_agent__(globals())):\n"
    "    reply = agent.answer(__course_json__.loads(__course_b64__.b64decode(text)))\n"
    "    return __course_json__.dumps(reply)\n"
    "del __course_agent__"
)
_CALL = "__course_ask__({text!r})"
MAX_REPLY = 40_000_000


class KernelSession:
    """One kernel for one notebook."""

    isolation = "none"
    lost = False

    def __init__(self, place: Place) -> None:
        self.place = place
        self.left = place.limits.notebook_seconds
        self.done: list[str] = []
        self.count = 0
        self.client: NotebookClient | None = None

    def run(self, source: str) -> CellRun:
        """See `Session.run`."""
        if self.left <= 0:
            return CellRun(Strike.TIMEOUT, error="the notebook's time was used up")
        begin = time.monotonic()
        try:
            if self.client is None:
                self._start()
            result = self._run(source)
        finally:
            self.left -= time.monotonic() - begin
        if result.strike in (Strike.OK, Strike.ERROR):
            self.done.append(source)
        return result

    def _start(self) -> None:
        client = NotebookClient(
            nbformat.v4.new_notebook(), kernel_name=self.place.kernel, allow_errors=True,
            timeout=None, interrupt_on_timeout=False, startup_timeout=120,
            resources={"metadata": {"path": str(self.place.folder)}},
        )  # fmt: skip
        client.create_kernel_manager()
        self.sockets = tempfile.TemporaryDirectory(prefix="course-")
        # no port that others on this machine could reach
        client.km.transport, client.km.ip = "ipc", f"{self.sockets.name}/k"
        client.start_new_kernel(cwd=str(self.place.folder))
        client.start_new_kernel_client()
        self.client = client
        if self.place.kernel.startswith("python"):
            self._run(_AGENT, hidden=True)
        for source in list(self.done):  # after a crash: the cells that had ended
            self._run(source)

    def _run(self, source: str, *, hidden: bool = False) -> CellRun:
        assert self.client is not None  # noqa: S101  _start went before
        cell = nbformat.v4.new_code_cell(source)
        limits, begin = self.place.limits, time.monotonic()
        self.client.nb.cells = [cell]
        self.client.timeout = max(1, round(min(limits.cell_seconds, max(self.left, 1))))
        strike, said = Strike.OK, ""
        try:
            self.client.execute_cell(cell, 0, execution_count=None if hidden else self.count + 1)
        except CellTimeoutError:
            strike, said = Strike.TIMEOUT, f"stopped after {self.client.timeout} s"
            self._interrupt()
        except DeadKernelError:
            strike, said = Strike.CRASH, "the process died"
            self._drop()
        except CellExecutionError as error:
            strike, said = Strike.ERROR, f"{error.ename}: {error.evalue}"
        self.count += not hidden
        outputs, size = _bounded(
            [dict(output) for output in cell.outputs], limits.output_mb * 2**20
        )
        errors = [output for output in outputs if output["output_type"] == "error"]
        if strike is Strike.OK and errors:
            strike, said = Strike.ERROR, f"{errors[-1]['ename']}: {errors[-1]['evalue']}"[:500]
        if strike is Strike.OK and size:
            strike, said = Strike.OUTPUT, f"printed more than {limits.output_mb:g} MiB; cut off"
        return CellRun(strike, tuple(outputs), said, time.monotonic() - begin)

    def _interrupt(self) -> None:
        """Stop a cell that ran too long: ask first, then end the process."""
        assert self.client is not None  # noqa: S101  as above
        try:
            _wait(self.client.km.interrupt_kernel())
            _wait(self.client.kc.wait_for_ready(timeout=3))
        except RuntimeError:
            self._drop()

    def ask(self, request: dict[str, Any]) -> Reply:
        """See `Session.ask`."""
        try:
            if self.client is None:
                self._start()
            return self._ask(base64.b64encode(json.dumps(request).encode()).decode())
        except TimeoutError:
            self._interrupt()
            return Reply(
                Strike.TIMEOUT, error=f"stopped after {self.place.limits.call_seconds:g} s"
            )
        except (DeadKernelError, RuntimeError):
            self._drop()
            return Reply(Strike.CRASH, error="the process died")

    def _ask(self, text: str) -> Reply:
        assert self.client is not None  # noqa: S101  as above
        channel = self.client.kc
        message = channel.execute("", silent=True, user_expressions={"r": _CALL.format(text=text)})
        reply = _wait(self._reply(message))
        try:
            said = ast.literal_eval(reply["content"]["user_expressions"]["r"]["data"]["text/plain"])
            if len(said) > MAX_REPLY:
                return Reply(Strike.PROTOCOL, error="the answer was too large")
            return read_reply(json.loads(said))
        except (ValueError, KeyError, TypeError, SyntaxError, RecursionError, MemoryError):
            return Reply(
                Strike.PROTOCOL, error="the notebook's process sent something else than an answer"
            )

    async def _reply(self, message: str) -> Any:
        assert self.client is not None  # noqa: S101  as above
        end = time.monotonic() + self.place.limits.call_seconds
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                reply = await self.client.kc.get_shell_msg(timeout=min(left, 0.5))
            except Exception as error:  # queue.Empty, or a message that can't be read
                if not await self.client.km.is_alive():
                    raise DeadKernelError from error
                continue
            if reply["parent_header"].get("msg_id") == message:
                return reply

    def _drop(self) -> None:
        if self.client is not None:
            client, self.client = self.client, None
            client.kc.stop_channels()
            _wait(client.km.shutdown_kernel(now=True))
            self.sockets.cleanup()

    def close(self) -> None:
        """See `Session.close`."""
        self._drop()


def read_reply(data: Any) -> Reply:
    """Turn the agent's reply into ours; anything else than a reply is a PROTOCOL strike."""
    if isinstance(data, dict) and "ok" in data:
        return Reply(Strike.OK, data["ok"])
    if isinstance(data, dict) and isinstance(data.get("raised"), str):
        bases = data.get("bases")
        names = [str(name)[:200] for name in bases[:20]] if isinstance(bases, list) else []
        return Reply(Strike.ERROR, names, f"{data['raised'][:200]}: {str(data.get('text'))[:2000]}")
    if isinstance(data, dict) and isinstance(data.get("missing"), str):
        return Reply(
            Strike.ERROR, ["NameError"], f"NameError: name '{data['missing'][:200]}' is not defined"
        )
    return Reply(Strike.PROTOCOL, error="the notebook's process sent something else than an answer")


def _wait(result: Any) -> Any:
    """Finish what jupyter_client's asynchronous managers return."""
    if not asyncio.iscoroutine(result) and not isinstance(result, asyncio.Future):
        return result
    from jupyter_core.utils import run_sync  # noqa: PLC0415  with jupyter_client

    async def finish() -> Any:
        return await result

    return run_sync(finish)()


def _bounded(outputs: list[dict[str, Any]], most: float) -> tuple[list[dict[str, Any]], bool]:
    """Return the outputs that fit, the one that crosses the bound cut; and whether any was cut."""
    kept, size = [], 0
    for output in outputs:
        length = len(json.dumps(output))
        if size + length > most:
            if output["output_type"] == "stream":
                room = max(0, int(most - size))
                kept.append({**output, "text": str(output["text"])[:room] + "\n… cut off\n"})
            return kept, True
        kept.append(output)
        size += length
    return kept, False
