"""Each trip of a lesson through nbgrader: built, published, fetched, handed in, collected, returned."""

import copy
import datetime as dt
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from course.errors import Invalid, NotFound, nearest
from course.exchange import mirror
from course.exchange.access import Access
from course.exchange.autotests import autotests
from course.exchange.quiet import nbgrader
from course.exchange.reach import ANNOUNCED, Reach, moment
from course.layout import Layout, remove_folder, replace_folder, safe_name, write

DELAY = dt.timedelta(hours=1)
STAGING = Path(".course") / "staging"


Step = Callable[[Any, Any], tuple[Any, Any]]
"""A preprocessor of nbconvert's: takes and returns a notebook and nbgrader's resources."""


def build(layout: Layout, config: Any, lesson: str, source: Path, first: Step) -> Path:
    """Run nbgrader's generate_assignment into a staging folder; returns it, whole.

    The gradebook learns the lesson's cells. `install` puts the folder in its place.

    Args:
        source: the lesson's folder with its notebooks.
        first: what is done to each notebook before nbgrader sees it.

    Raises:
        Invalid: with nbgrader's reason, when the lesson can't be built.
    """
    safe_name(lesson, "lesson")
    staging = layout.root / STAGING
    remove_folder(staging / "." / lesson)
    with nbgrader(f"building the release of {lesson}"):
        from nbgrader.converters import GenerateAssignment  # noqa: PLC0415  heavy
        from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415  heavy

        wanted = copy.deepcopy(config)
        wanted.CourseDirectory.release_directory = str(STAGING)
        wanted.CourseDirectory.assignment_id = lesson
        if source.parent != layout.source:
            wanted.CourseDirectory.source_directory = str(source.parent.relative_to(layout.root))
        wanted.GenerateAssignment.pop("post_convert_hook", None)
        converter = GenerateAssignment(coursedir=CourseDirectory(config=wanted), config=wanted)
        converter.force = True
        converter.preprocessors = [_renew, first, *converter.preprocessors]
        with autotests():
            converter.start()
    return staging / lesson


def _renew(node: Any, resources: Any) -> tuple[Any, Any]:
    """Bring an old source's metadata up to date on its way into the release, as `nbgrader update` does."""
    from nbgrader.nbgraderformat import MetadataValidator  # noqa: PLC0415  heavy

    return MetadataValidator().upgrade_notebook_metadata(node), resources


def install(layout: Layout, built: Path, lesson: str) -> Path:
    """Put a built release in its place; returns the folder."""
    target = layout.release / lesson
    replace_folder(built, target)
    return target


def publish(layout: Layout, config: Any, lesson: str) -> None:
    """Put a release on the exchange, in the place of an earlier one."""
    with nbgrader(f"publishing {lesson}"):
        stage = _stage("ReleaseAssignment", layout, config, lesson)
        stage.force = True
        stage.start()


def fetch(exchange: Reach, lesson: str, folder: Path) -> Path:
    """Copy a release into the learner's folder; returns the lesson's folder there.

    A lesson that is there already is completed by missing files only; nothing is overwritten.
    """
    _released(exchange, lesson)
    with nbgrader(f"fetching {lesson}"):
        stage = _reach("FetchAssignment", exchange, lesson, folder)
        stage.replace_missing_files = True
        stage.start()
    return folder / lesson


def submit(exchange: Reach, lesson: str, folder: Path) -> str:
    """Hand in the lesson's folder; returns the time of submission as nbgrader writes it.

    Raises:
        NotFound: when the learner has no such folder, or the lesson is not released.
        Invalid: when a notebook of the lesson is missing in it.
    """
    ready(exchange, lesson, folder)
    with nbgrader(f"submitting {lesson}"):
        stage = _reach("Submit", exchange, lesson, folder)
        stage.start()
        return str(stage.timestamp)


