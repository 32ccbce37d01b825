"""Letters of a course: written from its gradebook and dates, posted, and each told once."""

import datetime as dt
import json
import os
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from course import dates
from course import layout as disk
from course.deadline import Deadline
from course.exchange import transfer
from course.exchange.access import Access
from course.grading.turn import turn
from course.model import Learner, Mark, Outcome, Place
from course.pacing import letters, post
from course.pacing.calendar import Entry, written
from course.pacing.letters import Desk, Letter, Overview, Part, Pile, Reader, Work
from course.review import share
from course.settings import Staff
from course.store import reading
from course.store.extensions import extensions
from course.term import Course

_TOLD = Path(".course") / "told.jsonl"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a course stands, read once.

    Attributes:
        people: everybody who takes the course.
        work: of each learner by id, the released lessons in the course's order.
        waiting: marks that a person has yet to give.
        attempts: what grading made of each submission, by lesson and learner.
        asked: the questions at the office, by group, as `Remote.board` gives them.
        zones: the learners' own time zones by id, where the office knows them.
    """

    course: Course
    people: tuple[Learner, ...]
    work: Mapping[str, tuple[Work, ...]]
    waiting: tuple[Mark, ...]
    attempts: Mapping[tuple[str, str], Any]
    asked: Sequence[Sequence[Mapping[str, Any]]] = ()
    zones: Mapping[str, ZoneInfo] = field(default_factory=dict)


def look(course: Course) -> Standing:
    """Return how a course stands.

    Raises:
        Unavailable: the course service is away; nobody is reminded of what may have been handed in.
    """
    released = [each for each in course.lessons() if _is_released(course, each)]
    people = {person.id: person for person in course.learners()}
    with course.book() as book:
        given = extensions(book)
        attempts = reading.attempts(book)
        waiting = tuple(m for m in reading.marks(book) if m.state == Outcome.NEEDS_PERSON)
    asked = _asked(course)
    arrived = {**transfer.arrived(course.layout), **_at_the_office(course, released)}
    persons = {(m.learner, m.lesson) for m in waiting}

    def work(person: str, lesson: str, deadline: Deadline) -> Work:
        row, declared = attempts.get((lesson, person)), course.file.lesson(lesson)
        at = _handed_in(course, person, lesson, arrived)
        due = deadline.due(person)
        plain = Deadline(course.file, lesson, people).due(person)
        standing = _standing(at, row, persons=(person, lesson) in persons)
        return Work(lesson, declared.title or lesson, declared.minutes, due, standing, at,
                    course.file.rules(lesson).grace_minutes, due != plain)  # fmt: skip

    deadlines = [
        Deadline(course.file, name, people, [e for e in given if e.lesson == name]) for name in released
    ]  # fmt: skip
    own = {
        person: tuple(work(person, each.lesson, each) for each in deadlines) for person in people
    }
    return Standing(course, tuple(people.values()), own, waiting, attempts, asked, _zones(course))


def _at_the_office(course: Course, lessons: Sequence[str]) -> dict[tuple[str, str], dt.datetime]:
    """Return when work came to the course service, collected or not, where there is one."""
    if not transfer.over_service(course.config):
        return {}
    with Access.of(course.layout.root).remote() as service:
        return {
            (str(row["learner"]), lesson): dt.datetime.fromisoformat(row["receipt"]["sealed_at"])
            for lesson in lessons for row in service.submissions(lesson)
        }  # fmt: skip


def _asked(course: Course) -> list[list[dict[str, Any]]]:
    if not transfer.over_service(course.config):
        return []
    with Access.of(course.layout.root).remote() as service:
        return service.board()


def _zones(course: Course) -> dict[str, ZoneInfo]:
    if not transfer.over_service(course.config):
        return {}
    found = {}
    with Access.of(course.layout.root).remote() as service:
        for each in service.people():
            with suppress(ValueError):  # a zone that this machine's list does not have
                found[str(each["name"])] = dates.zone(str(each["zone"]))
    return found


def _is_released(course: Course, lesson: str) -> bool:
    return (course.layout.exchange / course.layout.course_id / "outbound" / lesson).is_dir()


def _handed_in(
    course: Course, person: str, lesson: str, arrived: Mapping[tuple[str, str], dt.datetime]
) -> dt.datetime | None:
    folder = course.layout.submission(person, lesson)
    collected = transfer.submitted_at(folder) if folder.is_dir() else None
    came = [each for each in (collected, arrived.get((person, lesson))) if each]
    if came:
        return max(came)
    return dt.datetime.fromtimestamp(folder.stat().st_mtime, dt.UTC) if folder.is_dir() else None


def _standing(at: dt.datetime | None, row: Any, *, persons: bool) -> letters.Standing:
    if at is None:
        return "open"
    graded = row is not None and row["state"] == "graded" and not persons
    newer = row is not None and row["submitted_at"] and at > row["submitted_at"].replace(tzinfo=dt.UTC)  # fmt: skip
    if not graded or newer:
        return "waiting"
    return "returned" if row["feedback"] else "marked"


def drafts(standing: Standing, now: dt.datetime, told: frozenset[str]) -> list[Letter]:
    """Return the letters that would go out now, learners' first; who has no address gets none."""
    file = standing.course.file
    desk = Desk(file.title, file.reminders, file.zone, now, told)
    found: list[Letter | None] = []
    for person in standing.people:
        if post.usable(person.email):
            reader, work = Reader(person.id, person.name, person.email), standing.work[person.id]
            own = replace(desk, zone=standing.zones.get(person.id, desk.zone))
            told_of = letters.answers(_answered(standing, person.id, now))
            found += [
                letters.reminder(own, reader, work),
                letters.digest(own, reader, work, [told_of]),
            ]
    for each in file.staff:
        if post.usable(each.email) and each.role != "observer":
            reader = Reader(each.name, each.name, each.email)
            found.append(letters.for_grader(desk, reader, _piles(standing, each)))
            if each.role == "instructor":
                more = [Part("Questions", tuple(_open_questions(standing)))]
                found.append(letters.for_instructor(desk, reader, _overviews(standing, now), more))
    return [each for each in found if each is not None]


