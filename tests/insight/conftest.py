"""A course in which ana and ben worked with a record, and others handed in what can't be read."""

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))
import waiting

from course.model import ManualMark
from course.term import Course


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Six submissions, three of them graded and one of those marked by a person; only to be read."""
    course = waiting.course(tmp_path_factory.mktemp("insight") / "course")
    course.mark([ManualMark(waiting.LESSON, "ana", waiting.WRITTEN, 1.5, "Good.", "Maria")])
    return course


@pytest.fixture
def write() -> Any:
    """Write events into a record: (id, seconds, verb, object, result)."""
    import records

    return records.write
