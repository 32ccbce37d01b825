"""`course.toml`: what a trainer declares about a course, checked before anything acts on it."""

import datetime as dt
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from course import dates
from course.errors import Invalid, nearest
from course.layout import COURSE_FILE, safe_name
from course.scoring import CountRule, LateRule


def _due(value: object, info: ValidationInfo) -> object:
    return dates.due(value, (info.context or {}).get("zone", dt.UTC))


def _name(value: object) -> object:
    if isinstance(value, str):
        try:
            return safe_name(value, "folder")
        except Invalid as error:
            raise ValueError(error.expected) from error
    return value


Due = Annotated[dt.datetime | dt.timedelta, BeforeValidator(_due)]
Every = Annotated[dt.timedelta, BeforeValidator(dates.every)]
Name = Annotated[str, BeforeValidator(_name)]
Share = Annotated[float, Field(ge=0, le=1)]
Zone = Annotated[str, AfterValidator(lambda name: dates.zone(name).key)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Objective(_Table):
    """Something that a learner can do afterwards."""

    id: Name
    text: str


class Lesson(_Table):
    """One lesson: a folder with one notebook or more.

    Attributes:
        minutes: honest estimate of the time it takes.
        due: absolute (a day means its last second in the course's zone) or relative to the learner's start.
        points: what its questions must add up to; None leaves it open.
        pass_mark: share of the points needed to pass, 0 to 1.
        requires: folders of lessons that it builds on.
        network: whether learners need a network for it.
        owners: names of those who write it.
        reviewers: names of those who may approve it; empty lets anybody.
        late, late_per_day, grace_minutes, attempts_count: in the place of the course's policies.
    """

    folder: Name
    title: str = ""
    minutes: int = Field(default=30, ge=1, le=10_000)
    objectives: tuple[str, ...] = ()
    due: Due | None = None
    points: float | None = Field(default=None, ge=0)
    pass_mark: Share = 0.5
    requires: tuple[str, ...] = ()
    network: bool = False
    owners: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    late: LateRule | None = None
    late_per_day: Share | None = None
    grace_minutes: int | None = Field(default=None, ge=0)
    attempts_count: CountRule | None = None


class Accepted(_Table):
    """A finding of ``course check`` that is meant to be so.

    Attributes:
        rule: its rule.
        where: text that its place or message holds: a cell's id, a file, a slip.
        reason: why it may stay.
    """

    rule: str
    where: str
    reason: str = Field(min_length=3)


class Policies(_Table):
    """Rules that hold for all lessons.

    Attributes:
        late: what lateness costs: "none", "zero" or "per-day".
        late_per_day: share of the score lost per started day.
        grace_minutes: lateness that is forgiven.
        attempts: how many submissions count; None is any number.
        attempts_count: which of several submissions counts: the "last" or the "best".
        test_seconds: how long one of the trainer's own tests may take, the learner's code left out.
        require_review: whether a lesson must be approved as it is before its release.
        review_every: how long an approval holds; None for ever.
    """

    late: LateRule = "none"
    late_per_day: Share = 0.1
    grace_minutes: int = Field(default=0, ge=0)
    attempts: int | None = Field(default=None, ge=1)
    attempts_count: CountRule = "last"
    cell_seconds: float = Field(default=30, gt=0, le=3600)
    notebook_seconds: float = Field(default=300, gt=0, le=36_000)
    memory_mb: int = Field(default=2048, ge=64)
    test_seconds: float = Field(default=60, gt=0, le=3600)
    require_review: bool = False
    review_every: Every | None = None


class Spelling(_Table):
    """How `course check` looks at words, where a dictionary is installed.

    Attributes:
        language: of the lessons, as dictionaries are called: "en" for all of English, or "en_GB".
        words: the course's own, which are right.
    """

    language: str = "en"
    words: tuple[str, ...] = ()


class Group(_Table):
    """Learners who belong together, a class or a department."""

    id: Name
    title: str = ""


class Staff(_Table):
    """Somebody who works at the grading desk.

    Attributes:
        name: as JupyterHub or the computer knows it.
        role: an instructor may do everything, a grader marks and edits rubrics, an observer reads.
    """

    name: str = Field(min_length=1)
    role: Literal["instructor", "grader", "observer"] = "grader"


class Assignment(_Table):
    """Whose share of the marking some answers are: "next" at the desk gives them to these graders only.

    What is left empty means all of them; an answer that no assignment is about is everybody's.

    Attributes:
        graders: who marks them.
        lesson: of this lesson.
        questions: to these questions.
        groups: of learners in these groups.
        learners: of these learners.
    """

    graders: tuple[str, ...] = Field(min_length=1)
    lesson: str = ""
    questions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    learners: tuple[str, ...] = ()


class RubricItem(_Table):
    """One thing that graders look for; see `course.review.rubric.Item`."""

    points: float
    text: str = Field(min_length=1)
    note: str = ""
    key: str = Field(default="", pattern="^[1-9]?$")
    when: str = Field(default="", pattern=r"^((passed|failed)(: .+)?)?$")


class Rubric(_Table):
    """How a question is marked, until somebody edits it at the desk; see `course.review.rubric.Rubric`.

    Attributes:
        notebook: which one, where several of the lesson have such a question.
    """

    lesson: str
    question: str
    notebook: str = ""
    items: tuple[RubricItem, ...] = Field(min_length=1)
    start: Literal["zero", "full"] = "zero"
    least: float = Field(default=0, ge=0)
    most: float | None = Field(default=None, ge=0)
    guide: str = ""

    @model_validator(mode="after")
    def _agree(self) -> "Rubric":
        keys = [item.key for item in self.items if item.key]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"two items have the key '{twice[0]}'")
        if self.most is not None and self.most < self.least:
            raise ValueError(f"its most, {self.most:g}, is below its least, {self.least:g}")
        return self


class Calibration(_Table):
    """Which answers two graders read, so that one sees how far they agree.

    Attributes:
        share: of all answers that a person marks, 0 to 1.
        seed: another one draws another sample.
    """

    share: Share = 0.0
    seed: int = 0


class CourseFile(_Table):
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
    spelling: Spelling = Spelling()

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
        lines = [_explain(problem) for problem in error.errors(include_url=False)]
        what = (
            lines[0] if len(lines) == 1 else f"{len(lines)} mistakes\n    " + "\n    ".join(lines)
        )
        raise Invalid(what, where=str(path)) from error


def _explain(problem: Any) -> str:
    keys = [part for part in problem["loc"] if not _is_type(part)]
    path = ".".join(str(key) for key in keys) or "the file"
    if problem["type"] == "extra_forbidden":
        hint = nearest(str(keys[-1]), _keys_at(keys[:-1]))
        return f"{path}: unknown key" + (f"; {hint}" if hint else "")
    if problem["type"] == "missing":
        return f"{path}: missing; expected a value here"
    expected = str(problem["msg"]).removeprefix("Value error, ")
    if path == "the file":
        return expected
    return f"{path}: expected: {expected[:1].lower()}{expected[1:]}; found: {problem['input']!r}"


def _is_type(part: object) -> bool:
    return isinstance(part, str) and ("[" in part or part in {"datetime", "timedelta"})


def _keys_at(keys: list[Any]) -> list[str]:
    table: type[BaseModel] = CourseFile
    tables: dict[str, type[BaseModel]] = {
        "objectives": Objective,
        "lessons": Lesson,
        "policies": Policies,
        "groups": Group,
        "accepted": Accepted,
        "staff": Staff,
    }
    for key in keys:
        table = tables.get(str(key), table)
    return list(table.model_fields)
