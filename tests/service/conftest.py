"""The office behind its application, with one course that has one release."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "data"))

from office_house import COURSE, LESSON, House, TestClient, notebook

from course import archive
from course.office.office import Office
from course.service.app import application


@pytest.fixture
def house(tmp_path: Path, new_database: Callable[[], str]) -> Iterator[House]:
    with Office(tmp_path / "office", new_database()) as office:
        office.open_course(COURSE)
        made = House(office, TestClient(application(office), raise_server_exceptions=False))
        maria = made.join("Maria", "instructor")
        release = archive.pack({"first.ipynb": notebook()})
        assert maria.ask("PUT", f"lessons/{LESSON}", content=release).status_code == 200
        yield made
