"""`course regrade`: a change of tests is seen before it is so, and nobody loses by it unasked."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course.cli import run

pytestmark = pytest.mark.thorough

PLAIN = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Plain", "language": "python",
}  # fmt: skip
ANSWERS = {
    "ana": "def double(number):\n    return 2 * number",
    "ben": "def double(number):\n    return 2 * int(number)",  # fails the hidden -1.5
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("regrade") / "course"
    assert run(["new", str(root)]) == 0
    assert run(["release", "welcome", "--course", str(root)]) == 0
    for learner, code in ANSWERS.items():
        folder = root / "submitted" / learner / "welcome"
        folder.mkdir(parents=True)
        node = json.loads((root / "release" / "welcome" / "welcome.ipynb").read_text())
        for cell in node["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "double-answer":
                cell["source"] = code
        (folder / "welcome.ipynb").write_text(json.dumps(node))
    assert run(["autograde", "welcome", "--course", str(root)]) == 0
    return root


def points(root: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    capsys.readouterr()
    run(["grades", "--json", "--course", str(root)])
    rows = json.loads(capsys.readouterr().out)
    return {row["learner"]: row["points"] for row in rows if row["question"] == "double"}


def test_a_change_is_shown_first_then_made_then_made_without_harm(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    course = ["--course", str(graded)]
    tests = graded / "autograders" / "welcome.py"
    original = tests.read_text(encoding="utf-8")
    assert points(graded, capsys) == {"ana": 3.0, "ben": 1.0}

    tests.write_text(original.replace("double(-1.5) == -3", "double(5) == 10"))
    assert run(["regrade", "welcome", "--dry-run", "--json", *course]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["learner"], row["moves"], row["before"], row["after"]) == ("ben", "up", 1.0, 3.0)
    assert points(graded, capsys) == {"ana": 3.0, "ben": 1.0}

    assert run(["regrade", "welcome", *course]) == 0
    assert "5 unchanged, 1 up, 0 down" in capsys.readouterr().out
    assert points(graded, capsys) == {"ana": 3.0, "ben": 3.0}

    tests.write_text(original.replace("double(3) == 6", "double(3) == 7"))
    assert run(["regrade", "welcome", "--never-down", *course]) == 0
    assert "2 down (kept as they were)" in capsys.readouterr().out
    assert points(graded, capsys) == {"ana": 3.0, "ben": 3.0}

    assert run(["regrade", "welcome", *course]) == 0
    said = capsys.readouterr().out
    assert "2 down;" in said
    assert "expected 7; came 6" in said
    assert points(graded, capsys) == {"ana": 1.0, "ben": 1.0}


@pytest.mark.thorough
def test_a_kernel_that_can_not_be_walled_in_is_graded_again_as_it_was_graded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "kernels" / "plain"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps(PLAIN))

    def in_its_own_process(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "course", *command, "--no-sandbox", *course],
            env=os.environ | {"JUPYTER_PATH": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    root = tmp_path / "course"
    course = ["--course", str(root)]
    assert run(["new", str(root)]) == 0
    source = root / "notebooks" / "welcome" / "welcome.ipynb"
    node = json.loads(source.read_text())
    node["metadata"]["kernelspec"] = {"name": "plain", "display_name": "P", "language": "python"}
    source.write_text(json.dumps(node))
    assert run(["release", "welcome", *course]) == 0
    shutil.copytree(root / "release" / "welcome", root / "submitted" / "ana" / "welcome")
    in_its_own_process("autograde", "welcome")
    capsys.readouterr()

    assert run(["regrade", "welcome", *course]) == 1
    refused = capsys.readouterr().err
    assert "the kernel 'plain' can't be run behind walls" in refused
    assert "--no-sandbox" in refused

    assert "0 up, 0 down" in in_its_own_process("regrade", "welcome")
