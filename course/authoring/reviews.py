"""Who approved which content of a lesson, and until when: `reviews.toml`, kept with the course."""

import datetime as dt
import json
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from course import layout as disk
from course.errors import Invalid, Refused
from course.settings import CourseFile, Lesson

FILE = "reviews.toml"
_HEAD = "# Written by `course review approve`. One entry for each lesson and person.\n"


class State(StrEnum):
    """How a lesson's content stands with those who answer for it."""

    APPROVED = "approved"
    EARLIER = "approved an earlier version"
    DUE = "to be looked at again"
    NONE = "not approved"


@dataclass(frozen=True, slots=True)
class Review:
    """One person's approval of one content.

    Attributes:
        hash: of the content that was approved, see `versions.Version`.
        version: the number that this content has, or would have when released.
        at: the day of the approval.
        until: the last day on which it holds; None for ever.
    """

    lesson: str
    by: str
    hash: str
    version: int
    at: dt.date
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lesson's content stands.

    Attributes:
        state: in a word.
        review: the approval that decides it, if there is one.
        wanted: whether anybody is to approve the lesson.
    """

    state: State
    review: Review | None = None
    wanted: bool = True

    def __str__(self) -> str:
        one = self.review
        if one is None:
            return str(self.state)
        if self.state is State.DUE:
            return f"{self.state} since {one.until} (approved by {one.by})"
        if self.state is State.EARLIER:
            return f"{self.state} ({one.version}, by {one.by} on {one.at})"
        return f"{self.state} by {one.by}" + (f" until {one.until}" if one.until else "")


def load(root: Path) -> list[Review]:
    """Read a course's reviews; none when there is no file.

    Raises:
        Invalid: when the file can't be understood.
    """
    path = root / FILE
    if not path.is_file():
        return []
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return [_read(entry) for entry in data.get("reviews", [])]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            "the reviews can't be read", where=str(path), found=f"{type(error).__name__}: {error}",
            expected="[[reviews]] with lesson, by, version, hash, at and perhaps until",
        ) from error  # fmt: skip


def _read(entry: dict[str, object]) -> Review:
    at, until = entry["at"], entry.get("until")
    if not isinstance(at, dt.date) or not isinstance(until, dt.date | None):
        raise TypeError("at and until are days such as 2027-01-31, without quotes")
    return Review(str(entry["lesson"]), str(entry["by"]), str(entry["hash"]),
                  int(str(entry["version"])), at, until)  # fmt: skip


def keep(root: Path, reviews: Iterable[Review]) -> None:
    """Write a course's reviews, by lesson and person, so that two people's seldom collide."""
    parts = [_HEAD]
    for one in sorted(reviews, key=lambda each: (each.lesson, each.by)):
        lines = ["[[reviews]]", f"lesson = {_text(one.lesson)}", f"by = {_text(one.by)}",
                 f"version = {one.version}", f"hash = {_text(one.hash)}", f"at = {one.at}"]  # fmt: skip
        parts.append("\n".join(lines + ([f"until = {one.until}"] if one.until else [])) + "\n")
    disk.write(root / FILE, "\n".join(parts))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def approved(reviews: Sequence[Review], new: Review, about: Lesson) -> list[Review]:
    """Return the reviews with a new one, which replaces what the person said of the lesson before.

    Raises:
        NotFound: the lesson has reviewers, and the person is none of them.
    """
    if about.reviewers:
        disk.known(new.by, list(about.reviewers), f"reviewer of '{new.lesson}'", disk.COURSE_FILE)
    kept = [one for one in reviews if (one.lesson, one.by) != (new.lesson, new.by)]
    return [*kept, new]


def look(root: Path, file: CourseFile, lesson: str, content: Callable[[], str]) -> Standing:
    """Return how a lesson's content stands today; see `standing`.

    Args:
        root: the course's folder.
        file: its `course.toml`.
        lesson: the lesson's folder.
        content: gives the hash of its content; called when anybody is to approve it.
    """
    known, about = load(root), file.lesson(lesson)
    if not (
        file.policies.require_review or about.reviewers or any(r.lesson == lesson for r in known)
    ):
        return Standing(State.NONE, wanted=False)
    return standing(known, about, content(), dt.datetime.now(dt.UTC).date())


def standing(reviews: Sequence[Review], about: Lesson, content: str, today: dt.date) -> Standing:
    """Return how a lesson's content stands: one valid approval is enough.

    Args:
        reviews: of the course. Where the lesson names reviewers, only theirs count.
        about: what `course.toml` says of the lesson.
        content: the hash of its content now.
        today: the day to judge by.
    """
    mine = [
        one for one in reviews
        if one.lesson == about.folder and (not about.reviewers or one.by in about.reviewers)
    ]  # fmt: skip
    mine.sort(key=lambda one: (one.until or dt.date.max, one.at), reverse=True)
    same = [one for one in mine if one.hash == content]
    if same and (same[0].until is None or same[0].until >= today):
        return Standing(State.APPROVED, same[0])
    if same:
        return Standing(State.DUE, same[0])
    if mine:
        return Standing(State.EARLIER, max(mine, key=lambda one: one.at))
    return Standing(State.NONE)


def require(now: Standing, about: Lesson) -> None:
    """Require that a lesson is approved as it is.

    Raises:
        Refused: when it is not.
    """
    if now.state is not State.APPROVED:
        who = f" ({', '.join(about.reviewers)})" if about.reviewers else ""
        raise Refused(
            f"'{about.folder}' may not be released yet", where=disk.COURSE_FILE, found=str(now),
            expected="an approval of the lesson as it is, since require_review = true",
            hint=f"ask for one{who}: course review approve {about.folder}",
        )  # fmt: skip
