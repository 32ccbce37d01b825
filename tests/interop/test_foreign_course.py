"""A course that knows only nbgrader: every command of ours on it, and the same marks as nbgrader's."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import classroom
import pytest
from classroom import course, edit, join, points
from classroom import nbgrader as nb
from nbgrader.utils import get_partial_grade

from course.grading import grade

pytestmark = pytest.mark.thorough

MEAN = "def mean(values):\n    return sum(values) / len(values)\n"
SPREAD = "def spread(values):\n    return max(values) - min(values)\n"
ROWS = 'rows = len(open("data.csv").read().splitlines()) - 1\n'
RIGHT = {
    "mean": MEAN, "spread": SPREAD, "ideas": 'ideas = ["count"]', "rows": ROWS,
    "chart": 'print("Mo", "#" * 12)', "essay": "The sample is small.",
}  # fmt: skip
WORK: dict[str, dict[str, str]] = {
    "right": RIGHT,
    "wrong": {
        "mean": "def mean(values):\n    return 7\n", "spread": "def spread(values):\n    return 0\n",
        "ideas": "ideas = []", "rows": "rows = 5", "chart": "pass", "essay": "No idea.",
    },
    "partly": {
        **RIGHT, "mean": "def mean(values):\n    return sorted(values)[len(values) // 2]\n",
        "spread": "def spread(values):\n    return values[-1] - values[0]\n",
        "essay": "YOUR ANSWER HERE",
    },
    "blank": {},
    "error": {**RIGHT, "mean": "def mean(values):\n    return undefined\n", "spread": "def spread(:\n"},
    "warned": {**RIGHT, "mean": "import sys\n" + MEAN.replace("    return", "    print(1, file=sys.stderr)\n    return")},
    "many": {**RIGHT, "ideas": "ideas = [1, 2, 3]"},
    "dead": {**RIGHT, "rows": "import os\nos._exit(1)"},
}  # fmt: skip
SAME = ("right", "wrong", "partly", "blank", "error")
OLD = ("schema-1", "schema-2")


def age(folder: Path, schema: int) -> None:
    """Write a lesson's notebooks as an old nbgrader and Jupyter did: no task, no cell ids."""
    for path in folder.glob("*.ipynb"):
        node = json.loads(path.read_text(encoding="utf-8"))
        node["nbformat_minor"] = 0
        for cell in node["cells"]:
            del cell["id"]
            about = cell["metadata"].get("nbgrader")
            if about is not None:
                about["schema_version"] = schema
                del about["task"]
                if schema == 1:
                    del about["cell_type"]
        path.write_text(json.dumps(node), encoding="utf-8")


@dataclass(frozen=True)
class Term:
    """The same submissions, graded by us and by nbgrader."""

    ours: Path
    theirs: Path
    submitted: dict[str, bytes]


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    tmp = tmp_path_factory.mktemp("stats")
    ours = classroom.copy(classroom.DATA / "nbgrader-course", tmp / "stats")
    with (ours / "nbgrader_config.py").open("a") as file:
        file.write("c.Exchange.root = 'exchange'\n")
    course("release week1 week2", ours)
    for learner in (*WORK, *OLD):
        home = join(ours, learner, "week1")
        for path in (home / "week1").glob("*.ipynb"):
            edit(path, WORK.get(learner, RIGHT))
        if learner in OLD:
            age(home / "week1", int(learner[-1]))
        course("submit week1", home)
    found = course("collect week1", ours).out
    assert found.startswith(f"week1: {len(WORK) + len(OLD)} new or changed")
    theirs = classroom.copy(ours, tmp / "theirs")
    for learner in OLD:
        classroom.shutil.rmtree(theirs / "submitted" / learner)
    submitted = classroom.tree(ours / "submitted")
    course("autograde week1", ours)
    nb("autograde week1", theirs, code=1)  # because of the two that it can't judge
    return Term(ours, theirs, submitted)


