"""A course at a distance: one instructor, two learners' machines in two time zones, the service beside a real JupyterHub."""

import contextlib
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import hub as hubs
import pytest
from classroom import DOUBLE, SQUARE, Said, answer, course, environment, new_course, points

from course.office.office import Office
from course.signing import is_signed

pytestmark = pytest.mark.thorough

NOWHERE = "http://127.0.0.1:9"  # the port of "discard": nothing listens there


@dataclass
class Machine:
    """A learner's machine: a home, a time zone, and a network or none."""

    home: Path
    zone: str
    more: dict[str, str] = field(default_factory=dict)

    def course(self, command: str, code: int = 0) -> Said:
        return self._run([sys.executable, "-m", "course", *command.split()], code)

    def nbgrader(self, command: str, code: int = 0) -> Said:
        return self._run([sys.executable, "-m", "nbgrader", *command.split()], code)

    def assignment_list(self, deed: str, *names: str) -> dict[str, Any]:
        """Do what a button of nbgrader's Assignment List in JupyterLab does on the server."""
        script = (
            "import json, os, sys\n"
            "from nbgrader.server_extensions.assignment_list.handlers import AssignmentList\n"
            "there = AssignmentList()\n"
            "there.root_dir = os.getcwd()\n"
            "print(json.dumps(getattr(there, sys.argv[1])(*sys.argv[2:]), default=str))\n"
        )
        said = self._run([sys.executable, "-c", script, deed, *names], 0).out
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        assert found["success"], found
        return found

    def _run(self, words: list[str], code: int) -> Said:
        own = {**environment(self.home / ".jupyter-own"), "TZ": self.zone, **self.more}
        done = subprocess.run(
            words, cwd=self.home, env=own, capture_output=True, text=True, check=False, timeout=180
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return Said(done.returncode, done.stdout, done.stderr)

    @contextlib.contextmanager
    def offline(self) -> Iterator[None]:
        """Take the network away: the service's address leads nowhere."""
        file = self.home / "learner.toml"
        text = file.read_text("utf-8")
        line = next(each for each in text.splitlines() if each.startswith("service"))
        file.write_text(text.replace(line, f'service = "{NOWHERE}"'), encoding="utf-8")
        yield
        file.write_text(text, encoding="utf-8")

    def receipts(self) -> list[dict[str, object]]:
        return [
            json.loads(path.read_text("utf-8"))
            for path in sorted((self.home / "receipts").glob("*.json"))
        ]


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hubs.Hub]:
    with hubs.running(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture(scope="module")
def our(hub: hubs.Hub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The instructor's course, known to the service beside the hub, with its lesson released."""
    root = new_course(tmp_path_factory.mktemp("instructor") / "course")
    settings = root / "course.toml"
    text = settings.read_text("utf-8")
    id_ = next(line for line in text.splitlines() if line.startswith("id ="))
    settings.write_text(
        text.replace(id_, 'id = "pandas-at-work"') + f'\n[service]\nurl = "{hub.service}"\n',
        "utf-8",
    )
    log = (hub.folder / "hub.log").read_text("utf-8")
    link = next(word for word in log.split() if "/join/" in word)
    assert "as maria" in course(f"join {link} --name Maria", root).out
    assert (root / ".course" / "service.toml").stat().st_mode & 0o077 == 0
    course("release welcome", root)
    return root


def invite(our: Path, more: str = "") -> str:
    return course(f"learners invite {more}", our).out.strip().splitlines()[-1]


def test_two_learners_work_where_they_are(  # noqa: PLR0915  a story from its beginning to its end
    hub: hubs.Hub, our: Path, tmp_path: Path
) -> None:
    # ana comes by a link; the first lesson is laid ready, and works without a network
    ana = Machine(tmp_path / "ana", "America/Lima")
    ana.home.mkdir()
    joined = ana.course(f"join {invite(our, '--uses 1 --for ana')} --name Ana")
    assert "joined pandas-at-work as ana; lessons: welcome" in joined.out
    assert (ana.home / "welcome" / "welcome.ipynb").is_file()
    for secret in ("token", "learner.key"):
        assert (ana.home / ".course" / secret).stat().st_mode & 0o077 == 0

    # ben works at the hub, which knows him; the instructor put him on the list
    ben = Machine(
        hub.home("ben"), "Europe/Ljubljana", {"JUPYTERHUB_API_TOKEN": hub.token_of("ben")}
    )
    ben.home.mkdir(parents=True)
    refused = ben.course(f"join {hub.service} --hub", code=2)
    assert "'ben' is not on this course's list" in refused.err
    assert "1 new at the course service" in course("learners add ben --first-name Ben", our).out
    assert "joined pandas-at-work as ben" in ben.course(f"join {hub.service} --hub").out
    (listed,) = ben.assignment_list("list_released_assignments", "pandas-at-work")["value"]
    assert (listed["assignment_id"], listed["status"]) == ("welcome", "fetched")
    assert "welcome" in ben.nbgrader("list").err

    # ana hands in without a network: it is sealed, waits, and goes out once, with its own time
    answer(ana.home, DOUBLE)
    with ana.offline():
        sealed = ana.course("submit welcome")
        assert "sealed welcome" in sealed.out
        assert "it waits: the course service can't be reached" in sealed.out
        assert "the course service can't be reached" in ana.course("sync", code=1).err
    assert len(list((ana.home / "outbox").glob("*.sealed.zip"))) == 1
    assert "1 sent, 0 kept" in ana.course("sync").out
    assert "0 sent, 0 kept" in ana.course("sync").out
    assert not list((ana.home / "outbox").iterdir())
    paper = ana.receipts()[0]
    assert is_signed(paper)
    verified = ana.course(f"verify {next((ana.home / 'receipts').iterdir())}").out
    assert f"sealed {paper['sealed_at']}, received {paper['received_at']}" in verified
    assert "the office of the course that this folder joined" in verified

    # ben hands in with nbgrader's own command, which knows nothing of the service
    answer(ben.home, SQUARE)
    assert "Received welcome" in ben.nbgrader("submit welcome").err
    assert len(ben.receipts()) == 1

    # the instructor collects, grades and gives back
    collected = course("collect welcome", our).out
    assert "joined since: ana" in collected
    assert "welcome: 2 new or changed (ana, ben)" in collected
    course("autograde welcome", our, code=None)
    marks = points(our)
    assert marks["ana", "double"] > marks["ben", "double"]  # type: ignore[operator]
    course("return welcome", our)

    # each finds their own feedback, ben with nbgrader's command
    page = Path(ana.course("feedback welcome").out.split(": ", 1)[1].strip())
    assert page.is_file()
    (handed_in,) = ben.assignment_list("list_submitted_assignments", "pandas-at-work")["value"]
    assert handed_in["submissions"][0]["has_exchange_feedback"]
    ben.assignment_list("fetch_feedback", "pandas-at-work", "welcome")
    (own,) = (ben.home / "welcome" / "feedback").glob("*/welcome.html")
    assert own.read_bytes() != page.read_bytes()

    # fewer answers than before are not handed in by accident
    (ana.home / "welcome").rename(ana.home / "mine")
    ana.course("fetch welcome")
    again = ana.course("submit welcome", code=2).err
    assert "you answered more questions in an attempt before" in again
    assert "course submit welcome --fewer" in again
    assert "an earlier attempt has its feedback already" in ana.course("submit welcome --fewer").out
    with Office(hub.folder / "office") as office, office.reading() as connection:
        rows = connection.exec_driver_sql(
            "select member, attempt from office_submission"
        ).fetchall()
    assert sorted(attempt for _, attempt in rows) == [1, 1, 2]

    # ana sees all that is kept of her, at the service and in the gradebook; then she is forgotten
    ana.course("my-data --out all.zip")
    with zipfile.ZipFile(ana.home / "all.zip") as archive:
        kept = json.loads(archive.read("my-data.json"))
    assert len(kept["service"]["office_submission"]) == 2
    assert kept["service"]["office_member"][0]["name"] == "ana"
    assert {each["question"] for each in kept["gradebook"]["course_verdict"]} >= {"double"}
    assert kept["not yet returned"] == {}
    with ana.offline():
        ana.course("my-data --out offline.zip")
    with zipfile.ZipFile(ana.home / "offline.zip") as archive:
        again = json.loads(archive.read("my-data.json"))
    assert again["service"] == "the course service could not be reached"
    assert again["gradebook"] == kept["gradebook"], "it came with the feedback"
    assert "office_submission" in course("forget ana --yes", our).out
    assert "this token is nobody's here" in ana.course("sync", code=2).err
    assert not list((hub.folder / "office").rglob("*ana*"))
    with Office(hub.folder / "office") as office, office.reading() as connection:
        assert len(connection.exec_driver_sql("select * from office_submission").fetchall()) == 1
    assert {who for who, _ in points(our)} == {"ben"}


def test_a_lost_machine_is_locked_out_and_its_work_stays(our: Path, tmp_path: Path) -> None:
    cem = Machine(tmp_path / "cem", "Asia/Tokyo")
    cem.home.mkdir()
    cem.course(f"join {invite(our, '--for cem')} --name Cem")
    answer(cem.home, DOUBLE)
    with cem.offline():
        cem.course("submit welcome")
    assert "1 tokens of cem revoked" in course("learners revoke cem", our).out
    told = cem.course("sync", code=2).err
    assert "this token was revoked" in told
    assert "ask your instructor for a new link" in told
    assert len(list((cem.home / "outbox").glob("*.sealed.zip"))) == 1
    assert (cem.home / "welcome" / "welcome.ipynb").is_file()


def test_an_invitation_that_was_revoked_lets_nobody_in(our: Path, tmp_path: Path) -> None:
    link = invite(our, "--uses 7")
    listed = json.loads(course("learners invitations --json", our).out)
    (own,) = (each for each in listed if each["uses"] == 7)
    assert "nobody joins" in course(f"learners revoke {own['id']}", our).out
    told = course(f"join {link} --name Dora --folder {tmp_path}", tmp_path, code=2).err
    assert "this invitation was revoked" in told
    assert not (tmp_path / "learner.toml").exists()
