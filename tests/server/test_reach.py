"""How the desk is found: by any Jupyter server, by JupyterLab, and by `course lab --desk`."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from servers import TOKEN, serving

from course.authoring import skeleton


@pytest.mark.parametrize(("asked", "found"), [
    (["server", "extension", "list"], r"course\.server.*enabled.*course\.server.*OK"),
    (["labextension", "list"], r"course-desk v[0-9.]+.*enabled.*OK"),
])  # fmt: skip
def test_jupyter_knows_the_desk_from_the_installation_alone(asked: list[str], found: str) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "jupyter"), *asked], capture_output=True, text=True, check=True
    )  # fmt: skip
    assert re.search(found, done.stdout + done.stderr, re.DOTALL), done.stdout + done.stderr


def test_course_lab_opens_the_desk_when_it_is_asked_to(tmp_path: Path) -> None:
    root = tmp_path / "course"
    skeleton.make(root, "Reached")
    command = [sys.executable, "-m", "course", "lab", "--desk"]
    with serving(command, root, tmp_path) as server:
        log = server.log.read_text()
        assert "the grading desk is at /course/" in log
        assert re.search(r"http://localhost:\d+/course/\?token=", log)
        page = httpx.get(f"{server.url}/?token={TOKEN}", follow_redirects=True)
        assert page.url.path == "/course/"
        assert "No answer waits for a person." in page.text
