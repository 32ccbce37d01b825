"""A notebook's interpreter, in the learner's process: IPython as ipykernel sets it up.

There is no kernel: no sockets, no threads, no messages. ipykernel's own shell class runs the
cells, so that tracebacks, displays and magics are those of Jupyter.
"""

import asyncio
import builtins
import getpass
import importlib
import os
import random
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace
from typing import Any, NoReturn

import comm
from comm.base_comm import BaseComm
from ipykernel.compiler import XCachingCompiler
from ipykernel.zmqshell import ZMQInteractiveShell as KernelShell
from IPython.core.error import StdinNotImplementedError
from traitlets.config import Config

from course.sandbox import tracebacks
from course.sandbox.agent import Agent
from course.sandbox.outputs import Outputs
from course.sandbox.streams import Capture, Stream

_PARENT = {"header": {"msg_id": "cell", "msg_type": "execute_request"}}

# a module, and cells that make it load what it loads late
WARM_UP = {
    "IPython": ("1 / 0",),
    "pandas": (
        "import io, pandas\npandas.read_csv(io.StringIO('a,b\\n1,x\\n2.5,y'))",
        "pandas.DataFrame({'a': [1, 2, 1]}).groupby('a').sum().describe()",
        "pandas.DataFrame({'a': [1]})['b']",  # a traceback reads pandas's own files
        "pandas.DataFrame({'a': [1]}).loc['b', 'a']",
    ),
    "matplotlib.pyplot": (
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('x')\nplt.show()",
    ),
    "ipywidgets": ("import ipywidgets\nipywidgets.IntSlider()",),
}


