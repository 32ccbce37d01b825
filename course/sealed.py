"""The sealed submission: one file that any road may carry, and that says whose it is and when it was closed.

It is a zip. Its first member, ``manifest.json``, names course, lesson, learner, every other member with
its SHA-256, the moment and a nonce, and is signed with the learner's own key.
"""

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course import archive, dates
from course.errors import Invalid, Refused
from course.layout import safe_name
from course.signing import Key, is_signed

MANIFEST = "manifest.json"
TYPE = "sealed-submission"
MAX_BYTES = 50_000_000
SUFFIX = ".sealed.zip"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealed file says, when it is whole and signed.

    Attributes:
        key: the public half of the key that signed it.
        nonce: what tells two sealings of the same work apart.
        sealed_at: by the learner's clock, in UTC.
        files: name and content of what was handed in, in order.
        digest: SHA-256 of the sealed file.
        signature: of the manifest.
    """

    course: str
    lesson: str
    learner: str
    key: str
    nonce: str
    sealed_at: dt.datetime
    files: Mapping[str, bytes]
    digest: str
    signature: str

    @property
    def name(self) -> str:
        """A name for the file, the same wherever it goes."""
        at = self.sealed_at.strftime("%Y%m%dT%H%M%SZ")
        return f"{self.learner}+{self.lesson}+{at}+{self.nonce[:8]}{SUFFIX}"


def seal(
    course: str, lesson: str, learner: str, files: Mapping[str, bytes], key: Key, at: dt.datetime
) -> bytes:
    """Return the sealed file of some files.

    Raises:
        Invalid: it would be too large to be taken in anywhere.
    """
    manifest = key.signed({
        "type": TYPE, "version": 1, "course": course, "lesson": lesson, "learner": learner,
        "sealed_at": moment(at), "nonce": secrets.token_hex(16),
        "files": {name: {"sha256": _sha256(data), "size": len(data)} for name, data in files.items()},
    })  # fmt: skip
    text = json.dumps(manifest, indent=1, ensure_ascii=False).encode()
    data = archive.pack({MANIFEST: text, **files})
    if len(data) > MAX_BYTES or sum(map(len, files.values())) > archive.MAX_TOTAL:
        raise too_large(len(data), lesson)
    return data


def opened(data: bytes, where: str = "") -> Sealed:
    """Read a sealed file that may come from anybody.

    Args:
        where: what errors call it.

    Raises:
        Invalid: it is no sealed submission, or not whole.
        Refused: too large, or changed after it was sealed.
    """
    if len(data) > MAX_BYTES:
        raise too_large(len(data), where)
    files = archive.contents(data, where)
    manifest = _manifest(files.pop(MANIFEST, b""), where)
    if not is_signed(manifest):
        raise _refused("the signature does not fit: it was changed after it was sealed", where)
    told = manifest["files"]
    if list(told) != list(files):
        found = ", ".join(sorted(set(told) ^ set(files))[:5])
        raise _refused("its files are not those that were sealed", where, found)
    for name, content in files.items():
        if told[name].get("sha256") != _sha256(content):
            raise _refused("a file in it was changed after it was sealed", where, name)
    return Sealed(
        manifest["course"], manifest["lesson"], manifest["learner"], manifest["key"], manifest["nonce"],
        dates.exact(manifest["sealed_at"]), files, _sha256(data),
        manifest["signature"],
    )  # fmt: skip


def read(path: Path) -> Sealed:
    """Read a sealed file; raises as `opened`, and NotFound or Unavailable for the disk's reasons."""
    if path.stat().st_size > MAX_BYTES:
        raise too_large(path.stat().st_size, str(path))
    return opened(path.read_bytes(), str(path))


def moment(at: dt.datetime) -> str:
    """Return a moment as it stands in manifests and receipts: UTC, to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def too_large(size: int, where: str) -> Refused:
    """Return what to raise for a file that is larger than a submission may be."""
    return Refused(
        "too large for a submission", where=where, expected=f"at most {MAX_BYTES // 1_000_000} MB",
        found=f"{size / 1_000_000:.0f} MB or more",
        hint="clear the outputs, leave out data that the lesson does not need, and submit again",
    )  # fmt: skip


def _manifest(text: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        texts = [
            found[name] for name in ("course", "lesson", "learner", "key", "nonce", "signature")
        ]
        fits = (
            found["type"] == TYPE and found["version"] == 1
            and all(isinstance(each, str) for each in texts) and 16 <= len(found["nonce"]) <= 64  # noqa: PLR2004
            and isinstance(found["files"], dict)
            and all(isinstance(each, dict) for each in found["files"].values())
            and bool(dates.exact(found["sealed_at"]))
        )  # fmt: skip
        for name in ("lesson", "learner", "course"):
            safe_name(found[name], name)
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        fits = False
    if not fits:
        raise Invalid(
            "this is no sealed submission", where=where, expected=f"a zip with {MANIFEST}, made by: course submit",
            hint="hand in with: course submit LESSON",
        )  # fmt: skip
    return dict(found)


def _refused(what: str, where: str, found: str = "") -> Refused:
    return Refused(
        what, where=where, found=found, hint="hand the lesson in again: course submit LESSON"
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
