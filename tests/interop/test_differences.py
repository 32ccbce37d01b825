"""Every row of docs/nbgrader-differences.md has a test, named here or standing here."""

import ast
import re
from pathlib import Path

import classroom
import pytest
from classroom import course, edit, join, points
from jupyter_client.manager import KernelManager

from course.term import Course

TESTS = Path(__file__).parents[1]
TABLE = TESTS.parent / "docs" / "nbgrader-differences.md"
PARITY, FOREIGN, HERE = (
    f"interop/test_{n}.py" for n in ("parity", "foreign_course", "differences")
)
HOSTILE, TERM, NOTEBOOK = "sandbox/test_hostile.py", "journey/test_term.py", "test_notebook.py"

TESTED = {
    "A right answer makes text on stderr, a warning say": (
        FOREIGN, "test_text_on_stderr_does_not_fail_a_right_answer"),
    "The notebook's process dies, or a cell never ends": (
        FOREIGN, "test_a_process_that_dies_keeps_the_marks_earned_before_and_after"),
    "A test cell's value is above its points": (
        FOREIGN, "test_partial_credit_over_the_maximum_is_cut_and_the_rest_is_graded"),
    "A test cell's value is below 0 or not a number (`nan`)": (
        FOREIGN, "test_a_value_below_nothing_earns_nothing_where_nbgrader_gives_all"),
    "A submission has metadata of an old nbgrader": (
        FOREIGN, "test_nbgrader_lets_one_old_notebook_stop_the_batch_and_we_do_not"),
    "A lesson's source has metadata of an old nbgrader": (
        PARITY, "test_old_metadata_earns_what_it_earns_after_nbgrader_update"),
    "A submission is no notebook, or is missing one": (
        PARITY, "test_work_that_nbgrader_gives_up_has_a_row_of_its_own"),
    "A graded cell was deleted, copied, split, retyped or edited": (
        PARITY, "test_what_nbgrader_gives_up_is_graded_as_far_as_it_can_be"),
    "A written answer was emptied, or only its white space changed": (
        PARITY, "test_every_cell_has_nbgraders_mark_except_where_a_row_of_the_differences_says_so"),
    "The notebook was saved with another kernel": (
        "faults/test_bad_work.py", "test_what_was_put_right_is_listed"),
    "A cell prints without end": (HOSTILE, "test_a_hostile_cell_gets_its_strike_and_harms_nobody"),
    "Learners' code runs": (HOSTILE, "test_a_hostile_cell_gets_its_strike_and_harms_nobody"),
    "Tests of `autograders/`": (
        "grading/test_checks.py", "test_an_object_that_calls_itself_equal_to_everything_earns_nothing"),
    "A quiz or check cell is graded by `nbgrader autograde`": (
        "interop/test_our_course.py", "test_autograding_again_with_nbgrader_keeps_what_only_we_can_judge"),
    "Work is graded again": (
        TERM, "test_unchanged_work_is_not_graded_again_unless_it_is_forced"),
    "An answer that a person marked is graded again": (
        "store/test_marks.py", "test_a_manual_mark_survives_a_regrade_of_the_same_work"),
    "Lateness": ("store/test_marks.py", "test_lateness_is_counted_from_the_due_date_on_what_was_earned"),
    "`c.Autograde`, `c.Execute` and their preprocessors and hooks": (
        HERE, "test_settings_of_nbgraders_autograder_are_its_own"),
    "Something is not graded yet": (
        "insight/test_grades.py", "test_what_is_not_graded_is_an_empty_field_in_csv_and_null_in_json"),
    "A folder is released, handed in or collected": (
        "faults/test_kill.py", "test_a_killed_submission_is_handed_in_once_by_the_next"),
    "A learner's folder holds links": ("faults/test_bad_work.py", "test_links_are_never_followed"),
    "The exchange's root": (HERE, "test_only_what_learners_hand_in_to_is_writable_to_them"),
    "A notebook is missing when work is handed in": (HERE, "test_work_without_a_notebook_is_refused"),
    "A lesson is released again": (HERE, "test_a_lesson_released_again_takes_the_earlier_ones_place"),
    "A course without `course_id`": (FOREIGN, "test_a_course_without_a_name_takes_its_folders"),
    "No exchange is configured": (HERE, "test_without_a_shared_exchange_the_course_has_its_own"),
    "Feedback": ("journey/test_demo.py", "test_no_feedback_page_holds_the_source_of_a_hidden_test"),
    "AUTOTEST needs a kernel while a release is built": (
        HERE, "test_the_kernel_that_writes_autotests_listens_on_no_port"),
}  # fmt: skip


def test_every_row_of_the_table_has_a_test() -> None:
    rows = re.findall(r"^\| ([^|]+?) \|", TABLE.read_text(encoding="utf-8"), re.MULTILINE)

    assert set(rows) - {"What happens", "---"} == set(TESTED)


@pytest.mark.parametrize("row", TESTED)
def test_the_test_of_a_row_is_there(row: str) -> None:
    file, name = TESTED[row]
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))

    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.fixture
def stats(tmp_path: Path) -> Path:
    """A course that knows only nbgrader, with its second lesson released."""
    folder = classroom.copy(classroom.DATA / "nbgrader-course", tmp_path / "stats")
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write("c.Exchange.root = 'exchange'\n")
    course("release week2", folder)
    return folder


def test_settings_of_nbgraders_autograder_are_its_own(stats: Path) -> None:
    with (stats / "nbgrader_config.py").open("a") as file:
        file.write("c.Autograde.autograde_preprocessors = []\nc.Execute.timeout = 0\n")
    work = classroom.copy(stats / "release" / "week2", stats / "submitted" / "ana" / "week2")
    edit(work / "loops.ipynb", {"total": "total = 10"})

    course("autograde week2", stats)

    assert points(stats, "week2") == {("ana", "total-test"): 2}


def test_only_what_learners_hand_in_to_is_writable_to_them(stats: Path) -> None:
    places = [stats / "exchange", *(stats / "exchange" / "stats101").iterdir()]

    assert [path.name for path in places if path.stat().st_mode & 0o002] == ["inbound"]


def test_work_without_a_notebook_is_refused(stats: Path) -> None:
    home = join(stats, "ana", "week2")
    (home / "week2" / "loops.ipynb").rename(home / "week2" / "mine.ipynb")

    said = course("submit week2", home, code=2).err

    assert "loops.ipynb" in said
    assert "mine.ipynb" in said


def test_a_lesson_released_again_takes_the_earlier_ones_place(stats: Path) -> None:
    home = join(stats, "ana", "week2")
    fetched = classroom.tree(home / "week2")
    (stats / "source" / "week2" / "new.csv").write_text("a\n1\n")

    course("release week2", stats)

    assert (stats / "exchange" / "stats101" / "outbound" / "week2" / "new.csv").is_file()
    assert classroom.tree(home / "week2") == fetched


def test_without_a_shared_exchange_the_course_has_its_own(stats: Path) -> None:
    (stats / "nbgrader_config.py").write_text("c = get_config()\n")
    shared = Path("/usr/local/share/nbgrader/exchange")
    if shared.exists():
        pytest.skip("this machine has nbgrader's shared exchange")

    assert Course.open(stats).layout.exchange == stats / "exchange"


def test_the_kernel_that_writes_autotests_listens_on_no_port(
    stats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    usual = KernelManager.start_kernel

    def start(manager: KernelManager, **settings: str) -> None:
        started.append(manager.transport)
        usual(manager, **settings)

    monkeypatch.setattr(KernelManager, "start_kernel", start)
    course("release week2", stats)

    assert started == ["ipc"]
