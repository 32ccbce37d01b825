"""The evidence ledger: what comes in, and that nothing in it changes unseen."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import classroom
import postgres
import pytest
import sqlalchemy as sa
from safety import hand_in

from course.errors import Invalid, Unavailable
from course.store import evidence, returns, tables
from course.store.database import Gradebook
from course.term import Course, proving


def rows(course: Course, learner: str) -> list[tuple[str, str]]:
    with course.book() as book:
        return [
            (line.body["objective"], line.body["state"])
            for line in evidence.lines(book, learner)
            if line.body
        ]


def test_what_was_returned_is_in_it_with_what_shows_it(course: Course) -> None:
    assert rows(course, "ana") == [("leave", "shown"), ("alarm", "shown")]
    assert rows(course, "ben") == [("leave", "learning"), ("alarm", "learning")]
    with course.book() as book:
        body = evidence.lines(book, "ana")[0].body
    assert body is not None
    (exit_,), (lift,) = body["answers"], body["corrected"]
    assert (exit_["question"], exit_["points"], exit_["maximum"], exit_["by"]) == (
        "exit",
        2.0,
        2.0,
        "autograder",
    )
    assert (lift["question"], lift["wrong"], lift["first_wrong"] < lift["right"]) == (
        "lift",
        1,
        True,
    )
    released = json.loads((course.layout.root / "versions" / "fire.json").read_text("utf-8"))
    assert (body["version"], body["hash"]) == (1, released["hash"])
    with course.book() as book, book.reading() as connection:
        attempt = tables.attempt.c
        query = sa.select(attempt.digest).where(attempt.learner == "ana")
        assert body["submission"] == connection.execute(query).scalar()


def test_the_same_again_adds_nothing_and_a_correction_adds_what_it_changed(
    root: Path, course: Course
) -> None:
    before = rows(course, "ben")
    classroom.course("return fire", root)
    assert proving.gather(course, "fire") == 0
    assert rows(course, "ben") == before
    hand_in(root, "ben", [("lift", "no")])
    added = rows(course, "ben")[len(before) :]
    assert ("leave", "shown") in added


def test_what_is_only_marked_and_not_returned_is_no_evidence_yet(
    root: Path, course: Course
) -> None:
    before = rows(course, "ana")
    classroom.course("mark fire ana exit --points 0", root)
    assert proving.gather(course, "fire") == 0
    classroom.course("return fire", root)
    assert rows(course, "ana")[len(before) :] == [("leave", "learning")]


@pytest.mark.thorough
def test_a_record_that_praises_itself_is_judged_by_the_key(root: Path, course: Course) -> None:
    work = root / "submitted" / "ben" / "fire" / "record.jsonl"
    praised = work.read_text("utf-8").replace(
        '"result": {', '"result": {"scaled": 1, "success": true, '
    )
    work.write_text(praised, encoding="utf-8")
    hand_in(root, "ben", [])
    assert set(rows(course, "ben")) == {("leave", "learning"), ("alarm", "learning")}


def test_an_authors_mistake_in_a_draft_keeps_nobody_waiting(root: Path, course: Course) -> None:
    before = rows(course, "ana")
    draft = root / "notebooks" / "fire" / "fire.md"
    draft.write_text(draft.read_text("utf-8").replace("- [x] left", "- [y] left"), "utf-8")
    assert "can't be released" in classroom.course("release fire", root, code=2).err
    classroom.course("mark fire ana exit --points 1", root)
    classroom.course("return fire", root)
    assert rows(course, "ana")[len(before) :] == [("leave", "learning")]


def test_a_release_that_is_damaged_is_told(root: Path, course: Course) -> None:
    (root / "release" / "fire" / "lesson.json").write_text("{", "utf-8")
    with pytest.raises(Invalid, match="what was released can't be read"):
        proving.gather(course, "fire")


def test_two_who_gather_at_once_write_each_row_once(course: Course) -> None:
    with course.book() as book:
        told = returns.last(book, "fire")["ana"]
        first = replace(told.marks[0], points=0.0)
        returns.save(book, "fire", "ana", replace(told, version=2, marks=(first, *told.marks[1:])))
    with ThreadPoolExecutor(4) as threads:
        new = list(threads.map(lambda _: proving.gather(course, "fire"), range(4)))
    assert sum(new) == 1
    with course.book() as book:
        assert evidence.check(book) == 5


# nothing changes unseen ---------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.thorough)])
def book(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gradebook]:
    """Return a gradebook with three rows of evidence."""
    if request.param == "postgresql":
        address = request.getfixturevalue("server")
        url = postgres.make(address, f"evidence{abs(hash(request.node.name))}")
    else:
        url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url, "safety") as made:
        for learner in ("ana", "ben", "ana"):
            with made.transaction() as connection:
                evidence.append(
                    connection, learner, [{"kind": "objective", "text": f"of {learner}"}]
                )
        yield made


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM course_evidence WHERE number = 2",
        "UPDATE course_evidence SET body = '{}' WHERE number = 2",
        "UPDATE course_evidence SET learner = 'cleo' WHERE number = 2",
        "UPDATE course_evidence SET at = '2020-01-01', learner = '', body = NULL WHERE number = 2",
    ],
)
def test_the_database_refuses_to_change_or_remove_a_row(book: Gradebook, statement: str) -> None:
    with pytest.raises(Unavailable, match="as they were written"), book.transaction() as connection:
        connection.execute(sa.text(statement))
    assert evidence.check(book) == 3


def test_somebody_can_be_forgotten_and_the_chain_stays_whole(book: Gradebook) -> None:
    with book.transaction() as connection:
        assert evidence.forget(connection, "ana") == 2
    assert evidence.check(book) == 3
    assert evidence.lines(book, "ana") == []
    with book.reading() as connection:
        texts = repr(connection.execute(sa.select(tables.evidence)).all())
    assert "of ben" in texts
    assert "of ana" not in texts


@pytest.mark.parametrize(
    ("statement", "row", "found"),
    [
        ("UPDATE course_evidence SET body = replace(body, 'Ring', 'Wing') WHERE number = 2", 2, "its body is not what was written"),
        ("UPDATE course_evidence SET learner = 'cleo' WHERE number = 2", 2, "its learner is another one"),
        ("UPDATE course_evidence SET body = NULL WHERE number = 2", 2, "its body was removed"),
        ("UPDATE course_evidence SET at = '2020-01-01' WHERE number = 2", 2, "its own hash is another one"),
        ("DELETE FROM course_evidence WHERE number = 2", 3, "row 2 is missing"),
        ("DELETE FROM course_evidence WHERE number > 2", 4, "it is missing"),
    ],
)  # fmt: skip
def test_who_gets_round_the_database_is_told_at_the_row(
    root: Path, statement: str, row: int, found: str
) -> None:
    with sqlite3.connect(root / "gradebook.db") as database:
        triggers = (
            "SELECT name FROM sqlite_master WHERE tbl_name = 'course_evidence' AND type = 'trigger'"
        )
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
    database.close()
    with Course.open(root).book() as book, pytest.raises(Invalid) as caught:
        evidence.check(book)
    assert caught.value.where.endswith(f"course_evidence, row {row}")
    assert caught.value.what == "the evidence ledger was changed after it was written"
    assert found in caught.value.found
    said = classroom.course("audit --who ana --objective leave", root, code=2)
    assert f"row {row}" in said.err
