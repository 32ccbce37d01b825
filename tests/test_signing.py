"""Keys, and what is signed with them."""

from pathlib import Path

import pytest

from course.errors import Invalid
from course.signing import Key, holds

RECEIPT = {"learner": "ana", "lesson": "cleaning", "at": "2026-11-28T20:00:00Z", "answered": 5}


def test_what_was_signed_holds_and_anything_else_does_not() -> None:
    key = Key.new()
    signature = key.sign(RECEIPT)
    assert holds(key.public, signature, RECEIPT)
    assert holds(key.public, signature, dict(reversed(RECEIPT.items())))
    assert not holds(key.public, signature, RECEIPT | {"answered": 6})
    assert not holds(Key.new().public, signature, RECEIPT)


@pytest.mark.parametrize("nonsense", ["", "!!", "AAAA", "é", "A" * 5000])
def test_nonsense_holds_nothing(nonsense: str) -> None:
    key = Key.new()
    assert not holds(nonsense, key.sign(RECEIPT), RECEIPT)
    assert not holds(key.public, nonsense, RECEIPT)
    assert not holds(key.public, key.sign(RECEIPT), {"set": float("nan")})


def test_a_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "mine"
    key = Key.at(path)
    assert Key.at(path).public == key.public
    assert path.stat().st_mode & 0o777 == 0o600
    assert "Ed25519" not in path.read_text()


def test_a_file_that_holds_no_key_is_told_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("my dog ate it\n")
    with pytest.raises(Invalid, match="this file holds no key") as told:
        Key.at(path)
    assert str(path) in str(told.value)
    assert "put the file back" in str(told.value)
    assert path.read_text() == "my dog ate it\n"
