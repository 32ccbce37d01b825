"""`course regrade`: a change of tests is seen before it is so, and nobody loses by it unasked."""

import json
from pathlib import Path

import pytest

from course.cli import run

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
