"""What a warm process keeps so that its rooms cost less: nobody can tell but by the clock."""

import ctypes
import inspect
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from course.sandbox import pages
from course.sandbox.forked import ForkedSession

LARGE = Path("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size")


def alone(code: str) -> str:
    """Run code in a process of its own, which may change its libraries; returns what it printed."""
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.skipif(not LARGE.exists(), reason="this kernel has no large pages")
def test_memory_on_large_pages_holds_what_it_held() -> None:
    found = alone("""
        from pathlib import Path
        from course.sandbox import pages

        def large():
            text = Path("/proc/self/smaps_rollup").read_text()
            return int(text.partition("AnonHugePages:")[2].split()[0])

        held = [str(number) * 9 for number in range(400_000)]
        before = large()
        pages.enlarge()
        print(large() - before, held == [str(number) * 9 for number in range(400_000)])
    """)
    grown, same = found.split()
    assert int(grown) >= 8 * 1024  # KiB: 40 MB of small texts lie on fewer than 20,000 pages now
    assert same == "True"


def test_where_the_kernel_refuses_large_pages_nothing_happens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def refuse(name: str, place: ctypes.c_void_p, size: ctypes.c_size_t, advice: int) -> int:
        asked.append(place.value or 0)
        raise OSError(22, f"{name} of {size.value}: advice {advice} is unknown")

    monkeypatch.setattr(pages.linux, "call", refuse)
    pages.enlarge()
    assert asked
    assert not any(place % (2 << 20) for place in asked)


def test_a_traceback_is_the_same_whether_colours_and_rules_are_kept_or_not() -> None:
    code = """
        import sys
        from IPython.core.interactiveshell import InteractiveShell
        from course.sandbox import tracebacks

        if {kept}:
            tracebacks.keep()
            tracebacks.look_around()
        shell = InteractiveShell.instance(history_load_length=0, colors="linux")
        for cell in ["1 / 0", "import json, wave\\njson.loads('[')", "wave.open('none')",
                     "def f(n):\\n    assert n < 1, 'much'\\nf(2)", "f(3)", "[f(0), f(9)]", "x = = 1"]:
            print(">", cell)
            shell.run_cell(cell)
    """
    plain, kept = (alone(code.format(kept=each)) for each in (False, True))
    assert plain.count("\x1b[") > 100
    assert masked(kept) == masked(plain)


def masked(text: str) -> list[str]:
    """Leave out the name of the cell's file, which holds the process's number or a digest of it."""
    return [line for line in text.splitlines() if "ipython-input" not in line]


def test_the_module_of_a_frame_is_found_as_python_finds_it() -> None:
    found = alone("""
        import inspect, sys, types
        from course.sandbox import tracebacks

        plain = inspect.getmodule
        tracebacks.keep()
        tracebacks.look_around()
        import wave  # after what is imported was looked at

        def frame(names, file):
            exec(compile("import sys\\nmine = sys._getframe()", file, "exec"), names)
            return names["mine"]

        here = sys._getframe()
        for each in (here, frame({}, "<cell>"), frame({"__name__": "wave"}, wave.__file__),
                     frame({}, inspect.__file__), frame({}, "/no/such/file.py"), wave, wave.open, 3, int):
            print(getattr(inspect.getmodule(each), "__name__", None) ==
                  getattr(plain(each), "__name__", None), getattr(plain(each), "__name__", None))
    """)
    assert [line.split()[0] for line in found.splitlines()] == ["True"] * 9
    assert [line.split()[1] for line in found.splitlines()].count("wave") == 3
    assert inspect.getmodule.__module__ == "inspect"  # nothing of this process was changed


def test_the_history_holds_the_error_that_was_shown(session: ForkedSession) -> None:
    run = session.run("def f():\n    raise LookupError('gone')\nf()")
    shown = session.run(
        "told = get_ipython().history_manager.exceptions\n"
        "[(e['ename'], e['evalue'], '\\n'.join(e['traceback'])) for e in told.values()][-1]"
    )
    (output,) = shown.outputs
    assert output["output_type"] == "execute_result"
    name, text, trace = eval(output["data"]["text/plain"])  # noqa: S307  what we have just made
    assert (name, text) == ("LookupError", "gone")
    assert trace == "\n".join(run.outputs[0]["traceback"])


def test_an_error_that_was_caught_meanwhile_does_not_stand_for_another(
    session: ForkedSession,
) -> None:
    session.run("1 / 0")
    run = session.run("get_ipython().showtraceback()\nraise KeyError('other')")
    assert run.error == "KeyError: 'other'"
    assert run.outputs[-1]["ename"] == "KeyError"
    assert os.linesep.join(run.outputs[-1]["traceback"]).count("KeyError") >= 2
