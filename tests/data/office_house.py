"""An office asked in this process; `service.py` has the one on a port."""

import datetime as dt
import json
import warnings
from dataclasses import dataclass
from typing import Any

import httpx
from course import sealed
from course.office import joining
from course.office.office import Office
from course.signing import Key

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would rather have another client than httpx
    from fastapi.testclient import TestClient

COURSE, LESSON = "pandas", "first"


def notebook(answer: str = "") -> bytes:
    """Return a notebook with one exercise and one question in own words."""
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": "a", "source": answer, "outputs": [], "execution_count": None,
         "metadata": {"nbgrader": {"grade_id": "sum-answer", "solution": True, "grade": False, "locked": False,
                                   "schema_version": 3, "task": False}}},
        {"cell_type": "code", "id": "b", "source": 'course.check("sum")', "outputs": [], "execution_count": None,
         "metadata": {"nbgrader": {"grade_id": "sum", "solution": False, "grade": True, "locked": True, "points": 2,
                                   "schema_version": 3, "task": False}}},
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@dataclass
class Somebody:
    """A member, and the client that asks as this one."""

    name: str
    token: str
    key: Key
    client: TestClient

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        own = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        answer: httpx.Response = self.client.request(
            method, f"/api/courses/{COURSE}/{path}", headers=own, **more
        )
        return answer

    def sealed(
        self, answer: str = "1 + 1", lesson: str = LESSON, course: str = COURSE, **at: float
    ) -> bytes:
        now = dt.datetime.now(dt.UTC) + dt.timedelta(**at)
        return sealed.seal(
            course, lesson, self.name, {"first.ipynb": notebook(answer)}, self.key, now
        )

    def submit(self, data: bytes, lesson: str = LESSON, **more: Any) -> httpx.Response:
        return self.ask("POST", f"lessons/{lesson}/submissions", content=data, **more)


@dataclass
class House:
    """An office with one course, one release, and who is in it."""

    office: Office
    client: TestClient

    def join(self, name: str, role: str = "learner", course: str = COURSE) -> Somebody:
        key = Key.new()
        secret = joining.invite(self.office, course, "test", role=role)
        joined = joining.join(self.office, secret, name, key.public)
        return Somebody(joined.name, joined.token, key, self.client)
