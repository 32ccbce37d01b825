"""Parcels on the disk, each under the SHA-256 of its bytes: the same parcel twice takes the place of one."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from course import layout
from course.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Parcels:
    """A folder of parcels."""

    folder: Path

    def put(self, data: bytes) -> str:
        """Keep a parcel, on the disk before this returns; returns its digest.

        Raises:
            Unavailable: the disk refuses; nothing is half-written.
        """
        digest = hashlib.sha256(data).hexdigest()
        path = self.path(digest)
        if not path.is_file():
            layout.write(path, data, mode=0o600)
        return digest

    def get(self, digest: str) -> bytes:
        """Return a parcel.

        Raises:
            Unavailable: it is not there, or no longer what it was.
        """
        path = self.path(digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise layout.refused(path, error) from error
        if hashlib.sha256(data).hexdigest() != digest:
            raise Unavailable(
                "a parcel is not what was put there", where=str(path), expected=f"SHA-256 {digest}",
                hint="the disk or somebody changed it; put the office's folder back from a copy",
            )  # fmt: skip
        return data

    def path(self, digest: str) -> Path:
        """Return where a parcel lies."""
        return self.folder / digest[:2] / f"{digest}.zip"
