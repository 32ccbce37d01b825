"""From a path to lessons of a course, with a report."""

from collections.abc import Callable
from pathlib import Path

from course.errors import Invalid
from course.interchange import folders, gift, jupyterquiz, moodle, otter, qti, recognise
from course.interchange.asked import Asked
from course.interchange.cell import accepted
from course.interchange.lesson import Made, of_questions, slug
from course.interchange.place import place
from course.interchange.report import Report
from course.layout import Layout, safe_name
from course.notebook import read as read_notebook

_Texts = Callable[[str, Report], list[Asked]]
_Bytes = Callable[[bytes, Report], list[Asked]]
_TEXTS: dict[str, _Texts] = {"gift": gift.read, "jupyterquiz": jupyterquiz.read}
_BYTES: dict[str, _Bytes] = {"moodle-xml": moodle.read, "qti": qti.read}

MOST_QUESTIONS = 5000


def bring(layout: Layout, path: Path, to: str = "", known_as: str = "") -> Report:
    """Import a file or folder into a course.

    Args:
        to: name of the new lesson; without it, what the file or folder is called.
        known_as: the format, if it is not to be seen from the content.

    Raises:
        NotFound: when nothing is there.
        Invalid: when it can't be read, holds nothing for a course, or a lesson would be overwritten.
        Refused: when it is hostile.
        Unavailable: when the disk refuses.
    """
    name = known_as or recognise.recognise(path)
    report = Report(name, path.name)
    lessons = _lessons(name, path, to, report)
    if to:
        if len(lessons) > 1:
            names = ", ".join(made.name for made in lessons)
            raise Invalid("there are several lessons, and --to names one", where=str(path), found=names,
                          hint="leave out --to, or import one lesson's folder")  # fmt: skip
        for made in lessons:
            made.name = safe_name(to, "lesson")
    place(layout, lessons)
    report.lessons = [made.name for made in lessons]
    return report


def _lessons(name: str, path: Path, to: str, report: Report) -> list[Made]:
    if name == "nbgrader":
        return folders.nbgrader(path, report)
    lesson = to or slug(path.stem if path.is_file() else path.resolve().name)
    if name == "notebooks":
        return [folders.notebooks(path, lesson, report)]
    if name == "otter":
        node, _ = read_notebook(path)
        return [otter.read(node, lesson, path, report)]
    data = recognise.content(path)
    found = (
        _TEXTS[name](recognise.decoded(data, path.name), report)
        if name in _TEXTS else _BYTES[name](data, report)
    )  # fmt: skip
    if len(found) > MOST_QUESTIONS:
        raise Invalid("there are more questions than a lesson can hold", where=str(path),
                      expected=f"at most {MOST_QUESTIONS}", found=str(len(found)),
                      hint="export one category at a time, or divide the file")  # fmt: skip
    questions = accepted(found, report)
    if not questions:
        said = "\n    ".join(str(note) for note in report.notes)
        raise Invalid(f"no question of it can be asked here\n    {said}".rstrip(), where=str(path))
    title = path.stem.replace("-", " ").replace("_", " ").strip().capitalize() or lesson
    return [of_questions(lesson, title, questions)]
