"""What every way of running a notebook offers: cells in, outputs and plain values out."""

import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from course.errors import Unavailable

WITHOUT_WALLS = (
    "see what this machine offers: course doctor; if you trust every learner, "
    "grade without walls: course autograde --no-sandbox"
)


class Strike(StrEnum):
    """Why a cell did not end well."""

    OK = "ok"
    ERROR = "error"  # the learner's code raised
    TIMEOUT = "timeout"  # Limits.cell_seconds, call_seconds or notebook_seconds
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"  # the process died
    PROTOCOL = "protocol"  # the process sent bytes that don't decode


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use. Times in seconds, sizes in MiB."""

    cell_seconds: float = 30.0
    notebook_seconds: float = 300.0
    call_seconds: float = 10.0
    memory_mb: int = 2048
    output_mb: float = 2.0
    disk_mb: int = 128
    processes: int = 64
    open_files: int = 256


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one cell did.

    Attributes:
        strike: how it ended.
        outputs: nbformat v4 output dictionaries, in order, bounded by ``Limits.output_mb``.
        error: one line such as ``NameError: name 'x' is not defined``; empty when OK.
        seconds: wall time.
    """

    strike: Strike
    outputs: tuple[dict[str, Any], ...] = ()
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back for one request into the learner's process.

    Attributes:
        strike: OK, or ERROR when the learner's code raised, or a limit's name.
        value: JSON-like data as encoded by `course.sandbox.values`, still encoded.
        error: ``TypeName: message`` when the learner's code raised.
    """

    strike: Strike
    value: Any = None
    error: str = ""


class Session(Protocol):
    """One notebook's fresh place to run in. Not thread-safe."""

    isolation: str
    """Which walls stand: "full", "landlock" or "none"."""

    lost: bool
    """Whether its place was taken away by other than the notebook: what it answered from then on
    says nothing, and the notebook is to be run again in a new session."""

    def run(self, source: str) -> CellRun:
        """Run one code cell in order, as Jupyter would. Never raises for what the cell does.

        After a CRASH the next call starts a new process and replays the cells that had ended
        with OK or ERROR, without those that struck.
        """
        ...

    def ask(self, request: dict[str, Any]) -> Reply:
        """Send one JSON-like request to the agent (`course.sandbox.agent`) and return its reply."""
        ...

    def close(self) -> None:
        """End the process and everything it started."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """What all notebooks of a lesson begin with, so that it may be run once for all of them.

    Attributes:
        cells: the sources of the first cells to run, none blank.
        folder: the lesson's own files; its notebooks are left out.
        version: differs when a file in the folder does.
    """

    cells: tuple[str, ...]
    folder: Path
    version: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how to run: the folder that becomes the working directory, and the kernel's name.

    ``preload`` names modules that a warm process may import beforehand. ``opening`` promises that
    the first calls of `Session.run` are its cells, and that the folder adds nothing that they use.
    """

    folder: Path
    kernel: str = "python3"
    limits: Limits = field(default_factory=Limits)
    preload: Sequence[str] = ()
    opening: Opening | None = None


@dataclass(frozen=True, slots=True)
class Warmth:
    """A line to a warm process, to be used in another process of ours.

    Attributes:
        level: how strong the walls of its rooms are.
        preload: what it has imported.
        line: the socket to it.
    """

    level: str
    preload: tuple[str, ...]
    line: socket.socket


def kindle(*, walls: bool = True) -> None:
    """Begin to start what `warm_up` will need, without waiting; it does nothing where it can't."""
    if sys.platform == "linux":
        from course.sandbox import forked  # noqa: PLC0415  Linux only

        forked.kindle(walls=walls)


def warm_up(kernel: str, preload: Sequence[str], *, walls: bool = True) -> Warmth | None:
    """Start what all processes of ours can share; None where there is no such thing."""
    if not kernel.startswith("python") or sys.platform != "linux":
        return None
    from course.sandbox import forked  # noqa: PLC0415  Linux only

    return forked.warm_up(tuple(preload), walls=walls)


def use(warmth: Warmth) -> None:
    """Open this process's sessions from what another one warmed up, while that lives."""
    from course.sandbox import forked  # noqa: PLC0415  Linux only

    forked.use(warmth)


def open_session(place: Place, *, walls: bool = True) -> Session:
    """Start a fresh session for one notebook.

    Args:
        place: the folder, the kernel and the limits.
        walls: False runs the notebook as an ordinary process of this user.

    Raises:
        Unavailable: walls are wanted and can't be had; the reasons are in it.
        UnfitFolderError: the folder has more files than a room can hold.
    """
    python = place.kernel.startswith("python")
    if walls and not python:
        raise Unavailable(
            f"the kernel '{place.kernel}' can't be run behind walls", hint=WITHOUT_WALLS
        )
    if python and sys.platform == "linux":
        from course.sandbox.forked import bare_session, best_session  # noqa: PLC0415  Linux only

        return best_session(place) if walls else bare_session(place)
    if walls:
        raise Unavailable("no sandbox can be built here", expected="Linux", hint=WITHOUT_WALLS)
    from course.sandbox.kernel import KernelSession  # noqa: PLC0415  starts zmq only when used

    return KernelSession(place)
