"""nbgrader's door into course: what its own commands call on a course of ours."""

from pathlib import Path
from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from course.authoring.build import call_of, quizzes, turn_quizzes
from course.authoring.source import travelling


class ReadableMarks(NbGraderPreprocessor):  # type: ignore[misc]  # untyped base
    """Turns the marks of a source notebook into nbgrader's metadata (`course.authoring.marks`)."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Write the metadata; what only markers may read is taken out."""
        return travelling(nb, f"{resources['nbgrader']['notebook']}.ipynb"), resources


class QuizCells(NbGraderPreprocessor):  # type: ignore[misc]  # untyped base
    """Turns ``%%quiz`` cells into ``course.quiz(...)``, before nbgrader saves the cells."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Check all questions, then replace their cells."""
        quizzes(resources["nbgrader"]["notebook"], nb)
        turn_quizzes(nb)
        return nb, resources


class KeepOurMarks(SaveAutoGrades):  # type: ignore[misc]  # untyped base
    """nbgrader's SaveAutoGrades, except for questions that only `course autograde` can judge.

    nbgrader would give full marks to a quiz or check cell whatever was answered, because the cell
    runs without an error. Its mark is left as it is; without one it waits for grading.
    """

    def _add_score(self, cell: Any, resources: Any) -> None:
        if cell.cell_type != "code" or call_of(cell.source) == ("", ""):
            super()._add_score(cell, resources)


def write_sheet(assignment: str, student: str, notebooks: list[str]) -> None:  # noqa: ARG001  nbgrader's call
    """Write `lesson.json` after `nbgrader generate_assignment`, run in the course's folder."""
    from course.term import Course  # noqa: PLC0415  nbgrader loads this module for every command

    course = Course.open(Path.cwd())
    course.write_sheet(assignment, course.layout.release / assignment)
