"""`course check`: every fault of a lesson before its release, read and tried.

What can be read is read by the rules of `course.authoring`. The rest is tried in a copy of the
course, in the runner that grades: the author's solution, the untouched release, and wrong answers.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import nbformat

import course as package
from course import layout as disk
from course import notebook as notebooks
from course.authoring import rules
from course.authoring.draft import Draft
from course.authoring.finding import Finding, ordered
from course.authoring.trials import Trial, of, wrong_answers
from course.errors import CourseError
from course.grading.pool import Workers
from course.grading.prepared import Prepared, fingerprint, runs
from course.lesson import record
from course.model import Graded, Outcome, Submission, Verdict
from course.term import Course

CACHE = Path(".course") / "checked"


def check(term: Course, lesson: str, *, walls: bool = True) -> list[Finding]:
    """Return everything that is wrong with a lesson, worst first.

    Args:
        term: the course.
        lesson: the lesson's folder.
        walls: False runs the lesson's code without a sandbox.

    Raises:
        NotFound: there is no such lesson.
        Unavailable: its code can't be run here.
    """
    term.known(lesson)
    with tempfile.TemporaryDirectory(prefix="course-check-") as folder:
        scratch = Path(folder, "course")
        _copy(term, lesson, scratch)
        draft, findings = read(term, lesson), list[Finding]()
        try:
            twin = Course.open(scratch)
            twin.release(lesson)
        except CourseError as error:
            findings.append(_refused(draft, error))
        else:
            draft = replace(draft, release=_contents(twin.layout.release / lesson))
            findings += _tried(term, twin, draft, walls=walls)
        findings += rules.look(draft)
    accepted = term.file.accepted
    return ordered(
        f for f in findings
        if not any(a.rule == f.rule and a.where in f"{f.file} {f.cell} {f.text}" for a in accepted)
    )  # fmt: skip


def read(term: Course, lesson: str) -> Draft:
    """Read a lesson's source, tests and last release."""
    folder, tests = term.layout.source / lesson, term.layout.tests(lesson)
    root = term.layout.root
    return Draft(
        lesson, term.file, folder,
        {path.stem: (str(path.relative_to(root)), notebooks.read(path)[0])
         for path in sorted(folder.glob("*.ipynb"))},
        tests.read_text(encoding="utf-8") if tests.is_file() else "",
        str(tests.relative_to(root)) if tests.is_relative_to(root) else tests.name,
        before={path.stem: notebooks.read(path)[0]
                for path in sorted((term.layout.release / lesson).glob("*.ipynb"))},
    )  # fmt: skip


def _copy(term: Course, lesson: str, target: Path) -> None:
    """Copy what a lesson is made of to where trying it changes nothing."""
    root = term.layout.root
    target.mkdir(parents=True)
    for name in (disk.COURSE_FILE, disk.NBGRADER_FILE):
        if (root / name).is_file():
            shutil.copyfile(root / name, target / name)
    for place in (term.layout.source / lesson, term.layout.autograders):
        if place.is_dir():
            shutil.copytree(place, target / place.relative_to(root), symlinks=True)


def _contents(folder: Path) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in disk.files_below(folder)}


def _refused(draft: Draft, error: CourseError) -> Finding:
    """Return what keeps a lesson from being released as a finding, where the rules don't tell."""
    text = error.what + (f" ({error.found})" if error.found else "")
    return Finding("release", "error", error.where or f"notebooks/{draft.name}",
                   text.replace("\n", "; "), error.hint)  # fmt: skip


# -- trying ------------------------------------------------------------------------------------


def _tried(term: Course, twin: Course, draft: Draft, *, walls: bool) -> list[Finding]:
    """Return what trying shows; from the cache when nothing that it hangs on has changed."""
    try:
        prepared = twin.prepare(draft.name)
    except CourseError as error:
        return [_refused(draft, error)]
    trials = [*of(draft), *wrong_answers(draft)]
    key = fingerprint(package.__version__, prepared.fingerprint, trials)
    kept = term.layout.root / CACHE / f"{disk.safe_name(draft.name, 'lesson')}.json"
    if (known := _known(kept, key)) is not None:
        return known
    results = dict(_run(twin, prepared, trials, walls=walls))
    found = list(_judged(draft, trials, results))
    disk.write(kept, json.dumps({"key": key, "findings": [asdict(f) for f in found]}))
    return found


