"""A small Learning Record Store: the parts of xAPI 1.0.3 that course uses, checked as the specification wants it.

Basic authentication, the version's header, batches that are taken whole or not at all, the same statement
again, another under the same id (409), statements that are none (400); the state and profile documents that
cmi5 asks for, its fetch address, and files of a package, so that a page can be opened from the same place.
"""

import base64
import datetime as dt
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from loopback import Handler, listening

_IRI = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_TYPES = {"html": "text/html", "js": "text/javascript", "css": "text/css"}


@dataclass
class Store:
    """What a store holds.

    Attributes:
        address: of the server; the endpoint is below it at ``/xapi``.
        statements: by id.
        files: of a package, by name.
        down: answer 503 to everything.
    """

    address: str = ""
    user: str = "key"
    password: str = "secret"  # noqa: S105  of a store that lives for one test
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    launch: dict[str, Any] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    down: bool = False

    @property
    def endpoint(self) -> str:
        return f"{self.address}/xapi"

    @property
    def token(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def take(self, data: Any) -> tuple[int, Any]:
        """Take statements; returns HTTP's status and answer."""
        some = data if isinstance(data, list) else [data]
        for each in some:
            if why := fault(each):
                return 400, why
            known = self.statements.get(each["id"])
            if known is not None and known != each:
                return 409, f"another statement has the id {each['id']}"
        for each in some:
            if each["id"] not in self.statements:
                self.order.append(each["verb"]["id"].rpartition("/")[2])
            self.statements[each["id"]] = each
        return 200, [each["id"] for each in some]


def fault(statement: Any) -> str:
    """Return what is wrong with a statement; empty when nothing is."""
    try:
        if _has_null(statement):
            return "null stands in it"
        uuid.UUID(statement["id"])
        if dt.datetime.fromisoformat(statement["timestamp"]).tzinfo is None:
            return "timestamp without a zone"
        account = statement["actor"].get("account") or {}
        mail = statement["actor"].get("mbox", "")
        if bool(mail) == bool(account) or (
            account and not (_IRI.fullmatch(account["homePage"]) and account["name"])
        ):
            return "an actor has one identifier"
        for iri in (statement["verb"]["id"], statement["object"]["id"]):
            if not _IRI.fullmatch(iri):
                return f"not an IRI: {iri}"
        return _result_fault(statement.get("result", {})) or _context_fault(
            statement.get("context", {})
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        return repr(error)


def _result_fault(result: dict[str, Any]) -> str:
    known = {"score", "success", "completion", "response", "duration", "extensions"}
    score = result.get("score", {})
    if set(result) - known or set(score) - {"scaled", "raw", "min", "max"}:
        return f"unknown in a result: {set(result) - known}"
    if not -1 <= score.get("scaled", 0) <= 1 or not score.get("min", 0) <= score.get(
        "raw", 0
    ) <= score.get("max", 1e9):
        return "a score out of bounds"
    if not isinstance(result.get("response", ""), str) or not _DURATION.fullmatch(
        result.get("duration", "PT0S")
    ):
        return "response or duration"
    return (
        ""
        if all(_IRI.fullmatch(key) for key in result.get("extensions", {}))
        else "an extension is named by an IRI"
    )


def _context_fault(context: dict[str, Any]) -> str:
    for some in context.get("contextActivities", {}).values():
        if not all(_IRI.fullmatch(each["id"]) for each in some):
            return "an activity is named by an IRI"
    return (
        ""
        if all(_IRI.fullmatch(key) for key in context.get("extensions", {}))
        else "an extension is named by an IRI"
    )


def _has_null(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(_has_null(each) for each in parts)


class _Handler(Handler):
    store: Store

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path.startswith("/xapi/"):
            if self._may():
                self._asked(place.path.removeprefix("/xapi/"), parse_qs(place.query))
            return
        name = place.path.lstrip("/")
        kind = _TYPES.get(name.rpartition(".")[2], "application/octet-stream")
        self.answer(200 if name in self.store.files else 404, self.store.files.get(name, b""), kind)

    def do_POST(self) -> None:
        data = self.body()
        if self.path.startswith("/fetch"):
            self.json(200, {"auth-token": self.store.token})
        elif self._may():
            self.json(*self.store.take(json.loads(data)))

    def _asked(self, path: str, words: dict[str, list[str]]) -> None:
        if path == "activities/state" and words["stateId"] == ["LMS.LaunchData"]:
            self.store.order.append("launch-data")
            self.json(200, self.store.launch)
            return
        if path == "agents/profile":
            self.store.order.append("preferences")
        self.json(404, {})

    def _may(self) -> bool:
        if self.store.down:
            self.json(503, "down")
        elif self.headers.get("Authorization") != f"Basic {self.store.token}":
            self.json(401, "who are you?")
        elif not (self.headers.get("X-Experience-API-Version") or "").startswith("1.0"):
            self.json(400, "X-Experience-API-Version is missing")
        else:
            return True
        return False


@contextmanager
def running() -> Iterator[Store]:
    """Run a store on the loopback address while the block runs."""
    store = Store()
    with listening(_Handler, store=store) as store.address:
        yield store