def rows(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the gradebook holds, by learner and then cell: score, waiting, nbgrader's remark."""
    query = """
        select s.student_id, n.name, b.name, g.auto_score, g.manual_score, g.needs_manual_grade
        from grade g join base_cell b on g.cell_id = b.id
        join submitted_notebook sn on g.notebook_id = sn.id join notebook n on sn.notebook_id = n.id
        join submitted_assignment s on sn.assignment_id = s.id"""
    remarks = """
        select s.student_id, n.name, b.name, c.auto_comment
        from comment c join base_cell b on c.cell_id = b.id
        join submitted_notebook sn on c.notebook_id = sn.id join notebook n on sn.notebook_id = n.id
        join submitted_assignment s on sn.assignment_id = s.id
        where c.auto_comment is not null and b.name in ('chart', 'essay', 'survey')"""
    with sqlite3.connect(folder / "gradebook.db") as book:
        found: dict[str, dict[str, Any]] = {}
        for learner, notebook, cell, *values in book.execute(query).fetchall():
            found.setdefault(learner, {})[f"{notebook}/{cell}"] = values
        for learner, notebook, cell, remark in book.execute(remarks).fetchall():
            found[learner][f"{notebook}/{cell} says"] = remark
    book.close()
    return found


# -- every command works on it -------------------------------------------------------------------


def test_status_tells_how_far_a_foreign_course_is(term: Term) -> None:
    (first, second) = json.loads(course("status --json", term.ours).out)

    assert (first["lesson"], first["state"], first["submitted"]) == ("week1", "released", 10)
    assert (first["graded"], first["triage"]) == (10, 0)
    assert (second["lesson"], second["submitted"]) == ("week2", 0)


def test_a_release_hides_what_nbgrader_hides(term: Term) -> None:
    text = "".join(
        path.read_text(encoding="utf-8") for path in term.ours.glob("exchange/stats101/outbound/*/*.ipynb")
    )  # fmt: skip

    for hidden in (
        "BEGIN",
        "return sum(values)",
        "mean([2, 2, 5])",
        "One point per reason",
        "AUTOTEST",
    ):
        assert hidden not in text
    assert "value of total is not correct" in text
    assert (term.ours / "exchange" / "stats101" / "outbound" / "week1" / "data.csv").is_file()


def test_every_kind_of_cell_is_graded_in_a_foreign_course(term: Term) -> None:
    marks = points(term.ours, "week1")

    def of(learner: str) -> list[float | None]:
        questions = (
            "mean-test",
            "spread-test",
            "ideas-test",
            "rows-test",
            "chart",
            "essay",
            "survey",
        )
        return [marks[learner, question] for question in questions]

    assert of("right") == [2, 4, 1, 1, None, None, None]
    assert of("wrong") == [0, 0, 0, 0, None, None, None]
    assert of("partly") == [0, 2, 1, 1, None, 0, None]
    assert of("blank") == [0, 0, 0, 0, 0, 0, None]
    assert of("error") == [0, 0, 1, 1, None, None, None]


@pytest.mark.parametrize("learner", OLD)
def test_a_submission_from_an_old_nbgrader_without_cell_ids_is_graded(
    term: Term, learner: str
) -> None:
    marks = points(term.ours, "week1")

    assert [marks[learner, q] for q in ("mean-test", "spread-test", "ideas-test", "rows-test")] == [
        2,
        4,
        1,
        1,
    ]


def test_submitted_work_stays_as_it_came(term: Term) -> None:
    assert classroom.tree(term.ours / "submitted") == term.submitted


def test_marking_and_returning_work_in_a_foreign_course(term: Term, tmp_path: Path) -> None:
    folder = classroom.copy(term.ours, tmp_path / "stats")
    (tmp_path / "marks.csv").write_text(
        "learner,question,points,comment\nright,essay,3,Well said.\nright,survey,1,\nright,chart,2,\n"
    )

    assert course("triage", folder).out.startswith("nothing waits here")
    assert course("mark week1 --csv ../marks.csv", folder).out.startswith("3 of 3")
    assert course("return week1", folder).out.startswith("week1: feedback returned to 10")
    assert course("return week1", folder).out.startswith("week1: feedback returned to 0")
    course("learners add right --first-name Rita", folder)
    course("grades --output ../grades.csv", folder)

    exported = (tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert len(exported) == 1 + 10 * 8  # two lessons, eight questions
    assert any(line.startswith("right,week1,essay,3.0,3.0,marked,") for line in exported)
    home = tmp_path / "home"
    home.mkdir()
    course(f"join {folder} --as right", home)
    course("fetch week1", home)
    learner_home = term.ours.parent / "right"
    classroom.shutil.copytree(
        learner_home / ".course", home / ".course", dirs_exist_ok=True
    )  # what was handed in there
    page = Path(course("feedback week1", home).out.split(": ", 1)[1].strip())
    assert "Well said." in page.read_text(encoding="utf-8")


def test_a_course_without_a_name_takes_its_folders(tmp_path: Path) -> None:
    folder = classroom.copy(classroom.DATA / "nbgrader-course", tmp_path / "nameless")
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Exchange.root = 'exchange'\n")

    course("release week2", folder)
    home = join(folder, "ana", "week2")
    edit(home / "week2" / "loops.ipynb", {"total": "total = 10"})
    course("submit week2", home)
    course("collect week2", folder)
    course("autograde week2", folder)

    assert points(folder)["ana", "total-test"] == 2
    assert course("return week2", folder).out.startswith("week2: feedback returned to 1")
    assert "loops.html" in course("feedback week2", home).out


# -- the same marks as nbgrader's ----------------------------------------------------------------


@pytest.mark.parametrize("learner", SAME)
def test_we_and_nbgrader_give_the_same_to_every_cell(term: Term, learner: str) -> None:
    ours, theirs = rows(term.ours)[learner], rows(term.theirs)[learner]

    assert len(theirs) >= 7
    assert ours == theirs


def difference(term: Term, learner: str) -> dict[str, tuple[Any, Any]]:
    """Return the cells whose score differs: ours and nbgrader's."""
    ours, theirs = rows(term.ours)[learner], rows(term.theirs)[learner]
    return {cell: (ours[cell][0], theirs[cell][0]) for cell in theirs if ours[cell] != theirs[cell]}


def test_text_on_stderr_does_not_fail_a_right_answer(term: Term) -> None:
    assert difference(term, "warned") == {"numbers/mean-test": (2, 0)}


def test_partial_credit_over_the_maximum_is_cut_and_the_rest_is_graded(term: Term) -> None:
    assert difference(term, "many") == {
        "numbers/ideas-test": (1, None),
        "numbers/rows-test": (1, None),
    }
    assert (term.ours / "autograded" / "many" / "week1" / "numbers.ipynb").is_file()
    assert not (term.theirs / "autograded" / "many" / "week1").exists()


def test_a_process_that_dies_keeps_the_marks_earned_before_and_after(term: Term) -> None:
    marks = points(term.ours, "week1")
    assert [marks["dead", q] for q in ("mean-test", "spread-test", "ideas-test", "rows-test")] == [
        2,
        4,
        1,
        0,
    ]

    assert not (term.theirs / "autograded" / "dead" / "week1").exists()
    assert {
        values[0]
        for cell, values in rows(term.theirs)["dead"].items()
        if cell.startswith("numbers")
    } == {None}


@pytest.mark.thorough
def test_nbgrader_lets_one_old_notebook_stop_the_batch_and_we_do_not(
    term: Term, tmp_path: Path
) -> None:
    folder = classroom.copy(term.theirs, tmp_path / "theirs")
    classroom.copy(term.ours / "submitted" / "schema-1", folder / "submitted" / "schema-1")

    said = nb("autograde week1", folder, code=1).err

    assert "old version" in said
    assert rows(term.ours)["schema-1"]["numbers/mean-test"][0] == 2


@pytest.mark.parametrize("value", ["0", "0.5", "2", "2.0", "True", "[1, 2]", "'all good'", "1e-3"])
def test_the_value_of_a_test_cell_earns_what_it_earns_in_nbgrader(value: str) -> None:
    assert grade._by_value(value, 2.0).score == get_partial_grade(
        {"data": {"text/plain": value}}, 2.0
    )


@pytest.mark.parametrize("value", ["-1", "nan", "-inf"])
def test_a_value_below_nothing_earns_nothing_where_nbgrader_gives_all(value: str) -> None:
    assert get_partial_grade({"data": {"text/plain": value}}, 2.0) == 2

    assert grade._by_value(value, 2.0).score == 0
