"""The ladder of isolation: which kinds of walls there are, strongest first."""

from signal import SIGKILL, SIGTERM
from typing import Protocol

LADDER = ("full", "bubblewrap", "landlock", "none")

ENDS = {"full": SIGKILL, "bubblewrap": SIGTERM, "landlock": SIGTERM, "none": SIGTERM}
"""The signal that ends a room's first process, and with it all others."""


class Wall(Protocol):
    """What a kind of walls does. Every method may raise OSError."""

    def settle(self, user: int) -> None:
        """Prepare the zygote, as its first step; root becomes ``user``, a uid."""

    def arrive(self) -> None:
        """Go on in the child that the zygote forked after `settle`."""

    def fork(self) -> int:
        """Fork a room's first process; return as `os.fork` does, in the room 0."""

    def enter(self) -> str:
        """Begin to close the room around the calling process, before it is known for whom.

        Returns:
            The only folder that can be written to; ``learner`` in it is empty, and the home.
        """

    def close(self, disk: int) -> None:
        """Close the room, in which ``disk`` bytes may be written."""

    def processes(self, most: int) -> int:
        """Return the RLIMIT_NPROC that allows ``most`` processes and threads."""

    def lock(self) -> None:
        """Give up every right that is left, as the last step before the cells."""


def named(level: str) -> Wall:
    """Return walls of a level of `LADDER`."""
    from course.sandbox.bare import Bare  # noqa: PLC0415  the trusted side needs none of them
    from course.sandbox.bubble import Bubble  # noqa: PLC0415
    from course.sandbox.jail import Jail  # noqa: PLC0415
    from course.sandbox.landlock import Landlock  # noqa: PLC0415

    kinds: dict[str, type[Wall]] = {
        "full": Jail, "bubblewrap": Bubble, "landlock": Landlock, "none": Bare,
    }  # fmt: skip
    return kinds[level]()


def outside(level: str, command: list[str]) -> list[str]:
    """Return the command that starts a process at a level, where ``command`` alone would not do.

    Raises:
        OSError: what is needed for it is missing.
    """
    if level == "bubblewrap":
        from course.sandbox.bubble import wrapped  # noqa: PLC0415  the other levels don't need it

        return wrapped(command)
    return command
