"""`course check`: every fault of a lesson before its release, read and tried.

What can be read is read by the rules of `course.authoring`. The rest is tried in a copy of the
course, in the runner that grades: the author's solution, the untouched release, and wrong answers.
"""

import datetime as dt
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import nbformat

import course as package
from course import layout as disk
from course import notebook as notebooks
from course.authoring import outcome, reviews, rules, text, written
from course.authoring.coverage import Covered, gaps, matrix
from course.authoring.draft import Draft
from course.authoring.finding import Finding, ordered
from course.authoring.trials import Trial, of, wrong_answers
from course.errors import CourseError, Invalid
from course.grading.pool import Task, Workers
from course.grading.prepared import Prepared, fingerprint, runs
from course.lesson import record
from course.mistakes import Mistaken
from course.model import Graded, Submission
from course.sandbox import Limits, kindle
from course.term import Course

CACHE = Path(".course") / "checked"
_REFUSED = {"mark", "quiz", "tests", "points", "test-points", "objective", "name-twice"}
"""Rules that tell, better, why a lesson can't be released."""


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
    kept = term.layout.root / CACHE / disk.safe_name(lesson, "lesson") / "all.json"
    return _remembered(kept, _state(term, lesson), lambda: _check(term, lesson, walls=walls))


def _check(term: Course, lesson: str, *, walls: bool) -> list[Finding]:
    kindle(walls=walls)
    with tempfile.TemporaryDirectory(prefix="course-check-") as folder:
        scratch = Path(folder, "course")
        copy(term, lesson, scratch)
        findings = list[Finding]()
        try:
            draft = read(term, lesson)
        except Invalid as error:
            return [_refused("source", lesson, error, term.layout.root)]
        refused = None
        try:
            twin = Course.open(scratch)
            twin.release(lesson, unapproved=True)
        except CourseError as error:
            refused = _refused("release", lesson, error, scratch)
        else:
            draft = replace(draft, release=_contents(twin.layout.release / lesson))
            findings += _tried(term, twin, draft, walls=walls)
        findings += rules.look(draft)
    if refused and not any(f.level == "error" and f.rule in _REFUSED for f in findings):
        findings.append(refused)
    findings = [draft.located(each) for each in findings]
    return ordered(_but_accepted(term, findings))


def _but_accepted(term: Course, findings: Iterable[Finding]) -> Iterator[Finding]:
    accepted = term.file.accepted
    for f in findings:
        if not any(a.rule == f.rule and a.where in f"{f.file} {f.cell} {f.text}" for a in accepted):
            yield f


def _state(term: Course, lesson: str) -> str:
    """Return a digest of all that findings hang on: approvals end on a day, links lead to neighbours."""
    root, layout = term.layout.root, term.layout
    files = [root / name for name in (disk.COURSE_FILE, disk.NBGRADER_FILE, reviews.FILE)]
    folders = (layout.source / lesson, layout.autograders, layout.release / lesson)
    return fingerprint(
        package.__version__, f"{dt.datetime.now().astimezone():%Y-%m-%d}",
        [path.read_bytes() for path in files if path.is_file()],
        [disk.digest(folder) for folder in folders if folder.is_dir()],
        [name for name, _ in disk.files_below(layout.source)],
    )  # fmt: skip


