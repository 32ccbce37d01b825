"""Triggers: what the database itself sees to, whoever writes.

A mark or comment that anybody else writes into nbgrader's tables, such as its formgrader, gets its line in the
ledger; and neither the ledger nor a judgement is ever changed or removed, unless a person is forgotten, which the ledger
itself then tells (`course.store.personal`). Of evidence, only who it is about can be taken out (`course.store.evidence`).
"""

import contextlib
import re
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from course.store import tables

Texts = dict[str, str]

_SQLITE = {
    "differs": "IS NOT", "object": "json_object",
    "now": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
}  # fmt: skip
_POSTGRES = {
    "differs": "IS DISTINCT FROM", "object": "json_build_object",
    "now": "(clock_timestamp() AT TIME ZONE 'utc')",
}  # fmt: skip

_SCORES = "'score', {row}.manual_score, 'auto', {row}.auto_score, 'extra', {row}.extra_credit"
_COMMENT = "'comment', {row}.manual_comment"

_LINE = """INSERT INTO course_ledger (at, actor, action, lesson, notebook, learner, question, "before", "after", why)
SELECT {now}, {actor}, '{action}', COALESCE(a.name, ''), COALESCE(n.name, ''), COALESCE(s.student_id, ''),
 COALESCE(c.name, ''), {before}, {after}, 'written into nbgrader''s tables'
FROM (SELECT 1) AS one LEFT JOIN submitted_notebook AS w ON w.id = {row}.notebook_id
 LEFT JOIN notebook AS n ON n.id = w.notebook_id LEFT JOIN assignment AS a ON a.id = n.assignment_id
 LEFT JOIN submitted_assignment AS s ON s.id = w.assignment_id LEFT JOIN base_cell AS c ON c.id = {row}.cell_id;"""

_WHO = """DELETE FROM course_manual WHERE EXISTS (SELECT 1 FROM submitted_notebook AS w
 JOIN notebook AS n ON n.id = w.notebook_id JOIN assignment AS a ON a.id = n.assignment_id
 JOIN submitted_assignment AS s ON s.id = w.assignment_id JOIN base_cell AS c ON c.id = NEW.cell_id
 WHERE w.id = NEW.notebook_id AND course_manual.lesson = a.name AND course_manual.notebook = n.name
 AND course_manual.learner = s.student_id AND course_manual.question = c.name);
INSERT INTO course_manual (learner, lesson, notebook, question, grader, score, at)
SELECT s.student_id, a.name, n.name, c.name, 'formgrader', NEW.manual_score, {now} FROM submitted_notebook AS w
 JOIN notebook AS n ON n.id = w.notebook_id JOIN assignment AS a ON a.id = n.assignment_id
 JOIN submitted_assignment AS s ON s.id = w.assignment_id JOIN base_cell AS c ON c.id = NEW.cell_id
 WHERE w.id = NEW.notebook_id AND NEW.manual_score IS NOT NULL;"""

_OTHERS = "NOT EXISTS (SELECT 1 FROM course_hand)"
_REFUSED = "course keeps its ledger and judgements as they were written"
_APPEND_ONLY = {
    "course_ledger": ("number", "at", "actor", "action", "lesson", "notebook", "question"),
    "course_judgement": ("number", "lesson", "notebook", "question", "grader", "score", "items", "adjustment", "why",
                         "request", "at"),
    "course_reading": ("number", "lesson", "notebook", "question", "grader", "score", "items", "first", "request", "at"),
}  # fmt: skip
"""What stays as it was even of somebody who is forgotten, unless the whole row goes."""
_FORGOTTEN = """INSERT INTO course_ledger (at, actor, action, lesson, notebook, learner, question, why)
VALUES ({now}, NEW.actor, 'forgotten', '', '', NEW.pseudonym, '', 'a person was forgotten');"""
_FORGETTABLE = "course_evidence"
_CHAINED = ("number", "at", "digest", "before", "hash")


