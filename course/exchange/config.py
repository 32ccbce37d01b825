"""nbgrader's configuration of a course: read as nbgrader reads it, and written for ours."""

import os
from pathlib import Path
from typing import Any

from course.errors import Invalid
from course.exchange.quiet import nbgrader
from course.layout import COURSE_FILE, NBGRADER_FILE, Layout, sources
from course.settings import load

EXCHANGE = "exchange"
MIRROR = Path(".course") / "exchange"
IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback")  # nbgrader's own


def configure(c: Any, file: str) -> None:
    """Fill nbgrader's configuration for a course that has a `course.toml`.

    Called from the course's own `nbgrader_config.py`, so that nbgrader's commands and its
    formgrader work on the same folders, the same gradebook and the same exchange as ours.

    Args:
        c: what nbgrader's ``get_config()`` returned.
        file: ``__file__`` of the configuration file.
    """
    root = Path(file).resolve().parent
    course = load(root)
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.source_directory = "notebooks"
    c.CourseDirectory.course_id = course.id if course else root.name
    if course and course.service.url:
        over_service(c, root)
    else:
        whole_copies(c)
        c.Exchange.root = str(root / EXCHANGE)
    c.Exchange.cache = str(root / ".course" / "cache")
    c.ExchangeCollect.check_owner = False
    c.CourseDirectory.ignore = [*IGNORED, *(path.name for path in _texts(root))]
    c.GenerateAssignment.preprocessors = [
        "nbgrader.preprocessors.IncludeHeaderFooter",
        "course.plugin.ReadableMarks",
        "course.plugin.QuizCells",
        "nbgrader.preprocessors.InstantiateTests",
        "nbgrader.preprocessors.LockCells",
        "nbgrader.preprocessors.ClearSolutions",
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.CheckCellMetadata",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.SaveCells",
        "nbgrader.preprocessors.ClearHiddenTests",
        "nbgrader.preprocessors.ClearMarkScheme",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.GenerateAssignment.post_convert_hook = "course.plugin.write_sheet"
    c.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.Execute",
        "nbgrader.preprocessors.LimitOutput",
        "course.plugin.KeepOurMarks",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    inert_pages(c)


def _texts(root: Path) -> list[Path]:
    """Return lessons' sources in text: nbgrader would copy them, solutions and all."""
    folders = sorted((root / "notebooks").glob("*/"))
    return [path for folder in folders for path in sources(folder) if path.suffix != ".ipynb"]


def inert_pages(c: Any) -> None:
    """Let nbgrader's formgrader show what learners wrote without running it.

    nbgrader puts HTML of a learner's answer into the instructor's page as it is.
    """
    c.HTMLExporter.preprocessors = ["nbconvert.preprocessors.sanitize.SanitizeHTML"]
    c.SanitizeHTML.tags = [
        "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div", "dl",
        "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd", "li", "ol", "p", "pre",
        "s", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "u", "ul",
    ]  # fmt: skip


def whole_copies(c: Any) -> None:
    """Let nbgrader's exchange copy whole folders or nothing (`course.exchange.folder`)."""
    _exchange(c, "folder")


def over_service(c: Any, folder: Path) -> None:
    """Let nbgrader's exchange go over the course service that a folder is joined to (`course.exchange.http`).

    Args:
        folder: the learner's or the course's.
    """
    _exchange(c, "http")
    c.ServiceExchange.folder = str(folder)
    c.Exchange.root = str(folder / MIRROR)


def _exchange(c: Any, module: str) -> None:
    for stage, name in (
        ("release_assignment", "Release"), ("fetch_assignment", "Fetch"), ("submit", "Submit"),
        ("collect", "Collect"), ("release_feedback", "ReleaseFeedback"),
        ("fetch_feedback", "FetchFeedback"), ("list", "List"),
    ):  # fmt: skip
        setattr(c.ExchangeFactory, stage, f"course.exchange.{module}.{name}")


def for_learner(exchange: Path, course_id: str, learner: str) -> str:
    """Return the text of a learner's `nbgrader_config.py`: nbgrader's own commands work there too."""
    return f'''"""nbgrader's view of this learner's folder; written by: course join"""

from pathlib import Path

from course.exchange.config import whole_copies

c = get_config()
whole_copies(c)
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.student_id = {learner!r}
c.Exchange.root = {str(exchange)!r}
c.Exchange.cache = str(Path(__file__).parent / ".course" / "cache")
'''


def for_learner_of_service(course_id: str, learner: str) -> str:
    """Return the same for a learner who joined a course service."""
    return f'''"""nbgrader's view of this learner's folder; written by: course join"""

from pathlib import Path

from course.exchange.config import over_service

c = get_config()
over_service(c, Path(__file__).resolve().parent)
c.CourseDirectory.course_id = {course_id!r}
c.CourseDirectory.student_id = {learner!r}
c.Exchange.cache = str(Path(__file__).resolve().parent / ".course" / "cache")
'''


def read(root: Path) -> Any:
    """Return nbgrader's configuration (a traitlets Config) of the course in ``root``.

    Raises:
        Invalid: when the file can't be run.
    """
    with nbgrader(f"reading {root / NBGRADER_FILE}"):
        from traitlets.config import Config, PyFileConfigLoader  # noqa: PLC0415  heavy

        config = Config()
        if (root / NBGRADER_FILE).is_file():
            config.merge(PyFileConfigLoader(NBGRADER_FILE, str(root)).load_config())
        elif (root / COURSE_FILE).is_file():
            configure(config, str(root / NBGRADER_FILE))
        if not config.ExchangeFactory:
            whole_copies(config)
        config.CourseDirectory.root = str(root)
        return config


def layout(root: Path, config: Any) -> Layout:
    """Return where everything of a course lies, by its nbgrader configuration.

    The names and defaults are those of ``nbgrader.coursedir.CourseDirectory``, which is not
    imported, since every command would wait for it.

    Raises:
        Invalid: when the configuration gives something else than a text.
    """

    def folder(step: str) -> Path:
        return root / _text(root, config, f"{step}_directory", step)

    return Layout(
        root=root,
        source=folder("source"),
        release=folder("release"),
        submitted=folder("submitted"),
        autograded=folder("autograded"),
        feedback=folder("feedback"),
        autograders=root / "autograders",
        exchange=_exchange_root(root, config),
        db_url=_text(root, config, "db_url", f"sqlite:///{root / 'gradebook.db'}"),
        course_id=_text(root, config, "course_id", "").strip() or root.name,
    )


def _text(root: Path, config: Any, name: str, default: str) -> str:
    value = config.CourseDirectory.get(name, default)
    if not isinstance(value, str):
        raise Invalid(
            f"CourseDirectory.{name} is not a text", where=str(root / NBGRADER_FILE),
            expected=f"such as {default!r}", found=repr(value),
        )  # fmt: skip
    return value


def _exchange_root(root: Path, config: Any) -> Path:
    """Return the configured exchange, else nbgrader's shared one if usable, else our own."""
    configured = config.Exchange.get("root")
    if isinstance(configured, str):
        return root / configured
    shared = Path("/usr/local/share/nbgrader/exchange")
    usable = shared.is_dir() and os.access(shared, os.W_OK | os.X_OK)
    return shared if usable else root / EXCHANGE
