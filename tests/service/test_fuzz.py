"""The described interface, tried with what nobody would think of: no answer is an error of ours."""

import datetime as dt
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from office_house import notebook
from service import Running, member

from course import archive, sealed

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, new_database: Callable[[], str]
) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("fuzzed") / "office"
    running = Running(place, ("pandas",), new_database()).start()
    yield running
    running.stop()


def described(service: Running) -> dict[str, Any]:
    """Return the interface's description, with the course and a lesson that are there: most tries get far."""
    about: dict[str, Any] = httpx.get(f"{service.url}/openapi.json").json()
    for operations in about["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                there = {"course": ["pandas"], "lesson": ["first", "other"], "number": [1, 2]}.get(
                    parameter["name"]
                )
                if there:
                    parameter["schema"]["enum"] = there
    return about


@pytest.mark.parametrize("role", ["instructor", "learner"])
def test_no_request_breaks_the_service(service: Running, role: str, tmp_path: Path) -> None:
    with service.office() as office:
        maria, key = member(office, "pandas", "Maria", service.url, "instructor")
        asking, _ = (
            (maria, key) if role == "instructor" else member(office, "pandas", "Ana", service.url)
        )
    with maria, asking:
        maria.publish("first", archive.pack({"first.ipynb": notebook()}))
        who = str(maria.me()["name"])
        work = sealed.seal(
            "pandas", "first", who, {"first.ipynb": notebook("1")}, key, dt.datetime.now(dt.UTC)
        )
        maria.submit("first", work)
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(described(service)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", str(description), "--url", service.url,
         "-H", f"Authorization: Bearer {asking.token}", "--max-examples", "15", "--seed", "7", "--phases", "fuzzing",
         "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance", "--no-color"],
        capture_output=True, text=True, check=False, timeout=540, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"\d{3,} generated", done.stdout), done.stdout[-3000:]
    assert httpx.get(f"{service.url}/health").json()["state"] == "well"
