"""`course demo --live`: a link, a name, and the first lesson is open in JupyterLab."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import live_demo
import pytest
from classroom import course

pytestmark = pytest.mark.thorough


@pytest.fixture
def said(tmp_path: Path) -> Iterator[Path]:
    """What the running demo says, as a file."""
    with live_demo.running(tmp_path) as log:
        yield log


def waited_for(log: Path, pattern: str, seconds: float = 180) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := re.search(pattern, log.read_text("utf-8")):
            return found[1]
        time.sleep(0.2)
    raise TimeoutError(log.read_text("utf-8"))


def test_one_joins_in_a_browser_and_the_first_lesson_is_open(said: Path, tmp_path: Path) -> None:
    link = waited_for(said, r"join in a browser: (\S+)")
    assert "A first look at a table" in httpx.get(link).text
    page = httpx.post(link, content="name=Ana+Kova%C4%8D", timeout=60).text
    (place,) = re.findall(r'class="act" href="([^"]+)"', page)
    assert httpx.get(place, timeout=60, follow_redirects=True).status_code == 200
    parts = urlsplit(place)
    path = parts.path.removeprefix("/lab/tree/")
    token = {"Authorization": f"token {parts.query.removeprefix('token=')}"}
    held = httpx.get(
        f"{parts.scheme}://{parts.netloc}/api/contents/{path}", headers=token, timeout=60
    )
    assert held.json()["name"] == "first-look.ipynb"
    home = tmp_path / "demo" / "learners" / "ana-kovac"
    course("submit first-look", home)
    collected = course("collect first-look --course demo/course", tmp_path).out
    assert "first-look: 1 new or changed (ana-kovac)" in collected
