"""The instructor's side of the course service: opening the office, inviting, and being known there."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from course import dates
from course.errors import Invalid, NotFound, Refused
from course.exchange import carried, remote
from course.exchange.access import Access, key_of
from course.layout import known
from course.model import Learner
from course.office import joining
from course.office.office import Office, find_member
from course.settings import CourseFile, load
from course.term import Course


def open_office(folder: Path, url: str, courses: Sequence[str]) -> Office:
    """Open an office with room for some courses.

    Args:
        url: SQLAlchemy's address of its database; empty for SQLite in its folder.
    """
    office = Office(folder, url)
    for course in courses:
        office.open_course(course)
    return office


def opened(office: Office, root: Path | None, url: str, by: str) -> Iterator[str]:
    """Say that an office is open, and how one comes in.

    Args:
        root: the course's folder that it is run in; None on a server of its own.
        url: its address.
        by: who runs it.
    """
    file = load(root) if root else None
    if root is None or file is None:
        for link in first_links(office, url):
            yield f"an instructor joins, in the course's folder: course join {link}"
        yield f"serving {', '.join(office.courses())} at {url}"
        return
    settle(office, file, root, file.service.url or url, by)
    yield f"serving {file.id} at {url}; invite learners: course learners invite"
    if not file.service.url:
        yield f'in course.toml, so that release and collect use it: [service] url = "{url}"'


def settle(office: Office, file: CourseFile, root: Path, url: str, by: str) -> Access:
    """Make a course's folder known to the office that is run for it; returns how it is reached.

    Args:
        url: the service's address.
        by: who the instructor is.
    """
    with suppress(NotFound, Refused):
        access = Access.of(root)
        if office.member_of(access.token)["course"] == file.id:
            fresh = Access(root, url, file.id, access.who, access.token, office.key.public)
            fresh.keep_for_staff()
            return fresh
    name = joining.plain(by)
    with office.transaction() as connection:
        member = find_member(connection, file.id, name)
        if member is None or member["role"] != "instructor":
            name = name if member is None else f"{name}-instructor"
            member = find_member(connection, file.id, name) or joining.enrol(
                connection, file.id, name, shown=by, role="instructor"
            )
        joined = joining.welcome(office, connection, member, "", dates.own_zone())
    access = Access(root, url, file.id, joined.name, joined.token, joined.office)
    access.keep_for_staff()
    return access


def first_links(office: Office, url: str) -> list[str]:
    """Return, for each course that has no instructor yet, a link by which one joins, once."""
    links = []
    for course in office.courses():
        with office.reading() as connection:
            none = not joining.has_instructor(connection, course)
        if none:
            secret = joining.invite(
                office, course, "office", role="instructor", uses=1, lasts=dt.timedelta(days=7)
            )
            links.append(f"{url}/join/{secret}")
    return links


def join_as_staff(root: Path, link: str, name: str) -> Access:
    """Make a course's folder known to a service by an instructor's or grader's link."""
    url, told = remote.join(link, name=name, key=key_of(root).public, zone=dates.own_zone())
    if told["role"] == "learner":
        raise Invalid(
            "this link makes you a learner, and this is a course's own folder", where=str(root),
            hint="join in a folder of your own: course join LINK --folder DIR",
        )  # fmt: skip
    access = Access(root, url, told["course"], told["name"], told["token"], told["office"])
    access.keep_for_staff()
    return access


def invite(
    course: Course, *, group: str = "", name: str = "", role: str = "learner", uses: int | None = None,
    expires: str = "2 weeks",
) -> str:  # fmt: skip
    """Make an invitation; returns its link."""
    groups = [each.id for each in course.file.groups]
    if group and groups:
        known(group, groups, "group", "course.toml")
    known(role, list(joining.ROLES), "role")
    try:
        days = dates.every(expires).total_seconds() / 86_400
    except ValueError as error:
        raise Invalid(
            "not a span of time", where="--expires", expected=str(error), found=expires
        ) from error
    with _remote(course) as service:
        return service.invite(role=role, group=group, name=name, uses=uses, days=days)


def invitations(course: Course) -> list[dict[str, Any]]:
    """Return the course's invitations."""
    with _remote(course) as service:
        return service.invitations()


def revoke(course: Course, who: str) -> str:
    """Revoke an invitation, by its id, or a member's tokens; returns what was done."""
    with _remote(course) as service:
        if who in {each["id"] for each in service.invitations()}:
            service.revoke_invitation(who)
            return f"nobody joins by {who} any more"
        people = [each["name"] for each in service.people()]
        known(who, people, "invitation or member", "the course service")
        return f"{service.revoke_tokens(who)} tokens of {who} revoked; to let {who} in again: course learners invite --for {who}"


def enrol(course: Course, people: Sequence[Learner]) -> int:
    """Put people on the service's list; returns how many are new there."""
    rows = [
        {"id": each.id, "first_name": each.first_name, "last_name": each.last_name, "email": each.email,
         "group": each.group, "start": each.start.isoformat() if each.start else None} for each in people
    ]  # fmt: skip
    with _remote(course) as service:
        return service.enrol(rows)


def meet(course: Course) -> list[str]:
    """Put those who joined at the service on the gradebook's list; returns who is new."""
    with _remote(course) as service:
        there = service.people()
    carried.keep_keys(course.layout, {each["name"]: each["key"] for each in there if each["key"]})
    known_here = {each.id for each in course.learners()}
    new = [
        Learner(each["name"], each["shown"], "", each["email"], each["group"],
                dt.date.fromisoformat(each["start"]) if each["start"] else None)
        for each in there if each["role"] == "learner" and each["name"] not in known_here
    ]  # fmt: skip
    if new:
        course.enrol(new)
    return [each.id for each in new]


def data_of(course: Course, learner: str) -> dict[str, list[dict[str, Any]]]:
    """Return all that the service keeps of a learner, by table; empty where the course has no service."""
    if not course.file.service.url:
        return {}
    with _remote(course) as service:
        return service.data_of(learner)


def forget(course: Course, learner: str) -> None:
    """Remove all that the service keeps of a learner."""
    if course.file.service.url:
        with _remote(course) as service:
            service.forget(learner)


def _remote(course: Course) -> remote.Remote:
    return Access.of(course.layout.root).remote()
