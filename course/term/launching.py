"""Lessons launched by learning platforms (LTI 1.3): who comes is enrolled, and scores go back."""

from collections.abc import MutableMapping
from typing import Any

from course import layout as disk
from course.errors import Invalid
from course.model import Learner
from course.platforms.lti import Launched, Link, Platform, Score, Services, Tool, new_key
from course.platforms.totals import totals
from course.store import accounts, reading, roster
from course.term import Course

__all__ = ["links", "received", "send_scores", "take_roster", "tool"]


def tool(course: Course, address: str, sessions: MutableMapping[str, Any] | None = None) -> Tool:
    """Return the course as a tool that is reached at an address; its key is made the first time.

    Raises:
        Invalid: no platform stands in `course.toml`.
    """
    platforms = course.file.platforms.lti
    if not platforms:
        raise Invalid(
            "no learning platform may launch this course yet", where=str(course.layout.root / disk.COURSE_FILE),
            expected="[[platforms.lti]] with issuer, client, deployments, login, token and keys",
        )  # fmt: skip
    path = course.layout.root / ".course" / "lti.pem"
    if not path.is_file():
        disk.write(path, new_key(), mode=0o600)
    known = [Platform(each.issuer, each.client, each.deployments, each.login, each.token, each.keys)
             for each in platforms]  # fmt: skip
    return Tool(known, path.read_text(encoding="utf-8"), address, sessions)


def received(course: Course, launched: Launched) -> str:
    """Remember who was launched and where scores go; returns the learner's id.

    Who teaches is not enrolled. A learner of the same id in the roster is taken for the same person
    only when the e-mail address is the same.

    Raises:
        NotFound: no such lesson.
    """
    if launched.lesson:
        course.known(launched.lesson)
    with course.book() as book, book.transaction() as connection:
        services = {"ags": dict(launched.services.ags), "nrps": dict(launched.services.nrps)}
        if launched.lesson:
            accounts.save_link(
                connection,
                launched.lesson,
                launched.services.issuer,
                launched.services.client,
                services,
            )
        if launched.teaches:
            return ""
        return _enrolled(connection, launched.services.issuer, launched.user, launched.learner)


def links(course: Course) -> list[Link]:
    """Return the lessons that a platform may link to, in the course's order."""
    return [
        Link(
            name,
            course.file.lesson(name).title or name,
            sum(each.points for each in course.source_questions(name)),
        )
        for name in course.lessons()
    ]


def take_roster(course: Course, with_: Tool) -> tuple[int, int]:
    """Enrol the learners of the platforms that linked to lessons; returns how many there are, and how many are new.

    Raises:
        Invalid: no platform has launched a lesson yet, or none offers a roster.
        Unavailable: a platform can't be reached.
    """
    before = {each.id for each in course.learners()}
    with course.book() as book:
        known = {row["issuer"]: row for row in accounts.links(book)}
    if not known:
        raise Invalid(
            "no learning platform has launched a lesson yet", hint="open a link to one there, once"
        )
    people = [
        (issuer, user, one)
        for issuer, row in known.items()
        for user, one in with_.roster(_services(row))
    ]
    with course.book() as book, book.transaction() as connection:
        here = {_enrolled(connection, issuer, user, one) for issuer, user, one in people}
    return len(here), len(here - before)


def send_scores(course: Course, lesson: str, with_: Tool) -> int:
    """Tell the platforms that linked to a lesson its scores; returns how many were taken.

    Work of which an answer waits for a person is told as such, without a score.

    Raises:
        NotFound: no such lesson.
        Invalid: no platform has launched the lesson yet.
        Unavailable: a platform can't be reached.
    """
    course.known(lesson)
    (link,) = [each for each in links(course) if each.lesson == lesson]
    with course.book() as book:
        rows, late = accounts.links(book, lesson), reading.late(book, lesson)
        attempts = {who: row for (_, who), row in reading.attempts(book, lesson).items()}
        marks = reading.marks(book, lesson)
    if not rows:
        raise Invalid(
            f"no learning platform has launched '{lesson}' yet",
            hint="open a link to it there, once",
        )
    points = totals(marks, {(who, lesson): off for who, off in late.items()})
    sent = 0
    for row in rows:
        with course.book() as book, book.reading() as connection:
            names = accounts.names(connection, row["issuer"])
        scores = [
            Score(names[who], points.get((who, lesson)), link.maximum, attempt["submitted_at"])
            for who, attempt in sorted(attempts.items()) if who in names
        ]  # fmt: skip
        sent += with_.put_scores(_services(row), link, scores)
    return sent


def _services(row: Any) -> Services:
    return Services(row["issuer"], row["client"], row["services"]["ags"], row["services"]["nrps"])


def _enrolled(connection: Any, issuer: str, user: str, person: Learner) -> str:
    """Return the id of who somebody is here; who is new is enrolled, under another id where that one is taken."""
    there = roster.addresses(connection)
    name, number = person.id, 1
    while name in there and not (person.email and there[name] == person.email):
        number += 1
        name = f"{person.id}-{number}"
    known = accounts.remember(connection, issuer, user, name)
    if known not in there:
        roster.add(connection, Learner(known, person.first_name, person.last_name, person.email))
    return known
