"""The grading desk: what its pages call. One grader, one course; the rules are in `course.review`."""

from course.desk.answer import Answer, Conflict, Marked, Queue, judgement
from course.desk.bank import Bank
from course.desk.calibration import Calibration
from course.desk.groups import Groups
from course.desk.rubric import Rubrics
from course.desk.staff import Staff

__all__ = ["Answer", "Conflict", "Desk", "Marked", "Queue", "judgement"]


class Desk(Groups, Calibration, Bank, Rubrics, Staff):
    """A grader's place at a course's answers. Close it, or use it in ``with``."""