def ready(exchange: Reach, lesson: str, folder: Path) -> Path:
    """Return the learner's folder of a lesson when it can be handed in; raises as `submit`."""
    _released(exchange, lesson)
    own = folder / lesson
    if not own.is_dir():
        there = [path.name for path in folder.iterdir() if path.is_dir()]
        raise NotFound(
            f"you have no folder '{lesson}' here", where=str(folder),
            hint=nearest(lesson, there) or f"fetch it first: course fetch {lesson}",
        )  # fmt: skip
    expected = {path.name for path in (exchange.outbound / lesson).glob("*.ipynb")}
    missing = sorted(expected - {path.name for path in own.glob("*.ipynb")})
    if missing:
        found = ", ".join(sorted(path.name for path in own.glob("*.ipynb"))) or "no notebook"
        raise Invalid(
            "a notebook of this lesson is missing; was it renamed?", where=str(own),
            expected=missing[0], found=found, hint="give it its name back and submit again",
        )  # fmt: skip
    return own


def _released(exchange: Reach, lesson: str) -> None:
    if lesson not in exchange.lessons():
        raise NotFound(
            f"no lesson '{lesson}' is released", where=str(exchange.root / exchange.course_id),
            expected=f"one of: {', '.join(exchange.lessons()) or '(none is released yet)'}",
            hint=nearest(lesson, exchange.lessons()),
        )  # fmt: skip


def collect(layout: Layout, config: Any, lesson: str) -> list[str]:
    """Bring the latest submissions into `submitted/`; returns the learners whose came or changed."""
    before = _timestamps(layout, lesson)
    inbound = layout.exchange / layout.course_id / "inbound"
    if not over_service(config) and not inbound.is_dir():
        raise NotFound(
            "nothing can have been submitted yet: no lesson is released",
            where=str(inbound.parent), hint=f"course release {lesson}",
        )  # fmt: skip
    with nbgrader(f"collecting {lesson}"):
        stage = _stage("Collect", layout, config, lesson)
        stage.update = True
        stage.start()
    after = _timestamps(layout, lesson)
    return sorted(learner for learner, when in after.items() if before.get(learner) != when)


def delayed(
    layout: Layout, config: Any, lesson: str, learners: Collection[str]
) -> list[tuple[str, str]]:
    """Return whose work came over a service long after it was sealed, with both times."""
    if not over_service(config):
        return []
    last = {paper["learner"]: paper for paper in mirror.receipts(Access.of(layout.root), lesson)}
    found = []
    for learner in learners:
        if paper := last.get(learner):
            sealed, received = (
                dt.datetime.fromisoformat(paper[name]) for name in ("sealed_at", "received_at")
            )
            if received - sealed > DELAY:
                found.append(
                    (learner, f"sealed {paper['sealed_at']}, received {paper['received_at']}")
                )
    return found


def over_service(config: Any) -> bool:
    """Tell whether a course's exchange goes over a course service."""
    return str(config.ExchangeFactory.get("collect", "")).startswith("course.exchange.http.")


def announce(layout: Layout, config: Any, about: dict[str, Any]) -> None:
    """Tell learners' machines what the course is called and what is out: beside the exchange, and to the service."""
    place = layout.exchange / layout.course_id
    lessons = [each for each in about["lessons"] if (place / "outbound" / each["lesson"]).is_dir()]
    about = {**about, "lessons": lessons}
    if over_service(config):
        with Access.of(layout.root).remote() as remote:
            remote.announce(about)
    write(place / ANNOUNCED, json.dumps(about, indent=1))


def schedule(layout: Layout, wanted: dict[str, Any]) -> None:
    """Tell the course service what due dates are made of."""
    with Access.of(layout.root).remote() as remote:
        remote.schedule(wanted)


def arrived(layout: Layout) -> dict[tuple[str, str], dt.datetime]:
    """Return when (UTC) the last work came to the exchange, by learner and lesson, collected or not.

    nbgrader names it ``learner+lesson+time+random``.
    """
    found: dict[tuple[str, str], dt.datetime] = {}
    for path in (layout.exchange / layout.course_id / "inbound").glob("*+*+*"):
        learner, lesson, time = path.name.split("+")[:3]
        with suppress(ValueError):  # a name that somebody else made
            at = moment(time)
            found[learner, lesson] = max(at, found.get((learner, lesson), at))
    return found


