"""A release is searched for the keys of graded questions, in every file and under every disguise."""

import base64
import binascii
import functools
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from classroom import course, new_course, tree
from questions import SOURCES

from course.questions import Item, kind_of
from course.questions.text import parse

UNMARKED = ("rating", "poll")
_ENCODED = re.compile(rb"[^\s\"'\\]{12,}|(?<=\")(?:[^\"\\]|\\.){12,}(?=\")")


def graded(name: str) -> str:
    """Return a question with points, whatever it was."""
    first, _, body = SOURCES[name].partition("\n")
    first = re.sub(r" (mode|points)=\S+", "", first)
    return f"{first} points=1\n" + re.sub(
        r"^(delay|solution):.*\n", "", body + "\n", flags=re.MULTILINE
    )


def practice(name: str) -> str:
    return graded(name).replace(" points=1\n", "\n", 1)


TEXTS = {name: graded(name) for name in SOURCES if parse(SOURCES[name] if "even" not in SOURCES[name] else "%%quiz a kind=poll").kind not in UNMARKED}  # fmt: skip


def release(folder: Path, texts: dict[str, str], points: int) -> dict[str, bytes]:
    """Release a lesson of these questions; returns all files that a learner can get at."""
    our = new_course(folder / "our")
    cells = [
        {"cell_type": "code", "id": name, "source": text, "outputs": [], "execution_count": None,
         "metadata": {"nbgrader": {
             "grade_id": name, "grade": bool(points), "solution": False, "locked": True, "task": False,
             "schema_version": 3, **({"points": points} if points else {})}}}
        for name, text in texts.items()
    ]  # fmt: skip
    node = {"nbformat": 4, "nbformat_minor": 5, "cells": cells, "metadata": {"kernelspec": {
        "name": "python3", "display_name": "Python 3", "language": "python"}}}  # fmt: skip
    (our / "notebooks" / "welcome" / "welcome.ipynb").write_text(json.dumps(node), encoding="utf-8")
    (our / "autograders" / "welcome.py").unlink()
    about = (our / "course.toml").read_text(encoding="utf-8")
    extra = '\n[[objectives]]\nid = "choose-summary"\ntext = "Choose"\n'
    (our / "course.toml").write_text(about.replace("points = 6\n", "") + extra, encoding="utf-8")
    course("release welcome", our)
    return tree(our / "release") | tree(our / "exchange")


def unpacked(data: bytes, depth: int = 3) -> Iterator[bytes]:
    """Yield some bytes, and everything that they are the disguise of."""
    yield data
    yield data[::-1]
    if not depth:
        return
    for decode in (zlib.decompress, lambda each: zlib.decompress(each, -15)):
        try:
            yield from unpacked(decode(data), depth - 1)
        except zlib.error:
            continue
    for text in set(_ENCODED.findall(data)) if depth else ():
        for turn in (base64.b64decode, base64.urlsafe_b64decode, base64.b85decode, base64.a85decode,
                     base64.b32decode, binascii.unhexlify):  # fmt: skip
            try:
                made = turn(text)
            except (ValueError, OverflowError):
                continue
            yield made
            try:
                yield from unpacked(zlib.decompress(made), depth - 1)
            except zlib.error:
                continue


@functools.cache
def shown(name: str) -> str:
    """Return what a learner may see of a question: a word that stands there is no secret."""
    item = parse(TEXTS[name])
    return json.dumps(kind_of(item).prepare(item, 1), ensure_ascii=False)


def secrets(item: Item) -> set[bytes]:
    """Return what nobody may find: explanations, rules, and the key as it is kept."""
    texts = {option.why for option in item.options} | {rule.why for rule in item.rules}
    texts |= {rule.text for rule in item.rules}
    texts |= set(item.key) | {",".join(item.key), json.dumps(list(item.key))}
    texts |= (
        {json.dumps(kind_of(item).samples(item, 1)["correct"])} if len(item.options) > 4 else set()
    )
    seen = "".join(map(shown, TEXTS))
    return {text.encode() for text in texts if len(text) > 3 and text not in seen}


def hashes(item: Item) -> set[bytes]:
    """Return what would let a right answer be tried out: digests of it."""
    right = kind_of(item).samples(item, 1)["correct"]
    plain = {*right, ",".join(right), json.dumps(right), *(rule.text for rule in item.rules)}
    plain |= {option.text for option in item.options if option.right}
    return {
        hashlib.new(name, text.encode()).hexdigest()[:12].encode()
        for text in plain for name in ("md5", "sha1", "sha256", "sha512", "blake2b")
    }  # fmt: skip


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        from questions import PLUGIN

        patch.syspath_prepend(PLUGIN)
        files = release(tmp_path_factory.mktemp("graded"), TEXTS, 1)
        assert any(name.endswith("lesson.json") for name in files)
        yield b"\n".join(part for data in files.values() for part in unpacked(data))


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_of_a_graded_key_is_found_in_a_release(name: str, everything: bytes) -> None:
    item = parse(TEXTS[name])
    assert item.mode == "graded"
    assert hashes(item)
    assert [each for each in secrets(item) | hashes(item) if each in everything] == []


@pytest.mark.parametrize("name", TEXTS)
def test_the_order_in_which_things_travel_is_not_the_right_one(name: str) -> None:
    item = parse(TEXTS[name])
    if not item.key:
        return
    right = [entry.replace("=", ":").split(":")[0] for entry in item.key]
    travels = [option.id for option in item.without_key().options if option.id in right]
    assert travels == sorted(right), "by ids, which come from the texts alone"


def test_the_search_finds_a_key_that_is_there(tmp_path: Path) -> None:
    texts = {name: practice(name) for name in ("summary", "percent", "steps")}
    files = release(tmp_path, texts, 0)
    found = b"\n".join(part for data in files.values() for part in unpacked(data))
    for text in texts.values():
        item = parse(text)
        assert not [each for each in secrets(item) if any(each in data for data in files.values())]
        assert [each for each in secrets(item) if each in found], "sealed, but no secret"
