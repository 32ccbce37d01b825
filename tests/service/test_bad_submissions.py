"""What is not a whole, fresh, own submission: a clear refusal, nothing half-stored; the same twice is once."""

import contextlib
import datetime as dt
import io
import json
import secrets
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import postgres
import pytest
import sqlalchemy as sa
from office_house import LESSON, House, Somebody, notebook

from course import archive, sealed
from course.office import tables

Spoil = Callable[[bytes], bytes]


def changed(data: bytes, **files: bytes | None) -> bytes:
    own: dict[str, bytes] = archive.contents(data)
    for name, content in files.items():
        own.pop(name, None)
        if content is not None:
            own[name] = content
    return archive.pack(own)


def manifest(data: bytes, **about: object) -> bytes:
    files = archive.contents(data)
    told = json.loads(files.pop("manifest.json")) | about
    return archive.pack({"manifest.json": json.dumps(told).encode(), **files})


def bomb(_data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", b" " * 50_000_000)
    return made.getvalue()


def member(name: str, mode: int = 0o100644) -> Spoil:
    def spoil(data: bytes) -> bytes:
        made = io.BytesIO(data)
        with zipfile.ZipFile(made, "a") as file:
            extra = zipfile.ZipInfo(name)
            extra.external_attr = mode << 16
            file.writestr(extra, "/etc/passwd")
        return made.getvalue()

    return spoil


BAD: dict[str, tuple[Spoil, int, str]] = {
    "empty": (lambda _: b"", 422, "this is not a zip that can be read"),
    "no zip": (lambda _: b"hello", 422, "this is not a zip that can be read"),
    "truncated": (lambda data: data[: len(data) // 2], 422, "this is not a zip that can be read"),
    "bomb": (bomb, 403, "the zip is larger inside than a class's work can be"),
    "climbs out": (member("../../etc/cron.d/x"), 403, "a file of the zip climbs out of its folder"),
    "a link": (member("link", 0o120777), 403, "the zip holds a link or a device"),
    "one more file": (member("more.py"), 403, "its files are not those that were sealed"),
    "no manifest": (lambda _: archive.pack({"a.ipynb": b"{}"}), 422, "this is no sealed submission"),
    "deep": (lambda d: changed(d, **{"manifest.json": b"[" * 2000 + secrets.token_hex(50_000).encode()}), 422, "this is no sealed submission"),
    "another answer": (lambda d: changed(d, **{"first.ipynb": notebook("2")}), 403, "a file in it was changed after it was sealed"),
    "another time": (lambda d: manifest(d, sealed_at="2020-01-01T00:00:00Z"), 403, "the signature does not fit: it was changed after it was sealed"),
    "path as lesson": (lambda d: manifest(d, lesson="../x"), 403, "not a usable name for a lesson"),
}  # fmt: skip


def stored(house: House) -> tuple[int | None, int]:
    with house.office.reading() as connection:
        rows = connection.execute(
            sa.select(sa.func.count()).select_from(tables.submission)
        ).scalar()
    return rows, sum(1 for path in house.office.parcels.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_refused_and_nothing_is_kept(house: House, name: str) -> None:
    spoil, status, says = BAD[name]
    ana, before = house.join("Ana"), stored(house)
    told = ana.submit(spoil(ana.sealed()))
    assert (told.status_code, told.json()["title"]) == (status, says)
    assert stored(house) == before


def test_what_is_too_large_is_refused_before_it_is_read(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("course.service.learners.MAX_BYTES", 1000)
    ana = house.join("Ana")
    for more in ({}, {"headers": {"Transfer-Encoding": "chunked"}}):
        told = ana.ask(
            "POST", f"lessons/{LESSON}/submissions", content=iter([b"x" * 600] * 9), **more
        )
        assert (told.status_code, told.json()["title"]) == (413, "too large")
        assert told.json()["hint"].startswith("clear the outputs")


@pytest.mark.parametrize(("hours", "clock"), [(25, None), (0, 25), (0, -25), (25, 25)])
def test_a_clock_that_is_wrong_by_a_day_is_told(
    house: House, hours: float, clock: float | None
) -> None:
    ana, before = house.join("Ana"), stored(house)
    now = dt.datetime.now(dt.UTC)
    said = {"Course-Clock": (now + dt.timedelta(hours=clock)).isoformat()} if clock else {}
    told = ana.submit(ana.sealed(hours=hours), headers=said)
    assert (told.status_code, told.json()["title"]) == (403, "your computer's clock is wrong")
    assert "set date, time and time zone" in told.json()["hint"]
    assert stored(house) == before


def test_work_that_was_sealed_days_ago_without_a_network_is_taken_with_both_times(
    house: House,
) -> None:
    ana = house.join("Ana")
    paper = ana.submit(ana.sealed(days=-3)).json()
    sealed_at, received_at = (
        dt.datetime.fromisoformat(paper[name]) for name in ("sealed_at", "received_at")
    )
    assert received_at - sealed_at >= dt.timedelta(days=3)


def test_the_same_file_twice_is_one_submission_with_one_receipt(house: House) -> None:
    ana = house.join("Ana")
    data = ana.sealed()
    first, second = ana.submit(data), ana.submit(data)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert stored(house)[0] == 1


def test_the_number_of_another_submission_is_a_replay(house: House) -> None:
    ana = house.join("Ana")
    data = ana.sealed()
    ana.submit(data)
    told = json.loads(archive.contents(data)["manifest.json"])
    about = {key: told[key] for key in told if key not in ("key", "signature", "files")}
    again = ana.key.signed(about | {"files": {}})
    replay = archive.pack({"manifest.json": json.dumps(again).encode()})
    assert ana.submit(replay).json()["title"] == "replayed: another submission had this number"
    assert stored(house)[0] == 1


@pytest.mark.parametrize(
    ("lesson", "course", "says"), [("second", "pandas", "lesson"), (LESSON, "other", "course")]
)
def test_work_for_another_lesson_or_course_is_told(
    house: House, lesson: str, course: str, says: str
) -> None:
    ana = house.join("Ana")
    assert (
        ana.submit(ana.sealed(lesson=lesson, course=course)).json()["title"]
        == f"sealed for another {says}"
    )


@contextlib.contextmanager
def away(house: House) -> Iterator[None]:
    """Take the office's database away, and put it back."""
    house.office.close()
    if house.office.engine.dialect.name == "postgresql":
        with postgres.closed(house.office.url):
            yield
        return
    database = house.office.folder / "office.db"
    kept = database.rename(database.with_name("elsewhere.db"))
    database.mkdir()
    yield
    database.rmdir()
    kept.rename(database)


def test_a_database_that_is_away_is_503_with_when_to_come_again(
    house: House, tmp_path: Path
) -> None:
    ana = house.join("Ana")
    data = ana.sealed()
    with away(house):
        told = ana.submit(data)
        assert told.status_code == 503
        assert told.headers["retry-after"] == "5"
        assert "nothing is half-written" in told.json()["hint"]
        assert str(tmp_path) not in told.text
        assert "127.0.0.1" not in told.text
    assert ana.submit(data).status_code == 201


def test_a_full_disk_is_503_and_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana, before = house.join("Ana"), stored(house)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert ana.submit(ana.sealed()).status_code == 503
    monkeypatch.undo()
    assert stored(house) == before


def test_the_receipt_says_what_is_unanswered_and_what_will_not_run(house: House) -> None:
    ana = house.join("Ana")
    empty, broken = ana.submit(ana.sealed("")).json(), ana.submit(ana.sealed("x = (1")).json()
    assert (empty["questions"], empty["unanswered"], empty["will_not_run"]) == (1, ["sum"], [])
    assert broken["unanswered"] == []
    assert broken["will_not_run"] == ["first.ipynb, sum-answer: '(' was never closed"]


def test_fewer_answers_than_before_are_kept_beside_and_told(house: House) -> None:
    ana = house.join("Ana")
    ana.submit(ana.sealed("1 + 1"))
    second = ana.submit(ana.sealed("")).json()
    assert second["notes"] == ["attempt 1 answered 1 questions, this one 0; both are kept"]
    assert [each["attempt"] for each in ana.ask("GET", f"lessons/{LESSON}/submissions").json()] == [
        1,
        2,
    ]


def test_a_sealed_file_reads_as_it_was_sealed(house: House) -> None:
    ana: Somebody = house.join("Ana")
    work = sealed.opened(ana.sealed("3"))
    assert (work.course, work.lesson, work.learner, work.key) == (
        "pandas",
        LESSON,
        "ana",
        ana.key.public,
    )
    assert dict(work.files) == {"first.ipynb": notebook("3")}
