"""Every command is documented, has help with an example, and docs/cli.md says the same."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import typer

from course.cli import app, run

DOCS = Path(__file__).parents[2] / "docs" / "cli.md"
HEAD = """# The command line

Every command takes `--help`. Those that act on a course find it in the nearest folder upward that has
a `course.toml` or an `nbgrader_config.py`, or take `--course DIR`. `jupyter course` is the same as
`course`.

Exit codes: 0 all done; 1 something is away (disk, database, exchange, sandbox); 2 something that was
given is wrong; 3 done, but some submissions need a person; 130 interrupted.
"""


def commands() -> dict[str, Any]:
    """Return every command by its full name."""

    def walk(command: Any, name: str) -> dict[str, Any]:
        if not hasattr(command, "commands"):
            return {name: command}
        found = {}
        for key, child in command.commands.items():
            found |= walk(child, f"{name} {key}")
        return found

    return walk(typer.main.get_command(app), "course")


def described(name: str, command: Any) -> str:
    """Return one command's section of docs/cli.md."""
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([name, *(p.metavar if p.required else f"[{p.metavar}]" for p in arguments)])
    lines = [f"## `{usage}`", "", command.help.strip(), ""]
    rows = [(p.metavar, p.help) for p in arguments]
    for p in options:
        names = ", ".join(f"`{n}`" for n in [*p.opts, *p.secondary_opts])
        rows.append((names + (f" {p.metavar}" if p.metavar else ""), p.help))
    lines += ["| what | meaning |", "| --- | --- |"] if rows else []
    lines += [f"| {a} | {b} |" for a, b in rows]
    return "\n".join(lines) + "\n"


def whole() -> str:
    """Return docs/cli.md as it should be."""
    return HEAD + "\n" + "\n".join(described(n, c) for n, c in commands().items())


@pytest.mark.parametrize("name", commands())
def test_every_command_has_help_with_an_example_that_names_it(name: str) -> None:
    text = commands()[name].help or ""
    assert re.search(rf"^\s*Example: `{re.escape(name)}\b.*`$", text, re.MULTILINE), text
    assert all(p.help for p in commands()[name].params), "every option and argument says what it is"


@pytest.mark.parametrize("name", commands())
def test_every_command_prints_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name.split()[1:], "--help"]) == 0
    assert "Usage" in capsys.readouterr().out


def test_the_documentation_is_what_the_commands_say() -> None:
    if os.environ.get("COURSE_WRITE_DOCS"):
        DOCS.write_text(whole(), encoding="utf-8")
    assert DOCS.read_text(encoding="utf-8") == whole(), (
        "docs/cli.md is behind; write it again: COURSE_WRITE_DOCS=1 .venv/bin/pytest tests/house"
    )


def test_an_unknown_command_is_refused_with_exit_code_2() -> None:
    assert run(["gradez"]) == 2
