"""Our picture of nbgrader's tables against nbgrader's own model."""

import pytest
import sqlalchemy as sa
from nbgrader import api

from course.store import nbgrader_tables

TABLES = {
    each.name: each for each in vars(nbgrader_tables).values() if isinstance(each, sa.TableClause)
}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_as_nbgrader_has_it(name: str) -> None:
    theirs = api.Base.metadata.tables[name]
    for ours in TABLES[name].c:
        assert issubclass(type(theirs.c[ours.name].type), type(ours.type)), ours.name


def test_what_nbgrader_requires_and_we_insert_is_there() -> None:
    for name in ("student", "submitted_assignment", "submitted_notebook", "grade", "comment"):
        required = {
            column.name for column in api.Base.metadata.tables[name].c if not column.nullable
        }
        assert required <= {column.name for column in TABLES[name].c}
