"""Judging one submission: read, put right, run from the top, and a verdict at each question."""

import itertools
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat

from course import notebook as notebooks
from course.errors import CourseError, Invalid, Unavailable
from course.grading.checks import Tests
from course.grading.learner import Notebook
from course.grading.mending import repair
from course.grading.prepared import Prepared, fingerprint, kernel_of, runs
from course.grading.quiz import judge_quiz
from course.grading.words import OUTCOMES, of_cell
from course.layout import files_below, laid_over
from course.lesson import record
from course.model import Graded, Kind, Note, Outcome, Question, Repair, Submission, Verdict
from course.notebook import NotebookNode
from course.questions import sheet
from course.sandbox import CellRun, Opening, Place, Session, Strike, UnfitFolderError
from course.scoring import judge

MAX_BYTES = 500_000_000
"""How large the files of one submission may be together; they are copied into memory."""
MAX_FILES = 10_000
MAX_NAME = 1_000
"""How long a file's name with its folders may be, in bytes; some places that it is copied to lie deeper."""
MAX_CELLS = 10_000
MAX_OUTPUT = 20_000_000
"""How many characters of output are kept of one notebook."""
_LAST_SECONDS = 10.0
_OURS = {record.NAME, sheet.NAME, "timestamp.txt"}

OpenSession = Callable[[Place], Session]


def grade(work: Submission, lesson: Prepared, tests: Tests, open_session: OpenSession) -> Graded:
    """Judge one submission. What is wrong with it becomes part of the result, never an error.

    Raises:
        Unavailable: there is no room on the disk, or there are no walls.
    """
    mark = fingerprint(work.digest, lesson.fingerprint)
    if reason := _too_much(work.folder):
        return Graded(work, reason=reason, fingerprint=mark)
    answers = record.read(work.folder)
    repairs = [
        Repair(record.NAME, f"{answers.unreadable} lines could not be read and were left out")
    ] * bool(answers.unreadable)
    repairs += [Repair(record.NAME, _unread(answers.unread))] * bool(answers.unread)
    verdicts: list[Verdict] = []
    texts: list[tuple[str, str]] = []
    isolation = "none"
    for name, text in lesson.notebooks:
        trusted = nbformat.reads(text, as_version=4)
        try:
            submitted, found = _read(work.folder, name, len(lesson.notebooks))
        except (CourseError, PermissionError) as error:
            return Graded(work, reason=_in_one_line(error), fingerprint=mark)
        mended = repair(trusted, submitted)
        repairs += [*found, *mended.repairs]
        run = _Run(lesson, name, trusted, mended.notebook, tests, answers, work.learner)
        with tempfile.TemporaryDirectory(prefix="course-") as folder:
            others = lay_out(work.folder, lesson.files, Path(folder))
            start = None if others else _opening(lesson, name, mended.notebook)
            place = Place(Path(folder), kernel_of(trusted), lesson.limits, lesson.preload, start)
            try:
                session = open_session(place)
            except UnfitFolderError as error:
                return Graded(work, reason=_in_one_line(error), fingerprint=mark)
            try:
                verdicts += run.all(session)
                isolation = session.isolation
            finally:
                session.close()
        texts.append((name, notebooks.write_text(mended.notebook)))
    return Graded(work, tuple(verdicts), tuple(repairs), tuple(texts), "", isolation, mark)


def _too_much(folder: Path) -> str:
    """Say what of a submission is more than may be; empty when all is well."""
    found = [(name, path.stat().st_size) for name, path in files_below(folder)]
    size = sum(each for _, each in found)
    if size > MAX_BYTES:
        return f"the files are too large: {size // 10**6} MB, at most {MAX_BYTES // 10**6} MB"
    if len(found) > MAX_FILES:
        return f"there are too many files: {len(found)}, at most {MAX_FILES}"
    longest = max((len(os.fsencode(name)) for name, _ in found), default=0)
    if longest > MAX_NAME:
        return (
            f"the name of a file with its folders is too long: {longest} bytes, at most {MAX_NAME}"
        )
    return ""


def _unread(size: int) -> str:
    return (
        f"the record of answers is too large to be read: {size / 1e6:.1f} MB, at most "
        f"{record.MAX_BYTES // 10**6} MB; put aside what does not belong to it, and grade again, or mark by hand"
    )


def _in_one_line(error: Exception) -> str:
    return str(error).replace("\n ", ";")


