"""A real course service on loopback, with an instructor and learners, for tests."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from course.office import joining
from course.office.enrolment import Enrolment
from course.office.office import Office
from course.office.teaching import Teaching
from course.service.app import application


@dataclass(frozen=True)
class Class:
    """An office with a course "pandas" in it.

    Attributes:
        tokens: by the name of who has it: "ivan" teaches, "ana" and "ben" learn.
    """

    office: Office
    tokens: dict[str, str]

    def own(self, name: str) -> Enrolment:
        """Return somebody's place in the course."""
        return Enrolment.of(self.office, self.tokens[name], "pandas")

    def teaching(self) -> Teaching:
        """Return the instructor."""
        return Teaching.of(self.office, self.tokens["ivan"], "pandas", "instructor")


@contextlib.contextmanager
def classroom(folder: Path, db: str = "") -> Iterator[Class]:
    """Make an office with a class."""
    with Office(folder, db) as office:
        office.open_course("pandas")
        tokens = {}
        for name, role, group in (
            ("Ivan", "instructor", ""), ("Ana", "learner", "spring"), ("Ben", "learner", ""),
        ):  # fmt: skip
            secret = joining.invite(office, "pandas", "test", role=role, group=group)
            tokens[name.lower()] = joining.join(office, secret, name).token
        yield Class(office, tokens)


@contextlib.contextmanager
def served(office: Office) -> Iterator[str]:
    """Serve an office; yields its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application(office), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
