"""The course service in a process of its own, on loopback, that can be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from course.exchange.access import Access, key_of
from course.exchange.remote import Remote
from course.office import joining
from course.office.office import Office
from course.signing import Key


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A service: its folder, the ids of its courses, and its database's address where it is not SQLite."""

    folder: Path
    courses: tuple[str, ...] = ("pandas",)
    db: str = ""
    words: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Running":
        courses = [word for name in self.courses for word in ("--for", name)]
        more = ["--db", self.db] if self.db else []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course", "serve", "--port", str(self.port), "--folder", str(self.folder),
             *courses, *more, *self.words],
            env=os.environ | self.environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                httpx.get(f"{self.url}/health", timeout=1)
            except httpx.HTTPError:
                assert self.process.poll() is None, "the service ended"
                time.sleep(0.05)
            else:
                return self
        raise TimeoutError(self.url)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def office(self) -> Office:
        return Office(self.folder, self.db)


def member(
    office: Office, course: str, name: str, url: str = "", role: str = "learner"
) -> tuple[Remote, Key]:
    """Let somebody in; returns how the service is asked as this one, and the key that seals."""
    secret = joining.invite(office, course, "test", role=role, uses=1)
    key = Key.new()
    joined = joining.join(office, secret, name, key.public)
    return Remote(url, course, joined.token), key


def home(office: Office, course: str, name: str, url: str, folder: Path) -> Access:
    """Let somebody in with a folder, as `course join` does."""
    secret = joining.invite(office, course, "test", uses=1)
    joined = joining.join(office, secret, name, key_of(folder).public)
    access = Access(folder, url, course, joined.name, joined.token, joined.office)
    access.keep()
    return access