def _known(path: Path, key: str) -> list[Finding] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return [Finding(**each) for each in data["findings"]] if data["key"] == key else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # made anew


def _run(
    twin: Course, prepared: Prepared, trials: list[Trial], *, walls: bool
) -> Iterator[tuple[str, Graded]]:
    """Grade the trials as if learners had handed them in; the solution has half of the time."""
    limits = prepared.limits
    half = replace(
        limits, cell_seconds=limits.cell_seconds / 2, notebook_seconds=limits.notebook_seconds / 2
    )
    groups = dict[str, list[Trial]]()
    for trial in trials:
        groups.setdefault(trial.answer or ("half" if trial.half else "whole"), []).append(trial)
    with Workers(walls=walls) as workers:
        for some in groups.values():
            by = replace(prepared, limits=half) if some[0].half else prepared
            work = [_handed_in(twin, prepared.lesson, trial) for trial in some]
            for graded in workers.grade(_focused(by, some[0]), work):
                yield graded.submission.learner, graded


def _focused(prepared: Prepared, trial: Trial) -> Prepared:
    """Leave out what comes after the exercise that is tried, and share what comes before it."""
    if not trial.answer:
        return prepared
    node = nbformat.reads(dict(prepared.notebooks)[trial.notebook], as_version=4)
    mine = nbformat.reads(dict(trial.files)[f"{trial.notebook}.ipynb"], as_version=4)
    answers = {c.id: c.source for c in mine.cells if notebooks.marks(c).get("solution")}
    names = [notebooks.marks(cell).get("grade_id") for cell in node.cells]
    del node.cells[names.index(trial.question) + 1 :]
    text = notebooks.write_text(node)
    for cell in node.cells:
        cell.source = answers.get(cell.id, cell.source)
    ids = [cell.id for cell in node.cells]
    shared = tuple(cell.source for cell in node.cells[: ids.index(trial.answer)] if runs(cell))
    return replace(
        prepared, notebooks=((trial.notebook, text),),
        questions=tuple(q for q in prepared.questions if q.id == trial.question),
        openings={trial.notebook: shared}, fingerprint=fingerprint(prepared.fingerprint, trial.answer),
    )  # fmt: skip


def _handed_in(twin: Course, lesson: str, trial: Trial) -> Submission:
    folder = twin.layout.submitted / trial.name / lesson
    shutil.copytree(twin.layout.release / lesson, folder)
    for name, text in trial.files:
        (folder / name).write_text(text, encoding="utf-8")
    for question, answer in trial.answers:
        record.append(folder, "answered", question, {"response": list(answer)})
    return Submission(trial.name, lesson, folder, None, disk.digest(folder))


def _judged(draft: Draft, trials: list[Trial], results: dict[str, Graded]) -> Iterator[Finding]:
    """Turn what the trials gave into findings."""
    right = results["solution"]
    if right.reason:
        yield Finding("solution-fails", "error", f"notebooks/{draft.name}", right.reason)
        return
    yield from _solution(draft, right)
    yield from _unlike(draft, right, results["again"])
    yield from _untouched(draft, results["untouched"])
    for trial in trials:
        if trial.question:
            yield from _wrong(draft, trial, _verdict(results[trial.name], trial.question))
    yield from _weak(draft, trials, results)


def _verdict(graded: Graded, question: str) -> Verdict | None:
    return next((v for v in graded.verdicts if v.question == question), None)


