"""`course.toml` as a whole: read, and checked before anything acts on it."""

import datetime as dt
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError, model_validator

from course import dates
from course.errors import Invalid, nearest
from course.layout import COURSE_FILE
from course.mistakes import explain
from course.settings.lesson import Accepted, Lesson, Objective, Policies, Spelling
from course.settings.letters import Post, Questions, Reminders
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

    @model_validator(mode="after")
    def _refer(self) -> "CourseFile":
        known = [objective.id for objective in self.objectives]
        for number, lesson in enumerate(self.lessons):
            for objective in lesson.objectives:
                if objective not in known:
                    hint = nearest(objective, known)
                    raise ValueError(
                        f"lessons.{number}.objectives names '{objective}', which is not among "
                        f"the course's objectives{'; ' + hint if hint else ''}"
                    )
            for required in lesson.requires:
                folders = [each.folder for each in self.lessons]
                if required not in folders:
                    hint = nearest(required, folders)
                    raise ValueError(
                        f"lessons.{number}.requires names '{required}', which is no lesson"
                        f"{'; ' + hint if hint else ''}"
                    )
        for what, names in (
            ("lessons", [lesson.folder for lesson in self.lessons]),
            ("objectives", known),
            ("groups", [group.id for group in self.groups]),
            ("staff", [person.name for person in self.staff]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{what} has '{twice[0]}' twice")
        return self

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
        Invalid: with every mistake of the file at once.
    """
    path = root / COURSE_FILE
    if not path.is_file():
        return None
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid("this is not TOML", where=str(path), found=str(error)) from error
    return parse(data, path)


def parse(data: dict[str, Any], path: Path) -> CourseFile:
    """Check the data of a `course.toml`; ``path`` is named in errors."""
    zone: dt.tzinfo = dt.UTC
    with suppress(ValueError, TypeError):  # told below, as a mistake of `timezone`
        zone = dates.zone(data.get("timezone", "UTC"))
    try:
        return CourseFile.model_validate(data, context={"zone": zone})
    except ValidationError as error:
        lines = [explain(problem, CourseFile) for problem in error.errors(include_url=False)]
        what = (
            lines[0] if len(lines) == 1 else f"{len(lines)} mistakes\n    " + "\n    ".join(lines)
        )
        raise Invalid(what, where=str(path)) from error
