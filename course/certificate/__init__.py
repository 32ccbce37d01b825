"""Certificates: what they say, how they are signed and checked, and how they look on paper. Pure."""

FOLDER = "certificates"
"""Where they lie in a course, by learner."""
