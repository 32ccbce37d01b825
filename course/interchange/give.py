"""A lesson's questions for another tool, with a report of what it can't hold."""

from collections.abc import Iterable
from pathlib import Path

from course.errors import Invalid
from course.interchange import gift, jupyterquiz, qti_write
from course.interchange.asked import Asked, of
from course.interchange.report import Report
from course.layout import write
from course.questions import Item


def give(lesson: str, items: Iterable[Item], known_as: str, out: Path) -> Report:
    """Write questions, keys included, to a file.

    Args:
        known_as: "jupyterquiz", "gift" or "qti".

    Raises:
        Invalid: when the file is there already, or no question can be said in that format.
        Unavailable: when the disk refuses.
    """
    if out.exists():
        raise Invalid("there is something there already", where=str(out), hint="give another name with --out")  # fmt: skip
    report, questions = Report(known_as, out.name), list[Asked]()
    for item in items:
        asked, lost = of(item)
        for text in lost:
            report.lost(item.id, text)
        if asked is not None:
            questions.append(asked)
    if known_as == "qti":
        content = qti_write.write(lesson, questions, report)
    else:
        content = (gift if known_as == "gift" else jupyterquiz).write(questions, report).encode()
    if not report.count("taken"):
        said = "\n    ".join(str(note) for note in report.notes) or "there is no question in it"
        raise Invalid(
            f"nothing of '{lesson}' can be written as {known_as}\n    {said}", where=lesson
        )
    write(out, content)
    return report
