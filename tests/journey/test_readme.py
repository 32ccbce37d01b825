"""What the README promises is run as a newcomer would run it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def blocks(document: str, language: str) -> list[str]:
    """Return the fenced blocks of a document in one language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script in bash, with the command `course` of this environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )


def test_the_tour_runs_from_top_to_bottom(tmp_path: Path) -> None:
    script = "\n".join(blocks("README.md", "bash"))
    done = shell(script, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "handed in welcome at" in done.stdout
    assert "feedback returned to 1 (ana)" in done.stdout
    page = re.search(r"open in a browser: (.*)", done.stdout)
    assert page is not None
    text = Path(page[1]).read_text(encoding="utf-8")
    assert "Start small" in text
    assert "2 of 6 points" in re.sub(r"<[^>]+>", "", text)


def test_the_two_commands_are_targets_of_make() -> None:
    wanted = [
        line.removeprefix("$ make ") for line in blocks("README.md", "console")[0].splitlines()
    ]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert wanted == ["demo", "test"]
    assert all(re.search(rf"^{name}:", makefile, re.MULTILINE) for name in wanted)
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_example_of_a_test_file_is_a_test_file() -> None:
    from course.lesson.public import run

    source = blocks("README.md", "python")[0]
    (passed,) = run(source, "mean-salary", {"mean_salary": lambda pay: sum(pay) / len(pay)})
    assert passed.passed
    (failed,) = run(source, "mean-salary", {"mean_salary": sum})
    assert not failed.passed
    assert failed.text.startswith("You took the sum.")
    assert "gave 6; expected 2" in failed.text


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_link_within_the_repository_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in links if not (ROOT / link).exists()] == []
