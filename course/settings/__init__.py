"""`course.toml`: what a trainer declares about a course, a file for what belongs together."""

from course.settings.file import CourseFile, load, parse
from course.settings.lesson import Accepted, Lesson, Objective, Policies, Spelling
from course.settings.letters import Post, Questions, Reminders
from course.settings.oversight import Certificates, Lti, Oversight, Platforms
from course.settings.people import Assignment, Calibration, Group, Service, Staff
from course.settings.rubrics import Rubric, RubricItem

__all__ = [
    "Accepted", "Assignment", "Calibration", "Certificates", "CourseFile", "Group", "Lesson", "Lti", "Objective", "Oversight",
    "Platforms", "Policies", "Post", "Questions", "Reminders", "Rubric", "RubricItem", "Service", "Spelling", "Staff", "load", "parse",
]  # fmt: skip
