"""Find out which walls can be built on this machine, by building each of them once."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from course.errors import Unavailable
from course.sandbox.forked import Zygote
from course.sandbox.session import Place, Strike
from course.sandbox.walls import LADDER


@dataclass(frozen=True, slots=True)
class Level:
    """One level of isolation.

    Attributes:
        name: one of `walls.LADDER`.
        works: whether a cell ran behind these walls, and they held.
        reason: why it doesn't work; empty when it does.
    """

    name: str
    works: bool
    reason: str = ""


def probe() -> list[Level]:
    """Try every level, strongest first. Takes about a second for each."""
    return [_try(name) for name in LADDER]


def _try(name: str) -> Level:
    with (
        tempfile.TemporaryDirectory(prefix="course-probe-") as made,
        Zygote(name, ("json",)) as warm,
    ):
        secret, folder = Path(made, "secret"), Path(made, "folder")
        secret.write_text("secret")
        folder.mkdir()
        Path(made).chmod(0o755)  # the walls must hold it back, not its permissions
        try:
            session = warm.open(Place(folder))
        except Unavailable as error:
            return Level(name, works=False, reason=error.found)
        ran, read = session.run("1 + 1"), session.run(f"open({str(secret)!r}).read()")
        session.close()
    if ran.strike is not Strike.OK:
        return Level(name, works=False, reason=ran.error)
    if name != "none" and read.strike is not Strike.ERROR:
        return Level(name, works=False, reason="a file outside the room could be read")
    return Level(name, works=True)