def _read(folder: Path, name: str, expected: int) -> tuple[NotebookNode, list[Repair]]:
    path = folder / f"{name}.ipynb"
    there = sorted(p for p in folder.glob("*.ipynb") if p.is_file() and not p.is_symlink())
    renamed = not path.exists() and expected == 1 and len(there) == 1
    if renamed:
        path = there[0]
    node, repairs = notebooks.read(path)
    if len(node.cells) > MAX_CELLS:
        raise Invalid(
            "the notebook has too many cells", where=path.name,
            expected=f"at most {MAX_CELLS}", found=f"{len(node.cells)}",
        )  # fmt: skip
    for cell in node.cells:
        if cell.cell_type == "code":
            cell.outputs = []  # made anew, and there may be hundreds of megabytes of them
    if renamed:
        repairs.append(Repair(path.name, f"was handed in under this name; taken as {name}.ipynb"))
    return node, repairs


def _opening(lesson: Prepared, name: str, submitted: NotebookNode) -> Opening | None:
    """Return what the notebook has in common with all others, if it begins as the release does."""
    cells = lesson.openings[name]
    first = itertools.islice((cell.source for cell in submitted.cells if runs(cell)), len(cells))
    return Opening(cells, lesson.files, lesson.fingerprint) if tuple(first) == cells else None


def lay_out(work: Path, own: Path, target: Path) -> bool:
    """Copy the learner's files and the lesson's own, which win; notebooks and links stay out.

    Returns:
        Whether the learner brought files that are neither the lesson's nor ours.

    Raises:
        Unavailable: there is no room for them.
    """
    others = False
    try:
        for name, path in laid_over(work, own):
            if path.suffix != ".ipynb" and not name.startswith("feedback/"):
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / name)
                others |= name not in _OURS and path.is_relative_to(work)
    except OSError as error:
        raise Unavailable(
            "the work can't be laid out to run", where=str(work),
            found=error.strerror or str(error), hint=f"make room in {tempfile.gettempdir()}",
        ) from error  # fmt: skip
    return others


