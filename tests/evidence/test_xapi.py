"""xAPI: statements that a record store takes, as lines and over the wire."""

import json
from collections.abc import Iterator
from pathlib import Path

import classroom
import pytest
import record_store
from record_store import Store

from course.platforms import lrs
from course.term import Course, sending


@pytest.fixture
def store() -> Iterator[Store]:
    with record_store.running() as made:
        yield made


def test_every_line_is_a_whole_statement_of_one_learner(root: Path) -> None:
    said = classroom.course("xapi --output out.jsonl", root).out
    lines = [json.loads(line) for line in (root / "out.jsonl").read_text("utf-8").splitlines()]
    assert said == f"{len(lines)} statements written to out.jsonl\n"
    assert [fault for line in lines if (fault := record_store.fault(line))] == []
    assert len({line["id"] for line in lines}) == len(lines)
    (right,) = [line for line in lines if line["actor"]["account"]["name"] == "ana"
                and line["object"]["id"].endswith("/safety/fire/alarm") and line["verb"]["display"] == {"en": "scored"}]  # fmt: skip
    assert right["actor"]["account"]["homePage"] == "https://training.example.org"
    assert right["actor"]["name"] == "Ana Novak"
    assert right["result"] == {
        "score": {"scaled": 1.0, "raw": 2.0, "min": 0, "max": 2.0},
        "success": True,
    }
    assert right["context"]["contextActivities"]["parent"][0]["definition"]["name"] == {
        "en": "Fire"
    }
    answered = [line for line in lines if line["verb"]["display"] == {"en": "answered"}]
    assert len(answered) == 7
    assert all(isinstance(line["result"]["response"], str) for line in answered)
    assert (
        classroom.course("xapi fire", root).out.splitlines()
        == (root / "out.jsonl").read_text("utf-8").splitlines()
    )


def test_they_are_sent_to_a_store_and_sent_again_change_nothing(root: Path, store: Store) -> None:
    command = f"xapi --to {store.endpoint} --user key --password secret"
    said = classroom.course(command, root).out
    assert said == f"{len(store.statements)} statements sent to {store.endpoint}\n"
    before = dict(store.statements)
    classroom.course(command, root)
    assert store.statements == before


def test_many_go_in_batches(course: Course, store: Store) -> None:
    some = list(sending.statements(course, ["fire"]))
    many = [{**some[0], "id": f"00000000-0000-4000-8000-{number:012}"} for number in range(120)]
    told: list[int] = []
    assert lrs.send(many, lrs.Store(store.endpoint, "key", "secret"), told.append) == 120
    assert told == [50, 100, 120]


def test_a_store_that_refuses_fails_or_is_away_is_told(root: Path, store: Store) -> None:
    wrong = classroom.course(
        f"xapi --to {store.endpoint} --user key --password wrong", root, code=2
    ).err
    assert "the record store refused" in wrong
    assert "401" in wrong
    store.down = True
    down = classroom.course(
        f"xapi --to {store.endpoint} --user key --password secret", root, code=1
    ).err
    assert "the record store failed" in down
    assert "0 statements were taken; the same again sends the rest" in down
    away = classroom.course(
        "xapi --to http://127.0.0.1:9/xapi --user a --password b", root, code=1
    ).err
    assert "the record store can't be reached" in away


def test_lines_that_are_none_are_left_out(root: Path) -> None:
    record = root / "submitted" / "ana" / "fire" / "record.jsonl"
    before = len(classroom.course("xapi", root).out.splitlines())
    entry = json.loads(record.read_text("utf-8").splitlines()[0])
    bad = [b"\xff{", b"[]", b"7", json.dumps({**entry, "id": "x"}).encode(), json.dumps(entry).encode(),
           json.dumps({**entry, "id": "5" * 32, "timestamp": "2026-01-01"}).encode(), b"[" * 9000]  # fmt: skip
    with record.open("ab") as file:
        file.write(b"\n".join([*bad, b""]))
    assert len(classroom.course("xapi", root).out.splitlines()) == before


def test_a_record_that_is_too_large_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = classroom.course("xapi", root)
    assert before.err == ""
    monkeypatch.setattr("course.lesson.record.MAX_BYTES", 10)
    done = classroom.course("xapi", root)
    assert "MB are read; only the marks go out. Put aside what does not belong to it: " in done.err
    assert 0 < len(done.out.splitlines()) < len(before.out.splitlines())


def test_a_course_without_an_address_is_told_what_to_write(root: Path) -> None:
    file = root / "course.toml"
    file.write_text(
        file.read_text("utf-8").replace('home = "https://training.example.org"', ""), "utf-8"
    )
    assert 'home = "https://training.example.org"' in classroom.course("xapi", root, code=2).err
    file.write_text(
        file.read_text("utf-8").replace("[platforms]", '[platforms]\nhome = "nowhere"'), "utf-8"
    )
    assert (
        "platforms.home: expected: an address that begins with https://"
        in classroom.course("xapi", root, code=2).err
    )
