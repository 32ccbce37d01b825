"""What is kept about somebody is told in full, and forgotten in full; figures stay right."""

import datetime as dt
import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import records
import sqlalchemy as sa

import course.insight
from course.cli import run
from course.errors import CourseError, NotFound, Unavailable
from course.kept import TITLES
from course.model import ManualMark
from course.store import disputes, evidence, ledger, personal, tables
from course.store.disputes import Place
from course.term import Course, forgetting, returning

WHO = "mallory"


@pytest.fixture
def mine(graded: Course, tmp_path: Path) -> Course:
    """A course of its own in which mallory worked, was marked, asked, and stands on the exchange, too."""
    root = shutil.copytree(graded.layout.root, tmp_path / "course")
    course = Course.open(root)
    events = [("a", 0, "answered", "how-to-run", {"response": ["c"], "scaled": 1}), ("b", 60, "asked", "double", {"response": "I am mallory"}),
              ("c", 90, "answered", "own-words", {"response": ["My name is Mallory Quinn"], "scaled": 0})]  # fmt: skip
    records.write(course.layout.submission(WHO, "welcome"), events)
    records.write(
        course.layout.submission("ana", "welcome"),
        [("d", 0, "answered", "how-to-run", {"response": ["a"], "scaled": 0})],
    )
    course.mark([ManualMark("welcome", WHO, "wish", 1.0, "Well done, Mallory.", "Maria")])
    inbound = course.layout.exchange / course.layout.course_id / "inbound"
    shutil.copytree(
        course.layout.submission(WHO, "welcome"),
        inbound / f"{WHO}+welcome+2026-01-01 10:00:00 UTC+x",
    )
    return course


def traces(root: Path, word: str) -> Iterator[str]:
    """Yield where a word is still to be found: in names, in files, in the database's very bytes."""
    for path in sorted(root.rglob("*")):
        if word in path.name.lower() or (
            path.is_file() and word.encode() in path.read_bytes().lower()
        ):
            yield path.relative_to(root).as_posix()


def test_all_that_is_kept_is_in_one_readable_whole(mine: Course, tmp_path: Path) -> None:
    out = tmp_path / "mallory.zip"
    assert run(["my-data", WHO, "--out", str(out), "--course", str(mine.layout.root)]) == 0
    with zipfile.ZipFile(out) as archive:
        about, names = json.loads(archive.read("my-data.json")), archive.namelist()
    with mine.book() as book, book.reading() as connection:
        for name, table in tables.metadata.tables.items():
            if "learner" in table.c:
                count = connection.execute(
                    sa.select(sa.func.count()).select_from(table).where(table.c.learner == WHO)
                ).scalar()
                assert len(about["gradebook"].get(name, [])) == count
    assert about["gradebook"]["course_ledger"]
    said = [line for lines in about["records"].values() for line in lines]
    assert any(line["result"].get("response") == "I am mallory" for line in said)
    assert {"files/" + name for name in about["files"]} | {"my-data.json"} == set(names)
    assert run(["my-data", WHO, "--out", str(out), "--course", str(mine.layout.root)]) == 2, (
        "nothing is overwritten"
    )


def test_nothing_is_left_of_who_is_removed_and_the_others_figures_are_the_same(
    mine: Course,
) -> None:
    before = course.insight.open(mine.layout.root)
    others = {name: getattr(before, name) for name in ("marks", "events", "standing", "attempts")}
    with mine.book() as book:
        evidence_rows = evidence.check(book)
    forgetting.forget(mine, forgetting.kept(mine, WHO), "Maria", pseudonymise=False)
    assert list(traces(mine.layout.root, WHO)) == []
    after = course.insight.open(mine.layout.root)
    for name, frame in others.items():
        rest = frame[frame["learner"] != WHO]
        assert sorted(map(str, getattr(after, name).itertuples(index=False))) == sorted(
            map(str, rest.itertuples(index=False))
        )
    with mine.book() as book:
        told = [line for line in ledger.lines(book) if line["action"] == "forgotten"]
        assert evidence.check(book) == evidence_rows, "the chain is whole"
    assert [(line["actor"], line["learner"]) for line in told] == [("Maria", "")]


