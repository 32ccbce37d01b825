"""The office's tables. Secrets stand in them as hashes only; what was handed over lies on the disk."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from course.database import names

metadata = MetaData()

course = Table(
    "office_course", metadata,
    Column("id", String(128), primary_key=True),
    Column("about", JSON, nullable=False),  # title, lessons, rules: what the instructor announced
    Column("at", DateTime, nullable=False),  # UTC, as every moment here
)  # fmt: skip

member = Table(
    "office_member", metadata,  # one person in one course
    Column("id", String(32), primary_key=True),
    Column("course", String(128), nullable=False),
    Column("name", String(128), nullable=False),  # the learner's id in the course
    Column("shown", String(200), nullable=False),  # the name that others read
    Column("role", String(16), nullable=False),  # "learner", "grader" or "instructor"
    Column("group", String(128), nullable=False),
    Column("zone", String(64), nullable=False),  # IANA; empty while unknown
    Column("email", String(200), nullable=False),
    Column("start", Date),
    Column("key", String(64), nullable=False),  # public; empty until the first machine joined
    Column("at", DateTime, nullable=False),
    UniqueConstraint("course", "name"),
)  # fmt: skip

token = Table(
    "office_token", metadata,
    Column("hash", String(64), primary_key=True),
    Column("member", String(32), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("revoked_at", DateTime),
    Index("office_token_member", "member"),
)  # fmt: skip

invitation = Table(
    "office_invitation", metadata,
    Column("id", String(12), primary_key=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("course", String(128), nullable=False),
    Column("role", String(16), nullable=False),
    Column("group", String(128), nullable=False),
    Column("name", String(128), nullable=False),  # the one whom it is for; empty for anybody
    Column("uses", Integer),  # how often it may be used; None: any number of times
    Column("used", Integer, nullable=False),
    Column("expires_at", DateTime),
    Column("revoked_at", DateTime),
    Column("by", String(128), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("office_invitation_course", "course"),
)  # fmt: skip

release = Table(
    "office_release", metadata,  # append-only; the last of a lesson stands
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("course", "lesson"),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("office_release_lesson", "course", "lesson", "number"),
)  # fmt: skip

submission = Table(
    "office_submission", metadata,  # append-only: every attempt is kept
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("course", "lesson"),
    Column("member", String(32), nullable=False),
    Column("attempt", Integer, nullable=False),  # from 1, by learner and lesson
    Column("digest", String(64), nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("sealed_at", DateTime, nullable=False),  # by the learner's clock
    Column("received_at", DateTime, nullable=False),
    Column("receipt", JSON, nullable=False),  # as it was given out
    UniqueConstraint("member", "nonce"),
    UniqueConstraint("member", "lesson", "attempt"),
    Index("office_submission_lesson", "course", "lesson", "number"),
)  # fmt: skip

feedback = Table(
    "office_feedback", metadata,  # append-only; the last on a submission stands
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("course", "lesson"),
    Column("member", String(32), nullable=False),
    Column("submission", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("by", String(128), nullable=False),
    Column("at", DateTime, nullable=False),
    Index("office_feedback_member", "member", "lesson", "number"),
)  # fmt: skip

request = Table(
    "office_request", metadata,  # append-only: that a mark be looked at again
    Column("id", String(32), primary_key=True),
    *names("course", "lesson"),
    Column("member", String(32), nullable=False),
    Column("body", JSON, nullable=False),
    Column("at", DateTime, nullable=False),
    Index("office_request_lesson", "course", "lesson"),
)  # fmt: skip

question = Table(
    "office_question", metadata,  # what somebody asked at a cell
    Column("id", String(36), primary_key=True),  # of the event in the learner's record
    *names("course", "lesson"),
    Column("member", String(32), nullable=False),
    Column("exercise", String(128), nullable=False),
    Column("cell", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("test", String(200), nullable=False),  # that failed last; empty for none
    Column("attempts", Integer, nullable=False),
    Column("version", String(80), nullable=False),  # of the lesson
    Column("nameless", Boolean, nullable=False),  # towards other learners
    Column("asked_at", DateTime, nullable=False),  # by the learner's clock
    Column("at", DateTime, nullable=False),
    Column("state", String(16), nullable=False),  # "open", "answered", "merged", "hidden" or "closed"
    Column("into", String(36), nullable=False),  # the question that it was merged into; else empty
    Column("published", Boolean, nullable=False),
    Index("office_question_course", "course", "lesson", "state"),
    Index("office_question_member", "member"),
)  # fmt: skip

answer = Table(
    "office_answer", metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("question", String(36), nullable=False),
    Column("member", String(32), nullable=False),
    Column("text", Text, nullable=False),  # Markdown
    Column("hidden", Boolean, nullable=False),
    Column("at", DateTime, nullable=False),
    Index("office_answer_question", "question"),
)  # fmt: skip

schedule = Table(
    "office_schedule", metadata,  # what due dates are made of, as the instructor's course says it
    Column("course", String(128), primary_key=True),
    Column("body", JSON, nullable=False),
    Column("at", DateTime, nullable=False),
)  # fmt: skip

ticket = Table(
    "office_ticket", metadata,  # lets its owner's browser in, once and soon
    Column("hash", String(64), primary_key=True),
    Column("member", String(32), nullable=False),
    Column("until", DateTime, nullable=False),
)  # fmt: skip

poll = Table(
    "office_poll", metadata,  # for a class in one room; one is open at a time
    Column("id", String(32), primary_key=True),
    Column("course", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("lesson", String(128)),  # whose question it is; null for one that was thought of there and then
    Column("question", String(128)),
    Column("keys", JSON),  # of the options, as an answer in a record names them
    Index("office_poll_course", "course", "at"),
)  # fmt: skip

vote = Table(
    "office_vote", metadata,
    Column("poll", String(32), primary_key=True),
    Column("member", String(32), primary_key=True),
    Column("choice", Integer, nullable=False),  # place of an option, from 0
    Column("at", DateTime, nullable=False),
)  # fmt: skip

whereabouts = Table(
    "office_whereabouts", metadata,  # where the instructor is who walks a class through a lesson
    Column("course", String(128), primary_key=True),
    Column("lesson", String(128), nullable=False),
    Column("section", String(128), nullable=False),
    Column("at", DateTime, nullable=False),
)  # fmt: skip

ledger = Table(
    "office_ledger", metadata,  # append-only
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),
    Column("course", String(128), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("action", String(32), nullable=False),
    Column("about", JSON, nullable=False),
)  # fmt: skip
