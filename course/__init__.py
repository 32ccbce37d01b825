"""Courses taught with Jupyter notebooks at the learner's own pace, on top of nbgrader.

In a lesson's notebook: ``import course``, then `check` and `quiz`. In `autograders/<lesson>.py`:
`points`, `public`, `misconception`, `hint` and `needs`. Everything else is the command ``course`` and the library
below it (`course.term`).
"""

from course.lesson import check, quiz
from course.testing import hint, misconception, needs, points, public

__version__ = "0.1.0"

__all__ = ["check", "hint", "misconception", "needs", "points", "public", "quiz"]


def _register_in_notebook() -> None:
    """Make ``%%quiz`` known where the author runs the source notebook."""
    import sys  # noqa: PLC0415  leaves no name behind

    if "IPython" in sys.modules:
        from course.lesson.preview import register  # noqa: PLC0415  only in a notebook

        register()


_register_in_notebook()
