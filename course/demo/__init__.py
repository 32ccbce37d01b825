"""A term in a minute: the sample course, 24 learners, every step through the real exchange."""

from course.demo.play import play

__all__ = ["play"]
