"""The outbox over a real service: kept without a network, sent exactly once, whatever answers, whenever it is killed."""

import datetime as dt
import http.server
import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from office_house import notebook
from service import Running, home, member

from course import archive, sealed
from course.errors import Invalid, Refused, Unavailable
from course.exchange import intake, outbox
from course.exchange.access import Access
from course.exchange.remote import Remote, join
from course.layout import Layout
from course.model import Learner
from course.office import tables

COURSE, LESSON = "pandas", "first"


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("service") / "office"
    running = Running(place, (COURSE,), new_database()).start()
    with running.office() as office:
        maria, _ = member(office, COURSE, "Maria", running.url, "instructor")
    with maria:
        maria.publish(LESSON, archive.pack({"first.ipynb": notebook()}))
    yield running
    running.stop()


@pytest.fixture
def ana(service: Running, tmp_path: Path) -> Access:
    """A learner's folder with the lesson answered; each test has a learner of its own."""
    with service.office() as office:
        access = home(office, COURSE, "Ana", service.url, tmp_path)
    (tmp_path / LESSON).mkdir()
    (tmp_path / LESSON / "first.ipynb").write_bytes(notebook("1 + 1"))
    return access


def seal(access: Access, at: str = "") -> Path:
    _, path = outbox.seal(access.folder, COURSE, access.who, access.folder / LESSON)
    return path.rename(path.with_name(f"{at}{path.name}")) if at else path


def rows(service: Running, access: Access) -> int:
    work, own = tables.submission, tables.member
    query = (
        sa.select(sa.func.count())
        .select_from(work.join(own, work.c.member == own.c.id))
        .where(own.c.name == access.who)
    )
    with service.office() as office, office.reading() as connection:
        return int(connection.execute(query).scalar() or 0)


def test_what_waits_is_sent_once_and_its_receipt_is_kept(service: Running, ana: Access) -> None:
    path = seal(ana)
    (sent,) = outbox.send(ana)
    assert sent.receipt is not None
    assert not path.exists()
    assert outbox.receipts(ana.folder, LESSON) == [sent.receipt]
    assert list(outbox.send(ana)) == []
    assert rows(service, ana) == 1


def test_without_a_network_it_stays_and_the_reason_is_told(ana: Access) -> None:
    path = seal(ana)
    away = Access(ana.folder, "http://127.0.0.1:9", COURSE, ana.who, ana.token, ana.office)
    (sent,) = outbox.send(away)
    assert isinstance(sent.trouble, Unavailable)
    assert "course sync" in sent.trouble.hint
    assert path.exists()


def test_a_hotels_sign_in_page_is_not_taken_for_a_receipt(ana: Access) -> None:
    class Hotel(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<h1>Welcome to our network</h1>")

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Hotel) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        path = seal(ana)
        hotel = Access(
            ana.folder,
            f"http://127.0.0.1:{server.server_port}",
            COURSE,
            ana.who,
            ana.token,
            ana.office,
        )
        (sent,) = outbox.send(hotel)
        server.shutdown()
    assert sent.trouble is not None
    assert sent.trouble.what == "something else than the course service answers there"
    assert "signed in to this network" in sent.trouble.hint
    assert path.exists()


def test_a_receipt_of_another_office_is_not_believed(ana: Access) -> None:
    path = seal(ana)
    other = Access(ana.folder, ana.url, COURSE, ana.who, ana.token, "A" * 43)
    (sent,) = outbox.send(other)
    assert isinstance(sent.trouble, Invalid)
    assert "not by the office that you joined" in sent.trouble.what
    assert path.exists()
    (again,) = outbox.send(ana)
    assert again.receipt is not None


def test_a_refused_one_stays_and_does_not_hold_up_the_next(ana: Access) -> None:
    bad = seal(ana)
    data = sealed.seal(
        COURSE, "no-such-lesson", ana.who, {}, outbox.key_of(ana.folder), dt.datetime.now(dt.UTC)
    )
    bad.write_bytes(data)
    seal(ana)
    first, second = outbox.send(ana)
    assert "no released lesson 'no-such-lesson'" in str(first.trouble)
    assert second.receipt is not None
    assert outbox.waiting(ana.folder) == [bad]


def test_a_file_that_a_disk_spoiled_stays_and_does_not_hold_up_the_next(ana: Access) -> None:
    bad = seal(ana)
    bad.write_bytes(bad.read_bytes()[:100])
    seal(ana)
    first, second = outbox.send(ana)
    assert first.path == bad
    assert "this is not a zip that can be read" in str(first.trouble)
    assert second.receipt is not None
    assert outbox.waiting(ana.folder) == [bad]