def _answered(standing: Standing, learner: str, now: dt.datetime) -> list[str]:
    """Return the questions of a learner that were answered within the last week."""
    since = now - dt.timedelta(days=7)
    return [
        str(one["text"])[:120] for group in standing.asked for one in group
        if one.get("learner") == learner and any(dt.datetime.fromisoformat(each["at"]) > since for each in one["answers"])
    ]  # fmt: skip


def _open_questions(standing: Standing) -> list[str]:
    """Return the questions without an answer, those that waited longest first."""
    return [
        f"{group[0]['text'][:120]} ({group[0]['lesson']}" + (f"; {len(group)} ask it)" if len(group) > 1 else ")")
        for group in standing.asked if any(one["state"] == "open" for one in group)
    ]  # fmt: skip


def _piles(standing: Standing, grader: Staff) -> list[Pile]:
    """Return what waits for one grader, by lesson."""
    file, groups = standing.course.file, {person.id: person.group for person in standing.people}
    mine: dict[str, list[dt.datetime]] = {}
    for each in standing.waiting:
        place = Place(each.lesson, each.notebook, each.question, each.learner)
        if share.is_for(grader.name, place, groups.get(each.learner, ""), file.assignments):
            at = standing.attempts[each.lesson, each.learner]["submitted_at"]
            mine.setdefault(each.lesson, []).append(at.replace(tzinfo=dt.UTC) if at else _NEVER)
    return [
        Pile(file.lesson(lesson).title or lesson, len(came), min(came) if min(came) != _NEVER else None)
        for lesson, came in mine.items()
    ]  # fmt: skip


_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


def _overviews(standing: Standing, now: dt.datetime) -> list[Overview]:
    waiting = Counter(each.lesson for each in standing.waiting)
    stuck = Counter(
        lesson for (lesson, _), row in standing.attempts.items() if row["state"] == "triage"
    )
    every: dict[str, list[Work]] = {}
    for work in standing.work.values():
        for one in work:
            every.setdefault(one.lesson, []).append(one)
    return [
        Overview(
            work[0].title, sum(one.standing != "open" for one in work), waiting[lesson], stuck[lesson],
            sum(one.standing == "open" and one.due is not None and one.due < now for one in work),
        )
        for lesson, work in every.items()
    ]  # fmt: skip


def told(course: Course) -> frozenset[str]:
    """Return the keys of all that was told."""
    try:
        lines = (course.layout.root / _TOLD).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return frozenset()
    found = set[str]()
    for line in lines:
        try:
            found.update(json.loads(line)["keys"])
        except (ValueError, KeyError, TypeError):
            continue  # the last line of a process that was killed
    return frozenset(found)


def send(
    course: Course, now: dt.datetime, trust: ssl.SSLContext | None = None
) -> tuple[list[Letter], list[tuple[Letter, str]]]:
    """Post what is to be told now, each once, however many do so at the same time.

    A process that is killed between a letter and its note sends that one again, under the same Message-ID.

    Returns:
        the letters that went out; those that the server did not take, and why.

    Raises:
        Unavailable: the mail server is away; what it took before is noted.
    """
    sent: list[Letter] = []
    with turn(course.layout.root / ".course" / "reminding", lambda _who: None):
        wanted = drafts(look(course), now, told(course))
        with _noting(course.layout.root / _TOLD, now) as note:

            def done(letter: Letter) -> None:
                note(letter)
                sent.append(letter)

            office = post.Office(course.file.post, course.layout.root, trust)
            return sent, office.send(wanted, now, done)


@contextmanager
def _noting(path: Path, now: dt.datetime) -> Iterator[Any]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+", buffering=0) as file:

            def note(letter: Letter) -> None:
                line = {
                    "at": now.isoformat(),
                    "kind": letter.kind,
                    "person": letter.person,
                    "keys": letter.keys,
                }
                data = (json.dumps(line) + "\n").encode()
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    data = data if file.read(1) == b"\n" else b"\n" + data  # after a torn line
                file.write(data)
                os.fsync(file.fileno())

            yield note
    except OSError as error:
        raise disk.refused(path, error) from error


def calendar(course: Course, learner: str, now: dt.datetime) -> bytes:
    """Return the calendar file of a learner's own dates.

    Raises:
        NotFound: nobody of that name takes the course.
    """
    standing = look(course)
    disk.known(learner, sorted(standing.work), "learner")
    return written(course.file.id, course.file.title, entries(learner, standing.work[learner]), now)


def entries(learner: str, work: tuple[Work, ...]) -> list[Entry]:
    """Return the due dates of a learner as entries of a calendar."""
    return [
        Entry(f"due/{one.lesson}/{learner}", f"{one.title} is due", one.due,
              text=f"about {one.minutes} minutes of work") for one in work if one.due
    ]  # fmt: skip
