"""From a submission to verdicts.

`prepare` (in `course.grading.prepared`) gathers what a lesson's submissions are judged by;
`grade_all` (in `course.grading.pool`) judges many of them, each in a fresh place.
"""