def test_killed_before_the_receipt_came_it_is_sent_again_and_counted_once(
    service: Running, ana: Access
) -> None:
    path = seal(ana)
    with ana.remote() as remote:
        paper = remote.submit(LESSON, path.read_bytes())  # the answer, and this machine, are lost
    service.stop(signal.SIGKILL)
    (away,) = outbox.send(ana)
    assert away.receipt is None
    service.start()
    (sent,) = outbox.send(ana)
    assert sent.receipt == paper
    assert rows(service, ana) == 1


def test_a_link_that_is_none_is_told_before_anything_is_asked() -> None:
    with pytest.raises(Invalid, match="this is no invitation") as caught:
        join("ftp://example.org/join/abc", name="Ana")
    assert "copy the whole link" in caught.value.hint


def test_somebody_without_a_token_is_told_to_join(service: Running) -> None:
    with (
        Remote(service.url, COURSE, "nonsense") as remote,
        pytest.raises(Refused, match="nobody's here"),
    ):
        remote.me()


# by hand ------------------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path: Path) -> Layout:
    root = tmp_path / "course"
    folders = [
        root / name
        for name in (
            "notebooks",
            "release",
            "submitted",
            "autograded",
            "feedback",
            "autograders",
            "exchange",
        )
    ]
    return Layout(root, *folders, db_url="", course_id=COURSE)


def collect(course: Layout, source: Path, *people: str) -> intake.Taken:
    return intake.take(source, course, LESSON, ["first"], [Learner(name) for name in people])


def keys(course: Layout, **known: str) -> None:
    (course.root / ".course").mkdir(parents=True, exist_ok=True)
    (course.root / ".course" / "keys.json").write_text(json.dumps(known))


def test_a_stick_carries_the_same_file(ana: Access, course: Layout, tmp_path: Path) -> None:
    work, path = outbox.seal(tmp_path, COURSE, ana.who, tmp_path / LESSON, to=tmp_path / "stick")
    keys(course, **{ana.who: work.key})
    found = collect(course, tmp_path / "stick", ana.who)
    assert (found.learners, found.left_out, found.look) == ([ana.who], [], [])
    own = course.submission(ana.who, LESSON)
    assert (own / "first.ipynb").read_bytes() == notebook("1 + 1")
    assert (own / "timestamp.txt").read_text() == work.sealed_at.strftime(
        "%Y-%m-%d %H:%M:%S.%f UTC"
    )
    again = collect(course, path, ana.who)
    assert again == intake.Taken()


def test_a_key_that_nobody_knows_is_said(ana: Access, course: Layout, tmp_path: Path) -> None:
    outbox.seal(tmp_path, COURSE, ana.who, tmp_path / LESSON, to=tmp_path / "stick")
    found = collect(course, tmp_path / "stick", ana.who)
    assert found.learners == [ana.who]
    assert "nobody knows whose key sealed it" in found.look[0][1]


def test_somebody_elses_key_a_stranger_another_course_and_a_broken_file_are_left_out(
    ana: Access, course: Layout, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    keys(course, **{ana.who: "A" * 43})
    outbox.seal(tmp_path, COURSE, ana.who, tmp_path / LESSON, to=stick)
    outbox.seal(tmp_path, COURSE, "eve", tmp_path / LESSON, to=stick)
    outbox.seal(tmp_path, "other", ana.who, tmp_path / LESSON, to=stick)
    (stick / "broken.sealed.zip").write_bytes(b"PK")
    found = collect(course, stick, ana.who)
    assert found.learners == []
    assert sorted(why for _, why in found.left_out) == sorted([
        f"signed with a key that is not {ana.who}'s", "eve is not on the list: course learners add eve",
        "sealed for another course, other", "this is not a zip that can be read",
    ])  # fmt: skip
    assert not course.submitted.exists()


def test_older_work_does_not_take_the_place_of_newer(
    ana: Access, course: Layout, tmp_path: Path
) -> None:
    key = outbox.key_of(tmp_path)
    now = dt.datetime.now(dt.UTC)
    for hours, answer in ((0, "new"), (-5, "old")):
        data = sealed.seal(
            COURSE,
            LESSON,
            ana.who,
            {"first.ipynb": notebook(answer)},
            key,
            now + dt.timedelta(hours=hours),
        )
        (tmp_path / f"{answer}.sealed.zip").write_bytes(data)
    collect(course, tmp_path / "new.sealed.zip", ana.who)
    found = collect(course, tmp_path / "old.sealed.zip", ana.who)
    assert "older than what" in found.left_out[0][1]
    assert (course.submission(ana.who, LESSON) / "first.ipynb").read_bytes() == notebook("new")
