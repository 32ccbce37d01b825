"""Our tables. Their names begin with ``course_``; nbgrader's stay as nbgrader makes them."""

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Float,
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

learner = Table(
    "course_learner", metadata,
    Column("id", String(128), primary_key=True),
    Column("group", String(128), nullable=False, default=""),
    Column("start", String(10), nullable=False, default=""),  # ISO date, or empty
)  # fmt: skip

attempt = Table(
    "course_attempt", metadata,
    Column("learner", String(128), primary_key=True),
    Column("lesson", String(128), primary_key=True),
    Column("state", String(16), nullable=False),  # "graded", "triage" or "accepted"
    Column("reason", Text, nullable=False, default=""),
    Column("digest", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("isolation", String(16), nullable=False),
    Column("repairs", JSON, nullable=False),
    Column("submitted_at", DateTime),  # UTC
    Column("graded_at", DateTime, nullable=False),  # UTC
    Column("feedback", String(64), nullable=False, default=""),  # digest of what was returned
    Index("course_attempt_state", "state", "lesson"),
)  # fmt: skip

verdict = Table(
    "course_verdict", metadata,
    *names("learner", "lesson", "notebook", "question", key=True),
    Column("outcome", String(32), nullable=False),
    Column("score", Float),  # None: nobody could tell
    Column("maximum", Float, nullable=False),
    Column("notes", JSON, nullable=False),
    Column("at", DateTime, nullable=False),  # UTC
)  # fmt: skip

manual = Table(
    "course_manual", metadata,
    *names("learner", "lesson", "notebook", "question", key=True),
    Column("grader", String(128), nullable=False),
    Column("score", Float),
    Column("at", DateTime, nullable=False),  # UTC
)  # fmt: skip

remark = Table(
    "course_remark", metadata,  # a person's comment on a question whose cell nbgrader gives none
    Column("row", String(32), primary_key=True),  # nbgrader's submitted_notebook.id
    Column("question", String(128), primary_key=True),
    Column("comment", Text, nullable=False),
)  # fmt: skip

question = Table(
    "course_question", metadata,
    *names("lesson", "notebook", "question", key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("points", Float, nullable=False),
    Column("title", Text, nullable=False),
)  # fmt: skip

judgement = Table(
    "course_judgement", metadata,  # append-only; the last of an answer stands
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("lesson", "notebook", "question", "learner", "grader"),
    Column("score", Float),  # None: given back to be marked again
    Column("items", JSON, nullable=False),  # the rubric's items as they were
    Column("adjustment", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("why", String(16), nullable=False),
    Column("before", JSON),  # score, comment and whether it waited, as it stood until then
    Column("request", String(64), nullable=False, unique=True),  # so that nothing is marked twice
    Column("at", DateTime, nullable=False),  # UTC
    Index("course_judgement_place", "lesson", "question", "learner"),
)  # fmt: skip

reading = Table(
    "course_reading", metadata,  # append-only: what a second grader says of an answer; no mark changes by it
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("lesson", "notebook", "question", "learner", "grader"),
    Column("score", Float, nullable=False),
    Column("items", JSON, nullable=False),  # the rubric's items as they were
    Column("comment", Text, nullable=False),
    Column("first", Integer, nullable=False),  # the judgement that stood then
    Column("request", String(64), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),  # UTC
    Index("course_reading_place", "lesson", "question", "learner"),
)  # fmt: skip

rubric = Table(
    "course_rubric", metadata,
    *names("lesson", "notebook", "question", key=True),
    Column("rubric", JSON, nullable=False),
    Column("version", Integer, nullable=False),
)  # fmt: skip

claim = Table(
    "course_claim", metadata,  # an answer that somebody has on the screen
    *names("lesson", "notebook", "question", "learner", key=True),
    Column("grader", String(128), nullable=False),
    Column("until", DateTime, nullable=False),  # UTC
)  # fmt: skip

flag = Table(
    "course_flag", metadata,  # an answer that somebody wants another look at
    *names("lesson", "notebook", "question", "learner", key=True),
    Column("grader", String(128), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime, nullable=False),  # UTC
)  # fmt: skip

hand = Table(
    "course_hand", metadata,  # a row while a transaction of ours writes marks; never there for others
    Column("number", Integer, primary_key=True, autoincrement=True),
)  # fmt: skip

made = Table(
    "course_made", metadata,  # one row: which version of our tables and triggers this database has
    Column("digest", String(64), primary_key=True),
)  # fmt: skip

outlier = Table(
    "course_outlier", metadata,  # an answer that a person took out of a group of same answers
    *names("lesson", "notebook", "question", "learner", key=True),
    Column("group", String(32), primary_key=True),
)  # fmt: skip

together = Table(
    "course_together", metadata,  # append-only: a judgement of a whole group, by who joins it later
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("lesson", "notebook", "question"),
    Column("group", String(32), nullable=False),
    Column("items", JSON, nullable=False),  # ids of the rubric's items
    Column("adjustment", Float, nullable=False),
    Column("comment", Text, nullable=False),
    Column("grader", String(128), nullable=False),
    Column("request", String(64), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),  # UTC
    Index("course_together_place", "lesson", "question"),
)  # fmt: skip

lateness = Table(
    "course_lateness", metadata,  # what a submission loses by it, so that any new mark can be reckoned
    Column("learner", String(128), primary_key=True),
    Column("lesson", String(128), primary_key=True),
    Column("due", DateTime),  # UTC
    Column("share", Float, nullable=False),  # of the score, 0 to 1
)  # fmt: skip

earlier = Table(
    "course_earlier", metadata,  # attempts that do not stand now, each with all its marks
    Column("learner", String(128), primary_key=True),
    Column("lesson", String(128), primary_key=True),
    Column("digest", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("isolation", String(16), nullable=False),
    Column("repairs", JSON, nullable=False),
    Column("submitted_at", DateTime),  # UTC
    Column("verdicts", JSON, nullable=False),
    Column("marks", JSON, nullable=False),  # a person's
)  # fmt: skip

feedback = Table(
    "course_feedback", metadata,  # append-only; the last of a learner stands, those before are superseded
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("lesson", String(128), nullable=False),
    Column("learner", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("marks", JSON, nullable=False),  # as they were told
    Column("late", Float, nullable=False),
    Column("answers", JSON, nullable=False),  # question -> messages that were told
    Column("digest", String(64), nullable=False),
    Column("grader", String(128), nullable=False),  # who returned it
    Column("at", DateTime, nullable=False),  # UTC
    Index("course_feedback_learner", "lesson", "learner"),
)  # fmt: skip

dispute = Table(
    "course_dispute", metadata,  # append-only: a learner asks, an instructor answers
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("lesson", "notebook", "question", "learner", "author"),
    Column("what", String(16), nullable=False),  # "asked", "reopened" or "declined"
    Column("text", Text, nullable=False),
    Column("request", String(64), nullable=False, unique=True),  # so that nothing is taken in twice
    Column("at", DateTime, nullable=False),  # UTC
    Index("course_dispute_place", "lesson", "question", "learner"),
)  # fmt: skip

extension = Table(
    "course_extension", metadata,  # append-only; the last for a learner or a group stands
    Column("number", Integer, primary_key=True, autoincrement=True),
    *names("lesson", "learner", "group"),
    Column("until", DateTime),  # UTC; None: taken back
    Column("reason", Text, nullable=False),
    Column("grader", String(128), nullable=False),
    Column("at", DateTime, nullable=False),  # UTC
)  # fmt: skip

forgetting = Table(
    "course_forgetting", metadata,  # a row while a transaction of ours forgets somebody; never there for others
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("actor", String(128), nullable=False),
    Column("learner", String(128), nullable=False),
    Column("pseudonym", String(128), nullable=False),  # empty: everything is removed
)  # fmt: skip

rest = Table(
    "course_rest", metadata,  # append-only: what the worklist need not show again; the last of a key stands
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    *names("learner", "lesson", "question"),
    Column("trace", Text, nullable=False),  # how it stood; empty: it is to be shown again
    Column("grader", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", DateTime, nullable=False),  # UTC
)  # fmt: skip

ledger = Table(
    "course_ledger", metadata,  # append-only
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),  # UTC
    Column("actor", String(128), nullable=False),
    Column("action", String(32), nullable=False),  # "graded", "marked", "returned", ...
    Column("lesson", String(128), nullable=False),
    Column("learner", String(128), nullable=False),
    Column("notebook", String(128), nullable=False, default="", server_default=""),
    Column("question", String(128), nullable=False),
    Column("before", JSON),
    Column("after", JSON),
    Column("why", String(200), nullable=False, default="", server_default=""),
    UniqueConstraint("number"),
    Index("course_ledger_whose", "learner", "lesson", "number"),
)  # fmt: skip

evidence = Table(
    "course_evidence", metadata,  # append-only; each row holds the hash of the one before
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),  # UTC, ISO 8601: hashed as it is written
    Column("learner", String(128), nullable=False),  # empty once forgotten
    Column("body", Text),  # canonical JSON; None once forgotten
    Column("digest", String(64), nullable=False),  # SHA-256 of the body
    Column("before", String(64), nullable=False),  # hash of the row before; zeros for the first
    Column("hash", String(64), nullable=False),  # SHA-256 of number, at, digest and before
    Index("course_evidence_learner", "learner", "number"),
)  # fmt: skip

account = Table(
    "course_account", metadata,  # what a learning platform calls somebody
    Column("issuer", String(200), primary_key=True),
    Column("user", String(200), primary_key=True),
    Column("learner", String(128), nullable=False),
)  # fmt: skip

link = Table(
    "course_link", metadata,  # a lesson that a learning platform has linked to, as of the last launch
    Column("lesson", String(128), primary_key=True),
    Column("issuer", String(200), primary_key=True),
    Column("client", String(200), nullable=False),
    Column("services", JSON, nullable=False),  # where it takes scores and gives its roster
)  # fmt: skip
