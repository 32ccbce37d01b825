"""`course.check` over time: the record, hints, endless loops, dirty kernels and clean ones."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from course.lesson import doubt, fresh, hints, record
from course.lesson.doubt import Cell, Run, doubts
from course.lesson.public import Tried, run
from course.questions import sheet

HEAD = "from course import hint, misconception, needs, points, public\n"
ABOUT = "@public\n@points(1, question='mean')\n"
FIRST = ABOUT + "def test_first(mean):\n    assert mean([1, 2]) == 1.5\n"
SECOND = ABOUT + "@needs(test_first)\ndef test_second(mean):\n    assert mean([4]) == 4\n"


def right(values: list[float]) -> float:
    return sum(values) / len(values)


# -- tests that need others, and time -------------------------------------------------------------


def test_a_test_is_tried_only_after_the_one_that_it_needs_passed() -> None:
    good = run(HEAD + FIRST + SECOND, "mean", {"mean": right})
    assert [each.passed for each in good] == [True, True]
    assert run(HEAD + FIRST + SECOND, "mean", {"mean": max})[1] == Tried(
        "second", passed=False, text="Not tried, because 'first' did not pass.")  # fmt: skip


def endless(_values: object) -> None:
    while True:
        pass


@pytest.mark.parametrize("main", [True, False], ids=["main thread", "another thread"])
def test_an_endless_loop_is_stopped_and_the_rest_is_not_tried(*, main: bool) -> None:
    found: list[Tried] = []

    def work() -> None:
        source = HEAD + FIRST + SECOND.replace("@needs(test_first)\n", "")
        found.extend(run(source, "mean", {"mean": endless}, seconds=0.2))

    if main:
        work()
    else:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(30)
    assert [each.text for each in found] == [
        "Stopped after 0.2 s. Is there a loop that never ends?",
        "Not tried: the check had taken 0.2 s already.",
    ]


def test_a_misconception_that_does_not_end_leaves_what_the_test_said() -> None:
    idea = "def loop(mean):\n    while True: pass\n"
    source = HEAD + idea + FIRST.replace("def ", "@misconception('x', when=loop)\ndef ")
    (one,) = run(source, "mean", {"mean": max}, seconds=0.2)
    assert one.text == "mean([1, 2]) gave 2; expected 1.5."


# -- hints ----------------------------------------------------------------------------------------

STEPS = ["What is the sum?", "<b>Divide</b> it."]


def test_a_hint_is_shown_by_its_button_and_recorded_once(tmp_path: Path) -> None:
    steps = hints.Steps("mean", STEPS, 0, lambda step: hints.take(tmp_path, "mean", step))
    assert (steps.button.description, steps.page.value) == ("Hint 1 of 2", "")
    steps.button.click()
    assert "What is the sum?" in steps.page.value
    assert record.read(tmp_path).hints == {"mean": 1}
    steps.button.click()
    assert "&lt;b&gt;Divide&lt;/b&gt;" in steps.page.value
    assert steps.button.layout.display == "none"
    steps.next()
    assert record.read(tmp_path).hints == {"mean": 2}
    assert hints.take(tmp_path, "mean", 1) == ""
    assert len((tmp_path / "record.jsonl").read_text().splitlines()) == 2


def test_a_hint_that_cannot_be_recorded_is_shown_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "record.jsonl").mkdir()
    steps = hints.Steps("mean", STEPS, 0, lambda step: hints.take(tmp_path, "mean", step))
    steps.next()
    assert "What is the sum?" in steps.page.value
    assert "could not be recorded: The system says: Is a directory." in steps.page.value


def test_hints_as_text_say_how_to_get_the_next_one() -> None:
    assert hints.as_text("mean", STEPS, 1) == (
        '  1. What is the sum?\nHint 2 of 2: course.check("mean", hints=2)')  # fmt: skip
    assert "Hint" not in hints.as_text("mean", STEPS, 2)


# -- whether it holds elsewhere -------------------------------------------------------------------

DATA, DEFINE = Cell("a", "data = [1, 2]"), Cell("b", "def mean(x):\n    return len(data)")


@pytest.mark.parametrize(
    ("ran", "said"),
    [
        ([Run("a", DATA.source, 1), Run("b", DEFINE.source, 2)], []),
        ([Run("", DATA.source, 1), Run("", DEFINE.source, 2)], []),
        ([], []),
        (
            [Run("b", DEFINE.source, 1), Run("a", DATA.source, 2)],
            ["the cell 'def mean(x):' ran before the cell 'data = [1, 2]', which stands above it"],
        ),
        ([Run("a", "data = []", 1), Run("b", DEFINE.source, 2)],
         ["the cell 'data = [1, 2]' was edited after it ran"]),
        ([Run("a", "data = []", 99), Run("b", DEFINE.source, 100)], []),  # not saved yet
        ([Run("x", "data = 1; len = 2", 1), Run("a", DATA.source, 2), Run("b", DEFINE.source, 3)],
         ["'len' comes from a cell that is not in the notebook any more"]),
        ([Run("x", "unused = 2", 1), Run("a", DATA.source, 2), Run("b", DEFINE.source, 3)], []),
        ([Run("x", "%time mean = 2", 1)], []),
    ],
)  # fmt: skip
def test_what_speaks_for_a_dirty_kernel_is_named(ran: list[Run], said: list[str]) -> None:
    assert doubts([DATA, DEFINE], [DATA, DEFINE], ran, 50, ["mean"]) == said


def test_the_notebook_is_known_by_its_server_by_vs_code_or_by_being_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    one, two = tmp_path / "one.ipynb", tmp_path / "two.ipynb"
    one.write_text("{}")
    assert doubt.notebook_of({}, tmp_path) == one
    two.write_text("{}")
    assert doubt.notebook_of({}, tmp_path) is None
    assert doubt.notebook_of({"__vsc_ipynb_file__": str(two)}, tmp_path) == two
    for name in (str(two), "lessons/two.ipynb", "RTC:lessons/two.ipynb"):
        monkeypatch.setenv("JPY_SESSION_NAME", name)
        assert doubt.notebook_of({}, tmp_path) == two
    monkeypatch.setenv("JPY_SESSION_NAME", "renamed.ipynb")
    assert doubt.notebook_of({}, tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", '{"cells": [1]}', '{"cells": 1}'])
def test_a_notebook_that_cannot_be_read_gives_no_cells(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    assert doubt.code_cells(tmp_path / "a.ipynb") is None


def test_a_fresh_process_that_does_not_end_is_stopped(tmp_path: Path) -> None:
    tried, said = fresh.check(["while True: pass"], HEAD + FIRST, "mean", tmp_path, seconds=2)
    assert (tried, said) == ([], "It was stopped after 2 s.")


def test_a_fresh_process_that_ends_itself_is_told(tmp_path: Path) -> None:
    tried, said = fresh.check(["import os; os._exit(3)"], HEAD + FIRST, "mean", tmp_path)
    assert (tried, said) == ([], "The fresh process ended before it came to the check.")


# -- in a real kernel -----------------------------------------------------------------------------


class Notebook:
    """A notebook on the disk and a kernel that runs its cells, as a front end would."""

    def __init__(self, folder: Path, client: Any) -> None:
        self.folder, self.client, self.cells = folder, client, dict[str, str]()

    def save(self, **cells: str) -> None:
        self.cells = cells
        data = [{"cell_type": "code", "id": name, "source": text, "metadata": {}, "outputs": [],
                 "execution_count": None} for name, text in cells.items()]  # fmt: skip
        text = json.dumps({"cells": data, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        path = self.folder / "lesson.ipynb"
        path.write_text(text)
        os.utime(path, (time.time() + 1, time.time() + 1))  # later than all that ran

    def run(self, name: str, source: str | None = None) -> str:
        """Run a cell; return the text of all that it shows."""
        content = {"code": source or self.cells[name], "silent": False, "store_history": True,
                   "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}  # fmt: skip
        message = self.client.session.msg("execute_request", content, metadata={"cellId": name})
        self.client.shell_channel.send(message)
        said = []
        while True:
            got = self.client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            body = got["content"]
            if got["msg_type"] == "status" and body["execution_state"] == "idle":
                return "\n".join(said)
            said.append(body.get("text") or body.get("data", {}).get("text/plain", "")
                        or "\n".join(body.get("traceback", [])))  # fmt: skip

    def attempts(self) -> int:
        path = self.folder / "record.jsonl"
        return path.read_text().count("attempted") if path.exists() else 0


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Any]]:
    folder = tmp_path_factory.mktemp("lesson")
    source = HEAD + FIRST.replace("def ", "@hint('What is the sum?')\n@hint('Divide.')\ndef ", 1)
    (folder / sheet.NAME).write_text(sheet.build("lesson", [], source, {}))
    manager = KernelManager(transport="ipc", ip=str(tmp_path_factory.mktemp("k") / "k"))
    env = {k: v for k, v in os.environ.items() if k != "JPY_SESSION_NAME"}
    manager.start_kernel(cwd=str(folder), env=env)
    made = manager.client()
    made.start_channels()
    made.wait_for_ready(timeout=60)
    yield folder, made
    made.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(client: tuple[Path, Any]) -> Notebook:
    folder, made = client
    (folder / "record.jsonl").unlink(missing_ok=True)
    return Notebook(folder, made)


MEAN = "def mean(values):\n    return sum(values) / size(values)"
CHECK = 'course.check("mean")'


def test_a_check_that_holds_only_in_this_kernel_says_so_and_a_clean_one_shows_it(
    notebook: Notebook,
) -> None:
    notebook.save(start="import course", gone="size = len", mean=MEAN, check=CHECK)
    for name in ("start", "gone", "mean"):
        notebook.run(name)
    assert notebook.run("check").strip() == "mean: the check passed\n  ok  first"
    clean = notebook.run("check", 'course.check("mean", clean=True)')
    assert "the check passed" in clean
    assert "Run in a fresh process, from lesson.ipynb as saved at " in clean
    assert "only here" not in clean

    notebook.save(start="import course", mean=MEAN, check=CHECK)
    dirty = notebook.run("check")
    assert "the check passed" in dirty
    assert (
        "may hold only in this kernel: 'size' comes from a cell that is not in the notebook"
        in dirty
    )
    assert 'course.check("mean", clean=True)' in dirty
    clean = notebook.run("check", 'course.check("mean", clean=True)')
    assert "0 of 1 checks passed" in clean
    assert "NameError" in clean
    assert "what holds only here is not in the notebook" in clean


def test_without_its_notebook_a_check_cannot_be_run_afresh_and_says_what_to_do(
    notebook: Notebook,
) -> None:
    notebook.save(start="import course; size = len", mean=MEAN)
    for name in ("start", "mean"):
        notebook.run(name)
    clean = 'course.check("mean", clean=True)'
    said = notebook.run("unsaved", clean)
    assert "This check is not in lesson.ipynb as it is saved. Save the notebook" in said
    other = notebook.folder / "other.ipynb"
    other.write_text("{}")
    try:
        said = notebook.run("unsaved", clean)
    finally:
        other.unlink()
    assert "It can't be known which notebook this is" in said
    assert "Restart the kernel and run all cells instead" in said


def test_a_cell_that_fails_in_a_fresh_process_is_named(notebook: Notebook) -> None:
    notebook.save(start="import course", use="total = size([1])", mean="mean = None", check=CHECK)
    notebook.run("start")
    clean = notebook.run("check", 'course.check("mean", clean=True)')
    assert "The cell 'total = size([1])' stops there with NameError" in clean


def test_running_all_again_adds_nothing_to_the_record_until_something_changes(
    notebook: Notebook,
) -> None:
    notebook.save(start="import course; size = len", mean=MEAN, check=CHECK)
    for _ in range(3):
        for name in ("start", "mean", "check"):
            notebook.run(name)
    assert notebook.attempts() == 1
    notebook.run("mean", MEAN + " + 1")
    for _ in range(2):
        notebook.run("check")
    assert notebook.attempts() == 2
    notebook.run("mean", "import math\n\n" + MEAN + " + 1 * math.e ** 0")
    notebook.run("check")
    assert notebook.attempts() == 3, "other code, though the same came"


def test_a_failed_check_offers_the_next_hint_and_running_it_again_spends_none(
    notebook: Notebook,
) -> None:
    notebook.save(start="import course; size = len", mean="mean = max", check=CHECK)
    for name in ("start", "mean"):
        notebook.run(name)
    for _ in range(2):
        assert 'Hint 1 of 2: course.check("mean", hints=1)' in notebook.run("check")
    for _ in range(2):
        said = notebook.run("check", 'course.check("mean", hints=1)')
        assert "1. What is the sum?" in said
        assert "Hint 2 of 2" in said
    assert record.read(notebook.folder).hints == {"mean": 1}
    assert "1. What is the sum?" in notebook.run("check")


def test_an_endless_loop_in_a_kernel_stops_itself_and_the_kernel_goes_on(
    notebook: Notebook,
) -> None:
    short = "import course.lesson.public as p; p.run.__defaults__ = (0.3,)"
    notebook.save(start="import course", mean="def mean(x):\n    while True: pass", check=CHECK)
    for name in ("start", "mean"):
        notebook.run(name)
    notebook.run("other", short)
    assert "Stopped after 0.3 s. Is there a loop that never ends?" in notebook.run("check")
    assert notebook.run("other", "print(21 * 2)").strip() == "42"
    notebook.run("other", short.replace("0.3", "10.0"))
