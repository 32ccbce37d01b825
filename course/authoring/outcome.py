"""What trying a lesson showed: its solution, its untouched release, and wrong answers. Pure."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from course.authoring.draft import Draft, tree
from course.authoring.finding import Finding
from course.authoring.trials import Trial
from course.model import Graded, Outcome, Verdict

_COLOUR = re.compile(r"\x1b\[[\d;]*m")


def findings(draft: Draft, trials: list[Trial], results: Mapping[str, Graded]) -> Iterator[Finding]:
    """Yield what the trials show.

    Args:
        draft: the lesson.
        trials: what was handed in.
        results: the name of each trial, and what grading gave.
    """
    right = results["solution"]
    if right.reason:
        yield Finding("solution-fails", "error", f"notebooks/{draft.name}", right.reason)
        return
    yield from _solution(draft, right)
    yield from _unlike(draft, right, results["again"])
    yield from _untouched(draft, results["untouched"])
    for trial in trials:
        if trial.question:
            yield from _passes(draft, trial, _verdict(results[trial.name], trial.question))
    yield from _weak(draft, trials, results)


def _verdict(graded: Graded, question: str) -> Verdict | None:
    return next((v for v in graded.verdicts if v.question == question), None)


def _solution(draft: Draft, right: Graded) -> Iterator[Finding]:
    for verdict in right.verdicts:
        file, cell = draft.place(verdict.question)
        if verdict.outcome in (Outcome.PASSED, Outcome.NEEDS_PERSON) or not draft.is_python(cell):
            continue  # of what is no Python, a rule tells
        said = "; ".join(
            f"{_where(draft, n.test)}: {n.text or n.outcome}"
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
                if output["output_type"] == "error" and draft.is_python(cell["id"]):
                    file = draft.notebooks[name][0]
                    yield Finding("cell-fails", "error", file, f"{output['ename']}: {output['evalue']}",
                                  "the lesson must run from top to bottom", cell["id"],
                                  draft.line(file, cell["id"], _raised(output)))  # fmt: skip


def _raised(output: dict[str, Any]) -> int:
    """Return the line of the cell that an error came from, as IPython tells it; 0 if it doesn't."""
    told = _COLOUR.sub("", "\n".join(output.get("traceback", [])))
    place = re.search(r"^Cell In\s?\[\d+\], line (\d+)", told, re.MULTILINE)
    return int(place[1]) if place else 0


def _where(draft: Draft, test: str) -> str:
    """Return the title of a test with the line that its function begins on."""
    name = f"test_{test.partition('[')[0].replace(' ', '_')}"
    body = (tree(draft.tests) or ast.Module([], [])).body
    lines = [n.lineno for n in body if isinstance(n, ast.FunctionDef) and n.name == name]
    return f"{test} ({draft.tests_file}:{lines[0]})" if lines else test


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


def _passes(draft: Draft, trial: Trial, verdict: Verdict | None) -> Iterator[Finding]:
    """Look whether a wrong answer was seen to be wrong, and the author's own named as such."""
    if verdict is None:
        return
    file, _cell = draft.place(trial.question)
    if verdict.passed:
        tests = ", ".join(note.test for note in verdict.notes)
        yield Finding(
            "wrong-passes", "error" if trial.own else "warning", file,
            f"'{trial.question}': a wrong answer passes every test: {trial.slip}",
            f"make one of these see it: {tests}; or accept it in course.toml, if it is right",
            trial.cell or trial.answer, draft.line(file, trial.answer, trial.line),
        )  # fmt: skip
    elif trial.says and not any(trial.says in note.text for note in verdict.notes):
        said = "; ".join(note.text for note in verdict.notes if note.text)[:200]
        yield Finding("misconception", "error", file, f"the wrong answer '{trial.slip}' should be told "
                      f"\"{trial.says}\"; it is told: {said or 'nothing'}",
                      "mend the @misconception", trial.cell)  # fmt: skip


def _weak(draft: Draft, trials: list[Trial], results: Mapping[str, Graded]) -> Iterator[Finding]:
    """Name the exercises whose tests let a third or more of the wrong answers through."""
    for question in dict.fromkeys(trial.question for trial in trials if trial.question):
        mine = [t for t in trials if t.question == question]
        through = [t for t in mine if (v := _verdict(results[t.name], question)) and v.passed]
        if len(mine) >= 3 and 3 * len(through) >= len(mine):  # noqa: PLR2004  fewer say nothing
            file, cell = draft.place(question)
            yield Finding("weak-tests", "warning", file, f"the tests of '{question}' let {len(through)} of "
                          f"{len(mine)} wrong answers through", "try more cases", cell)  # fmt: skip