def _remembered(kept: Path, key: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """Return what was found when the key was the same, or look and keep it."""
    try:
        data = json.loads(kept.read_text(encoding="utf-8"))
        if data["key"] == key:
            return [Finding(**each) for each in data["findings"]]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # made anew
    found = look()
    if not any(f.rule in ("release", "tests") for f in found):  # which may be the machine's fault
        disk.write(kept, json.dumps({"key": key, "findings": [asdict(f) for f in found]}))
    return found


def read(term: Course, lesson: str) -> Draft:
    """Read a lesson's source, tests and last release.

    Raises:
        Invalid: a source can't be read at all.
    """
    root, tests = term.layout.root, term.layout.tests(lesson)
    draft = Draft(
        lesson, term.file, term.layout.source / lesson, {},
        tests.read_text(encoding="utf-8") if tests.is_file() else "",
        str(tests.relative_to(root)) if tests.is_relative_to(root) else tests.name,
        before={path.stem: notebooks.read(path)[0]
                for path in sorted((term.layout.release / lesson).glob("*.ipynb"))},
        review=term.review(lesson),
    )  # fmt: skip
    for path, raw in term.sources.raw(lesson):
        file = str(path.relative_to(root)) if path.is_relative_to(root) else path.name
        rows = None
        if path.suffix != ".ipynb":
            rows = text.lines(path.read_text(encoding="utf-8-sig"), raw)
        draft = written.add(draft, path.stem, file, raw, rows)
    return draft


def coverage(term: Course) -> list[Covered]:
    """Return which lessons teach, practise and assess each objective of the course."""
    drafts = []
    for lesson in term.lessons():
        with suppress(Invalid):  # looking at that lesson tells
            drafts.append(read(term, lesson))
    return matrix(term.file, drafts)


def uncovered(term: Course) -> list[Finding]:
    """Return what some lesson of the course teaches, and none practises or assesses."""
    return list(_but_accepted(term, gaps(coverage(term))))


def of_file(error: Mistaken) -> list[Finding]:
    """Return the mistakes of `course.toml`, which keep every lesson from being read."""
    hint = "mend it, then lessons can be looked at"
    return [Finding("course-file", "error", disk.COURSE_FILE, text, hint, line=line) for line, text in error.mistakes]  # fmt: skip


def copy(term: Course, lesson: str, target: Path) -> None:
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


def _refused(rule: str, lesson: str, error: CourseError, root: Path) -> Finding:
    """Return as a finding what keeps a lesson from being read, released or tried."""
    said = error.what + (f" ({error.found})" if error.found else "")
    where, _, line = error.where.replace(f"{root}/", "").partition(":")
    places = (where, f"notebooks/{lesson}/{where}", f"autograders/{where}")
    file = next(
        (place for place in places if where and (root / place).exists()), f"notebooks/{lesson}"
    )
    return Finding(rule, "error", file, " ".join(said.split()), error.hint or f"expected: {error.expected}",
                   line=int(line) if line.isdecimal() else 0)  # fmt: skip


# -- trying ------------------------------------------------------------------------------------


def _tried(term: Course, twin: Course, draft: Draft, *, walls: bool) -> list[Finding]:
    """Return what trying shows; from the cache when nothing that it hangs on has changed."""
    try:
        prepared = twin.prepare(draft.name)
    except CourseError as error:
        return [_refused("release", draft.name, error, twin.layout.root)]
    trials = [*of(draft), *wrong_answers(draft)]
    key = fingerprint(package.__version__, prepared.fingerprint, trials)
    kept = term.layout.root / CACHE / disk.safe_name(draft.name, "lesson") / "tried.json"

    def look() -> list[Finding]:
        try:
            results = dict(run(twin, prepared, trials, walls=walls))
        except Invalid as error:
            return [_refused("tests", draft.name, error, twin.layout.root)]
        return list(outcome.findings(draft, trials, results))

    return _remembered(kept, key, look)


def run(
    twin: Course, prepared: Prepared, trials: list[Trial], *, walls: bool
) -> Iterator[tuple[str, Graded]]:
    """Grade the trials as if learners had handed them in.

    The solution has half of the time, and so has who does nothing. A wrong answer that was made has
    a few times what the solution took: one that loops for ever then costs a second or so, once.
    """
    groups = dict[tuple[str, bool], list[Trial]]()
    for trial in trials:
        groups.setdefault((trial.answer, trial.own or trial.name == "again"), []).append(trial)
    half, wrong = replace(prepared, limits=_half(prepared.limits)), list[Task]()
    short = prepared.limits
    with Workers(walls=walls) as workers:
        for (answer, full), some in groups.items():
            work = [_handed_in(twin, prepared.lesson, trial) for trial in some]
            if answer:
                by = _focused(prepared if full else replace(prepared, limits=short), some[0])
                wrong += [(by, each) for each in work]
                continue
            begin = time.monotonic()
            yield from _named(workers.grade(half, work))
            short = _short(
                prepared.limits, time.monotonic() - begin
            )  # the last ran in a warm process
        yield from _named(workers.grade_each(wrong))


def _named(results: Iterator[Graded]) -> Iterator[tuple[str, Graded]]:
    return ((graded.submission.learner, graded) for graded in results)


def _half(limits: Limits) -> Limits:
    return replace(
        limits, cell_seconds=limits.cell_seconds / 2, call_seconds=limits.call_seconds / 2,
        notebook_seconds=limits.notebook_seconds / 2,
    )  # fmt: skip


def _short(limits: Limits, seconds: float) -> Limits:
    """Return limits that end a notebook with the first thing in it that takes too long.

    Args:
        limits: those of the lesson, which stay the longest.
        seconds: what the whole solution took.
    """
    most = max(1.0, 3 * seconds)
    return replace(
        limits, cell_seconds=min(limits.cell_seconds, most), call_seconds=min(limits.call_seconds, most),
        notebook_seconds=min(limits.notebook_seconds, most),
    )  # fmt: skip


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
    for name, content in trial.files:
        (folder / name).write_text(content, encoding="utf-8")
    for question, answer in trial.answers:
        record.append(folder, "answered", question, {"response": list(answer)})
    return Submission(trial.name, lesson, folder, None, disk.digest(folder))
