"""The described interface, tried with what nobody would think of: no answer is an error of ours."""

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from office_house import notebook
from service import Running, member

from course import archive, sealed
from course.exchange.remote import Remote

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("fuzzed") / "office", ("pandas",)).start()
    yield running
    running.stop()


@pytest.mark.parametrize("role", ["instructor", "learner"])
def test_no_request_breaks_the_service(service: Running, role: str, tmp_path: Path) -> None:
    with service.office() as office:
        maria, key = member(office, "pandas", "Maria", service.url, "instructor")
        asking, _ = (
            (maria, key) if role == "instructor" else member(office, "pandas", "Ana", service.url)
        )
        for name in ("first", "0"):
            maria.publish(name, archive.pack({"first.ipynb": notebook()}))
        work = sealed.seal(
            "pandas", "first", "maria", {"first.ipynb": notebook("1")}, key, dt.datetime.now(dt.UTC)
        )
        if role == "instructor":
            maria.submit("first", work)
    described = tmp_path / "openapi.json"
    with Remote(service.url, "pandas", asking.token) as remote:
        text = remote.client.get(f"{service.url}/openapi.json").text
    described.write_text(text.replace('"name":"course","in":"path","required":true,"schema":{"type":"string"',
                                      '"name":"course","in":"path","required":true,"schema":{"const":"pandas","type":"string"'))  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", str(described), "--url", service.url,
         "-H", f"Authorization: Bearer {asking.token}", "--max-examples", "40", "--seed", "7", "--workers", "1",
         "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance", "--no-color"],
        capture_output=True, text=True, check=False, timeout=540, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert re.search(r"\d+ generated", done.stdout), done.stdout[-3000:]
    assert asking.client.get(f"{service.url}/health").json()["state"] == "well"
