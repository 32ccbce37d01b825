"""Signing a credential so that it can be checked offline: a Data Integrity proof, `eddsa-jcs-2022`.

Source: W3C, Data Integrity EdDSA Cryptosuites v1.0, section 3.3: what is signed is the SHA-256 of the
proof's options followed by the SHA-256 of the document, both as canonical JSON (RFC 8785).
"""

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from course.certificate import did
from course.signing import Key, canonical, proves, raw

SUITE = "eddsa-jcs-2022"


def signed(document: Mapping[str, Any], key: Key, at: dt.datetime) -> dict[str, Any]:
    """Return a document with the proof of a key's owner."""
    options = {
        "type": "DataIntegrityProof", "cryptosuite": SUITE, "created": stamp(at),
        "verificationMethod": did.method(issuer(key)), "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }  # fmt: skip
    value = did.multibase(key.sign_bytes(_data(document, options)))
    return {**document, "proof": [{**options, "proofValue": value}]}  # Open Badges wants a list


def issuer(key: Key) -> str:
    """Return the name of a key's owner."""
    return did.did(raw(key.public))


def fault(document: Mapping[str, Any]) -> str:
    """Return why a document's proof does not hold; empty when it does.

    It holds when the owner of the key that the issuer's name is signed exactly this document.
    """
    proof = document.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict):
        return "it is not signed by one person"
    owner = document.get("issuer")
    name = owner.get("id") if isinstance(owner, dict) else owner
    kind = (proof.get("type"), proof.get("cryptosuite"))
    faults = {
        f"its signature is of another kind than {SUITE}": kind != ("DataIntegrityProof", SUITE),
        "its signature was made for another purpose": proof.get("proofPurpose") != "assertionMethod",
        "it was signed by somebody else than its issuer":
            str(proof.get("verificationMethod")).partition("#")[0] != name,
        "its signature is over another context": proof.get("@context") != document.get("@context"),
    }  # fmt: skip
    return next((what for what, is_so in faults.items() if is_so), "") or _forged(document, proof)


def _forged(document: Mapping[str, Any], proof: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in document.items() if key != "proof"}
    options = {key: value for key, value in proof.items() if key != "proofValue"}
    try:
        public = did.public(proof["verificationMethod"])
        holds = proves(public, did.unbased(proof["proofValue"]), _data(rest, options))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "its signature can't be read"
    return "" if holds else "it was changed after it was signed"


def stamp(at: dt.datetime) -> str:
    """Return a moment as XML Schema's dateTimeStamp, in UTC."""
    return at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _data(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return sha256(canonical(options)).digest() + sha256(canonical(document)).digest()