def _timestamps(layout: Layout, lesson: str) -> dict[str, str]:
    return {
        path.parent.parent.name: path.read_text(encoding="utf-8", errors="replace")
        for path in layout.submitted.glob(f"*/{lesson}/timestamp.txt")
    }


def give_back(layout: Layout, config: Any, lesson: str, learner: str) -> None:
    """Put one learner's feedback on the exchange, where only the holder of the secret finds it."""
    with nbgrader(f"returning feedback on {lesson} to {learner}"):
        stage = _stage("ReleaseFeedback", layout, config, lesson)
        stage.coursedir.student_id = learner
        stage.start()


def fetch_feedback(exchange: Reach, lesson: str, folder: Path) -> list[Path]:
    """Copy feedback into ``<lesson>/feedback/<time>/``; returns the pages, newest last.

    Raises:
        NotFound: when there is none yet.
    """
    _released(exchange, lesson)
    if (exchange.root / exchange.course_id / "feedback").is_dir():
        with nbgrader(f"fetching feedback on {lesson}"):
            _reach("FetchFeedback", exchange, lesson, folder).start()
    pages = sorted((folder / lesson / "feedback").glob("*/*.html"))
    if not pages:
        raise NotFound(
            f"no feedback on '{lesson}' yet", where=str(folder),
            hint="it appears when your instructor has returned it; ask again later",
        )  # fmt: skip
    return pages


def own_pages(exchange: Reach, name: str) -> list[Path]:
    """Return the pages of this name that lie on the exchange beside a learner's feedback, of all that they handed in."""
    place = exchange.root / exchange.course_id / "feedback"
    secrets = (exchange.cache / exchange.course_id).glob(f"{exchange.learner}+*/{mirror.SECRET}")
    pages = [place / mirror.page_name(each.read_text("utf-8"), name) for each in sorted(secrets)]
    return [page for page in pages if page.is_file()]


def submitted_at(folder: Path) -> dt.datetime | None:
    """Return when a submission was handed in (UTC), by its timestamp.txt; None when unknown."""
    path = folder / "timestamp.txt"
    if path.is_symlink() or not path.is_file():
        return None
    try:
        return moment(path.read_text(encoding="utf-8", errors="replace").strip()[:100])
    except (ValueError, OverflowError):
        return None


def _stage(name: str, layout: Layout, config: Any, lesson: str) -> Any:
    """Return one of nbgrader's exchange stages, as configured, for the instructor's side."""
    from nbgrader.auth import Authenticator  # noqa: PLC0415  heavy
    from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415  heavy
    from nbgrader.exchange import ExchangeFactory  # noqa: PLC0415  heavy

    wanted = copy.deepcopy(config)
    wanted.CourseDirectory.assignment_id = lesson
    wanted.CourseDirectory.course_id = layout.course_id
    wanted.Exchange.root = str(layout.exchange)
    coursedir = CourseDirectory(config=wanted)
    factory = ExchangeFactory(config=wanted)
    return getattr(factory, name)(
        coursedir=coursedir, authenticator=Authenticator(config=wanted), config=wanted
    )


def _reach(name: str, exchange: Reach, lesson: str, folder: Path) -> Any:
    """Return one of nbgrader's exchange stages for the learner's side."""
    from traitlets.config import Config  # noqa: PLC0415  heavy

    from course.exchange.config import whole_copies  # noqa: PLC0415  as above

    config = Config()
    whole_copies(config)
    config.Exchange.root = str(exchange.root)
    config.Exchange.cache = str(exchange.cache)
    config.Exchange.assignment_dir = str(folder)
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.course_id = exchange.course_id
    config.CourseDirectory.student_id = exchange.learner
    config.CourseDirectory.assignment_id = lesson
    from nbgrader.auth import Authenticator  # noqa: PLC0415  heavy
    from nbgrader.coursedir import CourseDirectory  # noqa: PLC0415  heavy
    from nbgrader.exchange import ExchangeFactory  # noqa: PLC0415  heavy

    return getattr(ExchangeFactory(config=config), name)(
        coursedir=CourseDirectory(config=config),
        authenticator=Authenticator(config=config), config=config,
    )  # fmt: skip
