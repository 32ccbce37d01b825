"""The trusted end of a stem: a warm process that has run a lesson's opening, and forks rooms."""

import json
import os
import select
import signal
import socket
import time
from contextlib import suppress

from course.errors import Unavailable
from course.sandbox import luggage, walls, wire
from course.sandbox.reply import read_run
from course.sandbox.room import Room
from course.sandbox.session import CellRun, Limits, Opening, Place
from course.sandbox.warm import START_SECONDS, WarmProcess, ask_for_room, hear


class Stem:
    """Hands out rooms in which the cells of an opening have been run. One thread at a time.

    Args:
        warm: the process to fork it from. It ends with that.
        opening: what to run in it.
        limits: those of one notebook; the cells together may take as long as one notebook.

    Attributes:
        runs: what the cells did.
        sessions: how many use it now.

    Raises:
        Unavailable: rooms can't be forked from there; every notebook has to run the cells itself.
    """

    def __init__(self, warm: WarmProcess, opening: Opening, limits: Limits) -> None:
        self.level, self.sessions = warm.level, 0
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        told, tells = socket.socketpair()
        most = int(limits.output_mb * 2**20)
        order = json.dumps({"cells": opening.cells, "most": most}).encode()
        self.process = -1
        try:
            with told:
                with theirs, tells:
                    bag, _ = luggage.pack(opening.folder, without=".ipynb")
                    try:
                        self.process = warm.fork(order, [theirs.fileno(), tells.fileno(), bag])
                    finally:
                        os.close(bag)
                deadline = time.monotonic() + min(limits.notebook_seconds, START_SECONDS)
                self.runs = _runs(wire.receive(told, deadline), limits)
            hear(self.control, 0)
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise Unavailable("the opening can't be shared", found=str(error)) from error

    def room(self, place: Place) -> Room:
        """Open a room with a copy of the place's folder in it, after the opening.

        Raises:
            Unavailable: the stem is gone, or the folder can't be read.
        """
        try:
            bag, _ = luggage.pack(place.folder)
            try:
                return ask_for_room(self.control, place.limits, bag, self.level)
            finally:
                os.close(bag)
        except (OSError, EOFError, ValueError) as error:
            raise Unavailable("no room could be opened", found=str(error)) from error

    def close(self) -> None:
        """End it, and with it every room that is still open."""
        self.control.close()
        if self.process >= 0:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.process, walls.ENDS[self.level])
            gone = select.poll()
            gone.register(self.process, select.POLLIN)
            gone.poll()
            os.close(self.process)
            self.process = -1


def _runs(answer: dict[str, object], limits: Limits) -> tuple[CellRun, ...]:
    runs = answer.get("runs")
    if not isinstance(runs, list):
        raise OSError(answer.get("failed"))
    return tuple(read_run(run, limits.output_mb * 2**20 + 4096) for run in runs)
