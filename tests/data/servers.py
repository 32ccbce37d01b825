"""Jupyter servers as people start them, each on a port and in a home of its own."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

TOKEN = "of-these-tests"  # noqa: S105  of servers that live for a minute


@dataclass(frozen=True)
class Server:
    """A running JupyterLab."""

    url: str
    log: Path
    folder: Path

    def address(self, path: str) -> str:
        return f"{self.url}/{path}?token={TOKEN}"


def jupyterlab(home: Path, base: Path) -> AbstractContextManager[Server]:
    """Run JupyterLab on a learner's folder; see `serving`."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={home}"]
    command += ["--allow-root"] if os.geteuid() == 0 else []
    return serving(command, home, base)


@contextlib.contextmanager
def serving(command: list[str], folder: Path, base: Path) -> Iterator[Server]:
    """Run a server on a free port, in a home of its own; with its kernels it ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = base / "settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    quiet = '{"fetchNews": "false", "checkForUpdates": false}'  # tests ask nobody outside
    (settings / "notification.jupyterlab-settings").write_text(quiet)
    homes = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime",
        "IPYTHONDIR": "ipython", "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }  # fmt: skip
    environment = os.environ | {key: str(base / name) for key, name in homes.items()}
    environment["JUPYTER_TOKEN"] = TOKEN
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    log = base / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--no-browser", f"--port={port}"], cwd=folder, env=environment,
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        server = Server(f"http://127.0.0.1:{port}", log, folder)
        _wait_for(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)  # Jupyter ends its kernels, too
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(server: Server, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + 45
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(server.address("api/status"), timeout=5):  # noqa: S310  our own address
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    pytest.fail(f"the server did not start:\n{server.log.read_text()}", pytrace=False)
