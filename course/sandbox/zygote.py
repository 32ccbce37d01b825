"""A warm process that forks one room per notebook: ``python -m course.sandbox.zygote``.

It knows no secrets, has no descriptors but its control socket, starts no threads, and stands
behind walls before it imports anything that notebooks need. `course.sandbox.forked` starts it.
"""

import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from course.sandbox import linux, luggage, walls, wire

DEFAULT_PRELOAD = ("numpy", "pandas", "matplotlib.pyplot", "ipywidgets")


def main() -> None:
    """Settle, import, and fork a room for each request, until the other side closes."""
    order = json.loads(sys.argv[1])
    control = socket.socket(fileno=order["control"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        wall = walls.named(order["level"])
        wall.settle(order["user"])
        _fork_guarded(order["parent"], control)
        wall.arrive()
        zygote = Zygote(wall, order["preload"])
    except BaseException as error:  # noqa: BLE001  whatever it was, the other side must know
        _tell(
            control, {"failed": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}
        )
        os._exit(1)
    _tell(control, {"ready": True})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # rooms are never waited for here
    while True:
        packet, descriptors = wire.receive_descriptors(control, 2)
        if not packet:
            os._exit(0)
        zygote.open(json.loads(packet), descriptors, control)


def _tell(
    control: socket.socket, message: dict[str, Any], descriptors: tuple[int, ...] = ()
) -> None:
    socket.send_fds(control, [json.dumps(message).encode()], list(descriptors))


def _fork_guarded(parent: int, control: socket.socket) -> None:
    """Go on in a child, and end it when ``parent``, a process descriptor, ends.

    PR_SET_PDEATHSIG alone would not do: it fires when the *thread* that started us ends.
    """
    child = os.fork()
    if not child:
        linux.die_with_parent(signal.SIGKILL)
        os.close(parent)
        return
    control.close()
    ends = select.poll()
    for descriptor in (parent, os.pidfd_open(child)):
        ends.register(descriptor, select.POLLIN)
    ends.poll()
    os._exit(0)


class Zygote:
    """What is warm: the interpreter with everything imported.

    Args:
        wall: the kind of walls that rooms get.
        preload: names of modules to import now; one that can't be imported doesn't matter.
    """

    def __init__(self, wall: walls.Wall, preload: list[str]) -> None:
        self.wall = wall
        from course.sandbox.shell import Shell  # noqa: PLC0415  the walls stand only now

        self.shell = Shell(self._overflow)
        for name in preload or DEFAULT_PRELOAD:
            with suppress(BaseException):
                importlib.import_module(name)
        self.shell.warm_up(set(sys.modules))
        gc.collect()
        gc.freeze()

    def open(self, order: dict[str, Any], descriptors: list[int], control: socket.socket) -> None:
        """Fork a room; send back a descriptor of its process."""
        channel, bag = descriptors
        try:
            child = self.wall.fork()
        except OSError as error:
            _tell(control, {"failed": str(error)})
        else:
            if not child:
                control.close()
                self._live(order, socket.socket(fileno=channel), bag)
            handle = os.pidfd_open(child)
            _tell(control, {"ready": True}, (handle,))
            os.close(handle)
        os.close(channel)
        os.close(bag)

    def _live(self, order: dict[str, Any], channel: socket.socket, bag: int) -> NoReturn:
        try:
            self.channel = channel
            self._move_in(order, bag)
            self._converse()
        except EOFError:
            pass
        except BaseException as error:  # noqa: BLE001  nothing may return into the zygote's loop
            with suppress(BaseException):
                text = f"{type(error).__name__}: {error}"
                wire.send(channel, {"failed": text, "trace": traceback.format_exc()})
        finally:
            os._exit(1)

    def _move_in(self, order: dict[str, Any], bag: int) -> None:
        os.setsid()  # a cell may signal its group, and that must not be ours
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        size = os.fstat(bag).st_size
        disk = self.wall.enter(order["disk"] + size)
        os.chdir(f"{disk}/learner")
        luggage.unpack(bag, ".")
        os.close(bag)
        self.shell.start(disk)
        _limit(order, self.wall.processes(order["processes"]))
        self.wall.lock()
        wire.send(self.channel, {"ready": True})

    def _converse(self) -> None:
        process = os.getpid()
        while True:
            message = wire.receive(self.channel)
            self.number = message["number"]
            if message["op"] == "run":
                answer = self.shell.run(message["source"], message["count"], message["most"])
            else:
                answer = {"reply": self.shell.ask(message["request"])}
            if os.getpid() != process:  # the cell forked, and this is the copy
                os._exit(0)
            self._answer(answer)

    def _answer(self, answer: dict[str, Any]) -> None:
        body = wire.pack({"number": self.number, **answer})
        if len(body) > wire.MAX_MESSAGE:
            text = "the value is too large to be sent"
            refused = {"raised": "UnencodableError", "bases": ["TypeError"], "text": text}
            body = wire.pack({"number": self.number, "reply": refused})
        self.channel.settimeout(None)
        self.channel.sendall(body)

    def _overflow(self, answer: dict[str, Any]) -> NoReturn:
        try:
            self._answer(answer)
        finally:
            os._exit(1)


def _limit(order: dict[str, Any], processes: int) -> None:
    with open("/proc/self/statm") as file:  # noqa: PTH123  not worth pathlib in the fast path
        present = int(file.read().split()[0]) * resource.getpagesize()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large is an OSError
    for kind, most in (
        (resource.RLIMIT_AS, present + order["memory"]),
        (resource.RLIMIT_FSIZE, order["disk"]),
        (resource.RLIMIT_NOFILE, order["files"]),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        linux.limit(kind, most)


if __name__ == "__main__":
    main()
