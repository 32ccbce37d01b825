"""`course.toml`: what a trainer declares about a course, a file for what belongs together."""

from course.settings.file import CourseFile, load, parse
from course.settings.lesson import Accepted, Lesson, Objective, Policies, Spelling
from course.settings.letters import Post, Questions, Reminders
from course.settings.oversight import Certificates, Lti, Oversight, Platforms
from course.settings.people import Assignment, Group, Service, Staff

__all__ = [
    "Accepted", "Assignment", "Certificates", "CourseFile", "Group", "Lesson", "Lti", "Objective", "Oversight",
    "Platforms", "Policies", "Post", "Questions", "Reminders", "Service", "Spelling", "Staff", "load", "parse",
]  # fmt: skip