@contextlib.contextmanager
def own_hand(connection: Connection) -> Iterator[None]:
    """Say that marks are written by us in this block, who note them in the ledger ourselves.

    The row that says so is gone before the transaction ends, so that no other ever sees it.
    """
    table = tables.hand
    number = connection.execute(table.insert().values()).inserted_primary_key
    yield
    connection.execute(table.delete().where(table.c.number == (number[0] if number else 0)))


def statements(dialect: str) -> list[str]:
    """Return the statements that make the triggers, those of an earlier version replaced."""
    return _sqlite() if dialect == "sqlite" else _postgres()


def count(connection: Connection) -> int:
    """Return how many of our triggers are there: nbgrader may have made its tables anew."""
    there = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'course!_%' ESCAPE '!'"
        if connection.dialect.name == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'course!_%' ESCAPE '!'"
    )
    return int(connection.execute(sa.text(there)).scalar() or 0)


def wanted(dialect: str) -> int:
    """Return how many triggers there should be."""
    return sum(each.startswith("CREATE TRIGGER") for each in statements(dialect))


def _watches(words: Texts) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield name, moment, table, event, condition and body of the triggers that note what others write."""
    for table, values, action in (("grade", _SCORES, "changed"), ("comment", _COMMENT, "commented")):  # fmt: skip
        columns = re.findall(r"{row}\.(\w+)", values)
        for event, moment in (("INSERT", "AFTER"), ("UPDATE", "AFTER"), ("DELETE", "BEFORE")):
            old, new = event != "INSERT", event != "DELETE"
            row = "NEW" if new else "OLD"
            if event == "UPDATE":
                changed = [f"OLD.{column} {words['differs']} NEW.{column}" for column in columns]
            else:
                changed = [f"{row}.{column} IS NOT NULL" for column in columns]
            by_hand = [part for part in changed if "auto_score" not in part]
            body = _LINE.format(
                now=words["now"], row=row, action=action if new else "removed",
                actor=f"CASE WHEN {' OR '.join(by_hand)} THEN 'formgrader' ELSE 'nbgrader' END",
                before=f"{words['object']}({values.format(row='OLD')})" if old else "NULL",
                after=f"{words['object']}({values.format(row='NEW')})" if new else "NULL",
            )  # fmt: skip
            if table == "grade" and event == "UPDATE":
                yield (f"course_{table}_whose", moment, table, event,
                       f"OLD.manual_score {words['differs']} NEW.manual_score AND {_OTHERS}",
                       _WHO.format(now=words["now"]))  # fmt: skip
            condition = f"({' OR '.join(changed)}) AND {_OTHERS}"
            yield f"course_{table}_{event.lower()}", moment, table, event, condition, body


def _stays(words: Texts, table: str, event: str) -> str:
    """Return when a change of an append-only row is refused: unless its learner is being forgotten just now."""
    now = "EXISTS (SELECT 1 FROM course_forgetting AS f WHERE f.learner = OLD.learner)"
    was = {each: f'CAST(OLD."{each}" AS TEXT)' for each in _APPEND_ONLY[table]}
    if "actor" in was:  # who did something for themselves, such as to ask for another look
        was["actor"] = "(CASE WHEN OLD.actor = OLD.learner THEN NEW.learner ELSE OLD.actor END)"
    same = [f'CAST(NEW."{each}" AS TEXT) {words["differs"]} {old}' for each, old in was.items()]
    return f"NOT {now}" + (f" OR {' OR '.join(same)}" if event == "UPDATE" else "")


def _forgets(words: Texts) -> str:
    """Return when an update of evidence does more than to forget whom it is about."""
    kept = [f'NEW."{each}" {words["differs"]} OLD."{each}"' for each in _CHAINED]
    return f"NEW.body IS NOT NULL OR NEW.learner <> '' OR {' OR '.join(kept)}"


def _sqlite() -> list[str]:
    made = []
    for name, moment, table, event, condition, body in _watches(_SQLITE):
        made += [f"DROP TRIGGER IF EXISTS {name}",
                 f"CREATE TRIGGER {name} {moment} {event} ON {table} WHEN {condition} BEGIN {body} END"]  # fmt: skip
    for table in _APPEND_ONLY:
        for event in ("UPDATE", "DELETE"):
            name, when = f"{table}_no_{event.lower()}", _stays(_SQLITE, table, event)
            made += [f"DROP TRIGGER IF EXISTS {name}",
                     f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when} BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"]  # fmt: skip
    made += ["DROP TRIGGER IF EXISTS course_forgetting_told",
             f"CREATE TRIGGER course_forgetting_told AFTER INSERT ON course_forgetting BEGIN {_FORGOTTEN.format(now=_SQLITE['now'])} END"]  # fmt: skip
    for event, when in (("UPDATE", f"WHEN {_forgets(_SQLITE)} "), ("DELETE", "")):
        name = f"{_FORGETTABLE}_no_{event.lower()}"
        made += [f"DROP TRIGGER IF EXISTS {name}",
                 f"CREATE TRIGGER {name} BEFORE {event} ON {_FORGETTABLE} {when}BEGIN SELECT RAISE(ABORT, '{_REFUSED}'); END"]  # fmt: skip
    return made


def _postgres() -> list[str]:
    made = []
    for name, moment, table, event, condition, body in _watches(_POSTGRES):
        row = "OLD" if event == "DELETE" else "NEW"
        does = f"BEGIN IF {condition} THEN {body} END IF; RETURN {row}; END"
        made += [f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$",
                 f"DROP TRIGGER IF EXISTS {name} ON {table}",
                 f"CREATE TRIGGER {name} {moment} {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"]  # fmt: skip
    does = f"BEGIN RAISE EXCEPTION '{_REFUSED}'; END"
    made.append(
        f"CREATE OR REPLACE FUNCTION course_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$"
    )
    for table in _APPEND_ONLY:
        name = f"{table}_stays"
        for event in ("UPDATE", "DELETE"):
            row, when = ("NEW" if event == "UPDATE" else "OLD"), _stays(_POSTGRES, table, event)
            does = f"BEGIN IF {when} THEN RAISE EXCEPTION '{_REFUSED}'; END IF; RETURN {row}; END"
            made += [f"CREATE OR REPLACE FUNCTION {name}_{event.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$",
                     f"DROP TRIGGER IF EXISTS {name}_{event.lower()} ON {table}",
                     f"CREATE TRIGGER {name}_{event.lower()} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}_{event.lower()}()"]  # fmt: skip
        made += [f"DROP TRIGGER IF EXISTS {name} ON {table}",
                 f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} EXECUTE FUNCTION course_refuse()"]  # fmt: skip
    does = f"BEGIN {_FORGOTTEN.format(now=_POSTGRES['now'])} RETURN NEW; END"
    made += [f"CREATE OR REPLACE FUNCTION course_forgetting_told() RETURNS trigger LANGUAGE plpgsql AS $$ {does} $$",
             "DROP TRIGGER IF EXISTS course_forgetting_told ON course_forgetting",
             "CREATE TRIGGER course_forgetting_told AFTER INSERT ON course_forgetting FOR EACH ROW EXECUTE FUNCTION course_forgetting_told()"]  # fmt: skip
    name = f"{_FORGETTABLE}_stays"
    made += [f"DROP TRIGGER IF EXISTS {name} ON {_FORGETTABLE}",
             f"CREATE TRIGGER {name} BEFORE DELETE OR TRUNCATE ON {_FORGETTABLE} EXECUTE FUNCTION course_refuse()",
             f"DROP TRIGGER IF EXISTS {name}_same ON {_FORGETTABLE}",
             f"CREATE TRIGGER {name}_same BEFORE UPDATE ON {_FORGETTABLE} FOR EACH ROW WHEN ({_forgets(_POSTGRES)}) EXECUTE FUNCTION course_refuse()"]  # fmt: skip
    return made
