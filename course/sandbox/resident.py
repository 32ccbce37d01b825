"""What lives in a room: it moves in, then runs cells and answers until the other side is gone."""

import gc
import json
import os
import resource
import signal
import socket
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from course.sandbox import linux, luggage, tracebacks, walls, wire


class Resident:
    """The interpreter with everything imported; made in the zygote, and copied by every fork.

    Args:
        wall: the kind of walls that rooms get.
    """

    def __init__(self, wall: walls.Wall) -> None:
        from course.sandbox.shell import Shell  # noqa: PLC0415  the walls stand only now

        self.wall = wall
        self.shell = Shell(self._overflow)

    def settle(self) -> None:
        """Look around and tidy up before the first fork, so that no fork has to."""
        tracebacks.look_around()
        gc.collect()
        gc.freeze()

    def live(self, orders: socket.socket) -> NoReturn:
        """Prepare a room, wait for its order, and serve it. For a process of its own.

        Args:
            orders: where one packet comes from, with two descriptors: the channel to the trusted
                side, and the luggage.
        """
        speak = orders
        try:
            disk = self._prepare()
            packet, descriptors = wire.receive_descriptors(orders, 2)
            if packet:
                speak = self.channel = socket.socket(fileno=descriptors[0])
                orders.close()
                self._move_in(disk, json.loads(packet), descriptors[1])
                self._converse()
        except EOFError:
            pass
        except BaseException as error:  # noqa: BLE001  nothing may return into the zygote's loop
            with suppress(BaseException):
                wire.send(speak, _complaint(error))
        finally:
            os._exit(1)

    def open(self, cells: list[str], most: int, bag: int) -> list[dict[str, Any]]:
        """Run a lesson's opening in a process that further rooms will be forked from.

        Raises:
            UnsharableError: they must not be; see `course.sandbox.opening`.
        """
        from course.sandbox import opening  # noqa: PLC0415  the walls stand only now

        disk = self._prepare()
        linux.die_with_parent(signal.SIGKILL)
        luggage.unpack(bag, f"{disk}/learner")
        os.close(bag)
        runs = opening.run(self.shell, cells, most, disk)
        self.shell.capture.close()  # no room may write there
        return runs

    def _prepare(self) -> str:
        os.setsid()  # a cell may signal its group, and that must not be the zygote's
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        disk = self.wall.enter()
        os.chdir(f"{disk}/learner")
        self.shell.start(disk)
        return disk

    def _move_in(self, disk: str, order: dict[str, Any], bag: int) -> None:
        limits = _limits(order, self.wall.processes(order["processes"]))
        self.wall.close(order["disk"] + os.fstat(bag).st_size)
        luggage.unpack(bag, f"{disk}/learner")
        os.close(bag)
        self.wall.lock()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a file that is too large is an OSError
        for kind, most in limits.items():
            linux.limit(kind, most)
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


def _complaint(error: BaseException) -> dict[str, Any]:
    if isinstance(error, luggage.UnfitFolderError):
        return {"unfit": f"{error.what}: {error.found}"}
    return {"failed": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}


def _limits(order: dict[str, Any], processes: int) -> dict[int, int]:
    with open("/proc/self/statm") as file:  # noqa: PTH123  not worth pathlib in the fast path
        present = int(file.read().split()[0]) * resource.getpagesize()
    return {
        resource.RLIMIT_AS: present + order["memory"],
        resource.RLIMIT_FSIZE: order["disk"],
        resource.RLIMIT_NOFILE: order["files"],
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
