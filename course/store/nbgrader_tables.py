"""nbgrader's tables, as far as we read and write them.

nbgrader itself is not imported: that takes longer than grading thirty submissions. A test holds
every name and type here against nbgrader's own model.
"""

from typing import Any

from sqlalchemy import Boolean, DateTime, Float, String, Text, column, table
from sqlalchemy.sql.expression import TableClause
from sqlalchemy.types import TypeEngine


def _table(name: str, /, **columns: type[TypeEngine[Any]]) -> TableClause:
    return table(name, column("id", String), *(column(key, columns[key]) for key in columns))


assignment = _table("assignment", name=String, duedate=DateTime, course_id=String)
notebook = _table("notebook", name=String, assignment_id=String, kernelspec=String)
base_cell = _table("base_cell", name=String, notebook_id=String, type=String)
grade_cell = _table("grade_cells", max_score=Float, cell_type=String)
solution_cell = _table("solution_cells")
task_cell = _table("task_cells", max_score=Float, cell_type=String)
source_cell = _table(
    "source_cell", name=String, cell_type=String, locked=Boolean, source=Text, checksum=String,
    notebook_id=String,
)  # fmt: skip
student = _table("student", first_name=String, last_name=String, email=String)
submitted = _table(
    "submitted_assignment", assignment_id=String, student_id=String, timestamp=DateTime
)
submitted_notebook = _table(
    "submitted_notebook", assignment_id=String, notebook_id=String, flagged=Boolean,
    late_submission_penalty=Float,
)  # fmt: skip
grade = _table(
    "grade", notebook_id=String, cell_id=String, auto_score=Float, manual_score=Float,
    extra_credit=Float, needs_manual_grade=Boolean,
)  # fmt: skip
comment = _table(
    "comment", notebook_id=String, cell_id=String, auto_comment=Text, manual_comment=Text
)
