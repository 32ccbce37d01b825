"""A small server of HTTP on the loopback address, for what plays somebody else's."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    """Answers requests, and logs nothing."""

    def log_message(self, *_words: object) -> None:
        pass

    def body(self) -> bytes:
        """Return what came with a request."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def json(self, status: int, value: Any) -> None:
        self.answer(status, json.dumps(value).encode(), "application/json")

    def answer(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def listening(handler: type[Handler], **known: object) -> Iterator[str]:
    """Serve while the block runs, with ``known`` on the handler; yields the address."""
    made = type("Handler", (handler,), known)
    with ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
