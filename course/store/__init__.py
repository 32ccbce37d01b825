"""The gradebook: nbgrader's own database, with our tables beside nbgrader's.

What happens is written in one transaction for both, so that the two can't disagree.
"""

from course.store.database import Gradebook
from course.store.grading import save_graded
from course.store.manual import save_manual
from course.store.reading import attempts, marks
from course.store.roster import add_learners, learners

__all__ = [
    "Gradebook",
    "add_learners",
    "attempts",
    "learners",
    "marks",
    "save_graded",
    "save_manual",
]
