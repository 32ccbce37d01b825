"""A learner's code run once more, behind the walls, with a cell of the grader's own after it. Nothing is written."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from course import notebook as notebooks
from course.errors import Invalid, NotFound
from course.grading.grade import lay_out
from course.grading.prepared import kernel_of, runs
from course.model import Place
from course.notebook import NotebookNode
from course.review.paper import part
from course.sandbox import CellRun, Session, Strike, open_session
from course.sandbox import Place as Ground
from course.term import Course

LONGEST = 60.0
"""Seconds that all of it may take; somebody waits at the desk."""
MOST = 50_000
"""Characters of a grader's cell."""


@dataclass(frozen=True, slots=True)
class Rerun:
    """What came of it.

    Attributes:
        answer: source and run of each code cell that answers the question.
        before: runs of earlier cells that did not end well.
        own: what the grader's cell did; None when there was none.
        isolation: which walls stood, see `course.sandbox.Session`.
        seconds: how long all cells took.
    """

    answer: tuple[tuple[str, CellRun], ...]
    before: tuple[CellRun, ...]
    own: CellRun | None
    isolation: str
    seconds: float


def rerun(course: Course, place: Place, own: str = "") -> Rerun:
    """Run a graded notebook from the top to the end of an answer, then the grader's cell if there is one.

    Raises:
        NotFound: the notebook is away.
        Invalid: the grader's cell is too long.
        Unavailable: no walls can be built here.
    """
    if len(own) > MOST:
        raise Invalid("this cell is too long", expected=f"at most {MOST} characters", found=f"{len(own)}")  # fmt: skip
    layout, file = course.layout, f"{place.notebook}.ipynb"
    path = layout.autograded / place.learner / place.lesson / file
    released = layout.release / place.lesson / file
    for each in (path, released):
        if not each.is_file():
            raise NotFound("this notebook is away, so it can't be run", where=str(each),
                           hint="grade the submission again")  # fmt: skip
    cells, answers = _cells(notebooks.read(path)[0], place.question)
    with tempfile.TemporaryDirectory(prefix="course-rerun-") as folder:
        work = layout.submission(place.learner, place.lesson)
        lay_out(work, course.sources.folder(place.lesson), Path(folder))
        limits = course.limits()
        limits = replace(limits, notebook_seconds=min(limits.notebook_seconds, LONGEST))
        kernel = kernel_of(notebooks.read(released)[0])
        session = open_session(Ground(Path(folder), kernel, limits, course.imports()))
        try:
            return _all(session, cells, answers, own)
        finally:
            session.close()


def _cells(node: NotebookNode, question: str) -> tuple[list[str], set[int]]:
    """Return the sources to run up to the end of an answer, and which of them are the answer's."""
    parts = part(node.cells, question)
    answer = {index for index, role in parts if role == "answer"}
    last = max(answer, default=max((index for index, _ in parts), default=-1))
    wanted = [index for index in range(last + 1) if runs(node.cells[index])]
    return [node.cells[index].source for index in wanted], {
        number for number, index in enumerate(wanted) if index in answer
    }


def _all(session: Session, cells: list[str], answers: set[int], own: str) -> Rerun:
    done = [session.run(source) for source in cells]
    mine = session.run(own) if own.strip() else None
    every = done if mine is None else [*done, mine]
    return Rerun(
        tuple((cells[number], done[number]) for number in sorted(answers)),
        tuple(run for number, run in enumerate(done) if number not in answers and run.strike is not Strike.OK),
        mine, session.isolation, sum(run.seconds for run in every),
    )  # fmt: skip
