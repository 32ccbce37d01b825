"""A warm process that forks one room per notebook: ``python -m course.sandbox.zygote``.

It knows no secrets, has no descriptors but its control socket, starts no threads, and stands
behind walls before it imports anything that notebooks need. `course.sandbox.warm` starts it.
"""

import json
import os
import resource
import select
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from course.sandbox import linux, pages, walls, wire
from course.sandbox.resident import Resident

MANY = 20
"""Rooms that were handed out, from which on more are so likely that large pages are worth 0.3 s.

They are not for who has stems: most rooms come from those, and it would no longer share its memory."""


def main() -> None:
    """Settle, import, and hand out a room for each request, until the other side closes."""
    order = json.loads(sys.argv[1])
    control = socket.socket(fileno=order["control"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked = False
    try:
        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))  # rooms have limits of their own
        # where memory runs out, it is taken from notebooks, and not from those who run them
        Path("/proc/self/oom_score_adj").write_text("1000")
        wall = walls.named(order["level"])
        wall.settle(order["user"])
        _fork_guarded(order["parent"], control)
        wall.arrive()
        resident, asked = Resident(wall), True
        resident.shell.preload(_await_order(control))
        zygote = Zygote(wall, resident, control, walls.ENDS[order["level"]])
    except BaseException as error:  # noqa: BLE001  whatever it was, the other side must know
        if not asked:
            _await_order(control)  # a socket that is closed with words unread loses ours
        _tell(control, {"failed": f"{type(error).__name__}: {error}"})
        os._exit(1)
    zygote.serve()


def _await_order(control: socket.socket) -> list[str]:
    """Wait until it is known what to import; ends the process when nobody wants to know any more."""
    packet, _ = wire.receive_descriptors(control, 0)
    if not packet:
        os._exit(0)
    names: list[str] = json.loads(packet)
    return names


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
    """Keeps one room ready ahead of time, and hands it out. So does a stem, which was forked from it.

    Args:
        wall: the kind of walls that rooms get.
        resident: what lives in them.
        control: the socket to the trusted process that started us; we end with it.
        end: the signal that ends a room.
    """

    def __init__(
        self, wall: walls.Wall, resident: Resident, control: socket.socket, end: signal.Signals
    ) -> None:
        self.wall, self.resident, self.control, self.end = wall, resident, control, end
        self.lines = {control.fileno(): control}
        self.events = select.poll()
        self.handed_out, self.has_stems = 0, False
        self.rooms: dict[int, int] = {}  # the process of each that is open, and whose line it is
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # rooms are never waited for here
        resident.settle()
        self.orders, self.process = self._fork()

    def serve(self) -> NoReturn:
        """Answer requests; ends the process when the side that it was started for closes."""
        self.events.register(self.control, select.POLLIN)
        _tell(self.control, {"ready": True})
        while True:
            descriptor, _ = self.events.poll()[0]  # the others may mean something else by then
            if descriptor in self.rooms:
                self._forget(descriptor)
            else:
                self._attend(self.lines[descriptor])

    def _attend(self, line: socket.socket) -> None:
        """Do what came on a line: one descriptor is another line; two want a room, three a stem."""
        try:
            packet, descriptors = wire.receive_descriptors(line, 3)
        except ConnectionError:
            packet, descriptors = b"", []
        if not packet:
            self._hang_up(line)
        elif len(descriptors) == 1:
            other = socket.socket(fileno=descriptors[0])
            self.lines[other.fileno()] = other
            self.events.register(other, select.POLLIN)
        elif len(descriptors) == 2:  # noqa: PLR2004  see above
            self._hand_out(line, packet, descriptors)
        else:
            self._grow(line, packet, descriptors)

    def _hang_up(self, line: socket.socket) -> None:
        """Forget a line, and end the rooms that it left open: nobody else would."""
        if line is self.control:
            os._exit(0)
        for process in [room for room, owner in self.rooms.items() if owner == line.fileno()]:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(process, self.end)
            self._forget(process)
        self.events.unregister(line)
        del self.lines[line.fileno()]
        line.close()

    def _hand_out(self, line: socket.socket, packet: bytes, descriptors: list[int]) -> None:
        with suppress(OSError):  # it died meanwhile, as the other side sees
            socket.send_fds(self.orders, [packet], descriptors)
        self.rooms[self.process] = line.fileno()
        self.events.register(self.process, select.POLLIN)
        with suppress(ConnectionError):  # its end comes as an event
            _tell(line, {"ready": True}, (self.process,))
        for descriptor in descriptors:
            os.close(descriptor)
        self.orders.close()
        self.handed_out += 1
        if self.handed_out == MANY and not self.has_stems:
            pages.enlarge()
        self.orders, self.process = self._fork()

    def _grow(self, line: socket.socket, packet: bytes, descriptors: list[int]) -> None:
        """Fork a process that runs a lesson's opening and hands out rooms from there."""
        child = self.wall.fork()
        if not child:
            self.orders.close()
            os.close(self.process)
            self._let_go()
            self._open(json.loads(packet), *descriptors)
        self.has_stems = True
        process = os.pidfd_open(child)
        self.rooms[process] = line.fileno()
        self.events.register(process, select.POLLIN)
        with suppress(ConnectionError):  # its end comes as an event
            _tell(line, {"ready": True}, (process,))
        for descriptor in descriptors:
            os.close(descriptor)

    def _open(self, order: dict[str, Any], control: int, channel: int, bag: int) -> NoReturn:
        """Live as a stem: tell on ``channel`` what the opening's cells gave, then hand out rooms."""
        try:
            with socket.socket(fileno=channel) as told:
                try:
                    runs = self.resident.open(order["cells"], order["most"], bag)
                except BaseException as error:  # noqa: BLE001  the other side must know
                    wire.send(told, {"failed": f"{type(error).__name__}: {error}"})
                    os._exit(1)
                wire.send(told, {"runs": runs})
            Zygote(self.wall, self.resident, socket.socket(fileno=control), self.end).serve()
        finally:
            os._exit(1)

    def _forget(self, process: int) -> None:
        self.events.unregister(process)
        del self.rooms[process]
        os.close(process)

    def _let_go(self) -> None:
        """Close in a new process what belongs to the one that it was forked from."""
        for line in self.lines.values():
            line.close()
        for process in self.rooms:
            os.close(process)

    def _fork(self) -> tuple[socket.socket, int]:
        """Fork a room that waits for its order; return where to send that, and its process."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        child = self.wall.fork()
        if not child:
            ours.close()
            self._let_go()
            self.resident.live(theirs)
        theirs.close()
        return ours, os.pidfd_open(child)


if __name__ == "__main__":
    main()
