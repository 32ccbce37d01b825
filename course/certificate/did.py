"""`did:key`: an issuer whose name is its public key, so that nobody has to be asked for it.

Sources: the did:key Method (W3C CCG), Multibase (base58btc, prefix ``z``) and Multicodec (an Ed25519
public key begins with the bytes ed 01), as used in Data Integrity EdDSA Cryptosuites v1.0.
"""

from course.signing import KEY_BYTES

_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ED25519 = b"\xed\x01"
_MOST = 200
"""Characters of a key or a signature; decoding a longer text would take time for nothing."""


def multibase(data: bytes) -> str:
    """Return bytes in base58btc with its prefix."""
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = _DIGITS[digit] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def unbased(text: str) -> bytes:
    """Return the bytes that `multibase` wrote.

    Raises:
        ValueError: it is not base58btc.
    """
    if not text.startswith("z") or len(text) > _MOST or set(text) - set(_DIGITS):
        raise ValueError("not base58btc")
    digits, number = text[1:], 0
    for each in digits:
        number = number * 58 + _DIGITS.index(each)
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def did(public: bytes) -> str:
    """Return the name of the owner of an Ed25519 public key."""
    return f"did:key:{multibase(_ED25519 + public)}"


def method(name: str) -> str:
    """Return the verification method of a `did:key`: its only key."""
    return f"{name}#{name.removeprefix('did:key:')}"


def public(name: str) -> bytes:
    """Return the public key that a `did:key`, or its verification method, names.

    Raises:
        ValueError: it names no Ed25519 key.
    """
    owner, _, key = name.partition("#")
    data = unbased(owner.removeprefix("did:key:"))
    is_method = key and key != owner.removeprefix("did:key:")
    if not owner.startswith("did:key:") or is_method or not data.startswith(_ED25519):
        raise ValueError("not a did:key of an Ed25519 key")
    if len(data) != len(_ED25519) + KEY_BYTES:
        raise ValueError("not a key of 32 bytes")
    return data[len(_ED25519) :]