class ZMQInteractiveShell(KernelShell):  # type: ignore[misc]  # untyped base
    """ipykernel's shell without a kernel. Libraries know a notebook by the name of this class."""

    __module__ = KernelShell.__module__  # and by that of its module
    told: tuple[Any, Any] = None, None  # the error that was shown last, and how

    def enable_gui(self, gui: object = None) -> None:
        """Do nothing: no window opens here."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: Any) -> None:
        self.told = evalue, stb
        super()._showtraceback(etype, evalue, stb)

    def _format_exception_for_storage(self, exception: Any, *rest: Any, **named: Any) -> Any:
        """Put the traceback into the history: the one that was shown, which took long to make."""
        evalue, stb = self.told
        if evalue is not exception:
            return super()._format_exception_for_storage(exception, *rest, **named)
        return {"ename": type(evalue).__name__, "evalue": str(evalue), "traceback": stb}


class Shell:
    """Runs cells, and answers requests about their values.

    Built once in the zygote; `start` makes it ready in the process of one notebook.

    Args:
        overflow: called with the result of a cell that had too much output; must not return.
    """

    def __init__(self, overflow: Callable[[dict[str, Any]], NoReturn]) -> None:
        self.overflow = overflow
        self.fixed: dict[str, Any] = {}  # states of generators that the lesson's opening used
        self.outputs = Outputs(self._overflowed)
        self.streams = {name: Stream(name) for name in ("stdout", "stderr")}
        config = Config({"HistoryManager": {"enabled": False}, "IPKernelApp": {}})
        self.shell = ZMQInteractiveShell.instance(
            config=config, compiler_class=XCachingCompiler,
            kernel=SimpleNamespace(
                shell=None, eventloop=None, session=self.outputs, get_parent=lambda *_: _PARENT
            ),
        )  # fmt: skip
        for part in (self.shell.displayhook, self.shell.display_pub):
            part.session, part.pub_socket = self.outputs, None
        self.shell.displayhook.topic = b"execute_result"
        self.shell.set_parent(_PARENT)
        self.shell.kernel.shell = self.shell
        self.shell.extension_manager.load_extension("storemagic")  # as ipykernel's application does
        self.agent = Agent(self.shell.user_ns)
        self._replace_builtins()
        tracebacks.keep()

    def _replace_builtins(self) -> None:
        outputs = self.outputs

        class Comm(BaseComm):  # type: ignore[misc]  # untyped base
            """A widget's line to a front end that isn't there."""

            def publish_msg(self, msg_type: str, data: Any = None, *_: Any, **keys: Any) -> None:
                outputs.send(None, msg_type, {"data": data, "comm_id": self.comm_id, **keys})

        comm.create_comm = Comm
        builtins.input = _refuse("raw_input")
        getpass.getpass = _refuse("getpass")
        sys.argv = ["ipykernel_launcher.py", "-f", "kernel.json"]
        if "" not in sys.path:
            sys.path.insert(0, "")

    def preload(self, modules: list[str]) -> None:
        """Import modules as a cell does, and run cells that make them load everything; leave no trace.

        Args:
            modules: names; one that can't be imported doesn't matter.
        """
        with self.shell.builtin_trap:  # pandas asks when it is imported whether a notebook is there
            for name in modules:
                with suppress(BaseException):
                    importlib.import_module(name)
        for source in (
            each for name, cells in WARM_UP.items() if name in sys.modules for each in cells
        ):
            self.outputs.begin(1 << 30)
            self.shell.run_cell(source, store_history=False)
        self.shell.reset(new_session=True)
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.draw_if_interactive.called = False  # else %run would show an empty figure

    def start(self, folder: str) -> None:
        """Make ready in a fresh process: streams, a loop, new randomness.

        Args:
            folder: where captured output may be kept for a moment.
        """
        self.capture = Capture(self.outputs.write, folder)
        for stream in self.streams.values():
            stream.capture = self.capture
        sys.stdout, sys.stderr = self.streams["stdout"], self.streams["stderr"]
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        if "random" in self.fixed:  # a fork seeds this one by itself
            random.setstate(self.fixed["random"])
        if numpy := sys.modules.get("numpy"):
            if "numpy" in self.fixed:
                numpy.random.set_state(self.fixed["numpy"])
            else:
                numpy.random.seed()  # else every notebook would draw the same numbers

    def run(self, source: str, count: int, most: int) -> dict[str, Any]:
        """Run one cell.

        Args:
            source: the cell.
            count: its execution count.
            most: how many characters of output it may have.

        Returns:
            ``{"strike": ..., "outputs": [...], "error": "Type: message"}``.
        """
        self.outputs.begin(most)
        self.shell.execution_count = count
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            strike, error = self._run(source)
        except KeyboardInterrupt as interrupt:
            strike, error = "error", _line(interrupt)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.shell.payload_manager.clear_payload()
        for stream in (sys.__stdout__, sys.__stderr__):
            with suppress(ValueError, OSError, AttributeError):  # a cell may close or replace them
                stream.flush()  # type: ignore[union-attr]
        self.capture.drain()
        return {"strike": strike, "outputs": self.outputs.collected(), "error": error}

    def _run(self, source: str) -> tuple[str, str]:
        task = self.loop.create_task(self._execute(source))
        try:
            result = self.loop.run_until_complete(task)
        except KeyboardInterrupt:  # it came while the cell was waiting for something
            task.cancel()
            result = self.loop.run_until_complete(task)
        error = result.error_before_exec or result.error_in_exec
        if error is None:
            return "ok", ""
        return "memory" if isinstance(error, MemoryError) else "error", _line(error)

    async def _execute(self, source: str) -> Any:
        """Run a cell as ipykernel does: in a running loop, and as a coroutine only if it awaits."""
        shell, problem = self.shell, None
        try:
            transformed = shell.transform_cell(source)
        except Exception:  # noqa: BLE001  the shell shows it when it runs the cell
            transformed, problem = source, sys.exc_info()
        known = {"transformed_cell": transformed, "preprocessing_exc_tuple": problem}
        if not shell.should_run_async(source, **known):
            result = shell.run_cell(source, store_history=True)
        else:
            result = None
            try:
                result = await shell.run_cell_async(source, store_history=True, **known)
            finally:
                shell.events.trigger("post_execute")
                shell.events.trigger("post_run_cell", result)
        await asyncio.sleep(0)  # tasks that the cell started begin now, as between two messages
        return result

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a request for a value, see `course.sandbox.agent`."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self.agent.answer(request)
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _overflowed(self) -> NoReturn:
        if os.getpid() != self.capture.process:
            os._exit(1)
        outputs = self.outputs.collected()
        self.overflow({"strike": "output", "outputs": outputs, "error": "too much output"})


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise StdinNotImplementedError(
            f"{name} was called, but this frontend does not support input requests."
        )

    return refuse


def _line(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001  a learner's __str__ may do anything
        return type(error).__name__
