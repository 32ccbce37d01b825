"""Signatures: that a file is what somebody made, and whose it is, told without asking anybody.

Ed25519 (RFC 8032) over canonical JSON (RFC 8785), so that a value signs the same wherever it is
written. Keys and signatures are text: base64url without padding (RFC 4648, section 5).
"""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from course import layout
from course.errors import Invalid

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Key:
    """Somebody's key; its secret half is never shown."""

    _secret: Ed25519PrivateKey

    @classmethod
    def new(cls) -> "Key":
        """Make a key that nobody has."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def at(cls, path: Path) -> "Key":
        """Return the key that a file holds; where there is no file, a new one is kept there.

        Raises:
            Invalid: the file holds no key.
            Unavailable: the disk refuses.
        """
        if not path.exists():
            secret = Ed25519PrivateKey.generate()
            layout.write(path, _text(secret.private_bytes_raw()) + "\n", mode=0o600)
            return cls(secret)
        try:
            return cls(
                Ed25519PrivateKey.from_private_bytes(_bytes(path.read_text("utf-8").strip()))
            )
        except ValueError as error:
            raise Invalid(
                "this file holds no key", where=str(path),
                expected=f"{KEY_BYTES} bytes in base64url, as course writes them", found=str(error),
                hint="put the file back from a copy; a new key would not be known to others",
            ) from error  # fmt: skip
        except OSError as error:
            raise layout.refused(path, error) from error

    @property
    def public(self) -> str:
        """The half that others check by."""
        return _text(self._secret.public_key().public_bytes_raw())

    def sign(self, value: Any) -> str:
        """Return the signature of a value that JSON can hold."""
        return _text(self.sign_bytes(canonical(value)))

    def signed(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a value with this key's public half and signature in it, as `is_signed` checks it."""
        whole = {**value, "key": self.public}
        return {**whole, "signature": self.sign(whole)}

    def sign_bytes(self, data: bytes) -> bytes:
        """Return the signature of bytes, where a specification says what they are made of."""
        return self._secret.sign(data)


def canonical(value: Any) -> bytes:
    """Return the one way to write a value that JSON can hold (RFC 8785).

    Raises:
        ValueError: JSON can't hold it.
    """
    return rfc8785.dumps(value)


def holds(public: str, signature: str, value: Any) -> bool:
    """Tell whether a signature is that of a value by the owner of a public key; False for nonsense."""
    try:
        return proves(_bytes(public), _bytes(signature), canonical(value))
    except ValueError:  # rfc8785's errors are ValueErrors
        return False


def is_signed(value: dict[str, Any]) -> bool:
    """Tell whether a value is as it was signed by the key that it names; whose that is, is another question."""
    rest = {name: each for name, each in value.items() if name != "signature"}
    key, signature = value.get("key"), value.get("signature")
    return isinstance(key, str) and isinstance(signature, str) and holds(key, signature, rest)


def proves(public: bytes, signature: bytes, data: bytes) -> bool:
    """Tell whether a signature is that of bytes by the owner of a public key; False for nonsense."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def raw(text: str) -> bytes:
    """Return the bytes of a key or signature that is written as text.

    Raises:
        ValueError: it is none.
    """
    return _bytes(text)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
