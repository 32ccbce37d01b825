"""Running the service: one process, until it is told to stop."""

import socket
from collections.abc import Callable
from typing import Any

import uvicorn

from course.errors import Unavailable
from course.office.office import Office
from course.service.app import application, below
from course.service.hub import Hub, prefix
from course.service.invited import Opening


def serve(
    office: Office,
    host: str,
    port: int,
    url: str = "",
    ready: Callable[[int], object] = lambda _port: None,
    opening: Opening | None = None,
) -> None:
    """Serve an office until SIGINT or SIGTERM.

    Args:
        port: 0 takes a free one.
        url: the address that others reach it by.
        ready: called with the port when connections are taken.
        opening: see `application`.

    Raises:
        Unavailable: the port is taken or not allowed.
    """
    run(below(prefix(), application(office, url, Hub.of(), opening)), host, port, ready)


def run(
    app: Any, host: str, port: int, ready: Callable[[int], object] = lambda _port: None
) -> None:
    """Run an ASGI application until SIGINT or SIGTERM; see `serve`."""
    try:
        listening = socket.create_server((host, port), backlog=1024)
    except OSError as error:
        raise Unavailable(
            "the service can't listen there", where=f"{host}:{port}", found=error.strerror or str(error),
            hint="give another port: course serve --port 8011",
        ) from error  # fmt: skip
    # asyncio does so for sockets that it made itself; without, a small answer waits 40 ms for the one before
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    ready(listening.getsockname()[1])
    config = uvicorn.Config(
        app, log_level="warning", proxy_headers=True, server_header=False,
        timeout_graceful_shutdown=10, lifespan="off",
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listening])
