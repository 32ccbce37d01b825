"""What was seen of a solution, grouped into the aspects that are worth a test. Pure."""

import builtins
import math
from dataclasses import dataclass, field
from typing import Any

from course.authoring import inputs
from course.authoring.inputs import EMPTY, EXAMPLE, MISSING, ORDER, OTHER, SIGNS, SINGLE, Function
from course.authoring.literals import NoLiteralError, assertions, kind_of, literal
from course.authoring.suggested import Aspect, identifier, unique
from course.model import Question

_CASES = 4
_ASPECTS = 6
_REMARKS = {
    EXAMPLE: "The plainest cases; learners have this test.",
    OTHER: "Look here: add the values that learners' own data will have.",
    EMPTY: "Look here: does the task say what comes for nothing at all?",
    SINGLE: "The smallest input that has something in it.",
    SIGNS: "Look here: can these occur? Else remove them.",
    MISSING: "Look here: does the task say what to do with missing values?",
    ORDER: "The order of the input, and what is in it twice.",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one expression gave in the notebook.

    Attributes:
        call: the expression.
        value: plain data; None beside an error.
        lines: assertions that hold for it.
        code: Python that makes the value; empty when there is none.
        error: ``TypeName: message``, or why nothing can be said of the value.
        label: what kind of input it was.
    """

    call: str
    value: Any = None
    lines: tuple[str, ...] = ()
    code: str = ""
    error: str = ""
    label: str = ""

    @classmethod
    def of(cls, call: str, value: Any, again: Any) -> "Seen":
        """Return what an expression gave twice; it must be the same."""
        try:
            lines = tuple(assertions(call, value))
            if tuple(assertions(call, again)) != lines:
                return cls(call, error="it gives something else each time")
        except NoLiteralError as error:
            return cls(call, value, error=f"it gives what can't be written down: {error}")
        try:
            return cls(call, value, lines, literal(value))
        except NoLiteralError:
            return cls(call, value, lines)


@dataclass
class Observation:
    """What was seen of one notebook's exercises."""

    aspects: list[Aspect] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add(
        self, question: Question, what: str, argument: str, remark: str, body: list[str]
    ) -> None:
        """Add an aspect, while the exercise has points for it."""
        room = max(1, min(_ASPECTS, int(question.points / 0.25)))
        if sum(one.exercise == question.id for one in self.aspects) < room:
            name = unique(identifier("test", argument, what), self.taken)
            self.taken.add(name)
            self.aspects.append(Aspect(question.id, name, argument, remark, tuple(body)))


def aspects_of(
    seen: Observation, question: Question, function: Function, cases: list[Seen], shared: int
) -> None:
    """Turn what a function gave into aspects: the examples first, then one for each kind of input.

    Args:
        seen: what the aspects are added to.
        question: the exercise.
        function: of its answer.
        cases: what it gave.
        shared: how many functions the exercise has.
    """
    own, groups, refused = inputs.raised(function), dict[str, list[str]](), list[str]()
    for one in dict.fromkeys(case.call for case in cases):
        case = next(each for each in cases if each.call == one)
        name = case.error.partition(":")[0]
        if case.lines:
            group = groups.setdefault(case.label, [])
            if sum(line.startswith(("assert", "pd.", "np.")) for line in group) < _CASES:
                group += case.lines
        elif name in own and isinstance(getattr(builtins, name, None), type):
            refused += [f"with pytest.raises({name}):", f"    {case.call}"]
        elif case.error:
            seen.remarks.append(f"'{question.id}': {case.call} is not tested: {case.error}")
    for label in [each for each in _REMARKS if each in groups][: _ASPECTS // shared]:
        seen.add(question, label, function.name, _REMARKS[label], groups[label])
        if label == EXAMPLE:
            _columns(seen, question, function.name, cases)
    if refused:
        seen.add(question, "refuses", function.name, "What your solution refuses.", refused)


def _columns(seen: Observation, question: Question, name: str, cases: list[Seen]) -> None:
    first = next((case for case in cases if case.lines), None)
    if first is not None and kind_of(first.value) == "frame":
        seen.add(question, "columns", name, "The form of the table, apart from its values.", [
            f"result = {first.call}", f"assert list(result.columns) == {literal(list(first.value.columns))}",
            f"assert len(result) == {len(first.value)}",
        ])  # fmt: skip


def values_of(seen: Observation, question: Question, values: dict[str, Seen]) -> None:
    """Turn the values that an exercise makes into aspects; a table has several."""
    for name, one in list(values.items())[-_CASES:]:
        if kind_of(one.value) != "frame":
            seen.add(
                question,
                "value",
                name,
                "Look here: is a small difference in order?",
                list(one.lines),
            )
            continue
        table = one.value
        shape = [f"assert list({name}.columns) == {literal(list(table.columns))}"]
        seen.add(question, "columns", name, "Names and order of the columns.", shape)
        seen.add(question, "rows", name, "How many rows and columns.",
                 [f"assert {name}.shape == {tuple(table.shape)}"])  # fmt: skip
        types = [line for column in table.columns if (line := _type(name, table, column))]
        if types:
            seen.add(question, "types", name, "What stands in the columns.", types)
        seen.add(
            question, "values", name, "Some rows; take those that show a mistake.", list(one.lines)
        )
        sums = _sums(name, table)
        if sums:
            seen.add(question, "sums", name, "All rows at once.", sums)


def _type(name: str, table: Any, column: Any) -> str:
    kind = table[column].dtype.kind
    test = {"i": "numeric", "u": "numeric", "f": "numeric", "b": "bool", "M": "datetime64_any"}.get(
        kind
    )
    return f"assert pd.api.types.is_{test}_dtype({name}[{literal(column)}])" if test else ""


def _sums(name: str, table: Any) -> list[str]:
    numeric = [c for c in table.columns if table[c].dtype.kind in "iuf"][:2]
    return [
        f"assert {name}[{literal(c)}].sum() == pytest.approx({literal(float(table[c].sum()))})"
        for c in numeric if len(table) > _CASES
    ]  # fmt: skip


def says_nothing(value: Any) -> bool:
    """Whether a result is None, empty or missing all through: no input to begin with."""
    if kind_of(value) in ("frame", "series"):
        return bool(len(value) == 0 or value.isna().to_numpy().all())
    if isinstance(value, (list, tuple, set, dict, str)):
        return not value
    return value is None or (isinstance(value, float) and math.isnan(value))


def some_values(table: Any) -> dict[str, tuple[str, ...]]:
    """Return the code of up to three values of each column that has a text for a name."""
    found = {}
    for column in table.columns:
        values = dict.fromkeys(literal(each) for each in table[column].tolist())
        if isinstance(column, str) and values:
            found[column] = tuple(values)[:3]
    return found