@dataclass(slots=True)
class _Run:
    """One notebook on its way from the top to the end."""

    lesson: Prepared
    name: str
    trusted: NotebookNode
    notebook: NotebookNode
    tests: Tests
    answers: record.State
    learner: str
    struck: list[CellRun] = field(default_factory=list)  # since the last question
    count: int = 0
    shown: int = 0

    def all(self, session: Session) -> list[Verdict]:
        """Run every cell, and judge every question at its place."""
        wanted = {q.id: q for q in self.lesson.questions if q.notebook == self.name}
        verdicts = {}
        longest = self.lesson.test_seconds + self.lesson.limits.notebook_seconds + _LAST_SECONDS
        names = Notebook(session, longest)
        for cell in self.notebook.cells:
            question = wanted.get(notebooks.marks(cell).get("grade_id", ""))
            run = self._run(cell, session)
            if question is not None:
                verdicts[question.id] = self._judge(question, cell, run, names)
                self.struck = []
            elif run is not None and run.strike is not Strike.OK:
                self.struck.append(run)
        return [verdicts[name] for name in wanted if name in verdicts]

    def _run(self, cell: NotebookNode, session: Session) -> CellRun | None:
        """Run a cell and keep its outputs; our own calls are judged, not run."""
        if cell.cell_type == "code":
            cell.outputs = []
        if not runs(cell):
            return None
        run = session.run(cell.source)
        self.count += 1
        cell.execution_count = self.count
        self.shown += len(str(run.outputs))
        outputs = run.outputs if self.shown <= MAX_OUTPUT else (_LEFT_OUT,)
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        if run.strike not in (Strike.OK, Strike.ERROR):
            text = {"output_type": "stream", "name": "stderr", "text": f"{run.error}\n"}
            cell.outputs.append(nbformat.from_dict(text))
        return run

    def _judge(
        self, question: Question, cell: NotebookNode, run: CellRun | None, names: Notebook
    ) -> Verdict:
        if question.kind is Kind.WRITTEN:
            return self._written(question, cell)
        given = ""
        if question.kind is Kind.QUIZ:
            verdict, given = self._quiz(question)
        elif question.kind is Kind.CODE:
            notes = self.tests.run(question.id, names, self.lesson.test_seconds)
            blamed = [self._blame(note, quoting=not names.told) for note in notes]
            verdict = judge(question.id, question.points, blamed)
        else:
            names.told |= self._has_hidden(question)
            note = self._in_notebook(question, cell, run, quoting=not names.told)
            return Verdict(question.id, note.outcome, note.score, question.points, (note,))
        lines = [f"{question.id}: {verdict.outcome}", *(_line(note) for note in verdict.notes)]
        said = "\n".join([*lines, *(["", "The answer:", "", given] if given else [])])
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=said + "\n")]
        return verdict

    def _quiz(self, question: Question) -> tuple[Verdict, str]:
        if much := self.answers.unread:  # the answer may be there: nobody's mistake, and not zero
            note = Note("answer", Outcome.NEEDS_PERSON, 0.0, 0.0, _unread(much))
            return Verdict(question.id, Outcome.NEEDS_PERSON, None, question.points, (note,)), ""
        saved = self.answers.answers.get(question.id)
        return judge_quiz(question, self.lesson.items[question.id], saved, self.learner)

    def _blame(self, note: Note, *, quoting: bool) -> Note:
        """Give a name that is missing because a cell struck the cell's own outcome."""
        if note.outcome is not Outcome.NOT_REACHED or not self.struck:
            return note
        cause = self.struck[-1]
        outcome, whole = OUTCOMES[cause.strike], f"{note.aside or note.text} {cause.error}"
        if quoting:
            return replace(note, outcome=outcome, score=0.0, text=whole)
        text = f"{note.text} {of_cell(cause)}"
        return replace(note, outcome=outcome, score=0.0, text=text, aside=whole)

    def _has_hidden(self, question: Question) -> bool:
        """Whether a cell of tests has some that learners were not given."""
        return any(
            cell.metadata.get("released", cell.source) != cell.source
            for cell in self.trusted.cells
            if notebooks.marks(cell).get("grade_id") == question.id
        )

    def _written(self, question: Question, cell: NotebookNode) -> Verdict:
        """A person marks an answer; only the untouched cell is known to hold none."""
        original = [
            c for c in self.trusted.cells if notebooks.marks(c).get("grade_id") == question.id
        ]
        task = bool(notebooks.marks(cell).get("task"))
        blank = cell.source.strip() in ("", original[0].source.strip())
        if blank and not task:  # the answer to a task stands in cells of the learner's own
            note = Note("answer", Outcome.FAILED, 0.0, question.points, "No answer was given.")
            return Verdict(question.id, Outcome.FAILED, 0.0, question.points, (note,))
        return Verdict(question.id, Outcome.NEEDS_PERSON, None, question.points)

    def _in_notebook(
        self, question: Question, cell: NotebookNode, run: CellRun | None, *, quoting: bool
    ) -> Note:
        """Judge a test inside the notebook as nbgrader does; text on stderr does not fail it."""
        top = question.points
        if run is None:
            return Note("tests", Outcome.PASSED, top, top)
        if run.strike is Strike.OUTPUT:
            run = CellRun(Strike.OK, run.outputs)
        if run.strike is Strike.OK:
            for output in run.outputs:
                if output["output_type"] == "error":  # which %%capture keeps from ending the cell
                    run = CellRun(Strike.ERROR, error=f"{output['ename']}: {output['evalue']}")
                    break
                if output["output_type"] == "execute_result":
                    return _by_value(str(output["data"].get("text/plain", "")), top)
            else:
                return Note("tests", Outcome.PASSED, top, top)
            caused = False
        else:
            caused = run.error.startswith("NameError") and bool(self.struck)
        said = run.error[:600]
        text = said if quoting else of_cell(run, cell.source)
        note = Note("tests", OUTCOMES[run.strike], 0.0, top, text, said if said != text else "")
        if caused:
            return self._blame(replace(note, outcome=Outcome.NOT_REACHED), quoting=quoting)
        return _failed(note)


_LEFT_OUT = {
    "output_type": "stream", "name": "stderr",
    "text": "The notebook had too much output altogether; this cell's was left out.\n",
}  # fmt: skip


def _failed(note: Note) -> Note:
    """An assertion that did not hold is a failure, not an error of the learner's code."""
    if note.outcome is Outcome.ERROR and note.text.startswith("AssertionError"):
        return replace(note, outcome=Outcome.FAILED)
    return note


def _by_value(text: str, top: float) -> Note:
    """Nbgrader's partial credit: a test cell whose value is a number earns that number."""
    try:
        value = float(text)
    except ValueError:
        return Note("tests", Outcome.PASSED, top, top)
    score = 0.0 if math.isnan(value) else min(max(value, 0.0), top)
    outcome = Outcome.PASSED if score >= top else Outcome.PARTLY if score else Outcome.FAILED
    return Note("tests", outcome, score, top, f"The test gave {value:g} of {top:g} points.")


def _line(note: Note) -> str:
    return f"  {note.outcome}: {note.test} ({note.score:g} of {note.maximum:g})" + (
        f"\n    {note.text}" if note.text else ""
    )
