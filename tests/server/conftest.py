"""What these tests share: one real server, and real HTTP to it, for a course where answers wait."""

import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import waiting
from servers import TOKEN, Server, serving

from course.cli.make import lab_command
from course.term import Course

OWNER = "Maria"


@dataclass(frozen=True)
class Here:
    """A course and the server that serves its desk."""

    course: Course
    server: Server

    def client(self, name: str = "") -> httpx.Client:
        """Return a browser of somebody who logged in."""
        headers = {"X-Name": name} if name else {}
        client = httpx.Client(base_url=self.server.url, headers=headers, timeout=30)
        client.get(f"/course/?token={TOKEN}")
        found = re.search(r'data-xsrf="([^"]+)"', client.get("/course/").text)  # now by cookie
        assert found
        client.headers["X-XSRFToken"] = found[1]
        return client


@pytest.fixture(scope="session")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    base = tmp_path_factory.mktemp("desk")
    course = waiting.course(base / "course")
    root = course.layout.root
    command = [*lab_command(root, None), f"--DeskApp.grader={OWNER}"]
    command.append("--ServerApp.identity_provider_class=named_people.NamedPeople")
    command.append("--ServerApp.authorizer_class=course.server.authority.InstructorsOnly")
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1] / "data")
    try:
        with serving(command, root, base) as server:
            yield Here(course, server)
    finally:
        del os.environ["PYTHONPATH"]


@pytest.fixture
def client(here: Here) -> Iterator[httpx.Client]:
    """Whoever runs the server."""
    opened = here.client()
    yield opened
    opened.close()


@pytest.fixture
def staffed(here: Here) -> Iterator[Callable[[str], httpx.Client]]:
    """A course that declares who is who; gives a browser to each by name."""
    file = here.course.layout.root / "course.toml"
    before = file.read_text()
    people = {"Ada": "instructor", "Gil": "grader", "Olga": "observer"}
    declared = "".join(
        f'\n[[staff]]\nname = "{name}"\nrole = "{role}"\n' for name, role in people.items()
    )
    file.write_text(before + declared)
    opened: dict[str, httpx.Client] = {}

    def enter(name: str) -> httpx.Client:
        opened[name] = opened.get(name) or here.client(name)
        return opened[name]

    yield enter
    for each in opened.values():
        each.close()
    file.write_text(before)


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], Any]], Any]:
    """Wait for something that another process does; returns what came."""

    def wait(come: Callable[[], Any]) -> Any:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if found := come():
                return found
            time.sleep(0.1)
        return pytest.fail("it did not come in 60 s", pytrace=False)

    return wait
