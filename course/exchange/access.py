"""How a folder reaches its course's service: the address, who asks, and the key that seals.

A learner's folder says so in `learner.toml`, a course's in `.course/service.toml`; secrets are readable
by their owner alone.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from course import layout
from course.errors import Invalid, NotFound
from course.exchange.config import MIRROR
from course.exchange.remote import SECONDS, Remote
from course.layout import LEARNER_FILE
from course.signing import Key

STAFF_FILE = Path(".course") / "service.toml"
_TOKEN = Path(".course") / "token"
_KEY = Path(".course") / "learner.key"


@dataclass(frozen=True, slots=True)
class Access:
    """What a folder knows of its service.

    Attributes:
        folder: the learner's or the course's.
        office: the public half of the key that signs receipts; empty when it is not known.
    """

    folder: Path
    url: str
    course: str
    who: str
    token: str
    office: str = ""

    @classmethod
    def of(cls, folder: Path) -> "Access":
        """Read what a folder knows; raises NotFound where it was joined to no service."""
        if (folder / LEARNER_FILE).is_file():
            data = _read(folder / LEARNER_FILE)
            secret = _text(folder / _TOKEN)
        elif (folder / STAFF_FILE).is_file():
            data = _read(folder / STAFF_FILE)
            secret = data.get("token", "")
        else:
            data, secret = {}, ""
        if "service" not in data:
            raise NotFound(
                "this folder is joined to no course service", where=str(folder),
                hint="run course serve here, or join by a link that makes you the instructor: course join LINK",
            )  # fmt: skip
        try:
            return cls(
                folder,
                data["service"],
                data["course"],
                data["learner"],
                secret,
                data.get("office", ""),
            )
        except KeyError as error:
            raise Invalid(
                "this file can't be understood",
                where=str(folder),
                found=f"no line {error}",
                hint="join again",
            ) from error

    @classmethod
    def nearest(cls, folder: Path) -> "Access":
        """Read what the nearest joined folder at or above ``folder`` knows; raises as `of`."""
        here = folder.resolve()
        joined = [place for place in (here, *here.parents)
                  if (place / LEARNER_FILE).is_file() or (place / STAFF_FILE).is_file()]  # fmt: skip
        return cls.of(joined[0] if joined else here)

    def remote(self, seconds: float = SECONDS) -> Remote:
        """Return the service, which has some seconds for each answer; use it in ``with``."""
        return Remote.within(seconds, self.url, self.course, self.token)

    @property
    def mirror(self) -> Path:
        """The folder in which this machine keeps what it knows of the course, laid out as nbgrader's exchange."""
        return self.folder / MIRROR

    @property
    def teaches(self) -> bool:
        """Whether the folder is the course's, not a learner's."""
        return not (self.folder / LEARNER_FILE).is_file()

    def keep(self) -> None:
        """Write it into a learner's folder."""
        layout.write(self.folder / _TOKEN, self.token + "\n", mode=0o600)
        layout.write(
            self.folder / LEARNER_FILE, f'exchange = "{MIRROR.as_posix()}"\n' + self._lines()
        )

    def keep_for_staff(self) -> None:
        """Write it into a course's folder."""
        layout.write(
            self.folder / STAFF_FILE, self._lines() + f'token = "{self.token}"\n', mode=0o600
        )

    def _lines(self) -> str:
        about = {
            "course": self.course,
            "learner": self.who,
            "service": self.url,
            "office": self.office,
        }
        return "".join(f'{name} = "{value}"\n' for name, value in about.items())


def key_of(folder: Path) -> Key:
    """Return the key by which a learner's folder seals; made when there is none."""
    return Key.at(folder / _KEY)


def _read(path: Path) -> dict[str, str]:
    try:
        return {key: str(value) for key, value in tomllib.loads(path.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "this is not TOML", where=str(path), found=str(error), hint="join again"
        ) from error


def _text(path: Path) -> str:
    return path.read_text("utf-8").strip() if path.is_file() else ""
