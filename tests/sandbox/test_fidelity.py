"""The same cells in a room and in a real kernel driven by nbclient: the same outputs."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import more_cells
import nbformat
import pytest
from nbclient import NotebookClient

from course.sandbox.forked import ForkedSession, Zygote
from course.sandbox.session import Limits, Place

pytestmark = pytest.mark.thorough

CELLS = {
    name: textwrap.dedent(source).strip()
    for name, source in {
        "print": "print('one')\nprint('two', end='')",
        "value": "1 + 1",
        "nothing": "x = 3",
        "none": "None",
        "suppressed": "42;",
        "streams": """
            import sys
            print('out')
            print('err', file=sys.stderr)
            print('out again')
        """,
        "multiline text": "'a\\nb'",
        "unicode": "print('é 漢 🙂'); 'ü'",
        "rich": """
            from IPython.display import HTML, Markdown, display
            display(HTML('<b>x</b>'), Markdown('*y*'))
        """,
        "rich result": "HTML('<i>last</i>')",
        "latex": "from IPython.display import Latex, Math; display(Math('x^2')); Latex('$y$')",
        "json": "from IPython.display import JSON; JSON({'a': [1, None, 2.5]})",
        "own repr": """
            class Thing:
                def _repr_html_(self): return '<u>thing</u>'
                def __repr__(self): return 'a thing'
            Thing()
        """,
        "broken repr": """
            class Broken:
                def __repr__(self): raise ValueError('no repr')
            Broken()
        """,
        "display id": """
            handle = display('first', display_id='here')
            print('between')
            handle.update('second')
        """,
        "clear": "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
        "clear and wait": "print('gone'); clear_output(wait=True); print('stays')",
        "clear waits for ever": "print('stays'); clear_output(wait=True)",
        "error": "def f(n):\n    return 1 / n\nf(0)",
        "chained error": "try:\n    {}['k']\nexcept KeyError as e:\n    raise ValueError('outer') from e",
        "syntax error": "print('never'\nx = = 3",
        "indentation error": "def f():\nreturn 1",
        "name error": "undefined_name",
        "assertion": "assert x == 4, 'x should be 4'",
        "output then error": "print('before')\nraise RuntimeError('after')",
        "own exception": "class Mine(Exception): pass\nraise Mine('mine', 2)",
        "group": "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])",
        "recursion": "def r(n): return r(n + 1)\ntry:\n    r(0)\nexcept RecursionError as e:\n    print(type(e).__name__)",
        "exit": "import sys\nsys.exit(3)",
        "quit with text": "raise SystemExit('bye')",
        "input": "input('name? ')",
        "getpass": "import getpass\ngetpass.getpass()",
        "warning": "import warnings\nwarnings.warn('careful')\n'value'",
        "deprecation": "warnings.warn('old', DeprecationWarning)",
        "logging": "import logging\nlogging.warning('logged')",
        "await": "import asyncio\nawait asyncio.sleep(0.001)\nprint('awaited')\nawait asyncio.sleep(0, 'result')",
        "await error": "await asyncio.sleep(0)\nraise KeyError('async')",
        "async for": "async def g():\n    yield 1\n    yield 2\n[i async for i in g()]",
        "running loop": "asyncio.get_running_loop().is_running()",
        "run in a loop": "async def main(): return 5\ntry:\n    asyncio.run(main())\nexcept RuntimeError as e:\n    print(e)",
        "task": "task = asyncio.create_task(asyncio.sleep(0, 'done'))\nawait task",
        "magic line": "%lsmagic?\nval = %pwd\nprint(type(val).__name__)",
        "magic cell": "%%capture caught\nprint('inside')",
        "captured": "print(caught.stdout)",
        "writefile": "%%writefile made.py\nvalue = 11",
        "import local": "import made\nmade.value",
        "unknown magic": "%no_such_magic",
        "unknown cell magic": "%%no_such_magic\n1",
        "timeit": "%timeit -n1 -r1 -q pass",
        "shell": "!echo from the shell\nfound = !echo kept\nfound",
        "system": "import os\nos.system('true')",
        "subprocess": "import subprocess\nsubprocess.run(['echo', 'child'], capture_output=True, text=True).stdout",
        "html magic": "%%html\n<p>hello</p>",
        "help": "len?",
        "help function": "help(abs)",
        "history": "Out[2], In[2], _i2",
        "main": "__name__, get_ipython().__class__.__name__",
        "pickle": "import pickle\nclass P: pass\ntype(pickle.loads(pickle.dumps(P()))).__name__",
        "numpy": "import numpy as np\nnp.arange(6).reshape(2, 3) / 7",
        "frame": "import pandas as pd\npd.DataFrame({'a': [1, 2.5], 'b': ['x', None]})",
        "read csv": "df = pd.read_csv('data.csv')\ndf.describe()",
        "series": "df['a'] * 2",
        "pandas error": "df['missing']",
        "groupby": "df.groupby('a').sum()",
        "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.title('t')",
        "plot silent": "plt.plot([3, 1]);",
        "plot shown": "fig, ax = plt.subplots()\nax.bar(['a'], [1])\nplt.show()\nprint('after')",
        "two figures": "plt.figure(); plt.plot([1]); plt.figure(); plt.plot([2]);",
        "figure value": "fig",
        "matplotlib magic": "%matplotlib inline\nplt.plot([1, 2]);",
        "widget": "import ipywidgets as w\nslider = w.IntSlider(value=3)\nslider",
        "widget value": "slider.value = 7\nslider.value",
        "interact": "@w.interact(n=(0, 4))\ndef show(n=2):\n    print('n is', n)",
        "output widget": "out = w.Output()\nwith out:\n    print('hidden')\nprint('visible')",
        "progress": "import time\nfor i in range(3):\n    print('\\r', i, end='')",
        "flush": "print('a', flush=True); sys.stdout.write('b\\n')",
        "thread": "import threading\nt = threading.Thread(target=print, args=('in thread',))\nt.start(); t.join()",
        "fork": "pid = os.fork()\nif pid == 0:\n    os._exit(0)\nos.waitpid(pid, 0)[1]",
        "type hints": "def typed(a: int) -> 'str': return str(a)\ntyped.__annotations__",
        "dataclass": "from dataclasses import dataclass\n@dataclass\nclass D:\n    a: int\nD(1)",
        "last expression in block": "for i in range(2):\n    i",
        "semicolons": "a = 1; b = 2; a + b",
        "star import": "from math import *\nround(pi, 3)",
        "ipython config": "get_ipython().ast_node_interactivity = 'all'\n1\n2",
        "ipython config back": "get_ipython().ast_node_interactivity = 'last_expr'\n3",
        "source": "import inspect\ndef sourced():\n    return 1\ninspect.getsource(sourced)",
        "long list": "list(range(2000))",
        "long text": "'x' * 5000",
        "write bytes": "try:\n    sys.stdout.write(b'no')\nexcept TypeError as e:\n    print(e)",
        "stdout facts": "sys.stdout.isatty(), sys.stdout.encoding, sys.stdin is not None",
        "exec error": "exec('1/0')",
        "with traceback hidden": "%xmode Minimal\n1/0",
    }.items()
}
MORE = {f"{name}, more": source for name, source in more_cells.CELLS.items()}


@pytest.fixture(scope="module")
def cells(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the cells to run, in one notebook: more of them only if a test wants those."""
    wanted = {item.callspec.params.get("name") for item in request.session.items
              if hasattr(item, "callspec")}  # fmt: skip
    return CELLS | MORE if wanted & MORE.keys() else CELLS


