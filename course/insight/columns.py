"""The columns of every frame: the one place where their types, units and meaning are declared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

TIME = "datetime64[us, UTC]"
NAME, TEXT, NUMBER, COUNT, YES = "category", "string", "float64", "int32", "bool"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        dtype: as pandas writes it. Numbers that nobody knows are NaN, times NaT, names missing.
        unit: empty for none.
        about: what it says, for the page of columns.
    """

    dtype: str
    about: str
    unit: str = ""


UNREAD = "unread"
"""The verb of the one event of a submission whose records are too large to be read."""

STATES = ("not started", "learning", "shown", "lapsed")
"""How somebody stands with an objective, in the order of a course."""

_WHO = {
    "learner": Column(NAME, "id of the learner"),
    "lesson": Column(NAME, "the lesson's folder"),
}
_ASKED = _WHO | {
    "notebook": Column(NAME, "where the question stands, without `.ipynb`"),
    "question": Column(NAME, "the question's id"),
}

FRAMES: Mapping[str, Mapping[str, Column]] = {
    "learners": {
        "learner": Column(NAME, "id of the learner"),
        "name": Column(TEXT, "to address them by; the id where none is known"),
        "group": Column(NAME, "the group; empty for none"),
        "start": Column(TIME, "midnight of the course's zone on which relative due dates begin"),
    },
    "plan": _WHO | {
        "due": Column(TIME, "when the lesson is due for them, extensions included; missing for never"),
        "late": Column(NUMBER, "share of the points that the standing submission loses", "0 to 1"),
    },
    "questions": {
        "lesson": Column(NAME, "the lesson's folder"),
        "notebook": Column(NAME, "where the question stands; empty for one that is not graded"),
        "question": Column(NAME, "the question's id"),
        "position": Column(COUNT, "place in its lesson", "from 0"),
        "title": Column(TEXT, "the heading that it stands under"),
        "kind": Column(NAME, "`code`, `tests`, `written` or `quiz`"),
        "mode": Column(NAME, "`graded` or `must-correct`"),
        "maximum": Column(NUMBER, "what it is worth; 0 where it only must be right", "points"),
    },
    "objectives": {
        "objective": Column(NAME, "id of `course.toml`"),
        "text": Column(TEXT, "what a learner can do afterwards"),
        "lesson": Column(NAME, "a lesson that is about it"),
        "notebook": Column(NAME, "where the question stands; empty for one that is not graded"),
        "question": Column(NAME, "a question that shows it"),
        "declared": Column(YES, "whether the question or its section names it; else it is one of its lesson's"),
    },
    "attempts": _WHO | {
        "submitted": Column(TIME, "when it was handed in; missing where that is not known"),
        "graded": Column(TIME, "when the autograder looked at it"),
        "state": Column(NAME, "`graded`, `triage` or `accepted`"),
        "digest": Column(TEXT, "SHA-256 of the submission"),
        "stands": Column(YES, "whether its marks are those that count"),
        "returned": Column(YES, "whether feedback on it went out"),
    },
    "marks": _ASKED | {
        "points": Column(NUMBER, "what was earned; missing while nobody has judged, never 0 for that", "points"),
        "maximum": Column(NUMBER, "what it is worth", "points"),
        "state": Column(NAME, "an outcome such as `passed`, `marked` by a person, or `triage`"),
        "grader": Column(NAME, "`autograder`, a person's name, or empty"),
        "time": Column(TIME, "when the mark was last set"),
    },
    "tests": _ASKED | {
        "test": Column(NAME, "name of the test, or the option concerned"),
        "outcome": Column(NAME, "how it ended"),
        "score": Column(NUMBER, "what it earned, before it is scaled to the question's points", "points of tests"),
        "maximum": Column(NUMBER, "what it can earn", "points of tests"),
        "text": Column(NAME, "the reason as the learner reads it, its first 200 characters"),
    },
    "events": _WHO | {
        "time": Column(TIME, "when it happened, by the learner's clock"),
        "verb": Column(NAME, "a short name of `course.lesson.state.VERBS`; empty for one of a newer version; `unread` where a record is too large to be read, with its size as the object"),
        "object": Column(NAME, "id of the question, exercise, section or video"),
        "scaled": Column(NUMBER, "of an answer: share of the points; missing where the key was not there to tell", "0 to 1"),
        "success": Column(NUMBER, "of a check: 1 when all public tests held, else 0; missing for other events"),
        "step": Column(NUMBER, "of a hint: which one", "from 1"),
        "response": Column(NAME, "of an answer: its parts, joined by ` | `, the first 200 characters"),
    },
    "voices": _WHO | {
        "kind": Column(NAME, "`asked` or `reflected`"),
        "about": Column(NAME, "id of the exercise or of the place for reflection"),
        "text": Column(TEXT, "what they wrote, the first 2000 characters"),
        "time": Column(TIME, "when"),
        "id": Column(TEXT, "of its event in the record; a course service knows a question by it"),
    },
    "sessions": _WHO | {
        "began": Column(TIME, "its first event"),
        "ended": Column(TIME, "its last event"),
        "minutes": Column(NUMBER, "between the two", "minutes"),
        "events": Column(COUNT, "how many there were"),
    },
    "time_on_task": _WHO | {
        "object": Column(NAME, "id of the question, exercise, section or video"),
        "minutes": Column(NUMBER, "from the event before, within a session, to each event about it", "minutes"),
        "events": Column(COUNT, "how many were about it"),
    },
    "by_lesson": _WHO | {
        "objective": Column(NAME, "id of `course.toml`"),
        "state": Column(NAME, "`not started`, `learning`, `shown` or `lapsed`, by this lesson alone"),
        "points": Column(NUMBER, "what was earned by the questions about it, what waits left out", "points"),
        "maximum": Column(NUMBER, "what they are worth", "points"),
        "share": Column(NUMBER, "of the points; missing while some wait for a person", "0 to 1"),
        "needed": Column(NUMBER, "share of the points that shows it", "0 to 1"),
        "waiting": Column(COUNT, "questions that nobody has judged"),
        "must": Column(COUNT, "must-correct questions about it"),
        "open": Column(COUNT, "those of them that were not answered right yet"),
        "since": Column(TIME, "when the work that shows it was handed in; missing while it isn't shown"),
        "until": Column(TIME, "when it lapses or lapsed; missing for never"),
    },
    "standing": {
        "learner": Column(NAME, "id of the learner"),
        "objective": Column(NAME, "id of `course.toml`"),
        "state": Column(NAME, "`shown` when each of its lessons shows it; `not started`, `learning`, `lapsed`"),
        "share": Column(NUMBER, "of the points, over all its lessons; missing while some wait", "0 to 1"),
        "open": Column(COUNT, "must-correct questions that were not answered right yet"),
        "since": Column(TIME, "when the last of the work that shows it was handed in"),
        "until": Column(TIME, "when it lapses or lapsed; missing for never"),
    },
    "judgements": _ASKED | {
        "grader": Column(NAME, "who marked it at the desk, or read it a second time"),
        "share": Column(NUMBER, "of the question's points", "0 to 1"),
        "submitted": Column(TIME, "when the answer was handed in; missing for a second reading, for which nobody waits"),
        "time": Column(TIME, "when it was marked"),
        "hours": Column(NUMBER, "between the two", "hours"),
        "items": Column(TEXT, "ids of the rubric's items that were found, sorted, with `,` between"),
        "first": Column(YES, "whether it is this grader's first one of this answer"),
    },
    "requests": _ASKED | {
        "time": Column(TIME, "when the learner asked to have the mark looked at again"),
        "answered": Column(TIME, "when somebody answered; missing while nobody has"),
    },
}  # fmt: skip
"""Name of a frame -> its columns in order."""