def _solution(draft: Draft, right: Graded) -> Iterator[Finding]:
    for verdict in right.verdicts:
        if verdict.outcome in (Outcome.PASSED, Outcome.NEEDS_PERSON):
            continue
        file, cell = draft.place(verdict.question)
        said = "; ".join(
            f"{n.test}: {n.text or n.outcome}"
            for n in verdict.notes
            if n.outcome is not Outcome.PASSED
        )
        if verdict.outcome is Outcome.TIMEOUT:
            yield Finding("slow", "error", file, f"'{verdict.question}': the solution takes more than "
                          f"half of the time limit ({said})", "make it faster, or the limit longer", cell)  # fmt: skip
        else:
            yield Finding("solution-fails", "error", file,
                          f"the solution of '{verdict.question}' does not pass: {said}",
                          "mend the solution, or the test", cell)  # fmt: skip
    for name, text in right.notebooks:
        for cell in json.loads(text)["cells"]:
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    yield Finding("cell-fails", "error", draft.notebooks[name][0],
                                  f"{output['ename']}: {output['evalue']}",
                                  "the lesson must run from top to bottom", cell["id"])  # fmt: skip


def _unlike(draft: Draft, one: Graded, two: Graded) -> Iterator[Finding]:
    """Compare two runs that began with different seeds."""
    for verdict in one.verdicts:
        other = _verdict(two, verdict.question)
        if other is not None and other.score != verdict.score:
            file, cell = draft.place(verdict.question)
            yield Finding("seed", "error", file, f"'{verdict.question}' gives {verdict.score} and, begun "
                          f"with another seed, {other.score} points", "set a seed, or test what holds for all", cell)  # fmt: skip
    again = dict(two.notebooks)
    for name, text in one.notebooks:
        others = {
            cell["id"]: cell for cell in json.loads(again.get(name, '{"cells": []}'))["cells"]
        }
        for cell in json.loads(text)["cells"]:
            twin = others.get(cell["id"])
            if twin is not None and _shown(cell) != _shown(twin):
                yield Finding("seed", "warning", draft.notebooks[name][0],
                              "the cell shows something else when it begins with another seed",
                              "set a seed, so that all learners see what the text says", cell["id"])  # fmt: skip


def _shown(cell: dict[str, Any]) -> list[Any]:
    shown = []
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        shown.append((output.get("text"), data.get("text/html") or data.get("text/plain")))
    return [each for each in shown if " at 0x" not in str(each)]


def _untouched(draft: Draft, untouched: Graded) -> Iterator[Finding]:
    for verdict in untouched.verdicts:
        if verdict.score:
            file, cell = draft.place(verdict.question)
            passed = ", ".join(n.test for n in verdict.notes if n.score)
            yield Finding("free-points", "error", file, f"'{verdict.question}' gives {verdict.score:g} "
                          f"points to who does nothing: {passed}", "let the test fail for the released cell", cell)  # fmt: skip


def _wrong(draft: Draft, trial: Trial, verdict: Verdict | None) -> Iterator[Finding]:
    """Look whether a wrong answer was seen to be wrong, and the author's own named as such."""
    if verdict is None:
        return
    file, cell = draft.place(trial.question)
    if verdict.passed:
        tests = ", ".join(note.test for note in verdict.notes)
        yield Finding(
            "wrong-passes", "error" if trial.own else "warning", file,
            f"'{trial.question}': a wrong answer passes every test: {trial.slip}",
            f"make one of these see it: {tests}; or accept it in course.toml, if it is right",
            trial.cell or cell, trial.line,
        )  # fmt: skip
    elif trial.says and not any(trial.says in note.text for note in verdict.notes):
        said = "; ".join(note.text for note in verdict.notes if note.text)[:200]
        yield Finding("misconception", "error", file, f"the wrong answer '{trial.slip}' should be told "
                      f"\"{trial.says}\"; it is told: {said or 'nothing'}",
                      "mend the @misconception", trial.cell)  # fmt: skip


def _weak(draft: Draft, trials: list[Trial], results: dict[str, Graded]) -> Iterator[Finding]:
    """Name the exercises whose tests let a third or more of the wrong answers through."""
    for question in dict.fromkeys(trial.question for trial in trials if trial.question):
        mine = [t for t in trials if t.question == question]
        through = [t for t in mine if (v := _verdict(results[t.name], question)) and v.passed]
        if len(mine) >= 3 and 3 * len(through) >= len(mine):  # noqa: PLR2004  fewer say nothing
            file, cell = draft.place(question)
            yield Finding("weak-tests", "warning", file, f"the tests of '{question}' let {len(through)} of "
                          f"{len(mine)} wrong answers through", "try more cases", cell)  # fmt: skip
