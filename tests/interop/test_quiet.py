"""What nbgrader, SQLAlchemy and Jupyter mutter on the way never reaches the person at the terminal."""

import os
import subprocess
import sys
from pathlib import Path

import classroom
import pytest
from classroom import edit

ALL = (
    "import os, shlex, sys\n"
    "from course.cli import run\n"
    "for line in sys.stdin:\n"
    "    folder, _, command = line.partition(' ')\n"
    "    os.chdir(os.path.join(sys.argv[1], folder))\n"
    "    code = run(shlex.split(command))\n"
    "    assert code == 0, (command, code)\n"
)
MUTTERING = (
    "warning",
    "tcp",
    "checksum",
    "deprecat",
    "sqlalche",
    "traceback",
    "[ipkernel",
    "alembic",
    "nbgrader.",
)


def run_all(commands: list[str], place: Path) -> subprocess.CompletedProcess[str]:
    """Run commands of ours one after another, each in its folder, with Python's usual warnings."""
    environment = {**classroom.environment(place / "home"), "PYTHONWARNINGS": "default"}
    environment.pop("PYTEST_CURRENT_TEST", None)
    return subprocess.run(
        [sys.executable, "-c", ALL, str(place)], input="\n".join(commands), env=environment,
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["ours", "foreign"])
def test_no_command_says_more_than_it_means(tmp_path: Path, kind: str) -> None:
    our, ana = tmp_path / "our", tmp_path / "ana"
    ana.mkdir()
    if kind == "ours":
        lesson, question, start = (
            "welcome",
            "wish",
            [". new our --title Small", "our release welcome"],
        )
    else:
        lesson, question, start = "week1", "essay", ["our release week1 week2"]
        classroom.copy(classroom.DATA / "nbgrader-course", our)
        with (our / "nbgrader_config.py").open("a") as file:
            file.write("c.Exchange.root = 'exchange'\n")

    first = run_all(
        [*start, "our status", "our learners add ana", "our learners list", "ana join ../our --as ana", f"ana fetch {lesson}"],
        tmp_path,
    )  # fmt: skip
    for notebook in (ana / lesson).glob("*.ipynb"):
        edit(
            notebook, {"double": "# changed", "mean-test": "# changed", "wish": "Me", "essay": "Me"}
        )
    second = run_all(
        [
            f"ana submit {lesson}", f"our collect {lesson}", f"our autograde {lesson} --jobs 1",
            f"our autograde {lesson} --jobs 1", "our triage", f"our mark {lesson} ana {question} --points 1",
            f"our return {lesson}", f"ana feedback {lesson}", "our grades", "our grades --json",
            f"our release {lesson}", "our status --json",
        ],
        tmp_path,
    )  # fmt: skip

    for done in (first, second):
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stderr == ""
        said = done.stdout.lower().replace(str(tmp_path).lower() + os.sep, "")
        assert not [word for word in MUTTERING if word in said]
