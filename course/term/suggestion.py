"""`course tests suggest`: the solution is run and asked, and what it does becomes first tests."""

import ast
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from course import layout as disk
from course.authoring import inputs, suggested
from course.authoring.draft import Draft
from course.authoring.inputs import EXAMPLE, Function, Sample, names, sample_name
from course.authoring.trials import of
from course.authoring.watching import (
    Observation,
    Seen,
    aspects_of,
    says_nothing,
    some_values,
    values_of,
)
from course.errors import Invalid
from course.grading.learner import Notebook, StruckError
from course.grading.prepared import runs
from course.model import Graded, Kind, Outcome, Question
from course.notebook import NotebookNode, marks
from course.questions.text import is_quiz
from course.sandbox import Place, Session, Strike, open_session
from course.term import Course, inspection

_NAME = "course_seen"
_ROWS = 8
_COLUMNS = 6


@dataclass(frozen=True)
class Suggestion:
    """Tests for a lesson's exercises that have none.

    Attributes:
        exercises: the exercises without tests.
        text: the tests; for a file that is there, what is to be added to it.
        remarks: what the author should know.
        solution: exercise -> points that the solution earns by them.
        untouched: exercise -> points that the release earns as it is.
    """

    exercises: tuple[str, ...] = ()
    text: str = ""
    remarks: tuple[str, ...] = ()
    solution: dict[str, float | None] = field(default_factory=dict)
    untouched: dict[str, float | None] = field(default_factory=dict)


def suggest(term: Course, lesson: str, exercise: str = "", *, walls: bool = True) -> Suggestion:
    """Return tests for the exercises of a lesson that have none, tried on solution and release.

    Args:
        term: the course.
        lesson: the lesson's folder.
        exercise: only this one; by default all.
        walls: False runs the lesson's code without a sandbox.

    Raises:
        NotFound: there is no such lesson or exercise.
        Invalid: the exercise has tests, or the lesson can't be read.
        Unavailable: its code can't be run here.
    """
    term.known(lesson)
    draft = inspection.read(term, lesson)
    wanted = _wanted(term, draft, exercise)
    if not wanted:
        return Suggestion()
    seen = Observation(taken=set(names(draft.tests)))
    for name in dict.fromkeys(question.notebook for question in wanted):
        mine = {q.id: q for q in wanted if q.notebook == name}
        _watch(term, draft, name, mine, seen, walls=walls)
    return _tried(term, draft, wanted, seen, walls=walls)


def _wanted(term: Course, draft: Draft, exercise: str) -> list[Question]:
    try:
        ast.parse(draft.tests)
    except SyntaxError as error:
        raise Invalid("the tests are not valid Python", where=f"{draft.tests_file}:{error.lineno}",
                      found=str(error.msg)) from error  # fmt: skip
    tested = {test["question"] for test in term.version(draft.name).facts["tests"].values()}
    code = [q for q in draft.questions if q.kind is Kind.CODE]
    if exercise:
        disk.known(exercise, [q.id for q in code], "exercise", f"lesson '{draft.name}'")
        if exercise in tested:
            raise Invalid(f"'{exercise}' has tests", where=draft.tests_file,
                          hint="edit them there; suggestions are for exercises without any")  # fmt: skip
    return [q for q in code if q.id not in tested and exercise in ("", q.id)]


# -- looking at the solution ---------------------------------------------------------------------


def _watch(
    term: Course, draft: Draft, name: str, wanted: dict[str, Question], seen: Observation, *, walls: bool,
) -> None:  # fmt: skip
    """Run a notebook with its solutions, and look at each exercise where its tests would run."""
    node = draft.notebooks[name][1]
    with tempfile.TemporaryDirectory(prefix="course-suggest-") as folder:
        for file, path in disk.files_below(term.sources.folder(draft.name)):
            if path.suffix != ".ipynb":
                (Path(folder) / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, Path(folder) / file)
        kernel = node.metadata.get("kernelspec", {}).get("name", "python3")
        session = open_session(Place(Path(folder), kernel), walls=walls)
        try:
            _Watcher(session, node, seen).walk(wanted)
        finally:
            session.close()