@pytest.fixture(scope="module")
def expected(
    cells: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[dict[str, Any]]]:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source) for source in cells.values()]
    )
    client = NotebookClient(
        notebook, kernel_name="python3", allow_errors=True, timeout=60,
        resources={"metadata": {"path": str(lesson(tmp_path_factory))}},
    )  # fmt: skip
    client.execute()
    return {
        name: [dict(output) for output in cell.outputs]
        for name, cell in zip(cells, notebook.cells, strict=True)
    }


@pytest.fixture(scope="module")
def found(
    cells: dict[str, str], zygote: Zygote, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, list[dict[str, Any]]]]:
    session = zygote.open(Place(lesson(tmp_path_factory), limits=Limits()))
    yield {name: list(session.run(source).outputs) for name, source in cells.items()}
    session.close()


def lesson(factory: pytest.TempPathFactory) -> Path:
    folder = factory.mktemp("lesson")
    (folder / "data.csv").write_text("a,b\n1,2\n3,4\n")
    return folder


@pytest.mark.parametrize(
    "name", [*CELLS, *(pytest.param(name, marks=pytest.mark.thorough) for name in MORE)]
)
def test_a_cell_has_the_outputs_that_a_kernel_gives(
    name: str, expected: dict[str, list[dict[str, Any]]], found: dict[str, list[dict[str, Any]]]
) -> None:
    assert plain(found[name]) == plain(expected[name])


@pytest.mark.parametrize(
    "source",
    ["import os; os.write(1, b'kept\\n')", "import subprocess; subprocess.run(['echo', 'kept'])",
     "import sys; print('kept', file=sys.__stdout__)"],
)  # fmt: skip
def test_what_is_written_below_the_notebooks_own_streams_is_kept(
    session: ForkedSession, source: str
) -> None:
    # a kernel passes it on too, but from a thread of its own: too late, at times
    assert session.run(f"{source};").outputs == (
        {"output_type": "stream", "name": "stdout", "text": "kept\n"},
    )


def plain(outputs: list[dict[str, Any]]) -> list[Any]:
    """Merge streams, and leave out what differs between any two runs."""
    merged: dict[str, str] = {}
    shown: list[Any] = []
    for output in outputs:
        if output["output_type"] == "stream":
            merged[output["name"]] = merged.get(output["name"], "") + output["text"]
        else:
            # these two are our own functions, so their lines differ
            ours = output.get("ename") == "StdinNotImplementedError"
            shown.append(
                {k: _plain(v) for k, v in output.items() if not (ours and k == "traceback")}
            )
    return [*shown, {name: _plain(text) for name, text in merged.items()}]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: "png" if key == "image/png" else _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, str):
        return value
    value = re.sub(r"0x[0-9a-f]{6,}", "0x0", value)
    value = re.sub(r"\b[0-9a-f]{32}\b", "id", value)
    value = re.sub(r"ipykernel_\d+", "ipykernel_0", value)
    value = re.sub(r"/[\w/.]*(?=/ipykernel_0)", "/tmp", value)
    value = re.sub(r"(?<=\[32m)[~/][\w/.]*/", "/", value)  # folders differ, and so does the home
    value = re.sub(r"Thread-\d+", "Thread-0", value)
    return re.sub(r"[\d.]+ [nµμm]?s\b", "0 s", value)
