"""A real JupyterHub, started and ended by a test; see `hub_config.py`."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from service import free_port

CONFIG = Path(__file__).with_name("hub_config.py")


@dataclass
class Hub:
    """The hub's folder, its API and the service beside it."""

    folder: Path
    port: int
    service_port: int
    proxy_port: int
    token: str

    @property
    def service(self) -> str:
        return f"http://127.0.0.1:{self.service_port}/services/course"

    @property
    def public(self) -> str:
        """The address that people know, behind which are hub, servers and service."""
        return f"http://127.0.0.1:{self.proxy_port}"

    def api(self, method: str, path: str, **more: Any) -> Any:
        own = {"Authorization": f"token {self.token}"}
        answer = httpx.request(
            method, f"http://127.0.0.1:{self.port}/hub/api{path}", headers=own, timeout=60, **more
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def home(self, name: str) -> Path:
        return self.folder / "homes" / name

    def token_of(self, name: str, *scopes: str) -> str:
        """Return a token as the person's own server has it, or with other scopes."""
        self.api("POST", f"/users/{name}") if name not in {
            each["name"] for each in self.api("GET", "/users")
        } else None
        wanted = list(scopes) or ["access:services!service=course"]
        return str(self.api("POST", f"/users/{name}/tokens", json={"scopes": wanted})["token"])


@contextmanager
def running(folder: Path) -> Iterator[Hub]:
    """Run a hub with the service beside it while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    hub = Hub(folder, free_port(), free_port(), free_port(), secrets.token_hex(16))
    own = {
        "COURSE_HUB_FOLDER": str(folder), "COURSE_HUB_PORT": str(hub.port), "COURSE_SERVICE_PORT": str(hub.service_port),
        "COURSE_PROXY_PORT": str(hub.proxy_port), "COURSE_PROXY_API_PORT": str(free_port()), "COURSE_HUB_TOKEN": hub.token,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }  # fmt: skip
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub", "-f", str(CONFIG)], cwd=folder, env=os.environ | own, stdout=log,
            stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    try:
        for place in (hub.service, f"{hub.public}/services/course"):  # the proxy learns of it last
            wait(partial(_is_there, f"{place}/health"), process, folder)
        yield hub
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _is_there(address: str) -> bool:
    return httpx.get(address, timeout=2).is_success


def wait(
    asked: Callable[[], bool], process: subprocess.Popen[bytes], folder: Path, seconds: float = 90
) -> None:
    """Wait until something answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if asked():
                return
        except httpx.HTTPError:
            pass
        assert process.poll() is None, (folder / "hub.log").read_text("utf-8")[-3000:]
        time.sleep(0.1)
    raise TimeoutError((folder / "hub.log").read_text("utf-8")[-3000:])