@dataclass
class _Watcher:
    """One running notebook, and what is seen in it."""

    session: Session
    node: NotebookNode
    seen: Observation
    names: dict[str, None] = field(default_factory=dict)

    def walk(self, wanted: dict[str, Question]) -> None:
        answer: list[NotebookNode] = []
        for cell in self.node.cells:
            about = marks(cell)
            if about.get("grade_id") in wanted and about.get("grade"):
                self._exercise(wanted[about["grade_id"]], "\n".join(each.source for each in answer))
            if about.get("grade"):
                answer = []
            elif about.get("solution") and cell.cell_type == "code":
                answer.append(cell)
            if runs(cell) and not is_quiz(cell.source):
                self.session.run(cell.source)
                self.names |= dict.fromkeys(names(cell.source))

    def _exercise(self, question: Question, answer: str) -> None:
        lesson = [cell.source for cell in self.node.cells if not is_quiz(cell.source)]
        functions = inputs.functions(answer, lesson)
        for function in functions:
            cases = list(self._cases(function))
            aspects_of(self.seen, question, function, cases, len(functions))
        if not functions:
            values = {name: self._value(name) for name in names(answer)}
            values_of(
                self.seen, question, {n: each for n, each in values.items() if not each.error}
            )
        if not any(one.exercise == question.id for one in self.seen.aspects):
            self.seen.remarks.append(f"'{question.id}': nothing was found that can be tested")

    def _cases(self, function: Function) -> Iterator[Seen]:
        """Yield what the function gave: for the lesson's own calls, then for inputs that fit."""
        samples = self._samples(function)
        own = [
            each
            for call in function.calls[:4]
            if (each := self._own(call, samples)) and not each.error
        ]
        yield from own
        possible = list[tuple[tuple[dict[str, str], ...], bool]]()
        for choice in inputs.candidates(function, samples):
            call = next(inputs.cases(function, choice))[1]
            if ("pd." in call and "pd" not in self.names) or (seen := self._value(call)).error:
                continue
            possible.append((choice, says_nothing(seen.value)))
            if not possible[-1][1]:
                break
        for choice, _ in sorted(possible, key=lambda each: each[1])[:1]:
            yield from (
                replace(self._value(call), label=label)
                for label, call in inputs.cases(function, choice)
            )

    def _own(self, call: ast.Call, samples: list[Sample]) -> Seen | None:
        """Return what a call of the lesson gives, its arguments written out."""
        parts = [("", each) for each in call.args]
        parts += [(f"{each.arg}=", each.value) for each in call.keywords]
        codes = [(name, self._written(value, samples)) for name, value in parts]
        if not all(code for _, code in codes):
            return None
        given = ", ".join(f"{name}{code}" for name, code in codes)
        return replace(self._value(f"{ast.unparse(call.func)}({given})"), label=EXAMPLE)

    def _written(self, argument: ast.expr, samples: list[Sample]) -> str:
        """Return an argument as a value or a sample of one; empty when it is neither."""
        code = ast.unparse(argument)
        try:
            ast.literal_eval(argument)
        except ValueError:
            sample = next((s.name for s in samples if s.name.startswith(sample_name(code))), "")
            return sample or self._value(code).code
        return code

    def _samples(self, function: Function) -> list[Sample]:
        """Return the lesson's tables as constants of the tests, a few rows and columns of each."""
        kinds = self._value(
            f"{{n: type(globals().get(n)).__name__ for n in {list(self.names)!r}}}"
        ).value
        found = []
        for name in (n for n, kind in (kinds or {}).items() if kind == "DataFrame"):
            rows = f"{name}.iloc[::max(1, len({name}) // {_ROWS})].head({_ROWS}).reset_index(drop=True)"
            value = self._value(rows).value
            if value is None:
                continue
            columns = [c for c in value.columns if c in function.columns]
            columns += [c for c in value.columns if c not in columns][
                : max(0, _COLUMNS - len(columns))
            ]
            table = value[[c for c in value.columns if c in columns]]
            try:
                code, some = suggested.table(table), some_values(table)
            except ValueError:
                continue
            constant = self._constant(name, code)
            if self.session.run(f"{constant} = {code}").strike is Strike.OK:
                self.seen.constants[constant] = code
                texts = frozenset(c for c in some if some[c][0].startswith("'"))
                found.append(Sample(constant, some, texts))
        return found

    def _constant(self, table: str, code: str) -> str:
        """Return the name for a sample: the one that it has, or a new one."""
        base, known = sample_name(table), self.seen.constants
        same = (each for each in known if each.startswith(base) and known[each] == code)
        return next(same, "") or suggested.unique(base, self.seen.taken | set(known))

    def _value(self, code: str) -> Seen:
        """Return what an expression gives in the notebook, twice the same."""
        values = []
        for _ in range(2):
            ran = self.session.run(f"{_NAME} = ({code})")
            if ran.strike is not Strike.OK:
                return Seen(code, error=ran.error or str(ran.strike))
            try:
                values.append(Notebook(self.session).value(_NAME))
            except StruckError as error:
                return Seen(code, error=str(error))
        return Seen.of(code, *values)


