"""Regrade requests on the exchange: one file each, beside the submissions, and never one of them.

A request is sealed with the secrets of the learner's submissions, which only the learner and the
instructor hold (nbgrader finds feedback by them), so that nobody asks in another's name. Files are
left where they are; each is taken in once.
"""

import datetime as dt
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from course.errors import Invalid, NotFound
from course.exchange.reach import Reach
from course.layout import Layout, refused

MOST = 4000
"""Characters of a reason."""
_NAME = "request-{}.json"  # no "+" in it: nbgrader's names of submissions have some
_MOST_BYTES = 100_000
_SECRET = "submission_secret.txt"  # noqa: S105  a file's name


@dataclass(frozen=True, slots=True)
class Request:
    """What a learner asks.

    Attributes:
        id: 32 hexadecimal digits.
        notebook: where the question stands.
    """

    id: str
    learner: str
    lesson: str
    notebook: str
    question: str
    text: str


def send(reach: Reach, lesson: str, notebook: str, question: str, text: str) -> Request:
    """Put a request on the exchange; returns it.

    Raises:
        NotFound: nothing was handed in from here.
        Invalid: no reason, or a very long one.
        Unavailable: the exchange can't be written to.
    """
    if not text.strip() or len(text) > MOST:
        raise Invalid(
            "a request needs a reason", expected=f"1 to {MOST} characters", found=f"{len(text.strip())}",
        )  # fmt: skip
    held = sorted(reach.cache.glob(f"{reach.course_id}/{reach.learner}+{lesson}+*/{_SECRET}"))
    if not held:
        raise NotFound(
            f"you have not handed in '{lesson}' from here", where=str(reach.cache.parent),
            hint="if you handed it in another way, write to your instructor",
        )  # fmt: skip
    request = Request(
        secrets.token_hex(16), reach.learner, lesson, notebook, question, text.strip()
    )
    seals = [_seal(request, path.read_text(encoding="utf-8")) for path in held]
    data = json.dumps({**asdict(request), "seals": seals}, ensure_ascii=False).encode()
    inbound = reach.root / reach.course_id / "inbound"
    path = inbound / _NAME.format(request.id)
    staged = inbound / f".{path.name}"
    try:  # not `layout.write`: a learner may put things into this folder and not look into it
        with staged.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        staged.chmod(0o644)
        staged.rename(path)
    except OSError as error:
        raise refused(path, error) from error
    return request


def incoming(
    layout: Layout, lesson: str, known: frozenset[str]
) -> Iterator[tuple[Request, dt.datetime] | tuple[str, str]]:
    """Yield each new request about a lesson and when it came, or a file's name and why it is left out.

    Args:
        known: ids of those that were taken in before.
    """
    for path in sorted((layout.exchange / layout.course_id / "inbound").glob(_NAME.format("*"))):
        if path.name in {_NAME.format(each) for each in known}:
            continue
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST_BYTES:
            yield path.name, "it is no request"
            continue
        try:
            request, seals = _read(path)
        except (ValueError, KeyError, TypeError):
            yield path.name, "it is no request"
            continue
        if request.lesson != lesson:
            continue
        if not _is_sealed(layout, request, seals):
            yield (
                path.name,
                f"it says that it is {request.learner}'s, but no collected submission shows that",
            )
            continue
        yield request, dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)


def sent_by(layout: Layout, learner: str) -> list[Path]:
    """Return the files on the exchange in which a learner asks something."""
    found = []
    for path in sorted((layout.exchange / layout.course_id / "inbound").glob(_NAME.format("*"))):
        try:
            request, _ = _read(path)
        except (OSError, ValueError, KeyError, TypeError):
            continue  # it is no request
        found += [path] if request.learner == learner else []
    return found


def _read(path: Path) -> tuple[Request, list[str]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    seals = data.pop("seals")
    texts = [*data.values(), *seals]
    if not isinstance(seals, list) or not all(isinstance(each, str) for each in texts):
        raise TypeError("not texts")
    request = Request(**data)
    if path.name != _NAME.format(request.id) or not 0 < len(request.text) <= MOST:
        raise ValueError("not as it was sent")
    return request, seals


def _is_sealed(layout: Layout, request: Request, seals: list[str]) -> bool:
    """Tell whether a request was sealed with the secret of the submission that was collected."""
    try:
        path = layout.submission(request.learner, request.lesson) / _SECRET
    except Invalid:
        return False
    if path.is_symlink() or not path.is_file():
        return False
    seal = _seal(request, path.read_text(encoding="utf-8", errors="replace"))
    return any(hmac.compare_digest(seal.encode(), each.encode()) for each in seals)


def _seal(request: Request, secret: str) -> str:
    text = json.dumps(asdict(request), sort_keys=True)
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()