def test_under_a_pseudonym_every_figure_is_the_same(mine: Course) -> None:
    before = course.insight.open(mine.layout.root)
    known = before.marks[before.marks["points"].notna()]
    figures = [known.groupby("question", observed=True)["points"].agg(["mean", "count"]).to_dict(),
               before.standing["state"].value_counts().to_dict(), before.sessions["minutes"].sum(),
               before.events.groupby(["verb", "object"], observed=True)["scaled"].agg(["mean", "size"]).drop(index="asked", errors="ignore").to_dict()]  # fmt: skip
    name = forgetting.forget(mine, forgetting.kept(mine, WHO), "Maria", pseudonymise=True)
    assert name.startswith("forgotten-")
    assert list(traces(mine.layout.root, WHO)) == []
    assert list(traces(mine.layout.root, "quinn")) == []
    after = course.insight.open(mine.layout.root)
    known = after.marks[after.marks["points"].notna()]
    again = [known.groupby("question", observed=True)["points"].agg(["mean", "count"]).to_dict(),
             after.standing["state"].value_counts().to_dict(), after.sessions["minutes"].sum(),
             after.events.groupby(["verb", "object"], observed=True)["scaled"].agg(["mean", "size"]).drop(index="asked", errors="ignore").to_dict()]  # fmt: skip
    assert again == figures
    assert set(after.marks[after.marks["learner"] == name]["question"]) == {
        "how-to-run",
        "double",
        "wish",
    }
    assert "asked" not in set(after.events["verb"].astype(str))
    assert mine.submissions("welcome"), "the others' work is there"
    prepared = mine.prepare("welcome")
    assert name not in {work.learner for work in mine.todo(prepared)[0]}, (
        "there is nothing to grade again"
    )


def test_every_table_of_the_gradebook_says_what_becomes_of_a_person(mine: Course) -> None:
    with mine.book() as book, book.reading() as connection:
        there = sa.inspect(connection)
        names = {name for name in there.get_table_names() if not name.startswith("sqlite_")}
        naming = {
            name for name in names
            if {"learner", "student_id"} & {each["name"] for each in there.get_columns(name)}
        }  # fmt: skip
    assert names == set(personal.FATES), (
        "a new table: say in course/store/personal.py what becomes of a person's rows"
    )
    held = {name for name, fate in personal.FATES.items() if fate != personal.NOBODY}
    assert naming - held == {"course_forgetting"}, "there only while somebody is being forgotten"
    assert set(TITLES) == held, "each is told to learners in words"