# -- trying the tests ----------------------------------------------------------------------------


def _tried(
    term: Course, draft: Draft, wanted: list[Question], seen: Observation, *, walls: bool
) -> Suggestion:
    """Leave out what the solution fails or the untouched release passes; tell what the rest earns."""
    worth = {question.id: question.points for question in wanted}
    title, aspects, remarks = draft.about.title or draft.name, seen.aspects, seen.remarks
    while aspects:
        text = suggested.write(title, aspects, worth, seen.constants, draft.tests)
        right, nothing = _run(term, draft.name, _joined(draft.tests, text), walls=walls)
        passed, free = _passed(right), _passed(nothing)
        failed = {one.name for one in aspects if one.title not in passed}
        given = {one.name for one in aspects if one.title in free} - failed
        if not failed | given:
            scores = [
                {v.question: v.score for v in graded.verdicts if v.question in worth} for graded in (right, nothing)
            ]  # fmt: skip
            return Suggestion(tuple(worth), text, tuple(remarks), *scores)
        remarks += [f"{name} was left out: your solution did not pass it again" for name in failed]
        remarks += [f"{name} was left out: who does nothing would pass it" for name in given]
        aspects = [one for one in aspects if one.name not in failed | given]
    return Suggestion(tuple(worth), "", tuple(remarks))


def _passed(graded: Graded) -> set[str]:
    """Return the names of the tests that passed, as notes give them."""
    return {n.test for v in graded.verdicts for n in v.notes if n.outcome is Outcome.PASSED}


def _joined(present: str, new: str) -> str:
    return f"{present.rstrip()}\n\n\n{new}" if present.strip() else new


def _run(term: Course, lesson: str, tests: str, *, walls: bool) -> tuple[Graded, Graded]:
    """Grade the solution and the untouched release by these tests, in a copy of the course."""
    with tempfile.TemporaryDirectory(prefix="course-suggest-") as folder:
        scratch = Path(folder, "course")
        inspection.copy(term, lesson, scratch)
        twin = Course.open(scratch)
        disk.write(twin.layout.tests(lesson), tests)
        twin.release(lesson, unapproved=True)
        release = {n: p.read_bytes() for n, p in disk.files_below(twin.layout.release / lesson)}
        trials = [
            t
            for t in of(replace(inspection.read(twin, lesson), release=release))
            if t.name != "again"
        ]
        results = dict(inspection.run(twin, twin.prepare(lesson), trials, walls=walls))
    for graded in results.values():
        if graded.reason:
            raise Invalid(f"'{lesson}' can't be graded", where=lesson, found=graded.reason)
    return results["solution"], results["untouched"]


def add(term: Course, lesson: str, suggestion: Suggestion) -> Path:
    """Write suggested tests into the lesson's file; what is there stays before them."""
    path = term.layout.tests(lesson)
    present = path.read_text(encoding="utf-8") if path.is_file() else ""
    disk.write(path, _joined(present, suggestion.text))
    return path
