"""What a course's office keeps and does: people and their enrolments, releases, submissions, receipts, feedback.

No HTTP here. A learner's every question goes through an `Enrolment`, whose methods take no learner:
whose things it shows was settled when it was opened.
"""
