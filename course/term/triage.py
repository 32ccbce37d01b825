"""What a person can do about a submission that could not be graded. The learner's own file is kept, always."""

import json
from pathlib import Path

from course import layout as disk
from course import notebook as notebooks
from course.errors import CourseError, Invalid
from course.grading.salvage import salvage
from course.store import overview
from course.store.database import Gradebook
from course.term import Course

HANDED_IN = ".handed-in"
"""What the name of a file ends with that is kept as it was, beside the one put right."""
_REASONS = {
    "no such notebook": "Take the notebook that is there",
    "is not JSON": "Read the cells that are whole",
    "is not UTF-8": "Read it with another alphabet",
}


def remedy(reason: str) -> str:
    """Return what a repair would do, for its button; empty where a reason has none."""
    return next((words for part, words in _REASONS.items() if part in reason), "")


def accept(book: Gradebook, lesson: str, learner: str, actor: str, why: str) -> None:
    """Leave a submission ungraded, and take it off the list; its next version is graded as ever.

    Raises:
        NotFound: it is not on the list.
        Invalid: no reason is given.
    """
    one = overview.one_stuck(book, lesson, learner)
    overview.mend(book, one, actor, overview.ACCEPTED, _said(why, "why it may stay ungraded"))


def ask(book: Gradebook, lesson: str, learner: str, actor: str, question: str) -> None:
    """Keep a question to the learner, which stands on the next feedback page; raises as `accept` does."""
    one = overview.one_stuck(book, lesson, learner)
    overview.mend(book, one, actor, "asked", _said(question, "a question to the learner"))


def again(book: Gradebook, lesson: str, learner: str, actor: str) -> None:
    """Note that somebody has it graded again; raises NotFound when it is not on the list."""
    overview.mend(book, overview.one_stuck(book, lesson, learner), actor, "grade again", "")


def repair(course: Course, book: Gradebook, lesson: str, learner: str, actor: str) -> list[str]:
    """Put right what keeps a submission from being read; returns what was done, in words.

    A notebook under another name is copied to the lesson's; of a broken file the whole cells are
    taken. What was handed in stays beside it, byte for byte.

    Raises:
        NotFound: it is not on the list.
        Invalid: nothing of it can be put right.
    """
    one = overview.one_stuck(book, lesson, learner)
    folder = course.layout.submission(learner, lesson)
    released = sorted((course.layout.release / lesson).glob("*.ipynb"))
    names = [path.name for path in released]
    done = [said for path in released if (said := _mended(folder, path, names))]
    if not done:
        raise Invalid(
            "nothing of this submission can be put right here", where=str(folder), found=one.reason,
            hint="ask the learner to hand it in again",
        )  # fmt: skip
    overview.mend(book, one, actor, "repaired", "; ".join(done))
    return done


def _mended(folder: Path, trusted: Path, names: list[str]) -> str:
    name, path = trusted.name, folder / trusted.name
    if folder.is_symlink() or path.is_symlink():
        return ""
    if not path.exists():
        asked = _asked(trusted)
        others = [
            p for p in sorted(folder.glob("*.ipynb")) if p.name not in names and asked & _asked(p)
        ]
        if len(others) != 1:
            return ""
        disk.write(path, others[0].read_bytes())
        return f"{others[0].name} was taken as {name}"
    try:
        notebooks.read(path)
    except CourseError:
        raw = path.read_bytes()
        found = salvage(raw)
    else:
        return ""
    if found is None:
        return ""
    kept = folder / f"{name}{HANDED_IN}"
    if not kept.exists():
        disk.write(kept, raw)
    disk.write(path, json.dumps(found))
    return f"{len(found['cells'])} whole cells of {name} were taken; it is kept as {kept.name}"


def _asked(path: Path) -> set[str]:
    """Return the names of a notebook's graded and answered cells; none where it can't be read."""
    if path.is_symlink():
        return set()
    try:
        return {
            name
            for cell in notebooks.read(path)[0].cells
            if (name := notebooks.marks(cell).get("grade_id"))
        }
    except CourseError:
        return set()


def _said(text: str, what: str) -> str:
    if not text.strip():
        raise Invalid("nothing is said", expected=what)
    return text.strip()
