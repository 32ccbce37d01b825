"""What a machine keeps of a service's course, laid out as nbgrader's exchange: all that is here works offline.

Releases lie in ``outbound``, submissions in ``inbound``, feedback in ``feedback``, as nbgrader names
them. A submission's secret, by which nbgrader finds its feedback, is the nonce that it was sealed with.
"""

import json
import tempfile
from pathlib import Path
from typing import Any

from course import archive, layout, sealed
from course.errors import CourseError
from course.exchange.access import Access
from course.exchange.remote import Remote
from course.sealed import Sealed

NUMBERS = "numbers.json"
_DIGESTS = "releases.json"
SECRET = "submission_secret.txt"  # noqa: S105  nbgrader's file
ABOUT = "course.json"


def make(access: Access) -> Path:
    """Make the folders; returns the course's."""
    place = access.mirror / access.course
    try:
        for name in ("outbound", "inbound", "feedback"):
            (place / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise layout.refused(place, error) from error
    return place


def refresh(access: Access, remote: Remote) -> list[str]:
    """Bring the releases up to date; returns the lessons that are new or changed."""
    place = make(access)
    about, digests = remote.me(), _table(place / _DIGESTS)
    changed = []
    for lesson, digest in remote.lessons().items():
        layout.safe_name(lesson, "lesson")
        if digests.get(lesson) != digest or not (place / "outbound" / lesson).is_dir():
            _lay(place / "outbound" / lesson, archive.contents(remote.release(lesson), lesson))
            digests[lesson] = digest
            changed.append(lesson)
            layout.write(place / _DIGESTS, json.dumps(digests))
    layout.write(place / ABOUT, json.dumps(about.get("announced") or {}))
    return changed


def pull_feedback(access: Access, remote: Remote, lesson: str) -> None:
    """Bring the feedback on a lesson where nbgrader looks for it."""
    place = make(access)
    last = {each["nonce"]: each["number"] for each in remote.feedback(lesson)}
    for nonce, number in last.items():
        for name, page in archive.contents(remote.feedback_parcel(number), "feedback").items():
            if name.endswith(".html") and "/" not in name:
                layout.write(
                    place / "feedback" / page_name(nonce, name.removesuffix(".html")), page
                )


def pull_submissions(access: Access, remote: Remote, lesson: str) -> list[tuple[str, str]]:
    """Bring the submissions of a lesson that are new; returns learner and reason of those that can't be read."""
    place = make(access)
    known, left_out = _table(place / NUMBERS), []
    last = max((each["number"] for each in known.values() if each["lesson"] == lesson), default=0)
    for row in remote.submissions(lesson, last):
        try:
            work = sealed.opened(remote.sealed(row["number"]), row["learner"])
            lay_submission(access, work)
            nonce = work.nonce
        except CourseError as error:
            left_out.append((str(row["learner"]), error.what))
            nonce = str(row["receipt"]["nonce"])
        known[nonce] = {"number": row["number"], "lesson": lesson, "receipt": row["receipt"]}
        layout.write(place / NUMBERS, json.dumps(known))
    for body in remote.requests(lesson):
        _lay_request(place / "inbound", body)
    return left_out


def lay_submission(access: Access, work: Sealed) -> Path:
    """Lay a submission into ``inbound`` as nbgrader would; returns its folder."""
    at = nbgraders_time(work)
    name = f"{work.learner}+{work.lesson}+{at}+{work.nonce[:12]}"
    seals = {"timestamp.txt": at.encode(), SECRET: work.nonce.encode()}
    folder = make(access) / "inbound" / name
    _lay(folder, {**work.files, **seals})
    return folder


def nbgraders_time(work: Sealed) -> str:
    """Return when something was sealed, as nbgrader writes it."""
    return work.sealed_at.strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def number_of(access: Access, nonce: str) -> int | None:
    """Return the office's number of a submission that was pulled; None for one that came another way."""
    found = _table(make(access) / NUMBERS).get(nonce)
    return int(found["number"]) if found else None


def receipts(access: Access, lesson: str) -> list[dict[str, Any]]:
    """Return the receipts of everything that was pulled for a lesson."""
    known = _table(make(access) / NUMBERS).values()
    return [each["receipt"] for each in known if each["lesson"] == lesson]


def send_requests(access: Access, remote: Remote) -> None:
    """Send the learner's requests that wait here."""
    for path in sorted((make(access) / "inbound").glob("request-*.json")):
        remote.ask_again(json.loads(path.read_text("utf-8")))
        path.rename(path.with_suffix(".sent"))


def _lay(target: Path, files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory(prefix="course-") as scratch:
        for name, content in files.items():
            (Path(scratch) / name).parent.mkdir(parents=True, exist_ok=True)
            (Path(scratch) / name).write_bytes(content)
        layout.copy_folder(Path(scratch), target)


def _lay_request(inbound: Path, body: dict[str, Any]) -> None:
    key = str(body.get("id", ""))
    path = inbound / f"request-{key}.json"
    if key.isalnum() and not path.exists():
        layout.write(path, json.dumps(body, ensure_ascii=False))


def page_name(secret: str, notebook: str) -> str:
    """Return the name under which the exchange has a notebook's feedback: only who holds the secret can tell."""
    from nbgrader.utils import notebook_hash  # noqa: PLC0415  heavy

    return f"{notebook_hash(secret=secret, notebook_id=notebook)}.html"


def _table(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8"))) if path.is_file() else {}