def shaped(
    name: str, data: "pd.DataFrame | Mapping[str, Any] | list[dict[str, Any]]"
) -> "pd.DataFrame":
    """Return some data as the frame of this name: its columns in order, of the declared types."""
    import pandas as pd  # noqa: PLC0415  heavy, for those who ask

    found = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
    columns = FRAMES[name]
    for missing in columns.keys() - set(found.columns):
        found = found.assign(**{missing: None})
    kept = found[list(columns)]
    for key, each in columns.items():
        series: Any = kept[key]
        if each.dtype == TIME:
            series = pd.to_datetime(series, utc=True)
        if str(series.dtype) != each.dtype:
            series = series.astype(each.dtype)
        kept = kept.assign(**{key: series})
    return kept.reset_index(drop=True)


def schema(name: str) -> "pa.Schema":
    """Return the columns of the frame of this name, as Arrow has them."""
    import pyarrow as pa  # noqa: PLC0415  heavy, for those who ask

    kinds = {NAME: pa.dictionary(pa.int32(), pa.string()), TIME: pa.timestamp("us", "UTC"), TEXT: pa.string(),
             NUMBER: pa.float64(), COUNT: pa.int32(), YES: pa.bool_()}  # fmt: skip
    return pa.schema([(key, kinds[each.dtype]) for key, each in FRAMES[name].items()])


def each_row(data: "pd.DataFrame") -> Iterator[Any]:
    """Yield a frame's rows, each with its columns as attributes; their types are those of FRAMES."""
    yield from data.itertuples(index=False)


def as_dicts(data: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return a frame's rows by the names of their columns."""
    return [{str(name): value for name, value in row.items()} for row in data.to_dict("records")]


def page() -> str:
    """Return the page of all columns, in Markdown: docs/frames.md is this text."""
    lines = [
        "# The frames", "",
        "`course.insight.open(folder)` gives what happened in a course as pandas frames, each made when it is",
        "first asked for. Times are in UTC. Made from `course/insight/columns.py`, by",
        "`COURSE_WRITE_DOCS=1 .venv/bin/pytest tests/insight/test_columns.py`.", "",
    ]  # fmt: skip
    for name, columns in FRAMES.items():
        lines += [
            f"## `{name}`",
            "",
            "| column | dtype | unit | what it says |",
            "| --- | --- | --- | --- |",
        ]
        lines += [
            f"| `{key}` | {each.dtype} | {each.unit} | {each.about} |"
            for key, each in columns.items()
        ]
        lines.append("")
    return "\n".join(lines)
