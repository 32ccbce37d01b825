"""Courses taught with Jupyter notebooks at the learner's own pace, on top of nbgrader.

In a lesson's notebook: ``import course``, then `check`, `quiz` and the other elements of a lesson
(`section`, `gate`, `video`, `progress`, `review`, `reflect`, `ask`, `live`). In `autograders/<lesson>.py`:
`points`, `public`, `misconception`, `hint`, `needs` and `answer`. Everything else is the command ``course`` and the library
below it (`course.term`).
"""

from course.lesson import ask, check, gate, live, progress, quiz, reflect, review, section, video
from course.testing import answer, hint, misconception, needs, points, public

__version__ = "0.1.0"

__all__ = [
    "answer", "ask", "check", "gate", "hint", "live", "misconception", "needs", "points", "progress", "public", "quiz",
    "reflect", "review", "section", "video",
]  # fmt: skip


def _register_in_notebook() -> None:
    """Make ``%%quiz`` known where the author runs the source notebook."""
    import sys  # noqa: PLC0415  leaves no name behind

    if "IPython" in sys.modules:
        from course.lesson.preview import register  # noqa: PLC0415  only in a notebook

        register()


_register_in_notebook()
