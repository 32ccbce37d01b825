"""Sending statements to a Learning Record Store.

Source: ADL, Experience API 1.0.3, part 3, sections 2.1 (POST statements), 3.2 (errors) and 3.3 (versions).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from course.errors import Invalid, Unavailable
from course.platforms.xapi import VERSION

BATCH = 50
SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Store:
    """A Learning Record Store.

    Attributes:
        endpoint: its address, without ``/statements``.
        user, password: HTTP's basic authentication.
    """

    endpoint: str
    user: str
    password: str


def send(
    statements: Sequence[dict[str, Any]],
    store: Store,
    tell: Callable[[int], object] = lambda _n: None,
) -> int:
    """Send statements, some at a time; returns how many the store took or had already.

    A store takes a batch whole or not at all, and one that it has already costs nothing: the same
    again after an interruption is safe.

    Raises:
        Invalid: the store refuses them or us.
        Unavailable: it can't be reached, or fails.
    """
    done, headers = 0, {"X-Experience-API-Version": VERSION}
    with httpx.Client(
        auth=(store.user, store.password), headers=headers, timeout=SECONDS
    ) as client:
        for start in range(0, len(statements), BATCH):
            some = statements[start : start + BATCH]
            try:
                answer = client.post(f"{store.endpoint.rstrip('/')}/statements", json=list(some))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise Unavailable(
                    "the record store can't be reached", where=store.endpoint, found=str(error),
                    hint=f"{done} statements were taken; the same again sends the rest",
                ) from error  # fmt: skip
            _look(answer, store, done)
            done += len(some)
            tell(done)
    return done


def _look(answer: httpx.Response, store: Store, done: int) -> None:
    if answer.is_success:
        return
    found = f"{answer.status_code} {answer.reason_phrase}: {answer.text[:300]}"
    hint = f"{done} statements were taken; the same again sends the rest"
    if answer.is_server_error or answer.is_redirect:
        raise Unavailable("the record store failed", where=store.endpoint, found=found, hint=hint)
    raise Invalid(
        "the record store refused", where=store.endpoint, found=found, hint=hint,
        expected="its endpoint (without /statements), and a key that may write statements",
    )  # fmt: skip
