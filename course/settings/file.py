"""`course.toml` as a whole: read, and checked before anything acts on it."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from course import dates
from course.errors import nearest
from course.layout import COURSE_FILE
from course.mistakes import Mistaken, explain, keys_of, mistaken
from course.settings.lesson import Accepted, Lesson, Objective, Policies, Spelling
from course.settings.letters import Post, Questions, Reminders
from course.settings.lines import line
from course.settings.oversight import Certificates, Oversight, Platforms
from course.settings.people import Assignment, Calibration, Group, Service, Staff
from course.settings.rubrics import Rubric
from course.settings.table import Name, Table, Zone


class CourseFile(Table):
    """The whole of `course.toml`.

    Attributes:
        timezone: where the course's days begin, a name of the IANA's list; dates without a zone are
            in it, and times are shown in it.
    """

    id: Name
    title: str
    timezone: Zone = "UTC"
    authors: tuple[str, ...] = ()
    objectives: tuple[Objective, ...] = ()
    lessons: tuple[Lesson, ...] = ()
    policies: Policies = Policies()
    groups: tuple[Group, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    staff: tuple[Staff, ...] = ()
    rubrics: tuple[Rubric, ...] = ()
    calibration: Calibration = Calibration()
    service: Service = Service()
    spelling: Spelling = Spelling()
    certificates: Certificates = Certificates()
    oversight: Oversight = Oversight()
    platforms: Platforms = Platforms()
    post: Post = Post()
    reminders: Reminders = Reminders()
    questions: Questions = Questions()

    def lesson(self, folder: str) -> Lesson:
        """Return the lesson of a folder; one that is not declared gets the defaults."""
        found = [lesson for lesson in self.lessons if lesson.folder == folder]
        return found[0] if found else Lesson(folder=folder, title=folder)

    def rules(self, folder: str) -> Policies:
        """Return the policies that hold for a lesson: its own go before the course's."""
        own = self.lesson(folder).model_dump(
            include={"late", "late_per_day", "grace_minutes", "attempts_count"}, exclude_none=True
        )
        return self.policies.model_copy(update=own)

    def holds(self, objective: str) -> int | None:
        """Return for how many days an objective holds once it is shown; None for ever."""
        own = [each.holds for each in self.objectives if each.id == objective and each.holds]
        span = own[0] if own else self.certificates.holds
        return span.days if span else None

    def shown_at(self, objective: str, lesson: str) -> float:
        """Return the share of the points of its questions in a lesson that shows an objective."""
        own = [each.shown_at for each in self.objectives if each.id == objective]
        told = (*own, self.oversight.shown_at, self.lesson(lesson).pass_mark)
        return next(share for share in told if share is not None)

    @property
    def zone(self) -> ZoneInfo:
        """The course's time zone."""
        return ZoneInfo(self.timezone)


def load(root: Path) -> CourseFile | None:
    """Read `course.toml` of a course; None when there is none.

    Raises:
        Mistaken: with every mistake of the file at once, and its line.
    """
    path = root / COURSE_FILE
    if not path.is_file():
        return None
    content = path.read_bytes()
    try:
        return parse(content.decode("utf-8"), path)
    except UnicodeDecodeError as error:
        raise _not_toml(path, content[: error.start].count(b"\n") + 1, str(error)) from error


def parse(text: str, path: Path) -> CourseFile:
    """Check the text of a `course.toml`; ``path`` is named in errors.

    Raises:
        Mistaken: as of `load`.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise _not_toml(path, int(at[1]) if at else text.rstrip().count("\n") + 1, str(error)) from error  # fmt: skip
    zone: dt.tzinfo = dt.UTC
    with suppress(ValueError, TypeError):  # told below, as a mistake of `timezone`
        zone = dates.zone(data.get("timezone", "UTC"))
    try:
        file = CourseFile.model_validate(data, context={"zone": zone})
    except ValidationError as error:
        raise mistaken(str(path), [(line(text, keys_of(problem)), explain(problem, CourseFile))
                                   for problem in error.errors(include_url=False)]) from error  # fmt: skip
    if wrong := [(line(text, keys), words) for keys, words in _unmatched(file)]:
        raise mistaken(str(path), wrong)
    return file


def _not_toml(path: Path, at: int, found: str) -> Mistaken:
    error = Mistaken("this is not TOML", where=str(path), found=found)
    error.mistakes = ((at, f"this is not TOML: {found}"),)
    return error


def _unmatched(file: CourseFile) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the keys of each name that leads nowhere or stands twice, and what is wrong with it."""
    folders = [each.folder for each in file.lessons]
    objectives = [each.id for each in file.objectives]
    for number, lesson in enumerate(file.lessons):
        for key, names, known, what in (
            ("objectives", lesson.objectives, objectives, "is not among the course's objectives"),
            ("requires", lesson.requires, folders, "is no lesson"),
        ):
            for name in (each for each in names if each not in known):
                hint = nearest(name, known)
                yield ("lessons", number, key), (
                    f"lessons.{number}.{key} names '{name}', which {what}" + (f"; {hint}" if hint else "")
                )  # fmt: skip
    for what, every in (
        ("lessons", folders), ("objectives", objectives), ("groups", [each.id for each in file.groups]),
        ("staff", [each.name for each in file.staff]),
    ):  # fmt: skip
        for number, name in enumerate(every):
            if every.index(name) < number:
                yield (what, number), f"{what} has '{name}' twice"