def test_no_file_of_the_course_names_who_is_forgotten(mine: Course) -> None:
    root, exchange = mine.layout.root, mine.layout.exchange / mine.layout.course_id
    others = {"keys.json": {WHO: "key", "ana": "key of ana"},
              "told.jsonl": {"at": "2026-01-01", "kind": "reminder", "person": WHO, "keys": [f"open/welcome/{WHO}"]}}  # fmt: skip
    for name, data in others.items():
        (root / ".course" / name).write_text(json.dumps(data) + "\n", encoding="utf-8")
    with (root / ".course" / "told.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"person": "ana", "keys": []}\n{"torn')
    papers = {key: {"lesson": "welcome", "number": number, "receipt": {"learner": who}}
              for key, number, who in (("n1", 1, WHO), ("n2", 2, "ana"))}  # fmt: skip
    (exchange / "numbers.json").write_text(json.dumps(papers), encoding="utf-8")
    for path in (".course/earlier/{}/welcome/ab/welcome.ipynb", ".course/drafts/welcome/{}.html", "letters/2026-01-01 reminder {}.eml",
                 "certificates/{}/2026-01-01-ab.json", ".course/cache/waiting/{}+welcome+2026/welcome.ipynb"):  # fmt: skip
        for who in (WHO, "ana"):
            file_of = root / path.format(who)
            file_of.parent.mkdir(parents=True, exist_ok=True)
            file_of.write_text(f"about {who}", encoding="utf-8")
    hour = {"id": "hour", "title": "An hour", "start": "2026-01-01T10:00:00+00:00", "present": ["ana", WHO]}  # fmt: skip
    (root / "sessions" / "hour").mkdir(parents=True)
    (root / "sessions" / "hour" / "session.json").write_text(json.dumps(hour), encoding="utf-8")
    (root / ".course" / "grading").mkdir(exist_ok=True)
    (root / ".course" / "grading" / "welcome.log").write_text(
        f"ana graded\n{WHO}: it needs a person\n", encoding="utf-8"
    )
    found = forgetting.kept(mine, WHO)
    about = json.loads(
        zipfile.ZipFile(io.BytesIO(forgetting.bundle(mine, found))).read("my-data.json")
    )
    assert {Path(name).name for name in about["mentions"]} == {
        "keys.json", "told.jsonl", "numbers.json", "session.json", "welcome.log",
    }  # fmt: skip
    forgetting.forget(mine, found, "Maria", pseudonymise=False)
    assert list(traces(root, WHO)) == []
    assert json.loads((root / ".course" / "keys.json").read_text()) == {"ana": "key of ana"}
    assert (root / ".course" / "told.jsonl").read_text() == '{"person": "ana", "keys": []}\n{"torn'
    assert set(json.loads((exchange / "numbers.json").read_text())) == {"n2"}
    assert len(list(traces(root, "about ana"))) == 5, "what is another's stays"


def test_what_a_learner_asked_to_be_looked_at_again_names_nobody_under_a_pseudonym(
    mine: Course,
) -> None:
    place = Place("welcome", "welcome", "wish", WHO)
    with mine.book() as book, book.transaction() as connection:
        message = disputes.Message(WHO, disputes.ASKED, "Please.", dt.datetime.now(dt.UTC))
        disputes.say(connection, place, message, "r" * 32)
    name = forgetting.forget(mine, forgetting.kept(mine, WHO), "Maria", pseudonymise=True)
    assert list(traces(mine.layout.root, WHO)) == []
    with mine.book() as book:
        asked = [line for line in ledger.lines(book) if line["action"] == disputes.ASKED]
    assert [(line["actor"], line["learner"]) for line in asked] == [(name, name)]


def test_feedback_that_went_out_in_a_second_version_is_forgotten_too(mine: Course) -> None:
    work = mine.layout.submission(WHO, "welcome")
    for name, text in (("timestamp.txt", "2026-01-01 10:00:00 UTC"), ("submission_secret.txt", "s" * 40)):  # fmt: skip
        (work / name).write_text(text, encoding="utf-8")
    place = mine.layout.exchange / mine.layout.course_id / "feedback"
    place.mkdir(parents=True, exist_ok=True)
    returning.give_back(mine, "welcome")
    mine.mark([ManualMark("welcome", WHO, "wish", 0.5, "Less well.", "Maria")])
    returning.give_back(mine, "welcome")
    assert len(list(place.glob("*.html"))) == 2, "the page, and what is kept"
    forgetting.forget(mine, forgetting.kept(mine, WHO), "Maria", pseudonymise=False)
    assert list(place.glob("*.html")) == []


def test_a_dry_run_says_what_there_is_and_does_nothing(
    mine: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(traces(mine.layout.root, WHO))
    assert run(["forget", WHO, "--dry-run", "--course", str(mine.layout.root)]) == 0
    said = capsys.readouterr().out
    assert "course_ledger" in said
    assert "nothing was done" in said
    assert sorted(traces(mine.layout.root, WHO)) == before


def test_a_stranger_is_told_from_a_learner(mine: Course) -> None:
    with pytest.raises(NotFound, match="no learner 'malory'"):
        forgetting.kept(mine, "malory")


def test_the_ledger_still_refuses_everybody_else(mine: Course) -> None:
    for table in (tables.ledger,):
        for statement in (
            table.delete(),
            table.update().values(learner="x"),
            table.update().values(actor="x"),
        ):
            with (
                mine.book() as book,
                pytest.raises((CourseError, sa.exc.SQLAlchemyError)),
                book.transaction() as connection,
            ):
                connection.execute(statement)
    begin = tables.forgetting.insert().values(actor="x", learner=WHO, pseudonym="")
    with mine.book() as book, pytest.raises(Unavailable), book.transaction() as connection:  # noqa: PT012  one transaction
        connection.execute(begin)
        connection.execute(
            tables.ledger.update()
            .where(tables.ledger.c.learner == WHO)
            .values(actor="somebody else")
        )
    with sqlite3.connect(mine.layout.root / "gradebook.db") as book:
        assert book.execute("SELECT count(*) FROM course_forgetting").fetchone() == (0,)
